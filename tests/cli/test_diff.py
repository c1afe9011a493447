"""`archcalc diff`: what it prints in every format, from every kind of source, with every exit code."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from sweeps import thinned

SPEC = """\
name: small
input: {channels: 3, height: 32, width: 32}
layers:
  - conv: {name: conv1, filters: 8, kernel_size: 3}
  - relu
  - flatten
  - fc: {units: 10}
"""
RESNETS = """\
'ResNet-50 v1, 224×224' → 'ResNet-50 v1.5, 224×224'
resnet50-v1 → resnet50
input 224×224×3 (W×H×D) · batch 1 · float32
layers: 6 changed, 6 follow from these, 162 unchanged

change   layer                      kind  settings      output                 parameters  parameters +/-           MACs      MACs +/-
changed  conv3_x/bottleneck1/conv1  conv  stride 2 → 1  28×28×128 → 56×56×128      32,768              +0    102,760,448   +77,070,336
changed  conv3_x/bottleneck1/conv2  conv  stride 1 → 2  28×28×128                 147,456              +0    115,605,504            +0
changed  conv4_x/bottleneck1/conv1  conv  stride 2 → 1  14×14×256 → 28×28×256     131,072              +0    102,760,448   +77,070,336
changed  conv4_x/bottleneck1/conv2  conv  stride 1 → 2  14×14×256                 589,824              +0    115,605,504            +0
changed  conv5_x/bottleneck1/conv1  conv  stride 2 → 1  7×7×512 → 14×14×512       524,288              +0    102,760,448   +77,070,336
changed  conv5_x/bottleneck1/conv2  conv  stride 1 → 2  7×7×512                 2,359,296              +0    115,605,504            +0
follow   6 layers                                                                                      +0                           +0
-------  -------------------------  ----  ------------  ---------------------  ----------  --------------  -------------  ------------
total                                                                          25,557,032              +0  4,089,184,256  +231,211,008

totals
  total                  old            new    difference  % of old
  parameters      25,557,032     25,557,032            +0
  MACs         3,857,973,248  4,089,184,256  +231,211,008    +6.0 %
  activations     16,460,776     16,987,624      +526,848    +3.2 %
  memory           62.79 MiB      64.80 MiB     +2.01 MiB    +3.2 %

follow: layers set as before, whose shapes or counts moved with what they read
folded: --all shows each layer
"""  # noqa: E501
VGGS = """\
## 'VGG-16, configuration D' → 'VGG-16, configuration C'

vgg16 → vgg16c

input 224×224×3 (W×H×D) · batch 1 · float32

layers: 3 changed, 36 unchanged

| total | old | new | difference | % of old |
| --- | ---: | ---: | ---: | ---: |
| weights | 138,344,128 | 133,625,536 | -4,718,592 | -3.4 % |
| parameters | 138,357,544 | 133,638,952 | -4,718,592 | -3.4 % |
| parameter memory | 527.79 MiB | 509.79 MiB | -18.00 MiB | -3.4 % |
| MACs | 15,470,264,320 | 11,770,888,192 | -3,699,376,128 | -23.9 % |
| memory | 58.13 MiB | 58.13 MiB | +0 B |  |

| change | layer | kind | settings | output | parameters | parameters +/- | MACs | MACs +/- |
| --- | --- | --- | --- | --- | ---: | ---: | ---: | ---: |
| changed | conv3_3 | conv | kernel_size 3 → 1, padding 1 → 0 | 56×56×256 | 65,792 | -524,288 | 205,520,896 | -1,644,167,168 |
| changed | conv4_3 | conv | kernel_size 3 → 1, padding 1 → 0 | 28×28×512 | 262,656 | -2,097,152 | 205,520,896 | -1,644,167,168 |
| changed | conv5_3 | conv | kernel_size 3 → 1, padding 1 → 0 | 14×14×512 | 262,656 | -2,097,152 | 51,380,224 | -411,041,792 |
| **total** |  |  |  |  | **133,638,952** | **-4,718,592** | **11,770,888,192** | **-3,699,376,128** |
"""  # noqa: E501


def test_the_strides_that_moved(archcalc):
    assert archcalc("diff", "resnet50-v1", "resnet50") == (0, RESNETS, "")


def test_a_comment_begins_with_the_totals(archcalc):
    assert archcalc("diff", "vgg16", "vgg16c", "-f", "markdown") == (0, VGGS, "")


def test_long_comments_are_folded(archcalc):
    code, out, _ = archcalc("diff", "resnet34", "plain34", "--format", "markdown")
    before, opening, folded = out.partition("<details>\n<summary>22 layers</summary>\n\n| change |")
    assert code == 0
    assert opening
    assert "| parameters | 21,797,672 | 21,623,848 | -173,824 | -0.8 % |" in before
    assert folded.count("| removed |") == 22
    assert folded.endswith("\n</details>\n")


@pytest.mark.slow
def test_a_comment_fits_where_comments_go(archcalc, spec):
    layers = "".join(f"  - conv: {{filters: {4 + n % 7}, kernel_size: 1}}\n  - relu\n" for n in range(2000))
    head = "input: {channels: 3, height: 4, width: 4}\nlayers:\n"
    old, new = spec(head + layers, "old.yaml"), spec(head + layers.replace("filters: ", "filters: 1"))
    code, out, _ = archcalc("diff", old, new, "--format", "markdown")
    assert code == 0
    assert len(out) < 65_536
    assert "| and | 1,800 layers |" in out
    rows = [line.split(" | ") for line in out.splitlines() if re.match(r"\| (changed|and|follow) ", line)]
    (total,) = [line.split(" | ") for line in out.splitlines() if line.startswith("| **total**")]
    for column in (6, 8):
        cells = [int(re.sub("[^-0-9]", "", row[column])) for row in rows]
        assert sum(cells) == int(re.sub("[^-0-9]", "", total[column]))


def test_json_has_every_layer_that_is_not_the_same(archcalc):
    code, out, _ = archcalc("diff", "resnet50-v1", "resnet50", "--format", "json")
    found = json.loads(out)
    assert code == 0
    assert set(found) == {
        "schema_version", "old", "new", "identical", "totals", "changed", "inserted", "removed", "follows",
        "renamed", "unchanged",
    }  # fmt: skip
    assert found["identical"] is False
    assert [found[key] for key in ("inserted", "removed", "renamed")] == [[]] * 3
    assert (len(found["changed"]), len(found["follows"]), found["unchanged"]) == (6, 6, 162)
    first = found["changed"][0]
    assert first["settings"] == {"stride": {"old": 2, "new": 1}}
    assert first["differences"] == {"parameters": 0, "macs": 77_070_336}
    assert first["old"]["output_shape"] == [128, 28, 28]
    assert first["new"]["output_shape"] == [128, 56, 56]
    assert found["totals"]["macs"] == {
        "old": 3_857_973_248, "new": 4_089_184_256, "difference": 231_211_008, "percent": 5.993,
    }  # fmt: skip
    assert found["old"]["spec"] == "resnet50-v1"


@pytest.mark.parametrize(
    ("old", "new"), [("resnet50", "resnet101"), ("vgg19", "vgg16"), ("lenet5", "alexnet")]
)
def test_what_the_layers_differ_by_adds_up(archcalc, old, new):
    found = json.loads(archcalc("diff", old, new, "--format", "json").out)
    listed = [pair for key in ("changed", "inserted", "removed", "follows", "renamed") for pair in found[key]]
    rows = list(csv.DictReader(io.StringIO(archcalc("diff", old, new, "--format", "csv").out)))
    for name in ("parameters", "macs"):
        total = found["totals"][name]["difference"]
        assert sum(pair["differences"][name] for pair in listed) == total
        assert sum(int(row[f"{name}_difference"]) for row in rows) == total
        for row in rows:
            old_count, new_count = (int(row[f"{side}_{name}"] or 0) for side in ("old", "new"))
            assert new_count - old_count == int(row[f"{name}_difference"])
    assert found["unchanged"] + len(found["changed"] + found["inserted"] + found["follows"]) in (
        found["new"]["layers"],
        found["new"]["layers"] + 1,
    )


@pytest.mark.parametrize("format_", ["text", "markdown"])
@pytest.mark.parametrize("options", [(), ("--all",)])
@pytest.mark.parametrize(
    ("old", "new"), [("resnet50-v1", "resnet50"), ("vgg16", "vgg19"), ("alexnet", "zfnet")]
)
def test_the_table_adds_up(archcalc, old, new, options, format_):
    out = archcalc("diff", old, new, "-f", format_, *options).out
    table = [re.split(r" \| |  +", line.strip("|* ")) for line in out.splitlines()]
    starts = ("changed", "inserted", "removed", "follow", "follows", "renamed", "and")
    macs = [int(row[-1].strip("* |").replace(",", "")) for row in table if row[0] in starts and len(row) > 3]
    found = json.loads(archcalc("diff", old, new, "-f", "json").out)
    assert sum(macs) == found["totals"]["macs"]["difference"]


def test_all_shows_what_follows_and_new_names(archcalc):
    out = archcalc("diff", "resnet50-v1", "resnet50", "--all").out
    assert out.count("\nfollows ") == 6
    assert "--all" not in out
    out = archcalc("diff", "vgg16", "vgg19", "--all").out
    assert len(re.findall(r"^renamed +relu\d+ → relu\d+ ", out, re.MULTILINE)) == 8


def test_new_names_are_a_note(archcalc):
    out = archcalc("diff", "vgg16", "vgg19").out
    assert "layers: 6 inserted, 39 unchanged\n" in out
    assert "renamed: 8 layers, otherwise the same: relu8 → relu9, " in out


@pytest.mark.parametrize("format_", ["text", "json", "csv", "markdown"])
def test_a_network_is_identical_to_itself(archcalc, spec, format_):
    path = spec(SPEC)
    code, out, err = archcalc("diff", path, path, "--format", format_)
    assert (code, err) == (0, "")
    if format_ == "json":
        found = json.loads(out)
        assert found["identical"] is True
        assert found["unchanged"] == 4
    elif format_ == "csv":
        assert len(out.splitlines()) == 1
    else:
        assert "the networks are identical: 4 layers" in out
        assert "total" not in out


def test_a_network_with_other_names_is_identical(archcalc, spec):
    old, new = spec(SPEC, "old.yaml"), spec(SPEC.replace("conv1", "stem"), "new.yaml")
    out = archcalc("diff", old, new).out
    assert "the networks are identical: 4 layers, 1 of them called otherwise" in out
    assert "conv1 → stem" in out


def test_what_was_put_in_and_comes_out_is_said(archcalc, spec):
    old, new = spec(SPEC, "old.yaml"), spec(SPEC.replace("units: 10", "units: 12"), "new.yaml")
    assert "\noutput 10 → 12\n" in archcalc("diff", old, new).out
    new = spec(SPEC.replace("height: 32", "height: 64"), "new.yaml")
    assert "\ninput 32×32×3 → 32×64×3 (W×H×D)" in archcalc("diff", old, new).out
    assert "the networks are identical" in archcalc("diff", old, new, "--input", "48").out


def test_batch_and_dtype_count(archcalc, spec):
    old, new = spec(SPEC, "old.yaml"), spec(SPEC.replace("filters: 8", "filters: 9"), "new.yaml")
    options = ("--batch", "4", "--dtype", "int8", "--format", "json")
    found = json.loads(archcalc("diff", old, new, *options).out)
    assert found["totals"]["activation_bytes"]["difference"] == 4 * 30 * 30


def test_rewired_layers_are_said(archcalc, spec):
    layers = "  - relu: {name: a}\n  - relu: {name: b}\n  - add: {from: [input, %s]}\n"
    old, new = (
        spec(SPEC.partition("  - conv")[0] + layers % name + "outputs: [add1, a, b]\n", f"{name}.yaml")
        for name in "ab"
    )
    out = archcalc("diff", old, new).out
    assert re.search(r"^changed +add1 +add +reads input and a → input and b +32×32×3", out, re.MULTILINE)


FAILING = ("parameters > +5%", "macs != 0", "activation_bytes > +4 KiB")


def test_limits_that_are_kept(archcalc):
    limits = ("--fail-on", "parameters > 0", "--fail-on", "macs > +6%")
    code, out, err = archcalc("diff", "resnet50-v1", "resnet50", *limits)
    assert (code, err) == (0, "")
    assert out == RESNETS


@pytest.mark.parametrize("format_", ["text", "json", "csv", "markdown"])
def test_limits_that_are_not_kept(archcalc, spec, format_):
    old, new = spec(SPEC, "old.yaml"), spec(SPEC.replace("filters: 8", "filters: 9"), "new.yaml")
    limits = [part for text in FAILING for part in ("--fail-on", text)]
    whole = archcalc("diff", old, new, "--format", format_).out
    code, out, err = archcalc("diff", old, new, "--format", format_, *limits)
    messages = [
        "parameters grew by 12.5 %: 72,234 → 81,262, allowed +5 %",
        "macs grew by 33,300: 266,400 → 299,700, allowed only 0",
    ]
    assert code == 1
    assert err.splitlines() == [f"error[growth]: {message}" for message in messages]
    if format_ == "json":
        errors = json.loads(out)["errors"]
        assert [(error["code"], error["message"]) for error in errors] == [
            ("growth", message) for message in messages
        ]
    else:
        assert out == whole


@pytest.mark.parametrize(
    "limit", ["", "params > 0", "parameters > nan", "parameters > +4MiB", "parameters > 20k", "parameters"]
)
def test_limits_that_make_no_sense_stop_before_anything_is_read(archcalc, limit):
    code, out, err = archcalc("diff", "no-such-network", "another", "--fail-on", limit)
    assert (code, out) == (2, "")
    assert "no-such-network" not in err
    assert len(err.splitlines()) == 1


BROKEN = SPEC.replace("kernel_size: 3", "kernel_size: 33")


@pytest.mark.parametrize("sides", [("bad", "good"), ("good", "bad"), ("bad", "worse")])
@pytest.mark.parametrize("format_", ["text", "json"])
def test_wrong_specs_are_said_together(archcalc, spec, sides, format_):
    specs = {
        "good": spec(SPEC, "good.yaml"),
        "bad": spec(BROKEN, "bad.yaml"),
        "worse": spec(SPEC.replace("units", "unit"), "worse.yaml"),
    }
    code, out, err = archcalc("diff", *(specs[side] for side in sides), "--format", format_)
    wrong = [side for side in sides if side != "good"]
    assert code == 1
    assert [side for side in sides if f"{side}.yaml:" in err] == wrong
    assert ("bad.yaml:4:5: error[shape]: conv1:" in err) == ("bad" in sides)
    assert ("worse.yaml:7:10: error[unknown-setting]" in err) == ("worse" in sides)
    if format_ == "json":
        document = json.loads(out)
        assert [Path(error["file"]).name for error in document["errors"]] == [
            f"{side}.yaml" for side in wrong
        ]
    else:
        assert out == ""


def test_a_spec_that_is_wrong_is_said_once(archcalc, spec):
    bad = spec(BROKEN)
    assert archcalc("diff", bad, bad).err.count("error[shape]") == 1


@pytest.mark.parametrize(
    "sides", [("nowhere.yaml", "lenet5"), ("lenet5", "nowhere.yaml"), ("lenet", "lenet5")]
)
def test_sides_that_cannot_be_read(archcalc, sides):
    code, out, err = archcalc("diff", *sides)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_standard_input_is_one_side_at_most(archcalc, process, spec):
    assert archcalc("diff", "-", "-").code == 2
    found = process("diff", "-", spec(SPEC), stdin=SPEC.replace("8", "9").encode())
    assert found.code == 0
    assert "\n- → " in found.out
    assert "filters 9 → 8" in found.out


def test_reports_go_into_files(archcalc, tmp_path):
    code, out, _ = archcalc("diff", "vgg16", "vgg16c", "-f", "markdown", "-o", tmp_path / "comment.md")
    assert (code, out) == (0, "")
    assert (tmp_path / "comment.md").read_text(encoding="utf-8") == VGGS


def test_words_of_strangers_are_harmless(archcalc, spec):
    name = '"\\e[31m::error::x | <img src=x> @everyone"'
    old, new = spec(SPEC, "old.yaml"), spec(SPEC.replace("small", name).replace("8", "9"), "new.yaml")
    for format_ in ("text", "json", "csv", "markdown"):
        out = archcalc("diff", old, new, "--format", format_).out
        assert "\x1b" not in out
        assert not re.search("^ *::", out, re.MULTILINE)
        if format_ == "markdown":
            assert not re.search(r"(?<!\\)<img", out)
            assert "@everyone" not in out


@pytest.mark.parametrize("columns", thinned([40, 80, 200], 3))
def test_a_terminal_shows_every_digit_it_has_room_for(terminal, columns):
    code, out, _ = terminal(columns, "diff", "resnet50-v1", "resnet50", NO_COLOR="1")
    assert code == 0
    assert "stride 2 → 1" in out
    assert "4,089,184,256" in out
    assert "…" not in out
