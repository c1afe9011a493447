"""What people read: pages built from an analysis, and formats that write any page.

A page says what is reported; a format says how. Formats have one signature, (page, options) -> str,
and are imported when chosen. They never print and never compute.
"""

from __future__ import annotations

from importlib import import_module

from archcalc.report.escaping import escaped_page
from archcalc.report.page import Options, Page

FORMATS: dict[str, str] = {
    "text": "archcalc.report.as_text",
    "json": "archcalc.report.as_json",
    "csv": "archcalc.report.as_csv",
    "markdown": "archcalc.report.as_markdown",
}

UNITS = ("binary", "decimal", "bytes")
"""How bytes are shown: KiB and MiB, kB and MB, or exactly."""


def written(page: Page, format: str, options: Options) -> str:  # noqa: A002  (the word users know it by)
    """The page in one of FORMATS, ending in a newline."""
    text: str = import_module(FORMATS[format]).render(escaped_page(page), options)
    return text
