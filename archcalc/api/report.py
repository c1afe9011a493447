"""What a command reports, as a value: text in any format, rows, and data."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypedDict, Unpack

from archcalc.api.notebook import table_html
from archcalc.checks.findings import Checked, exit_code
from archcalc.errors import Problem, RequestError
from archcalc.quoting import quoted
from archcalc.report import FORMATS, UNITS, written
from archcalc.report.check import CHECK_FORMATS, written_check
from archcalc.report.page import Options, Page
from archcalc.suggestions import suggestion

Pages = Callable[[Options], Page]


class Shown(TypedDict, total=False):
    """How a report is written.

    width: the columns of a terminal; None leaves nothing out and wraps nothing, as in a pipe.
    units: how bytes are shown, `binary`, `decimal` or `bytes`. depth: the levels of blocks that a table
    shows. explain: each number of each layer with its formula, where the command has `--explain`.
    """

    width: int | None
    units: str
    depth: int | None
    explain: bool


class Report:
    """What a command says of a network.

    ok: whether the command would exit with 0. problems: what does not hold.
    """

    def __init__(
        self,
        pages: Page | Pages,
        *,
        ok: bool = True,
        problems: tuple[Problem, ...] = (),
        markdown: Callable[[Options], str] | None = None,
    ) -> None:
        self._pages: Pages = (lambda _: pages) if isinstance(pages, Page) else pages
        self._markdown = markdown
        self.ok = ok and not problems
        self.problems = problems

    def render(
        self,
        format: str = "text",  # noqa: A002  (the word users know it by)
        **shown: Unpack[Shown],
    ) -> str:
        """The report in a format, `text`, `json`, `csv` or `markdown`: the bytes that the command writes.

        Raises RequestError for another format, and for units that are not known.
        """
        options = Options(**shown)
        known_word("format", format, FORMATS)
        known_word("units", options.units, UNITS)
        if format == "markdown" and self._markdown:
            return self._markdown(options)
        return written(self._pages(options), format, options)

    def to_dict(self) -> dict[str, object]:
        """What `--format json` writes: exact integers, shapes channels first."""
        return dict(self._pages(Options()).data())

    def to_dicts(self) -> list[dict[str, object]]:
        """The rows that `--format csv` writes, with exact values; none where the report has no table."""
        page = self._pages(Options())
        table = page.records() if page.records else page.table
        if table is None:
            return []
        keys = [column.key for column in table.columns]
        return [dict(zip(keys, row, strict=True)) for row in table.rows]

    def __str__(self) -> str:
        return self.render().rstrip("\n")

    def __repr__(self) -> str:
        return f"<Report: {self._pages(Options()).title}>"

    def _repr_html_(self) -> str:
        return table_html(self._pages(Options()))


class CheckReport:
    """What a check found. specs: each spec with its totals and findings."""

    def __init__(self, specs: tuple[Checked, ...]) -> None:
        self.specs = specs

    @property
    def ok(self) -> bool:
        """Whether the check would exit with 0."""
        return exit_code(self.specs) == 0

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was found in all specs, errors and advice."""
        return tuple(problem for one in self.specs for _, problem in one.findings)

    def render(self, format: str = "text", *, verbose: bool = True) -> str:  # noqa: A002  (the same)
        """The report in a format of `archcalc check`: text, json, github, sarif, junit, gitlab or markdown.

        verbose: whether the specs that are well are listed, and not only counted.
        """
        known_word("format", format, CHECK_FORMATS)
        return written_check(self.specs, format, Options(lists_ok=verbose))

    def __str__(self) -> str:
        return self.render().rstrip("\n")

    def __repr__(self) -> str:
        return f"<CheckReport: {self.render(verbose=False).splitlines()[-1]}>"


def known_word(what: str, word: str, known: Collection[str]) -> None:
    """Raise RequestError for a word that is none of those that are known."""
    if word not in known:
        hint = suggestion(str(word), known) or f"known are {', '.join(known)}"
        raise RequestError(f"no {what} is called {quoted(str(word))}; {hint}")
