"""`--set NAME=VALUE`: a variable of a spec with another value, on every command, as a variant gives it."""

import json

import pytest

NET = """\
name: small
source: made up
input: {channels: 3, height: 16, width: 16}
variables:
  width: 8  # filters of the first layer
  layers: [4, 4]  # filters of the rest
  act: relu
  wide: false
  spare: 1
layers:
  - conv: {filters: $width, kernel_size: 3}
  - $act
  - repeat: {each: {f: $layers}, layers: [conv: {filters: $f, kernel_size: 1}]}
  - conv: {filters: "${width * 2}", kernel_size: 1, when: $wide}
  - flatten
  - fc: {units: 10}
expect: {parameters: 1, output: [10]}
"""


@pytest.fixture
def net(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(NET.replace("  spare: 1\n", ""))
    return path


@pytest.fixture
def parameters(archcalc, net):
    """The parameters of the network with some variables set."""

    def count(*given):
        options = [word for text in given for word in ("--set", text)]
        result = archcalc("summarize", net, *options, "--format", "json")
        assert result.code == 0, result.err
        return json.loads(result.out)["totals"]["parameters"]

    return count


def test_a_variant_and_the_option_are_the_same(parameters, archcalc, net, tmp_path):
    for given, written in (
        ("width=3", "width: 3"),
        ("layers=[5,6,7]", "layers: [5, 6, 7]"),
        ("layers=5,6", "layers: [5, 6]"),
        ("act=gelu", "act: gelu"),
        ("wide=true", "wide: true"),
        ("width=${2 + 1}", "width: '${2 + 1}'"),
    ):
        (tmp_path / "variant.yaml").write_text(f"base: net\nvariables: {{{written}}}\n")
        variant = archcalc("summarize", tmp_path / "variant.yaml", "--format", "json")
        assert parameters(given) == json.loads(variant.out)["totals"]["parameters"], given
    assert parameters("width=3", "layers=2,2,2,2") != parameters("width=3")


def test_what_the_spec_expects_of_itself_no_longer_binds_and_the_report_says_what_was_set(archcalc, net):
    assert archcalc("summarize", net).code == 1
    result = archcalc("summarize", net, "--set", "width=3", "--set", "layers=[1, 2]")
    assert result.code == 0
    assert result.out.startswith("'small (width=3, layers=[1,2])'\n")
    assert "made up" not in result.out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("wdth=3", "--set:1:1: error[unused]: there is no variable 'wdth'"),
        ("wdth=3", "hint: did you mean 'width'? Variables are width, layers, act, wide"),
        ("filters=3", "did you mean 'width'?"),
        ("width=0.5", "'width' needs an integer, as the base computes with it, found 0.5"),
        ("width=8,16", "'width' needs one value, found '8,16'"),
        ("width=[8]", "'width' needs"),
        ("layers=3", "'layers' needs a list, such as layers=[3], found 3"),
        ("layers=[3", "--set:1:8: error[syntax]"),
        ("act=3", "'act' needs a word, such as act=relu, found 3"),
        ("wide=3", "'wide' needs true or false, such as wide=false, found 3"),
        ("width=-1", "--set:1:1: note: width=-1 is set here"),
        ("layers=[a]", "note: layers=[a] is set here"),
    ],
)
def test_what_is_wrong_with_a_value_is_told_at_its_place(archcalc, net, given, said):
    result = archcalc("summarize", net, "--set", given)
    assert result.code == 1
    assert said in result.err


def test_a_layer_that_breaks_says_where_the_variable_is_set(archcalc, net):
    net.write_text(NET.replace("  spare: 1\n", "").replace("kernel_size: 3", "kernel_size: $width"))
    for command in (["summarize"], ["check"], ["verify"]):
        result = archcalc(*command, net, "--set", "width=17")
        assert result.code == 1
        assert "width=17 is set here" in result.out + result.err, command


def test_what_changes_nothing_is_refused(archcalc, tmp_path):
    (tmp_path / "base.yaml").write_text(NET)
    (tmp_path / "net.yaml").write_text("base: base\n")
    result = archcalc("summarize", tmp_path / "net.yaml", "--set", "spare=2")
    assert result.code == 1
    assert "nothing uses variable 'spare'" in result.err


def test_a_spec_without_variables_says_how_to_have_one(archcalc, tmp_path):
    (tmp_path / "net.yaml").write_text("input: {features: 3}\nlayers: [relu]\n")
    assert "the spec has no variables" in archcalc("summarize", tmp_path / "net.yaml", "--set", "a=1").err


def test_what_is_no_assignment_is_called_wrongly(archcalc, net):
    for given in ("width", "width=", "=3", "3=4", "a b=3", "width=\x1b[31m", "width=1\n2"):
        result = archcalc("summarize", net, "--set", given)
        assert result.code == 2, given
        assert "needs NAME=VALUE, such as width=50" in result.err
        assert "\x1b" not in result.err
    assert "gives 'width' twice" in archcalc("summarize", net, "--set", "width=1", "--set", "width=2").err


def test_every_command_that_takes_a_spec_takes_it(archcalc, net, tmp_path):
    for command in (
        ("compare-fc",),
        ("verify",),
        ("memory",),
        ("fit", "--memory", "1GiB"),
        ("reconcile",),
        ("explain",),
        ("explain", net, "conv1"),
        ("show",),
        ("lock", "-o", tmp_path / "net.lock"),
        ("lock", "--check", "-o", tmp_path / "net.lock"),
        ("check",),
        ("diff",),
    ):
        name, *rest = command
        rest = rest if net in rest else [net, *rest]
        result = archcalc(name, *rest, "--set", "width=9")
        assert result.code == 0, (command, result.err)
        assert (
            "no variable"
            in archcalc(name, *rest, "--set", "wdth=9").err + archcalc(name, *rest, "--set", "wdth=9").out
        )


def test_a_variant_has_no_lock_beside_it_and_is_not_mended(archcalc, net):
    assert "add --output FILE" in archcalc("lock", net, "--set", "width=9").err
    assert "leave out --set" in archcalc("check", net, "--fix", "--set", "width=9").err


def test_a_check_holds_a_variant_to_what_the_call_expects(archcalc, net):
    assert archcalc("lock", net).code == 0
    assert archcalc("check", net, "--set", "width=9").code == 0
    assert archcalc("check", net, "--set", "width=9", "--expect", "parameters < 5").code == 1


def test_diff_sets_what_is_new(archcalc, net):
    result = archcalc("diff", net, "--set", "width=9")
    assert "filters 8 → 9" in result.out
    assert archcalc("diff", net).code == 2
    assert archcalc("diff", net, net).out != result.out


def test_a_shown_variant_is_the_variant(archcalc, net, tmp_path, parameters):
    copy = tmp_path / "copy.yaml"
    assert archcalc("show", net, "--set", "width=9", "--set", "layers=1,2", "-o", copy).code == 0
    assert "  width: 9  # filters of the first layer\n  layers: [1,2]  #" in copy.read_text()
    shown = archcalc("summarize", copy, "--format", "json")
    assert json.loads(shown.out)["totals"]["parameters"] == parameters("width=9", "layers=1,2")
