"""`$name` and `${…}`: an interpreter of integer expressions over variables and the settings of a block.

An expression is parsed to a syntax tree, whose nodes are evaluated one by one; no code is ever
run. It knows integers, names, + − * // %, comparisons, and, or, not (1 or 0), if else, parentheses, min, max
and divisible, and is bounded in length and value.
"""

from __future__ import annotations

import ast
import operator
import re
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NoReturn

from archcalc.errors import Span
from archcalc.quoting import escaped, listed, quoted, shortened
from archcalc.suggestions import suggestion

Scope = ChainMap[str, object]
"""What names stand for: plain values, lists and mappings of them."""

EXPRESSION_LIMIT = 256
"""So many characters may an expression have, so that its tree is not deep."""

TEXT_LIMIT = 1024
"""So many may a text have with its expressions evaluated: `$a$a` of `$b$b` of … doubles."""

VALUE_BOUND = 2**63
"""Every value, those in between included, stays below this, so that no product grows."""

INVALID = object()
"""What the name of an invalid value stands for: whoever needs it has a follow-up error."""

_ALLOWED = r"(?a)[\w\s+\-*/%<>=!(),]*\Z"
_RUN_TOGETHER = r"\b[0-9]+[A-Za-z_]|\*\*"
_SUBSTITUTION = r"(?a)\$(?:\{([^{}]*)\}|([A-Za-z_]\w*))"
_GRAMMAR_HINT = (
    "an expression has integers, names, + - * // % < <= > >= == != and or not, `a if b else c`, ( ), "
    "min, max and divisible"
)

_FOREIGN_SYNTAX = (
    (r"\d\.\d", "there are integers only: for 0.75 multiply by 75, and divide by 100 with //"),
    (r"&&|\|\||!(?!=)", "write `and`, `or` and `not`"),
    (r"\?|\bthen\b|^\s*if\b", "write `a if b else c`"),
    (r"\*\*|\^", "write a power as a product: a * a"),
    (r"(?<![=<>!])=(?!=)", "write `==` to compare"),
)
"""What people write from other languages, as patterns, and what it is here."""

_BINARY: dict[type[ast.AST], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARE: dict[type[ast.AST], Callable[[int, int], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_JUNCTION: dict[type[ast.AST], Callable[[Iterable[int]], bool]] = {ast.And: all, ast.Or: any}
_FUNCTIONS: dict[str, Callable[..., int]] = {"min": min, "max": max}
DIVISIBLE = "divisible"


class ExpressionError(Exception):
    """An expression cannot be read or worked out; `span` is where it stands, when that is known."""

    span: Span | None = None

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


class UnknownNameError(ExpressionError):
    """An expression names what is not there; `near` says whether it may be a misspelling."""

    def __init__(self, name: str, scope: Mapping[str, object]) -> None:
        near = suggestion(name, scope)
        known = f"known here: {listed(scope)}" if scope else None
        self.near = near is not None
        elsewhere = "define it under `variables:`, or the `settings:` of a block"
        super().__init__(f"unknown variable {quoted(name)}", near or known or elsewhere)


class InvalidValueError(ExpressionError):
    """A follow-up error: an expression needs a value that is invalid itself."""


def substituted(text: str, scope: Mapping[str, object]) -> object:
    """`text` with its expressions worked out: a value if it is one expression, else text."""
    whole = re.fullmatch(_SUBSTITUTION, text)
    if whole:
        return evaluated(whole, scope)
    if "$" in re.sub(_SUBSTITUTION, "", text):
        raise ExpressionError(
            "`$` begins an expression, and this one cannot be read",
            "write $name or ${2 * name}, without braces inside",
        )
    result = re.sub(_SUBSTITUTION, lambda found: _as_text(evaluated(found, scope), found.group()), text)
    if len(result) > TEXT_LIMIT:
        raise ExpressionError(
            f"a text has at most {TEXT_LIMIT:,} characters, this one comes to {len(result):,}"
        )
    return result


def names_in(text: str) -> Iterator[str]:
    """The names that the expressions in a text may speak of: what stands beside them is words."""
    for expression, name in re.findall(_SUBSTITUTION, text):
        yield from [name] if name else re.findall(r"(?a)[A-Za-z_]\w*", expression)


def _as_text(value: object, place: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float, str)):
        return str(value)
    raise ExpressionError(f"{shortened(place)} is no single value, and cannot stand within a text")


def evaluated(place: re.Match[str], scope: Mapping[str, object]) -> object:
    """The value of one `$name` or `${…}`; a name alone may stand for any value."""
    expression, name = place.groups()
    name = name or (expression.strip() if expression.strip().isidentifier() else None)
    if name:
        return _named(name, scope)
    try:
        return _evaluate(_parsed(expression), scope)
    except RecursionError:
        raise ExpressionError(
            "the expression is nested too deep", "name parts of it under `variables:`"
        ) from None


def _named(name: str, scope: Mapping[str, object]) -> object:
    if name in scope:
        value = scope[name]
        if value is INVALID:
            raise InvalidValueError(name)
        return value
    raise UnknownNameError(name, scope)


@lru_cache(maxsize=256)
def _parsed(expression: str) -> ast.expr:
    if len(expression) > EXPRESSION_LIMIT:
        raise ExpressionError(
            f"an expression has at most {EXPRESSION_LIMIT} characters, this one has {len(expression):,}",
            "name parts of it under `variables:`",
        )
    hint = next((hint for pattern, hint in _FOREIGN_SYNTAX if re.search(pattern, expression)), _GRAMMAR_HINT)
    refused = ExpressionError(f"cannot read the expression `{shortened(expression)}`", hint)
    if not re.match(_ALLOWED, expression) or re.search(_RUN_TOGETHER, expression):
        raise refused
    try:
        return ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise refused from None


def _evaluate(tree: ast.expr, scope: Mapping[str, object]) -> int:
    match tree:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _binary(tree, _BINARY[type(op)], _evaluate(left, scope), _evaluate(right, scope))
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            return _bounded(value, tree)
        case ast.Name(id=name):
            return _integer(name, _named(name, scope))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_evaluate(operand, scope)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return int(_COMPARE[type(op)](_evaluate(left, scope), _evaluate(right, scope)))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return int(not _evaluate(operand, scope))
        case ast.BoolOp(op=op, values=values):
            return int(_JUNCTION[type(op)](_evaluate(value, scope) for value in values))
        case ast.IfExp(test=test, body=body, orelse=other):
            return _evaluate(body if _evaluate(test, scope) else other, scope)
        case ast.Call(func=ast.Name(id=name), args=[_, _, *_] as args, keywords=[]):
            return _call(tree, name, args, scope)
    return _refused(tree)


def _call(tree: ast.expr, name: str, args: list[ast.expr], scope: Mapping[str, object]) -> int:
    if name in _FUNCTIONS:
        return _FUNCTIONS[name](*(_evaluate(arg, scope) for arg in args))
    if name == DIVISIBLE and len(args) == 3:
        return _bounded(_divisible(tree, *(_evaluate(arg, scope) for arg in args)), tree)
    return _refused(tree)


def _refused(tree: ast.expr) -> NoReturn:
    hint = _GRAMMAR_HINT
    match tree:
        case ast.BinOp(op=ast.Div()):
            hint = "use // to divide"
        case ast.Call(func=ast.Name(id=name)) if name == DIVISIBLE:
            hint = "write divisible(a, b, c): a/b, rounded to a multiple of c"
    raise ExpressionError(f"an expression cannot hold `{_source(tree)}`", hint)


def _source(tree: ast.expr) -> str:
    return shortened(ast.unparse(tree))


def _integer(name: str, value: object) -> int:
    if isinstance(value, int):
        return int(value)
    hint = f"pass it on as it is: ${name}"
    if isinstance(value, float):
        hint = f"give it in hundredths, and divide by 100 with //; or {hint}"
    raise ExpressionError(f"variable '{name}' is not an integer, so nothing can be computed with it", hint)


def _binary(tree: ast.expr, operation: Callable[[int, int], int], left: int, right: int) -> int:
    try:
        return _bounded(operation(left, right), tree)
    except ZeroDivisionError:
        raise ExpressionError(f"`{_source(tree)}` divides {left} by 0") from None


def _divisible(tree: ast.expr, value: int, parts: int, factor: int) -> int:
    """value/parts, rounded to a multiple of `factor`: at least one, and one more where a tenth would be lost.

    source: Sandler et al. 2018, MobileNetV2, the authors' code (make_divisible)
    """
    if parts < 1 or factor < 1:
        raise ExpressionError(
            f"`{_source(tree)}` divides by {min(parts, factor)}", "write divisible(a, b, c)"
        )
    near = max(factor, (2 * value + parts * factor) // (2 * parts * factor) * factor)
    return near + factor if 10 * near * parts < 9 * value else near


def _bounded(value: int, tree: ast.expr) -> int:
    if abs(value) >= VALUE_BOUND:
        raise ExpressionError(f"`{_source(tree)}` is {escaped(str(value))}, and values stay below 2^63")
    return value
