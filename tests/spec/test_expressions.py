"""Expressions: the arithmetic of Python's integers, and nothing else of Python."""

import random
import warnings

import pytest

from archcalc.spec.expressions import (
    EXPRESSION_LIMIT,
    INVALID,
    TEXT_LIMIT,
    VALUE_BOUND,
    ExpressionError,
    InvalidValueError,
    substituted,
)

SCOPE = {
    "n": 3,
    "c3x3_n4": 5,
    "m": -7,
    "zero": 0,
    "flag": True,
    "text": "relu",
    "half": 0.5,
    "pair": [3, 5],
    "sides": {"top": 1},
}


def value(expression: str, scope: dict = SCOPE) -> object:
    return substituted(f"${{{expression}}}", scope)


def refusal(text: str, scope: dict = SCOPE) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        substituted(text, scope)
    return caught.value


def drawn(draw: random.Random, depth: int) -> str:
    """An expression of the grammar."""
    if not depth or draw.random() < 0.15:
        return draw.choice(("n", "m", "zero", str(draw.randrange(12)), str(draw.randrange(10**6))))
    one, two = drawn(draw, depth - 1), drawn(draw, depth - 1)
    space = draw.choice(("", " "))
    form = draw.randrange(13)
    if form == 0:
        return f"({one})"
    if form == 1:
        return f"-{one}" if not one.startswith("-") else f"-({one})"
    if form == 2:
        return f"{draw.choice(('min', 'max'))}({one},{space}{two})"
    if form == 3:
        return f"({one}{space}{draw.choice(('<', '<=', '>', '>=', '==', '!='))}{space}{two})"
    if form == 4:
        return f"({one} if {two} else {drawn(draw, depth - 1)})"
    if form == 5:
        return f"(not {one})"
    if form == 6:
        return f"(not not {one} {draw.choice(('and', 'or'))} not not {two})"
    return f"{one}{space}{draw.choice(('+', '-', '*', '//', '%'))}{space}{two}"


def expected(expression: str) -> int | None:
    """What Python makes of it; None where it divides by zero."""
    try:
        return int(eval(expression, {"__builtins__": {}, "min": min, "max": max}, SCOPE))
    except ZeroDivisionError:
        return None


def test_arithmetic_is_that_of_python():
    """On two thousand random expressions: precedence, floors and signs included."""
    draw = random.Random(7)
    counted = 0
    for _ in range(2_000):
        expression = drawn(draw, 4)
        if len(expression) > EXPRESSION_LIMIT:
            continue
        result = expected(expression)
        counted += 1
        if result is None:
            assert "by 0" in refusal(f"${{{expression}}}").message
        elif abs(result) < VALUE_BOUND // 10**8:
            found = value(expression)
            assert (found, type(found)) == (result, int), expression
    assert counted > 1_500


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        *(("2 + 3 * 4", 14), ("(2 + 3) * 4", 20), ("2 - 3 - 4", -5), ("-7 // 2", -4), ("7 // -2", -4)),
        *(("-7 % 3", 2), ("7 % -3", -2), ("-n * 2", -6), ("--3", 3), ("2 * -3", -6), ("100 // 7 * 7", 98)),
        *(("n > 2", 1), ("n > 3", 0), ("(n == 3) + (m == -7)", 2), ("min(4, 2, 3)", 2), ("max(n, m)", 3)),
        *(("2 if n == 3 else 5", 2), ("2 if zero else 5", 5), ("2 if zero else 5 if n else 7", 5)),
        *(("n and m", 1), ("n and zero", 0), ("zero or zero", 0), ("zero or m", 1), ("not n", 0)),
        *(("not zero and n", 1), ("0 if zero else 1 // n", 0), ("zero and 1 // zero", 0), ("n or 1 // 0", 1)),
        *(
            ("c3x3_n4 + 1", 6),
            ("divisible(36, 4, 8)", 16),
            ("divisible(72, 4, 8)", 24),
            ("divisible(1, 9, 8)", 8),
        ),
        *(("divisible(320, 10, 8)", 32), ("divisible(192, 10, 8)", 24), ("divisible(35, 10, 1)", 4)),
        *(("flag + 1", 2), (" n ", 3), ("9223372036854775807", VALUE_BOUND - 1)),
    ],
)
def test_precedence_and_functions(expression, result):
    found = value(expression)
    assert (found, type(found)) == (result, int)


@pytest.mark.parametrize("text", ["$n", "${n}", "${ n }"])
def test_a_name_alone(text):
    assert substituted(text, SCOPE) == 3


@pytest.mark.parametrize("name", ["text", "half", "pair", "sides", "flag"])
def test_a_name_alone_stands_for_any_value(name):
    assert substituted(f"${name}", SCOPE) is SCOPE[name]
    assert substituted(f"${{{name}}}", SCOPE) is SCOPE[name]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        *(("conv$n", "conv3"), ("conv${n}_1", "conv3_1"), ("$n$n", "33"), ("${n}${n + 1}", "34"), ("a", "a")),
        *(("$text/$n", "relu/3"), ("x$half", "x0.5"), ("x$flag", "xtrue"), ("$n ", "3 "), ("", "")),
    ],
)
def test_expressions_within_a_text(text, result):
    assert substituted(text, SCOPE) == result


@pytest.mark.parametrize("text", ["a$pair", "a${pair}", "$sides.", "x$none"])
def test_only_single_values_stand_within_a_text(text):
    assert refusal(text, {**SCOPE, "none": None}).message.endswith("cannot stand within a text")


@pytest.mark.parametrize(
    "expression",
    [
        *("2 ** 3", "1 / 2", "1 << 3", "1 >> 3", "1 & 2", "1 | 2", "1 ^ 2", "~1", "+1", "1 @ 2"),
        *("1 if n", "1 and", "not", "n not 1", "1 < 2 < 3", "n is n", "n in pair", "n = 3", "n := 3"),
        *("n()", "abs(n)", "min(1)", "min()", "min(*pair)", "min(1, key=n)", "max(1, 2)(3)", "min (1)(2)"),
        *(
            "n.real",
            "pair[0]",
            "'a'",
            '"a"',
            "1.5",
            "1e3",
            "1j",
            "0x10",
            "1_000",
            "010",
            "True",
            "None",
            "...",
        ),
        *("lambda: 1", "lambda", "[1]", "(1, 2)", "()", "[n for n in pair]", "(n for n in pair)", "{n}"),
        *(
            "__import__('os')",
            "n; m",
            "n\nm",
            "import os",
            "f'{n}'",
            "yield",
            "await n",
            "n #",
            "\\",
            "",
            " ",
        ),
        *("(n", "n)", "n n", "3n", "n +", "* n", "a$b", "$n", "größe + 1", "n\u00a0+ 1", "٣"),
    ],
)
def test_all_else_is_refused(expression, capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        error = refusal(f"${{{expression}}}")
    assert error.message.isprintable()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "text", ["$", "$1", "${", "${n", "$ n", "a$", "$$", "$-n", "${n}}$", "$(n)", "${{n}}"]
)
def test_a_dollar_begins_an_expression_or_is_refused(text):
    assert refusal(text).message == "`$` begins an expression, and this one cannot be read"


@pytest.mark.parametrize(
    "expression",
    [
        *(
            "(" * 1_000 + "1" + ")" * 1_000,
            "-" * 1_000 + "1",
            "1+" * 1_000 + "1",
            "min(1," * 500 + "1" + ")" * 500,
        ),
        *("9" * 300, "n" * 300, "1" + " " * 300),
    ],
    ids=lambda expression: expression[:5],
)
def test_long_expressions_are_refused(expression, capfd):
    assert f"at most {EXPRESSION_LIMIT} characters" in refusal(f"${{{expression}}}").message or (
        len(expression) == 300
    )
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "expression",
    [
        "-" * (EXPRESSION_LIMIT - 1) + "1",
        "(" * 120 + "1" + ")" * 120,
        "1+" * 127 + "1",
        "-(" * 80 + "1" + ")" * 80,
    ],
)
def test_as_deep_as_the_length_allows(expression):
    assert value(expression) in (1, -1, 128)


@pytest.mark.parametrize(
    "expression",
    [
        *(
            f"{VALUE_BOUND}",
            f"{VALUE_BOUND - 1} + 1",
            f"-{VALUE_BOUND - 1} - 2",
            "3037000500 * 3037000500",
            "9" * EXPRESSION_LIMIT,
        ),
        *("*".join(["9999999999"] * 20), "(9223372036854775807 + 1) - 1"),
    ],
)
def test_values_stay_below_2_to_the_63(expression):
    assert refusal(f"${{{expression}}}").message.endswith("values stay below 2^63")


def test_a_text_does_not_grow_without_end():
    """Else a dozen variables that double each other would fill the memory."""
    scope = {"a": "x" * (TEXT_LIMIT // 2)}
    assert len(substituted("$a$a", scope)) == TEXT_LIMIT
    assert "at most 1,024 characters" in refusal("$a$a.", scope).message


@pytest.mark.parametrize("expression", ["3 // 0", "3 % 0", "3 // zero", "3 % (n - 3)"])
def test_division_by_zero(expression):
    assert refusal(f"${{{expression}}}").message == f"`{expression}` divides 3 by 0"


def test_a_faulty_value_is_known_as_such():
    for text in ("$bad", "${bad}", "${bad + 1}", "x$bad"):
        assert isinstance(refusal(text, {"bad": INVALID}), InvalidValueError)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("$widht", "did you mean 'width'?"),
        ("${2 * widht}", "did you mean 'width'?"),
        ("$q", "known here: width, depth"),
    ],
)
def test_unknown_names(text, hint):
    assert refusal(text, {"width": 1, "depth": 2}).hint == hint


def test_an_unknown_name_where_nothing_is_known():
    error = refusal("$n", {})
    assert error.message == "unknown variable 'n'"
    assert error.hint == "define it under `variables:`, or the `settings:` of a block"


@pytest.mark.parametrize("name", ["text", "half", "pair", "sides"])
def test_only_integers_are_computed_with(name):
    error = refusal(f"${{{name} + 1}}")
    hundredths = "give it in hundredths, and divide by 100 with //; or "
    assert error.hint == f"{hundredths if name == 'half' else ''}pass it on as it is: ${name}"
