"""`archcalc check --fix`: what mends specs, shown as a diff and written to their files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from archcalc.errors import ArchcalcError

if TYPE_CHECKING:
    from archcalc.checks.run import Criteria


def fixed(
    specs: list[str], criteria: Iterable[Criteria], to_files: bool, show: Callable[[str], object]
) -> dict[str, Exception]:
    """Show the diff of what mends specs, one by one, after writing it where asked for.

    A file that several specs use is mended once: behind the first of them the others are checked anew.
    Returns the bugs that kept specs from being mended, by spec: they cost the others nothing.
    """
    from archcalc.checks.fix import patches, refuse_unwritable, write
    from archcalc.checks.run import check_spec

    for spec in specs:
        refuse_unwritable(spec)
    shown: set[str] = set()
    bugs: dict[str, Exception] = {}
    for spec, held_to in zip(specs, criteria, strict=True):
        checked = check_spec(spec, held_to._replace(verify=False))
        try:
            for patch in tuple(patches(spec, checked)):
                if to_files:
                    write(patch)
                if patch.diff not in shown:
                    show(patch.diff)
                shown.add(patch.diff)
        except ArchcalcError:
            raise
        except Exception as error:
            bugs[spec] = error
    return bugs
