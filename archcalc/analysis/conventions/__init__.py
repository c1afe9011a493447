"""What other tools count and what they call it, as data, and their figures derived from ours."""

from archcalc.analysis.conventions.builds import BUILDS, built
from archcalc.analysis.conventions.counters import (
    CALFLOPS,
    DEEPSPEED,
    FLOP_COUNTER,
    PTFLOPS,
    PTFLOPS_ATEN,
    THOP,
)
from archcalc.analysis.conventions.fvcore import FVCORE
from archcalc.analysis.conventions.graphs import CAFFE, ONNX_TOOL, TORCHSTAT
from archcalc.analysis.conventions.published import CS231N, DARKNET, DARKNET_ALEXEYAB, TIMM, TORCHVISION
from archcalc.analysis.conventions.summaries import KERAS, TORCHINFO, TORCHSUMMARY
from archcalc.analysis.conventions.terms import (
    EXAMINED,
    Build,
    Convention,
    Derivation,
    Figure,
    Model,
    derive,
    unexamined,
)

__all__ = [
    "BUILDS",
    "CONVENTIONS",
    "EXAMINED",
    "Build",
    "Convention",
    "Derivation",
    "Figure",
    "Model",
    "built",
    "derive",
    "unexamined",
]

CONVENTIONS: dict[str, Convention] = {
    convention.name: convention
    for convention in (
        TORCHINFO,
        TORCHSUMMARY,
        PTFLOPS,
        PTFLOPS_ATEN,
        THOP,
        FVCORE,
        FLOP_COUNTER,
        CALFLOPS,
        DEEPSPEED,
        TORCHSTAT,
        ONNX_TOOL,
        TORCHVISION,
        TIMM,
        KERAS,
        CS231N,
        DARKNET,
        DARKNET_ALEXEYAB,
        CAFFE,
    )
}
"""Each tool by the name that `--with` takes."""
