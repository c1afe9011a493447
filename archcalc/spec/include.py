"""Libraries of blocks: what `include:` names, and how a spec takes their blocks in.

A library is a file with `blocks:` alone. It lies where its name leads from the folder of who includes it, or
among the libraries that are built in; links are not followed, nor ways out of the root (`root`).
"""

from __future__ import annotations

from os import path as paths
from os import sep

from archcalc.errors import Span, SpecError
from archcalc.quoting import escaped, quoted
from archcalc.spec.decode import described, known_keys
from archcalc.spec.document import Entry, Mapping, Sequence, Value, parse
from archcalc.spec.named_files import file_stem, files_named
from archcalc.spec.problems import Problems, refused
from archcalc.spec.zoo import content_of, library_names, zoo_folder
from archcalc.suggestions import suggestion

LIBRARY_LIMIT = 8
"""How many libraries a spec may include, those that they include among them."""

LIBRARY_KEYS = ("name", "source", "include", "blocks")


def with_included(spec: Mapping, folder: str | None, texts: dict[str, str]) -> Mapping:
    """The spec with the blocks of the libraries that it includes, which its own replace."""
    entry = spec.entries.get("include")
    if entry is None:
        return spec
    entries = {key: each for key, each in spec.entries.items() if key != "include"}
    included = _Libraries(texts).named(entry, folder, ())
    own = entries.get("blocks", entry._replace(key="blocks", value=Mapping({}, entry.span)))
    if isinstance(own.value, Mapping):
        blocks = Mapping({**included, **own.value.entries}, own.value.span)
        entries["blocks"] = own._replace(value=blocks)
    return Mapping(entries, spec.span)


class _Libraries:
    """The libraries that one spec includes, each read once."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self.known: dict[str, dict[str, Entry]] = {}

    def named(self, entry: Entry, folder: str | None, users: tuple[str, ...]) -> dict[str, Entry]:
        """The blocks of the libraries that an `include:` names; each block is defined once."""
        items = included(entry)
        if not items:
            raise refused(
                "missing-key", "`include` names no library", entry.value.span, "name one, or leave it out"
            )
        if len(items) > LIBRARY_LIMIT:
            raise _too_many(items[LIBRARY_LIMIT].span)
        found: dict[str, Entry] = {}
        for item in items:
            for name, block in self.library(item, folder, users).items():
                if found.setdefault(name, block).span != block.span:
                    raise _defined_twice(found[name], block, item.span)
        return found

    def library(self, item: Value, folder: str | None, users: tuple[str, ...]) -> dict[str, Entry]:
        """The blocks of one library, and of those that it includes."""
        name, path = _found(item, folder)
        if path in users:
            message = f"library {quoted(name)} includes itself"
            raise refused("cycle", message, item.span, "one of them must do without the other")
        if path not in self.known:
            if len(self.known) + len(users) >= LIBRARY_LIMIT:
                raise _too_many(item.span)
            top = _library(parse(content_of(name, path), name, self.texts), item)
            include, blocks = top.entries.get("include"), top.entries["blocks"].value
            below = self.named(include, paths.dirname(path), (*users, path)) if include else {}
            self.known[path] = {**below, **(blocks.entries if isinstance(blocks, Mapping) else {})}
        return self.known[path]


def is_library(document: Mapping) -> bool:
    """Whether a file holds blocks alone."""
    return "blocks" in document.entries and document.entries.keys() <= set(LIBRARY_KEYS)


def _library(document: Value, item: Value) -> Mapping:
    """The top level of the library that `item` names; raises SpecError where it holds anything but blocks."""
    if isinstance(document, Mapping) and document.entries.keys() & {"layers", "base"}:
        message = f"{described(item)} is a network, and no library of blocks"
        hint = "a spec takes over all of a network by naming it under `base:`"
        raise refused("type", message, item.span, hint)
    blocks = document.entries.get("blocks") if isinstance(document, Mapping) else None
    problems = Problems()
    if isinstance(document, Mapping):
        if variables := document.entries.get("variables"):
            message = "a library of blocks has no variables"
            hint = "blocks are told what they need by their settings, which may have defaults"
            raise refused("unknown-key", message, variables.span, hint)
        known_keys(document, LIBRARY_KEYS, "a library of blocks", problems)
        problems.stop()
        if blocks and isinstance(blocks.value, Mapping):
            return document
    found = described(blocks.value if blocks else document)
    message = f"a library is a mapping with `blocks:`, a mapping too, found {found}"
    raise refused("type", message, blocks.value.span if blocks else document.span)


def included(include: Entry | None) -> tuple[Value, ...]:
    """The items of an `include:`: a list's, or the only one."""
    if include is None:
        return ()
    return include.value.items if isinstance(include.value, Sequence) else (include.value,)


def _found(item: Value, folder: str | None) -> tuple[str, str]:
    """(name to report, file) of a library: where its name leads from the folder, or built in."""
    stem = file_stem(item)
    if not stem:
        message = f"include needs the name of a library, or a list of names, found {described(item)}"
        hint = "write its path from the spec's folder, such as blocks/common or ../common"
        raise refused("type", message, item.span, hint)
    for root in (folder, zoo_folder()):
        for path in files_named(stem, root, item) if root is not None else ():
            return _reported(path), path
    raise _unknown(stem, item.span)


def _reported(path: str) -> str:
    """What errors call a library: a built-in one as specs name it."""
    root = zoo_folder() + sep
    return escaped(path).removeprefix(root).replace(sep, "/") if path.startswith(root) else escaped(path)


def _too_many(span: Span) -> SpecError:
    message = f"a spec includes at most {LIBRARY_LIMIT} libraries"
    return refused("too-large", message, span, "put their blocks into one file")


def _unknown(name: str, span: Span) -> SpecError:
    message = f"no library lies at {quoted(name)}, seen from the spec's folder, or is built in"
    hint = suggestion(name, library_names()) or "write its path from the spec's folder: blocks/common"
    return refused("unknown-library", message, span, hint)


def _defined_twice(first: Entry, second: Entry, span: Span) -> SpecError:
    message = f"two libraries define a block {quoted(first.key)}"
    also = (("it is defined here", first.span), ("and here", second.span))
    hint = "include one of them, or give one of the blocks another name"
    return refused("duplicate-name", message, span, hint, also)
