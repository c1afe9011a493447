"""A config file: `archcalc.toml`, or `[tool.archcalc]` in `pyproject.toml`, of the folder or one above.

Paths and patterns in it start from its own folder, wherever archcalc is called.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import reduce
from glob import escape, has_magic
from os import path as paths

from archcalc.errors import RequestError
from archcalc.expectations.model import Expectation
from archcalc.project.advice_rules import AdviceRules
from archcalc.project.discovery import specs_within
from archcalc.project.ignored import Rule, rules_of
from archcalc.quoting import quoted
from archcalc.records import NamedTuple
from archcalc.spec.zoo import STDIN, built_in, zoo_names


class Override(NamedTuple):
    """Expectations of the specs whose paths match a pattern, the type of their values, and their advice."""

    patterns: tuple[str, ...]
    expectations: tuple[Expectation, ...]
    dtype: str = ""
    rules: AdviceRules = AdviceRules()


class Config(NamedTuple):
    """What a config file says; the empty one says nothing. `folder` is where it lies.

    dtype: the type of values of specs that declare none.
    """

    folder: str = ""
    paths: tuple[str, ...] = ()
    advice: bool = False
    strict: bool = False
    verify: bool = False
    expectations: tuple[Expectation, ...] = ()
    overrides: tuple[Override, ...] = ()
    exclude: tuple[str, ...] = ()
    dtype: str = ""
    rules: AdviceRules = AdviceRules()

    def specs(self) -> tuple[str, ...]:
        """The paths as they are written from the current folder."""
        folder = "" if paths.realpath(self.folder) == paths.realpath("") else paths.relpath(self.folder)
        return tuple(_from_here(path, folder) for path in self.paths)

    def excluding(self, patterns: tuple[str, ...]) -> tuple[Rule, ...]:
        """What is left out of folders, by the config and by `patterns`, each from its own folder on."""
        return rules_of(self.exclude, self.folder or paths.curdir) + rules_of(patterns, paths.curdir)

    def expected_of(self, spec: str) -> tuple[Expectation, ...]:
        """What is expected of one spec."""
        return sum((override.expectations for override in self._overriding(spec)), self.expectations)

    def rules_of(self, spec: str) -> AdviceRules:
        """What is said of the advice on one spec: the last override has the last word."""
        return reduce(AdviceRules.with_override, (each.rules for each in self._overriding(spec)), self.rules)

    def dtype_of(self, spec: str) -> str:
        """The type of one spec's values where it declares none: as the last override that says one has it."""
        return next((each.dtype for each in reversed(self._overriding(spec)) if each.dtype), self.dtype)

    def _overriding(self, spec: str) -> list[Override]:
        """The overrides of one spec."""
        name = self._name(spec)
        return [each for each in self.overrides if any(fnmatchcase(name, p) for p in each.patterns)]

    def refuse_idle_overrides(self, specs: Iterable[str]) -> None:
        """Raise RequestError where a pattern matches no spec at all: it may be misspelt.

        Those that are checked, those in the config's folder, and the built-in networks are looked at.
        """
        patterns = [pattern for override in self.overrides for pattern in override.patterns]
        names = [self._name(spec) for spec in specs] if patterns else []
        idle = [pattern for pattern in patterns if not any(fnmatchcase(name, pattern) for name in names)]
        if idle:
            others = [self._name(spec) for spec in specs_within(self.folder or paths.curdir)]
            names = [*others, *zoo_names()]
        for pattern in idle:
            if not any(fnmatchcase(name, pattern) for name in names):
                raise RequestError(f"no spec matches {quoted(pattern)} in the config's overrides")

    def _name(self, spec: str) -> str:
        """A spec as the config's patterns name it: from its folder, or a built-in network by its name."""
        if spec == STDIN or not paths.lexists(spec):
            return spec
        return paths.relpath(spec, self.folder or paths.curdir).replace(paths.sep, "/")


def _from_here(path: str, folder: str) -> str:
    """A path of a config file that lies in `folder`; a built-in network stays one."""
    own = paths.join(folder, path)
    if path == STDIN or (not paths.lexists(own) and built_in(path)):
        return path
    return paths.join(escape(folder), path) if has_magic(path) and not paths.lexists(own) else own
