"""Writes training_peaks.jsonl: the memory that small networks took in a training step of PyTorch.

    python record_training.py > training_peaks.jsonl         (PyTorch 2.13.0 on a CPU; archcalc is not used)

Networks are drawn at random, with the residual blocks, parallel paths and gates that networks have. Each runs
forward, drops a volume behind its last reader, and runs backward. Every tensor that an operation makes is
seen, and its storage counted until it is freed, the input's from the beginning. Parameters and buffers are
left out, gradients of parameters are not; so are storages of one value, which the loss needs. While tensors
are watched like this, PyTorch adds gradients that meet into new memory (at::isTensorSubclassLike), else over
the first.

A line has the layers (kind, name, what each reads, settings), the blocks that were checkpointed, and the
greatest number of bytes in the forward pass and in both.
"""

from __future__ import annotations

import json
import random
import sys
import weakref
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.checkpoint import checkpoint

BATCH = 2
NETWORKS = 150
SINGLE = 4
CHANNELS = 6
random.seed(7)
torch.manual_seed(7)

Layer = dict[str, Any]


class Tally(TorchDispatchMode):
    """Counts the bytes of the storages alive."""

    def __init__(self, known: list[Tensor]) -> None:
        super().__init__()
        self.seen = {each.untyped_storage()._cdata for each in known}
        self.live = self.peak = 0
        self.watched: dict[int, weakref.ref[Any]] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for each in tree_leaves(result):
            if isinstance(each, Tensor):
                self.count(each)
        return result

    def count(self, tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        address, size = storage._cdata, storage.nbytes()
        if address in self.seen or size <= SINGLE:
            return
        self.seen.add(address)
        self.live += size
        self.peak = max(self.peak, self.live)
        self.watched[address] = weakref.ref(storage, lambda _: self.free(address, size))

    def free(self, address: int, size: int) -> None:
        self.seen.discard(address)
        self.live -= size


class Loss(torch.autograd.Function):
    """Some loss: its gradient is as large as what it reads, of which it keeps nothing."""

    @staticmethod
    def forward(context: Any, output: Tensor) -> Tensor:
        context.shape = output.shape
        return output.new_zeros(())

    @staticmethod
    def backward(context: Any, _: Tensor) -> Tensor:
        return torch.ones(context.shape)


class Drawn:
    """A network on its way: its layers, and the channels and the size of what the last one writes."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.channels = CHANNELS
        self.size = 16
        self.block = ""
        self.last = "input"

    def add(self, kind: str, sources: list[str] | None = None, **settings: Any) -> str:
        name = f"{self.block}{kind}{len(self.layers)}"
        self.layers.append({"kind": kind, "name": name, "from": sources or [self.last], "settings": settings})
        self.last = name
        return name

    def conv(self, filters: int, stride: int = 1, kernel: int = 3) -> None:
        settings = {"filters": filters, "kernel_size": kernel, "padding": kernel // 2, "stride": stride}
        self.add("conv", **settings, bias=random.random() < 0.5)
        self.channels, self.size = filters, (self.size + stride - 1) // stride

    def unit(self, filters: int, stride: int = 1) -> None:
        self.conv(filters, stride, random.choice((1, 3)))
        if random.random() < 0.7:
            self.add("batchnorm")
        self.add(random.choice(("relu", "relu", "relu6", "silu", "gelu", "sigmoid", "leaky_relu", "dropout")))


def plain(net: Drawn) -> None:
    net.unit(random.choice((4, 8, 12)), random.choice((1, 2)) if net.size > 4 else 1)
    if net.size > 4 and random.random() < 0.5:
        kind = random.choice(("maxpool", "avgpool"))
        net.add(kind, kernel_size=2)
        net.size //= 2


def residual(net: Drawn) -> None:
    start, channels = net.last, net.channels
    for _ in range(random.randint(1, 2)):
        net.unit(random.choice((4, 8)))
    net.conv(channels)
    net.add("batchnorm")
    sources = [net.last, start]
    random.shuffle(sources)
    net.add("add", sources)
    if random.random() < 0.7:
        net.add("relu")


def parallel(net: Drawn) -> None:
    start, channels, ends = net.last, net.channels, []
    for _ in range(random.randint(2, 3)):
        net.last, net.channels = start, channels
        net.unit(random.choice((2, 4)))
        ends.append((net.last, net.channels))
    if random.random() < 0.5:
        ends.append((start, channels))
    net.add("concat", [name for name, _ in ends])
    net.channels = sum(size for _, size in ends)


def gated(net: Drawn) -> None:
    """Squeeze and excitation."""
    start, channels = net.last, net.channels
    net.add("global_avgpool")
    net.conv(channels, kernel=1)
    net.add("sigmoid")
    net.add("multiply", [net.last, start])


class Sigmoid(nn.Module):
    """In place."""

    def forward(self, x: Tensor) -> Tensor:
        return x.sigmoid_()


SIMPLE = {
    "relu6": nn.ReLU6, "silu": nn.SiLU, "gelu": nn.GELU, "sigmoid": Sigmoid, "hard_swish": nn.Hardswish,
    "hard_sigmoid": nn.Hardsigmoid, "flatten": nn.Flatten,
}  # fmt: skip
OVER = {"relu": nn.ReLU, "leaky_relu": nn.LeakyReLU, "dropout": nn.Dropout}
POOLS = {"maxpool": nn.MaxPool2d, "avgpool": nn.AvgPool2d}


def module(kind: str, settings: dict[str, Any], channels: int, before: str) -> nn.Module | None:
    """The module of a layer that reads one volume, of a layer that is `before` it.

    What can writes over its input, unless the layer before needs that.
    """
    match kind:
        case "batchnorm":
            return nn.BatchNorm2d(channels)
        case "conv":
            words = {word: value for word, value in settings.items() if word != "filters"}
            return nn.Conv2d(channels, settings["filters"], **words)
        case "depthwise":
            return nn.Conv2d(channels, channels, groups=channels, **settings)
        case "fc":
            return nn.Sequential(nn.Flatten(), nn.Linear(channels, settings["units"]))
        case "adaptive_avgpool" | "global_avgpool":
            return nn.AdaptiveAvgPool2d(settings.get("output_size", 1))
    if kind in OVER:
        return OVER[kind](inplace=before not in ("relu", "sigmoid"))
    if kind in POOLS:
        return POOLS[kind](**settings)
    return SIMPLE[kind]() if kind in SIMPLE else None


def drawn(*, blocks: bool) -> list[Layer]:
    """Blocks of layers behind a first convolution, and a classifier, or nothing."""
    net = Drawn()
    net.unit(random.choice((4, 8)))
    for number in range(random.randint(2, 5)):
        net.block = f"block{number}/" if blocks else ""
        random.choice((plain, residual, residual, parallel, gated))(net)
    net.block = ""
    if random.random() < 0.6:
        net.add("flatten")
        net.add("fc", units=10)
    return net.layers


class Running:
    """A network in PyTorch: its layers, the shape of its input, and the volumes that leave it."""

    def __init__(self, layers: list[Layer], shape: tuple[int, ...], leaving: list[str]) -> None:
        self.layers = layers
        self.shape = shape
        self.leaving = leaving
        self.modules: dict[str, nn.Module] = {}
        self.last = {name: i for i, layer in enumerate(layers) for name in layer["from"]}
        self.last |= dict.fromkeys(leaving, len(layers))
        kinds = {"input": ""} | {layer["name"]: layer["kind"] for layer in layers}
        volumes = {"input": torch.zeros(BATCH, *shape)}
        with torch.no_grad():
            for number, layer in enumerate(layers):
                name, (source, *_) = layer["name"], layer["from"]
                channels = volumes[source].shape[1]
                if found := module(layer["kind"], layer["settings"], channels, kinds[source]):
                    self.modules[name] = found
                self.run(number, number + 1, volumes)

    def known(self) -> list[Tensor]:
        return [each for m in self.modules.values() for each in (*m.parameters(), *m.buffers())]

    def apply(self, layer: Layer, inputs: list[Tensor]) -> Tensor:
        if layer["kind"] == "add":
            return inputs[0] + inputs[1]
        if layer["kind"] == "concat":
            return torch.cat(inputs, 1)
        if layer["kind"] == "multiply":
            return inputs[0] * inputs[1]
        if layer["kind"] == "subsample":
            step = layer["settings"]["stride"]
            return inputs[0][:, :, ::step, ::step]
        if layer["kind"] == "pad":
            return nn.functional.pad(inputs[0], (0, 0, 0, 0, *layer["settings"]["channels"]))
        return self.modules[layer["name"]](inputs[0])

    def forward(self, x: Tensor, blocks: list[str]) -> list[Tensor]:
        volumes, number = {"input": x}, 0
        while number < len(self.layers):
            block = self.layers[number]["name"].partition("/")[0]
            end = number + 1
            if block in blocks:
                while end < len(self.layers) and self.layers[end]["name"].startswith(block + "/"):
                    end += 1
                self.checkpointed(number, end, volumes)
            else:
                self.run(number, end, volumes)
            number = end
        return [volumes[name] for name in self.leaving]

    def run(self, start: int, end: int, volumes: dict[str, Tensor]) -> None:
        for number in range(start, end):
            layer = self.layers[number]
            volumes[layer["name"]] = self.apply(layer, [volumes[name] for name in layer["from"]])
            for name in set(layer["from"]):
                if self.last[name] == number:
                    volumes.pop(name)

    def checkpointed(self, start: int, end: int, volumes: dict[str, Tensor]) -> None:
        written = {layer["name"] for layer in self.layers[start:end]}
        names = {name for layer in self.layers[start:end] for name in layer["from"]} - written
        (read,) = names

        def block(x: Tensor) -> Tensor:
            inner = {read: x}
            del x
            self.run(start, end, inner)
            return inner[self.layers[end - 1]["name"]]

        whole = volumes[read]
        if self.last[read] < end:
            del volumes[read]
        output = checkpoint(block, whole, use_reentrant=False, preserve_rng_state=False)
        volumes[self.layers[end - 1]["name"]] = output


def measured(network: Running, blocks: list[str]) -> dict[str, int]:
    """The greatest number of bytes in the forward pass, and in both."""
    tally = Tally(network.known())
    with tally:
        x = torch.randn(BATCH, *network.shape)
        outputs = network.forward(x, blocks)
        forward = tally.peak
        torch.autograd.backward([Loss.apply(output) for output in outputs])
    return {"forward_peak": forward, "peak": tally.peak}


def rows() -> Iterator[dict[str, Any]]:
    for number in range(NETWORKS):
        checkpoints = number % 3 == 0
        layers = drawn(blocks=checkpoints)
        names = sorted({layer["name"].partition("/")[0] for layer in layers if "/" in layer["name"]})
        blocks = sorted(random.sample(names, random.randint(1, len(names)))) if checkpoints else []
        written = [list(layer.values()) for layer in layers]
        network = Running(layers, (CHANNELS, 16, 16), [layers[-1]["name"]])
        yield {"layers": written, "checkpoint": blocks} | measured(network, blocks)


if __name__ == "__main__":
    sys.stdout.writelines(f"{json.dumps(row)}\n" for row in rows())
