"""Auxiliary outputs: what runs in training only, and what it counts for."""

import pytest

from archcalc.analysis.facts import analyze
from archcalc.analysis.quantities import totals
from archcalc.errors import SpecError
from archcalc.network import Network
from archcalc.spec.load import loads

TRUNK = """\
input: {features: 7}
layers:
  - fc: {name: trunk, units: 5}
  - relu
  - fc: {name: classes, units: 3}
"""
HEADS = """\
  - fc: {name: hidden, units: 11, from: trunk}
  - fc: {name: head, units: 2}
"""
ENDS = "outputs: classes\nauxiliary: head\n"


def network(text: str) -> Network:
    return loads(text, "net.yaml")


def test_what_only_auxiliary_outputs_need_runs_in_training_only():
    found = network(TRUNK + HEADS + ENDS)
    assert list(found.outputs) == ["classes", "head"]
    assert found.auxiliary == ("head",)
    assert found.training_only == {"hidden", "head"}


def test_parameters_count_and_what_is_run_does_not():
    """At inference the network costs what it does without its heads; to store, it costs more."""
    whole = totals(analyze(network(TRUNK + HEADS + ENDS)))
    bare = totals(analyze(network(TRUNK)))
    heads = (5 * 11 + 11) + (11 * 2 + 2)
    assert whole["parameters"] == bare["parameters"] + heads
    assert {key: whole[key] - bare[key] for key in ("macs", "bias_adds", "activations")} == {
        "macs": 0,
        "bias_adds": 0,
        "activations": 0,
    }


def test_an_output_is_no_auxiliary_one():
    found = network(TRUNK + HEADS + "outputs: [classes, head]\n")
    assert (found.auxiliary, found.training_only) == ((), frozenset())


def test_a_layer_on_the_way_to_the_output_runs_always():
    """Supervision in the midst of the trunk takes nothing from what runs."""
    assert network(TRUNK + "auxiliary: trunk\n").training_only == set()


def test_none_undoes_those_of_a_base(tmp_path):
    (tmp_path / "whole.yaml").write_text(TRUNK + HEADS.replace("}", ", when: $heads}") + ENDS)
    text = "base: whole\nvariables: {heads: false}\nauxiliary: []\n"
    (tmp_path / "whole.yaml").write_text("variables: {heads: true}\n" + (tmp_path / "whole.yaml").read_text())
    found = loads(text, "bare.yaml", tmp_path)
    assert [node.name for node in found.nodes] == ["trunk", "relu1", "classes"]
    assert (list(found.outputs), found.auxiliary) == (["classes"], ())


@pytest.mark.parametrize(
    ("ends", "message"),
    [
        ("auxiliary: head\n", "'head' is `auxiliary`, and leaves the network at inference too"),
        ("outputs: classes\nauxiliary: haed\n", "`auxiliary` names 'haed', and no layer is called so"),
        ("outputs: classes\n", "no layer reads the output of head"),
    ],
)
def test_what_is_wrong(ends, message):
    with pytest.raises(SpecError) as caught:
        network(TRUNK + HEADS + ends)
    assert [problem.message for problem in caught.value.problems] == [message]
