"""`archcalc zoo`: the networks listed, chosen and checked."""

import json
from pathlib import Path

import pytest

from archcalc.spec import zoo


def test_networks_that_are_named_are_listed(archcalc):
    some = json.loads(archcalc("zoo", "vgg1?", "zfnet", "-f", "json").out)["networks"]
    assert [one["name"] for one in some] == ["vgg11", "vgg13", "vgg16", "vgg19", "zfnet"]


def test_a_part_of_a_name_is_enough(archcalc):
    out = archcalc("zoo", "alexnet-224").out
    assert out.startswith("2 built-in networks")
    assert "alexnet-224-grouped" in out


def test_a_name_that_nothing_has_is_refused(archcalc):
    code, out, err = archcalc("zoo", "vgg", "lenet6")
    assert (code, out) == (2, "")
    assert "no built-in network is called 'lenet6'; did you mean 'lenet5'?" in err


def test_a_check_holds_them_to_what_they_expect(archcalc):
    code, out, err = archcalc("zoo", "--check", "lenet5", "zfnet", "--verify")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "lenet5.yaml: ok (61,706 parameters, 416,520 MACs, verified)"
    assert out.splitlines()[-1] == "3 specs: 3 ok"


def test_a_check_fails_where_a_network_is_not_as_expected(archcalc, monkeypatch, tmp_path):
    text = Path(zoo.built_in("lenet5")).read_text(encoding="utf-8")
    assert "parameters: 61706" in text
    (tmp_path / "lenet5.yaml").write_text(text.replace("parameters: 61706", "parameters: 60000"))
    monkeypatch.setattr(zoo, "zoo_folder", lambda: str(tmp_path))
    code, out, _ = archcalc("zoo", "--check")
    assert code == 1
    assert "lenet5.yaml:20:" in out
    assert "60,000" in out


@pytest.mark.parametrize(
    ("options", "words"), [(("--check", "-f", "csv"), "csv"), (("--verify",), "--check")]
)
def test_calls_that_make_no_sense(archcalc, options, words):
    code, out, err = archcalc("zoo", "lenet5", *options)
    assert (code, out) == (2, "")
    assert words in err
