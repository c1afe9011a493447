"""The config file as it is read: its table checked key by key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from os import path as paths
from typing import Any

from archcalc.analysis.dtypes import DTYPES, dtype_of
from archcalc.codes import ADVICE_CODES
from archcalc.errors import Problem, Span, SpecError
from archcalc.expectations.model import Expectation
from archcalc.project.advice_rules import AdviceRules
from archcalc.project.config import Config, Override
from archcalc.project.nearest import config_text, parsed
from archcalc.quoting import escaped, quoted
from archcalc.spec.requests import configured
from archcalc.spec.root import SHARED
from archcalc.suggestions import suggestion

FLAGS = ("advice", "strict", "verify")
RULES = ("select", "ignore", "severity")
SEVERITIES = ("error", "advice")
KEYS = ("paths", "exclude", *FLAGS, "dtype", *RULES, "expect", "overrides")

_TABLE = re.compile(r"\s*\[+\s*([^\]]*)")
_KEY = re.compile(r"""(?<![\w-])["']?([\w-]++)["']?\s*+(?=[=.\]])""")
"""It starts at a word's first letter alone and goes back nowhere, or a long line would take its square."""


def read_config(path: str) -> Config:
    """What a config file says; raises SpecError with its place where that is wrong."""
    text, shown = config_text(path), escaped(path)
    reader = _Reader(shown, text)
    try:
        document = parsed(text)
    except RecursionError:
        raise SpecError([Problem("syntax", "lists are nested too deep", Span(shown, 1, 1))]) from None
    except ValueError as error:
        message = f"not valid TOML: {escaped(str(error))}"
        raise SpecError([Problem("syntax", message, _error_place(reader, error))], reader.texts) from None
    if paths.basename(path) == SHARED:
        document = document.get("tool", {})
        if not isinstance(document, dict) or "archcalc" not in document:
            raise reader.refused("there is no table [tool.archcalc]", "tool")
        document = document["archcalc"]
    return reader.config(document, paths.dirname(path))


def _error_place(reader: _Reader, error: Exception) -> Span:
    place = re.search(r"line (\d+), column (\d+)", str(error))
    if place:
        return Span(reader.source, int(place[1]), int(place[2]))
    if "end of document" in str(error) and reader.lines:
        return Span(reader.source, len(reader.lines), len(reader.lines[-1]) + 1)
    return Span(reader.source, 1, 1)


class _Reader:
    """Reads the table of a config file; TOML tells no places, so a key is found by its first line."""

    def __init__(self, source: str, text: str) -> None:
        self.source = source
        self.lines = text.splitlines()
        self.texts = {source: text}
        self.places: dict[str, Span] = {}

    def place(self, key: str) -> Span:
        """The first line on which a key is set, in a `pyproject.toml` of those on archcalc."""
        if not self.places:
            self.places = dict(_places(self.lines, self.source))
        return self.places.get(key, Span(self.source, 1, 1))

    def refused(self, message: str, key: str, hint: str | None = None) -> SpecError:
        """A fault at a key."""
        return SpecError([Problem("config", message, self.place(key), hint)], self.texts)

    def config(self, table: Any, folder: str) -> Config:
        """The whole table."""
        self.known(table, KEYS, "the config of archcalc", "archcalc")
        flags = {name: self.flag(table, name) for name in FLAGS}
        found = self.words(table.get("paths", []), "paths")
        overrides = table.get("overrides", [])
        if not isinstance(overrides, list):
            raise self.refused("overrides need [[overrides]] tables", "overrides")
        return Config(
            folder,
            found,
            **flags,
            expectations=self.expectations(table),
            overrides=tuple(self.override(each) for each in overrides),
            exclude=self.words(table.get("exclude", []), "exclude"),
            dtype=self.dtype(table),
            rules=self.rules(table),
        )

    def known(self, table: Any, keys: tuple[str, ...], what: str, place: str) -> None:
        """Refuse what is no table, or has an unknown key."""
        if not isinstance(table, dict):
            raise self.refused(f"{what} needs a table", place)
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
        if not isinstance(value, list) or not all(
            isinstance(item, str) and item and item.isprintable() for item in value
        ):
            raise self.refused(f"{key} needs a list of texts", key)
        return tuple(value)

    def override(self, table: Any) -> Override:
        """One of the overrides."""
        self.known(table, ("specs", "expect", "dtype", *RULES), "an override", "overrides")
        patterns = self.words(table.get("specs", []), "specs")
        if not patterns or table.keys() == {"specs"}:
            message = "an override needs `specs`, a list of patterns, and what holds of them"
            raise self.refused(message, "overrides")
        return Override(patterns, self.expectations(table), self.dtype(table), self.rules(table))

    def rules(self, table: dict[str, Any]) -> AdviceRules:
        """Which advice is wanted, and which of it fails."""
        severity = table.get("severity", {})
        if not isinstance(severity, dict) or any(each not in SEVERITIES for each in severity.values()):
            raise self.refused('severity needs codes of advice, each with "error" or "advice"', "severity")
        select, ignore = (self.words(table.get(name, []), name) for name in ("select", "ignore"))
        for name, codes in zip(RULES, (select, ignore, tuple(severity)), strict=True):
            for code in codes:
                if code not in ADVICE_CODES:
                    hint = suggestion(code, ADVICE_CODES) or "`archcalc explain --codes` lists all codes"
                    raise self.refused(f"no advice has the code {quoted(code)}, in {name}", name, hint)
        return AdviceRules(select, ignore, severity)

    def dtype(self, table: dict[str, Any]) -> str:
        """A type of values, where one is set."""
        if "dtype" not in table:
            return ""
        try:
            return dtype_of(table["dtype"])
        except ValueError as error:
            message = f"dtype needs one of {', '.join(DTYPES)}"
            raise self.refused(message, "dtype", str(error) or None) from None

    def expectations(self, table: dict[str, Any]) -> tuple[Expectation, ...]:
        """What a table expects."""
        expected = table.get("expect", {})
        if not isinstance(expected, dict) or ("expect" in table and not expected):
            raise self.refused("expect needs a table with what is expected", "expect")
        try:
            return configured(expected, self.place)
        except SpecError as error:
            raise SpecError(error.problems, self.texts, error.truncated) from None


def _places(lines: list[str], source: str) -> Iterator[tuple[str, Span]]:
    """Keys and where they are set, the first place of each last; tables of other tools do not count."""
    shared = paths.basename(source) == SHARED
    found = []
    ours = not shared
    for number, line in enumerate(lines, 1):
        code = line.partition("#")[0]
        if shared and (table := _TABLE.match(code)):
            ours = table[1].replace(" ", "").startswith("tool.archcalc")
        if ours:
            found += [
                (key[1], Span(source, number, key.start(1) + 1, (number, key.end(1) + 1)))
                for key in _KEY.finditer(code)
            ]
    return reversed(found)
