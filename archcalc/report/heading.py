"""What stands above every report of a network: its name, its source, and what was put in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from archcalc.analysis.facts import Analysis
from archcalc.network import Network
from archcalc.quoting import listed
from archcalc.report.escaping import NAME_LENGTH, free_text, quoted_text
from archcalc.report.page import Column
from archcalc.report.values import sequences_note, volume, volume_order

REMARKS = 5
"""So many notes of its author are told with a network."""

if TYPE_CHECKING:
    from archcalc.report.documents.parts import NetworkData


def network_data(network: Network) -> NetworkData:
    """Which network a JSON document is about."""
    return {"name": network.name, "source": network.source, "input_shape": list(network.only_input("JSON"))}


def title(network: Network) -> str:
    """What the spec calls the network, in quotes."""
    return quoted_text(network.name, NAME_LENGTH)


def heading_lines(analysis: Analysis, *about: str) -> tuple[str, ...]:
    """Where the network is from; its inputs, in which order volumes are printed, and what else matters."""
    network = analysis.network
    what = " · ".join((_inputs(network), *about))
    return (f"source: {quoted_text(network.source)}", what) if network.source else (what,)


def remarks(network: Network) -> Iterator[str]:
    """What a spec's author notes on layers, each text once, with the layers that it is about."""
    about: dict[str, list[str]] = {}
    for node in network.nodes:
        if node.note:
            about.setdefault(node.note, []).append(node.name)
    for text, names in islice(about.items(), REMARKS):
        yield f"note on {listed(names, 3)}: {quoted_text(text)}"
    if len(about) > REMARKS:
        yield f"and {len(about) - REMARKS} more notes: archcalc explain SPEC LAYER shows that of a layer"


def _inputs(network: Network) -> str:
    """`input 5×3×2 (W×H×D)`, or each of several by its name: `inputs left 5×3×2, right 9 (W×H×D, values)`."""
    orders = ", ".join(dict.fromkeys(map(volume_order, network.input_shapes)))
    if len(network.inputs) == 1:
        return f"input {volume(network.input_shape)} ({orders})"
    named = (f"{free_text(name, NAME_LENGTH)} {volume(shape)}" for name, shape in network.inputs.items())
    return f"inputs {', '.join(named)} ({orders})"


def titled_volumes(columns: tuple[Column, ...], analysis: Analysis) -> tuple[Column, ...]:
    """The columns, those of volumes with the order of their sides in the title: `output W×H×D`."""
    orders = {volume_order(shape) for shape in analysis.network.input_shapes if len(shape) > 1}
    if len(orders) != 1:  # vectors alone, or volumes of several kinds, for which one title would be wrong
        return columns
    (order,), note = orders, sequences_note(facts.output_shape for facts in analysis.facts)
    return tuple(
        c._replace(title=f"{c.title} {order}", note=note) if c.unit == "shape" else c for c in columns
    )
