"""What running a network showed: for each layer what the rules predicted beside what happened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archcalc.analysis.memory.views import copying
from archcalc.frozen import Frozen, frozen
from archcalc.records import NamedTuple

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis
    from archcalc.analysis.memory import Timeline
    from archcalc.layers import NamedShapes, Shape


class Measured(NamedTuple):
    """The sizes of one layer for one example: its output, its tensors by name and its MACs."""

    shape: Shape
    parameters: NamedShapes
    buffers: NamedShapes
    macs: int


class Peak(NamedTuple):
    """The most bytes at once, and the first layer at which there were so many."""

    bytes: int = 0
    layer: str = ""

    @staticmethod
    def of(expected: Timeline) -> Peak:
        """The peak of what is predicted to be live."""
        return Peak(expected.peak, expected.steps[expected.peak_step].name) if expected.steps else Peak()


NOTHING = Peak()


class Check(NamedTuple):
    """One layer, run.

    actual: as far as the kernel came; a layer with a problem has no output, and the shape ().
    finite: whether every value of the output is a number.
    problem: why the kernel could not run, or ''.
    seconds, bytes: how long it took and what was allocated meanwhile, all volumes live included; 0 where
    nobody asked.
    """

    name: str
    kind: str
    predicted: Measured
    actual: Measured
    finite: bool = True
    problem: str = ""
    seconds: float = 0.0
    bytes: int = 0

    @property
    def agrees(self) -> bool:
        """Whether the layer ran, as predicted, to finite values."""
        return not self.differences()

    def differences(self) -> tuple[str, ...]:
        """What disagrees, in words."""
        if self.problem:
            return (f"could not run: {self.problem}",)
        return tuple(self._differences())

    def _differences(self) -> Iterator[str]:
        predicted, actual = self.predicted, self.actual
        if predicted.shape != actual.shape:
            yield f"shape: predicted {list(predicted.shape)}, actual {list(actual.shape)}"
        yield from _tensor_differences("parameter", predicted.parameters, actual.parameters)
        yield from _tensor_differences("buffer", predicted.buffers, actual.buffers)
        if predicted.macs != actual.macs:
            yield f"MACs: predicted {predicted.macs:,}, actual {actual.macs:,}"
        if not self.finite:
            yield "values: not all finite"


def _tensor_differences(what: str, predicted: NamedShapes, actual: NamedShapes) -> Iterator[str]:
    for name in {**predicted, **actual}:
        if predicted.get(name) != actual.get(name):
            sizes = [str(list(shapes[name])) if name in shapes else "none" for shapes in (predicted, actual)]
            yield f"{what} {name}: predicted {sizes[0]}, actual {sizes[1]}"


@frozen
class Verification(Frozen):
    """A network, run once on tensors drawn from a seed.

    checks: the layers in the order in which they ran; after one that could not run, no other does.
    live, expected_live: the peak of the bytes of volumes that were live, and as the analysis predicted it.
    needed: the most bytes that arrays were expected to take, kernels' own included.
    computed: whether there were values; without, it was a run on shapes alone.
    """

    analysis: Analysis
    seed: int
    checks: tuple[Check, ...]
    live: Peak = NOTHING
    expected_live: Peak = NOTHING
    needed: Peak = NOTHING
    computed: bool = True

    @property
    def not_run(self) -> tuple[str, ...]:
        """The names of the layers behind one that could not run."""
        return tuple(facts.node.name for facts in self.analysis.facts[len(self.checks) :])

    @property
    def disagreements(self) -> tuple[Check, ...]:
        """The layers that disagree; behind the first, others may do so only because it does."""
        return tuple(check for check in self.checks if not check.agrees)

    @property
    def agrees(self) -> bool:
        """Whether every layer ran, as predicted, to finite values, and as much was live as predicted."""
        return not self.not_run and not self.disagreements and not self.live_difference()

    def live_difference(self) -> str:
        """How the peak of live bytes disagrees, in words; '' also where a layer did, which explains it.

        Arrays without contents have no strides, so that none of theirs shows that a view has to copy.
        """
        if self.not_run or self.disagreements or self.live == self.expected_live:
            return ""
        if not self.computed and copying(self.analysis):
            return ""
        return (
            f"peak of live bytes: predicted {_peak_text(self.expected_live)}, actual {_peak_text(self.live)}"
        )


def _peak_text(peak: Peak) -> str:
    return f"{peak.bytes:,} at {peak.layer}"
