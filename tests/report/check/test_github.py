"""GitHub: commands that the runner decodes to what was found, and no more of them than it shows."""

import pytest

from archcalc.checks.findings import Checked
from archcalc.errors import Span


def decoded(line):
    """What the runner takes a line for: a command, its properties and its data; None for mere output."""
    line = line.lstrip()
    if not line.startswith("::") or "::" not in line[2:]:
        return None
    about, _, data = line[2:].partition("::")
    name, _, rest = about.partition(" ")
    pairs = [pair.split("=", 1) for pair in rest.strip().split(",") if pair]
    properties = {pair[0]: plain(pair[1], {":": "%3A", ",": "%2C"}) for pair in pairs if len(pair) == 2}
    return name, properties, plain(data, {})


def plain(text, more):
    """Text without the runner's escapes; the percent sign comes last."""
    for token, escape in {"\r": "%0D", "\n": "%0A", **more, "%": "%25"}.items():
        text = text.replace(escape, token)
    return text


def commands(text):
    return [found for found in map(decoded, text.splitlines()) if found]


def test_findings_become_annotations_at_their_place(write, everything):
    text = write("github", *everything)
    assert commands(text) == [
        (
            "error",
            {"file": "specs/broken.yaml", "line": "4", "col": "5", "title": "archcalc: shape"},
            "conv1: a window of 50 does not fit\nhint: pad 11 more",
        ),
        (
            "error",
            {"file": "specs/broken.yaml", "line": "7", "col": "11", "title": "archcalc: expectation"},
            "output is [8], expected [10]\nspecs/broken.yaml:5:5: relu1 ends the network",
        ),
        (
            "error",
            {"file": "gone.yaml", "title": "archcalc: unreadable"},
            "cannot read gone.yaml: No such file or directory",
        ),
        (
            "notice",
            {"file": "specs/base.yaml", "line": "2", "col": "3", "title": "archcalc: dropped-pixels"},
            "1 row is never seen",
        ),
        (
            "notice",
            {"file": "specs/heavy.yaml", "line": "3", "col": "5", "title": "archcalc: heavy-fc"},
            "fc1 holds 91.0% of all parameters",
        ),
    ]
    assert text.splitlines()[5:] == ["5 specs: 3 ok, 2 with 3 errors; 2 pieces of advice"]


def spec(make, errors, advice, name="a.yaml"):
    found = [make.error("shape", f"wrong {i}", Span(name, i + 1, 1)) for i in range(errors)]
    found += [make.advice("heavy-fc", f"heavy {i}", Span(name, i + 1, 1)) for i in range(advice)]
    return Checked(name, findings=tuple(found))


@pytest.mark.parametrize("errors", [0, 1, 9, 10, 11, 25])
@pytest.mark.parametrize("advice", [0, 10, 11])
def test_no_more_are_annotated_than_are_shown(write, make, errors, advice):
    half = errors // 2
    text = write("github", spec(make, half, 0), spec(make, errors - half, advice, "b.yaml"))
    found = commands(text)
    assert [name for name, _, _ in found] == ["error"] * min(errors, 10) + ["notice"] * min(advice, 10)
    for kind, number in (("error", errors), ("notice", advice)):
        messages = [data for name, _, data in found if name == kind]
        assert (f"and {number - 9} more" in messages[-1]) if number > 10 else ("and" not in "".join(messages))


def test_what_is_not_annotated_is_listed(write, make):
    lines = write("github", spec(make, 12, 11)).splitlines()
    assert lines[9] == "::error::and 3 more errors; the log of this step lists what is not annotated"
    assert lines[19] == (
        "::notice::and 2 more pieces of advice; the log of this step lists what is not annotated"
    )
    assert lines[20:] == [
        "a.yaml:10:1: error[shape]: wrong 9",
        "a.yaml:11:1: error[shape]: wrong 10",
        "a.yaml:12:1: error[shape]: wrong 11",
        "a.yaml:10:1: advice[heavy-fc]: heavy 9",
        "a.yaml:11:1: advice[heavy-fc]: heavy 10",
        "1 spec: 0 ok, 1 with 12 errors; 11 pieces of advice",
    ]


def test_a_fault_in_a_common_base_is_annotated_once(write, make):
    base = (make.error("shape", "wrong", Span("base.yaml", 3, 4)),)
    own = (make.error("shape", "wrong"),)
    text = write("github", *(Checked(f"{i}.yaml", findings=base + own) for i in range(9)))
    assert [properties["file"] for _, properties, _ in commands(text)] == [
        "base.yaml", *(f"{i}.yaml" for i in range(9)),
    ]  # fmt: skip
    assert text.splitlines()[10:] == ["9 specs: 0 ok, 9 with 18 errors"]


@pytest.mark.parametrize("word", ["50%", "100%25", "%0A", "a,b=c,line=9", "a:b", "title=x", "é – ✓", "%"])
def test_every_word_comes_through(write, make, word):
    found = (make.error("shape", word, Span(word, 3, 4), word),)
    ((name, properties, data),) = commands(write("github", Checked(word, findings=found)))
    assert (name, data) == ("error", f"{word}\nhint: {word}")
    assert properties == {"file": word, "line": "3", "col": "4", "title": "archcalc: shape"}


def test_paths_are_as_git_names_them(write, make):
    found = (make.error("shape", "wrong", Span("./specs//a.yaml", 3, 4)), make.error("shape", "wrong"))
    one, other = commands(write("github", Checked("./specs//a.yaml", findings=found)))
    assert one[1]["file"] == other[1]["file"] == "specs/a.yaml"


@pytest.mark.parametrize(
    "line",
    ["x", "a ::error::b", "::error", "https://example.org/::x"],
)
def test_mere_output_is_no_command(line):
    assert decoded(line) is None


def test_the_decoder_decodes():
    assert decoded("  ::error file=a%3Ab,title=x%2Cy::50%25%0A::") == (
        "error",
        {"file": "a:b", "title": "x,y"},
        "50%\n::",
    )
