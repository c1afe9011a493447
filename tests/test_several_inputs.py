"""A network of two inputs, built by hand: each report works on it, or says in a sentence why not."""

import json

import pytest

from archcalc import RequestError
from archcalc.analysis.conventions.identification import asked, matches
from archcalc.analysis.facts import Analysis, analyze
from archcalc.analysis.memory import inference
from archcalc.analysis.memory.fit import Room, Use, largest_input
from archcalc.analysis.memory.schedule import planned
from archcalc.analysis.memory.training import training
from archcalc.analysis.quantities import totals
from archcalc.checks.difference import difference
from archcalc.checks.lock import lock_failures, lock_text
from archcalc.checks.record import records
from archcalc.cli.request import Request
from archcalc.expectations.evaluate import unmet
from archcalc.expectations.model import Expectation
from archcalc.forward.abstract.fields import receptive_fields
from archcalc.forward.live import need, timeline
from archcalc.forward.proof.sharing import prove
from archcalc.forward.verify import verify
from archcalc.layers import Shape, layer_class
from archcalc.network import Network, Node
from archcalc.report.as_text import render
from archcalc.report.page import Options
from archcalc.spec.model import Spec

SIZE = (3, 9, 7)


def node(name: str, kind: str, *inputs: int, **settings: object) -> Node:
    return Node(name, kind, layer_class(kind)(**settings), inputs)


def twins(left: Shape = SIZE, right: Shape = SIZE) -> Analysis:
    """Two arms of different receptive fields, the wider one over the second input, which join."""
    nodes = (
        node("narrow", "conv", 0, filters=4, kernel_size=1),
        node("wide", "conv", 1, filters=4, kernel_size=3, padding=1),
        node("sum", "add", 2, 3),
        node("pool", "maxpool", 4, kernel_size=2),
        node("flat", "flatten", 5),
        node("fc", "fc", 6, units=5),
    )
    return analyze(Network("twins", {"left": left, "right": right}, nodes, {"fc": 7}))


def page_texts(analysis: Analysis) -> dict[str, str]:
    """Every page of one network in text, by command."""
    from archcalc.report.comparison import comparison
    from archcalc.report.explanation import explanation
    from archcalc.report.fit import batch_page
    from archcalc.report.memory import memory
    from archcalc.report.proof import proof
    from archcalc.report.summary import summary
    from archcalc.report.training import training as trained
    from archcalc.report.verification import verification

    options = Options()
    pages = {
        "summarize": summary(analysis, options._replace(explain=True)),
        "explain": explanation(analysis, analysis.of("sum"), options),
        "memory": memory(analysis, planned(analysis), (), options),
        "training": trained(training(analysis, "adam"), options),
        "compare-fc": comparison(analysis, None, options),
        "proof": proof(analysis, prove(analysis, None, 10**6), None),
        "verify": verification(verify(analysis), receptive_fields(analysis)),
        "fit": batch_page(analysis, Room(2**20), Use(), options),
    }
    return {name: render(page, options) for name, page in pages.items()}


def test_every_page_names_both_inputs() -> None:
    for name, text in page_texts(twins()).items():
        assert "inputs left 7×9×3, right 7×9×3 (W×H×D)" in text, name


def test_the_summary_has_a_row_for_each_input_and_totals_of_both() -> None:
    analysis = twins()
    lines = page_texts(analysis)["summarize"].splitlines()
    rows = [line.split() for line in lines if line.startswith(("left", "right"))]
    assert [(row[0], row[1], row[2]) for row in rows] == [("left", "7×9×3", "189"), ("right", "7×9×3", "189")]
    assert totals(analysis)["activations"] == 2 * 189 + 3 * 252 + 48 + 5


def test_inputs_of_different_ranks_are_each_written_in_their_order() -> None:
    nodes = (
        node("flat", "flatten", 0),
        node("joined", "concat", 2, 1),
        node("fc", "fc", 3, units=2),
    )
    analysis = analyze(Network("mixed", {"image": (1, 2, 3), "age": (4,)}, nodes, {"fc": 4}))
    assert analysis.of("joined").receptive_field.axes == ()
    assert verify(analysis).agrees
    from archcalc.report.heading import heading_lines

    assert heading_lines(analysis) == ("inputs image 3×2×1, age 4 (W×H×D, values)",)
    with pytest.raises(RequestError, match="on inputs of one size alone, which image and age do not have"):
        receptive_fields(analysis)


def test_a_run_holds_both_inputs() -> None:
    found = verify(twins())
    assert found.agrees
    assert found.live == found.expected_live
    assert found.live.bytes == 4 * (252 + 252 + 252)
    assert found.live.layer == "sum"
    assert verify(twins(), shapes_only=True).agrees


def test_inputs_alone_may_be_too_much() -> None:
    """The limit lies between the bytes of one input and of both."""
    analysis = twins((3, 1000, 1000), (3, 1000, 1000))
    peak = need(analysis, timeline(analysis), 20 * 10**6)
    assert (peak.bytes > 24 * 10**6, peak.layer) == (True, "the inputs together")


def test_memory_counts_both_inputs_until_each_is_read() -> None:
    steps = inference(twins()).steps
    assert [step.live // 4 for step in steps[:3]] == [189 + 189 + 252, 189 + 252 + 252, 252 + 252 + 252]


def test_fields_are_found_behind_the_second_input_too() -> None:
    checks = receptive_fields(twins())
    assert [check.differences() for check in checks] == [()] * 6
    sizes = {check.name: [axis.size for axis in check.predicted.axes] for check in checks}
    assert (sizes["narrow"], sizes["wide"], sizes["sum"]) == ([1, 1], [3, 3], [3, 3])


def test_a_wrong_field_behind_the_second_input_is_noticed() -> None:
    analysis = twins()
    wide, narrow = analysis.of("wide"), analysis.of("narrow")
    wrong = tuple(
        each._replace(receptive_field=narrow.receptive_field) if each is wide else each
        for each in analysis.facts
    )
    found = receptive_fields(Analysis(analysis.network, wrong))
    assert [check.name for check in found if check.differences()] == ["wide"]


def test_locks_and_differences_know_each_input() -> None:
    analysis = twins()
    lock = lock_text(analysis)
    assert lock_failures(analysis, lock, "twins.lock") == ()
    larger = twins((3, 9, 7), (6, 9, 7))
    assert [problem.message for problem in lock_failures(larger, lock, "twins.lock")][:1] == [
        "right: output was 7x9x3, now 7x9x6"
    ]
    pairs = difference(records(analysis), records(larger)).pairs
    changed = [pair.record.name for pair in pairs if pair.change != "same"]
    assert changed == ["right", "wide"]


@pytest.mark.parametrize("command", ["summarize", "verify"])
def test_json_is_about_one_input(command: str) -> None:
    from archcalc.report.summary import summary
    from archcalc.report.verification import verification

    analysis = twins()
    page = summary(analysis, Options()) if command == "summarize" else verification(verify(analysis))
    with pytest.raises(
        RequestError, match=r"^JSON needs a network of one input; twins has several: left, right$"
    ):
        json.dumps(page.data())


def test_what_asks_for_the_input_is_refused_in_a_sentence() -> None:
    analysis = twins()
    several = "needs a network of one input; twins has several: left, right"
    with pytest.raises(RequestError, match=f"^the largest input {several}$"):
        largest_input(analysis, Room(2**20), Use())
    with pytest.raises(RequestError, match=f"^--input {several}$"):
        Request(input_="64").on_input(Spec(analysis.network))
    with pytest.raises(ValueError, match="twins has several inputs: left, right"):
        analysis.network.with_input((3, 5, 5))


def test_a_figure_is_not_looked_for_on_other_inputs() -> None:
    assert matches(analyze(twins().network), asked("123457 values")) == ()


def test_an_expected_input_is_one_of_a_layer_or_none() -> None:
    expected = [Expectation("input", SIZE), Expectation("input", SIZE, layer="wide")]
    assert [problem.message for problem in unmet(twins(), expected)] == [
        "input is one shape, and the network has several: left, right"
    ]
    assert unmet(twins(), [Expectation("input", (4, 9, 7), layer="sum")]) == ()
