"""Specs put into one file: nothing they need stays behind, nothing that they say of layers changes."""

from inspect import cleandoc
from textwrap import dedent

import pytest
from sweeps import thinned

from archcalc.analysis.facts import analyze
from archcalc.analysis.quantities import totals
from archcalc.errors import RequestError
from archcalc.expectations import failures
from archcalc.layers import LAYERS, layer_class
from archcalc.spec.flat import flat
from archcalc.spec.load import parse_parts, parse_spec, read_parts
from archcalc.spec.standalone import MODELINE, standalone
from archcalc.spec.zoo import zoo_names


@pytest.mark.parametrize("name", thinned(zoo_names(), 12))
@pytest.mark.parametrize("write", [standalone, flat])
def test_a_copy_of_a_built_in_network_is_that_network(built_in, name, write):
    """It needs no other file, has the same totals, and holds what it expects."""
    parts = read_parts(name)
    text = write(parts)
    assert text.startswith(MODELINE)
    assert "\nbase:" not in text
    assert "\ninclude:" not in text
    spec = parse_spec(text)
    assert (spec.network.name, spec.network.source) == (parts.spec.network.name, parts.spec.network.source)
    assert spec.network.has_layers_of(parts.spec.network)
    assert spec.silenced or not parts.spec.silenced
    analysis = analyze(spec.network)
    assert totals(analysis) == totals(built_in(name))
    assert len(spec.expectations) == len(parts.spec.expectations)
    assert failures(analysis, spec.expectations) == ()


def test_every_kind_can_be_laid_out():
    """With the settings of its example, which `explain --kind` shows."""
    for kind in LAYERS:
        example = cleandoc(layer_class(kind).__doc__).partition("example:\n")[2]
        parts = parse_parts(dedent(example))
        assert parse_spec(flat(parts)).network.has_layers_of(parts.spec.network)


def test_a_network_that_breaks_can_be_laid_out_too():
    text = "input: {features: 4}\nvariables: {n: 2}\nlayers: [conv: {filters: $n, kernel_size: 3}]\n"
    assert "\n  - conv: {filters: 2, kernel_size: 3}\n" in flat(parse_parts(text, "net.yaml"))


def test_a_flat_copy_has_neither_variables_nor_blocks():
    for name in ("resnet18", "googlenet", "mobilenet_v1"):
        text = flat(read_parts(name))
        assert "$" not in text.partition("\n")[2]
        assert not any(f"\n{key}:" in text for key in ("variables", "blocks"))
        assert "repeat" not in text


LIBRARY = """\
# a library
blocks:
  other: {layers: [relu]}
  # what a unit is
  unit:  # a convolution, and what stands behind it
    settings: {width: required}   # of the filters
    layers:
    - conv:
        filters: $width
        kernel_size: 1
        note: |
          two lines,
            one further in
    - $act
"""
BASE = """\
name: base
include: lib
input: {channels: 3, height: 8, width: 8}
variables: {act: relu, width: 8, unused: [1, 2],
  sizes: [1,
 3]}  # of kernels
layers:
- unit: {width: $width, when: true}
- repeat: {each: {size: $sizes}, layers: [conv: {filters: 2, kernel_size: $size, padding: "${size // 2}"}]}
expect: {output: [1]}
"""
OWN = """\
base: base
variables:
  width: 16  # filters
  act: "tanh"
blocks: {unit: {settings: {width: 1}, layers: [{conv: {filters: $width,
  kernel_size: 3, padding: 1}}, $act]}}
silence: [a, b]
expect: {parameters: 500}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "lib.yaml").write_text(LIBRARY)
    (tmp_path / "base.yaml").write_text(BASE.replace("unused: [1, 2],\n", ""))
    (tmp_path / "own.yaml").write_text(OWN)
    return tmp_path


def test_lines_and_comments_stay_as_they_are(folder):
    assert (
        standalone(read_parts(folder / "base.yaml"))
        == MODELINE
        + """\
name: base
input: {channels: 3, height: 8, width: 8}
variables:
  act: relu
  width: 8
  sizes: [1,
    3]  # of kernels
blocks:
  # what a unit is
  unit:  # a convolution, and what stands behind it
    settings: {width: required}   # of the filters
    layers:
    - conv:
        filters: $width
        kernel_size: 1
        note: |
          two lines,
            one further in
    - $act
layers:
- unit: {width: $width, when: true}
- repeat: {each: {size: $sizes}, layers: [conv: {filters: 2, kernel_size: $size, padding: "${size // 2}"}]}
expect: {output: [1]}
"""
    )


def test_a_variant_has_what_it_replaces_in_place_of_that(folder):
    text = standalone(read_parts(folder / "own.yaml"))
    assert text.startswith(f"{MODELINE}input:")
    assert (
        '  act: "tanh"\n  width: 16  # filters\n  sizes: [1,\n    3]  # of kernels\nblocks:\n  unit:' in text
    )
    assert text.endswith("\nsilence: [a, b]\nexpect: {parameters: 500}\n")
    assert parse_spec(text).network.nodes[0].layer.filters == 16


def test_a_meaning_is_taken_over_with_its_variable():
    """Also by a table, whose comment stands behind its name."""
    assert "\n  width: 200  # width coefficient in percent\n" in standalone(read_parts("efficientnet_b7"))
    assert "\n  bneck:  # the columns of the table\n" in standalone(read_parts("mobilenet_v3_small"))


def test_a_spec_of_its_own_stays_as_it_is(tmp_path):
    text = "# mine\ninput: {features: 3}\n\nlayers: [fc: {units: 2}]  # one\n"
    for before in ("", MODELINE, "# yaml-language-server: $schema=../other.json\n"):
        (tmp_path / "a.yaml").write_text(before + text)
        assert standalone(read_parts(tmp_path / "a.yaml")) == MODELINE + text


@pytest.mark.parametrize(
    "text",
    [
        "{base: base, variables: {width: 4}, name: in brackets}",
        '{"base": base, "variables": {"width": 4, "act": relu}}',
        "variables:\n  width:\n    4\nbase: base\n",
        "variables:\n    width: 4\n    act:\n        tanh # behind\n\n# between\nbase: base\n",
        "base: base\r\nvariables:\r\n  # above\r\n  width: 4\r\n",
        "base: base\nvariables: {width: 4,\n# in between\nact: tanh}\nsilence:\n- a\n- b\n",
        "base: base\nname: >-\n  folded\n  text\n\nsource: |2\n    kept\nsilence: x  # why\n",
        "base: base\nauxiliary: []\nname: 'it''s ${width}'\n",
    ],
)
def test_however_it_is_written(folder, text):
    (folder / "net.yaml").write_bytes(text.encode())
    parts = read_parts(folder / "net.yaml")
    copy = parse_spec(standalone(parts), "net.yaml")
    assert copy.network.has_layers_of(parts.spec.network)
    assert (copy.network.name, copy.network.source) == (parts.spec.network.name, parts.spec.network.source)
    assert [code for code, _ in copy.silenced] == [code for code, _ in parts.spec.silenced]


def test_what_would_not_survive_is_refused(folder):
    (folder / "net.yaml").write_text("base: base\n? variables\n: ? width\n  : 4\n")
    with pytest.raises(RequestError, match="cannot be put into one file: "):
        standalone(read_parts(folder / "net.yaml"))


def test_an_output_that_a_block_names_is_named_by_its_layer_when_flat():
    text = (
        "input: {features: 4}\nblocks: {b: {layers: [relu, fc: {units: 2}]}}\n"
        "layers: [b: {name: one}, b: {name: two, from: input}]\noutputs: [one, two]\n"
        "expect: {layers: {one: {output: [2]}}}\n"
    )
    spec = parse_spec(flat(parse_parts(text)))
    assert list(spec.network.outputs) == ["one/fc1", "two/fc1"]
    assert {each.key for each in spec.expectations} == {"output", "parameters", "macs"}
