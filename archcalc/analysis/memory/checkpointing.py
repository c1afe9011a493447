"""Gradient checkpointing: blocks that keep only what they read, and run again when their backward pass comes.

After Chen, Xu, Zhang & Guestrin 2016, Training Deep Nets with Sublinear Memory Cost, arXiv:1604.06174.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

from archcalc.analysis.facts import Analysis
from archcalc.errors import RequestError
from archcalc.network import Network
from archcalc.quoting import listed, quoted
from archcalc.records import NamedTuple
from archcalc.suggestions import suggestion

EVERY = "every="


class Segment(NamedTuple):
    """Layers `first` to `last`, by number, that run again in the backward pass.

    reads: the volumes from outside that they read, which are kept instead of what the layers keep.
    """

    name: str
    first: int
    last: int
    reads: tuple[int, ...]


def segments(analysis: Analysis, chosen: str) -> tuple[Segment, ...]:
    """The checkpointed parts of a network, in their order; none for an empty choice.

    `chosen` is `every=N`, for N top-level blocks at a time (in a network without blocks, N layers), or the
    names of layers and blocks, with commas between: `conv3_x,conv4_x`. In a name, `*` stands for whatever
    stands between two `/`: each of `conv3_x/*` is by itself. Raises RequestError where that names nothing, or
    a layer twice.
    """
    if not chosen:
        return ()
    if chosen.startswith(EVERY):
        return tuple(_every(analysis.network, chosen.removeprefix(EVERY)))
    found = sorted(part for name in chosen.split(",") for part in _called(analysis.network, name.strip()))
    for (_, before, name), (first, _, other) in pairwise(found):
        if first <= before:
            raise RequestError(f"--checkpoint names layers twice: {quoted(name)} and {quoted(other)} overlap")
    return tuple(_segment(analysis.network, *part) for part in found)


def _every(network: Network, number: str) -> Iterator[Segment]:
    """Segments of `number` top-level blocks each, with the single layers between them."""
    if not number.isdecimal() or not (step := int(number[:9])):
        raise RequestError(f"`every=` needs a number of blocks of 1 or more, got {quoted(number)}")
    parts = list(_parts(network, 1))
    blocks = [part for part in parts if "/" in network.nodes[part[0]].name] or parts
    for start in range(0, len(blocks), step):
        group = blocks[start : start + step]
        names = dict.fromkeys((group[0][2], group[-1][2]))
        yield _segment(network, group[0][0], group[-1][1], " to ".join(names))


def _called(network: Network, pattern: str) -> list[tuple[int, int, str]]:
    """The layers and blocks that a name with `*` fits."""
    words = pattern.split("/")
    found = [part for part in _parts(network, len(words)) if _fits(part[2].split("/"), words)]
    if not found:
        known = list(dict.fromkeys(part[2] for part in _parts(network, len(words))))
        near = [name for name in known if name.rpartition("/")[0] == pattern.rpartition("/")[0]]
        hint = suggestion(pattern, known) or (f"known are {listed(near)}" if near else "")
        message = f"{network.name} has no layer or block {quoted(pattern)} to checkpoint"
        raise RequestError(message + (f"; {hint}" if hint else ""))
    return found


def _fits(path: list[str], words: list[str]) -> bool:
    return all(word in ("*", name) for name, word in zip(path, words, strict=True))


def _parts(network: Network, depth: int) -> Iterator[tuple[int, int, str]]:
    """(first, last, name) of the layers and blocks `depth` levels down, in their order."""
    paths = ("/".join(node.name.split("/", depth)[:depth]) for node in network.nodes)
    for name, group in groupby(enumerate(paths), key=lambda each: each[1]):
        numbers = [number for number, _ in group]
        if name.count("/") == depth - 1:
            yield numbers[0], numbers[-1], name


def _segment(network: Network, first: int, last: int, name: str) -> Segment:
    read = (volume for node in network.nodes[first : last + 1] for volume in node.inputs if volume <= first)
    return Segment(name, first, last, tuple(dict.fromkeys(read)))
