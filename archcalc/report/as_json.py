"""JSON: one document, exact integers, the same bytes for the same input."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from archcalc.report.page import Options, Page


def render(page: Page, options: Options) -> str:
    """The page's data."""
    return dumped(page.data())


def dumped(data: Mapping[str, object] | Sequence[object]) -> str:
    """A document as JSON; text is exact, with all that a terminal or a CI system would obey escaped."""
    return json.dumps(data, indent=2, ensure_ascii=True).replace("##", "#\\u0023") + "\n"
