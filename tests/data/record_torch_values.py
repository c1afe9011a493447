"""Records small random layers of every kind, executed by PyTorch: writes torch_values.jsonl beside itself.

Needs PyTorch (recorded with 2.13.0); archcalc and its tests do not.

    python tests/data/record_torch_values.py

Each line is one layer on one example: `kind` and `settings` as archcalc names them, `inputs`, `tensors` by
name (parameters and buffers), `output`, and `tolerance`. Arrays are [shape, values]. Inputs and tensors are
small integers, or quarters of them. With tolerance 0 every value is one that float32 holds exactly, in
whatever order sums are taken; otherwise PyTorch computed in float64, and a value may differ by the tolerance
times 1 + its magnitude. To add a kind, write a function that makes one layer, and put it into KINDS.

A case draws its settings from `random.Random`, seeded with kind and number, so that the file is the same
each time. Sizes are distinct primes, and kernels are often even or rectangular.
"""

import json
from math import prod
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional
from torch_case import EXACT, ROUNDED, Case
from torch_windows import (
    PADDING_MODES,
    adaptive_avgpool,
    bias,
    conv_transpose,
    convolution,
    depthwise,
    global_pool,
    padded,
    pool,
    separable,
)

TARGET = Path(__file__).with_name("torch_values.jsonl")


def fc(case):
    over = case.choose("over", None, "features", "channels")
    shape = case.random.choice([(7,), (5, 7), (5, 7, 3)] if over else [(7,), (7, 1, 1), (5, 7)])
    x = case.input(*shape)
    units = case.choose("units", 2, 3, 11)
    if over is None and len(shape) == 3:
        x = x.flatten()
    seen = x.movedim(0, -1) if over == "channels" else x
    output = functional.linear(seen, case.tensor("weight", units, seen.shape[-1]), bias(case, units))
    return output.movedim(-1, 0) if over == "channels" else output, EXACT


def pad(case):
    x = case.volume(case.random.choice([1, 2, 2]))
    mode = case.choose("mode", *PADDING_MODES)
    least = -2 if mode == "zeros" else 0
    pairs = [[case.random.randint(least, 4) for _ in range(2)] for _ in x.shape[1:]]
    before, behind = case.choose("channels", [0, 0], [1, 2], [0, 3])
    case.settings["padding"] = pairs
    output = padded(x, pairs, mode)
    zeros = [torch.zeros((count, *output.shape[1:]), dtype=x.dtype) for count in (before, behind)]
    return torch.cat([zeros[0], output, zeros[1]]), EXACT


def batchnorm(case):
    """Variances and eps of which the roots are powers of two, and others."""
    x = case.volume(case.random.choice([0, 1, 2]), 5)
    tracked = case.choose("track_running_stats", True, True, False) or x.ndim == 1
    case.settings["track_running_stats"] = tracked
    exact = tracked and case.number % 2 == 0
    case.settings["eps"] = 1 if exact else 1e-5
    mean = case.tensor("running_mean", 5) if tracked else None
    variance = case.tensor("running_var", 5, least=1, most=9) if tracked else None
    if exact:
        variance[:] = torch.tensor([case.random.choice([0, 3, 15]) for _ in range(5)])
    learned = case.choose("affine", True, True, False)
    weight, shift = (case.tensor(name, 5) if learned else None for name in ("weight", "bias"))
    run = functional.batch_norm(
        x[None], mean, variance, weight, shift, not tracked, 0.1, case.settings["eps"]
    )
    return run[0], EXACT if exact else ROUNDED


def layernorm(case):
    x = case.input(*case.random.choice([(7,), (5, 7), (3, 5, 7)]))
    over = case.choose("over", None, "all", "features", "channels")
    learned, eps = case.choose("affine", True, False), case.choose("eps", 1e-5, 0.5)
    turned = x.movedim(0, -1) if over == "channels" else x
    last = (
        turned.shape[-1:] if over in ("features", "channels") or (over is None and x.ndim == 2) else x.shape
    )
    weight, shift = (case.tensor(name, *last) if learned else None for name in ("weight", "bias"))
    output = functional.layer_norm(turned, last, weight, shift, eps)
    return output.movedim(-1, 0) if over == "channels" else output, ROUNDED


def groupnorm(case):
    x = case.volume(case.random.choice([0, 1, 2]), 6)
    groups = case.choose("groups", *((1, 2, 3) if x.ndim == 1 else (1, 2, 3, 6)))
    learned, eps = case.choose("affine", True, False), case.choose("eps", 1e-5, 0.5)
    weight, shift = (case.tensor(name, 6) if learned else None for name in ("weight", "bias"))
    return functional.group_norm(x[None], groups, weight, shift, eps)[0], ROUNDED


def lrn(case):
    """PyTorch divides alpha by the size; the paper, and archcalc, do not."""
    x = case.volume(case.random.choice([1, 2]), 7)
    size, alpha = case.choose("size", 1, 2, 3, 4, 5, 9), case.choose("alpha", 1e-4, 0.5)
    beta, k = case.choose("beta", 0.75, 0.5), case.choose("k", 2.0, 1.0)
    return functional.local_response_norm(x[None], size, alpha * size, beta, k)[0], ROUNDED


def activation(function, tolerance=ROUNDED, **choices):
    """A pointwise kind; what may be chosen is called in archcalc as in PyTorch."""

    def case_of(case):
        x = case.input(*case.random.choice([(7,), (3, 5), (2, 3, 5)]), most=40, parts=4)
        return function(
            x, **{name: case.choose(name, *values) for name, values in choices.items()}
        ), tolerance

    return case_of


def prelu(case):
    x = case.input(*case.random.choice([(7,), (7, 3), (7, 3, 5)]))
    slopes = case.tensor("weight", case.choose("num_parameters", 1, 7), parts=4)
    return functional.prelu(x[None], slopes)[0], EXACT


def softmax(case):
    """Of small values, and of those whose exponentials overflow."""
    shape = case.random.choice([(7,), (7, 3), (5, 3, 2)])
    return functional.softmax(case.input(*shape, most=(9, 900)[case.number % 2]), 0), ROUNDED


def dropout(case):
    x = case.volume(2)
    return nn.Dropout(case.choose("p", 0.25, 0.5)).eval()(x), EXACT


def kept(case):
    """Stochastic depth is a branch dropped in training only, and so the identity."""
    case.choose("p", 0.25, 0.5)
    return case.volume(2), EXACT


def add(case):
    shape = case.random.choice([(5,), (3, 5), (2, 3, 7)])
    return sum(case.input(*shape) for _ in range(case.random.choice([2, 3]))), EXACT


def multiply(case):
    """The first input may scale whole channels: as a volume of 1×1, or as a vector."""
    shape = case.random.choice([(5,), (3, 5), (3, 5, 2)])
    ones = (1,) * (len(shape) - 1)
    first = case.input(*case.random.choice([shape, (shape[0], *ones), shape[:1]]))
    others = [case.input(*shape) for _ in range(case.random.choice([1, 2]))]
    return prod(others) * (first if first.shape == shape else first.reshape(-1, *ones)), EXACT


def concat(case):
    sizes = case.random.choice([(), (5,), (5, 7)])
    return torch.cat([case.input(depth, *sizes) for depth in case.random.sample((1, 2, 3), 2)]), EXACT


def flatten(case):
    return torch.flatten(case.volume(case.random.choice([1, 2]))), EXACT


def tokens(case):
    return case.volume(case.random.choice([1, 2])).flatten(1).T, EXACT


def volume(case):
    x = case.input(15, 2)
    if case.number % 2:
        return x.T, EXACT
    case.settings |= {"height": 3, "width": 5}
    return x.T.unflatten(1, (3, 5)), EXACT


def class_token(case):
    x = case.input(5, case.random.choice([3, 7]))
    return torch.cat([case.tensor("weight", x.shape[1])[None], x]), EXACT


def position_embedding(case):
    x = case.input(5, case.random.choice([3, 7]))
    return x + case.tensor("weight", *x.shape), EXACT


def attention(case):
    """Quarters, so that few heads look at one position only."""
    heads = case.choose("heads", 1, 2, 3)
    size = heads * case.random.choice([1, 2])
    x = case.input(5, size, parts=4)
    layer = nn.MultiheadAttention(size, heads, bias=case.choose("bias", True, False), dtype=torch.float64)
    for name, parameter in layer.named_parameters():
        parameter.data = case.tensor(name, *parameter.shape, most=3, least=-3, parts=4)
    return layer.eval()(x, x, x, need_weights=False)[0].detach(), ROUNDED


def select(case):
    how = case.random.choice(["range", "range", "channels", "position"])
    x = case.volume(1 if how == "position" else 2, 7)
    if how == "position":
        return x[case.choose("position", 0, 3, 6)], EXACT
    if how == "channels":
        return x[case.choose("channels", [6, 0, 2], [3], [1, 1, 5])], EXACT
    return x[case.choose("start", None, 2) : case.choose("stop", 3, 5, 7)], EXACT


def subsample(case):
    rank = case.random.choice([1, 2, 2])
    x = case.volume(rank, 2)
    return x[:, *(slice(None, None, step) for step in case.sizes("stride", rank, 1, 4))], EXACT


def channel_shuffle(case):
    groups = case.choose("groups", 1, 2, 3)
    return nn.ChannelShuffle(groups)(case.volume(2, 6)[None])[0], EXACT


def scale(case):
    x = case.input(*case.random.choice([(7,), (5, 7), (3, 5, 7)]))
    over = case.choose("over", None, "channels", "features")
    over = over or ("features" if x.ndim == 2 else "channels")
    size, along = (x.shape[-1], (-1,)) if over == "features" else (len(x), (-1, *(1,) * (x.ndim - 1)))
    output = x * case.tensor("weight", size).reshape(along)
    return output + case.tensor("bias", size).reshape(along) if case.choose(
        "bias", True, False
    ) else output, EXACT


def interpolate(case):
    x = case.volume(case.random.choice([1, 2, 2]), 2)
    mode = case.choose("mode", "nearest", "bilinear")
    corners = case.choose("align_corners", True, False) if mode == "bilinear" else None
    rank = x.ndim - 1
    if case.random.random() < 0.5:
        size, factor = case.sizes("size", rank, 1, 13), None
    else:
        size, factor = None, case.choose("scale_factor", 2.0, 0.5, 1.5, 3.0)
    named = {("bilinear", 1): "linear"}.get((mode, rank), mode)
    output = functional.interpolate(x[None], size, factor, named, corners)
    return output[0], EXACT if mode == "nearest" else ROUNDED


SLOPES = (0.25, 0.5, -0.125)
KINDS = {
    "conv": (40, lambda case: convolution(case, 2)),
    "conv1d": (14, lambda case: convolution(case, 1)),
    "depthwise": (16, depthwise),
    "separable": (8, separable),
    "conv_transpose": (24, conv_transpose),
    "maxpool": (24, pool(2, maximum=True)),
    "maxpool1d": (9, pool(1, maximum=True)),
    "avgpool": (24, pool(2, maximum=False)),
    "avgpool1d": (9, pool(1, maximum=False)),
    "global_avgpool": (4, global_pool(maximum=False)),
    "global_maxpool": (4, global_pool(maximum=True)),
    "adaptive_avgpool": (10, adaptive_avgpool),
    "fc": (12, fc),
    "flatten": (3, flatten),
    "pad": (14, pad),
    "subsample": (6, subsample),
    "tokens": (3, tokens),
    "volume": (2, volume),
    "class_token": (2, class_token),
    "position_embedding": (2, position_embedding),
    "attention": (8, attention),
    "select": (8, select),
    "channel_shuffle": (4, channel_shuffle),
    "scale": (8, scale),
    "interpolate": (20, interpolate),
    "batchnorm": (10, batchnorm),
    "layernorm": (12, layernorm),
    "groupnorm": (12, groupnorm),
    "lrn": (10, lrn),
    "relu": (3, activation(functional.relu, EXACT)),
    "relu6": (3, activation(functional.relu6, EXACT)),
    "leaky_relu": (4, activation(functional.leaky_relu, EXACT, negative_slope=SLOPES)),
    "prelu": (4, prelu),
    "elu": (4, activation(functional.elu, alpha=(1.0, 0.5))),
    "selu": (3, activation(functional.selu)),
    "gelu": (4, activation(functional.gelu)),
    "silu": (3, activation(functional.silu)),
    "mish": (3, activation(functional.mish)),
    "sigmoid": (3, activation(functional.sigmoid)),
    "tanh": (3, activation(functional.tanh)),
    "hard_sigmoid": (4, activation(functional.hardsigmoid)),
    "hard_swish": (4, activation(functional.hardswish)),
    "softplus": (3, activation(functional.softplus)),
    "identity": (2, activation(nn.Identity(), EXACT)),
    "softmax": (6, softmax),
    "dropout": (2, dropout),
    "stochastic_depth": (2, kept),
    "add": (4, add),
    "multiply": (8, multiply),
    "concat": (4, concat),
}
"""By kind: how many layers, and how one is made: (output, tolerance)."""

NOT_RECORDED: dict[str, str] = {}
"""Kinds that PyTorch cannot compute, each with the reason: its row says that in place of values."""


def recorded(kind, count, make):
    """The rows of one kind; where PyTorch refuses, another layer is made in its place."""
    rows, number = [], 0
    while len(rows) < count:
        case = Case(kind, number)
        number += 1
        try:
            output, tolerance = make(case)
        except RuntimeError:
            continue
        if output.numel():
            rows.append(case.row(output, tolerance))
    return rows


def main():
    """Write all rows."""
    rows = [row for kind, (count, make) in KINDS.items() for row in recorded(kind, count, make)]
    rows += [{"kind": kind, "not_recorded": reason} for kind, reason in NOT_RECORDED.items()]
    lines = [json.dumps(row, separators=(",", ":")) + "\n" for row in rows]
    TARGET.write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
