"""Specs that are written to take long or to fill the memory: each ends within a second or two.

Every case is built to the limits of a file, most of them around something that once was, or in other
readers is, quadratic or exponential.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from patience import PATIENCE
from sweeps import thinned

from archcalc.analysis.facts import analyze
from archcalc.analysis.quantities import totals
from archcalc.errors import SpecError
from archcalc.spec.encoding import BYTE_LIMIT
from archcalc.spec.load import loads

HEAD = "input: {channels: 3, height: 8, width: 8}\nlayers:\n"
LARGEST = 2147483647
MEBIBYTES = 300
SAID = 10_000


def filled(unit: str, head: str = "", tail: str = "") -> str:
    """A file full of one unit."""
    return head + unit * ((BYTE_LIMIT - len(head) - len(tail)) // len(unit.encode())) + tail


def numbered(unit: str, head: str = "", tail: str = "", count: int = 10**6, size: int = BYTE_LIMIT) -> str:
    """As many numbered units as there is room for, or `count`."""
    parts, room = [], size - len(head) - len(tail)
    for number in range(count):
        part = unit.replace("#", str(number)).replace("@", str(number + 1))
        room -= len(part)
        if room < 0:
            break
        parts.append(part)
    return head + "".join(parts) + tail


def spec(layers: str, blocks: str = "", variables: str = "") -> str:
    return f"variables: {{{variables}}}\nblocks: {{{blocks}}}\n{HEAD}{layers}\n"


def repeated(layer: str, times: int = LARGEST) -> str:
    return f"  - repeat: {{times: {times}, layers: [{layer}]}}\n"


def doubled(kind: str, inner: str, levels: int) -> str:
    """Blocks that each use the one before twice."""
    return f"b0: {{layers: [{inner}]}}, " + ", ".join(
        f"b{i}: {{layers: [{kind.replace('?', f'b{i - 1}')}]}}" for i in range(1, levels)
    )


LONG = "+".join(["1"] * 120)
COSTLY = f'"${{{LONG}}}"'
BIG_LIST = "[" + "1," * 90_000 + "1]"

FILES: dict[str, Callable[[], str]] = {
    **{unit: lambda unit=unit: filled(unit) for unit in ("[", "{", "- ", "? ", "{a: ", "[? ", "- ? ", ": ")},
    **{
        unit: lambda unit=unit: filled(unit)
        for unit in ("a: ", "a:", "a", "a ", "9", "1e9", "-", "}", ",", "&a ")
    },
    **{
        unit: lambda unit=unit: filled(unit)
        for unit in ("* ", "!a ", "|\n", ">-\n", "@", '""', "''", "%", "%\n")
    },
    **{
        unit: lambda unit=unit: filled(unit)
        for unit in ("\n", " ", "\t", "#", "# x\n", "\r", "\r\n", "---\n", "...\n")
    },
    **{
        unit: lambda unit=unit: filled(unit)
        for unit in ("?\n", "-\n", "a: \n", "- a\n", "a\n---\n", "\U0001f600")
    },
    "different keys": lambda: numbered("k#: \n"),
    "different keys in braces": lambda: numbered("k#: 1,", "{"),
    "keys without values": lambda: numbered("k#,", "{"),
    "items": lambda: filled("1,", "["),
    "short lists": lambda: filled("[1],", "["),
    "pairs in a list": lambda: filled("? a : b,", "["),
    "one text": lambda: filled("a", '"', '"'),
    "one open text": lambda: filled("a", '"'),
    "escapes": lambda: filled("\\x41", '"', '"'),
    "open escapes": lambda: filled("\\u0041", '"'),
    "lines of a text": lambda: filled("\n a", 'name: "b'),
    "lines of plain text": lambda: filled("\n\n a", "name: b"),
    "literal": lambda: filled("  a\n", "name: |\n"),
    "folded": lambda: filled("  a\n\n", "name: >\n"),
    "blank lines of a literal": lambda: filled("\n", "name: |\n"),
    "long words": lambda: filled("a" * 1000 + "\n "),
    "anchors": lambda: numbered("- &a# x\n"),
    "tags": lambda: numbered("- !a# x\n"),
    "tag directives": lambda: numbered("%TAG !a#! tag:x#\n", tail="---\na\n"),
    "tag directives behind a document": lambda: numbered("%TAG !a#! tag:x#\n", "a\n...\n"),
    "tag directives behind a mark": lambda: numbered("%TAG !a#! tag:x#\n", "---\n"),
    "yaml directives": lambda: filled("%YAML 1.1\n"),
    "stairs": lambda: "".join(f"{' ' * i}a:\n" for i in range(1400)),
}
SPECS: dict[str, Callable[[], str]] = {
    "a repeat": lambda: spec(repeated("relu")),
    "a repeat of nothing": lambda: spec(repeated("repeat: {times: 0, layers: [relu]}")),
    "repeats of nothing": lambda: spec(repeated(repeated("repeat: {times: 0, layers: [relu]}")[4:])),
    "a repeat of no list": lambda: spec(repeated("{}")[:-5] + "{}}"),
    "a repeat of layers left out": lambda: spec(repeated("relu: {when: false}")),
    "a repeat of long expressions": lambda: spec(repeated(f'relu: {{when: "${{{LONG} < 1}}"}}')),
    "a repeat of unknown kinds": lambda: spec(repeated("conw")),
    "a repeat of empty branches": lambda: spec(repeated(f"branches: {{paths: [{'[],' * 20_000}[]]}}")),
    "a repeat of wide merges": lambda: spec(
        "  - relu: {name: x}\n" + repeated(f"add: {{from: [{'x,' * 90_000}x]}}")
    ),
    "a repeat of long names": lambda: spec(
        repeated(f"residual: {{name: {'m' * 100}, when: false, body: []}}").replace(
            "times", f"name: {'n' * 90}, times"
        )
    ),
    "a block with a large setting": lambda: spec(
        repeated("b"), f"b: {{settings: {{x: {BIG_LIST}}}, layers: [relu]}}"
    ),
    "a block with many settings": lambda: spec(
        repeated("b"), numbered("a#: 1,", "b: {settings: {", "}, layers: [relu]}", 40_000)
    ),
    "many settings given": lambda: spec(
        numbered("a#: 1,", "  - b: {", "}\n", 20_000),
        numbered("a#: 1,", "b: {settings: {", "}, layers: [relu]}", 20_000),
    ),
    "many unknown settings given": lambda: spec(
        numbered("c#: 1,", "  - b: {", "}\n", 20_000),
        numbered("a#: 1,", "b: {settings: {", "}, layers: [relu]}", 20_000),
    ),
    "a table of many rows": lambda: spec(f"  - repeat: {{each: {{a: {BIG_LIST}}}, layers: [relu]}}"),
    "a table of many rows of nothing": lambda: spec(
        repeated("repeat: {each: {a: $big}, layers: [relu: {when: false}]}"), "", f"big: {BIG_LIST}"
    ),
    "a table of many columns": lambda: spec(
        repeated("repeat: {each: $t, layers: [relu]}"), "", numbered("a#: [],", "t: {", "}", 30_000)
    ),
    "a table of many long columns": lambda: spec(
        "  - repeat: {each: $t, layers: [relu]}",
        "",
        f"big: [{'1,' * 40_000}1], " + numbered("a#: $big,", "t: {", "}", 20_000),
    ),
    "tables in tables": lambda: spec(
        "  - " + "repeat: {each: {a: [1, 1, 1, 1]}, layers: [" * 9 + "relu" + "]}" * 9
    ),
    "an uneven table": lambda: spec(
        "  - repeat: {each: $t, layers: [relu]}", "", numbered("a#: [1, #],", "t: {", "z: []}", 20_000)
    ),
    "computed kinds": lambda: spec(repeated("$k"), "", "k: relu"),
    "computed kinds that are unknown": lambda: spec("  - $k\n" * 9_000, "", "k: reluu"),
    "long alternatives": lambda: spec(repeated(f'relu: {{when: "${{{"1 if 0 else " * 19}0}}"}}')),
    "many variables and an index": lambda: spec(
        repeated('relu: {when: "${i > 0}"}', 9_999).replace("times", "index: i, times"),
        "",
        numbered("v#: 1,", count=40_000),
    ),
    "many variables and a block": lambda: spec(
        repeated("b: {w: 1}", 9_999),
        "b: {settings: {w: 1}, layers: [relu]}",
        numbered("v#: 1,", count=40_000),
    ),
    "long expressions": lambda: spec(repeated(f"conv: {{filters: {COSTLY}, kernel_size: {COSTLY}}}")),
    "different long expressions": lambda: spec(
        numbered(f'  - relu: {{when: "${{#+{LONG} > 0}}"}}\n', size=BYTE_LIMIT - 200)
    ),
    "squares of squares": lambda: spec(
        "  - relu", "", numbered('a@: "${a#*a#}",', "a0: 9,", size=BYTE_LIMIT - 200)
    ),
    "texts of texts": lambda: spec(
        "  - relu", "", numbered('a@: "$a#$a#",', "a0: x,", size=BYTE_LIMIT - 200)
    ),
    **{
        f"lists of lists as {key}": lambda key=key: spec(
            f"  - conv: {{{key}: $a5000}}", "", numbered("a@: [$a#,$a#,$a#],", "a0: [1],", count=5000)
        )
        for key in ("filters", "padding", "note", "name", "from", "when")
    },
    "lists of lists in a text": lambda: spec(
        '  - relu: {name: "x$a5000"}', "", numbered("a@: [$a#,$a#,$a#],", "a0: [1],", count=5000)
    ),
    "lists of lists expected": lambda: (
        spec("  - relu", "", numbered("a@: [$a#,$a#],", "a0: [1],", count=5000))
        + "expect: {parameters: $a5000, output: $a5000, uses: $a5000}"
    ),
    "a large mapping as padding": lambda: spec(
        repeated("conv: {filters: 1, kernel_size: 1, padding: $m}"),
        "",
        numbered("a#: 1,", "m: {", "}", 30_000),
    ),
    "blocks that double": lambda: spec("  - b39", doubled("?, ?", "relu, relu", 40)),
    "blocks that double nothing": lambda: spec("  - b39", doubled("?, ?", "", 40)),
    "blocks that double faults": lambda: spec("  - b39", doubled("?, ?", "reluu", 40)),
    "blocks in blocks": lambda: spec("  - b999", doubled("?", "relu", 1000)),
    "blocks that use each other": lambda: spec(
        "  - b0", ", ".join(f"b{i}: {{layers: [b{(i + 1) % 999}]}}" for i in range(999))
    ),
    "unknown kinds": lambda: numbered("  - conw#: {units: 3}\n", HEAD, count=15_000),
    "a block with a fault, often used": lambda: spec("  - b\n" * 9_000, "b: {layers: [conv: {filtes: 3}]}"),
    "a block with a large fault": lambda: spec(
        "  - b\n" * 9_000, numbered("a#: 1,", "b: {layers: [convv: {", "}]}", 30_000)
    ),
    "names that are not there": lambda: numbered("  - relu: {from: nam#}\n", HEAD, count=9_000),
    "names that are nearly there": lambda: (
        numbered("  - relu: {name: stage#/block#/convx}\n", HEAD, count=4_900)
        + numbered("  - relu: {from: stage#/block#/convy}\n", count=4_900)
    ),
    "names that stand later": lambda: numbered("  - relu: {from: relu@}\n", HEAD, count=9_000),
    "two chains that cross": lambda: (
        numbered("  - relu: {name: a@, from: b#}\n", HEAD, count=4_900)
        + numbered("  - relu: {name: b#, from: a#}\n", count=4_900)
    ),
    "names taken": lambda: HEAD + "  - relu: {name: a}\n" * 15_000,
    "default names taken": lambda: (
        numbered("  - relu: {name: relu@}\n", HEAD, count=4_999) + "  - relu\n" * 5_000
    ),
    "names lost": lambda: (
        numbered("a#: 1,", f"{HEAD}  - convv: {{", "}\n", 20_000)
        + numbered("  - relu: {from: conv#}\n", count=9_000)
    ),
    "volumes unread": lambda: HEAD + "  - relu: {from: input}\n" * 9_999,
    "outputs": lambda: HEAD + "  - relu: {name: a}\noutputs: [" + "a," * 90_000 + "a]\n",
    "outputs that are not there": lambda: numbered("b#,", HEAD + "  - relu\noutputs: [", "a]", 90_000),
    "expectations": lambda: numbered("b#: 1,", HEAD + "  - relu\nexpect: {", "}", 40_000),
    "expectations of layers": lambda: numbered(
        "b#: {x: 1},", HEAD + "  - relu\nexpect: {layers: {", "}}", 20_000
    ),
    "a long shape expected": lambda: HEAD + "  - relu\nexpect: {output: " + BIG_LIST + "}",
    "bounds expected": lambda: HEAD + "  - relu\nexpect: {macs: [" + "'>= 0'," * 90_000 + "]}",
    "auxiliary outputs": lambda: HEAD + "  - relu: {name: a}\nauxiliary: [" + "a," * 90_000 + "a]\n",
    "libraries": lambda: numbered("a#,", "include: [", "]\n" + HEAD + "  - relu", 40_000),
    "libraries that are one": lambda: "include: [" + "blocks/mobile," * 40_000 + "]\n" + HEAD + "  - relu",
    "advice silenced": lambda: numbered("b#,", HEAD + "  - relu\nsilence: [", "]", 90_000),
    "sizes of the input": lambda: numbered("b#: 1,", "input: {", "}\nlayers: [relu]", 40_000),
    "keys at the top": lambda: numbered("b#: 1\n", count=40_000) + "layers: [relu]\n",
    "keys of a layer": lambda: spec("  - fc: {" + "{" * 20),
    "a hundred thousand values": lambda: (
        HEAD + "  - conv: {filters: 64, kernel_size: 3, padding: 1, stride: 1}\n" * 9_080
    ),
    "ten thousand residuals": lambda: (
        HEAD + "  - residual: {body: [conv: {filters: 3, kernel_size: 3, padding: 1}]}\n" * 5_000
    ),
}
CASES = FILES | SPECS


def peak() -> int:
    """The most memory that this process has held, in MiB; that of the process it was forked from left out."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) // 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def report(names: list[str]) -> dict[str, object]:
    """Read these cases: CPU seconds and length of what is said of each, and the most memory held, in MiB."""
    found: dict[str, object] = {}
    for name in names:
        text = CASES[name]()
        begin = time.process_time()
        try:
            loads(text, "s.yaml")
            said = ""
        except SpecError as error:
            said = "\n".join(map(str, error.problems))
        found[name] = time.process_time() - begin, len(said)
    return {"cases": found, "memory": peak()}


SHORT = ("[", "a repeat of nothing", "blocks that double", "names that are nearly there")
GROUPS = {"files": tuple(FILES), **{f"specs {start}": tuple(SPECS)[start - 1 :: 5] for start in range(1, 6)}}
CODE = """
import gc, json, sys
from archcalc.cli import MANY
gc.set_threshold(MANY, *gc.get_threshold()[1:])  # as the program itself sets it
sys.path[:0] = sys.argv[1:3]
import test_hostile
json.dump(test_hostile.report(sys.argv[3:]), sys.stdout)
"""


@pytest.mark.parametrize(
    "names",
    [SHORT, *(pytest.param(names, marks=pytest.mark.slow) for names in GROUPS.values())],
    ids=["the worst", *GROUPS],
)
def test_they_end_soon_say_little_and_need_little_memory(names):
    """In a process of their own, so that its memory can be looked at."""
    command = [sys.executable, "-c", CODE, *map(str, Path(__file__).parents[:2]), *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert {name: seconds for name, (seconds, _) in found["cases"].items() if seconds > PATIENCE} == {}
    assert {name: length for name, (_, length) in found["cases"].items() if length > SAID} == {}
    assert found["memory"] < MEBIBYTES
    assert done.stderr == ""


def test_they_are_as_large_as_a_file_may_be():
    """So that what they take is the most they can take."""
    sizes = {name: len(build().encode()) for name, build in FILES.items() if name != "stairs"}
    assert {name for name, size in sizes.items() if not BYTE_LIMIT - 1100 < size <= BYTE_LIMIT} == set()
    assert all(len(build().encode()) <= BYTE_LIMIT for build in SPECS.values())


@pytest.mark.parametrize(
    ("layers", "count"),
    thinned([("  - relu\n", 1), ("  - conv: {filters: 8, kernel_size: 1}\n  - relu\n", 2)], 2),
)
def test_work_grows_with_the_layers(layers, count):
    """Eight times the layers are read with at most about eight times the calls: counted, not timed."""

    def calls(number: int) -> int:
        text, seen = HEAD + layers * (number // count), [0]

        def counted(_frame: object, event: str, _argument: object) -> None:
            seen[0] += event in ("call", "c_call")

        sys.setprofile(counted)
        try:
            loads(text)
        finally:
            sys.setprofile(None)
        return seen[0]

    calls(count)
    assert calls(8_000) < 8.2 * calls(1_000)


def test_the_largest_sizes_are_exact():
    """Convolutions with 2^31 − 1 filters over as many channels, rows and columns."""
    largest = LARGEST
    head = f"input: {{channels: {largest}, height: {largest}, width: {largest}}}\nlayers:\n"
    found = totals(analyze(loads(head + f"  - conv: {{filters: {largest}, kernel_size: 1}}\n" * 3)))
    assert found["weights"] == 3 * largest**2
    assert found["biases"] == 3 * largest
    assert found["macs"] == 3 * largest**4
    assert found["activations"] == 4 * largest**3
