"""Bytes to values: what YAML 1.2 says they are, where they stand, and what is refused."""

import math
import pickle

import pytest

from archcalc.errors import Span, SpecError
from archcalc.spec.document import (
    DEPTH_LIMIT,
    INTEGER_LIMIT,
    SCALAR_LIMIT,
    VALUE_LIMIT,
    Mapping,
    Scalar,
    Sequence,
    Value,
    parse,
)
from archcalc.spec.encoding import BYTE_LIMIT


def read(text: str | bytes) -> Value:
    return parse(text if isinstance(text, bytes) else text.encode(), "s.yaml", {})


def plain(value: Value) -> object:
    if isinstance(value, Mapping):
        return {key: plain(entry.value) for key, entry in value.entries.items()}
    return [plain(item) for item in value.items] if isinstance(value, Sequence) else value.value


def refusal(text: str | bytes) -> tuple[str, int, int]:
    """(code, line, column) of the only problem."""
    with pytest.raises(SpecError) as caught:
        read(text)
    (problem,) = caught.value.problems
    return problem.code, problem.span.line, problem.span.column


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("0", 0), ("-0", 0), ("7", 7), ("+7", 7), ("-7", -7), ("010", 10), ("007", 7), ("-010", -10)),
        *(("08", 8), ("0" * 40 + "5", 5), ("9223372036854775807", INTEGER_LIMIT)),
        *(
            ("1.5", 1.5),
            ("-.5", -0.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e3", 1000.0),
            ("1E-3", 0.001),
            ("64.0", 64.0),
        ),
        *(
            ("true", True),
            ("True", True),
            ("TRUE", True),
            ("false", False),
            ("False", False),
            ("FALSE", False),
        ),
        *(("null", None), ("Null", None), ("NULL", None), ("~", None)),
    ],
)
def test_plain_scalars_of_the_core_schema(text, value):
    found = read(f"a: {text}").entries["a"].value
    assert (found.value, type(found.value), found.text, found.quoted) == (value, type(value), text, False)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "yes",
            "no",
            "on",
            "off",
            "y",
            "n",
            "Yes",
            "tRUE",
            "nULL",
            "3:3",
            "1:30:00",
            "0o17",
            "0x1f",
            "0b11",
        ),
        *("1_000", "1,5", "2020-01-01", "12:30:45", ".inf", "-.inf", ".nan", "NaN", "1e", "e3", "--1", "1-1"),
        *("1.2.3", "+", "0x", "٣", "=", "<<x", "a b", "é", "conv/1.0"),
    ],
)
def test_what_yaml_1_1_read_otherwise_is_text(text):
    found = read(f"a: {text}").entries["a"].value
    assert (found.value, found.text) == (text, text)


@pytest.mark.parametrize("quoted", ["'{}'", '"{}"'])
@pytest.mark.parametrize("text", ["1", "true", "null", "", "~", "1.5"])
def test_quoted_scalars_are_text(quoted, text):
    found = read(f"a: {quoted.format(text)}").entries["a"].value
    assert (found.value, found.quoted) == (text, True)


def test_a_float_beyond_all_is_infinite():
    assert read("a: 1e999").entries["a"].value.value == math.inf


def test_nothing_is_null():
    assert plain(read("a:\nb: \nc: [~]")) == {"a": None, "b": None, "c": [None]}


def test_blocks_of_text():
    assert plain(read("a: |\n  one\n  two\nb: >-\n  one\n  two\n")) == {"a": "one\ntwo\n", "b": "one two"}


def test_collections_in_both_styles():
    block = "a:\n- 1\n- b: 2\n  c:\n    - 3\nd: {}\n"
    assert plain(read(block)) == {"a": [1, {"b": 2, "c": [3]}], "d": {}}
    assert plain(read("{a: [1, {b: 2, c: [3]}], d: {}}")) == plain(read(block))


def test_keys_are_text():
    assert list(read("{1: a, true: b, ~: c, 1.5: d, 'x y': e}").entries) == ["1", "true", "~", "1.5", "x y"]


@pytest.mark.parametrize(
    ("text", "path", "place"),
    [
        ("a: 1", ["a"], (1, 4)),
        ("ab:   {c: [x, y]}", ["ab", "c", 1], (1, 15)),
        ("é: 漢", ["é"], (1, 4)),
        ("'日本': {a: '😀😀', b: 3}", ["日本", "b"], (1, 20)),
        ("a: 1\nb:\n  - c: 2\n    d: 3", ["b", 0, "d"], (4, 8)),
        ("a: 1\r\nb: 2", ["b"], (2, 4)),
        ("a: 1\rb: 2", ["b"], (2, 4)),
        ("\ufeffa: 1", ["a"], (1, 4)),
        ("# \U0001f600\na: # é\n  |\n  x", ["a"], (3, 3)),
        ("a:\tb", ["a"], (1, 4)),
        ("a:", ["a"], (1, 3)),
    ],
)
def test_values_know_their_place_in_characters(text, path, place):
    value = read(text)
    for key in path:
        value = value.entries[key].value if isinstance(value, Mapping) else value.items[key]
    assert (value.span.source, value.span.line, value.span.column) == ("s.yaml", *place)


def test_keys_know_their_place():
    entries = read("é: {ab: 1,   c: 2}\n  \nd: 3").entries
    inner = entries["é"].value.entries
    assert [entry.span[1:] for entry in (*inner.values(), entries["d"])] == [(1, 5), (1, 14), (3, 1)]


def test_the_text_is_kept_for_errors():
    texts: dict[str, str] = {}
    parse(b"\xef\xbb\xbfa: 1\r\nb: 2\r", "s.yaml", texts)
    assert texts == {"s.yaml": "a: 1\nb: 2\n"}


@pytest.mark.parametrize("text", ["---\na: 1\n", "a: 1\n...\n", "# x\n---\na: 1\n...\n# y\n\n", "--- {a: 1}"])
def test_the_marks_of_one_document_are_allowed(text):
    assert plain(read(text)) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: &x 1", ("yaml-feature", 1, 4)),
        ("a: *x", ("yaml-feature", 1, 4)),
        ("&x a: 1", ("yaml-feature", 1, 1)),
        ("a: !!int 1", ("yaml-feature", 1, 4)),
        ("a: !x {}", ("yaml-feature", 1, 4)),
        ("a: ! 1", ("yaml-feature", 1, 4)),
        ("a: {<<: {b: 1}}", ("yaml-feature", 1, 5)),
        ("%YAML 1.2\n---\na: 1", ("yaml-feature", 1, 1)),
        ("\n# x\n%TAG ! x\n---\na: 1", ("yaml-feature", 3, 1)),
        ("a: 1\n---\nb: 2", ("syntax", 2, 1)),
        ("a: 1\n...\n%TAG ! x\n---\n", ("syntax", 3, 1)),
        ("a: 1\n...\nb: 2", ("syntax", 3, 1)),
        ("a: 1\nb: 2\na: 3", ("duplicate-key", 3, 1)),
        ("{a: 1, 'a': 2}", ("duplicate-key", 1, 8)),
        ("[{~: 1, ~: 2}]", ("duplicate-key", 1, 9)),
        ("? {a: b}\n: 1", ("syntax", 1, 3)),
        ("? [a]\n: 1", ("syntax", 1, 3)),
        ("", ("syntax", 1, 1)),
        ("---", ("syntax", 1, 1)),
        ("a: \x00", ("encoding", 1, 4)),
        ("é\n\x1b[m", ("encoding", 2, 1)),
        ("a: \x85", ("encoding", 1, 4)),
        (b"a: \xff", ("encoding", 1, 4)),
        ("é: ".encode() + b"\xc3(", ("encoding", 1, 4)),
    ],
)
def test_what_is_refused(text, found):
    assert refusal(text) == found


def test_a_quoted_merge_key_is_a_key():
    assert plain(read("{'<<': 1}")) == {"<<": 1}


def nested(depth, begin="{a: ", end="}"):
    return begin * depth + end * depth


@pytest.mark.parametrize(
    ("allowed", "refused", "place"),
    [
        ("a: 1\n#" + "x" * (BYTE_LIMIT - 6), "a: 1\n#" + "x" * (BYTE_LIMIT - 5), (1, 1)),
        (
            "[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT,
            "[" * (DEPTH_LIMIT + 1) + "]" * (DEPTH_LIMIT + 1),
            (1, DEPTH_LIMIT + 1),
        ),
        (nested(DEPTH_LIMIT), nested(DEPTH_LIMIT + 1), (1, 4 * DEPTH_LIMIT + 1)),
        (f"[{'1,' * (VALUE_LIMIT - 1)}]", f"[{'1,' * VALUE_LIMIT}]", (1, 2 * VALUE_LIMIT)),
        ("x" * SCALAR_LIMIT, "x" * (SCALAR_LIMIT + 1), (1, 1)),
        (f"a: '{'é' * SCALAR_LIMIT}'", f"a: '{'é' * (SCALAR_LIMIT + 1)}'", (1, 4)),
        (f"a: {INTEGER_LIMIT}", f"a: {INTEGER_LIMIT + 1}", (1, 4)),
        (f"a: -{INTEGER_LIMIT}", f"a: -{INTEGER_LIMIT + 1}", (1, 4)),
        ("a: " + "0" * 1000 + "1", "a: " + "9" * 1000, (1, 4)),
    ],
    ids=[
        "bytes",
        "depth of lists",
        "depth of mappings",
        "values",
        "text",
        "quoted",
        "integer",
        "negative",
        "digits",
    ],
)
def test_limits_hold_exactly(allowed, refused, place):
    assert isinstance(read(allowed), Scalar | Sequence | Mapping)
    code, *found = refusal(refused)
    assert code in ("too-large", "too-deep")
    assert tuple(found) == place


def test_bytes_are_counted_not_characters():
    assert refusal("# " + "é" * (BYTE_LIMIT // 2))[0] == "too-large"


ENDS = {
    "name: é×😀 # c": (1, 10),
    'name: "a b"  ': (1, 12),
    "name: 'a\n  b'": (2, 5),
    "name: {a: 1,\n  b: 2} # c\nlast: 1": (2, 8),
    "name: [1, 2 ]\nlast: 1": (1, 14),
    "name:\n  - 1\n  - 2 # c\n\n# end\nlast: 1": (3, 6),
    "name:\n- a\n- b: {c: 1}\nlast: 1": (3, 12),
    "name:\n  a: 1\n  b: # nothing\nlast: 1": (3, 5),
    "name:   # nothing\nlast: 1": (1, 6),
    "name: {}\r\nlast: 1": (1, 9),
}


@pytest.mark.parametrize("text", ENDS)
def test_every_value_knows_where_it_ends(text):
    value = parse(text.encode(), "s.yaml", {}).entries["name"].value
    assert value.span.end == ENDS[text]


def test_keys_end_in_front_of_their_colon():
    (entry,) = parse(b'"a b" : 1', "s.yaml", {}).entries.values()
    assert (entry.span, entry.span.end) == (("s.yaml", 1, 1), (1, 6))


def test_places_are_told_apart_by_where_they_begin_and_keep_their_end_on_the_way_to_another_process():
    place = Span("s.yaml", 1, 2, (3, 4))
    assert place == Span("s.yaml", 1, 2)
    assert place.end == pickle.loads(pickle.dumps(place)).end == place.called("t.yaml").end == (3, 4)
    assert Span("s.yaml", 1, 2).end == (1, 2)
