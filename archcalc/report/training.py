"""The memory that a training step takes: what each layer owns and saves, and what is there at the peak."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from archcalc.analysis.memory.checkpointing import Segment
from archcalc.analysis.memory.optimizers import OPTIMIZERS, PRECISIONS
from archcalc.analysis.memory.passes import Moment, Saved
from archcalc.analysis.memory.saved import ATTENTION, DEVICES
from archcalc.analysis.memory.training import NOT_COUNTED, SINGLE, Training
from archcalc.report.folding import Group, folded, folding_note, unfolded
from archcalc.report.heading import heading_lines, network_data, title, titled_volumes
from archcalc.report.memory import bar
from archcalc.report.page import SCHEMA_VERSION, Column, Options, Page, Row, Section, Table
from archcalc.report.values import bytes_text, share, share_text

if TYPE_CHECKING:
    from archcalc.report.documents.memory import MomentData, SegmentData, TrainedLayerData, TrainingDocument

STATE = "what the optimizer remembers, master weights among it"
SAVED = "when the forward pass has ended; what several layers save counts once"
COLUMNS = (
    Column("name", "layer"),
    Column("kind", "kind", rank=7),
    Column("output", "output", "shape", rank=6),
    Column("parameter_bytes", "parameters", "bytes", rank=2),
    Column("gradient_bytes", "gradients", "bytes", rank=5),
    Column("state_bytes", "optimizer state", "bytes", rank=3, note=STATE),
    Column("saved_bytes", "saved for backward", "bytes", note=SAVED),
    Column("bar", "", rank=1),
    Column("keeps", "what it saves", rank=4),
)
PHASES = {
    "forward": "in the forward pass of",
    "again": "running again",
    "backward": "in the backward pass of",
    "sum": "adding gradients behind",
    "update": "in the optimizer's step",
}


def training(step: Training, options: Options) -> Page:
    """The page of `archcalc memory --train`."""
    analysis = step.analysis
    groups = folded(analysis.facts, options.depth)
    about = (f"batch {analysis.batch}", analysis.dtype, step.optimizer, *_mixed(step))
    most = bytes_text(step.total, options.units)
    return Page(
        title=f"{title(analysis.network)}: at most {most} in training, {moment_text(step.peak)}",
        lines=heading_lines(analysis, *about),
        table=_table(step, groups),
        sections=(_at_the_peak(step, options),),
        notes=(*_notes(step, options), *folding_note(groups)),
        data=lambda: _data(step),
        records=lambda: _records(step, groups if options.depth else unfolded(analysis.facts)),
    )


def moment_text(moment: Moment) -> str:
    """When it is: `in the backward pass of conv1`."""
    return f"{PHASES[moment.phase]} {moment.layer}".rstrip()


def _mixed(step: Training) -> Iterator[str]:
    if step.analysis.value_bytes < SINGLE:
        yield f"precision {step.precision}"


def _table(step: Training, groups: Sequence[Group]) -> Table:
    rows = tuple(_rows(step, groups))
    sums = (sum(int(str(row[i])) for row in rows) for i in range(3, 7))
    return Table(titled_volumes(COLUMNS, step.analysis), rows, ("total", "", None, *sums, "", ""))


def _records(step: Training, groups: Sequence[Group]) -> Table:
    """The table without its bars."""
    rows = (row[:-2] + row[-1:] for row in _rows(step, groups))
    return Table(COLUMNS[:-2] + COLUMNS[-1:], tuple(rows))


def _rows(step: Training, groups: Sequence[Group]) -> Iterator[Row]:
    """A row for each group: what its layers own and save together, and of a single layer what that is."""
    again = {number for part in step.segments for number in range(part.first, part.last + 1)}
    done = 0
    for name, members in groups:
        numbers = range(done, done + len(members))
        done += len(members)
        owned, saved = [step.owned[number] for number in numbers], sum(map(step.saved_by, numbers))
        single = len(members) == 1
        words = _tensors(step, numbers[0]) if single else []
        if again.issuperset(numbers):
            words.append("runs again")
        yield (
            name,
            members[-1].node.kind if single else f"{len(members)} layers",
            members[-1].output_shape,
            sum(each.parameters for each in owned),
            sum(step.made[number] for number in numbers),
            sum(each.state + each.master for each in owned),
            saved,
            bar(saved, step.saved) if saved else "",
            ", ".join(words),
        )


def _tensors(step: Training, number: int) -> list[str]:
    """What a layer saves: `its input (saved by relu1)`, `where its maxima were`."""
    return list(dict.fromkeys(_tensor_text(step, each) for each in step.kept[number]))


def _tensor_text(step: Training, saved: Saved) -> str:
    if saved.counted_by is None:
        return saved.what
    return f"{saved.what} (saved by {step.analysis.facts[saved.counted_by].node.name})"


def _at_the_peak(step: Training, options: Options) -> Section:
    """What the peak is made of, and how it grows with the batch."""
    batch, peak = step.analysis.batch, step.peak
    parts = {
        "parameters": step.static.parameters,
        "master weights": step.static.master,
        f"state of {step.optimizer}": step.static.state,
        "buffers": step.static.buffers,
        "gradients of parameters": peak.gradients,
        "activations": peak.activations.of(batch),
        "gradients of activations": peak.flowing.of(batch),
    }
    there = {name: size for name, size in parts.items() if size}
    sizes = [bytes_text(size, options.units) for size in there.values()]
    names, longest = max(map(len, there)), max(map(len, sizes))
    lines = (
        f"{name:<{names}}  {text:>{longest}}  {share_text(share(size, step.total) or 0):>5}%"
        for (name, size), text in zip(there.items(), sizes, strict=True)
    )
    return f"at the peak, {moment_text(peak)}", tuple(lines)


def _notes(step: Training, options: Options) -> Iterator[str]:
    """How much is saved; how the peak grows; what was assumed, and what is not counted."""

    def text(size: int) -> str:
        return bytes_text(size, options.units)

    line, chosen = step.line, PRECISIONS[step.precision]
    yield f"total at this peak: {text(line.fixed)} + {text(line.per_example)} for each example of the batch"
    if step.segments:
        count = sum(part.last - part.first + 1 for part in step.segments)
        yield f"checkpointed: {len(step.segments)} parts, of {count} layers, save their input and run again"
    remembers = OPTIMIZERS[step.optimizer]
    yield f"{step.optimizer} remembers {remembers.meaning} ({remembers.source})"
    if step.analysis.value_bytes < SINGLE:
        yield f"precision {step.precision}: {chosen.meaning} ({chosen.source})"
    yield from _variants(step)
    yield (
        "counted as PyTorch runs a step: gradients of parameters do not exist before their backward pass; the"
        " caller holds the network's input and outputs"
    )
    yield f"not counted: {'; '.join(NOT_COUNTED)}"


def _variants(step: Training) -> Iterator[str]:
    """What depends on where the network runs, if it has such layers."""
    rules = [kept for facts in step.analysis.facts for kept in facts.node.layer.saved(facts.input_shapes)]
    if any(kept.width == "mask" for kept in rules):
        yield f"{step.device.upper()}: {DEVICES[step.device]}"
    if any(kept.kernel for kept in rules):
        yield f"attention {step.attention}: {ATTENTION[step.attention]}"


def _data(step: Training) -> TrainingDocument:
    analysis, batch = step.analysis, step.analysis.batch
    network = analysis.network
    return {
        "schema_version": SCHEMA_VERSION,
        "network": network_data(network),
        "batch": batch,
        "dtype": analysis.dtype,
        "optimizer": step.optimizer,
        "precision": step.precision,
        "device": step.device,
        "attention": step.attention,
        "peak_bytes": step.total,
        "peak_bytes_fixed": step.line.fixed,
        "peak_bytes_per_example": step.line.per_example,
        "peak": _moment_data(step.peak, batch),
        "parameter_bytes": step.static.parameters,
        "master_bytes": step.static.master,
        "state_bytes": step.static.state,
        "buffer_bytes": step.static.buffers,
        "gradient_bytes": step.gradients,
        "saved_bytes": step.saved,
        "checkpointed": [_segment_data(step, part) for part in step.segments],
        "layers": [_layer_data(step, number) for number in range(len(analysis.facts))],
        "moments": [_moment_data(moment, batch) for moment in step.moments],
        "not_counted": list(NOT_COUNTED),
    }


def _moment_data(moment: Moment, batch: int) -> MomentData:
    return {
        "phase": moment.phase,
        "layer": moment.layer,
        "activation_bytes": moment.activations.of(batch),
        "activation_gradient_bytes": moment.flowing.of(batch),
        "gradient_bytes": moment.gradients,
    }


def _segment_data(step: Training, part: Segment) -> SegmentData:
    facts, network = step.analysis.facts, step.analysis.network
    return {
        "name": part.name,
        "layers": [each.node.name for each in facts[part.first : part.last + 1]],
        "reads": [network.tensor_name(volume) for volume in part.reads],
    }


def _layer_data(step: Training, number: int) -> TrainedLayerData:
    facts, owned = step.analysis.facts, step.owned[number]
    return {
        "name": facts[number].node.name,
        "kind": facts[number].node.kind,
        "parameter_bytes": owned.parameters,
        "master_bytes": owned.master,
        "state_bytes": owned.state,
        "buffer_bytes": owned.buffers,
        "gradient_bytes": step.made[number],
        "saved_bytes": step.saved_by(number),
        "keeps": [
            {
                "what": each.what,
                "bytes": each.size.of(step.analysis.batch),
                "counted_at": facts[number if each.counted_by is None else each.counted_by].node.name,
            }
            for each in step.kept[number]
        ],
    }
