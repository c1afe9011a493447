"""The table of what can be expected: a row a key.

Every quantity has its row by itself, so that whoever adds one to QUANTITIES can expect it.
"""

from __future__ import annotations

from archcalc.analysis.depth import depth
from archcalc.analysis.quantities import QUANTITIES, Quantity
from archcalc.expectations import structure
from archcalc.expectations.amounts import Failures, counts, equal, flash, peak, reads, within
from archcalc.expectations.bounds import BYTES_BOUND, COUNT_BOUND
from archcalc.expectations.forms import COUNTED, FOLLOWED_BY, KINDS, LAST, SHAPE
from archcalc.layers.settings import Setting
from archcalc.records import NamedTuple

BOUNDS = {"count": COUNT_BOUND, "bytes": BYTES_BOUND}
"""How bounds are read, by the unit of what they bound."""


class Key(NamedTuple):
    """One key of `expect:`.

    form: how its value is read, and what it needs.
    failures: what is wrong where it does not hold.
    of_network, of_layer: what it can be expected of.
    """

    form: Setting
    failures: Failures
    of_network: bool = True
    of_layer: bool = False


KEYS: dict[str, Key] = {
    "input": Key(SHAPE, reads, of_layer=True),
    "output": Key(SHAPE, equal(lambda subject: subject.output_shape), of_layer=True),
    "kind": Key(KINDS, structure.is_kind, of_network=False, of_layer=True),
    "receptive_field": Key(COUNT_BOUND, within(lambda subject: subject.receptive_field), of_layer=True),
    "depth": Key(COUNT_BOUND, within(lambda subject: depth(subject.analysis))),
    "peak_bytes": Key(BYTES_BOUND, peak),
    "sram": Key(BYTES_BOUND, peak),
    "flash": Key(BYTES_BOUND, flash),
    "count": Key(COUNTED, counts),
    "uses": Key(KINDS, structure.uses),
    "forbids": Key(KINDS, structure.forbids),
    "followed_by": Key(FOLLOWED_BY, structure.followed_by),
    "no_bias_before": Key(KINDS, structure.no_bias_before),
    "not_in_last": Key(LAST, structure.not_in_last),
}
"""What can be expected beside quantities."""


def keys() -> dict[str, Key]:
    """What can be expected, by the words of `expect:`: every quantity, and the rows of KEYS."""
    return {name: _amount(quantity) for name, quantity in QUANTITIES.items()} | KEYS


def _amount(quantity: Quantity) -> Key:
    """The key of a quantity."""
    return Key(BOUNDS[quantity.unit], within(lambda subject: subject.amount(quantity)), of_layer=True)


def network_forms() -> dict[str, Setting]:
    """How what is expected of a network is read; `layers` holds expectations of layers by their names."""
    return {name: key.form for name, key in keys().items() if key.of_network}


def layer_forms() -> dict[str, Setting]:
    """How what is expected of one layer, or of a block, is read."""
    return {name: key.form for name, key in keys().items() if key.of_layer}
