"""Run every command on random networks, and read mutated specs, at length.

    python tests/fuzz/fuzz.py commands --count 1000 --seed 1
    python tests/fuzz/fuzz.py mutations --count 100000 --seed 1

`commands`: random valid networks of all kinds and structures; each command ends with exit code 0, and
`verify` agrees. `mutations`: specs with other bytes, words, values, keys and nesting; nothing is raised but
errors of archcalc, in 2 s of CPU time and 300 MiB at most. What fails is printed whole, with its seed.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from networks import network

from archcalc.checks.repair import repairs
from archcalc.cli.app import exit_code
from archcalc.cli.diagnostics import problems_text
from archcalc.errors import SpecError
from archcalc.spec.load import parse_spec

COMMANDS = (
    ("summarize",),
    ("summarize", "--explain"),
    ("summarize", "-f", "json"),
    ("verify", "--shapes-only"),
    ("memory",),
    ("memory", "--train", "sgd"),
    ("memory", "-f", "csv"),
    ("check", "--advice", "--no-config"),
    ("compare-fc",),
    ("reconcile",),
    ("show",),
    ("show", "--flat"),
    ("show", "--variables"),
)
SECONDS = 2
MEBIBYTES = 300
GREATEST = 2**31 - 1
NUMBERS = (0, 1, 2, 7, 255, 65_536, 1_000_003, 2**30, GREATEST - 1, GREATEST, GREATEST + 1, 2**63, -1)


def failures_of_commands(text: str, folder: Path, most: float) -> Iterator[str]:
    """What goes wrong when each command reads a valid network."""
    path = folder / "net.yaml"
    path.write_text(text, encoding="utf-8")
    names = [node.name for node in parse_spec(text).network.nodes]
    calls = [[*command, str(path)] for command in COMMANDS]
    for command in (*calls, *(["explain", str(path), name] for name in names)):
        begin = time.process_time()
        code, said = run(command)
        if code:
            yield f"{' '.join(command).replace(str(path), 'SPEC')}: exit {code}: {said.strip()[-400:]}"
        if time.process_time() - begin > most:
            yield f"{command[0]}: {time.process_time() - begin:.1f} s"


def run(args: list[str]) -> tuple[int, str]:
    """The exit code of a command, and the last it says."""
    output = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with redirect_stdout(output), redirect_stderr(output):
        code = exit_code(args)
    output.flush()
    return code, output.buffer.getvalue().decode()


def existing_inputs() -> Callable[[int, int], Iterator[bytes]]:
    """The inputs of the tests of the reader: bytes, soups of words, mutations of real specs, structures."""
    place = Path(__file__).parent.parent / "spec" / "test_fuzz.py"
    found = importlib.util.spec_from_file_location("test_fuzz", place)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    inputs: Callable[[int, int], Iterator[bytes]] = module.inputs
    return inputs


def mutated(random: Random, text: str) -> str:
    """A spec with one to three things changed: numbers, words, lines, brackets."""
    for _ in range(random.randint(1, 3)):
        text = random.choice((_number, _number, _number, _word, _line, _bracket, _nested))(random, text)
    return text


def _number(random: Random, text: str) -> str:
    return _at_random(random, r"(?<![\w.])\d+", str(random.choice(NUMBERS)), text)


def _word(random: Random, text: str) -> str:
    words = re.findall(r"[a-z_0-9]+(?=: |\b)", text)
    return _at_random(random, r"[A-Za-z_]\w*", random.choice(words), text)


def _line(random: Random, text: str) -> str:
    lines = text.splitlines()
    lines.insert(random.randrange(len(lines) + 1), random.choice(lines))
    del lines[random.randrange(len(lines))]
    return "\n".join(lines)


def _bracket(random: Random, text: str) -> str:
    return _at_random(
        random, r"[\[\]{},:]", random.choice(("", "[", "]", "{", "}", "(", ")", " ", ": ", "…")), text
    )


def _nested(random: Random, text: str) -> str:
    return _at_random(
        random, r"(?<=: )\w+", random.choice(("[[1, 2], 3]", "{a: {b: 1}}", "[]", "null", "1e9")), text
    )


def _at_random(random: Random, pattern: str, new: str, text: str) -> str:
    """The text with one of the matches of a pattern replaced."""
    found = list(re.finditer(pattern, text))
    if not found:
        return text
    place = random.choice(found)
    return text[: place.start()] + new + text[place.end() :]


def specs(seed: int, count: int) -> Iterator[bytes]:
    """So many specs, most of them wrong: two of three are mutations of random networks."""
    random = Random(seed)
    others = existing_inputs()(seed, count)
    bases = [network(f"{seed}/{number}", 5) for number in range(min(200, 1 + count // 20))]
    for number in range(count):
        yield next(others) if number % 3 == 0 else mutated(random, random.choice(bases)).encode()


def fault_of_reading(data: bytes, most: float) -> str:
    """What goes wrong when a spec is read, analysed, and what is wrong with it is said and mended."""
    begin, before = time.process_time(), peak()
    try:
        parse_spec(data, "s.yaml").analyze()
    except SpecError as error:
        problems_text(error)
        repairs(error)
    except Exception as error:  # a fault of any kind is what is looked for
        return f"{type(error).__name__}: {error}"
    seconds, grown = time.process_time() - begin, peak() - before
    if seconds > most or grown > MEBIBYTES:
        return f"{seconds:.1f} s, {grown} MiB more"
    return ""


def guarded(data: bytes, most: float) -> str:
    """As above, with what is raised while an error is told."""
    try:
        return fault_of_reading(data, most)
    except Exception as error:
        return f"while it was told: {type(error).__name__}: {error}"


def peak() -> int:
    """The most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def faults_of_commands(seed: int, count: int, most: float = SECONDS) -> Iterator[str]:
    """What goes wrong with so many networks, where a command may take so many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            text = network(f"{seed}/{number}")
            for fault in failures_of_commands(text, Path(folder), most):
                yield f"network {seed}/{number}: {fault}\n{text}"


def faults_of_mutations(seed: int, count: int, most: float = SECONDS) -> Iterator[str]:
    """What goes wrong with so many specs, each of which may take so many seconds."""
    for number, data in enumerate(specs(seed, count)):
        if fault := guarded(data, most):
            yield f"spec {number} of seed {seed}: {fault}\n{data!r}"


FAULTS = {"commands": faults_of_commands, "mutations": faults_of_mutations}


def main() -> int:
    """Print what fails; the exit code says whether anything did."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=FAULTS)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begin, found = time.process_time(), Counter()
    for fault in FAULTS[options.what](options.seed, options.count):
        found[fault.partition("\n")[0].partition(": ")[2][:60]] += 1
        print(fault, end="\n\n", flush=True)
    print(f"{options.count} of {options.what}: {found.total()} faults, {time.process_time() - begin:.0f} s")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
