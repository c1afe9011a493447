"""What an expectation is about: a whole network, or the layers that one name stands for."""

from __future__ import annotations

from itertools import accumulate

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import Quantity, total
from archcalc.analysis.receptive_field import ReceptiveField
from archcalc.layers import Shape
from archcalc.records import NamedTuple


class Subject(NamedTuple):
    """A network, or a part of it that `name` names: a layer, or all layers of a block.

    A part's input is that of its first layer, its output that of its last.
    """

    analysis: Analysis
    name: str = ""
    layers: tuple[Facts, ...] = ()

    @property
    def last(self) -> Facts | None:
        """The layer at which a part ends."""
        return self.layers[-1] if self.layers else None

    @property
    def input_shape(self) -> Shape:
        """The shape of what enters: of a layer that reads several, the first; of a network, its only one."""
        return self.layers[0].input_shapes[0] if self.layers else self.analysis.network.input_shape

    @property
    def output_shape(self) -> Shape:
        """The shape of what leaves; of a network with several outputs, by the first."""
        return self.last.output_shape if self.last else self.analysis.shape(self._output)

    @property
    def receptive_field(self) -> int:
        """The receptive field of the output along its longest axis; 0 where the input has no axes."""
        return max((axis.size for axis in self._field.axes), default=0)

    def amount(self, quantity: Quantity) -> int:
        """The total of a quantity; only that of a network counts the input."""
        return total(quantity, self.analysis, self.layers or None)

    @property
    def _output(self) -> int:
        return next(iter(self.analysis.network.outputs.values()))

    @property
    def _field(self) -> ReceptiveField:
        return self.last.receptive_field if self.last else self.analysis.field(self._output)


def parts(analysis: Analysis) -> dict[str, Subject]:
    """The layers by their names, and those of a block by the block's name."""
    called: dict[str, list[Facts]] = {}
    for facts in analysis.facts:
        for name in accumulate(facts.node.name.split("/"), "{}/{}".format):
            called.setdefault(name, []).append(facts)
    return {name: Subject(analysis, name, tuple(layers)) for name, layers in called.items()}
