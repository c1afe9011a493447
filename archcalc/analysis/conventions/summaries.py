"""Tools that print a table of layers with totals below: torchinfo, torchsummary and Keras."""

from __future__ import annotations

from archcalc.analysis.conventions.builds import BIASED, PYTORCH
from archcalc.analysis.conventions.terms import (
    BIAS_ADDS,
    BUFFERS,
    FLOAT32,
    GRADIENTS,
    INPUT,
    MACS,
    PARAMETERS,
    TRANSPOSED,
    Convention,
    Figure,
    Model,
    Term,
    in_units,
    learned_outputs,
    over,
    positions_missed,
)
from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import activations, outputs, parameters

MEGABYTES = in_units(10**6, 2, " MB")
MEBIBYTES = in_units(2**20, 2, " MB")
"""What torchsummary and Keras print as MB is MiB."""


def mult_adds(amount: int) -> str:
    """An amount as torchinfo writes it, in millions or more."""
    power, prefix = (12, "T") if amount >= 10**12 else (9, "G") if amount >= 10**9 else (6, "M")
    whole = amount % 10**power == 0
    return f"{amount // 10**power:,} ({prefix})" if whole else f"{amount / 10**power:,.2f} ({prefix})"


LEARNED = Term("values behind layers that have parameters", over(learned_outputs))
CALLED = ("flatten", "select", "subsample", "channel_shuffle", "add", "multiply", "concat")
"""What models do by a function or an operator, and so in no module."""


def apart(facts: Facts, analysis: Analysis) -> int:
    """The values behind a layer that works in place, but is a module."""
    return 0 if facts.node.layer.makes_volume() or facts.node.kind in CALLED else outputs(facts)


def block_outputs(model: Model) -> int:
    """The values behind every block that is a module of its own: residual blocks, and those called alike.

    Chains of layers or of blocks are Sequential, which torchsummary passes over. One layer is in no block.
    """
    if model.layer:
        return 0
    paths = [(tuple(facts.node.name.split("/")[:-1]), facts) for facts in model.analysis.facts]
    names = {kind_of(path[-1]) for path, facts in paths if facts.node.kind == "add" and path}
    last = {}
    for path, facts in paths:
        for depth, part in enumerate(path, 1):
            if kind_of(part) in names:
                last[path[:depth]] = outputs(facts)
    return sum(last.values())


def kind_of(block: str) -> str:
    """What blocks of one sort have in common: their name without its number."""
    return block.rstrip("0123456789")


MODULES = (
    Term("values of volumes, each once", over(activations, hooked=True)),
    Term("values behind pointwise layers, apart", over(apart)),
    Term("volumes of functions and operators, which are no modules", over(activations, CALLED), -1),
    Term("values behind residual blocks, once more", block_outputs),
)
TWICE = tuple(term._replace(times=2 * term.times) for term in (LEARNED, *MODULES))

TORCHINFO = Convention(
    "torchinfo",
    "1.8.0",
    "torchinfo/layer_info.py and model_statistics.py",
    "counts each convolution's weights and biases at every output position, and all other parameters "
    "once; sizes take the outputs of layers with parameters only, twice (for gradients), in MB of a "
    "million bytes",
    (
        Figure("Total params", "parameters", (PARAMETERS,)),
        Figure(
            "Total mult-adds",
            "operations",
            (
                MACS,
                BIAS_ADDS,
                Term(
                    "scales, shifts and slopes of normalisations and prelu, once",
                    over(parameters, ("batchnorm", "layernorm", "prelu")),
                ),
                TRANSPOSED,
                Term(
                    "fully connected layers at one position instead of all", over(positions_missed, ("fc",))
                ),
            ),
            shown=mult_adds,
        ),
        Figure("Input size", "bytes", (INPUT,), (FLOAT32,), MEGABYTES),
        Figure("Forward/backward pass size", "bytes", (LEARNED,), (GRADIENTS, FLOAT32), MEGABYTES),
        Figure("Params size", "bytes", (PARAMETERS,), (FLOAT32,), MEGABYTES),
        Figure(
            "Estimated Total Size",
            "bytes",
            (INPUT, TWICE[0], PARAMETERS),
            (FLOAT32,),
            MEGABYTES,
        ),
    ),
    PYTORCH,
)

TORCHSUMMARY = Convention(
    "torchsummary",
    "1.5.1",
    "torchsummary/torchsummary.py",
    "adds up the outputs of every module, twice for gradients: of pointwise layers too, and of residual "
    "blocks besides their layers, but not of functions and operators (flatten, add, concat); it prints "
    "MiB as MB",
    (
        Figure("Total params", "parameters", (PARAMETERS,)),
        Figure("Input size (MB)", "bytes", (INPUT,), (FLOAT32,), MEBIBYTES),
        Figure("Forward/backward pass size (MB)", "bytes", MODULES, (GRADIENTS, FLOAT32), MEBIBYTES),
        Figure("Params size (MB)", "bytes", (PARAMETERS,), (FLOAT32,), MEBIBYTES),
        Figure("Estimated Total Size (MB)", "bytes", (INPUT, *TWICE[1:], PARAMETERS), (FLOAT32,), MEBIBYTES),
    ),
    PYTORCH,
)


def keras_memory(amount: int) -> str:
    """A size as Keras writes it: 527.79 MB, which is MiB."""
    size = float(amount)
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} PB"


def _keras(name: str, *terms: Term) -> tuple[Figure, Figure]:
    return Figure(name, "parameters", terms), Figure(
        f"{name}, size", "bytes", terms, (FLOAT32,), keras_memory
    )


KERAS = Convention(
    "keras",
    "3.15.1",
    "keras/src/utils/summary_utils.py",
    "counts the running statistics of batch normalisation among the parameters, as not trainable; it "
    "prints MiB as MB",
    (
        *_keras("Total params", PARAMETERS, BUFFERS),
        *_keras("Trainable params", PARAMETERS),
        *_keras("Non-trainable params", BUFFERS),
    ),
    (BIASED,),
)
