"""Layers laid out: what reads what, how layers are called, and what they are read as."""

import pytest

from archcalc.errors import SpecError
from archcalc.layers.conv import Conv
from archcalc.network import Network
from archcalc.spec.calls import NAME_LENGTH, PATH_LENGTH
from archcalc.spec.expand import LAYER_LIMIT, NESTING_LIMIT
from archcalc.spec.load import loads

HEAD = "input: {channels: 4, height: 8, width: 8}\nlayers:\n"


def network(layers: str, blocks: str = "") -> Network:
    before = f"blocks:\n{blocks}\n" if blocks else ""
    return loads(f"{before}{HEAD}{layers}")


def wiring(layers: str, blocks: str = "") -> dict[str, list[str]]:
    """What each layer reads, by names."""
    found = network(layers, blocks)
    return {node.name: [found.tensor_name(volume) for volume in node.inputs] for node in found.nodes}


def codes(layers: str, blocks: str = "") -> list[tuple[str, int, int]]:
    """(code, line, column) of each problem; the first layer stands in line 1."""
    with pytest.raises(SpecError) as caught:
        network(layers, blocks)
    above = HEAD.count("\n") + (blocks.count("\n") + 2 if blocks else 0)
    return [(each.code, each.span.line - above, each.span.column) for each in caught.value.problems]


def test_layers_read_the_one_above():
    assert wiring("- relu\n- relu\n- flatten\n") == {
        "relu1": ["input"],
        "relu2": ["relu1"],
        "flatten1": ["relu2"],
    }


def test_from_names_layers_or_the_input():
    merges = "- add: {from: [a, relu1]}\n- concat: {from: [add1, input]}\n"
    assert wiring(f"- relu: {{name: a}}\n- relu: {{from: input}}\n{merges}") == {
        "a": ["input"],
        "relu1": ["input"],
        "add1": ["a", "relu1"],
        "concat1": ["add1", "input"],
    }


def test_a_layer_may_be_read_twice_at_once():
    assert wiring("- relu: {name: a}\n- add: {from: [a, a]}\n")["add1"] == ["a", "a"]


def test_from_may_be_a_list_of_one():
    assert wiring("- relu: {name: a}\n- relu: {from: [a]}\n")["relu1"] == ["a"]


def test_names_may_be_numbers():
    assert wiring("- relu: {name: 7}\n- relu: {from: 7}\n") == {"7": ["input"], "relu1": ["7"]}


def test_default_names_pass_over_those_given():
    assert list(wiring("- relu: {name: relu2}\n- relu\n- relu\n")) == ["relu2", "relu1", "relu3"]


@pytest.mark.parametrize(
    "text", ["relu", "relu:", "relu: {}", "relu: {when: true}", "relu: {when: 1}", "'relu'"]
)
def test_forms_of_a_layer(text):
    assert list(wiring(f"- {text}\n")) == ["relu1"]


@pytest.mark.parametrize("when", ["false", "0", '"${1 > 2}"'])
def test_when_leaves_layers_out(when):
    found = wiring(f"- relu\n- sigmoid: {{when: {when}, name: s}}\n- tanh\n")
    assert found == {"relu1": ["input"], "tanh1": ["relu1"]}


def test_nothing_of_a_layer_that_is_left_out_is_worked_out():
    """Its settings may make no sense where its `when` does not hold."""
    text = '- relu\n- conv: {when: "${0 > 1}", name: "c${1 // 0}", filters: "${1 // 0}", kernel_size: 0}\n'
    assert list(wiring(text)) == ["relu1"]


def test_a_left_out_layer_takes_no_name():
    assert list(
        wiring("- relu: {name: a, when: false}\n- relu: {name: a}\n- relu: {when: false}\n- relu\n")
    ) == ["a", "relu1"]


def test_composites_are_their_parts():
    assert wiring("- separable: {name: s, filters: 3, kernel_size: 3}\n- concat: {from: [s, s]}\n") == {
        "s/depthwise": ["input"],
        "s/pointwise": ["s/depthwise"],
        "concat1": ["s/pointwise", "s/pointwise"],
    }


def test_parts_of_composites_can_be_read():
    text = "- separable: {filters: 4, kernel_size: 1}\n- add: {from: [separable1, separable1/depthwise]}\n"
    assert wiring(text)["add1"] == ["separable1/pointwise", "separable1/depthwise"]


def test_a_part_cannot_take_a_name_that_is_given():
    text = "- relu: {name: separable1/pointwise}\n- separable: {filters: 4, kernel_size: 1}\n"
    assert codes(text) == [("duplicate-name", 2, 3)]


def test_notes_and_places_are_kept():
    first, second = network(
        "- relu: {note: in front}\n-   conv: {filters: 1, kernel_size: 1, note: 7}\n"
    ).nodes
    assert (first.note, first.span.line, first.span.column) == ("in front", 3, 3)
    assert (second.note, second.span.line, second.span.column) == ("7", 4, 5)


def test_settings_are_computed():
    text = (
        "variables: {n: 3, size: [3, 5], word: same}\n"
        + HEAD
        + '- conv: {filters: "${2 * n}", kernel_size: $size, padding: $word, stride: [1, "${n - 2}"]}\n'
    )
    assert loads(text).nodes[0].layer == Conv(6, (3, 5), (1, 1), "same")


@pytest.mark.parametrize(
    ("layers", "place"),
    [
        ("- relu: {name: a}\n- relu: {name: a}\n", ("duplicate-name", 2, 16)),
        ("- relu: {name: relu1}\n- relu: {name: relu1}\n", ("duplicate-name", 2, 16)),
        ("- relu: {from: b}\n", ("unknown-name", 1, 16)),
        ("- relu: {name: a}\n- add: {from: [a, b]}\n", ("unknown-name", 2, 19)),
        ("- add: {from: input}\n", ("inputs", 1, 15)),
        ("- add\n", ("inputs", 1, 3)),
        ("- relu: {from: [input, input]}\n", ("inputs", 1, 16)),
        ("- residual: {from: [input, input], body: [relu]}\n", ("inputs", 1, 20)),
        ("- relu: {from: []}\n", ("inputs", 1, 16)),
        ("- relu: {from: {a: b}}\n", ("type", 1, 16)),
        ("- relu: {name: a b}\n", ("type", 1, 16)),
        ("- relu: {note: {a: b}}\n", ("type", 1, 16)),
        ("- relu: {when: x}\n", ("type", 1, 16)),
        ("- reluu\n", ("unknown-kind", 1, 3)),
        ("- reluu: {name: a}\n", ("unknown-kind", 1, 3)),
        ("- relu: {units: 3}\n", ("unknown-setting", 1, 10)),
        ("- fc: {units: [3]}\n", ("type", 1, 15)),
        ("- fc\n", ("missing-setting", 1, 3)),
        ("- fc: 10\n", ("type", 1, 7)),
        ("- relu\n- conv:\n  filters: 3\n", ("type", 3, 3)),
        ("- {}\n", ("type", 1, 3)),
        ("- [relu]\n", ("type", 1, 3)),
        ("- 7\n", ("type", 1, 3)),
        ("- \n", ("type", 1, 2)),
        ("- conv: {filters: 1, kernel_size: [3, x]}\n", ("type", 1, 39)),
        ("- conv: {filters: 1, kernel_size: 1, padding: {top: 1, left: x}}\n", ("type", 1, 62)),
        ('- conv: {filters: 1, kernel_size: [3, "${1 // 0}"]}\n', ("expression", 1, 39)),
    ],
)
def test_problems_point_at_what_is_wrong(layers, place):
    assert codes(layers) == [place]


def test_independent_problems_are_all_found():
    text = "- convv\n- fc: {units: x, bias: y, unit: 3}\n- relu: {from: q}\n- add\n- conv: {filters: 0}\n"
    assert codes(text) == [
        ("unknown-kind", 1, 3),
        ("type", 2, 15),
        ("type", 2, 24),
        ("unknown-setting", 2, 27),
        ("unknown-name", 3, 16),
        ("inputs", 4, 3),
        ("missing-setting", 5, 3),
        ("type", 5, 19),
    ]


READERS = "- relu: {from: a}\n- add: {from: [relu1, a]}\n"
INNER = READERS + "- elu: {from: a/x}\n- concat: {from: [elu1, add1, a/x]}\n"


@pytest.mark.parametrize(
    "faulty",
    [
        "convv: {name: a}",
        "conv: {name: a, filtes: 3, kernel_size: 3}",
        "conv: {name: a}",
        "relu: {name: a, from: nowhere}",
        "relu: {name: a, when: perhaps}",
        "relu: {name: a, note: [b]}",
        "add: {name: a}",
    ],
)
def test_who_reads_a_faulty_layer_is_not_blamed(faulty):
    assert len(codes(f"- {faulty}\n{READERS}")) == 1


@pytest.mark.parametrize(
    "faulty",
    [
        "residual: {name: a}",
        "residual: {name: a, from: nowhere, body: [relu: {name: x}]}",
        "residual: {name: a, body: {relu: {name: x}}}",
        "residual: {name: a, body: [reluu: {name: x}]}",
        "repeat: {name: a, times: x, layers: [relu: {name: x}]}",
        "repeat: {name: a, times: 2, layers: [reluu]}",
        "repeat: {name: a, layers: [relu: {name: x}]}",
        "branches: {name: a, paths: [[relu]]}",
        "branches: {name: a, paths: {x: [reluu], y: []}}",
        "branches: {name: a, path: {x: [reluu], y: []}}",
        "separable: {name: a, filters: 3}",
        "needy: {name: a}",
        "recursive: {name: a}",
        "unknown: {name: a}",
    ],
)
def test_who_reads_what_a_faulty_structure_holds_is_not_blamed(faulty):
    blocks = (
        "  needy: {settings: {w: required}, layers: [relu: {name: x}]}\n  recursive: {layers: [recursive]}"
    )
    assert len(codes(f"- {faulty}\n{INNER}", blocks)) == 1


def test_who_uses_a_faulty_block_is_not_blamed():
    blocks = "  broken: {settings: {1w: 3}, layers: [relu: {name: x}]}"
    assert (
        len(codes(f"- broken: {{name: a, 1w: 3}}\n- broken\n- relu: {{from: broken1/x}}\n{INNER}", blocks))
        == 1
    )


def test_a_misspelt_kind_takes_its_default_names_along():
    assert len(codes("- convv: {filters: 3, kernel_size: 1}\n- relu\n- add: {from: [conv1, relu1]}\n")) == 1


def test_a_faulty_block_is_told_of_once():
    assert codes("- b\n" * 50, "  b: {layers: [reluu]}") == [("unknown-kind", -2, 16)]


def test_layers_are_counted():
    assert len(network("- relu\n" * LAYER_LIMIT).nodes) == LAYER_LIMIT
    assert codes("- relu\n" * (LAYER_LIMIT + 1)) == [("too-large", LAYER_LIMIT + 1, 3)]


def test_names_and_paths_have_a_length():
    name = "n" * NAME_LENGTH
    assert name in wiring(f"- relu: {{name: {name}}}\n")
    assert codes(f"- relu: {{name: {name}n}}\n") == [("type", 1, 16)]
    inner = "m" * (PATH_LENGTH - NAME_LENGTH - 1)
    nested = "- residual: {{name: {}, body: [relu: {{name: {}}}]}}\n"
    assert f"{name}/{inner}" in wiring(nested.format(name, inner))
    assert codes(nested.format(name, f"{inner}m"))[0][0] == "name"


def test_blocks_are_nested_so_deep():
    def blocks(depth: int) -> str:
        chain = "\n".join(f"  b{i}: {{layers: [b{i - 1}: {{name: x}}]}}" for i in range(1, depth))
        return f"  b0: {{layers: [relu: {{name: x}}]}}\n{chain}"

    assert len(network(f"- b{NESTING_LIMIT - 2}: {{name: x}}\n", blocks(NESTING_LIMIT - 1)).nodes) == 1
    assert codes(f"- b{NESTING_LIMIT - 1}: {{name: x}}\n", blocks(NESTING_LIMIT))[0][0] == "too-deep"


@pytest.mark.parametrize("kind", ["relu", "bb", "conv"])
def test_settings_of_all_layers_are_known_everywhere(kind):
    """`name`, `from`, `when` and `note` on layers, structures and blocks."""
    own = {"relu": "", "bb": "", "conv": "filters: 4, kernel_size: 1, "}[kind]
    text = (
        f"- relu\n- {kind}: {{{own}name: n, from: input, when: true, note: x}}\n- add: {{from: [n, relu1]}}\n"
    )
    assert "add1" in wiring(text, "  bb: {layers: [relu]}" if kind == "bb" else "")


def test_nested_repeats_see_the_row_and_the_index_around_them():
    """The worked example of the module."""
    layers = """
- repeat:
    name: stage
    each: {n: [8, 16]}
    layers:
      - conv: {filters: $n, kernel_size: 1}
      - repeat:
          times: 2
          index: i
          layers: [prelu: {num_parameters: "${n * i // i}"}]
"""
    found = network(layers)
    assert [(node.name, node.inputs) for node in found.nodes] == [
        *(("stage1/conv1", (0,)), ("stage1/prelu1", (1,)), ("stage1/prelu2", (2,))),
        *(("stage2/conv1", (3,)), ("stage2/prelu1", (4,)), ("stage2/prelu2", (5,))),
    ]
    assert [node.layer.num_parameters for node in found.nodes if node.kind == "prelu"] == [8, 8, 16, 16]


def test_what_is_written_alike_is_one_layer_and_what_is_not_is_another():
    lines = (
        *("conv: {filters: 4, kernel_size: 3}", "relu", "conv: {filters: 4, kernel_size: 3}"),
        *("conv: {kernel_size: 3, filters: 4}", "Conv2D: {filters: 4, kernel_size: 1}"),
    )
    first, _, second, third, fourth = (
        node.layer for node in network("".join(f"  - {s}\n" for s in lines)).nodes
    )
    assert first is second
    assert first == third != fourth


def test_a_setting_in_quotes_is_refused_behind_one_without():
    alike = "  - conv: {filters: 4, kernel_size: 3}\n"
    with pytest.raises(SpecError, match="filters of conv needs a positive integer, found '4'"):
        network(alike + alike.replace("4", '"4"'))
