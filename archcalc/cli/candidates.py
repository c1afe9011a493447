"""What a shell may complete: specs, layers, kinds of layers … Whatever is wrong, nothing is printed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING

import click

from archcalc.layers import LAYERS
from archcalc.spec.zoo import STDIN, SUFFIXES, zoo_names

if TYPE_CHECKING:
    from archcalc.network import Node
    from archcalc.spec.load import Parts

Complete = Callable[[click.Context, click.Parameter, str], list[str]]

_WORD = r"[\w.,+@%=/-]+"
"""Names that mean themselves in every shell. Others are not offered: the shell would obey `$(…)` in them."""


def quietly(find: Callable[[click.Context, str], Iterable[str]]) -> Complete:
    """Those candidates that begin as typed; none where they cannot be found."""

    @wraps(find)
    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        with suppress(Exception):
            return [word for word in find(ctx, incomplete) if word.startswith(incomplete)]
        return []

    return complete


@quietly
def specs(ctx: click.Context, incomplete: str) -> list[str]:
    """The names of built-in networks, and the specs and folders on the way to them."""
    return [*zoo_names(), *_paths(incomplete)]


@quietly
def networks(ctx: click.Context, incomplete: str) -> list[str]:
    """The names of built-in networks."""
    return zoo_names()


@quietly
def specs_or_words(ctx: click.Context, incomplete: str) -> list[str]:
    """The same, and the words that have a page: codes, kinds, quantities and terms."""
    from archcalc.report.words import known_words

    words = dict.fromkeys(word.replace(" ", "-") for word in known_words())
    return [*filter(_is_plain, words), *specs(ctx, ctx.command.params[0], incomplete)]


@quietly
def layers(ctx: click.Context, incomplete: str) -> Iterator[str]:
    """The layers of the spec that was named before."""
    return (node.name for node in _nodes(ctx))


@quietly
def convolutions(ctx: click.Context, incomplete: str) -> Iterator[str]:
    """Those of them that are convolutions."""
    return (node.name for node in _nodes(ctx) if node.layer.convolves)


@quietly
def blocks(ctx: click.Context, incomplete: str) -> Iterator[str]:
    """Its blocks, and theirs, as `--checkpoint` names them."""
    paths = (node.name.split("/") for node in _nodes(ctx))
    return iter(dict.fromkeys("/".join(path[:end]) for path in paths for end in range(1, len(path))))


@quietly
def optimizers(ctx: click.Context, incomplete: str) -> Iterable[str]:
    """The optimizers."""
    from archcalc.analysis.memory.optimizers import OPTIMIZERS

    return OPTIMIZERS


@quietly
def kinds(ctx: click.Context, incomplete: str) -> Iterable[str]:
    """The kinds of layers."""
    return LAYERS


def _nodes(ctx: click.Context) -> tuple[Node, ...]:
    """The layers of the spec on the command line."""
    return parts.spec.network.nodes if (parts := _parts(ctx)) else ()


def _parts(ctx: click.Context) -> Parts | None:
    """The spec on the command line; standard input is left for the command."""
    from archcalc.spec.load import read_parts

    # Behind an option that still lacks its value, click has not yet told arguments apart.
    given = [ctx.params[key] for key in ("new", "spec", "word", "specs", "paths") if ctx.params.get(key)]
    behind = ctx.args[-1:] if ctx.command.name == "diff" else ctx.args[:1]
    spec = next(iter(given + behind), STDIN)
    spec = spec if isinstance(spec, str) else spec[0]
    return None if spec == STDIN else read_parts(spec)


@quietly
def variables(ctx: click.Context, incomplete: str) -> Iterator[str]:
    """The variables of that spec, as `--set` takes them."""
    entry = parts.whole.entries.get("variables") if (parts := _parts(ctx)) else None
    return (f"{name}=" for name in getattr(entry and entry.value, "entries", {}))


@quietly
def specs_or_variables(ctx: click.Context, incomplete: str) -> list[str]:
    """Specs, and behind one its variables."""
    param = ctx.command.params[0]
    return [*specs(ctx, param, incomplete), *variables(ctx, param, incomplete)]


@quietly
def columns(ctx: click.Context, incomplete: str) -> Iterator[str]:
    """The columns of comparisons, behind those that are typed already."""
    head = incomplete[: incomplete.rfind(",") + 1]
    return (head + name for name in import_module("archcalc.analysis.measures").MEASURES)


def _paths(incomplete: str) -> list[str]:
    """Specs and folders that begin so. A folder that is alone is looked into: shells end a word that is."""
    head, begin = _divided(incomplete)
    with os.scandir(head or ".") as entries:
        found = sorted(filter(None, (_path(head, entry) for entry in entries if _meant(entry.name, begin))))
    if len(found) == 1 and found[0].endswith("/"):
        return _paths(found[0]) or found
    return found


def _divided(path: str) -> tuple[str, str]:
    """What of a path is folders, and what begins a name."""
    end = path.rfind("/") + 1
    return path[:end], path[end:]


def _meant(name: str, begin: str) -> bool:
    """Whether a name begins as typed; hidden ones must be asked for."""
    return name.startswith(begin) and (begin != "" or not name.startswith(".")) and _is_plain(name)


def _is_plain(word: str) -> bool:
    """Whether a word means itself in every shell."""
    return bool(re.fullmatch(_WORD, word))


def _path(head: str, entry: os.DirEntry[str]) -> str:
    """A folder or a spec; nothing for other files."""
    if entry.is_dir():
        return f"{head}{entry.name}/"
    return f"{head}{entry.name}" if entry.name.endswith(SUFFIXES) else ""
