"""How a tool's figure is derived: a sum of named terms over a network's facts, times named factors.

A term says what it counts in words and gives its exact amount, so that a derivation can be printed and
checked. Amounts are those of one example of float32, as the tools count unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import prod
from typing import Literal

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import bias_adds, buffers, macs, outputs, parameters, runs
from archcalc.records import NamedTuple

Amount = Callable[[Facts, Analysis], int]
Means = Literal["MACs", "FLOPs", "operations", "parameters", "values", "bytes"]


class Model(NamedTuple):
    """A network as a framework's model of it: what the spec does not say, and tools depend on.

    functions: the kinds that the model calls as functions, which tools that hook modules do not see.
    squeezes_by_mean: whether the pools of its squeeze-and-excitation are means, `x.mean((2, 3))`.
    attention: whether its attention is one fused kernel or several products; '' where a tool's default holds.
    layer: the only layer that is looked at, as one row of a tool's table; '' for the whole network.
    """

    analysis: Analysis
    functions: frozenset[str] = frozenset()
    squeezes_by_mean: bool = False
    attention: Literal["", "fused", "unfused"] = ""
    layer: str = ""

    def layers(self) -> Iterator[Facts]:
        """The layers that are looked at, also those that run in training only."""
        return (facts for facts in self.analysis.facts if self.layer in ("", facts.node.name))

    def running(self) -> Iterator[Facts]:
        """Those that run at inference."""
        return (facts for facts in self.layers() if runs(facts, self.analysis))


class Term(NamedTuple):
    """One step of a derivation: what is counted, how much of it a model has, and how often it counts."""

    what: str
    of: Callable[[Model], int]
    times: int = 1

    @property
    def label(self) -> str:
        """What is counted, with how often."""
        often = abs(self.times)
        return self.what if often == 1 else f"{often} × {self.what}"


class Factor(NamedTuple):
    """What the sum is multiplied by, and why."""

    times: int
    why: str


class Figure(NamedTuple):
    """One number of a tool.

    name: what the tool calls it.
    means: what it counts, in our words.
    shown: how the tool writes it.
    """

    name: str
    means: Means
    terms: tuple[Term, ...]
    factors: tuple[Factor, ...] = ()
    shown: Callable[[int], str] = "{:,}".format


class Build(NamedTuple):
    """One way in which a model is built: its name, what it means, and the model, where it makes sense."""

    name: str
    what: str
    of: Callable[[Analysis], Model | None]


class Convention(NamedTuple):
    """What one tool counts.

    name: what `--with` calls it; version: that it was read and recorded at; source: where it says so.
    counts: what it counts, and leaves out, in a sentence.
    builds: how the models that it reads may be built otherwise than the spec says.
    knows: kinds besides EXAMINED of which it is known what this tool counts.
    """

    name: str
    version: str
    source: str
    counts: str
    figures: tuple[Figure, ...]
    builds: tuple[Build, ...] = ()
    knows: frozenset[str] = frozenset()


class Derivation(NamedTuple):
    """A figure worked out: each step with its amount, and what they come to."""

    figure: Figure
    terms: tuple[tuple[str, int], ...]
    total: int

    @property
    def shown(self) -> str:
        """The number as the tool writes it."""
        return self.figure.shown(self.total)


def derive(
    figure: Figure, model: Model, known: dict[Callable[[Model], int], int] | None = None
) -> Derivation:
    """The figure of a model, step by step; terms that come to nothing are left out, but for the first.

    known: the amounts of the model's terms that were worked out already; more are added.
    """
    known = {} if known is None else known
    for term in figure.terms:
        if term.of not in known:
            known[term.of] = term.of(model)
    amounts = [(term.label, known[term.of] * term.times) for term in figure.terms]
    total = sum(amount for _, amount in amounts) * prod(factor.times for factor in figure.factors)
    kept = [one for number, one in enumerate(amounts) if one[1] or not (number or model.layer)]
    return Derivation(figure, tuple(kept or amounts[:1]), total)


def over(amount: Amount, kinds: Iterable[str] = (), *, hooked: bool = False) -> Callable[[Model], int]:
    """The sum of an amount over the layers of some kinds, or of all, that run at inference.

    hooked: whether the tool sees modules only, and so nothing of what the model calls as functions.
    """
    chosen = frozenset(kinds)

    def of(model: Model) -> int:
        unseen = model.functions if hooked else ()
        seen = (facts for facts in model.running() if facts.node.kind not in unseen)
        return sum(amount(facts, model.analysis) for facts in seen if not chosen or facts.node.kind in chosen)

    return of


def stored(amount: Amount, kinds: Iterable[str] = ()) -> Callable[[Model], int]:
    """The same of what a model holds, also for layers that run in training only."""
    chosen = frozenset(kinds)

    def of(model: Model) -> int:
        layers = (each for each in model.layers() if not chosen or each.node.kind in chosen)
        return sum(amount(each, model.analysis) for each in layers)

    return of


def values(facts: Facts, analysis: Analysis) -> int:
    """Values of the output volume."""
    return outputs(facts)


def inputs(facts: Facts, analysis: Analysis) -> int:
    """Values of the input volume."""
    return prod(facts.input_shapes[0])


def learned_outputs(facts: Facts, analysis: Analysis) -> int:
    """Values of the output volume of a layer that has parameters."""
    return outputs(facts) if facts.parameter_shapes else 0


def scaled_inputs(facts: Facts, analysis: Analysis) -> int:
    """Values of the input volume of a normalisation that has a learned scale."""
    return inputs(facts, analysis) if facts.parameter_shapes else 0


def transposed_excess(facts: Facts, analysis: Analysis) -> int:
    """What weights taken at each output position, instead of each input position, add to the MACs."""
    return prod(facts.parameter_shapes["weight"]) * prod(facts.output_shape[1:]) - facts.macs


def positions_missed(facts: Facts, analysis: Analysis) -> int:
    """What parameters taken once, instead of at each position, leave of MACs and bias adds."""
    return parameters(facts, analysis) - facts.macs - bias_adds(facts, analysis)


def input_values(model: Model) -> int:
    """Values of the network's inputs; none where one layer is looked at."""
    return 0 if model.layer else sum(map(prod, model.analysis.network.input_shapes))


CONVOLUTIONS = ("conv", "conv1d", "depthwise", "conv_transpose")
POOLS = ("maxpool", "maxpool1d", "avgpool", "avgpool1d")
WHOLE_POOLS = ("global_avgpool", "global_maxpool", "adaptive_avgpool")
WHOLE_AVERAGES = ("global_avgpool", "adaptive_avgpool")
EXAMINED = frozenset((
    *CONVOLUTIONS, *POOLS, *WHOLE_POOLS, "fc", "flatten", "pad", "batchnorm", "layernorm", "lrn", "relu",
    "relu6", "leaky_relu", "prelu", "elu", "selu", "gelu", "silu", "mish", "sigmoid", "tanh", "hard_sigmoid",
    "hard_swish", "softplus", "identity", "softmax", "dropout", "stochastic_depth",
    "interpolate", "channel_shuffle", "select", "subsample", "add", "multiply", "concat",
))  # fmt: skip
"""The kinds of which it was recorded what each tool counts; of others, a derivation may miss a part."""


def unexamined(facts: Facts, knows: frozenset[str] = frozenset()) -> str:
    """What a layer is, if it is not known what tools count of it; otherwise nothing.

    knows: kinds of which it is known besides EXAMINED.
    """
    if facts.node.kind == "conv_transpose" and getattr(facts.node.layer, "groups", 1) > 1:
        return "grouped conv_transpose"
    return "" if facts.node.kind in EXAMINED | knows else facts.node.kind


MACS = Term("multiply-accumulates", over(macs))
BIAS_ADDS = Term("additions of biases", over(bias_adds))
CONVOLUTION_BIASES = Term("additions of biases in convolutions", over(bias_adds, CONVOLUTIONS))
TRANSPOSED = Term(
    "transposed convolutions taken at output positions", over(transposed_excess, ("conv_transpose",))
)
INPUT = Term("values of the input", input_values)
PARAMETERS = Term("parameters", stored(parameters))
BUFFERS = Term("running statistics of batch normalisation", stored(buffers))

FLOAT32 = Factor(4, "bytes of a value")
GRADIENTS = Factor(2, "as many values for gradients")
TWO = Factor(2, "operations in a multiply-accumulate")


def prefixed(word: str = "") -> Callable[[int], str]:
    """A writer of amounts with the prefix that fits and at most two decimals: 15.52 GMac."""

    def shown(amount: int) -> str:
        power = next((power for power in (12, 9, 6, 3) if amount >= 10**power), 0)
        prefix = {12: "T", 9: "G", 6: "M", 3: "K", 0: ""}[power]
        return f"{round(amount / 10**power, 2):g} {prefix}{word}".rstrip()

    return shown


def in_units(divisor: int, digits: int, unit: str) -> Callable[[int], str]:
    """A writer of amounts in some unit, with a fixed number of decimals, as Python rounds them."""
    return lambda amount: f"{amount / divisor:,.{digits}f}{unit}"


def rounded(divisor: int, digits: int, unit: str) -> Callable[[int], str]:
    """A writer of amounts in some unit, rounded, without zeros at the end."""
    return lambda amount: f"{round(amount / divisor, digits):g}{unit}" if amount else f"0{unit}"
