"""Values as messages show them, hints for values in other notations, and the collection of problems."""

import pytest

from archcalc.errors import Span, SpecError
from archcalc.layers.settings import NATURAL, PADDING, PADDING_MODE, POSITIVE, SIZES
from archcalc.spec.decode import canonical, described, known_keys, read
from archcalc.spec.document import Mapping, parse
from archcalc.spec.expressions import INVALID, Scope
from archcalc.spec.problems import PROBLEM_LIMIT, STEP_LIMIT, Problems


def value(text: str):
    return parse(f"a: {text}".encode(), "s.yaml", {}).entries["a"].value


def refused(setting, text: str, **scope):
    """The problem that a setting has with a value."""
    problems = Problems()
    assert read(setting, "it", value(text), Scope(scope), problems) is None
    (problem,) = problems.found.values()
    return problem


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *(("", "nothing"), ("~", "nothing"), ("null", "nothing"), ("''", "''"), ("3", "3"), ("010", "010")),
        *(("'3'", "'3'"), ("1e3", "1e3"), ("true", "true"), ("yes", "'yes'"), ("[]", "an empty list")),
        *(("{}", "an empty mapping"), ("[1, 2]", "the list [1, 2]"), ("['1', ~]", "the list ['1', ~]")),
        *(("[[1, 2], 3]", "the list [[1, 2], 3]"), ("{a: 1, b: [2]}", "the mapping {a: 1, b: [2]}")),
        *(
            ("[[[1]]]", "a list of 1"),
            ("[1,2,3,4,5,6,7]", "a list of 7"),
            ("[a, b]", "the list [a, b]"),
        ),
        *((f"[{'x' * 50}]", "a list of 1"), ('"\\e[m"', r"'\x1b[m'"), ('["\\e"]', r"the list ['\x1b']")),
        *(("x" * 70, f"'{'x' * 59}…'"), ("9" * 18, "9" * 18), ("1." + "0" * 60, "1." + "0" * 37 + "…")),
    ],
)
def test_what_was_found_in_words(text, words):
    assert described(value(text)) == words


@pytest.mark.parametrize(
    ("setting", "text", "hint"),
    [
        (POSITIVE, "0x40", "write it in decimal: 64"),
        (POSITIVE, "0o17", "write it in decimal: 15"),
        (POSITIVE, "0b101", "write it in decimal: 5"),
        (POSITIVE, "0xg", None),
        (POSITIVE, "3:3", None),
        (POSITIVE, "'64'", "write it as a number: 64"),
        (POSITIVE, "1_000", "write it as a number: 1000"),
        (POSITIVE, "64.0", "write 64"),
        (POSITIVE, "64.5", None),
        (POSITIVE, "1e999", None),
        (POSITIVE, "many", None),
        (SIZES, "3:5", "write [3, 5]"),
        (SIZES, "3x5", "write [3, 5]"),
        (SIZES, "3 × 5", "write [3, 5]"),
        (SIZES, "'3, 5'", "write [3, 5]"),
        (SIZES, "3:5:7", None),
        (PADDING, "sam", "did you mean 'same'?"),
        (PADDING, "same-upper", "did you mean 'same_upper'?"),
        (PADDING, "full", None),
        (PADDING_MODE, "zero", "did you mean 'zeros'?"),
        (PADDING_MODE, "mirror", None),
    ],
)
def test_what_to_write_instead(setting, text, hint):
    assert refused(setting, text).hint == hint


@pytest.mark.parametrize(
    ("setting", "text", "column", "found"),
    [
        (SIZES, "[3, 0]", 8, "0"),
        (SIZES, "[x, 3]", 5, "'x'"),
        (SIZES, "[0, x]", 4, "the list [0, x]"),
        (SIZES, "[0]", 4, "the list [0]"),
        (SIZES, "[1, 1, 1, 1]", 4, "the list [1, 1, 1, 1]"),
        (PADDING, "[[0, 1], [2, x]]", 13, "the list [2, x]"),
        (PADDING, "{top: 1, left: x}", 19, "'x'"),
        (PADDING, "{top: 1, lift: 1}", 4, "the mapping {top: 1, lift: 1}"),
        (POSITIVE, "[3, x]", 4, "the list [3, x]"),
        (PADDING_MODE, "[zeros, x]", 4, "the list [zeros, x]"),
        (PADDING_MODE, "{a: zeros, b: 1}", 4, "the mapping {a: zeros, b: 1}"),
        (SIZES, "[3, $n]", 8, "'$n', which is -4"),
        (SIZES, "$n", 4, "'$n', which is -4"),
        (SIZES, "$word", 4, "'$word', which is 'wide'"),
        (SIZES, "$pair", 4, "'$pair', which is a list"),
        (SIZES, "'${n + 1}'", 4, "'${n + 1}', which is -3"),
    ],
)
def test_the_part_that_is_wrong(setting, text, column, found):
    """Where one member alone is wrong, it is pointed at; where it is the whole, the whole."""
    problem = refused(setting, text, n=-4, word="wide", pair=[1, 2, 3, 4])
    assert (problem.code, problem.span.column) == ("type", column)
    assert problem.message.endswith(f", found {found}")


def test_an_expression_in_a_list_is_pointed_at():
    problem = refused(SIZES, '[3, "${1 // 0}"]')
    assert (problem.code, problem.span.column) == ("expression", 8)


def test_what_depends_on_a_faulty_value_is_not_told():
    problems = Problems()
    assert read(POSITIVE, "it", value("'${n + 1}'"), Scope({"n": INVALID}), problems) is None
    assert (problems.found, problems.count) == ({}, 1)


def test_nothing_may_be_a_value():
    """None from the reader is told from a fault by the number of faults."""
    problems = Problems()
    assert read(NATURAL, "it", value("0"), Scope(), problems) == 0
    assert problems.count == 0


@pytest.mark.parametrize(
    ("key", "names", "found"),
    [
        *(("filters", ("filters",), "filters"), ("K", ("filters",), "filters"), ("K", ("units",), None)),
        *(("in_channels", ("in_features",), "in_features"), ("in_channels", ("in_channels",), "in_channels")),
        *(("padding_mode", ("mode",), "mode"), ("pad", ("padding",), "padding"), ("x", ("filters",), None)),
    ],
)
def test_canonical_names(key, names, found):
    assert canonical(key, names) == found


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{layer: 1}", "did you mean 'layers'?"),
        ("{'layers:3': 1}", "put a space behind the `:` of `layers:`"),
        ("{'layers {a': 1}", "put a `:` behind `layers`"),
        ("{'layers[a': 1}", "put a `:` behind `layers`"),
        ("{optimizer: 1}", "known are layers, settings"),
    ],
)
def test_unknown_keys(text, hint):
    problems, mapping = Problems(), value(text)
    assert isinstance(mapping, Mapping)
    assert not known_keys(mapping, ("layers", "settings"), "a block", problems)
    (problem,) = problems.found.values()
    assert (problem.code, problem.hint, problem.span.column) == ("unknown-key", hint, 5)


class TestProblems:
    def at(self, line: int, source: str = "s.yaml") -> Span:
        return Span(source, line, 1)

    def raised(self, problems: Problems) -> list[str]:
        with pytest.raises(SpecError) as caught:
            problems.stop()
        return [str(problem.span) for problem in caught.value.problems]

    def test_nothing_is_raised_when_nothing_was_found(self):
        problems = Problems()
        problems.mark_invalid()
        problems.stop()

    def test_they_are_sorted_by_place(self):
        problems = Problems()
        for line in (10, 2, 33):
            problems.add("type", "x", self.at(line))
        problems.add("type", "x", Span("s.yaml", 2, 7))
        problems.add("type", "x", self.at(1, "a.yaml"))
        assert self.raised(problems) == [
            "a.yaml:1:1",
            "s.yaml:2:1",
            "s.yaml:2:7",
            "s.yaml:10:1",
            "s.yaml:33:1",
        ]

    def test_each_is_told_once_and_its_hint_found_once(self):
        problems, asked = Problems(), []
        for _ in range(3):
            problems.add("type", "x", self.at(1), lambda: asked.append(1))
        problems.add("name", "x", self.at(1))
        assert (len(problems.found), problems.count, asked) == (2, 4, [1])

    def test_so_many_are_enough(self):
        problems = Problems()
        for line in range(1, PROBLEM_LIMIT):
            problems.add("type", "x", self.at(line))
        with pytest.raises(SpecError) as caught:
            problems.add("type", "x", self.at(PROBLEM_LIMIT))
        assert len(caught.value.problems) == PROBLEM_LIMIT

    def test_work_has_an_end(self):
        problems = Problems()
        problems.charge(STEP_LIMIT, self.at(1))
        with pytest.raises(SpecError, match="too-large"):
            problems.charge(1, self.at(2))
