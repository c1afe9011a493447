"""JSON: one document, exact integers, the same bytes for the same input."""

from __future__ import annotations

import json
from typing import Any

from archcalc.report.page import Options, Page


def render(page: Page, options: Options) -> str:
    """The page's data."""
    return dumped(page.data())


def dumped(data: dict[str, Any]) -> str:
    """A document as JSON, with what could leave a terminal or a log line escaped."""
    return json.dumps(data, indent=2, ensure_ascii=True) + "\n"
