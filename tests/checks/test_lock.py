"""Locks: what they hold, what they notice, and what is said of a damaged one."""

import random
import re

import pytest
from sweeps import networks, thinned

from archcalc import analyze, load, loads
from archcalc.checks import lock as locks
from archcalc.checks.lock import BYTES, LINES, MOST_PROBLEMS, lock_failures, lock_text, read_lock
from archcalc.errors import RequestError, SpecError

SPEC = """\
input: {channels: 3, height: 32, width: 40}
layers:
  - conv: {name: conv1, filters: 8, kernel_size: 3}
  - relu
  - maxpool: {kernel_size: 2}
  - conv: {name: conv2, filters: 16, kernel_size: 3}
  - relu
  - flatten
  - fc: {units: 10}
"""
LOCK = """\
# archcalc lock 1: the output (width x height x depth) and the counts of every layer, for one example
# written by `archcalc lock`; `archcalc lock --check` compares it with the spec
# 7 layers, 36,762 parameters, 536,192 macs

layer            kind                 output               parameters               macs
input            input                40x32x3                       0                  0
conv1            conv                 38x30x8                     224            246,240
relu1            relu                 38x30x8                       0                  0
maxpool1         maxpool              19x15x8                       0                  0
conv2            conv                 17x13x16                  1,168            254,592
relu2            relu                 17x13x16                      0                  0
flatten1         flatten              3536                          0                  0
fc1              fc                   10                       35,370             35,360
"""


def analysis(text=SPEC):
    return analyze(loads(text, "net.yaml"))


def moved(edit, to, text=SPEC):
    """What the lock of a spec says of it after an edit."""
    assert edit in text
    return lock_failures(analysis(text.replace(edit, to)), lock_text(analysis(text)), "net.lock")


def test_a_lock_is_written_like_this():
    assert lock_text(analysis()) == LOCK


@pytest.mark.parametrize("name", networks())
def test_every_built_in_network_is_as_locked(name, built_in):
    found = built_in(name)
    text = lock_text(found)
    assert lock_failures(found, text, "net.lock") == ()
    assert text.isascii()
    assert not re.search("[ \t]$|\r|\t|[0-9]{4}-[0-9]{2}|/work|/home", text, re.MULTILINE)


@pytest.mark.parametrize("name", ["alexnet", "googlenet", "resnet50", "vit_b_16"])
def test_bytes_and_ends_of_lines_do_not_matter_and_nothing_else_enters(name):
    found = analyze(load(name))
    text = lock_text(found)
    assert lock_failures(found, text.encode(), "net.lock") == ()
    assert lock_failures(found, text.replace("\n", "\r\n"), "net.lock") == ()
    assert text == lock_text(analyze(load(name)))


@pytest.mark.parametrize("name", ["lenet5", "resnet50", "vgg16"])
def test_a_lock_adds_up(name):
    found = analyze(load(name))
    rows = [line.split() for line in lock_text(found).splitlines() if line and line[0] != "#"][2:]
    sums = [sum(int(row[column].replace(",", "")) for row in rows) for column in (3, 4)]
    assert f"# {len(rows)} layers, {sums[0]:,} parameters, {sums[1]:,} macs" in lock_text(found)
    assert len(rows) == len(found.facts)


def test_batch_and_dtype_are_not_locked():
    network = loads(SPEC)
    assert lock_text(analyze(network, batch=7, dtype="int8")) == lock_text(analyze(network))


def test_one_layer_more_is_one_line_more():
    old, new = (set(lock_text(analysis(text)).splitlines()) for text in (SPEC, f"{SPEC}  - softmax\n"))
    assert len(new - old) == 2
    assert len(old - new) == 1


def test_titles_notes_and_spellings_are_not_locked():
    assert moved("input:", "name: another\nsource: somewhere\ninput:") == ()
    assert moved("kernel_size: 2", "kernel_size: [2, 2], note: halves") == ()


def test_what_moved_is_said_at_the_layer_and_at_the_lock():
    (first, *rest) = moved("filters: 8", "filters: 9")
    assert str(first) == (
        "net.yaml:3:5: error[lock]: conv1: output was 38x30x8, now 38x30x9; parameters were 224, now 252; "
        "macs were 246,240, now 277,020"
    )
    ((said, place),) = first.also
    assert (said, str(place)) == ("locked here", "net.lock:7:1")
    assert [str(problem).partition(" error[lock]: ")[2].partition("\n")[0] for problem in rest] == [
        "relu1: output was 38x30x8, now 38x30x9",
        "maxpool1: output was 19x15x8, now 19x15x9",
        "conv2: parameters were 1,168, now 1,312; macs were 254,592, now 286,416",
    ]
    assert [problem.hint for problem in (first, *rest)][:-1] == [None] * 3
    assert "archcalc lock" in rest[-1].hint


def test_new_and_gone_layers_are_said_with_what_they_are():
    (added,) = moved("  - flatten", "  - batchnorm\n  - flatten")
    assert added.message == "batchnorm1 is new: batchnorm with output 17x13x16, 32 parameters, 0 macs"
    assert str(added.span) == "net.yaml:8:5"
    (gone,) = moved("  - relu\n  - maxpool", "  - maxpool")
    assert gone.message == "relu1 is gone: it was relu with output 38x30x8, 0 parameters, 0 macs"
    assert str(gone.span) == "net.lock:8:1"


def test_another_kind_is_said():
    (problem,) = moved("  - relu\n  - flatten", "  - gelu\n  - flatten")
    assert problem.message == "gelu1 (locked as relu2): kind was relu, now gelu"


def test_another_input_is_said():
    first, *_ = moved("width: 40", "width: 41")
    assert first.message == "input: output was 40x32x3, now 41x32x3"


def test_other_names_are_said_together():
    (problem,) = moved("name: conv2", "name: second")
    assert problem.message == "a layer is called otherwise than locked: conv2 is now second"
    assert str(problem.span) == "net.yaml:6:5"
    found = lock_failures(analysis(), lock_text(analysis()).replace("relu", "RELU"), "net.lock")
    assert {problem.code for problem in found} == {"lock"}


def test_names_that_only_follow_from_a_new_layer_are_not_said():
    problems = moved("  - maxpool", "  - relu\n  - maxpool")
    assert len(problems) == 1
    assert "is new" in problems[0].message


def test_many_problems_end_in_a_summary():
    old, new = analyze(load("vgg16")), analyze(load("vgg19").with_input((3, 192, 192)))
    problems = lock_failures(new, lock_text(old), "net.lock")
    assert len(problems) == MOST_PROBLEMS + 1
    last = problems[-1]
    assert "more layers are not as locked; in all layers 39 → 45, parameters 138,357,544 → " in last.message
    assert str(last.span) == "net.lock:3:1"
    moved_layers = 1 + 16 + 16 + 5 + 1 + 1
    """The input, convolutions and their activations, pooling, flatten and the first fc."""
    assert last.message.startswith(f"{moved_layers - MOST_PROBLEMS} more layers")


@pytest.mark.parametrize("more", [0, 1])
def test_as_many_problems_as_are_shown_need_no_summary(more):
    layers = "  - conv: {filters: 1, kernel_size: 1}\n" * (MOST_PROBLEMS + more)
    text = f"input: {{channels: 1, height: 8, width: 8}}\nlayers:\n{layers}"
    problems = moved("kernel_size: 1", "kernel_size: 1, bias: false", text)
    assert len(problems) == MOST_PROBLEMS + more
    assert ["more layers" in problem.message for problem in problems].count(True) == more


def test_a_lock_of_another_network_is_no_error_of_ours():
    for other in ("lenet5", "resnet152"):
        problems = lock_failures(analyze(load("alexnet")), lock_text(analyze(load(other))), "net.lock")
        assert {problem.code for problem in problems} == {"lock"}


def broken(text):
    """The only problem of a lock that cannot be read."""
    (problem,) = lock_failures(analysis(), text, "net.lock")
    assert problem.code == "lock-syntax"
    assert problem.span.source == "net.lock"
    assert "archcalc lock" in problem.hint
    assert str(problem).replace("\n", "").isprintable()
    assert len(problem.message) < 200
    return f"{problem.span.line}:{problem.span.column}: {problem.message}"


@pytest.mark.parametrize(
    ("edit", "to", "said"),
    [
        ("# archcalc lock 1", "# poetry lock 1", "1:1: a lock begins with `# archcalc lock 1`"),
        ("# archcalc lock 1", "\n# archcalc lock 1", "1:1: a lock begins with"),
        ("# archcalc lock 1", "# archcalc lock 2", "1:1: the lock has version 2, known is 1"),
        ("# archcalc lock 1", "# archcalc lock 12", "1:1: the lock has version 12, known is 1"),
        ("layer ", "# layer ", "6:1: a lock needs the titles"),
        ("   macs\n", "   macs flops\n", "5:1: a lock needs the titles"),
        (
            "input            input  ",
            "# input        input   ",
            "7:1: a lock needs the line of the input here",
        ),
        ("conv1 ", "", "7:1: a line has 5 entries: layer, kind, output, parameters, macs"),
        ("conv1 ", "conv 1 ", "7:1: a line has 5 entries"),
        ("conv1 ", "conv! ", "7:1: needs the name of a layer, found 'conv!'"),
        ("38x30x8 ", "38x30y8 ", "7:39: needs an output such as 55x55x96, found '38x30y8'"),
        ("38x30x8 ", "-38x30x8", "7:39: needs an output"),
        ("38x30x8 ", "38x30x ", "7:39: needs an output"),
        ("246,240", "246240", "7:82: needs a count such as 34,944, found '246240'"),
        ("246,240", "246,24", "needs a count"),
        ("246,240", "2.5e3", "needs a count"),
        ("246,240", "nan", "needs a count"),
        ("246,240", "1" + ",000" * 30, "needs a count"),
        ("relu1 ", "conv1 ", "8:1: conv1 stands twice, first in line 7"),
        (
            "246,240",
            "246,241",
            "3:1: the lines below add up to `# 7 layers, 36,762 parameters, 536,193 macs`",
        ),
        ("# 7 layers", "# 8 layers", "3:1: the lines below add up to `# 7 layers,"),
        ("# 7 layers", "# about 7 layers", "1:1: a lock needs its totals"),
        ("conv1 ", "<<<<<<< HEAD\nconv1 ", "7:1: a line has 5 entries"),
        ("conv1 ", "conv1\t", "7:6: a lock holds only printable ASCII characters"),
        ("conv1 ", "c\x1b[31m ", "7:2: a lock holds only printable ASCII characters"),
        ("conv1 ", "cönv1 ", "7:2: a lock holds only printable ASCII characters"),
        ("conv1 ", "conv1\u2028", "7:6: a lock holds only printable ASCII characters"),
    ],
)
def test_a_damaged_lock_is_refused_with_its_place(edit, to, said):
    assert edit in LOCK
    assert said in broken(LOCK.replace(edit, to, 1))


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "# archcalc lock 1", "# archcalc lock 1\n" * 5, "\x00", "\ufeff" + LOCK,
        LOCK[: len(LOCK) // 2], b"\xff\xfe" + LOCK.encode("utf-16-le"), b"\x80" * 100,
    ],
)  # fmt: skip
def test_what_is_no_lock_is_refused(text):
    broken(text)


def test_a_huge_lock_is_refused_before_it_is_looked_at(monkeypatch):
    assert "at most 8,388,608 bytes" in broken(LOCK + " " * BYTES)
    assert f"at most {LINES:,} lines" in broken(LOCK + "\n" * LINES)
    monkeypatch.setattr(locks, "BYTES", 100)
    with pytest.raises(RequestError, match="at most 100 bytes"):
        lock_text(analysis())


def test_the_largest_network_can_be_locked():
    layers = "  - repeat: {times: 10000, layers: [relu]}\n"
    found = analysis(f"input: {{features: 7}}\nlayers:\n{layers}")
    assert len(found.facts) == 10_000
    assert lock_failures(found, lock_text(found), "net.lock") == ()


@pytest.mark.parametrize("first", thinned(range(0, 300, 60), 5))
def test_noise_in_a_lock_is_a_problem_and_never_an_exception(first):
    """Either the lock cannot be read, or it is noticed that it says something else."""
    for seed in range(first, first + 60):
        chance = random.Random(seed)
        data = bytearray(LOCK.encode())
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(data))
            noise = bytes(
                chance.choice((chance.randrange(256), ord("\n"), ord("9"), ord("x"))) for _ in range(2)
            )
            data[place : place + chance.randint(0, 2)] = noise[: chance.randint(0, 2)]
        for problem in lock_failures(analysis(), bytes(data), "net.lock"):
            assert problem.code in ("lock", "lock-syntax")
            assert str(problem).replace("\n", "").isprintable()


def test_a_line_taken_out_is_always_noticed():
    lines = LOCK.splitlines(keepends=True)
    for number, line in enumerate(lines):
        without = "".join(lines[:number] + lines[number + 1 :])
        if line.strip() and "written by" not in line:
            assert broken(without)


def test_reading_gives_back_what_was_written():
    found = analysis()
    layers = [facts.node.name for facts in found.facts]
    read = read_lock(lock_text(found), "net.lock")
    assert [record.name for record in read] == ["input", *layers]
    assert [record.output for record in read[1:]] == [facts.output_shape for facts in found.facts]
    with pytest.raises(SpecError):
        read_lock("", "net.lock")


def test_a_lock_without_any_layer_is_refused_at_its_end():
    assert broken(LOCK.partition("input  ")[0]) == "6:1: a lock needs the line of the input here"
