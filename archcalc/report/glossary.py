"""The words of the field that reports use, each in a sentence or two: what `archcalc explain WORD` finds.

Codes, kinds and quantities explain themselves in their own tables, and are not repeated here.
"""

from __future__ import annotations

from archcalc.records import NamedTuple


class GlossaryTerm(NamedTuple):
    """One word: what it means, how else people say it, and what to read on."""

    word: str
    meaning: str
    also: tuple[str, ...] = ()
    see: str = ""


GLOSSARY: tuple[GlossaryTerm, ...] = (
    GlossaryTerm(
        "auxiliary output",
        "An output that only training computes, such as the two classifiers beside GoogLeNet: its parameters "
        "count as stored, its MACs do not count at inference.",
        ("auxiliary classifier", "auxiliary"),
        "docs/spec.md, Auxiliary outputs",
    ),
    GlossaryTerm(
        "batch",
        "How many examples run at once. It multiplies activations and their memory, not parameters; MACs are "
        "always for one example, and shapes never hold it.",
        ("batch size",),
    ),
    GlossaryTerm(
        "block",
        "Layers that a spec defines once under `blocks:` and uses by name, with settings, as a function is "
        "called.",
        (),
        "docs/spec.md, Blocks",
    ),
    GlossaryTerm(
        "checkpointing",
        "Not saving the activations inside a block for the backward pass, but computing them again there: "
        "less memory for more MACs. Chen et al. 2016, arXiv:1604.06174.",
        ("gradient checkpointing", "activation checkpointing", "rematerialisation", "recomputation"),
        "archcalc memory SPEC --train --checkpoint BLOCK",
    ),
    GlossaryTerm(
        "dilation",
        "How far apart the taps of a kernel lie: with dilation D a kernel of F spans D·(F − 1) + 1 "
        "positions.",
        ("dilation rate", "atrous", "à trous"),
    ),
    GlossaryTerm(
        "dtype",
        "The type of values, which says how many bytes each takes: 4 for float32, 2 for float16 and "
        "bfloat16, 1 for int8.",
        ("data type", "precision"),
    ),
    GlossaryTerm(
        "FLOPs",
        "Floating-point operations: 2 × MACs, a multiplication and an addition each. Other tools print "
        "MACs under this name; `archcalc reconcile` says which.",
        ("flop",),
        "docs/conventions.md",
    ),
    GlossaryTerm(
        "forward pass",
        "Running the network from input to outputs. `archcalc verify` runs it in NumPy, independently of "
        "the rules.",
        ("inference",),
        "docs/verify.md",
    ),
    GlossaryTerm(
        "in place",
        "Of a layer that may write its output over its input, or only views it, and so allocates no tensor: "
        "activations, normalisations at inference, reshapes.",
        ("inplace",),
    ),
    GlossaryTerm(
        "jump",
        "How many positions of the input lie between the receptive fields of two neighbouring values: the "
        "product of the strides so far.",
        ("effective stride", "output stride"),
    ),
    GlossaryTerm(
        "kernel size",
        "The height and width of the window that a filter or a pooling sees at once; F in formulas.",
        ("filter size", "window size"),
    ),
    GlossaryTerm(
        "kind",
        "What sort of layer: `conv`, `maxpool`, `fc` … `archcalc explain KIND` shows its formulas and "
        "settings.",
        ("layer type", "operator"),
        "docs/kinds.md",
    ),
    GlossaryTerm(
        "live",
        "Of a tensor at a moment: written already, and still to be read. What is live at once must be in "
        "memory at once; the most of it is the peak.",
        ("liveness", "alive", "peak memory", "live range"),
        "archcalc memory SPEC",
    ),
    GlossaryTerm(
        "memory model",
        "When a tensor is freed, what works in place and what a block holds while it runs: as planned "
        "ahead of time, or as PyTorch does in eager mode.",
        ("memory convention",),
        "docs/memory.md",
    ),
    GlossaryTerm(
        "multiply-accumulate",
        "One product added to a running sum. The quantity is called macs.",
        ("MAC", "mult-add", "multiply-add"),
        "archcalc explain macs",
    ),
    GlossaryTerm(
        "output padding",
        "Rows and columns that a transposed convolution adds at the end, to choose among the sizes that "
        "its stride leaves open.",
        (),
        "archcalc explain conv_transpose",
    ),
    GlossaryTerm(
        "padding",
        "Rows and columns added around a volume, mostly zeros, so that windows fit; P in formulas, on each "
        "side.",
        ("zero padding",),
        "docs/spec.md, Padding",
    ),
    GlossaryTerm(
        "parameter sharing",
        "One filter used at all positions, which is what makes a layer convolutional; unshared layers "
        "learn one filter for each position.",
        ("weight sharing", "unshared", "locally connected"),
        "archcalc compare-fc SPEC",
    ),
    GlossaryTerm(
        "receptive field",
        "How many positions of the input one value sees, along each axis.",
        ("field of view",),
        "docs/spec.md, How things are counted",
    ),
    GlossaryTerm(
        "same padding",
        "Padding with which a layer of stride 1 puts out what it is given in size. With a stride it has no "
        "one meaning: `same_upper` is that of TensorFlow and ONNX, `same_lower` puts the odd one in front.",
        ("same", "same_upper", "same_lower"),
        "docs/spec.md, Padding",
    ),
    GlossaryTerm(
        "saved for backward",
        "What the backward pass of a layer needs from its forward pass, and what is therefore in memory "
        "until then.",
        ("saved tensor", "stashed", "kept for backward"),
        "docs/memory.md",
    ),
    GlossaryTerm(
        "skip connection",
        "An input added to the output of layers further on; written `residual:` in a spec.",
        ("shortcut", "residual connection"),
        "docs/spec.md, Repeat, residual and branches",
    ),
    GlossaryTerm(
        "stride",
        "How many positions a window moves at a time; S in formulas.",
        ("strides",),
    ),
    GlossaryTerm(
        "tensor",
        "Any array that flows between layers: a volume, a sequence or a vector, without the batch.",
        ("feature map", "activation map"),
    ),
    GlossaryTerm(
        "transposed convolution",
        "A convolution backwards: each input value writes a window of outputs, and sizes grow.",
        ("deconvolution", "fractionally strided convolution"),
        "archcalc explain conv_transpose",
    ),
)


def normalized(word: str) -> str:
    """A word in lower case, with single spaces between its parts: `Receptive-Field` as `receptive field`."""
    return " ".join(word.lower().replace("_", " ").replace("-", " ").split())


BY_WORD: dict[str, GlossaryTerm] = {
    normalized(each): term for term in GLOSSARY for each in (term.word, *term.also)
}
"""Terms by every spelling, normalized."""
