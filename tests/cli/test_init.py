"""`archcalc init`: a first spec, or a variant of a network that exists."""

from io import BytesIO, TextIOWrapper

import pytest

from archcalc.spec.load import load
from archcalc.spec.standalone import MODELINE


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_first_spec_is_what_it_expects_and_nothing_is_advised(archcalc):
    code, out, err = archcalc("init")
    assert (code, out) == (0, "")
    assert err.startswith("net.yaml: written; `archcalc summarize net.yaml` shows it\n")
    assert archcalc("check", "net.yaml", "--advice", "--strict", "--verify").code == 0


def test_a_variant_has_the_variables_of_its_base(archcalc, in_a_folder):
    assert archcalc("init", "--from", "mobilenet_v2", "-o", "small.yaml").code == 0
    assert (
        (in_a_folder / "small.yaml").read_text(encoding="utf-8")
        == MODELINE
        + """\
name: "MobileNetV2, 224×224, my variant"
base: mobilenet_v2
variables:
  classes: 1000  # outputs of the classifier
  width: 100  # width multiplier in percent; beyond 100 conv2 grows too
expect:  # what the network is today: `archcalc check` says when a change moves it
  output: [1000]
  parameters: 3504872
  macs: 300774272
"""
    )
    assert archcalc("check", "small.yaml").code == 0


@pytest.mark.parametrize(
    "base", ["wrn-28-10", "mobilenet_v3_small", "googlenet", "lenet5-1998", "resnet50-v1"]
)
def test_variants_of_all_sorts(archcalc, base):
    """Variables that are computed, tables, words, switches, and no variables at all."""
    assert archcalc("init", "--from", base).code == 0
    assert archcalc("check", "net.yaml").code == 0
    assert load("net.yaml").has_layers_of(load(base))


def test_a_change_of_a_variant_is_noticed(archcalc, in_a_folder):
    archcalc("init", "--from", "resnet18")
    text = (in_a_folder / "net.yaml").read_text(encoding="utf-8")
    (in_a_folder / "net.yaml").write_text(text.replace("classes: 1000", "classes: 10"), encoding="utf-8")
    code, out, err = archcalc("check", "net.yaml")
    assert code == 1
    assert "output is [10], expected [1000]" in out + err


def test_standard_output(archcalc, in_a_folder):
    code, out, err = archcalc("init", "--from", "lenet5", "-o", "-")
    assert (code, err) == (0, "")
    assert out.startswith('name: "LeNet-5, every map of C3 connected, 32×32, my variant"\nbase: lenet5\n')
    assert list(in_a_folder.iterdir()) == []


def test_what_is_there_stays_without_force(archcalc, in_a_folder):
    (in_a_folder / "net.yaml").write_text("mine")
    code, _, err = archcalc("init")
    assert (code, err) == (
        2,
        "archcalc: 'net.yaml' is there already; name another with -o, or write over it with --force\n",
    )
    assert (in_a_folder / "net.yaml").read_text() == "mine"
    assert archcalc("init", "--force").code == 0
    assert archcalc("check", "net.yaml").code == 0


def test_links_that_lead_nowhere_are_there_too(archcalc, in_a_folder):
    (in_a_folder / "net.yaml").symlink_to(in_a_folder / "other.yaml")
    assert archcalc("init").code == 2


def test_a_variant_of_a_file(archcalc, in_a_folder):
    archcalc("init", "-o", "first.yaml")
    assert archcalc("init", "--from", "first.yaml", "-o", "second.yaml").code == 0
    assert "\nbase: first\n" in (in_a_folder / "second.yaml").read_text()
    assert archcalc("check", "second.yaml").code == 0


def test_a_variant_of_a_file_in_another_folder(archcalc, in_a_folder):
    (in_a_folder / "lib").mkdir()
    archcalc("init", "-o", "lib/first.yaml")
    assert archcalc("init", "--from", "lib/first.yaml", "-o", "second.yaml").code == 0
    assert "\nbase: lib/first\n" in (in_a_folder / "second.yaml").read_text()
    code, _, err = archcalc("init", "--from", "second.yaml", "-o", "lib/third.yaml")
    assert code == 2
    assert err.startswith(
        "archcalc: 'second.yaml' cannot be the base of 'lib/third.yaml': '../second' leads out"
    )
    (in_a_folder / "archcalc.toml").write_text("")
    assert archcalc("init", "--from", "second.yaml", "-o", "lib/third.yaml").code == 0
    assert archcalc("check", "lib/third.yaml").code == 0


@pytest.mark.parametrize(
    ("base", "output", "words"),
    [
        ("resnet18", "resnet18.yaml", "'resnet18.yaml' would be its own base; give it another name with -o"),
        ("resnet18", "resnet18.yml", "would be its own base"),
        ("first.yaml", "first.yaml", "would be its own base"),
        ("-", "net.yaml", "a variant cannot name standard input"),
        ("lenet5", "net.yaml", "another spec in the folder of 'net.yaml' is called 'lenet5' too"),
        ("lenet6", "net.yaml", "did you mean 'lenet5'?"),
    ],
)
def test_what_cannot_be_a_variant(archcalc, in_a_folder, monkeypatch, base, output, words):
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b"input: {features: 3}\nlayers: [relu]")))
    archcalc("init", "-o", "first.yaml")
    archcalc("init", "-o", "lenet5.yaml")
    code, _, err = archcalc("init", "--from", base, "-o", output, "--force")
    assert code == 2
    assert words in err
    assert archcalc("check", "first.yaml").code == 0
    assert not (in_a_folder / "net.yaml").exists()
