"""Tables, of which repeats make a copy for each row, kinds by settings, and residuals that may not add."""

import pytest

from archcalc.errors import SpecError
from archcalc.network import Network
from archcalc.spec.load import loads

HEAD = "input: {channels: 4, height: 8, width: 8}\n"


def network(layers: str, blocks: str = "{}", variables: str = "{}") -> Network:
    return loads(f"{HEAD}variables: {variables}\nblocks: {blocks}\nlayers: {layers}\n")


def filters(layers: str, variables: str = "{}") -> list[int]:
    return [node.layer.filters for node in network(layers, "{}", variables).nodes if node.kind == "conv"]


def conv(count: str) -> str:
    given = count if count.isdigit() else f'"{count}"'
    return f"conv: {{filters: {given}, kernel_size: 1}}"


def message(layers: str, variables: str = "{}") -> str:
    with pytest.raises(SpecError) as caught:
        network(layers, "{}", variables)
    (problem,) = caught.value.problems
    return problem.message


class TestEach:
    def test_a_copy_for_each_row(self):
        table = "{w: [3, 5, 7], k: [1, 2, 4]}"
        assert filters(f"[repeat: {{each: {table}, layers: [{conv('${10 * w + k}')}]}}]") == [31, 52, 74]

    def test_columns_and_tables_are_variables(self):
        column, table = "w: [3, 5]", "k: {a: [1, 2], b: $w}"
        assert filters(f"[repeat: {{each: {{v: $w}}, layers: [{conv('$v')}]}}]", f"{{{column}}}") == [3, 5]
        given = f"{{{column}, {table}}}"
        assert filters(f"[repeat: {{each: $k, layers: [{conv('${a * b}')}]}}]", given) == [3, 10]

    def test_a_cell_is_computed_and_may_be_a_list(self):
        found = network(
            '[repeat: {each: {k: [[1, 3], "${2 + 3}"]}, layers: [maxpool: {kernel_size: $k, stride: 1}]}]'
        )
        assert [node.layer.kernel_size for node in found.nodes] == [(1, 3), 5]

    def test_names_and_the_index(self):
        text = f"[repeat: {{name: s, index: i, each: {{w: [9, 8]}}, layers: [{conv('${w * i}')}]}}]"
        assert filters(text) == [9, 16]
        assert [node.name for node in network(text).nodes] == ["s1/conv1", "s2/conv1"]

    def test_a_cell_hides_a_variable_and_tables_nest(self):
        inner = f"repeat: {{each: {{w: $row}}, layers: [{conv('$w')}]}}"
        outer = f"[repeat: {{each: {{row: [[1, 2], [], [3]]}}, layers: [{inner}]}}, {conv('$w')}]"
        assert filters(outer, "{w: 7}") == [1, 2, 3, 7]

    def test_no_row_is_no_layer(self):
        assert filters(f"[{conv('2')}, repeat: {{each: {{w: []}}, layers: [{conv('$w')}]}}]") == [2]

    def test_the_first_uneven_column_is_named(self):
        text = "[repeat: {each: {a: [1, 2], b: [3, 4], c: [5], d: []}, layers: [relu]}]"
        assert message(text) == "all columns of each need as many values: a has 2, c has 1"

    def test_a_faulty_table_says_nothing_of_its_layers(self):
        text = f"[repeat: {{each: {{w: 3}}, layers: [{conv('$w')}, relu: {{name: r}}]}}, tanh: {{from: r}}]"
        assert message(text).startswith("each of repeat needs columns by name")


class TestKinds:
    def test_a_kind_is_what_a_setting_names(self):
        blocks = "{b: {settings: {act: relu}, layers: [$act]}}"
        found = network("[b, b: {act: hard_swish}, b: {act: ReLU6}]", blocks)
        assert [(node.name, node.kind) for node in found.nodes] == [
            ("b1/relu1", "relu"),
            ("b2/hard_swish1", "hard_swish"),
            ("b3/relu61", "relu6"),
        ]

    def test_a_block_with_settings_by_a_table(self):
        blocks = "{one: {settings: {w: 1}, layers: [%s]}, two: {settings: {w: 1}, layers: [%s, tanh]}}"
        blocks %= (conv("$w"), conv("${w + 1}"))
        found = network("[repeat: {each: {op: [two, one], w: [3, 5]}, layers: [$op: {w: $w}]}]", blocks)
        assert [node.name for node in found.nodes] == ["two1/conv1", "two1/tanh1", "one1/conv1"]
        assert [node.layer.filters for node in found.nodes if node.kind == "conv"] == [4, 5]

    def test_a_block_cannot_use_itself_by_a_setting(self):
        with pytest.raises(SpecError, match="block 'b' uses itself"):
            network("[b: {k: b}]", "{b: {settings: {k: relu}, layers: [$k]}}")


class TestResidualAdd:
    @pytest.mark.parametrize(("add", "kinds"), [("true", ["conv", "add"]), ("false", ["conv"])])
    def test_it_adds_or_not(self, add, kinds):
        found = network(f"[residual: {{add: {add}, body: [{conv('4')}]}}]")
        assert [node.kind for node in found.nodes] == kinds

    def test_without_it_there_is_no_shortcut_either(self):
        paths = f"body: [{conv('9')}], shortcut: [{conv('5')}]"
        found = network(f'[residual: {{name: r, add: "${{1 > 2}}", {paths}}}, relu: {{from: r}}]')
        assert [(node.name, node.inputs) for node in found.nodes] == [("r/conv1", (0,)), ("relu1", (1,))]
