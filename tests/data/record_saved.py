"""Writes saved_for_backward.jsonl: what PyTorch's autograd keeps for single layers, a dozen settings a kind.

    python record_saved.py > saved_for_backward.jsonl        (PyTorch 2.13.0 on a CPU; archcalc is not used)

Each layer runs in training on a batch of 2 that itself needs a gradient. A hook sees every tensor that is
kept; storages are told apart by their address, and those of parameters and buffers are left out. A line has
the kind and the settings in archcalc's words, the inputs' shapes without the batch, whether PyTorch was told
to write in place, and the bytes kept: of each input, of the output, and of other storages.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

BATCH = 2
SETTINGS = 12
random.seed(5)
torch.manual_seed(5)

Layer = Callable[..., Tensor]
Case = tuple[dict[str, Any], list[tuple[int, ...]], Layer]


def size(low: int = 1, high: int = 6) -> int:
    return random.randint(low, high)


def volume(rank: int = 2, multiple: int = 1) -> tuple[int, ...]:
    """Channels, then sizes that differ from each other."""
    return (multiple * size(1, 5), *random.sample(range(8, 20), rank))


def conv(kind: str) -> Case:
    rank = 1 if kind == "conv1d" else 2
    shape = volume(rank, multiple=2)
    settings: dict[str, Any] = {
        "filters": 2 * size(),
        "kernel_size": size(1, 5),
        "bias": random.random() < 0.5,
    }
    mode = random.choice(("zeros", "zeros", "reflect", "replicate", "circular"))
    padding: Any = random.choice((0, 1, 2, "same"))
    if padding != "same":
        settings |= {"stride": size(1, 3), "dilation": size(1, 2)}
    settings |= {"padding": padding, "padding_mode": mode, "groups": random.choice((1, 2))}
    module = (nn.Conv1d, nn.Conv2d)[rank - 1]
    words = {word: value for word, value in settings.items() if word != "filters"}
    return settings, [shape], module(shape[0], settings["filters"], **words)


def conv_padded_unequally(kind: str) -> Case:
    """As PyTorch needs it: padded by itself, and then without padding."""
    shape = volume()
    sides = {side: size(0, 3) for side in ("top", "bottom", "left", "right")}
    sides["top"] = sides["bottom"] + 1
    settings = {"filters": size(), "kernel_size": 3}
    module = nn.Conv2d(shape[0], settings["filters"], 3)
    around = [sides[side] for side in ("left", "right", "top", "bottom")]
    return settings | {"padding": sides}, [shape], lambda x: module(functional.pad(x, around))


def depthwise(kind: str) -> Case:
    shape = volume()
    settings = {
        "kernel_size": size(1, 4),
        "stride": size(1, 2),
        "padding": size(0, 2),
        "multiplier": size(1, 3),
    }
    words = {word: settings[word] for word in ("kernel_size", "stride", "padding")}
    return settings, [shape], nn.Conv2d(shape[0], shape[0] * settings["multiplier"], groups=shape[0], **words)


def conv_transpose(kind: str) -> Case:
    shape = volume(multiple=2)
    settings = {"filters": 2 * size(), "kernel_size": size(2, 4), "stride": size(1, 3), "padding": size(0, 1)}
    settings |= {"groups": random.choice((1, 2))}
    words = {word: value for word, value in settings.items() if word != "filters"}
    return settings, [shape], nn.ConvTranspose2d(shape[0], settings["filters"], **words)


def pool(kind: str) -> Case:
    rank = 1 if kind.endswith("1d") else 2
    modules = {
        "maxpool": nn.MaxPool2d,
        "maxpool1d": nn.MaxPool1d,
        "avgpool": nn.AvgPool2d,
        "avgpool1d": nn.AvgPool1d,
    }
    kernel = size(2, 4)
    settings = {"kernel_size": kernel, "stride": size(1, 3), "padding": size(0, kernel // 2)}
    settings |= {"ceil_mode": random.random() < 0.5}
    return settings, [volume(rank)], modules[kind](**settings)


def adaptive(kind: str) -> Case:
    shape = volume(random.choice((1, 2)))
    modules = (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d)
    settings = {"output_size": size(1, 3)}
    return settings, [shape], modules[len(shape) - 2](settings["output_size"])


def global_pool(kind: str) -> Case:
    shape = volume(random.choice((1, 2)))
    average = (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d)
    greatest = (nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d)
    return {}, [shape], (average if kind == "global_avgpool" else greatest)[len(shape) - 2](1)


def fc(kind: str) -> Case:
    shape = random.choice(((size(2, 30),), (size(2, 9), size(2, 30))))
    settings = {"units": size(1, 20), "bias": random.random() < 0.5}
    return settings, [shape], nn.Linear(shape[-1], settings["units"], settings["bias"])


def pad(kind: str) -> Case:
    sides = {side: size(0, 3) for side in ("top", "bottom", "left", "right")}
    sides["top"] += 1
    mode = random.choice(("zeros", "reflect", "replicate", "circular"))
    around = [sides[side] for side in ("left", "right", "top", "bottom")]
    word = "constant" if mode == "zeros" else mode
    return {"padding": sides, "mode": mode}, [volume()], lambda x: functional.pad(x, around, mode=word)


def batchnorm(kind: str) -> Case:
    shape = volume(random.choice((1, 2)))
    settings = {"affine": random.random() < 0.5, "track_running_stats": random.random() < 0.5}
    return settings, [shape], (nn.BatchNorm1d, nn.BatchNorm2d)[len(shape) - 2](shape[0], **settings)


def layernorm(kind: str) -> Case:
    over = random.choice(("all", "features", "channels"))
    shape = (size(2, 9), size(2, 30)) if over == "features" else volume()
    settings = {"over": over, "affine": random.random() < 0.5}
    if over == "channels":
        module = nn.LayerNorm(shape[0], elementwise_affine=settings["affine"])
        return settings, [shape], lambda x: module(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
    together = shape if over == "all" else shape[-1:]
    return settings, [shape], nn.LayerNorm(together, elementwise_affine=settings["affine"])


def groupnorm(kind: str) -> Case:
    shape = volume(random.choice((1, 2)), multiple=6)
    settings = {"groups": random.choice((1, 2, 3, 6)), "affine": random.random() < 0.5}
    module = nn.GroupNorm(settings["groups"], shape[0], affine=settings["affine"])
    return settings, [shape], module


def lrn(kind: str) -> Case:
    settings = {"size": size(1, 6), "alpha": 0.1, "beta": random.choice((0.5, 0.75)), "k": 2.0}
    return settings, [volume(random.choice((1, 2)))], nn.LocalResponseNorm(**settings)


ACTIVATIONS: dict[str, Any] = {
    "relu": nn.ReLU, "relu6": nn.ReLU6, "leaky_relu": nn.LeakyReLU, "prelu": nn.PReLU, "elu": nn.ELU,
    "selu": nn.SELU, "gelu": nn.GELU, "silu": nn.SiLU, "mish": nn.Mish, "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh, "hard_sigmoid": nn.Hardsigmoid, "hard_swish": nn.Hardswish, "softplus": nn.Softplus,
    "identity": nn.Identity,
}  # fmt: skip
IN_PLACE = {
    "relu",
    "relu6",
    "leaky_relu",
    "elu",
    "selu",
    "silu",
    "mish",
    "hard_sigmoid",
    "hard_swish",
    "dropout",
}


def activation(kind: str, *, in_place: bool = False) -> Case:
    shape = random.choice((volume(), volume(1), volume(0)))
    return {}, [shape], ACTIVATIONS[kind](**({"inplace": True} if in_place else {}))


def dropout(kind: str, *, in_place: bool = False) -> Case:
    settings = {"p": random.choice((0, 0.1, 0.5))}
    return settings, [random.choice((volume(), volume(0)))], nn.Dropout(settings["p"], inplace=in_place)


def softmax(kind: str) -> Case:
    return {}, [random.choice((volume(), volume(0)))], nn.Softmax(1)


def flatten(kind: str) -> Case:
    return {}, [volume(random.choice((1, 2)))], nn.Flatten()


class Attending(nn.Module):
    """Self-attention of a sequence; `fused` chooses the kernel."""

    def __init__(self, features: int, heads: int, *, bias: bool, fused: bool) -> None:
        super().__init__()
        self.inner = nn.MultiheadAttention(features, heads, bias=bias, batch_first=True)
        self.kernel = SDPBackend.FLASH_ATTENTION if fused else SDPBackend.MATH

    def forward(self, x: Tensor) -> Tensor:
        with sdpa_kernel(self.kernel):
            return self.inner(x, x, x, need_weights=False)[0]


def attention(kind: str, *, fused: bool) -> Case:
    settings = {"heads": size(1, 4), "bias": random.random() < 0.5}
    shape = (size(2, 9), settings["heads"] * 4 * size())
    return settings, [shape], Attending(shape[1], settings["heads"], bias=settings["bias"], fused=fused)


def turned(kind: str) -> Case:
    if kind == "tokens":
        return {}, [volume(random.choice((1, 2)))], lambda x: x.flatten(2).transpose(1, 2)
    shape = (size(2, 9), size(2, 30))
    return {}, [shape], lambda x: x.transpose(1, 2)


class Learned(nn.Module):
    """Learned values of a shape, put in front of a sequence, added to it, or multiplied with it."""

    def __init__(self, kind: str, *shape: int) -> None:
        super().__init__()
        self.kind = kind
        self.weight = nn.Parameter(torch.randn(shape))

    def forward(self, x: Tensor) -> Tensor:
        if self.kind == "class_token":
            return torch.cat((self.weight.expand(len(x), 1, -1), x), 1)
        return x + self.weight if self.kind == "position_embedding" else x * self.weight


def learned(kind: str) -> Case:
    shape = (size(2, 9), size(2, 30))
    if kind == "scale":
        shape = random.choice((shape, volume()))
        return {}, [shape], Learned(kind, *((shape[0], 1, 1) if len(shape) == 3 else shape[1:]))
    return {}, [shape], Learned(kind, *(shape if kind == "position_embedding" else shape[1:]))


def select(kind: str) -> Case:
    shape = volume(random.choice((1, 2)), multiple=4)
    start = size(0, 2)
    stop = start + size(1, 2)
    chosen = random.sample(range(shape[0]), 3)
    indices = torch.tensor(chosen)
    return random.choice((
        ({"start": start, "stop": stop}, [shape], lambda x: x[:, start:stop]),
        ({"channels": chosen}, [shape], lambda x: x[:, indices]),
        ({"position": start}, [(size(3, 9), size(2, 30))], lambda x: x[:, start]),
    ))  # fmt: skip


def subsample(kind: str) -> Case:
    step = size(2, 3)
    return {"stride": step}, [volume()], lambda x: x[:, :, ::step, ::step]


def channel_shuffle(kind: str) -> Case:
    groups = size(2, 4)
    shape = volume(multiple=2 * groups)

    def shuffled(x: Tensor) -> Tensor:
        n, c, *sizes = x.shape
        return x.view(n, groups, c // groups, *sizes).transpose(1, 2).contiguous().view(n, c, *sizes)

    return {"groups": groups}, [shape], shuffled


def interpolate(kind: str) -> Case:
    settings: dict[str, Any] = {
        "size": [size(5, 30), size(5, 30)],
        "mode": random.choice(("nearest", "bilinear")),
    }
    return settings, [volume()], nn.Upsample(**settings)


def stochastic_depth(kind: str) -> Case:
    """As torchvision.ops.stochastic_depth does it, row by row."""
    settings = {"p": random.choice((0, 0.1, 0.5))}

    def dropped(x: Tensor) -> Tensor:
        noise = torch.empty([len(x)] + [1] * (x.ndim - 1)).bernoulli_(1 - settings["p"])
        return x * noise if settings["p"] else x

    return settings, [random.choice((volume(), (size(2, 9), size(2, 30))))], dropped


def add(kind: str) -> Case:
    return {}, [volume()] * size(2, 4), lambda *xs: sum(xs[1:], xs[0])


def multiply(kind: str) -> Case:
    shape = volume()
    others = [random.choice((shape, (shape[0], 1, 1))) for _ in range(size(1, 3))]

    def product(first: Tensor, *rest: Tensor) -> Tensor:
        for each in rest:
            first = first * each
        return first

    return {}, random.sample(shapes := [shape, *others], len(shapes)), product


def concat(kind: str) -> Case:
    _, *sizes = volume()
    return {}, [(size(), *sizes) for _ in range(size(2, 4))], lambda *xs: torch.cat(xs, 1)


KINDS: tuple[tuple[str, Callable[..., Case]], ...] = (
    ("conv", conv), ("conv", conv_padded_unequally), ("conv1d", conv), ("depthwise", depthwise),
    ("conv_transpose", conv_transpose), ("maxpool", pool), ("maxpool1d", pool), ("avgpool", pool),
    ("avgpool1d", pool), ("adaptive_avgpool", adaptive), ("global_avgpool", global_pool),
    ("global_maxpool", global_pool), ("fc", fc), ("flatten", flatten), ("pad", pad),
    ("batchnorm", batchnorm), ("layernorm", layernorm), ("lrn", lrn),
    *((kind, activation) for kind in ACTIVATIONS), ("dropout", dropout), ("softmax", softmax), ("add", add),
    ("multiply", multiply), ("concat", concat), ("tokens", turned), ("volume", turned),
    ("class_token", learned), ("position_embedding", learned), ("select", select), ("select", select),
    ("channel_shuffle", channel_shuffle), ("scale", learned), ("interpolate", interpolate),
    ("stochastic_depth", stochastic_depth), ("groupnorm", groupnorm),
    ("subsample", subsample),
)  # fmt: skip

NOT_RECORDED: dict[str, str] = {}
"""Kinds that PyTorch cannot train, each with the reason: its row says that in place of bytes."""


def kept(layer: Layer, inputs: list[Tensor]) -> dict[str, int]:
    """The bytes that autograd keeps: of inputs by number, of the output, and of other storages."""
    module = layer if isinstance(layer, nn.Module) else nn.Module()
    cells = [cell.cell_contents for cell in getattr(layer, "__closure__", None) or ()]
    modules = [module, *(cell for cell in cells if isinstance(cell, nn.Module))]
    known = {each.untyped_storage().data_ptr() for m in modules for each in (*m.parameters(), *m.buffers())}
    found: dict[int, Tensor] = {}

    def pack(tensor: Tensor) -> Tensor:
        if tensor.untyped_storage().data_ptr() not in known:
            found[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        output = layer(*inputs)
    names = {output.untyped_storage().data_ptr(): "output"}
    names |= {x.untyped_storage().data_ptr(): f"input {i}" for i, x in enumerate(inputs)}
    sums: dict[str, int] = {}
    for address, tensor in found.items():
        name = names.get(address, "own")
        sums[name] = sums.get(name, 0) + tensor.untyped_storage().nbytes()
    if output.untyped_storage().data_ptr() == inputs[0].untyped_storage().data_ptr():
        sums = {name.replace("input 0", "memory of both"): size for name, size in sums.items()}
    return dict(sorted(sums.items()))


def rows() -> Iterator[dict[str, Any]]:
    """A dozen rows for each kind, and for each way to compute it."""
    yield from plain_rows()
    for fused in (True, False):
        for _ in range(SETTINGS):
            settings, shapes, layer = attention("attention", fused=fused)
            row = {"kind": "attention", "settings": settings, "inputs": shapes, "in_place": False}
            yield row | {
                "fused": fused,
                "kept": kept(layer, [torch.randn(BATCH, *shapes[0], requires_grad=True) * 1]),
            }
    yield from ({"kind": kind, "not_recorded": reason} for kind, reason in NOT_RECORDED.items())


def plain_rows() -> Iterator[dict[str, Any]]:
    for kind, make in KINDS:
        for in_place in (False, True)[: 1 + (kind in IN_PLACE)]:
            for _ in range(SETTINGS):
                settings, shapes, layer = make(kind, **({"in_place": True} if in_place else {}))
                inputs = [torch.randn(BATCH, *shape, requires_grad=True) * 1 for shape in shapes]
                row = {"kind": kind, "settings": settings, "inputs": shapes, "in_place": in_place}
                yield row | {"kept": kept(layer, inputs)}


if __name__ == "__main__":
    sys.stdout.writelines(f"{json.dumps(row)}\n" for row in rows())
