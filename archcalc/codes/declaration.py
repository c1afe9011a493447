"""What is declared of a code: the form in which every error and every advice explains itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcalc.records import NamedTuple

if TYPE_CHECKING:
    from archcalc.codes import Code

PROMPT = "$ "
"""What a command in an example begins with."""


class Declaration(NamedTuple):
    """One code.

    what: one sentence, what was found.
    why: why it is refused, or advised against.
    mend: what to do.
    example: a spec that raises it; or, where a spec alone cannot, commands that do, each behind PROMPT.
    mended: the spec, mended; empty where the example is commands.
    detail: what more there is to know: how it is worked out, what is let pass.
    source: where the reasons come from.

    Examples are indented as their surroundings are; `archcalc.codes.table` takes that off.
    """

    code: Code
    what: str
    why: str
    mend: str
    example: str
    mended: str = ""
    detail: str = ""
    source: str = ""
