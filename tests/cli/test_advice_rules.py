"""Advice as a config file wants it: which is given, of which specs, and which fails a check."""

import pytest

SPEC = """\
input: {channels: 3, height: 29, width: 29}
layers:
  - conv: {filters: 8, kernel_size: 3}
  - batchnorm
  - maxpool: {kernel_size: 2}
"""
DROPPED, BIAS = "advice[dropped-pixels]", "advice[bias-before-batchnorm]"


@pytest.fixture
def checked(archcalc, tmp_path, monkeypatch):
    """What a check says of two specs with a config."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(SPEC, encoding="utf-8")

    def check(config, *args):
        (tmp_path / "archcalc.toml").write_text(config, encoding="utf-8")
        return archcalc("check", "a.yaml", "b.yaml", *args)

    return check


CASES = {
    "": (0, 0, 0),
    "advice = true": (0, 2, 2),
    'advice = true\nignore = ["dropped-pixels"]': (0, 0, 2),
    'select = ["dropped-pixels"]': (0, 2, 0),
    'advice = true\nselect = ["dropped-pixels"]': (0, 2, 0),
    'select = ["dropped-pixels"]\nignore = ["dropped-pixels"]': (0, 0, 0),
    'severity = {dropped-pixels = "error"}': (1, 0, 0),
    'advice = true\nseverity = {dropped-pixels = "error"}': (1, 0, 2),
    'strict = true\nseverity = {dropped-pixels = "advice", bias-before-batchnorm = "advice"}': (0, 2, 2),
    '[[overrides]]\nspecs = ["a.*"]\nselect = ["dropped-pixels"]': (0, 1, 0),
    'advice = true\n[[overrides]]\nspecs = ["a.*"]\nignore = ["dropped-pixels"]': (0, 1, 2),
    'select = ["dropped-pixels"]\n[[overrides]]\nspecs = ["a.*"]\nselect = ["bias-before-batchnorm"]': (
        0,
        1,
        1,
    ),
    'severity = {dropped-pixels = "error"}\n[[overrides]]\nspecs = ["*"]\n'
    'severity = {dropped-pixels = "advice"}': (0, 2, 0),
}


@pytest.mark.parametrize("config", CASES)
def test_what_is_given_and_what_fails(checked, config):
    code, out, _ = checked(config)
    assert (code, out.count(DROPPED), out.count(BIAS)) == CASES[config]


def test_what_fails_is_an_error(checked):
    _, out, _ = checked('severity = {dropped-pixels = "error"}')
    assert out.count("error[dropped-pixels]") == 2


def test_a_spec_has_the_last_word_on_what_it_does_not_want_to_hear(checked, tmp_path):
    (tmp_path / "a.yaml").write_text(f"{SPEC}silence: dropped-pixels\n", encoding="utf-8")
    assert checked('severity = {dropped-pixels = "error"}').out.count("error[dropped-pixels]") == 1


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('ignore = ["heavy_fc"]', "no advice has the code 'heavy_fc', in ignore"),
        ('select = ["shape"]', "no advice has the code 'shape', in select"),
        ('severity = {heavy-fc = "warn"}', 'severity needs codes of advice, each with "error" or "advice"'),
        ("severity = 3", "severity needs codes of advice"),
        ("severity = {heavy-fc = []}", "severity needs codes of advice"),
        ('severity = {shape = "advice"}', "no advice has the code 'shape', in severity"),
        ('ignore = "heavy-fc"', "ignore needs a list of texts"),
    ],
)
def test_errors_cannot_be_ignored_and_codes_are_known(checked, config, said):
    code, out, err = checked(config)
    assert (code, out) == (2, "")
    assert said in err
