"""Every code with what it means, by its id: what `explain`, docs/codes.md and SARIF are written from."""

from __future__ import annotations

from inspect import cleandoc

from archcalc.codes import (
    Code,
    advice_graph,
    advice_windows,
    expectations,
    files,
    names,
    settings,
    shapes,
    syntax,
)
from archcalc.codes.declaration import Declaration

FAMILIES: dict[str, tuple[Declaration, ...]] = {
    "Syntax: what can be read at all": syntax.DECLARED,
    "Keys, kinds and settings": settings.DECLARED,
    "Names: what reads what": names.DECLARED,
    "Shapes: what layers can work on": shapes.DECLARED,
    "Files: bases, libraries and config, and what archcalc fails on": files.DECLARED,
    "Expectations: what must hold": expectations.DECLARED,
    "Advice on windows and padding": advice_windows.DECLARED,
    "Advice on the graph and its parameters": advice_graph.DECLARED,
}
"""The families in the order in which they are listed; each is declared in one module."""


def tidied(each: Declaration) -> Declaration:
    """A declaration without the indentation of its examples."""
    return each._replace(example=cleandoc(each.example), mended=cleandoc(each.mended))


CODES: dict[Code, Declaration] = {
    each.code: tidied(each) for declared in FAMILIES.values() for each in declared
}
