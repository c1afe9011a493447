"""Which edits are offered for which mistakes, in which order and words, and what they are never."""

import pytest
from sweeps import thinned

from archcalc.analysis.facts import BrokenNetworkError, analyze
from archcalc.checks.repair import repairs, search
from archcalc.checks.repair.failure import Failure
from archcalc.checks.repair.proposal import write
from archcalc.checks.repair.source_map import SourceMap
from archcalc.errors import SpecError
from archcalc.layers import layer_class
from archcalc.network import Network, Node
from archcalc.spec.load import loads, parse_spec
from archcalc.spec.model import Spec

IMAGE = "input: {channels: 3, height: 16, width: 16}\nlayers:\n"
POINT = IMAGE + "  - maxpool: {kernel_size: 16}\n"


def error_of(broken):
    """What is wrong with a broken network, or with that of a spec."""
    with pytest.raises(BrokenNetworkError) as caught:
        broken.analyze() if isinstance(broken, Spec) else analyze(broken)
    return caught.value


def offered(text):
    """The edits that are offered for a spec, in words."""
    return [str(repair) for repair in repairs(error_of(parse_spec(text, "net.yaml")))]


def edits(text):
    """The edits without what they lead to."""
    return [words.partition(" (then ")[0] for words in offered(text)]


def test_a_spec_that_cannot_be_read_is_not_repaired():
    with pytest.raises(SpecError) as caught:
        loads("input: {features: 3}\nlayers: [fcc]")
    assert repairs(caught.value) == ()


def test_a_network_that_nothing_mends_gets_no_repair():
    three = "conv: {filters: 4, kernel_size: 3, groups: 3, in_channels: 5, padding: same, stride: 2}"
    assert offered(f"input: {{channels: 3, height: 8, width: 8}}\nlayers: [relu, {three}, relu]") == []


WINDOWS = {
    "each axis by itself": (
        "input: {channels: 3, height: 4, width: 4}\nlayers:\n  - relu\n"
        "  - conv: {filters: 8, kernel_size: [5, 3]}\n",
        [
            "line 1: write input: {channels: 3, height: 5, width: 5} (then the output of conv1 is 3×1×8)",
            "line 4: write padding: 1 (then the output is 4×2×8)",
            "line 4: write kernel_size: 3 (then the output is 2×2×8)",
        ],
    ),
    "as others with this kernel, and as it is spelled here": (
        IMAGE + "  - conv: {K: 8, F: 3, P: 1}\n  - maxpool: {F: 8}\n  - conv: {K: 8, F: 3, P: 0}\n",
        [
            "line 5: write P: 1 (then the output is 2×2×8)",
            "line 1: write input: {channels: 3, height: 24, width: 24} (then the output of conv2 is 1×1×8)",
        ],
    ),
    "a pool the less": (
        POINT + "  - maxpool: {kernel_size: 2}\n  - flatten\n  - fc: {units: 2}\n",
        [
            "line 4: remove this maxpool (then the output of net is 2)",
            "line 1: write input: {channels: 3, height: 32, width: 32} "
            "(then the output of maxpool2 is 1×1×3)",
            "line 4: write ceil_mode: true (then the output is 1×1×3)",
        ],
    ),
    "a larger rectangle": (
        "input: {channels: 3, height: 20, width: 40}\nlayers:\n  - conv: {filters: 3, kernel_size: 24}\n",
        [
            "line 1: write input: {channels: 3, height: 24, width: 40} (then the output of conv1 is 17×1×3)",
            "line 3: write padding: 2 (then the output is 21×1×3)",
            "line 3: write kernel_size: 3 (then the output is 38×18×3)",
        ],
    ),
    "the depthwise part of a composite": (
        IMAGE + "  - separable: {filters: 4, kernel_size: 5, padding: 2}\n  - maxpool: {kernel_size: 8}\n"
        "  - separable: {filters: 4, kernel_size: 5}\n",
        [
            "line 5: write padding: 2 (then the output is 2×2×4)",
            "line 1: write input: {channels: 3, height: 40, width: 40} "
            "(then the output of separable2/depthwise is 1×1×4)",
        ],
    ),
    "a transposed window": (
        "input: {channels: 4, height: 1, width: 1}\nlayers:\n"
        "  - conv_transpose: {filters: 3, kernel_size: 2, stride: 2, padding: 1}\n",
        [
            "line 3: write padding: 0 (then the output is 2×2×3)",
            "line 3: write kernel_size: 4 (then the output is 2×2×3)",
            "line 1: write input: {channels: 4, height: 2, width: 2} "
            "(then the output of conv_transpose1 is 2×2×3)",
        ],
    ),
    "a crop": (
        "input: {channels: 3, height: 3, width: 3}\nlayers:\n  - pad: {padding: -2}\n",
        [
            "line 3: write padding: -1 (then the output is 1×1×3)",
            "line 1: write input: {channels: 3, height: 5, width: 5} (then the output of pad1 is 1×1×3)",
        ],
    ),
}

NUMBERS = {
    "slopes": (
        IMAGE + "  - conv: {filters: 4, kernel_size: 3}\n  - prelu: {num_parameters: 3}\n",
        ["line 4: write num_parameters: 4 (then the output is 14×14×4)"],
    ),
    "features": (
        "input: {features: 9}\nlayers:\n  - fc: {units: 5}\n  - relu\n  - fc: {in_features: 6, units: 2}\n",
        [
            "line 5: write in_features: 5 (then the output is 2)",
            "line 3: write units: 6 (then the output of fc2 is 2)",
        ],
    ),
    "features of the input": (
        "input: {features: 782}\nlayers:\n  - fc: {in_features: 784, units: 5}\n",
        [
            "line 3: write in_features: 782 (then the output is 5)",
            "line 1: write input: {features: 784} (then the output of fc1 is 5)",
        ],
    ),
    "sizes that are normalised": (
        IMAGE + "  - conv: {filters: 32, kernel_size: 4, stride: 4}\n  - layernorm: {normalized_shape: 32}\n",
        [
            "line 4: write over: channels (then the output is 4×4×32)",
            "line 4: put '- tokens' in front of it (then the output is 16×32)",
            "line 4: write normalized_shape: [32, 4, 4] (then the output is 4×4×32)",
        ],
    ),
    "a depth that is normalised": (
        IMAGE
        + "  - conv: {filters: 32, kernel_size: 4, stride: 4}\n"
        + "  - layernorm: {normalized_shape: [16, 4, 4]}\n",
        [
            "line 4: write normalized_shape: [32, 4, 4] (then the output is 4×4×32)",
            "line 3: write filters: 16 (then the output of layernorm1 is 4×4×16)",
        ],
    ),
    "features of each head": (
        IMAGE
        + "  - conv: {filters: 32, kernel_size: 4, stride: 4}\n  - tokens\n"
        + "  - attention: {heads: 4, key_dim: 16}\n",
        [
            "line 5: write key_dim: 8 (then the output is 16×32)",
            "line 5: write heads: 2 (then the output is 16×32)",
            "line 3: write filters: 64 (then the output of attention1 is 16×64)",
        ],
    ),
    "channels of the input": (
        "input: {channels: 1, height: 9, width: 9}\nlayers:\n"
        "  - conv: {in_channels: 3, filters: 5, kernel_size: 3}\n",
        [
            "line 3: write in_channels: 1 (then the output is 7×7×5)",
            "line 1: write input: {channels: 3, height: 9, width: 9} (then the output of conv1 is 7×7×5)",
        ],
    ),
    "groups that do not divide the channels": (
        IMAGE
        + "  - conv: {filters: 30, kernel_size: 1}\n  - conv: {filters: 64, kernel_size: 1, groups: 4}\n",
        [
            "line 3: write filters: 32 (then the output of conv2 is 16×16×64)",
            "line 4: write groups: 2 (then the output is 16×16×64)",
        ],
    ),
    "groups that are more likely wrong than filters": (
        "input: {channels: 96, height: 9, width: 9}\nlayers:\n"
        "  - conv: {filters: 256, kernel_size: 1, groups: 3}\n",
        [
            "line 3: write groups: 2 (then the output is 9×9×256)",
            "line 3: write filters: 255 (then the output is 9×9×255)",
        ],
    ),
    "one value for one axis": (
        "input: {channels: 3, length: 3}\nlayers:\n  - adaptive_avgpool: {output_size: [2, 2]}\n",
        ["line 3: write output_size: 2 (then the output is 2×3)"],
    ),
}

VECTORS = {
    "in brackets, with the column": (
        "input: {channels: 3, height: 16, width: 16}\n"
        "layers: [conv: {filters: 4, kernel_size: 3}, fc: {units: 3}]\n",
        [
            "line 2, column 46: put '- flatten' in front of it (then the output is 3)",
            "line 2, column 46: put '- global_avgpool' in front of it (then the output is 3)",
        ],
    ),
    "what is read by name": (
        IMAGE + "  - conv: {name: c, filters: 4, kernel_size: 3}\n  - fc: {units: 3, from: c}\n",
        [
            "line 4: put '- flatten: {name: flat, from: c}' in front of it, and line 4: write from: flat "
            "(then the output is 3)",
            "line 4: put '- global_avgpool: {name: pooled, from: c}' in front of it, "
            "and line 4: write from: pooled (then the output is 3)",
        ],
    ),
    "as many features as declared": (
        IMAGE + "  - conv: {filters: 4, kernel_size: 3}\n  - fc: {units: 3, in_features: 4}\n",
        ["line 4: put '- global_avgpool' in front of it (then the output is 3)"],
    ),
    "a sequence": (
        "input: {channels: 4, length: 9}\nlayers:\n  - relu\n  - fc: {units: 3, in_features: 36}\n",
        [
            "line 4: put '- flatten' in front of it (then the output is 3)",
            "line 4: write in_features: 9 (then the output is 4×3)",
        ],
    ),
    "a signal that came as a vector": (
        "input: {features: 50}\nlayers:\n  - conv1d: {filters: 4, kernel_size: 3}\n",
        [
            "line 1: write input: {channels: 1, length: 50} (then the output of conv1d1 is 48×4)",
            "line 3: write '- fc: {units: 4}' instead (then the output is 4)",
        ],
    ),
    "two edits": (
        IMAGE + "  - flatten\n  - lrn\n  - fc: {units: 2}\n",
        [
            "line 3: put '- lrn' in front of it, and line 4: remove this lrn "
            "(then the output of lrn1 is 16×16×3)"
        ],
    ),
}

MERGES = {
    "vectors": (
        "input: {features: 9}\nlayers:\n  - residual:\n      body: [fc: {units: 5}, relu]\n",
        [
            "line 3: write shortcut: [fc: {units: 5}] (then the output is 5)",
            "line 4, column 14: write units: 9 (then the output of add1 is 9)",
        ],
    ),
    "sequences": (
        "input: {channels: 4, length: 9}\nlayers:\n  - residual:\n      body:\n"
        "        - conv1d: {filters: 8, kernel_size: 3, padding: 1}\n",
        [
            "line 3: write shortcut: [conv1d: {filters: 8, kernel_size: 1}] (then the output is 9×8)",
            "line 5: write filters: 4 (then the output of add1 is 9×4)",
        ],
    ),
    "strides along one axis": (
        "input: {channels: 64, height: 8, width: 16}\nlayers:\n  - residual:\n"
        "      body: [conv: {filters: 32, kernel_size: 3, stride: [2, 1], padding: 1}]\n",
        [
            "line 3: write shortcut: [conv: {filters: 32, kernel_size: 1, stride: [2, 1]}] "
            "(then the output is 16×4×32)",
            "line 4: write filters: 64, stride: 1 (then the output of add1 is 16×8×64)",
        ],
    ),
    "the one of three that is alone": (
        IMAGE + "  - conv: {name: a, filters: 4, kernel_size: 3, padding: 1}\n"
        "  - conv: {name: b, filters: 4, kernel_size: 1, from: a}\n"
        "  - conv: {name: c, filters: 5, kernel_size: 1, from: a}\n  - add: {from: [a, b, c]}\n",
        ["line 5: write filters: 4 (then the output of add1 is 16×16×4)"],
    ),
    "an odd surplus, of which the greater half is cropped behind": (
        IMAGE + "  - conv: {name: wide, filters: 8, kernel_size: 3, padding: 1}\n"
        "  - conv: {name: body, filters: 8, kernel_size: 4}\n  - add: {from: [wide, body]}\n",
        [
            "line 5: put '- pad: {padding: [[-1, -2], [-1, -2]], name: crop, from: wide}' in front of it, "
            "and line 5: write from: [crop, body] (then the output is 13×13×8)",
            "line 4: write kernel_size: 1 (then the output of add1 is 16×16×8)",
        ],
    ),
    "a scale for each channel": (
        IMAGE + "  - branches:\n      merge: multiply\n      paths:\n        all: []\n"
        "        scale: [global_avgpool, flatten, fc: {units: 4}, fc: {units: 4}]\n",
        ["line 7, column 58: write units: 3 (then the output of multiply1 is 16×16×3)"],
    ),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(*case, id=name)
        for group in (WINDOWS, NUMBERS, VECTORS, MERGES)
        for name, case in group.items()
    ],
)
def test_what_is_offered(text, expected):
    assert offered(text) == expected


def test_what_is_expected_comes_before_what_is_near():
    text = (
        IMAGE + "  - conv: {filters: 8, kernel_size: 3}\n  - residual:\n      body:\n"
        "        - conv: {filters: 16, kernel_size: 1}\n"
    )
    assert edits(text) == [
        "line 4: write shortcut: [conv: {filters: 16, kernel_size: 1}]",
        "line 6: write filters: 8",
        "line 3: write filters: 16",
    ]
    assert edits(text + "expect: {output: [8, 14, 14]}\n") == ["line 6: write filters: 8"]
    assert edits(text + "expect: {parameters: 720}\n") == ["line 3: write filters: 16"]


def test_what_misses_an_expectation_says_so():
    text = POINT + "  - conv: {filters: 4, kernel_size: 2}\nexpect: {output: [9, 1, 1]}\n"
    assert offered(text)[0].endswith(", but output is [4, 2, 2], expected [9, 1, 1])")


def test_nothing_is_put_before_or_taken_away_where_names_would_change():
    pools = POINT + "  - maxpool: {kernel_size: 2}\n"
    assert "line 4: remove this maxpool" in edits(pools + "  - relu\n")
    assert "line 4: remove this maxpool" not in edits(pools + "  - relu: {from: maxpool2}\n")
    assert "line 4: remove this maxpool" not in edits(
        pools + "  - relu: {name: r}\nexpect: {layers: {maxpool2: {output: [3, 1, 1]}}}\n"
    )
    named = POINT + "  - maxpool: {name: last, kernel_size: 2}\n"
    assert "line 4: remove this maxpool" in edits(named + "  - relu\n")
    assert "line 4: remove this maxpool" not in edits(named + "  - relu: {from: last}\n")


def test_a_flatten_is_not_offered_where_names_would_change_or_reach_too_far():
    volume = IMAGE + "  - relu: {name: volume}\n"
    needy = "  - fc: {name: head, units: 2}\n"
    other = "  - flatten: {from: volume}\n  - relu: {name: end, from: FLAT}\noutputs: [head, end]\n"
    disturbing = edits(volume + needy + other.replace("FLAT", "flatten1"))
    assert disturbing == ["line 4: put '- global_avgpool' in front of it"]
    named = other.replace("flatten: {", "flatten: {name: flat, ").replace("FLAT", "flat")
    assert edits(volume + needy + named)[0] == "line 4: put '- flatten' in front of it"
    blocks = "blocks: {b: {layers: [relu: {name: r}, fc: {units: 2, from: r}]}}\nlayers: [b]\n"
    assert edits("input: {channels: 3, height: 16, width: 16}\n" + blocks) == []


def test_two_settings_of_one_line_are_written_together():
    text = (
        "input: {channels: 3, length: 9}\nlayers:\n  - conv1d: {K: 2, kernel_size: [3, 1], stride: [2, 1]}\n"
    )
    assert edits(text) == ["line 3: write kernel_size: 3, stride: 2"]


def test_a_declared_number_of_features_may_tell_the_filters():
    text = (
        "input: {channels: 3, height: 4, width: 4}\nlayers:\n  - conv: {filters: 6, kernel_size: 3}\n"
        "  - flatten\n  - fc: {in_features: 32, units: 2}\n"
    )
    assert edits(text)[0] == "line 5: write in_features: 24"
    assert edits(text + "expect: {parameters: 290}\n") == ["line 3: write filters: 8"]


def test_the_only_item_of_a_list_stays():
    assert not any(
        "remove" in words for words in edits(IMAGE + "  - repeat: {times: 5, layers: [maxpool: {F: 2}]}\n")
    )


BLOCK = """\
input: {channels: 8, height: 16, width: 16}
blocks:
  unit:
    settings: {width: required, stride: 1}
    layers:
      - residual:
          body: [conv: {filters: BODY, kernel_size: 3, stride: $stride, padding: 1}]
          shortcut: [conv: {filters: SHORTCUT, kernel_size: 1, stride: $stride}]
layers:
  - unit: {width: 8}
  - unit: {width: 16, stride: 2}
"""


def test_the_expressions_of_other_lines_are_copied():
    narrow = BLOCK.replace("BODY", '"${2 * width}"').replace("SHORTCUT", "$width")
    assert edits(narrow) == [
        'line 8: write filters: "${2 * width}"',
        "line 7: write filters: $width",
    ]
    forgotten = BLOCK.replace("BODY", "$width").replace("SHORTCUT", "$width")
    forgotten = forgotten.replace("kernel_size: 1, stride: $stride", "kernel_size: 1")
    assert edits(forgotten)[0] == "line 8: write stride: $stride"


def test_expressions_are_not_copied_out_of_their_block():
    outside = BLOCK.replace("BODY", "$width").replace("SHORTCUT", "$width") + (
        "  - residual:\n"
        "      body: [conv: {filters: 24, kernel_size: 1}]\n"
        "      shortcut: [conv: {filters: 9, kernel_size: 1}]\n"
    )
    assert not any("$" in words for words in edits(outside))
    assert edits(outside)[0] == "line 14: write filters: 24"


def test_a_line_that_stands_for_many_layers_is_changed_in_all():
    repeated = (
        "input: {channels: 8, height: 16, width: 16}\nlayers:\n  - repeat:\n      times: 9\n      layers:\n"
        "        - conv: {filters: 8, kernel_size: 3}\n"
    )
    assert edits(repeated)[0] == "line 6: write padding: 1"
    assert offered(repeated)[0].endswith("(then the output is 16×16×8)")


def test_every_repair_was_tried_on_the_whole_network(monkeypatch):
    tried = []

    def noted(network):
        analysis = analyze(network)
        tried.append(analysis.shape(next(iter(network.outputs.values()))))
        return analysis

    monkeypatch.setattr(search, "analyze", noted)
    assert len(offered(MERGES["vectors"][0])) == len(tried) == 2
    assert tried == [(5,), (9,)]


def deep(count):
    """A broken network of so many layers, which no single edit mends."""
    return loads(
        f"input: {{channels: 8, height: 64, width: 64}}\nlayers:\n  - repeat:\n      times: {count}\n"
        "      layers: [conv: {filters: 8, kernel_size: 3, padding: 1}]\n"
        "  - residual:\n"
        "      body: [conv: {filters: 8, kernel_size: 2}, maxpool: {F: 3}, conv1d: {filters: 1, F: 1}]\n"
    )


@pytest.mark.parametrize(("count", "most"), thinned([(10, 200), (1_000, 25), (5_000, 5)], 2))
def test_the_work_is_bounded(monkeypatch, count, most):
    analyses = []

    def counted(network):
        analyses.append(network)
        return analyze(network)

    monkeypatch.setattr(search, "analyze", counted)
    assert repairs(error_of(deep(count))) == ()
    assert 0 < len(analyses) <= most


def network(*layers, shape=(3, 16, 16)):
    """A network that no spec describes: each layer reads the one before it."""
    nodes = [Node(f"layer{number}", kind, layer, (number,)) for number, (kind, layer) in enumerate(layers)]
    return Network("by hand", {"input": shape}, tuple(nodes), {nodes[-1].name: len(nodes)})


def made(kind, **settings):
    """A kind and a layer of it."""
    return kind, layer_class(kind)(**settings)


def test_networks_without_a_spec_are_repaired_by_the_names_of_their_layers():
    pooled = network(
        made("maxpool", kernel_size=8), made("conv", filters=4, kernel_size=3), made("fc", units=2)
    )
    found = repairs(error_of(pooled))
    assert [str(repair) for repair in found] == [
        "input: write input: {channels: 3, height: 24, width: 24} (then the output of layer1 is 1×1×4)",
        "layer1: write kernel_size: 2 (then the output of layer1 is 1×1×4)",
        "layer0: write stride: 4 (then the output of layer1 is 1×1×4)",
    ]
    assert [repair.span for repair in found] == [None, None, None]


def test_only_settings_that_an_item_has_are_written():
    spec = parse_spec(IMAGE + "  - separable: {filters: 4, kernel_size: 3}\n  - fc: {units: 2}\n", "net.yaml")
    error = error_of(spec)
    failure = Failure.of(error, SourceMap(error.texts))
    assert write(failure, 0, 0, multiplier=2).changes[0].what == "write multiplier: 2"
    assert write(failure, 1, 0, filters=2).changes[0].what == "write filters: 2"
    assert write(failure, 1, 0, filters=4) is None
    assert write(failure, 1, 0, kernel_size=3) is None


def test_nothing_is_put_in_front_of_a_layer_that_may_read_another_by_name():
    (conv, fc), shape = (made("conv", filters=4, kernel_size=3), made("fc", units=2)), (3, 16, 16)
    nodes = (Node("a", *conv, (0,)), Node("b", *conv, (0,)), Node("c", *fc, (1,)))
    assert repairs(error_of(Network("by hand", {"input": shape}, nodes, {"b": 2, "c": 3}))) == ()
    (first, _) = repairs(error_of(network(conv, fc)))
    assert str(first) == "layer1: put '- flatten' in front of it (then the output of layer1 is 2)"


def test_a_spec_on_another_input_has_no_place_for_the_input():
    spec = parse_spec(IMAGE + "  - conv: {filters: 4, kernel_size: 3}\n")
    (first, *_) = repairs(error_of(spec.with_input((3, 2, 2))))
    assert str(first).startswith("command line: write --input 3 (")
    assert (first.span, first.edits) == (None, ())


def test_edits_of_another_file_say_which(tmp_path):
    (tmp_path / "base.yaml").write_text(IMAGE + "  - relu\n", encoding="utf-8")
    own = "base: base\nlayers:\n  - conv: {filters: 3, kernel_size: 17}\n"
    found = [
        str(repair).partition(" (")[0] for repair in repairs(error_of(parse_spec(own, "net.yaml", tmp_path)))
    ]
    assert found == [
        f"{tmp_path}/base.yaml, line 1: write input: {{channels: 3, height: 17, width: 17}}",
        "line 3: write padding: 1",
        "line 3: write kernel_size: 3",
    ]


def test_the_place_is_that_of_the_first_edit():
    (repair,) = repairs(error_of(parse_spec(VECTORS["two edits"][0], "net.yaml")))
    assert [edit.text for edit in repair.edits] == ["lrn\n  - ", ""]
    assert [edit.span for edit in repair.edits] == [("net.yaml", 3, 5), ("net.yaml", 4, 1)]
    assert repair.span == ("net.yaml", 3, 5)
    assert repair.change == "put '- lrn' in front of it, and line 4: remove this lrn"
