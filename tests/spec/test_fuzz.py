"""Nothing that anybody can write ends in anything but a network or a SpecError that points into the text.

The inputs are raw bytes, soups of words, mutations of real specs and random structures, drawn from a seeded
generator: a seed and a number name an input for good.
"""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from patience import PATIENCE

from archcalc.analysis.facts import analyze
from archcalc.errors import Problem, SpecError
from archcalc.layers import LAYERS
from archcalc.layers.aliases import KIND_ALIASES, SETTING_ALIASES
from archcalc.spec.load import loads
from archcalc.spec.problems import PROBLEM_LIMIT
from archcalc.spec.zoo import zoo_folder

WHOLE_LANGUAGE = """\
name: "Net ${width}"
source: everything at once
variables: {width: 4, kernel: [3, 1], double: "${2 * width}", rectified: relu}
input: {channels: 3, height: 16, width: 16}
include: [blocks/mobile]
blocks:
  unit:
    settings: {filters: required, stride: 1, half: "${filters // 2}", activation: relu}
    layers:
      - conv: {name: c, filters: $filters, kernel_size: 3, stride: $stride, padding: 1, bias: false}
      - batchnorm
      - $activation: {when: "${stride == 1}"}
      - conv: {filters: "${max(half, 1)}", kernel_size: $kernel, padding: [1, 0]}
  tower:
    settings: {depth: 2}
    layers:
      - repeat: {name: level, times: $depth, index: i, layers: [unit: {filters: "${i * width}"}]}
layers:
  - Conv2d: {name: stem, out_channels: $double, kernel_size: 3, P: 1, note: first}
  - residual:
      name: res
      body: [conv: {filters: 8, kernel_size: 3, padding: same}]
      shortcut: [conv: {filters: 8, kernel_size: 1, from: stem}]
  - branches:
      merge: concat
      paths: {left: [], right: [maxpool: {kernel_size: 3, stride: 1, padding: 1}], deep: [tower: {depth: 1}]}
  - tower: {name: t, from: stem}
  - separable: {filters: 4, kernel_size: 3, padding: {top: 1, bottom: 1, left: 1, right: 1}}
  - pad: {padding: [[0, 1], 2], channels: [1, 2]}
  - add: {name: sum, from: [res, stem]}
  - concat: {from: [sum, input]}
  - repeat:
      name: row
      index: i
      each: {op: [conv_norm, unit], filters: [4, "${width * divisible(width, 3, 2)}"]}
      layers:
        - residual: {add: "${i == 9 and not 0}", body: [$op: {filters: $filters, activation: $rectified}]}
        - dropout: {when: "${1 if i else 0}"}
  - global_avgpool
  - fc: {units: 10}
  - fc: {name: head, units: 3, from: global_avgpool1}
outputs: [fc1, t, concat1, pad1]
auxiliary: head
expect: {output: [10], parameters: 4000}
"""

NASTY = (
    *("", "~", "null", "true", "yes", "-", "- -", "?", ":", "::", "{", "}", "[", "]", ",", "#", "&a", "*a"),
    *("!x", "!!int", "|", ">", "'", '"', "%", "@", "`", "<<", "---", "...", "$", "${", "${}", "$x", "${x}"),
    *('"${1 // 0}"', '"${9 * 9}"', '"${-1}"', '"${a b}"', '"$a$b"', '"${width}"', "$width", "$kernel"),
    *("0", "-1", "1", "3", "010", "0x10", "1_000", "3:3", "1e3", ".5", ".inf", "1e999", "2147483647"),
    *("99999999999999999999", "input", "../x", "a/b", "é", "\U0001f600", "\u202e", '"\\e[31m"', '"\\u0000"'),
    *("[]", "{}", "[1, 2]", "[[1, 2], 3]", "{a: 1}", "{top: 1}", "[a, a]", "required", "same", "name"),
)
WORDS = (
    *LAYERS,
    *list(KIND_ALIASES)[::7],
    *SETTING_ALIASES,
    *("repeat", "residual", "branches", "times", "layers", "index", "body", "shortcut", "paths", "merge"),
    *("name", "from", "when", "note", "unit", "tower", "filters", "kernel_size", "stride", "padding"),
    *("input", "channels", "height", "width", "features", "length", "variables", "blocks", "settings"),
    *(
        "base",
        "units",
        "each",
        "add",
        "include",
        "auxiliary",
        "blocks/mobile",
        "[blocks/mbconv]",
        "conv_norm",
    ),
    *("outputs", "expect", "output", "macs", "silence", "alexnet", "stem", "res", "conv1", "relu1"),
)


def seeds() -> list[str]:
    """The specs that mutations begin with."""
    names = ("lenet5", "vgg16", "resnet18", "resnet20", "alexnet-grouped")
    return [
        WHOLE_LANGUAGE,
        *((Path(zoo_folder()) / f"{name}.yaml").read_text(encoding="utf-8") for name in names),
    ]


def inputs(seed: int, count: int) -> Iterator[bytes]:
    """`count` inputs."""
    draw = random.Random(seed)
    kinds = (_raw_bytes, _soup, _mutation, _mutation, _mutation, _damaged_bytes, _structure, _structure)
    beginnings = seeds()
    for _ in range(count):
        yield draw.choice(kinds)(draw, beginnings)


def _raw_bytes(draw: random.Random, beginnings: list[str]) -> bytes:
    return draw.randbytes(draw.randrange(200))


def _soup(draw: random.Random, beginnings: list[str]) -> bytes:
    glue = (" ", "\n", "\n  ", "\n  - ", ": ", ", ", "", "\t", "\r\n")
    parts = (draw.choice(NASTY + WORDS) + draw.choice(glue) for _ in range(draw.randrange(1, 40)))
    return "".join(parts).encode()


def _damaged_bytes(draw: random.Random, beginnings: list[str]) -> bytes:
    data = bytearray(draw.choice(beginnings).encode())
    for _ in range(draw.randrange(1, 5)):
        data[draw.randrange(len(data))] = draw.randrange(256)
    return bytes(data)


def _mutation(draw: random.Random, beginnings: list[str]) -> bytes:
    lines = draw.choice(beginnings).splitlines()
    for _ in range(draw.randrange(1, 6)):
        draw.choice((_delete, _duplicate, _swap, _indent, _replace, _replace, _replace, _rename))(draw, lines)
    return "\n".join(lines).encode()


def _delete(draw: random.Random, lines: list[str]) -> None:
    if len(lines) > 1:
        del lines[draw.randrange(len(lines))]


def _duplicate(draw: random.Random, lines: list[str]) -> None:
    lines.insert(draw.randrange(len(lines)), draw.choice(lines))


def _swap(draw: random.Random, lines: list[str]) -> None:
    first, second = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]


def _indent(draw: random.Random, lines: list[str]) -> None:
    at = draw.randrange(len(lines))
    less = lines[at].lstrip()
    lines[at] = draw.choice((" ", "  ", "\t", "    ")) + lines[at] if draw.random() < 0.6 else less


def _replace(draw: random.Random, lines: list[str]) -> None:
    """One word or number of a line by something nasty."""
    at = draw.randrange(len(lines))
    words = lines[at].split(" ")
    word = draw.randrange(len(words))
    tail = words[word][len(words[word].rstrip(",}]:")) :]
    words[word] = draw.choice(NASTY) + (tail if draw.random() < 0.8 else "")
    lines[at] = " ".join(words)


def _rename(draw: random.Random, lines: list[str]) -> None:
    """One known word by another, everywhere or once."""
    at, word = draw.randrange(len(lines)), draw.choice(WORDS)
    present = [each for each in WORDS if each in lines[at]]
    if present:
        lines[at] = lines[at].replace(draw.choice(present), word, draw.choice((-1, 1)))


def _structure(draw: random.Random, beginnings: list[str]) -> bytes:
    """A spec with the right keys at the top, mostly right layers below them, and names that cross."""
    parts = [
        f"variables: {_mapping(draw, 2)}" if draw.random() < 0.2 else "variables: {n: 2, k: [1, 1]}",
        "input: {channels: 3, height: 9, width: 9}",
        f"blocks: {{unit: {{settings: {{n: 1, m: $n}}, layers: {_layers(draw, 2)}}},"
        f" tower: {{layers: {_layers(draw, 2)}}}}}",
        f"layers: {_layers(draw, 3)}",
        f"outputs: {_name(draw)}" if draw.random() < 0.3 else "",
        f"expect: {_mapping(draw, 1)}" if draw.random() < 0.1 else "",
    ]
    return "\n".join(parts).encode()


def _layers(draw: random.Random, depth: int) -> str:
    return f"[{', '.join(_layer(draw, depth) for _ in range(draw.randrange(1, 4)))}]"


def _layer(draw: random.Random, depth: int) -> str:
    if draw.random() < 0.05:
        return f"{{{draw.choice(tuple(LAYERS))}: {_mapping(draw, 1)}}}"
    kind = draw.choice(("relu", "conv", "add", "concat", "unit", "tower", "separable", "when"))
    if depth and draw.random() < 0.6:
        kind = draw.choice(("repeat", "residual", "branches"))
    inner, other = (_layers(draw, depth - 1), _layers(draw, depth - 1)) if depth else ("[relu]", "[]")
    settings = {
        "conv": "filters: 3, kernel_size: $k",
        "separable": "filters: 3, kernel_size: 1",
        "unit": "n: $n",
        "repeat": f"times: {draw.choice(('0', '1', '2', '$n', 'x'))}, index: i, layers: {inner}",
        "residual": f"body: {inner}" + draw.choice(("", f", shortcut: {other}")),
        "branches": f"paths: {draw.choice((f'[{inner}, {other}]', f'{{a: {inner}, b: {other}}}'))}",
        "when": f"when: {draw.choice(('true', 'false', '0', 'maybe'))}",
    }.get(kind, "")
    names = [settings] if settings else []
    if draw.random() < 0.4:
        names.append(f"name: {_name(draw)}")
    if kind in ("add", "concat") or draw.random() < 0.3:
        names.append(f"from: [{', '.join(_name(draw) for _ in range(draw.choice((1, 1, 2, 2, 3))))}]")
    return f"{{{'relu' if kind == 'when' else kind}: {{{', '.join(names)}}}}}"


def _name(draw: random.Random) -> str:
    parts = ("a", "b", "c", "relu1", "conv1", "unit1", "tower1", "add1", "shortcut", "branch1", "a1")
    return "input" if draw.random() < 0.15 else "/".join(draw.choices(parts, k=draw.choice((1, 1, 1, 2))))


def _mapping(draw: random.Random, depth: int) -> str:
    return "{" + ", ".join(_entry(draw, depth) for _ in range(draw.randrange(4))) + "}"


def _entry(draw: random.Random, depth: int) -> str:
    return f"{draw.choice(WORDS)}: {_value(draw, depth)}"


def _value(draw: random.Random, depth: int) -> str:
    if depth and draw.random() < 0.3:
        return _mapping(draw, depth - 1)
    if depth and draw.random() < 0.3:
        return f"[{', '.join(_value(draw, depth - 1) for _ in range(draw.randrange(4)))}]"
    return draw.choice(NASTY[35:] + WORDS)


def fault_of(problem: Problem, texts: dict[str, str]) -> str:
    """What is wrong with a problem itself, if anything."""
    text = f"{problem.message}{problem.hint or ''}"
    if not text.isprintable() or len(text) > 1500:
        return "not fit to print"
    if problem.span.source not in texts:
        return ""
    lines = texts[problem.span.source].split("\n")
    if not 1 <= problem.span.line <= len(lines):
        return "no such line"
    if not 1 <= problem.span.column <= len(lines[problem.span.line - 1]) + 1:
        return "no such column"
    return ""


def outcome(data: bytes) -> str:
    """`network`, or the code of the first problem; any other error is raised."""
    try:
        analyze(loads(data, "s.yaml"))
    except SpecError as error:
        problems, texts = error.problems, error.texts
    else:
        return "network"
    assert 1 <= len(problems) <= PROBLEM_LIMIT
    assert [fault_of(problem, texts) for problem in problems] == [""] * len(problems)
    return problems[0].code


def check(seed: int, count: int) -> set[str]:
    """Every outcome of so many inputs."""
    seen = set()
    for number, data in enumerate(inputs(seed, count)):
        begin = time.process_time()
        try:
            seen.add(outcome(data))
        except Exception as error:
            raise AssertionError(f"input {number} of seed {seed}: {data!r}") from error
        assert time.process_time() - begin < PATIENCE, f"input {number} of seed {seed}: {data!r}"
    return seen


def test_the_seeds_are_networks():
    assert {outcome(text.encode()) for text in seeds()} == {"network"}


def test_two_hundred_inputs():
    assert "network" in check(seed=1, count=200)


@pytest.mark.slow
def test_a_thousand_inputs():
    """And they are not all refused for the same reason."""
    seen = check(seed=1, count=1000)
    assert seen >= {"network", "syntax", "encoding", "type", "unknown-kind", "unknown-name", "expression"}
    assert seen >= {"inputs", "order", "cycle", "recursive-block", "duplicate-name"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_ten_thousand_inputs(seed):
    check(seed, count=2_500)
