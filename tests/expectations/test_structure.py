"""What stands behind what, in chains and through branches."""

import pytest

from archcalc.expectations import failures
from archcalc.spec.load import parse_spec

CHAIN = """\
  - conv: {name: a, filters: 4, kernel_size: 3, padding: 1}
  - batchnorm
  - relu
  - conv: {name: b, filters: 4, kernel_size: 3, padding: 1}
  - relu
  - conv: {name: c, filters: 4, kernel_size: 3, padding: 1}
"""
SPLIT = """\
  - conv: {name: a, filters: 4, kernel_size: 3, padding: 1}
  - batchnorm: {name: left}
  - relu: {name: right, from: a}
  - add: {from: [left, right]}
"""
RESIDUAL = """\
  - residual:
      body:
        - conv: {name: a, filters: 3, kernel_size: 3, padding: 1}
        - batchnorm
"""


def unmet(text):
    """What does not hold of what a spec expects of its network."""
    spec = parse_spec(text)
    return failures(spec.analyze(), spec.expectations)


def messages(layers, expected):
    text = f"input: {{channels: 3, height: 8, width: 8}}\nlayers:\n{layers}expect: {{{expected}}}\n"
    return [problem.message for problem in unmet(text)]


@pytest.mark.parametrize(
    ("layers", "rule", "wrong"),
    [
        (CHAIN, "{conv: batchnorm}", "batchnorm, not so b, c"),
        (CHAIN, "{conv: batchnorm, except_last: 1}", "batchnorm, not so b"),
        (CHAIN, "{conv: batchnorm, except_last: 2}", None),
        (CHAIN, "{conv: batchnorm, except_last: 3}", None),
        (CHAIN, "{conv: batchnorm, except_last: 4}", None),
        (CHAIN, "{conv: batchnorm, except_last: 100}", None),
        (CHAIN, "{conv: relu, except_last: 1}", "relu, not so a"),
        (CHAIN, "{conv: batchnorm | relu, except_last: 1}", None),
        (CHAIN, "{conv: batchnorm | relu}", "batchnorm or relu, not so c"),
        (CHAIN, "{batchnorm: relu}", None),
        (CHAIN, "{fc: relu}", None),
        (SPLIT, "{conv: batchnorm}", "batchnorm, not so a"),
        (SPLIT, "{conv: relu}", "relu, not so a"),
        (SPLIT, "{conv: batchnorm | relu}", None),
        (SPLIT, "{relu: add}", None),
        (RESIDUAL, "{conv: batchnorm}", None),
        (RESIDUAL, "{batchnorm: add}", None),
    ],
)
def test_followed_by(layers, rule, wrong):
    kind = rule[1:].split(":")[0]
    expected = [f"every {kind} must be followed by {wrong}"] if wrong else []
    assert messages(layers, f"followed_by: {rule}") == expected


def test_rules_are_held_one_by_one():
    found = messages(CHAIN, "followed_by: {conv: batchnorm, relu: batchnorm}")
    assert found == [
        "every conv must be followed by batchnorm, not so b, c",
        "every relu must be followed by batchnorm, not so relu1, relu2",
    ]


@pytest.mark.parametrize(
    ("layers", "kinds", "wrong"),
    [
        (CHAIN, "[batchnorm]", "a"),
        (CHAIN.replace("  - batchnorm\n", ""), "[batchnorm]", None),
        (CHAIN.replace("name: a,", "name: a, bias: false,"), "[batchnorm]", None),
        (SPLIT, "[batchnorm]", "a"),
        (RESIDUAL, "[bn]", "a"),
        ("  - flatten\n  - fc: {name: a, units: 3}\n  - BatchNorm1d\n", "[bn]", "a"),
        ("  - batchnorm: {name: a}\n  - batchnorm\n", "[bn]", None),
        ("  - conv: {name: a, filters: 3, kernel_size: 3}\n  - relu\n  - batchnorm\n", "[bn]", None),
    ],
)
def test_no_bias_before(layers, kinds, wrong):
    expected = [f"no layer in front of batchnorm may have a bias, found {wrong}"] if wrong else []
    assert messages(layers, f"no_bias_before: {kinds}") == expected


@pytest.mark.parametrize(
    ("last", "wrong"), [(1, None), (2, "relu2"), (3, "relu2"), (4, "relu1, relu2"), (99, "relu1, relu2")]
)
def test_not_in_last(last, wrong):
    expected = [f"no relu may be among the last {last} layers, found {wrong}"] if wrong else []
    assert messages(CHAIN, f"not_in_last: {{relu: {last}}}") == expected


@pytest.mark.parametrize(
    ("kinds", "missing"),
    [
        ("conv", []),
        ("[Conv2D, ReLU, bn]", []),
        ("[fc | conv]", []),
        ("[fc]", ["fc"]),
        ("[Dense, gap, relu]", ["fc", "global_avgpool"]),
        ("[Dense | gap, relu]", ["fc or global_avgpool"]),
        ("[conv1d]", ["conv1d"]),
        ("[avgpool | lrn]", ["avgpool or lrn"]),
    ],
)
def test_uses(kinds, missing):
    assert messages(CHAIN, f"uses: {kinds}") == [
        f"no layer is {'an' if kind == 'avgpool or lrn' else 'a'} {kind}" for kind in missing
    ]


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        ("[fc]", []),
        ("[Conv2d]", ["conv is forbidden, found a, b, c"]),
        (
            "[relu | bn]",
            ["relu is forbidden, found relu1, relu2", "batchnorm is forbidden, found batchnorm1"],
        ),
        ("[relu, relu, ReLU]", ["relu is forbidden, found relu1, relu2"]),
    ],
)
def test_forbids(kinds, found):
    assert messages(CHAIN, f"forbids: {kinds}") == found


def test_many_layers_are_not_all_named():
    found = messages("  - repeat: {times: 9, layers: [relu]}\n", "forbids: [relu]")
    assert found == ["relu is forbidden, found relu1, relu2, relu3 and 6 more"]


def test_the_near_kind_is_named():
    text = "input: {channels: 3, height: 8, width: 8}\nlayers: [{maxpool: {kernel_size: 2}}]\n"
    (problem,) = unmet(f"{text}expect: {{uses: [maxpool1d]}}\n")
    assert problem.hint == "did you mean 'maxpool'?"


def test_every_named_layer_is_pointed_at():
    text = f"input: {{channels: 3, height: 8, width: 8}}\nlayers:\n{CHAIN}expect: {{forbids: [conv]}}\n"
    (problem,) = unmet(text)
    assert [(said, span.line) for said, span in problem.also] == [
        ("a stands here", 3), ("b stands here", 6), ("c stands here", 8),
    ]  # fmt: skip
