"""Known slips of published figures: those of docs/errata.md, of networks that there are."""

from pathlib import Path

import pytest

from archcalc.analysis.conventions.identification import asked, published_as
from archcalc.analysis.errata import ERRATA
from archcalc.spec.load import load

PAGE = (Path(__file__).parent.parent.parent / "docs/errata.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("erratum", ERRATA, ids=lambda erratum: erratum.printed)
def test_the_page_has_each(erratum):
    assert f"\n## {erratum.section}\n" in PAGE
    section = PAGE.split(f"\n## {erratum.section}\n")[1].split("\n## ")[0]
    assert erratum.printed.split()[0] in f"{erratum.section}{section}"


@pytest.mark.parametrize(
    ("name", "text", "right"),
    [
        ("alexnet-grouped", "253440", "290,400"),
        ("alexnet-grouped", "253,440", "290,400"),
        ("alexnet", "253.44K", "290,400"),
        ("alexnet", "66846304800", "44,892,064,800"),
        ("vgg16", "93MB", "58.13 MiB"),
        ("resnet50", "3.8 GFLOPs", "4,089,184,256"),
        ("googlenet-2014", "54M", "51.1 M"),
        ("lenet5", "60000 params", "61,706"),
        ("vit_l_16", "307M", "304.3 M"),
        ("shufflenet_v2_x0_5", "41M", "40.5 M"),
        ("shufflenet_v2_x1_0", "146M", "144.9 M"),
        ("shufflenet_v2_x1_5", "299M", "295.8 M"),
        ("shufflenet_v2_x2_0", "591M", "583.3 M"),
    ],
)
def test_a_published_figure_is_known(name, text, right):
    (erratum,) = published_as(asked(text), load(name))
    assert right in erratum.says


def test_figures_of_other_networks_and_other_sizes_are_not():
    assert published_as(asked("253440"), load("vgg16")) == ()
    assert published_as(asked("93"), load("vgg16")) == ()
    assert published_as(asked("253440"), load("alexnet"), "conv2") == ()
