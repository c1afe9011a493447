"""The top level of a spec: input, variables, blocks, outputs, and how a spec gets here."""

import io
import sys
from pathlib import Path

import pytest

import archcalc
from archcalc.errors import ReadError, SpecError
from archcalc.network import Network
from archcalc.spec.calls import RESERVED
from archcalc.spec.load import TOP, load, loads

LAYERS = "layers: [relu]\n"
VECTOR = "input: {features: 3}\n"


def codes(text: str) -> list[tuple[str, int, int]]:
    with pytest.raises(SpecError) as caught:
        loads(text)
    return [(each.code, each.span.line, each.span.column) for each in caught.value.problems]


class TestSources:
    def test_text_and_bytes(self):
        assert loads(VECTOR + LAYERS).nodes == loads((VECTOR + LAYERS).encode()).nodes

    def test_a_path_as_text_or_path(self, tmp_path):
        path = tmp_path / "net.yml"
        path.write_text(VECTOR + LAYERS)
        assert load(path).nodes == load(str(path)).nodes
        assert load(path).name == "net"

    def test_a_zoo_name(self):
        assert load("vgg16").nodes[0].span.source == "vgg16.yaml"

    def test_standard_input(self, monkeypatch):
        stdin = io.TextIOWrapper(io.BytesIO((VECTOR + LAYERS).encode()))
        monkeypatch.setattr(sys, "stdin", stdin)
        assert load("-").nodes[0].span.source == "<stdin>"

    @pytest.mark.parametrize(
        "spec",
        ["nothing.yaml", "vgg17", "", ".", "..", "no/such", "a\0b.yaml", "a\0b", "x" * 5000, "\ud800.yaml"],
    )
    def test_what_is_not_there(self, spec):
        with pytest.raises(ReadError) as caught:
            load(spec)
        assert str(caught.value).isprintable()

    def test_a_near_zoo_name_is_suggested(self):
        with pytest.raises(ReadError, match="did you mean 'vgg16'"):
            load("vgg-16")

    def test_a_folder_is_no_spec(self, tmp_path):
        (tmp_path / "folder.yaml").mkdir()
        with pytest.raises(ReadError, match="it is a folder"):
            load(tmp_path / "folder.yaml")

    def test_a_pipe_is_not_waited_for(self, tmp_path):
        import os

        os.mkfifo(tmp_path / "pipe.yaml")
        with pytest.raises(ReadError, match="it is a pipe"):
            load(tmp_path / "pipe.yaml")

    def test_no_more_is_read_than_a_spec_may_have(self, tmp_path):
        path = tmp_path / "large.yaml"
        with path.open("wb") as file:
            file.truncate(100 * 1024**2)
        with pytest.raises(SpecError, match="too-large"):
            load(path)

    def test_text_that_is_no_unicode(self):
        assert codes("name: \ud800\n")[0][0] == "encoding"

    def test_errors_carry_the_text_they_point_into(self):
        with pytest.raises(SpecError) as caught:
            loads(VECTOR + "layers: [reluu]\n", "net.yaml")
        assert caught.value.texts == {"net.yaml": VECTOR + "layers: [reluu]\n"}
        assert str(caught.value).startswith("net.yaml:2:10: error[unknown-kind]: ")

    def test_file_names_are_escaped_in_errors(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        name = "::error::\x1b[31m\n.yaml"
        Path(name).write_text("layers: []")
        with pytest.raises(SpecError) as caught:
            load(name)
        assert str(caught.value).startswith(r"\x3a:error\x3a:\x1b[31m\n.yaml:1:1: error")

    def test_the_public_functions_are_these(self):
        assert archcalc.load("lenet5") == load("lenet5")
        assert archcalc.loads is loads


class TestInput:
    @pytest.mark.parametrize(
        ("text", "shape"),
        [
            ("{channels: 3, height: 5, width: 7}", (3, 5, 7)),
            ("{width: 7, height: 5, channels: 3}", (3, 5, 7)),
            ("{channels: 3, length: 5}", (3, 5)),
            ("{features: 3}", (3,)),
            ("{features: 2147483647}", (2147483647,)),
            ('{features: "${2 * n}"}', (8,)),
        ],
    )
    def test_forms(self, text, shape):
        assert loads(f"name: net $n\nvariables: {{n: 4}}\ninput: {text}\n{LAYERS}").input_shape == shape

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            *(("[3, 5, 7]", "input"), ("3", "input"), ("x", "input"), ("{}", "input"), ("", "input")),
            *(
                ("{channels: 3}", "input"),
                ("{channels: 3, height: 5}", "input"),
                ("{height: 5, width: 5}", "input"),
            ),
            *(("{features: 3, width: 5}", "input"), ("{channels: 3, length: 5, height: 5}", "input")),
            *(("{features: 0}", "type"), ("{features: -1}", "type"), ("{features: 2147483648}", "type")),
            *(("{features: x}", "type"), ("{features: 1.5}", "type"), ("{features: [3]}", "type")),
            *(
                ("{features: $n}", "expression"),
                ("{feature: 3}", "unknown-key"),
                ("{batch: 3}", "unknown-key"),
            ),
            *(("{C: 3, D: 3, H: 5, W: 5}", "duplicate-key"), ("{features: 3, units: 3}", "duplicate-key")),
        ],
    )
    def test_what_is_refused(self, text, code):
        found = codes(f"input: {text}\n{LAYERS}")
        assert [each[0] for each in found] == [code]

    def test_each_wrong_size_is_told(self):
        assert codes(f"input: {{channels: 0, height: x, width: -1}}\n{LAYERS}") == [
            ("type", 1, 19),
            ("type", 1, 30),
            ("type", 1, 40),
        ]

    @pytest.mark.parametrize(
        ("text", "hint"),
        [
            ("[3, 224, 224]", "write {channels: 3, height: 224, width: 224}"),
            ("[3, 9]", "write {channels: 3, length: 9}"),
            ("784", "write {features: 784}"),
            ("{channels: 3, height: 8}", "add width"),
            ("{channels: 3}", "add height and width"),
            ("[a, b, c]", None),
            ("[1, 2, 3, 4, 5]", None),
        ],
    )
    def test_what_to_write(self, text, hint):
        with pytest.raises(SpecError) as caught:
            loads(f"input: {text}\n{LAYERS}")
        assert caught.value.problems[0].hint == hint


class TestTop:
    @pytest.mark.parametrize("key", sorted(set(TOP) - {"base", "input", "layers"}))
    def test_a_key_without_a_value_is_refused(self, key):
        assert [code for code, *_ in codes(f"{VECTOR}{LAYERS}{key}:\n")] == ["type"]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("layers: [relu]", [("missing-key", 1, 1)]),
            ("input: {features: 3}", [("missing-key", 1, 1)]),
            ("# x\nname: y", [("missing-key", 2, 1)]),
            ("inputs: {features: 3}\nlayers: [relu]", [("unknown-key", 1, 1)]),
            ("input: {features: 3}\nLayers: [relu]", [("unknown-key", 2, 1)]),
            ("input: {features: 3}\nlayers: []", [("missing-key", 2, 9)]),
            ("input: {features: 3}\nlayers: [relu: {when: false}]", [("missing-key", 2, 9)]),
            ("input: {features: 3}\nlayers:", [("type", 2, 8)]),
            ("- relu", [("type", 1, 1)]),
            ("relu", [("type", 1, 1)]),
            ("~", [("type", 1, 1)]),
        ],
    )
    def test_what_is_missing_or_wrong(self, text, found):
        assert codes(text) == found

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            *(
                ("LeNet", "LeNet"),
                ("'a: b'", "a: b"),
                ("5", "5"),
                ("010", "010"),
                ("1_000", "1_000"),
                ("true", "true"),
            ),
            *(
                ('"x${n + 1}"', "x5"),
                ("a $n", "a $n"),
                ("$5 net", "$5 net"),
                ("${n}", "4"),
                ("größe", "größe"),
            ),
        ],
    )
    def test_names_are_as_written(self, text, name):
        used = f"{LAYERS}expect: {{output: $n}}\n"
        network = loads(f"name: {text}\nsource: {text}\nvariables: {{n: 4}}\n{VECTOR}{used}")
        assert (network.name, network.source) == (name, name)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            *(
                ("[a]", "type"),
                ("{a: b}", "type"),
                ("", "type"),
                ("${m}", "expression"),
                ("'${1 // 0}'", "expression"),
            ),
            *(("${list}", "type"), ("a${list}", "expression"), ("${", "expression"), ("'${'", "expression")),
        ],
    )
    @pytest.mark.parametrize("key", ["name", "source"])
    def test_wrong_names(self, key, text, code):
        found = codes(f"variables: {{list: [1]}}\n{VECTOR}{LAYERS}{key}: {text}\n")
        assert [each[0] for each in found] == [code]

    def test_without_a_name_it_is_the_source_that_names(self):
        assert loads(VECTOR + LAYERS, "folder/my.net.yaml").name == "my.net"

    def test_all_parts_are_read_before_it_is_refused(self):
        above = "nam: x\nvariables: {1a: 3}\ninput: {features: x}\nblocks: {b: 3}\nlayers: [reluu]\n"
        assert codes(f"{above}outputs: {{a: b}}\nexpect: {{macros: 3}}\nsilence: {{}}\n") == [
            ("unknown-key", 1, 1),
            ("name", 2, 13),
            ("type", 3, 19),
            ("type", 4, 13),
            ("unknown-kind", 5, 10),
            ("type", 6, 10),
            ("unknown-key", 7, 10),
            ("type", 8, 10),
        ]


class TestVariables:
    def test_they_see_those_above(self):
        text = 'variables: {a: 2, b: "${a + 1}", c: [$a, $b], d: $c}\n'
        network = loads(
            f"{text}input: {{channels: 1, height: 9, width: 9}}\nlayers: [maxpool: {{kernel_size: $d}}]"
        )
        assert network.nodes[0].layer.kernel_size == (2, 3)

    @pytest.mark.parametrize("name", ["a-b", "1a", "größe", "a b", "", *RESERVED])
    def test_their_names(self, name):
        assert codes(f"variables: {{'{name}': 1}}\n{VECTOR}{LAYERS}") == [("name", 1, 13)]

    def test_a_faulty_one_makes_no_other_faults(self):
        text = 'variables: {a: $z, b: $a, c: "${b + 1}"}\ninput: {features: $a}\n'
        assert codes(f"{text}layers: [fc: {{units: $c}}]\nexpect: {{parameters: $b}}") == [
            ("expression", 1, 16)
        ]


class TestBlocks:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("{b: 3}", ("type", 1, 13)),
            ("{b: }", ("type", 1, 13)),
            ("{b: {}}", ("missing-key", 1, 10)),
            ("{b: {layers: 3}}", ("type", 1, 22)),
            ("{b: {layers: {relu: 3}}}", ("type", 1, 22)),
            ("{b: {layers: [relu], settings: 3}}", ("type", 1, 40)),
            ("{b: {layers: [relu], settings: {1w: 3}}}", ("name", 1, 41)),
            ("{b: {layers: [relu], setings: {w: 3}}}", ("unknown-key", 1, 30)),
            ("{b: {layer: [relu]}}", ("unknown-key", 1, 14)),
            ("{relu: {layers: [tanh]}}", ("name", 1, 10)),
            ("{repeat: {layers: [tanh]}}", ("name", 1, 10)),
            ("{ReLU: {layers: [tanh]}}", ("name", 1, 10)),
            ("{a/b: {layers: [tanh]}}", ("name", 1, 10)),
            ("{a b: {layers: [tanh]}}", ("name", 1, 10)),
            ("[b]", ("type", 1, 9)),
        ],
    )
    def test_what_is_refused(self, text, found):
        assert codes(f"blocks: {text}\n{VECTOR}layers: [tanh]\n") == [found]

    @pytest.mark.parametrize("name", ["b", "conv3", "B.1", "x-y", "7", "_"])
    def test_their_names(self, name):
        found = loads(f"blocks: {{'{name}': {{layers: [relu]}}}}\n{VECTOR}layers: ['{name}']\n")
        assert [node.name for node in found.nodes] == [f"{name}1/relu1"]

    def test_their_layers_are_looked_at_where_they_are_used(self):
        assert codes(f"blocks: {{b: {{layers: [reluu]}}}}\n{VECTOR}{LAYERS}") == [("unused", 1, 10)]


class TestOutputs:
    HEADS = f"{VECTOR}layers: [relu: {{name: a}}, tanh: {{name: b}}, elu: {{name: c, from: a}}]\n"

    def outputs(self, text: str) -> dict[str, int]:
        return loads(text).outputs

    def test_by_default_it_is_the_last_volume(self):
        assert self.outputs(f"{VECTOR}layers: [relu, tanh]") == {"tanh1": 2}

    def test_one_or_several(self):
        assert self.outputs(self.HEADS + "outputs: [b, c]") == {"b": 2, "c": 3}
        assert self.outputs(f"{VECTOR}layers: [relu: {{name: a}}]\noutputs: a") == {"a": 1}

    def test_a_block_or_structure_by_its_name(self):
        layers = "layers: [u, residual: {name: r, body: [u]}]\n"
        text = f"{VECTOR}blocks: {{u: {{layers: [relu, tanh]}}}}\n{layers}"
        assert self.outputs(text + "outputs: [r, u1, r/u1/relu1]") == {"r": 5, "u1": 2, "r/u1/relu1": 3}

    def test_the_input_may_leave_too(self):
        assert self.outputs(f"{VECTOR}layers: [relu]\noutputs: [input, relu1]") == {"input": 0, "relu1": 1}

    def test_a_net_that_ends_on_its_input(self):
        """Its layers are read by nobody."""
        text = f"{VECTOR}layers: [relu, repeat: {{times: 0, from: input, layers: [tanh]}}]\n"
        assert codes(text) == [("unread-output", 2, 10)]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("outputs: [b]", ("unread-output", 2, 44)),
            ("outputs: [c]", ("unread-output", 2, 27)),
            ("", ("unread-output", 2, 27)),
            ("outputs: [b, d]", ("unknown-name", 3, 14)),
            ("outputs: d", ("unknown-name", 3, 10)),
            ("outputs: []", ("missing-key", 3, 10)),
            ("outputs: [[b]]", ("type", 3, 11)),
            ("outputs: {b: c}", ("type", 3, 10)),
            ("outputs: a b", ("type", 3, 10)),
        ],
    )
    def test_what_is_refused(self, text, found):
        assert codes(self.HEADS + text) == [found]

    def test_unread_volumes_are_told_in_order(self):
        text = f"{VECTOR}layers: [relu: {{from: input}}, tanh: {{from: input}}, elu: {{from: input}}]"
        assert codes(text) == [("unread-output", 2, 10), ("unread-output", 2, 31)]

    def test_an_output_that_a_faulty_layer_would_write_is_not_blamed(self):
        assert codes(f"{VECTOR}layers: [reluu: {{name: a}}]\noutputs: a") == [("unknown-kind", 2, 10)]


def test_the_network_is_whole():
    network = loads(f"name: x\nsource: y\n{VECTOR}layers: [relu: {{note: z}}]\n", "s.yaml")
    assert isinstance(network, Network)
    assert (network.name, network.source, network.input_shape) == ("x", "y", (3,))
    (node,) = network.nodes
    assert (node.name, node.kind, node.inputs, node.note, str(node.span)) == (
        "relu1",
        "relu",
        (0,),
        "z",
        "s.yaml:4:10",
    )
