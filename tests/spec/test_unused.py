"""Names that nothing uses are errors: they would change nothing, and nobody would notice."""

import pytest
from sweeps import networks

from archcalc.errors import SpecError
from archcalc.spec.load import loads

HEAD = "input: {channels: 3, height: 16, width: 16}\n"
ONE = "layers: [conv: {filters: 4, kernel_size: 1}]\n"


def unused(text, folder=None):
    """(message, hint) of each name that a spec does not use."""
    with pytest.raises(SpecError) as caught:
        loads(text, "net.yaml", folder)
    assert {problem.code for problem in caught.value.problems} == {"unused"}
    return [(problem.message, problem.hint) for problem in caught.value.problems]


def messages(text, folder=None):
    return [message for message, _ in unused(text, folder)]


@pytest.mark.parametrize(
    ("base", "variable", "hint"),
    [
        ("resnet50", "rate", "variables of the base are classes, width, blocks, groups, base_width"),
        ("resnet50", "num_classes", "did you mean 'classes'?"),
        ("mobilenet_v1", "widht", "did you mean 'width'?"),
        (
            "mobilenet_v1",
            "percent",
            "did you mean 'width'? The base says of it 'width multiplier in percent'",
        ),
        (
            "resnet50",
            "Cardinality",
            "did you mean 'groups'? "
            "The base says of it 'of the 3×3 convolutions: the cardinality of ResNeXt'",
        ),
    ],
)
def test_a_variable_that_its_base_does_not_have(base, variable, hint):
    message = f"the base has no variable '{variable}', and nothing uses it"
    assert unused(f"base: {base}\nvariables: {{{variable}: 10}}\n") == [(message, hint)]


def test_a_variable_of_a_spec_of_its_own():
    text = f"{HEAD}variables: {{width: 8, wdith: 16}}\nlayers: [conv: {{filters: $width, kernel_size: 1}}]\n"
    assert unused(text) == [
        ("nothing uses variable 'wdith'", "remove it, or write `$wdith` where it is meant")
    ]


BASE = HEAD + (
    "variables: {widths: [4, 8]}\nlayers:\n  - repeat: {index: i, each: {w: $widths}, layers: "
    '[conv: {name: "width${i}", filters: $w, kernel_size: 3}]}\n'
)


@pytest.mark.parametrize("name", ["width", "widhts", "conv", "name", "filters", "layers"])
def test_words_in_a_text_are_no_uses(name, tmp_path):
    (tmp_path / "local.yaml").write_text(BASE, encoding="utf-8")
    assert len(unused(f"base: local\nvariables: {{{name}x: 1}}\n", str(tmp_path))) == 1
    assert loads("base: local\nvariables: {widths: [40, 80]}\n", "net.yaml", str(tmp_path)).nodes


@pytest.mark.parametrize(
    "use",
    [
        "name: net $n\n" + ONE,
        "expect: {output: [$n, 16, 16]}\n" + ONE,
        "layers: [conv: {filters: 4, kernel_size: '${n - n + 1}'}]\n",
        "layers: [conv: {filters: 4, kernel_size: 1}, relu: {when: '${n == 7}'}]\n",
        "layers: [conv: {filters: 4, kernel_size: 1}, dropout: {when: false, note: 'for $n'}]\n",
        "layers: [repeat: {times: $n, layers: [relu]}]\n",
        "blocks: {b: {settings: {w: $n}, layers: [conv: {filters: $w, kernel_size: 1}]}}\nlayers: [b]\n",
        "blocks: {b: {layers: [conv: {filters: $n, kernel_size: 1}]}}\nlayers: [b]\n",
    ],
)
def test_uses(use):
    assert loads(f"{HEAD}variables: {{n: 4}}\n{use}").nodes


def test_what_only_the_unused_use_is_unused_too():
    text = f"{HEAD}variables: {{a: 1, b: $a}}\nblocks: {{u: {{layers: [v]}}, v: {{layers: [relu]}}}}\n{ONE}"
    assert messages(text) == [f"nothing uses {name}" for name in ("variable 'a'", "variable 'b'")] + [
        f"nothing uses {name}" for name in ("block 'u'", "block 'v'")
    ]


@pytest.mark.parametrize(
    ("layers", "found"),
    [
        ("[repeat: {each: {w: [1], v: [2]}, layers: [conv: {filters: $w, kernel_size: 1}]}]", "column 'v'"),
        ("[repeat: {each: $t, layers: [conv: {filters: $w, kernel_size: 1}]}]", "column 'v'"),
        (
            "[repeat: {each: $t, layers: [repeat: {each: {w: [$v]}, layers: [relu: {note: $w}]}]}]",
            "column 'w'",
        ),
    ],
)
def test_a_column_of_a_table(layers, found):
    table = "variables: {t: {w: [1], v: [2]}}\n" if "$t" in layers else ""
    assert messages(f"{HEAD}{table}layers: {layers}\n") == [f"nothing uses {found}"]


def test_a_name_that_another_hides_is_not_used():
    block = "blocks: {b: {settings: {n: 3}, layers: [conv: {filters: $n, kernel_size: 1}]}}\n"
    assert messages(f"{HEAD}variables: {{n: 4}}\n{block}layers: [b]\n") == ["nothing uses variable 'n'"]


def test_a_setting_of_a_block():
    block = "blocks: {b: {settings: {n: 3, stride: 1}, layers: [conv: {filters: $n, kernel_size: 1}]}}\n"
    assert messages(f"{HEAD}{block}layers: [b: {{stride: 2}}]\n") == ["nothing uses setting 'stride'"]


def test_a_block_whose_kind_is_computed_may_leave_a_setting_to_others():
    block = "blocks: {b: {settings: {n: 3, stride: 1}, layers: [conv: {filters: $n, kernel_size: 1}]}}\n"
    assert loads(f"{HEAD}{block}variables: {{op: b}}\nlayers: [$op: {{stride: 2}}]\n").nodes


def test_a_block_that_is_misspelt_changes_nothing_of_its_base(tmp_path):
    block = "blocks: {unit: {layers: [relu]}}\nlayers: [unit]\n"
    (tmp_path / "local.yaml").write_text(HEAD + block, encoding="utf-8")
    assert unused("base: local\nblocks: {uint: {layers: [tanh]}}\n", str(tmp_path)) == [
        ("the base has no block 'uint', and nothing uses it", "did you mean 'unit'?")
    ]
    own_layers = f"base: local\n{ONE}"
    assert loads(own_layers, "net.yaml", str(tmp_path)).nodes, "what the base defines is the base's"


def test_a_library_is_held_to_the_settings_of_its_blocks():
    assert messages("blocks: {b: {settings: {n: 3}, layers: [relu]}}\n") == ["nothing uses setting 'n'"]


def test_long_chains_of_blocks_are_no_deep_recursion():
    chain = "".join(f"  b{i}: {{layers: [b{i + 1}]}}\n" for i in range(3000))
    text = f"{HEAD}blocks:\n{chain}  b3000: {{layers: [relu]}}\n{ONE}"
    with pytest.raises(SpecError) as caught:
        loads(text)
    assert len(caught.value.problems) == 20


@pytest.mark.parametrize("name", networks())
def test_a_built_in_network_uses_all_that_it_defines(name):
    loads(f"base: {name}\n")
