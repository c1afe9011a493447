"""Locks: a record of every layer's output and counts, kept beside a spec, that the network must match.

A lock is read as carefully as a spec: its size is bounded, and whatever is not as `archcalc lock` writes
it is refused with its place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from os import path as paths
from typing import NoReturn

from archcalc.analysis.facts import Analysis
from archcalc.checks.difference import Pair, difference
from archcalc.checks.record import Record, records
from archcalc.errors import Problem, ReadError, RequestError, Span, SpecError
from archcalc.layers import SequenceShape, Shape, as_written
from archcalc.quoting import escaped, listed, quoted
from archcalc.records import NamedTuple

VERSION = 1
SUFFIX = ".lock"
BYTES = 8 * 1024 * 1024
LINES = 10_100
MOST_PROBLEMS = 10
HEAD = f"# archcalc lock {VERSION}"
COLUMNS = ("layer", "kind", "output", "parameters", "macs")
WIDTHS = (0, 20, 16, 14, 18)
NAME_STEP = 16
"""The column of names is a multiple of this wide, so that a new layer seldom moves the others' columns."""

ANEW = "if this is meant, `archcalc lock` writes the lock anew"
DAMAGED = "`archcalc lock` writes the lock anew; read the difference before you commit it"

_HEAD = re.compile(r"# archcalc lock ([0-9]{1,9})(?![0-9])")
_COUNT = r"[0-9]{1,3}(?:,[0-9]{3}){0,20}"
_TOTALS = re.compile(rf"# ({_COUNT}) layers?, ({_COUNT}) parameters, ({_COUNT}) macs")
_WORD = r"[A-Za-z0-9_][A-Za-z0-9_./-]*"
_FIELDS = (
    (re.compile(_WORD, re.ASCII), "the name of a layer"),
    (re.compile(_WORD, re.ASCII), "a kind"),
    (re.compile(r"[0-9]{1,12}(?:x[0-9]{1,12}){0,7}"), "an output such as 55x55x96"),
    (re.compile(_COUNT), "a count such as 34,944"),
    (re.compile(_COUNT), "a count such as 34,944"),
)


class Totals(NamedTuple):
    """What a lock says of the whole network."""

    layers: int
    parameters: int
    macs: int


def lock_beside(path: str) -> str:
    """The file of a spec's lock: `tiny.lock` for `tiny.yaml`."""
    stem = path.removesuffix(".yaml").removesuffix(".yml")
    return f"{stem}{SUFFIX}"


def lock_content(path: str) -> bytes | None:
    """What a lock holds, up to one byte more than it may; None where there is none.

    Raises ReadError where it cannot be read, and for a link: a stranger's lock may point anywhere.
    """
    try:
        if paths.islink(path) or (paths.exists(path) and not paths.isfile(path)):
            raise ReadError(f"cannot read {escaped(path)}: not a regular file")
        with open(path, "rb") as file:
            return file.read(BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ReadError(f"cannot read {escaped(path)}: {error.strerror or type(error).__name__}") from None


def lock_text(analysis: Analysis) -> str:
    """The lock of a network: a header with its totals, and one line for each input and each layer.

    Raises RequestError where that is longer than a lock may be.
    """
    text = _text(analysis)
    if len(text) > BYTES:
        raise RequestError(f"a lock has at most {BYTES:,} bytes, this one would have {len(text):,}")
    return text


def _text(analysis: Analysis) -> str:
    layers = records(analysis)
    width = max(len(layer.name) for layer in layers) // NAME_STEP * NAME_STEP + NAME_STEP
    lines = (
        f"{HEAD}: the output ({_order(layers)}) and the counts of every layer, for one example",
        "# written by `archcalc lock`; `archcalc lock --check` compares it with the spec",
        _totals_line(_totals(layers)),
        "",
        _line(COLUMNS, width),
        *(_line(_fields(layer), width) for layer in layers),
    )
    return "".join(f"{line}\n" for line in lines)


def lock_failures(analysis: Analysis, lock: str | bytes, lock_name: str) -> tuple[Problem, ...]:
    """Where a network no longer matches its lock, which errors call `lock_name`; code `lock`.

    A lock that cannot be read is the only problem, with the code `lock-syntax`.
    """
    text = _text(analysis)
    if lock == (text.encode() if isinstance(lock, bytes) else text):
        return ()
    try:
        locked = read_lock(lock, lock_name)
    except SpecError as error:
        return error.problems
    now = [_as_locked(record) for record in records(analysis)]
    found = list(_failures(difference(locked, now).pairs))
    if len(found) > MOST_PROBLEMS:
        rest = _rest(found[MOST_PROBLEMS:], _totals(locked), _totals(now), lock_name)
        found = [*found[:MOST_PROBLEMS], rest]
    return (*found[:-1], found[-1]._replace(hint=ANEW)) if found else ()


def _fields(record: Record) -> tuple[str, ...]:
    counts = (f"{record.parameters:,}", f"{record.macs:,}")
    return record.name, record.kind, _volume(record.output), *counts


def _volume(shape: Shape) -> str:
    return "x".join(map(str, as_written(shape)))


def _order(layers: Iterable[Record]) -> str:
    sequences = any(isinstance(layer.output, SequenceShape) for layer in layers)
    return "width x height x depth" + "; of sequences positions x features" * sequences


def _line(fields: Iterable[str], width: int) -> str:
    name, kind, output, *counts = fields
    cells = (name.ljust(width), kind.ljust(WIDTHS[1]), output.ljust(WIDTHS[2]))
    numbers = (count.rjust(size) for count, size in zip(counts, WIDTHS[3:], strict=True))
    return " ".join((*cells, *numbers))


def _totals(layers: Iterable[Record]) -> Totals:
    """The sums over the layers, without the inputs."""
    rest = [each for each in layers if not each.is_input]
    return Totals(len(rest), sum(each.parameters for each in rest), sum(each.macs for each in rest))


def _totals_line(totals: Totals) -> str:
    layers = f"{totals.layers:,} layer{'s' * (totals.layers != 1)}"
    return f"# {layers}, {totals.parameters:,} parameters, {totals.macs:,} macs"


def read_lock(content: str | bytes, name: str) -> tuple[Record, ...]:
    """The records of a lock; raises SpecError with the place of what is not as it is written."""
    lines = _lines(content, name)
    version = _HEAD.match(lines[0])
    if not version:
        _refuse(f"a lock begins with `{HEAD}`", Span(name, 1, 1))
    if int(version[1]) != VERSION:
        _refuse(f"the lock has version {int(version[1])}, known is {VERSION}", Span(name, 1, 1))
    found = tuple(_records(lines, name))
    _check_totals(lines, found, name)
    return found


def _lines(content: str | bytes, name: str) -> list[str]:
    """The lines of a lock; its size is bounded, and all of it is ASCII."""
    if len(content) > BYTES:
        _refuse(f"a lock has at most {BYTES:,} bytes, this one has more", Span(name, 1, 1))
    text = content.decode("latin-1") if isinstance(content, bytes) else content
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > LINES:
        _refuse(f"a lock has at most {LINES:,} lines, this one has {len(lines):,}", Span(name, LINES, 1))
    for number, line in enumerate(lines, 1):
        if not (line.isascii() and (line.isprintable() or not line)):
            column = next(i for i, c in enumerate(line, 1) if not (c.isascii() and c.isprintable()))
            _refuse("a lock holds only printable ASCII characters", Span(name, number, column))
    return lines


def _refuse(message: str, span: Span) -> NoReturn:
    raise SpecError([Problem("lock-syntax", message, span, DAMAGED)])


def _records(lines: list[str], name: str) -> Iterator[Record]:
    """A record for each input and each layer, behind the line of titles."""
    body = ((number, line) for number, line in enumerate(lines, 1) if line.strip() and line[0] != "#")
    number, line = next(body, (len(lines), ""))
    if tuple(line.split()) != COLUMNS:
        _refuse(f"a lock needs the titles `{' '.join(COLUMNS)}` here", Span(name, number, 1))
    seen: dict[str, int] = {}
    for number, line in body:
        record = _record(len(seen), line, Span(name, number, 1))
        if record.name in seen:
            _refuse(f"{record.name} stands twice, first in line {seen[record.name]}", Span(name, number, 1))
        seen[record.name] = number
        yield record
    if not seen:
        _refuse("a lock needs the line of the input here", Span(name, len(lines), 1))


def _record(number: int, line: str, place: Span) -> Record:
    """One line of a lock."""
    words = list(islice(re.finditer(r"\S+", line), len(_FIELDS) + 1))
    if len(words) != len(_FIELDS):
        _refuse(f"a line has {len(_FIELDS)} entries: {', '.join(COLUMNS)}", place)
    for word, (pattern, needed) in zip(words, _FIELDS, strict=True):
        if not pattern.fullmatch(word.group()):
            _refuse(f"needs {needed}, found {quoted(word.group())}", place._replace(column=word.start() + 1))
    name, kind, output, parameters, macs = (word.group() for word in words)
    shape = tuple(int(size) for size in reversed(output.split("x")))
    record = Record(number, name, kind, (), shape, _number(parameters), _number(macs), span=place)
    if number == 0 and not record.is_input:
        _refuse("a lock needs the line of the input here", place)
    return _as_locked(record)


def _number(count: str) -> int:
    return int(count.replace(",", ""))


def _as_locked(record: Record) -> Record:
    """A record with what a lock knows of a layer: not whether its output is a sequence."""
    output = as_written(record.output)[::-1]
    traits = (("parameters", record.parameters), ("depth", output[0]))
    return record._replace(traits=traits, output=output, reads=(), training_only=False)


def _check_totals(lines: list[str], found: tuple[Record, ...], name: str) -> None:
    """Refuse a lock whose lines do not add up to what it says they do: one is missing or was edited."""
    for number, line in enumerate(lines, 1):
        if said := _TOTALS.fullmatch(line.rstrip()):
            stated = Totals(*map(_number, said.groups()))
            if stated != _totals(found):
                _refuse(f"the lines below add up to `{_totals_line(_totals(found))}`", Span(name, number, 1))
            return
    _refuse("a lock needs its totals: `# 2 layers, 34,944 parameters, 105,415,200 macs`", Span(name, 1, 1))


def _failures(pairs: tuple[Pair, ...]) -> Iterator[Problem]:
    """What is not as locked, in the order of the network; last, what is only called otherwise."""
    changes = Counter(pair.change for pair in pairs)
    for pair in pairs:
        if pair.change in ("changed", "follows"):
            yield _moved(pair)
        elif pair.change == "inserted":
            yield Problem("lock", f"{pair.record.name} is new: {_words(pair.record)}", pair.record.span)
        elif pair.change == "removed":
            yield Problem(
                "lock", f"{pair.record.name} is gone: it was {_words(pair.record)}", pair.record.span
            )
    if changes["renamed"] and not changes["inserted"] and not changes["removed"]:
        yield _renamed([pair for pair in pairs if pair.change == "renamed"])


def _words(record: Record) -> str:
    parameters, macs = f"{record.parameters:,} parameters", f"{record.macs:,} macs"
    return f"{record.kind} with output {_volume(record.output)}, {parameters}, {macs}"


def _moved(pair: Pair) -> Problem:
    """What a layer was, and what it is."""
    old, new = pair.old, pair.new
    assert old
    assert new
    both = zip(COLUMNS[1:], _fields(old)[1:], _fields(new)[1:], strict=True)
    said = "; ".join(
        f"{title} {'were' if title[-1] == 's' else 'was'} {was}, now {now}"
        for title, was, now in both
        if was != now
    )
    name = f"{new.name} (locked as {old.name})" if old.name != new.name else new.name
    locked = (("locked here", old.span),) if old.span else ()
    return Problem("lock", f"{name}: {said}", new.span or old.span, also=locked)


def _renamed(pairs: list[Pair]) -> Problem:
    """Layers that are the same under other names."""
    names = listed((f"{pair.old.name} is now {pair.new.name}" for pair in pairs if pair.old and pair.new), 3)
    many = f"{len(pairs)} layers are" if len(pairs) > 1 else "a layer is"
    return Problem("lock", f"{many} called otherwise than locked: {names}", pairs[0].record.span)


def _rest(problems: list[Problem], old: Totals, new: Totals, lock_name: str) -> Problem:
    """How much more is not as locked, and what it comes to."""
    totals = ", ".join(
        f"{title} {was:,} → {now:,}"
        for title, was, now in zip(Totals._fields, old, new, strict=True)
        if was != now
    )
    comes_to = f"; in all {totals}" if totals else ""
    return Problem(
        "lock", f"{len(problems):,} more layers are not as locked{comes_to}", Span(lock_name, 3, 1)
    )
