"""The tool that runs the commands of a page and writes their output below them."""

import pytest
from console import Block, Step, blocks, elided, furnish, output_of, refreshed, steps

SPEC = "name: Tiny\ninput: {features: 3}\nlayers:\n  - fc: {units: 2}\n"
PAGE = f"""# A page

```yaml title=tiny.yaml
{SPEC}```

Text.

```console
$ archcalc explain tiny.yaml fc1
stale
```

```sh
archcalc zoo
```
"""


def test_blocks_know_their_words_and_their_place():
    first, second, third = blocks(PAGE)
    assert first == Block("yaml title=tiny.yaml", 3, tuple(SPEC.splitlines()))
    assert (first.language, first.title, first.text) == ("yaml", "tiny.yaml", SPEC)
    assert (second.language, second.title) == ("console", "")
    assert PAGE.split("\n")[second.start] == "$ archcalc explain tiny.yaml fc1"
    assert third.language == "sh"


def test_a_block_without_end_is_refused():
    with pytest.raises(ValueError, match="line 2 has no end"):
        list(blocks("text\n```console\n$ archcalc zoo\n"))


def test_steps_are_a_command_and_its_output():
    block = Block("console", 7, ("$ archcalc zoo", "a", "", "b", "", "$ archcalc --help", ""))
    assert list(steps(block)) == [
        Step(7, "archcalc zoo", ("a", "", "b")),
        Step(12, "archcalc --help", ()),
    ]


def test_output_without_a_command_is_refused():
    with pytest.raises(ValueError, match="line 1 does not begin with a command"):
        list(steps(Block("console", 1, ("a", "$ archcalc zoo"))))


def test_commands_run_where_the_specs_of_the_page_are(tmp_path):
    furnish(tmp_path, PAGE)
    assert (tmp_path / "tiny.yaml").read_text(encoding="utf-8") == SPEC
    assert output_of("archcalc explain tiny.yaml fc1", tmp_path)[0] == "fc1 of 'Tiny'"
    assert output_of("archcalc summarize specs/lenet5.yaml -o out.txt  # to a file", tmp_path) == ()
    assert (tmp_path / "out.txt").read_text(encoding="utf-8").startswith("'LeNet-5")


def test_errors_are_output_too(tmp_path):
    (tmp_path / "wrong.yaml").write_text("input: {features: 3}\nlayers: [fd]\n", encoding="utf-8")
    output = output_of("archcalc summarize wrong.yaml", tmp_path)
    assert output[0].startswith("wrong.yaml:2:10: error[unknown-kind]: ")


def test_only_archcalc_is_run(tmp_path):
    with pytest.raises(ValueError, match="not rm"):
        output_of("rm -r x", tmp_path)


def test_a_bug_is_never_written_down(tmp_path, monkeypatch):
    def broken(arguments):
        raise ZeroDivisionError

    monkeypatch.setattr("archcalc.cli.app.app.main", lambda *_, **__: broken(None))
    with pytest.raises(RuntimeError, match="found a bug"):
        output_of("archcalc zoo", tmp_path)


def test_output_is_refreshed_and_all_else_kept(tmp_path):
    found = refreshed(PAGE, tmp_path)
    before, output, after = found.partition(
        "\n".join(("", *output_of("archcalc explain tiny.yaml fc1", tmp_path), ""))
    )
    assert output
    assert (before + "\nstale\n" + after) == PAGE
    assert refreshed(found, tmp_path) == found


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ((), ("a 1", "b 2", "c 3", "d 4")),
        (("old",), ("a 1", "b 2", "c 3", "d 4")),
        (("a 0", "..."), ("a 1", "...")),
        (("...", "d 0"), ("...", "d 4")),
        (("a 0", "...", "d 0"), ("a 1", "...", "d 4")),
        (("...", "b 0", "..."), ("...", "b 2", "...")),
        (("a 0", "...", "b 0", "c 0", "..."), ("a 1", "...", "b 2", "c 3", "...")),
        (("...", "b 0", "...", "d 0"), ("...", "b 2", "...", "d 4")),
        (("a 0", "...", "c 0"), ("a 1", "...", "c 3", "d 4")),
    ],
)
def test_what_was_elided_stays_so(shown, kept):
    assert elided(Step(0, "archcalc zoo", shown), ("a 1", "b 2", "c 3", "d 4")) == kept


def test_a_line_that_is_gone_must_be_elided_by_hand():
    with pytest.raises(ValueError, match="no further line that begins with"):
        elided(Step(0, "archcalc zoo", ("...", "z 0", "...")), ("a 1", "b 2"))
