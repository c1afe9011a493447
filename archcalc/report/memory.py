"""The memory that running a network takes: what is live, layer by layer, and most of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING

from archcalc.analysis.facts import Analysis
from archcalc.analysis.memory.budget import Verdict, storage
from archcalc.analysis.memory.liveness import LiveTensor, Timeline
from archcalc.analysis.memory.models import MEMORY_MODELS
from archcalc.analysis.memory.schedule import Plan
from archcalc.analysis.memory.views import views
from archcalc.analysis.quantities import QUANTITIES, total
from archcalc.report.folding import Group, folded, folding_note, unfolded
from archcalc.report.heading import heading_lines, network_data, title, titled_volumes
from archcalc.report.page import SCHEMA_VERSION, Column, Options, Page, Row, Section, Table
from archcalc.report.values import bytes_text, share, share_text

if TYPE_CHECKING:
    from archcalc.report.documents.memory import AllocationData, MemoryDocument, VerdictData

BAR = 24
"""How long the bar of the peak is."""

SHOWN = 10
"""How many of the volumes live at the peak are listed."""

COLUMNS = (
    Column("name", "layer"),
    Column("kind", "kind", rank=5),
    Column("output", "output", "shape", rank=4),
    Column(
        "taken_bytes", "allocates", "bytes", rank=2, note="memory for its output; none in place or in a view"
    ),
    Column("live_bytes", "live", "bytes", note="all volumes that are there while the layer runs"),
    Column("bar", "", rank=3),
)


def memory(analysis: Analysis, plan: Plan, verdicts: Sequence[Verdict], options: Options) -> Page:
    """The page of `archcalc memory`."""
    layers = [analysis.at_inference.facts[number] for number in plan.timeline.order]
    groups = folded(layers, options.depth)
    peak = plan.timeline.steps[plan.timeline.peak_step]
    most = bytes_text(peak.live, options.units)
    return Page(
        title=f"{title(analysis.network)}: at most {most} live, while {peak.name} runs",
        lines=heading_lines(analysis, f"batch {analysis.batch}", analysis.dtype, *_run(plan)),
        table=_table(analysis, plan.timeline, groups),
        sections=(_at_the_peak(plan.timeline, options), *_fits(verdicts, analysis, options)),
        notes=(*_notes(analysis, plan, _in_flash(verdicts), options), *folding_note(groups)),
        data=lambda: _data(analysis, plan, verdicts),
        records=lambda: _records(analysis, plan.timeline, groups if options.depth else unfolded(layers)),
    )


def _run(plan: Plan) -> Iterator[str]:
    """In what order layers run, and where there is a concatenation whether it copies."""
    if plan.bound is None:
        yield "order as written"
    else:
        yield "best order" if plan.bound == plan.timeline.peak else "best order found"
    if any(node.layer.concatenates for node in plan.timeline.network.nodes):
        yield f"concat by {plan.concat}"


def _table(analysis: Analysis, timeline: Timeline, groups: Sequence[Group]) -> Table:
    return Table(titled_volumes(COLUMNS, analysis), tuple(_rows(timeline, groups)))


def _records(analysis: Analysis, timeline: Timeline, groups: Sequence[Group]) -> Table:
    """The table without its bars."""
    return Table(COLUMNS[:-1], tuple(row[:-1] for row in _rows(timeline, groups)))


def _rows(timeline: Timeline, groups: Sequence[Group]) -> Iterator[Row]:
    """A row for each group: what its layers allocate together, and most that is live while one runs."""
    done = 0
    for name, members in groups:
        steps = timeline.steps[done : done + len(members)]
        done += len(members)
        kind = members[-1].node.kind if len(members) == 1 else f"{len(members)} layers"
        live = max(step.live for step in steps)
        taken = sum(step.allocated for step in steps)
        yield name, kind, members[-1].output_shape, taken, live, bar(live, timeline.peak)


def bar(part: int, whole: int) -> str:
    """A bar that is as long as a share, and never nothing."""
    return "█" * max(1, (2 * BAR * part + whole) // (2 * whole))


def _at_the_peak(timeline: Timeline, options: Options) -> Section:
    """What is live at the peak: the largest volumes, in the order in which they came."""
    live = timeline.live_tensors(timeline.peak_step)
    shown = sorted(sorted(live, key=lambda each: -each.bytes)[:SHOWN], key=live.index)
    lines = [*map(_live_cells, shown)]
    if len(live) > len(shown):
        rest = timeline.peak - sum(each.bytes for each in shown)
        lines.append((f"{len(live) - len(shown)} smaller ones", rest))
    names = max(len(name) for name, _ in lines)
    sizes = [bytes_text(size, options.units) for _, size in lines]
    longest = max(map(len, sizes))
    return f"live while {timeline.steps[timeline.peak_step].name} runs", tuple(
        f"{name:<{names}}  {text:>{longest}}  {share_text(share(size, timeline.peak) or 0):>5}%"
        for (name, size), text in zip(lines, sizes, strict=True)
    )


def _live_cells(tensor: LiveTensor) -> tuple[str, int]:
    return tensor.name, tensor.bytes


def _fits(verdicts: Sequence[Verdict], analysis: Analysis, options: Options) -> Iterator[Section]:
    """Whether the network fits into each memory, and how flash holds it."""
    if not verdicts:
        return
    lines = [_verdict(each, options) for each in verdicts]
    if _in_flash(verdicts):
        lines.append(f"in flash: {storage(analysis)}")
    yield "fits" if all(each.fits for each in verdicts) else "does not fit", tuple(lines)


def _verdict(verdict: Verdict, options: Options) -> str:
    """`SRAM: needs 1.50 MiB of 1.00 MiB: too small at conv2 first; pool1 needs most`."""
    needed, limit = (bytes_text(size, options.units) for size in (verdict.needed, verdict.limit))
    name, full = ("flash", "full at {}") if verdict.memory == "flash" else ("SRAM", "too small at {} first")
    short = "" if verdict.fits else f": {full.format(verdict.breaks)}; {verdict.most} needs most"
    return f"{name}: needs {needed} of {limit}{short}"


def _in_flash(verdicts: Sequence[Verdict]) -> bool:
    """Whether the parameters were held against a flash, whose widths are its own."""
    return any(each.memory == "flash" for each in verdicts)


def apart_bytes(analysis: Analysis) -> int:
    """Bytes of all volumes where layers in place have one of their own, views none."""
    running = analysis.at_inference
    seen = views(running)
    own = (facts.output_shape for number, facts in enumerate(running.facts) if number not in seen)
    values = sum(map(prod, analysis.network.input_shapes)) + sum(map(prod, own))
    return values * analysis.batch * analysis.value_bytes


def _notes(analysis: Analysis, plan: Plan, in_flash: bool, options: Options) -> Iterator[str]:
    """How volumes live, what other orders need, what all volumes come to, and what is not counted."""

    def text(size: int) -> str:
        return bytes_text(size, options.units)

    peak = plan.timeline.peak
    yield f"convention: {MEMORY_MODELS[plan.convention].meaning}"
    if plan.bound is not None:
        than = f"as written {text(plan.written)}; " if peak < plan.written else "as written no more; "
        proved = (
            "no order needs less" if plan.bound == peak else f"no order needs less than {text(plan.bound)}"
        )
        yield f"order: {than}{proved}"
    together, apart = total(QUANTITIES["activation_bytes"], analysis), apart_bytes(analysis)
    yield (
        f"all volumes: {text(together)} with each once, as summarize counts; {text(apart)} with layers in"
        " place counted apart"
    )
    if analysis.network.auxiliary:
        from archcalc.report.auxiliary import memory_notes

        yield from memory_notes(analysis)
    parameters = "in flash" if in_flash else text(total(QUANTITIES["parameter_bytes"], analysis))
    yield f"not counted: parameters ({parameters}), workspaces of kernels, what an allocator or a driver adds"


def _data(analysis: Analysis, plan: Plan, verdicts: Sequence[Verdict]) -> MemoryDocument:
    network, timeline = analysis.network, plan.timeline
    return {
        "schema_version": SCHEMA_VERSION,
        "network": network_data(network),
        "batch": analysis.batch,
        "dtype": analysis.dtype,
        "convention": plan.convention,
        "concat": plan.concat,
        "schedule": "as-written" if plan.bound is None else "best",
        "peak_bytes": timeline.peak,
        "peak_layer": timeline.steps[timeline.peak_step].name,
        "peak_alive": [
            {"name": name, "bytes": size} for name, size in timeline.live_tensors(timeline.peak_step)
        ],
        "peak_bytes_as_written": plan.written,
        "peak_bytes_bound": plan.bound,
        "activation_bytes": total(QUANTITIES["activation_bytes"], analysis),
        "activation_bytes_apart": apart_bytes(analysis),
        "layers": [
            {"name": step.name, "taken_bytes": step.allocated, "live_bytes": step.live}
            for step in timeline.steps
        ],
        "buffers": _buffers(timeline),
        "fits": [_verdict_data(each) for each in verdicts],
    }


def _verdict_data(verdict: Verdict) -> VerdictData:
    return {
        "memory": verdict.memory,
        "needed": verdict.needed,
        "limit": verdict.limit,
        "breaks": verdict.breaks,
        "most": verdict.most,
        "fits": verdict.fits,
    }


def _buffers(timeline: Timeline) -> list[AllocationData]:
    """The memory that was taken: what it held, and the first and the last layer for which it was there."""
    return [
        {
            "volumes": [timeline.network.tensor_name(volume) for _, volume in buffer.written],
            "bytes": buffer.bytes,
            "first": timeline.steps[buffer.first].name,
            "last": timeline.steps[buffer.last].name,
        }
        for buffer in timeline.allocations
    ]
