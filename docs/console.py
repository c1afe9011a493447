"""The fenced blocks of a page: the specs that they hold, and the commands that they show.

* A block ```yaml title=tiny.yaml``` is written to the folder in which the page's commands run. A title that
  begins with `wrong` marks a spec that must be refused.
* A block ```console``` holds commands, `$ archcalc …`, each above the output that it must write: what goes to
  standard output and to standard error, as it comes. A line `...` stands for any lines.
* The built-in networks lie in `specs/`, as in a clone.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from archcalc.cli.app import exit_code

ROOT = Path(__file__).resolve().parent.parent
FENCE = "```"
PROMPT = "$ "
ELISION = "..."


class Block(NamedTuple):
    """A fenced block: the words behind its fence, the number of its first line (from 0), and its lines."""

    info: str
    start: int
    lines: tuple[str, ...]

    @property
    def language(self) -> str:
        """The first word behind the fence."""
        return self.info.partition(" ")[0]

    @property
    def title(self) -> str:
        """The file that the block is, or nothing."""
        found = re.search(r"\btitle=([\w.-]+)", self.info)
        return found[1] if found else ""

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "".join(f"{line}\n" for line in self.lines)


class Step(NamedTuple):
    """One command of a console block: the number of its line, what is typed, and the output shown below."""

    line: int
    command: str
    shown: tuple[str, ...]


def pages() -> list[Path]:
    """The pages whose blocks are kept true."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    start, info = None, ""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if not line.startswith(FENCE):
            continue
        if start is None:
            start, info = number + 1, line.removeprefix(FENCE).strip()
        else:
            yield Block(info, start, tuple(lines[start:number]))
            start = None
    if start is not None:
        raise ValueError(f"the block that begins in line {start} has no end")


def steps(block: Block) -> Iterator[Step]:
    """The commands of a console block, each with its output; empty lines at its end are not part of it."""
    begins = [number for number, line in enumerate(block.lines) if line.startswith(PROMPT)]
    if begins[:1] != [0]:
        raise ValueError(f"the console block in line {block.start} does not begin with a command")
    for begin, end in zip(begins, [*begins[1:], len(block.lines)], strict=True):
        shown = block.lines[begin + 1 : end]
        while shown and not shown[-1]:
            shown = shown[:-1]
        yield Step(block.start + begin, block.lines[begin].removeprefix(PROMPT), shown)


def furnish(folder: Path, text: str) -> None:
    """Put the files into a folder that a page's commands may name."""
    shutil.copytree(ROOT / "specs", folder / "specs", dirs_exist_ok=True)
    for block in blocks(text):
        if block.title:
            (folder / block.title).write_text(block.text, encoding="utf-8")


def output_of(command: str, folder: Path) -> tuple[str, ...]:
    """The lines that a command writes when it runs in a folder, its errors among them."""
    program, *arguments = shlex.split(command, comments=True)
    if program != "archcalc":
        raise ValueError(f"a console block runs archcalc, not {program}")
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True)
    with contextlib.chdir(folder), contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        code = exit_code(arguments)
    stream.seek(0)
    output = stream.read().removesuffix("\n")
    if code == 3:
        raise RuntimeError(f"`{command}` found a bug: {output}")
    return tuple(output.split("\n")) if output else ()


def refreshed(text: str, folder: Path) -> str:
    """A page with the output below each of its commands as it is now; what was elided stays so."""
    furnish(folder, text)
    lines = text.split("\n")
    for block in reversed(list(blocks(text))):
        if block.language == "console":
            for step in reversed(list(steps(block))):
                begin = step.line + 1
                lines[begin : begin + len(step.shown)] = elided(step, output_of(step.command, folder))
    return "\n".join(lines)


def elided(step: Step, output: tuple[str, ...]) -> tuple[str, ...]:
    """The output without the lines that were elided before.

    At its beginning, as many lines are kept as were shown. What is shown further on is found again by the
    first word of its first line; at the end, all lines from there are kept.
    """
    if ELISION not in step.shown:
        return output
    first, *middle, last = _runs(step.shown)
    kept, place = [output[: len(first)]], len(first)
    for run in filter(None, middle):
        place = _found(run, output, place, step)
        kept.append(output[place : place + len(run)])
        place += len(run)
    kept.append(output[_found(last, output, place, step) :] if last else ())
    return tuple(line for run in kept for line in (ELISION, *run))[1:]


def _runs(shown: tuple[str, ...]) -> list[tuple[str, ...]]:
    """What is shown, divided at the elisions."""
    runs: list[tuple[str, ...]] = [()]
    for line in shown:
        runs = [*runs, ()] if line == ELISION else [*runs[:-1], (*runs[-1], line)]
    return runs


def _found(run: tuple[str, ...], output: tuple[str, ...], place: int, step: Step) -> int:
    """Where the lines stand in the output, from `place` on."""
    word = run[0].split()[:1]
    for number in range(place, len(output)):
        if output[number].split()[:1] == word:
            return number
    raise ValueError(f"`{step.command}` writes no further line that begins with {word}: elide it anew")
