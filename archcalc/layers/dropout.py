"""Dropout: what drops values, or whole paths, in training only."""

from __future__ import annotations

from archcalc.layers.base import SavedTensor, Shapes
from archcalc.layers.pointwise import Pointwise
from archcalc.layers.settings import layer_kind, number, setting


@layer_kind
class Dropout(Pointwise):
    """Dropout: in training, each value is zero with probability p; otherwise the identity.

    output: the input's volume, in place
    backward: saves its mask: 1 byte for each value on a GPU, a value for each on a CPU; nothing where p is 0
    source: Srivastava et al. 2014

    example:
      input: {features: 4096}
      layers:
        - dropout: {p: 0.5}
    """

    only_trains = True

    p: float = setting(number(0, 1, "a probability from 0 to 1"), default=0.5)

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        return (SavedTensor("its mask", None, inputs[0], "mask"),) if self.p else ()

    def is_view(self) -> bool:
        return not self.p


class StochasticDepth(Dropout):
    """Stochastic depth: in training, a whole path is zero with probability p; otherwise the identity.

    output: the input's volume, in place
    backward: saves one value for each example, whether it was dropped; nothing where p is 0
    source: Huang et al. 2016, arXiv:1603.09382

    example:
      input: {channels: 96, height: 56, width: 56}
      layers:
        - residual:
            body:
              - conv: {filters: 96, kernel_size: 3, padding: 1}
              - stochastic_depth: {p: 0.1}
    """

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        return (SavedTensor("whether it was dropped", None, (1,)),) if self.p else ()
