"""Published figures of networks that are slips, or of something else than they seem: docs/errata.md."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.network import Network
from archcalc.records import NamedTuple


class Erratum(NamedTuple):
    """A published figure, as it is printed; of which networks, by how their names begin; of which layer.

    says: what it is, and what is right. section: where docs/errata.md says more.
    """

    printed: str
    networks: tuple[str, ...]
    layer: str
    says: str
    section: str


ALEXNET = ("AlexNet, one tower, 227×227", "AlexNet, two towers as groups, 227×227")

ERRATA = (
    Erratum(
        "66,846,304,800",
        ALEXNET,
        "conv1",
        "lecture slides print it as the weights of conv1, fully connected: it is 277·277·3·290,400, a slip "
        "for 227·227·3·290,400 = 44,892,064,800",
        "AlexNet's first layer, fully connected: 66.8 G",
    ),
    Erratum(
        "253,440",
        ALEXNET,
        "conv1",
        "the paper prints it as the neurons of its first layer: it is 55·48·96, a slip for 55·55·96 = "
        "290,400, the volume that its figure shows",
        "AlexNet's neurons: 253,440",
    ),
    Erratum(
        "93 MB",
        ("VGG-16",),
        "",
        "CS231n's notes print it below their rows, as 24M values of 4 bytes: the rows add up to 15,237,608 "
        "values, 58.13 MiB",
        "VGG-16's activations: 93 MB",
    ),
    Erratum(
        "3.8 G",
        ("ResNet-50 v1.5",),
        "",
        "the paper's FLOPs are multiply-adds of v1, whose strides stand in the first convolution of a block: "
        "3,857,973,248; v1.5 has 4,089,184,256",
        "ResNet-50: 3.8 G or 4.1 G",
    ),
    Erratum(
        "54 M",
        ("GoogLeNet as published",),
        "",
        "the paper's table prints it for the operations of inception (5a): the sizes in its row make 51.1 M",
        "GoogLeNet's table",
    ),
    Erratum(
        "60,000",
        ("LeNet-5, every map",),
        "",
        "the paper's LeNet-5, in which each map of C3 sees only some maps of S2, has 60,000 (lenet5-1998); "
        "as it is built today it has 61,706",
        "LeNet-5: 60,000 or 61,706",
    ),
    Erratum(
        "307 M",
        ("ViT-L/16",),
        "",
        "the paper prints it for ViT-Large without saying with which patches: it fits patches of 32×32 "
        "(306.5 M), not of 16×16 (304.3 M)",
        "ViT-Large: 307 M or 304 M",
    ),
    *(
        Erratum(
            f"{printed} M",
            (f"ShuffleNet V2 {width}×",),
            "",
            f"the paper's table prints it: the sizes in the same table make {exact} M multiply-adds",
            "ShuffleNet V2's FLOPs",
        )
        for printed, width, exact in (
            (41, "0.5", 40.5),
            (146, "1", 144.9),
            (299, "1.5", 295.8),
            (591, "2", 583.3),
        )
    ),
)


def errata_of(network: Network, layer: str = "") -> Iterator[Erratum]:
    """The errata of a network, or of one of its layers."""
    of_network = (each for each in ERRATA if network.name.startswith(each.networks))
    return (each for each in of_network if layer in ("", each.layer))
