"""Repeat, residual, branches and blocks: the layers they stand for, and their names."""

import pytest

from archcalc.errors import SpecError
from archcalc.network import Network
from archcalc.spec.load import loads

HEAD = "input: {channels: 4, height: 8, width: 8}\n"


def network(layers: str, blocks: str = "{}", variables: str = "{}") -> Network:
    return loads(f"{HEAD}variables: {variables}\nblocks: {blocks}\nlayers: {layers}\n")


def wiring(layers: str, blocks: str = "{}", variables: str = "{}") -> dict[str, str]:
    """What each layer reads, in one line."""
    found = network(layers, blocks, variables)
    return {node.name: " ".join(map(found.tensor_name, node.inputs)) for node in found.nodes}


def filters(layers: str, blocks: str = "{}", variables: str = "{}") -> list[int]:
    """The filters of all convolutions, in order."""
    return [node.layer.filters for node in network(layers, blocks, variables).nodes if node.kind == "conv"]


def problems(layers: str, blocks: str = "{}") -> list[str]:
    with pytest.raises(SpecError) as caught:
        network(layers, blocks)
    return [f"{problem.code}: {problem.message}" for problem in caught.value.problems]


def conv(count: str) -> str:
    return f'conv: {{filters: "{count}", kernel_size: 1}}'


class TestRepeat:
    def test_copies_stand_one_behind_the_other(self):
        found = wiring("[repeat: {times: 2, layers: [relu, tanh]}, sigmoid]")
        assert found == {
            "relu1": "input",
            "tanh1": "relu1",
            "relu2": "tanh1",
            "tanh2": "relu2",
            "sigmoid1": "tanh2",
        }

    def test_a_name_with_a_number_for_each_copy(self):
        found = wiring(
            "[repeat: {name: s, times: 2, layers: [relu: {name: a}, relu: {from: a}]}, tanh: {from: s}]"
        )
        assert found == {
            "s1/a": "input",
            "s1/relu1": "s1/a",
            "s2/a": "s1/relu1",
            "s2/relu1": "s2/a",
            "tanh1": "s2/relu1",
        }

    def test_the_index_counts_from_one(self):
        assert filters(f"[repeat: {{times: 4, index: i, layers: [{conv('${2 * i}')}]}}]") == [2, 4, 6, 8]

    def test_indices_nest_and_hide(self):
        inner = f"repeat: {{times: 2, index: j, layers: [{conv('${10 * i + j}')}]}}"
        assert filters(f"[repeat: {{times: 2, index: i, layers: [{inner}]}}]") == [11, 12, 21, 22]
        hidden = f"repeat: {{times: 2, index: i, layers: [{conv('$i')}]}}"
        assert filters(f"[repeat: {{times: 2, index: i, layers: [{hidden}, {conv('${5 * i}')}]}}]") == [
            1,
            2,
            5,
            1,
            2,
            10,
        ]

    def test_an_index_hides_a_variable_within(self):
        text = f"[{conv('$i')}, repeat: {{times: 1, index: i, layers: [{conv('$i')}]}}, {conv('$i')}]"
        assert filters(text, variables="{i: 9}") == [9, 1, 9]

    def test_names_with_the_index(self):
        found = wiring('[repeat: {times: 2, index: i, layers: [relu: {name: "a$i"}]}, add: {from: [a1, a2]}]')
        assert found == {"a1": "input", "a2": "a1", "add1": "a1 a2"}

    def test_no_copy_is_no_layer(self):
        assert wiring("[relu, repeat: {times: 0, layers: [tanh]}, sigmoid]")["sigmoid1"] == "relu1"

    def test_times_is_computed(self):
        text = '[repeat: {times: "${n - 1}", layers: [relu]}]'
        assert len(network(text, variables="{n: 4}").nodes) == 3

    def test_it_reads_from_a_name(self):
        found = wiring(
            "[relu: {name: a}, tanh, repeat: {times: 1, from: a, layers: [elu]}, add: {from: [tanh1, elu1]}]"
        )
        assert found["elu1"] == "a"

    def test_the_name_of_no_copies_is_what_it_reads(self):
        assert (
            wiring("[relu, repeat: {name: r, times: 0, layers: [relu]}, tanh: {from: r}]")["tanh1"] == "relu1"
        )

    def test_a_copy_with_a_fault_is_the_last(self):
        """The faults of later copies would be the same; names that the first one lacks stay unknown."""
        found = problems("[repeat: {times: 2147483647, index: i, layers: [fc: {units: x}, relu: {name: a}]}]")
        assert found == ["type: units of fc needs a positive integer, found 'x'"]


class TestResidual:
    def test_body_and_identity_are_added(self):
        found = wiring("[relu, residual: {body: [tanh, elu]}, sigmoid]")
        assert found == {
            "relu1": "input",
            "tanh1": "relu1",
            "elu1": "tanh1",
            "add1": "elu1 relu1",
            "sigmoid1": "add1",
        }

    def test_body_and_shortcut_are_added(self):
        found = wiring("[residual: {body: [tanh], shortcut: [elu, tanh]}]")
        assert found == {
            "tanh1": "input",
            "shortcut/elu1": "input",
            "shortcut/tanh1": "shortcut/elu1",
            "add1": "tanh1 shortcut/tanh1",
        }

    def test_a_name_is_a_path(self):
        found = wiring("[residual: {name: r, body: [tanh], shortcut: [elu]}, relu: {from: r}]")
        assert found == {
            "r/tanh1": "input",
            "r/shortcut/elu1": "input",
            "r/add1": "r/tanh1 r/shortcut/elu1",
            "relu1": "r/add1",
        }

    def test_an_empty_shortcut_is_the_identity(self):
        assert wiring("[residual: {body: [tanh], shortcut: []}]")["add1"] == "tanh1 input"

    def test_an_empty_body_adds_the_volume_to_itself(self):
        assert wiring("[relu, residual: {body: []}]")["add1"] == "relu1 relu1"

    def test_they_nest(self):
        found = wiring("[residual: {name: a, body: [residual: {name: b, body: [relu]}]}]")
        assert found == {"a/b/relu1": "input", "a/b/add1": "a/b/relu1 input", "a/add1": "a/b/add1 input"}


class TestBranches:
    def test_a_list_of_paths(self):
        found = wiring("[relu, branches: {paths: [[tanh], [tanh, elu], []]}]")
        assert found == {
            "relu1": "input",
            "branch1/tanh1": "relu1",
            "branch2/tanh1": "relu1",
            "branch2/elu1": "branch2/tanh1",
            "concat1": "branch1/tanh1 branch2/elu1 relu1",
        }

    def test_paths_with_names(self):
        found = wiring(
            "[branches: {name: m, merge: multiply, paths: {one: [tanh], two: []}}, relu: {from: m}]"
        )
        assert found == {"m/one/tanh1": "input", "m/multiply1": "m/one/tanh1 input", "relu1": "m/multiply1"}

    def test_numbers_go_on_behind_the_first(self):
        found = wiring("[branches: {paths: [[tanh], []]}, branches: {merge: add, paths: [[tanh], []]}]")
        assert list(found) == ["branch1/tanh1", "concat1", "branch3/tanh1", "add1"]

    def test_paths_of_the_same_name_number_their_layers_on(self):
        one = "branches: {merge: add, paths: {a: [tanh], b: []}}"
        assert list(wiring(f"[{one}, {one}]")) == ["a/tanh1", "add1", "a/tanh2", "add2"]

    def test_a_path_reads_another_path_of_the_same_branches(self):
        text = "[branches: {paths: {a: [tanh], b: [elu: {from: a/tanh1}]}}]"
        assert wiring(text)["b/elu1"] == "a/tanh1"

    @pytest.mark.parametrize("paths", ["[]", "[[relu]]", "{}", "{a: [relu]}", "relu", "3"])
    def test_two_paths_are_needed(self, paths):
        (problem,) = problems(f"[branches: {{paths: {paths}}}]")
        assert problem.startswith("type: paths need two or more lists of layers")


class TestBlocks:
    UNIT = "unit: {settings: {width: required, half: '${width // 2}', deep: '${half + 1}'}, layers: [%s]}"

    def blocks(self, *counts: str) -> str:
        return "{" + self.UNIT % ", ".join(map(conv, counts)) + "}"

    def test_defaults_see_the_settings_above_them(self):
        assert filters("[unit: {width: 8}]", self.blocks("$width", "$half", "$deep")) == [8, 4, 5]

    def test_what_is_given_comes_before_defaults(self):
        assert filters("[unit: {width: 8, half: 7}]", self.blocks("$width", "$half", "$deep")) == [8, 7, 8]

    def test_settings_hide_variables_and_variables_are_seen(self):
        given = "{width: 5, other: $width}"
        found = filters("[unit: {width: 8}]", self.blocks("$width", "$other", "$deep"), given)
        assert found == [8, 5, 5]

    def test_what_is_given_is_worked_out_where_the_block_is_used(self):
        """`$width` of the caller is not the `width` of the block."""
        unit = f"unit: {{settings: {{width: 1}}, layers: [{conv('$width')}]}}"
        outer = "outer: {settings: {width: 5}, layers: [unit: {width: '${width + 1}'}]}"
        assert filters("[outer, outer: {width: 8}]", f"{{{unit}, {outer}}}") == [6, 9]

    def test_a_caller_is_not_seen(self):
        text = "[repeat: {times: 2, index: i, layers: [unit: {width: 2}]}]"
        (problem,) = problems(text, self.blocks("$i"))
        assert problem.startswith("expression: unknown variable 'i'")

    def test_settings_may_be_lists_mappings_and_text(self):
        layers = ", ".join(f"conv: {{filters: 1, kernel_size: $k, padding: {p}}}" for p in ("$p", "$word"))
        blocks = f"{{b: {{settings: {{k: [3, 1], p: {{top: 1}}, word: same}}, layers: [{layers}]}}}}"
        first, second = (node.layer for node in network("[b]", blocks).nodes)
        assert (first.kernel_size, first.padding, second.padding) == ((3, 1), ((1, 0), (0, 0)), "same")

    def test_names_are_paths_with_numbers_or_names(self):
        blocks = "{b: {layers: [relu, tanh: {name: t}]}}"
        found = wiring(
            "[b, b: {name: x}, b, elu: {from: x}, elu: {from: b1}, add: {from: [elu1, elu2, b2/t]}]", blocks
        )
        assert list(found) == [
            "b1/relu1",
            "b1/t",
            "x/relu1",
            "x/t",
            "b2/relu1",
            "b2/t",
            "elu1",
            "elu2",
            "add1",
        ]
        assert (found["elu1"], found["elu2"], found["add1"]) == ("x/t", "b1/t", "elu1 elu2 b2/t")

    def test_each_copy_reads_its_own_layers(self):
        blocks = "{b: {layers: [relu: {name: a}, tanh, add: {from: [a, tanh1]}]}}"
        found = wiring("[b, b]", blocks)
        assert (found["b1/add1"], found["b2/add1"]) == ("b1/a b1/tanh1", "b2/a b2/tanh1")

    def test_from_looks_on_the_path_at_hand_then_around_it(self):
        outer = "outer: {layers: [relu: {name: a}, inner, tanh: {from: b}, add: {from: [inner1, tanh1]}]}"
        blocks = f"{{inner: {{layers: [elu: {{from: a}}]}}, {outer}}}"
        found = wiring("[relu: {name: a}, relu: {name: b}, add: {from: [a, b]}, outer]", blocks)
        assert (found["outer1/inner1/elu1"], found["outer1/tanh1"]) == ("outer1/a", "b")

    def test_full_names_work_everywhere(self):
        blocks = "{b: {layers: [relu: {name: a}]}, c: {layers: [tanh: {from: b1/a}]}}"
        assert wiring("[b, elu: {from: b1/a}, c, add: {from: [elu1, c1]}]", blocks)["c1/tanh1"] == "b1/a"

    def test_blocks_use_blocks_defined_later(self):
        assert list(wiring("[a]", "{a: {layers: [b]}, b: {layers: [relu]}}")) == ["a1/b1/relu1"]

    def test_an_empty_block_is_the_volume_itself(self):
        assert wiring("[relu, b, tanh: {from: b1}]", "{b: {layers: []}}")["tanh1"] == "relu1"

    def test_blocks_with_from_and_when(self):
        blocks = "{b: {layers: [relu]}}"
        found = wiring(
            "[tanh: {name: t}, elu, b: {from: t}, b: {when: false}, add: {from: [elu1, b1]}]", blocks
        )
        assert found["b1/relu1"] == "t"
        assert "b2/relu1" not in found

    @pytest.mark.parametrize(
        ("blocks", "message"),
        [
            ("{a: {layers: [a]}}", "block 'a' uses itself"),
            ("{a: {layers: [b]}, b: {layers: [relu, a]}}", "block 'a' uses itself, through 'b'"),
            (
                "{a: {layers: [b]}, b: {layers: [residual: {body: [c]}]}, c: {layers: [a]}}",
                "block 'a' uses itself, through 'b' and 'c'",
            ),
        ],
    )
    def test_recursion_is_refused(self, blocks, message):
        assert problems("[a]", blocks) == [f"recursive-block: {message}"]

    def test_required_settings(self):
        found = problems("[unit]", "{unit: {settings: {w: required, d: 1, v: required}, layers: [relu]}}")
        assert found == ["missing-setting: block 'unit' needs 'w' and 'v'"]

    def test_the_word_required_may_be_a_text(self):
        assert wiring("[b]", '{b: {settings: {w: "required"}, layers: [relu: {name: $w}]}}') == {
            "b1/required": "input"
        }

    def test_null_may_be_given(self):
        blocks = "{b: {settings: {s: required}, layers: [maxpool: {kernel_size: 2, stride: $s}]}}"
        assert network("[b: {s: null}]", blocks).nodes[0].layer.stride is None

    def test_a_fault_in_what_is_given_is_told_at_its_place_only(self):
        assert problems('[unit: {width: "${1 // 0}"}]', self.blocks("$width", "$half")) == [
            "expression: `1 // 0` divides 1 by 0"
        ]

    def test_a_fault_in_the_body_says_which_use_of_the_block_it_is_about(self):
        (problem,) = problems("[unit: {width: 8}, unit: {width: wide, half: 1}]", self.blocks("$width"))
        assert problem.endswith("found '$width', which is 'wide', for the block used in line 4")


def test_everything_nests_in_everything():
    layers = """
  - repeat:
      name: r
      times: 2
      layers:
        - residual:
            name: s
            body:
              - branches: {name: m, merge: add, paths: {p: [u: {n: 2}], q: []}}
"""
    blocks = "{u: {settings: {n: 1}, layers: [repeat: {times: $n, layers: [relu]}]}}"
    found = wiring(layers, blocks)
    copy = ["s/m/p/u1/relu1", "s/m/p/u1/relu2", "s/m/add1", "s/add1"]
    assert list(found) == [f"r{number}/{name}" for number in (1, 2) for name in copy]
    assert found["r2/s/m/add1"] == "r2/s/m/p/u1/relu2 r1/s/add1"
    assert found["r2/s/add1"] == "r2/s/m/add1 r1/s/add1"
