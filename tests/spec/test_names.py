"""Names that stand for nothing: later, in a cycle, left out, near another one, or nowhere."""

import random

import pytest

from archcalc.errors import Problem, SpecError
from archcalc.spec.load import loads

HEAD = "input: {channels: 4, height: 8, width: 8}\n"


def problems(layers: str, blocks: str = "{}") -> tuple[Problem, ...]:
    with pytest.raises(SpecError) as caught:
        loads(f"{HEAD}blocks: {blocks}\nlayers: {layers}\n")
    return caught.value.problems


def only(layers: str, blocks: str = "{}") -> Problem:
    (problem,) = problems(layers, blocks)
    return problem


@pytest.mark.parametrize(
    ("layers", "code", "words"),
    [
        ("[relu: {from: a}]", "unknown-name", "no layer above is called so"),
        (
            "[relu: {name: a}, add: {from: [a, b]}, elu: {name: b, from: a}]",
            "order",
            "stands later, in line 3",
        ),
        ("[relu: {from: b}, elu: {name: b}]", "cycle", "stands later, in line 3, and reads this layer"),
        ("[relu: {name: a, from: a}]", "cycle", "whose output is this layer's own"),
        ("[relu: {from: relu1}]", "cycle", "whose output is this layer's own"),
        ("[residual: {name: r, from: r/relu1, body: [relu]}]", "cycle", "whose output is this layer's own"),
        ("[residual: {body: [relu: {from: e}]}, elu: {name: e}]", "cycle", "and reads this layer"),
        ("[relu: {from: e}, residual: {body: [elu: {name: e, from: input}]}]", "order", "stands later"),
        ("[relu: {name: a, when: false}, elu: {from: a}]", "unknown-name", "`when` leaves it out, in line 3"),
        ("[separable: {from: separable1, filters: 4, kernel_size: 1}]", "cycle", "this layer's own"),
    ],
)
def test_what_became_of_a_name(layers, code, words):
    problem = only(layers)
    assert problem.code == code
    assert words in problem.message


def test_the_line_of_a_later_name_is_where_its_block_is_used():
    found = only("[relu: {from: b1/x},\n\n b]", "{b: {layers: [elu: {name: x, from: input}]}}")
    assert (found.code, found.message.partition(", which ")[2]) == ("order", "stands later, in line 5")


def test_within_a_block_it_is_the_line_in_the_block():
    found = only("[b]", "{b: {layers: [relu: {from: x},\n elu: {name: x, from: input}]}}")
    assert (found.code, found.message.partition(", which ")[2]) == ("order", "stands later, in line 3")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("stam", "did you mean 'stem'?"),
        ("Stem", "did you mean 'stem'?"),
        ("relu", "did you mean 'relu1'?"),
        ("inner", "did you mean 'unit1/inner'?"),
        ("unit1/iner", "did you mean 'unit1/inner'?"),
        ("inptu", "did you mean 'input'?"),
        ("later", "a layer reads layers that stand above it"),
    ],
)
def test_a_near_name_is_suggested(name, hint):
    layers = f"[relu: {{name: stem}}, relu, unit, elu: {{from: {name}}}, tanh: {{name: laterr}}]"
    assert only(layers, "{unit: {layers: [elu: {name: inner}]}}").hint == hint


def test_within_a_block_names_are_suggested_as_they_are_written_there():
    assert (
        only("[unit]", "{unit: {layers: [elu: {name: inner}, relu: {from: iner}]}}").hint
        == "did you mean 'inner'?"
    )


def test_of_equally_near_names_the_last_one_above_is_suggested():
    layers = "[relu: {name: stem1}, relu: {name: stem2}, elu: {from: stem}, tanh: {name: stem3}]"
    assert only(layers).hint == "did you mean 'stem2'?"


@pytest.mark.parametrize(
    ("faulty", "code"),
    [
        ("convv: {name: a/b}", "unknown-kind"),
        ("relu: {name: a/b, units: 3}", "unknown-setting"),
        ("residual: {name: a/b}", "missing-setting"),
    ],
)
def test_names_with_slashes_take_their_readers_along(faulty, code):
    assert only(f"[{faulty}, elu: {{from: a/b}}]").code == code


def drawn(draw: random.Random, count: int) -> list[list[int]]:
    """What each of so many layers reads: layers before and behind it, itself and the input (−1)."""
    return [
        sorted({draw.choice((-1, number - 1, draw.randrange(count))) for _ in range(draw.choice((1, 1, 2)))})
        for number in range(count)
    ]


def reachable(reads: list[list[int]], begin: int) -> set[int]:
    """All that a layer reads, through others or not."""
    found: set[int] = set()
    todo = list(reads[begin])
    while todo:
        at = todo.pop()
        if at >= 0 and at not in found:
            found.add(at)
            todo += reads[at]
    return found


def text_of(reads: list[list[int]]) -> str:
    def name(number: int) -> str:
        return "input" if number < 0 else f"n{number}"

    rows = (
        f"{'add' if len(each) > 1 else 'relu'}: {{name: n{number}, from: [{', '.join(map(name, each))}]}}"
        for number, each in enumerate(reads)
    )
    return f"[{', '.join(rows)}]"


def test_cycles_are_told_from_wrong_order_in_random_graphs():
    draw = random.Random(11)
    seen = set()
    for _ in range(300):
        reads = drawn(draw, draw.randrange(2, 9))
        expected = sorted(
            (number, read, "cycle" if number == read or number in reachable(reads, read) else "order")
            for number, each in enumerate(reads)
            for read in each
            if read >= number
        )
        if not expected:
            continue
        text = text_of(reads)
        found = problems(text)
        names = [problem.message.split("'")[1] for problem in found]
        assert [(name, problem.code) for name, problem in zip(names, found, strict=True)] == [
            (f"n{read}", code) for _, read, code in expected
        ]
        seen.update(code for _, _, code in expected)
    assert seen == {"cycle", "order"}


def test_problems_stand_in_the_order_of_the_text():
    """Also those that are only found when all is laid out."""
    found = problems("[reluu, relu: {from: x}, fc: {units: y}, relu: {from: z}]")
    assert [problem.code for problem in found] == ["unknown-kind", "unknown-name", "type", "unknown-name"]
