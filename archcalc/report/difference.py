"""What changed between two networks: the totals, and the layers that changed, came, went or followed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from archcalc.analysis.quantities import QUANTITIES, Quantity, totals
from archcalc.checks.changes import CHANGES, KINDS
from archcalc.checks.difference import Pair
from archcalc.checks.growth import percent_text
from archcalc.report import written
from archcalc.report.difference_data import difference_data
from archcalc.report.difference_table import (
    MOST_FOLLOWING,
    Versions,
    change_records,
    changes_table,
    either,
    layers_text,
    listed_pairs,
    output_shapes,
)
from archcalc.report.heading import title
from archcalc.report.layout import GAP, laid_out, plain_lines
from archcalc.report.page import Column, Options, Page, Row, Section, Table
from archcalc.report.values import bytes_text, sequences_note, volume, volume_order

TOTALS = (
    Column("quantity", "total"),
    Column("old", "old", "figure"),
    Column("new", "new", "figure"),
    Column("difference", "difference", "figure"),
    Column("percent", "% of old", "figure", rank=1),
)
ALWAYS = ("parameters", "macs", "activation_bytes")
"""Totals that are shown even where they did not change."""
LONG = 10
"""Rows that a comment shows without being asked to unfold them."""
ROW_LIMIT = 200
"""Rows that it has at all: a comment has at most 65,536 characters on GitHub."""


def difference_page(versions: Versions, options: Options, everything: bool = False) -> Page:
    """The page of `archcalc diff`; `everything` folds nothing and shows what is only called otherwise."""
    return Page(
        title=_title(versions),
        lines=tuple(_lines(versions)),
        table=changes_table(versions, everything),
        sections=_totals_section(versions, options),
        notes=tuple(_notes(versions, everything)),
        data=lambda: difference_data(versions),
        records=lambda: change_records(versions),
    )


def comment(versions: Versions, options: Options, everything: bool = False) -> str:
    """The page for a pull request, in markdown: totals first, and layers folded when they are many."""
    page = difference_page(versions, options, everything)._replace(sections=())
    sums = None if versions.identical else totals_table(versions, options.units)
    table = changes_table(versions, everything, None if everything else ROW_LIMIT)
    head = written(page._replace(table=sums, notes=()), "markdown", options)
    body = written(page._replace(lines=(), table=table), "markdown", options).partition("\n\n")[2]
    many = len(listed_pairs(versions, everything))
    if table and len(table.rows) > LONG:
        body = f"<details>\n<summary>{layers_text(many)}</summary>\n\n{body}\n</details>\n"
    return f"{head}\n{body}" if body else head


def totals_table(versions: Versions, units: str) -> Table:
    """Each total in both networks; of those seldom asked for, the ones that changed."""
    old, new = totals(versions.old), totals(versions.new)
    shown = [q for q in QUANTITIES.values() if q.name in ALWAYS or old[q.name] != new[q.name]]
    return Table(TOTALS, tuple(_quantity_row(q, old[q.name], new[q.name], units) for q in shown))


def _quantity_row(quantity: Quantity, old: int, new: int, units: str) -> Row:
    text = partial(bytes_text, units=units) if quantity.unit == "bytes" else "{:,}".format
    sign = "-" if new < old else "+"
    percent = f"{sign}{percent_text(abs(new - old), old)}" if old and new != old else ""
    return quantity.title, text(old), text(new), f"{sign}{text(abs(new - old))}", percent


def _totals_section(versions: Versions, options: Options) -> tuple[Section, ...]:
    if versions.identical:
        return ()
    narrower = options._replace(width=options.width and options.width - len(GAP))
    return (("totals", tuple(plain_lines(laid_out(totals_table(versions, options.units), narrower)))),)


def _title(versions: Versions) -> str:
    return either(title(versions.old.network), title(versions.new.network))


def _lines(versions: Versions) -> Iterator[str]:
    """What was compared, and how many layers became what."""
    old, new = versions.old, versions.new
    yield f"{versions.old_name} → {versions.new_name}"
    inputs = [each.network.input_shapes for each in (old, new)]
    order = " and ".join(dict.fromkeys(volume_order(shape) for shapes in inputs for shape in shapes))
    texts = (", ".join(map(volume, shapes)) for shapes in inputs)
    yield f"input {either(*texts)} ({order}) · batch {new.batch} · {either(old.dtype, new.dtype)}"
    outputs = [", ".join(map(volume, output_shapes(each))) for each in (old, new)]
    if outputs[0] != outputs[1]:
        yield f"output {outputs[0]} → {outputs[1]}"
    yield _identical(versions) if versions.identical else _counts(versions)


def _counts(versions: Versions) -> str:
    counts = versions.difference.counts()
    return "layers: " + ", ".join(
        f"{counts[kind.change]:,} {kind.counted}" for kind in KINDS if counts[kind.change]
    )


def _identical(versions: Versions) -> str:
    called = versions.difference.of("renamed")
    names = f", {len(called):,} of them called otherwise" if called else ""
    return f"the networks are identical: {layers_text(len(versions.difference.layers))}{names}"


def _notes(versions: Versions, everything: bool) -> Iterator[str]:
    """What rows mean, and what has none."""
    following, called = (versions.difference.of(change) for change in ("follows", "renamed"))
    if following:
        what = CHANGES["follows"].what.rstrip(".")
        yield f"follow: {what[0].lower()}{what[1:]}"
    shapes = (record.output for pair in listed_pairs(versions, True) for record in pair[:2] if record)
    if note := sequences_note(shapes):
        yield f"output: {note}"
    if called and not everything:
        yield f"renamed: {layers_text(len(called))}, otherwise the same: {_renamings(called)}"
    if not everything and (called or len(following) > MOST_FOLLOWING):
        yield "folded: --all shows each layer"


def _renamings(pairs: Iterable[Pair], most: int = 3) -> str:
    names = [f"{pair.old.name} → {pair.new.name}" for pair in pairs if pair.old and pair.new]
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
