"""`$name` and `${…}`: integer expressions over variables and the settings of a block.

An expression is parsed to a syntax tree and walked; nothing is ever run. It knows integers, names,
+ − * // %, comparisons (1 or 0), parentheses, min and max, and is bounded in length and value.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

Scope = Mapping[str, Any]
"""What names stand for: plain values, lists and mappings of them."""

BOUND = 2**63

_ALLOWED = re.compile(r"[\w\s+\-*/%<>=!(),]*\Z", re.ASCII)
_PLACE = re.compile(r"\$(?:\{([^{}]*)\}|([A-Za-z_]\w*))", re.ASCII)

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
_FUNCTIONS: dict[str, Callable[..., int]] = {"min": min, "max": max}


class ExpressionError(Exception):
    """An expression cannot be read or worked out; args are a message and perhaps a hint."""


def substituted(text: str, scope: Scope) -> Any:
    """`text` with its expressions worked out: a value if it is one expression, else text."""
    whole = _PLACE.fullmatch(text)
    if whole:
        return evaluated(whole, scope)
    if "$" in _PLACE.sub("", text):
        raise ExpressionError(
            "`$` begins an expression, and this one cannot be read",
            "write $name or ${2 * name}, without braces inside",
        )
    return _PLACE.sub(lambda place: str(evaluated(place, scope)), text)


def evaluated(place: re.Match[str], scope: Scope) -> Any:
    """The value of one `$name` or `${…}`; a name alone may stand for any value."""
    expression, name = place.groups()
    name = name or (expression.strip() if expression.strip().isidentifier() else None)
    if name:
        return _named(name, scope)
    try:
        return _walk(_parsed(expression), scope)
    except RecursionError:
        raise ExpressionError(
            "the expression is nested too deep", "name parts of it under `variables:`"
        ) from None


def _named(name: str, scope: Scope) -> Any:
    if name in scope:
        return scope[name]
    from archcalc.errors import quoted, suggestion

    hint = suggestion(name, scope)
    if hint is None and scope:
        hint = "known here: " + ", ".join(list(scope)[:12])
    raise ExpressionError(f"unknown variable {quoted(name)}", hint)


@lru_cache(maxsize=1024)
def _parsed(expression: str) -> ast.expr:
    needs = "an expression has integers, names, + - * // % < <= > >= == !=, ( ), min and max"
    if not _ALLOWED.match(expression) or re.search(r"[0-9][A-Za-z_]|\*\*", expression):
        raise ExpressionError(f"cannot read the expression `{_shown(expression)}`", needs)
    try:
        return ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(f"cannot read the expression `{_shown(expression)}`", needs) from None


def _shown(expression: str) -> str:
    from archcalc.errors import escaped

    return escaped(expression[:60])


def _walk(tree: ast.expr, scope: Scope) -> int:
    match tree:
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            return _bounded(value)
        case ast.Name(id=name):
            return _integer(name, _named(name, scope))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_walk(operand, scope)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _computed(_BINARY[type(op)], _walk(left, scope), _walk(right, scope))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return int(_COMPARE[type(op)](_walk(left, scope), _walk(right, scope)))
        case ast.Call(func=ast.Name(id=name), args=[_, _, *_] as args, keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(_walk(arg, scope) for arg in args))
    hint = "use // to divide" if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Div) else None
    raise ExpressionError(
        f"an expression cannot hold `{_shown(ast.unparse(tree))}`",
        hint or "it has integers, names, + - * // %, comparisons, min and max",
    )


def _integer(name: str, value: Any) -> int:
    if isinstance(value, int):
        return int(value)
    raise ExpressionError(
        f"variable '{name}' is not an integer, so nothing can be computed with it",
        f"pass it on as it is: ${name}",
    )


def _computed(operation: Callable[[int, int], int], left: int, right: int) -> int:
    try:
        return _bounded(operation(left, right))
    except ZeroDivisionError:
        raise ExpressionError(f"{left} is divided by 0") from None


def _bounded(value: int) -> int:
    if abs(value) >= BOUND:
        raise ExpressionError("the value of an expression stays below 2^63")
    return value
