"""The config file: `archcalc.toml`, or `[tool.archcalc]` in `pyproject.toml`, of the folder or one above."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

from archcalc.errors import Problem, ReadError, Span, SpecError, escaped, quoted, suggestion
from archcalc.network import Expectation
from archcalc.spec.requests import configured

NAMES = ("archcalc.toml", "pyproject.toml")
SIZE = 1024 * 1024
FLAGS = ("advice", "strict", "verify")
KEYS = ("paths", *FLAGS, "expect", "overrides")


class Override(NamedTuple):
    """Expectations of the specs whose paths match a pattern."""

    patterns: tuple[str, ...]
    expectations: tuple[Expectation, ...]


class Config(NamedTuple):
    """What a config file says; the empty one says nothing."""

    paths: tuple[str, ...] = ()
    advice: bool = False
    strict: bool = False
    verify: bool = False
    expectations: tuple[Expectation, ...] = ()
    overrides: tuple[Override, ...] = ()

    def expected_of(self, spec: str) -> tuple[Expectation, ...]:
        """What is expected of one spec."""
        matching = (o.expectations for o in self.overrides if any(fnmatch(spec, p) for p in o.patterns))
        return sum(matching, self.expectations)


def found_config(start: Path) -> Path | None:
    """The nearest config file, in `start` or a folder above it."""
    for folder in (start, *start.parents):
        for name in NAMES:
            path = folder / name
            if path.is_file() and (name != "pyproject.toml" or "[tool.archcalc" in _text(path)):
                return path
    return None


def read_config(path: Path) -> Config:
    """What a config file says; raises SpecError with its place where that is wrong."""
    text, shown = _text(path), escaped(str(path))
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError([Problem("syntax", f"not valid TOML: {error}", _error_place(shown, error))]) from None
    table = document.get("tool", {}).get("archcalc", {}) if path.name == "pyproject.toml" else document
    return _Reader(shown, text).config(table)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(SIZE).decode("utf-8")
    except OSError as error:
        raise ReadError(f"cannot read {escaped(str(path))}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ReadError(f"cannot read {escaped(str(path))}: it is not UTF-8") from None


def _error_place(source: str, error: Exception) -> Span:
    place = re.search(r"line (\d+), column (\d+)", str(error))
    return Span(source, int(place[1]), int(place[2])) if place else Span(source, 1, 1)


class _Reader:
    """Reads the table of a config file; TOML tells no places, so a key is found by its first line."""

    def __init__(self, source: str, text: str) -> None:
        self.source = source
        self.lines = text.splitlines()

    def place(self, key: str) -> Span:
        """The first line on which a key is set."""
        pattern = re.compile(rf"""[^#]*?(?<![\w-])["']?{re.escape(key)}["']?\s*[=\].]""")
        for number, line in enumerate(self.lines, 1):
            match = pattern.match(line)
            if match:
                return Span(self.source, number, line.find(key) + 1)
        return Span(self.source, 1, 1)

    def refused(self, message: str, key: str, hint: str | None = None) -> SpecError:
        """A fault at a key."""
        problem = Problem("config", message, self.place(key), hint)
        return SpecError([problem], {self.source: "\n".join(self.lines)})

    def config(self, table: Any) -> Config:
        """The whole table."""
        self.known(table, KEYS, "the config of archcalc")
        flags = {name: self.flag(table, name) for name in FLAGS}
        paths = self.words(table.get("paths", []), "paths")
        overrides = table.get("overrides", [])
        if not isinstance(overrides, list):
            raise self.refused("overrides need [[overrides]] tables", "overrides")
        return Config(
            paths,
            **flags,
            expectations=self.expectations(table),
            overrides=tuple(self.override(each) for each in overrides),
        )

    def known(self, table: Any, keys: tuple[str, ...], what: str) -> None:
        """Refuse what is no table, or has an unknown key."""
        if not isinstance(table, dict):
            raise self.refused(f"{what} needs a table", "archcalc")
        for key in table:
            if key not in keys:
                hint = suggestion(key, keys) or "known are " + ", ".join(keys)
                raise self.refused(f"unknown key {quoted(key)} in {what}", key, hint)

    def flag(self, table: dict[str, Any], name: str) -> bool:
        """A setting that is true or false."""
        value = table.get(name, False)
        if not isinstance(value, bool):
            raise self.refused(f"{name} needs true or false", name)
        return value

    def words(self, value: Any, key: str) -> tuple[str, ...]:
        """A list of texts."""
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self.refused(f"{key} needs a list of texts", key)
        return tuple(value)

    def override(self, table: Any) -> Override:
        """One of the overrides."""
        self.known(table, ("specs", "expect"), "an override")
        patterns = self.words(table.get("specs", []), "specs")
        if not patterns or "expect" not in table:
            raise self.refused("an override needs `specs`, a list of patterns, and `expect`", "overrides")
        return Override(patterns, self.expectations(table))

    def expectations(self, table: dict[str, Any]) -> tuple[Expectation, ...]:
        """What a table expects."""
        expected = table.get("expect", {})
        if not isinstance(expected, dict):
            raise self.refused("expect needs a table", "expect")
        try:
            return configured(expected, self.place)
        except SpecError as error:
            raise SpecError(error.problems, {self.source: "\n".join(self.lines)}) from None
