"""`archcalc explain --impact`, which has pages of its own."""

from __future__ import annotations

from archcalc.analysis.facts import Analysis, BrokenNetworkError, facts_of
from archcalc.analysis.impact import Impact, impact_between, impacts_of
from archcalc.cli.request import Request
from archcalc.report.impact import impact_page
from archcalc.report.page import Page


def page(request: Request, layer: str | None) -> Page:
    """What another output of a layer leads to; with --set, what that changes behind it, or anywhere."""
    spec = request._replace(assignments=()).read()
    before = request.analyzed(spec)
    if layer is not None:
        facts_of(before, layer)
    if request.assignments or layer is None:
        impacts: tuple[Impact, ...] = (_varied(request, before, layer),)
    else:
        impacts = impacts_of(before, layer)
    return impact_page(before, layer, impacts, spec.expectations)


def _varied(request: Request, before: Analysis, layer: str | None) -> Impact:
    """The impact of what --set changes; a wrong spec is an error, a layer that breaks is told."""
    change = ", ".join(request.assignments)
    try:
        return impact_between(before, request.analyzed(request.read()), change, layer)
    except BrokenNetworkError as error:
        return impact_between(before, error.partial, change, layer, error.problems[0])
