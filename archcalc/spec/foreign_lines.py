"""Lines that YAML cannot read, as the layer that they may have been meant as.

    - Dense: 10, activation: softmax           two `:` in a line
    - conv: {filters: 32; kernel_size: 3}      `;` for `,`, or nothing
    - conv filters: 32 kernel_size: 3          no braces
    - [convolutional]: {filters: 16, size: 3}  a list for a key
    - pool: {size: (2, 2), strides: (2, 2)}    tuples, whose ends YAML takes for keys that stand twice

Only what is wrong has to import this.
"""

from __future__ import annotations

import re

from archcalc.errors import Problem, SpecError
from archcalc.spec.document import Value, parse
from archcalc.spec.foreign_forms import layer_written
from archcalc.spec.foreign_written import Written, arguments, in_python
from archcalc.spec.rewriting import line_hint

ITEM_LIMIT = 300
"""So many characters may a line have that is understood."""

_ITEM = r" *- +(.*)"
_SECTION = r"\[(\w+)\](:? |:?$)"
_SETTING = r"(\w+): *([^\s,:]+)"
_WITHOUT_BRACES = r"([A-Za-z_][\w.]*)((?: +\w+: *[^\s,:]+,?)+)"
_SETTINGS_BEHIND = r"([A-Za-z_][\w.]*): +([^\s:{}\[\]][^:{}\[\]]*(?:: .*)?)"


def with_line_hint(problem: Problem, texts: dict[str, str]) -> Problem:
    """What is wrong with a document, with the hint of the layer that a line was meant as, where it is one."""
    if problem.span is None or problem.code not in ("syntax", "duplicate-key"):
        return problem
    lines = texts.get(problem.span.source, "").split("\n")
    hint = hint_for_line(lines[problem.span.line - 1]) if problem.span.line <= len(lines) else None
    return problem._replace(hint=hint) if hint else problem


def hint_for_line(line: str) -> str | None:
    """What to write in place of a line that YAML cannot read, where it is an item of a list that is known."""
    item = re.match(_ITEM, line.rstrip())
    if item is None or len(line) > ITEM_LIMIT or _read(item[1]) is not None:
        return None
    written = _written(item[1])
    return line_hint(written) if written else None


def _written(text: str) -> Written | None:
    text = re.sub(_SECTION, r"darknet.\1\2", text, count=1)
    value = _read(_with_commas(_with_lists(text.replace(";", ","))))
    if value is not None:
        return layer_written(value)
    if bare := re.fullmatch(_WITHOUT_BRACES, text):
        return Written(bare[1], {name: in_python(each) for name, each in re.findall(_SETTING, bare[2])})
    behind = re.fullmatch(_SETTINGS_BEHIND, text)
    if behind is None:
        return None
    positional, settings = arguments(re.sub(r"(\w): ", r"\1=", behind[2]))
    return Written(behind[1], settings, positional)


def _with_commas(text: str) -> str:
    """The text with a comma where one is missing between two settings."""
    return re.sub(r"(: [^\s,{}\[\]:]+) +(?=\w+: )", r"\1, ", text)


def _with_lists(text: str) -> str:
    """The text with tuples as lists, where they are values: `(2, 2)` behind `: ` is `[2, 2]`."""
    return re.sub(r"(?<=: )\(([^()]*)\)", r"[\1]", text)


def _read(text: str) -> Value | None:
    try:
        return parse(text.encode("utf-8", "surrogatepass"), "", {})
    except SpecError:
        return None
