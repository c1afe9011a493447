"""`archcalc check --fix`: what mends specs, shown as a diff and written to their files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archcalc.checks.run import Request


def fixed(specs: list[str], requests: Iterable[Request], to_files: bool) -> str:
    """The diff of what mends specs, one by one, after writing it where asked for.

    A file that several specs use is mended once: behind the first of them the others are checked anew.
    """
    from archcalc.checks.fix import patches, refuse_unwritable, write
    from archcalc.checks.run import check_spec

    for spec in specs:
        refuse_unwritable(spec)
    diffs: dict[str, None] = {}
    for spec, request in zip(specs, requests, strict=True):
        checked = check_spec(spec, request._replace(verify=False))
        for patch in tuple(patches(spec, checked)):
            if to_files:
                write(patch)
            diffs[patch.diff] = None
    return "".join(diffs)
