"""Variants of the built-in networks: classes, and what their papers vary, beside what these print."""

import re
from pathlib import Path

import pytest
from sweeps import thinned

from archcalc import analyze, loads
from archcalc.analysis.quantities import totals
from archcalc.spec.zoo import zoo_folder, zoo_names

UNCLASSIFIED = {"lenet5-1998"}
"""What it ends on are the features that its fixed radial units read."""

ROOTS = [
    name
    for name in zoo_names()
    if name not in UNCLASSIFIED
    and "\nbase:" not in (Path(zoo_folder()) / f"{name}.yaml").read_text(encoding="utf-8")
]
"""The networks that are no variants of others."""


def variant(base, **variables):
    """A built-in network with other values of its variables."""
    given = ", ".join(f"{name}: {value}" for name, value in variables.items())
    return analyze(loads(f"base: {base}\nvariables: {{{given}}}\n"))


def figures(base, **variables):
    found = totals(variant(base, **variables))
    return found["parameters"], found["macs"]


@pytest.mark.parametrize("name", thinned(ROOTS, 3))
def test_every_output_has_the_classes_that_are_asked_for(name):
    analysis = variant(name, classes=7)
    assert {analysis.shape(output)[0] for output in analysis.network.outputs.values()} == {7}


def test_variables_say_what_they_mean():
    """Behind the value, or behind the key of a table; those that are worked out from others need not."""
    for name in ROOTS:
        text = (Path(zoo_folder()) / f"{name}.yaml").read_text(encoding="utf-8")
        lines = re.search(r"^variables:(.*\n(?:  .*\n)*)", text, re.MULTILINE)[1].splitlines()
        given = [line for line in lines if re.match(r"(  | \{)\w+:", line) and "${" not in line]
        assert [line for line in given if "  # " not in line] == []
        assert any(re.match(r"(  | \{)classes:", line) for line in given)


@pytest.mark.parametrize(
    ("width", "parameters", "millions"),
    [
        (35, 1_677_128, 59),
        (50, 1_968_680, 97),
        (75, 2_636_424, 209),
        (100, 3_504_872, 301),
        (130, 5_386_792, 509),
        (140, 6_108_776, 582),
    ],
)
def test_mobilenet_v2_and_its_widths(width, parameters, millions):
    """Trainable parameters that Keras Applications prints; MACs of the authors' table of released models."""
    found = figures("mobilenet_v2", width=width)
    assert (found[0], round(found[1] / 10**6)) == (parameters, millions)


@pytest.mark.parametrize(
    ("name", "width", "parameters", "macs"),
    [
        ("mobilenet_v3_large", 35, 2.2, 40),
        ("mobilenet_v3_large", 50, 2.6, 69),
        ("mobilenet_v3_large", 75, 4.0, 155),
        ("mobilenet_v3_large", 125, 7.5, 356),
        ("mobilenet_v3_small", 35, 1.4, 12),
        ("mobilenet_v3_small", 50, 1.6, 21),
        ("mobilenet_v3_small", 75, 2.0, 44),
    ],
)
def test_mobilenet_v3_and_its_widths(name, width, parameters, macs):
    """Howard et al. 2019, floating-point results, in millions; the MACs are a little more."""
    found = figures(name, width=width)
    assert found[0] / 10**6 == pytest.approx(parameters, abs=0.1)
    assert found[1] / 10**6 == pytest.approx(macs, abs=1)


@pytest.mark.parametrize(
    ("depth", "k", "millions"),
    [(40, 1, 0.6), (40, 2, 2.2), (40, 4, 8.9), (16, 8, 11.0), (22, 8, 17.2), (16, 10, 17.1), (28, 10, 36.5)],
)
def test_wide_resnets(depth, k, millions):
    """Zagoruyko & Komodakis 2016, tables 4 and 5."""
    assert round(figures("wrn-28-10", depth=depth, k=k)[0] / 10**6, 1) == pytest.approx(millions, abs=0.01)


@pytest.mark.parametrize(("depth", "growth", "millions"), [(100, 12, 0.8), (250, 24, 15.3), (190, 40, 25.6)])
def test_densenet_bc(depth, growth, millions):
    """Huang et al. 2016, table 2."""
    assert round(figures("densenet-bc-100", depth=depth, growth=growth)[0] / 10**6, 1) == millions


@pytest.mark.parametrize(("r", "millions"), [(2, 45.7), (4, 35.7), (8, 30.7), (16, 28.1), (32, 26.9)])
def test_reduction_ratios_of_squeeze_and_excitation(r, millions):
    """Hu et al. 2017, the table of reduction ratios, which rounds up."""
    assert figures("se-resnet50", r=r)[0] / 10**6 == pytest.approx(millions, abs=0.1)


def test_cardinality():
    """Xie et al. 2016, table 7: 68.1 M for 16×64d."""
    assert figures("resnext29-8x64d", C=16)[0] == 68_155_210


@pytest.mark.parametrize(
    ("name", "variables", "published"),
    [
        ("resnet50", {"base_width": 128}, "wide_resnet50_2"),
        ("resnet50", {"groups": 32, "base_width": 4}, "resnext50_32x4d"),
        ("mobilenet_v1", {"width": 25}, "mobilenet_v1_0_25"),
        ("vgg16", {"convs": [2, 2, 4, 4, 4]}, "vgg19"),
        ("densenet121", {"block3": 48, "block4": 32}, "densenet201"),
        ("shufflenet_v2_x1_0", {"channels": [48, 96, 192]}, "shufflenet_v2_x0_5"),
    ],
)
def test_one_network_becomes_another(built_in, name, variables, published):
    found = totals(built_in(published))
    assert figures(name, **variables) == (found["parameters"], found["macs"])


@pytest.mark.parametrize("name", ["resnet18", "resnet20", "resnet50", "resnet50-v1", "plain20"])
@pytest.mark.parametrize("width", [25, 30, 50, 150, 200])
def test_resnets_of_any_width(built_in, name, width):
    """Nearly all weights lie between two widths; shapes fit also where filters come out odd."""
    full = totals(built_in(name))["macs"]
    assert figures(name, width=width)[1] == pytest.approx(full * (width / 100) ** 2, rel=0.35)
