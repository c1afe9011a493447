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
from archcalc.errors import RequestError
from archcalc.quoting import listed, quoted
from archcalc.suggestions import suggestion

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
    "conventions_of",
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


def conventions_of(tool: str | None) -> tuple[Convention, ...]:
    """The convention of a tool, or all; raises RequestError for a tool that is not known."""
    if tool is None:
        return tuple(CONVENTIONS.values())
    if tool.lower() not in CONVENTIONS:
        hint = suggestion(tool, CONVENTIONS) or f"tools are {listed(CONVENTIONS)}"
        raise RequestError(f"no tool is known as {quoted(tool)}; {hint}")
    return (CONVENTIONS[tool.lower()],)
