"""What stands above every report of a network: its name, its source, and what was put in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcalc.analysis.facts import Analysis
from archcalc.network import Network
from archcalc.report.harmless import NAME_LENGTH, free_text
from archcalc.report.page import Column
from archcalc.report.values import sequences_note, volume, volume_order

if TYPE_CHECKING:
    from archcalc.report.documents.parts import NetworkData


def network_data(network: Network) -> NetworkData:
    """Which network a JSON document is about."""
    return {"name": network.name, "source": network.source, "input_shape": list(network.input_shape)}


def title(network: Network) -> str:
    """What the spec calls the network."""
    return free_text(network.name, NAME_LENGTH)


def heading_lines(analysis: Analysis, *about: str) -> tuple[str, ...]:
    """Where the network is from; its input, in which order volumes are printed, and what else matters."""
    network = analysis.network
    order = volume_order(network.input_shape)
    what = " · ".join((f"input {volume(network.input_shape)} ({order})", *about))
    return (free_text(network.source), what) if network.source else (what,)


def titled_volumes(columns: tuple[Column, ...], analysis: Analysis) -> tuple[Column, ...]:
    """The columns, those of volumes with the order of their sides in the title: `output W×H×D`."""
    shape = analysis.network.input_shape
    if len(shape) == 1:
        return columns
    order, note = volume_order(shape), sequences_note(facts.output_shape for facts in analysis.facts)
    return tuple(
        c._replace(title=f"{c.title} {order}", note=note) if c.unit == "shape" else c for c in columns
    )
