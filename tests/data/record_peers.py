"""Records what tools print, to compare archcalc's conventions with: writes peer_kinds.json beside itself.

Needs torch 2.13.0, torchinfo 1.8.0, torchsummary 1.5.1, ptflops 0.7.5, thop 0.1.1, fvcore 0.1.5, calflops
0.3.2 and keras 3.15.1 (with KERAS_BACKEND=torch); archcalc and its tests need none of them.

    KERAS_BACKEND=torch python tests/data/record_peers.py
"""

import contextlib
import io
import json
import re
import sys
from math import prod
from pathlib import Path
from unittest.mock import MagicMock

import torch
from torch import nn

for part in ("flops_counter_hf", "estimate"):  # for language models, and want more packages
    sys.modules[f"calflops.{part}"] = MagicMock()

import calflops  # noqa: E402
import ptflops  # noqa: E402
import thop  # noqa: E402
import torchinfo  # noqa: E402
import torchsummary  # noqa: E402
from fvcore.nn import ActivationCountAnalysis, FlopCountAnalysis  # noqa: E402
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402


class Merged(nn.Module):
    """Two layers in parallel, and what becomes of their outputs."""

    def __init__(self, left, right, merge):
        super().__init__()
        self.left, self.right, self.merge = left, right, merge

    def forward(self, x):
        return self.merge(self.left(x), self.right(x))


class Function(nn.Module):
    """A function behind a layer, as torchvision's models shuffle and split channels."""

    def __init__(self, stem, function):
        super().__init__()
        self.stem, self.function = stem, function

    def forward(self, x):
        return self.function(self.stem(x))


class StochasticDepth(nn.Module):
    """As torchvision's: the identity, but in training."""

    def forward(self, x):
        return x


def shuffled(x):
    batch, channels, height, width = x.shape
    return x.view(batch, 2, channels // 2, height, width).transpose(1, 2).reshape(x.shape)


IMAGE, SEQUENCE, VECTOR = (4, 7, 5), (4, 11), (13,)
STEMS = {
    IMAGE: lambda: nn.Conv2d(4, 4, 1, bias=False),
    SEQUENCE: lambda: nn.Conv1d(4, 4, 1, bias=False),
    VECTOR: lambda: nn.Linear(13, 13, bias=False),
}
"""What stands in front of each kind, for the tools that fail on a model without parameters."""
KINDS = [
    ("conv: {filters: 6, kernel_size: 3, padding: 1}", IMAGE, nn.Conv2d(4, 6, 3, padding=1)),
    ("conv: {filters: 6, kernel_size: 3, bias: false}", IMAGE, nn.Conv2d(4, 6, 3, bias=False)),
    ("conv: {filters: 6, kernel_size: 2, stride: 2, groups: 2}", IMAGE, nn.Conv2d(4, 6, 2, 2, groups=2)),
    ("depthwise: {kernel_size: 3}", IMAGE, nn.Conv2d(4, 4, 3, groups=4)),
    ("conv1d: {filters: 6, kernel_size: 3}", SEQUENCE, nn.Conv1d(4, 6, 3)),
    ("conv_transpose: {filters: 6, kernel_size: 3, stride: 2}", IMAGE, nn.ConvTranspose2d(4, 6, 3, 2)),
    (
        "conv_transpose: {filters: 6, kernel_size: 3, stride: 2, bias: false}",
        IMAGE,
        nn.ConvTranspose2d(4, 6, 3, 2, bias=False),
    ),
    ("maxpool: {kernel_size: 2}", IMAGE, nn.MaxPool2d(2)),
    ("maxpool1d: {kernel_size: 2}", SEQUENCE, nn.MaxPool1d(2)),
    ("avgpool: {kernel_size: 2}", IMAGE, nn.AvgPool2d(2)),
    ("avgpool1d: {kernel_size: 2}", SEQUENCE, nn.AvgPool1d(2)),
    ("global_avgpool", IMAGE, nn.AdaptiveAvgPool2d(1)),
    ("global_maxpool", IMAGE, nn.AdaptiveMaxPool2d(1)),
    ("adaptive_avgpool: {output_size: 3}", IMAGE, nn.AdaptiveAvgPool2d(3)),
    ("fc: {units: 6}", VECTOR, nn.Linear(13, 6)),
    ("fc: {units: 6, bias: false}", VECTOR, nn.Linear(13, 6, bias=False)),
    ("fc: {units: 6}", SEQUENCE, nn.Linear(11, 6)),
    ("flatten", IMAGE, nn.Flatten()),
    ("pad: {padding: 1}", IMAGE, nn.ZeroPad2d(1)),
    ("batchnorm", IMAGE, nn.BatchNorm2d(4)),
    ("batchnorm: {affine: false}", IMAGE, nn.BatchNorm2d(4, affine=False)),
    ("batchnorm", SEQUENCE, nn.BatchNorm1d(4)),
    ("batchnorm", VECTOR, nn.BatchNorm1d(13)),
    ("layernorm", IMAGE, nn.LayerNorm(IMAGE)),
    ("layernorm: {affine: false}", IMAGE, nn.LayerNorm(IMAGE, elementwise_affine=False)),
    ("layernorm", VECTOR, nn.LayerNorm(13)),
    ("lrn: {size: 5}", IMAGE, nn.LocalResponseNorm(5)),
    ("relu", IMAGE, nn.ReLU()),
    ("relu6", IMAGE, nn.ReLU6()),
    ("leaky_relu", IMAGE, nn.LeakyReLU()),
    ("prelu", IMAGE, nn.PReLU()),
    ("prelu: {num_parameters: 4}", IMAGE, nn.PReLU(4)),
    ("elu", IMAGE, nn.ELU()),
    ("selu", IMAGE, nn.SELU()),
    ("gelu", IMAGE, nn.GELU()),
    ("silu", IMAGE, nn.SiLU()),
    ("mish", IMAGE, nn.Mish()),
    ("sigmoid", IMAGE, nn.Sigmoid()),
    ("tanh", IMAGE, nn.Tanh()),
    ("hard_sigmoid", IMAGE, nn.Hardsigmoid()),
    ("hard_swish", IMAGE, nn.Hardswish()),
    ("softplus", IMAGE, nn.Softplus()),
    ("identity", IMAGE, nn.Identity()),
    ("softmax", VECTOR, nn.Softmax(1)),
    ("softmax", IMAGE, nn.Softmax(1)),
    ("dropout", IMAGE, nn.Dropout()),
    ("stochastic_depth", IMAGE, StochasticDepth()),
    ("interpolate: {scale_factor: 2}", IMAGE, nn.Upsample(scale_factor=2)),
    ("interpolate: {scale_factor: 3, mode: bilinear}", IMAGE, nn.Upsample(scale_factor=3, mode="bilinear")),
    ("interpolate: {size: [9, 8]}", IMAGE, nn.Upsample(size=(9, 8))),
]
FUNCTIONS = {
    "channel_shuffle: {groups: 2}": shuffled,
    "select: {stop: 2}": lambda x: x.chunk(2, dim=1)[0],
}
MERGES = {
    "add": lambda a, b: a + b,
    "multiply": lambda a, b: a * b,
    "concat": lambda a, b: torch.cat((a, b), 1),
}


SIZES = (
    "Input size (MB)",
    "Forward/backward pass size (MB)",
    "Params size (MB)",
    "Estimated Total Size (MB)",
)


def printed(text, names):
    """The numbers that a report prints after each of the names."""
    return {name: re.search(rf"{re.escape(name)}.*?: ?([\d.,]+)", text)[1] for name in names}


def torchinfo_of(model, shape):
    found = torchinfo.summary(model, input_size=(1, *shape), verbose=0)
    return {
        "params": found.total_params,
        "macs": found.total_mult_adds,
        "fwd_bytes": found.total_output_bytes,
        **printed(str(found), SIZES),
    }


def torchsummary_of(model, shape):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        torchsummary.summary(model, shape, device="cpu")
    rows = re.findall(r"\[-1, ([\d, ]+)\]", out.getvalue())
    outputs = sum(prod(map(int, row.split(", "))) for row in rows)
    return {"outputs": outputs, **printed(out.getvalue(), ("Total params", *SIZES))}


def ptflops_of(backend):
    def of(model, shape):
        macs, params = ptflops.get_model_complexity_info(
            model, shape, backend=backend, as_strings=False, print_per_layer_stat=False
        )
        return {"macs": macs, "params": params}

    return of


def thop_of(model, shape):
    macs, params = thop.profile(model, (torch.rand(1, *shape),), verbose=False)
    return {"macs": int(macs), "params": int(params)}


def fvcore_of(model, shape):
    flops = FlopCountAnalysis(model.eval(), torch.rand(1, *shape)).unsupported_ops_warnings(False)
    acts = ActivationCountAnalysis(model, torch.rand(1, *shape)).unsupported_ops_warnings(False)
    return {"macs": int(flops.total()), "acts": int(acts.total())}


def calflops_of(model, shape):
    flops, macs, params = calflops.calculate_flops(
        model, input_shape=(1, *shape), output_as_string=False, print_results=False
    )
    return {"flops": int(flops), "macs": int(macs), "params": int(params)}


def flop_counter_of(model, shape):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.rand(1, *shape))
    return {"flops": counter.get_total_flops()}


TOOLS = {
    "torchinfo": torchinfo_of,
    "torchsummary": torchsummary_of,
    "ptflops": ptflops_of("pytorch"),
    "ptflops-aten": ptflops_of("aten"),
    "thop": thop_of,
    "fvcore": fvcore_of,
    "calflops": calflops_of,
    "flop-counter": flop_counter_of,
}


def measured(make, shape):
    """What each tool says of a new model; nothing where it fails."""
    found = {}
    for name, tool in TOOLS.items():
        try:
            found[name] = tool(make(), shape)
        except Exception as error:
            sys.stderr.write(f"{name}: {error}\n")
    return found


def conv_bn(before, after, size, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(before, after, size, stride, size // 2, groups=groups, bias=False), nn.BatchNorm2d(after)
    )


class Block(nn.Module):
    """A residual block: a chain of convolutions, ReLU between them and behind the sum."""

    def __init__(self, before, *convs, shortcut=None):
        super().__init__()
        self.convs, self.shortcut, self.relu = nn.ModuleList(convs), shortcut, nn.ReLU(inplace=True)

    def forward(self, x):
        y = x
        for conv in self.convs[:-1]:
            y = self.relu(conv(y))
        y = self.convs[-1](y)
        return self.relu(y + (self.shortcut(x) if self.shortcut else x))


def resnet(counts, bottleneck):
    """He et al. 2015, with the stride in the 3×3 convolution, as torchvision builds it."""
    layers, depth = [*conv_bn(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)], 64
    for stage, count in enumerate(counts):
        width = 64 << stage
        out = width * 4 if bottleneck else width
        for number in range(count):
            stride = 2 if stage and not number else 1
            if bottleneck:
                convs = conv_bn(depth, width, 1), conv_bn(width, width, 3, stride), conv_bn(width, out, 1)
            else:
                convs = conv_bn(depth, width, 3, stride), conv_bn(width, out, 3)
            changed = stride != 1 or depth != out
            layers.append(Block(depth, *convs, shortcut=conv_bn(depth, out, 1, stride) if changed else None))
            depth = out
    return Headed(nn.Sequential(*layers), nn.AdaptiveAvgPool2d(1), nn.Linear(depth, 1000))


class Headed(nn.Module):
    """Features, a pool and a classifier, with a function that flattens between them."""

    def __init__(self, features, pool, classifier):
        super().__init__()
        self.features, self.pool, self.classifier = features, pool, classifier

    def forward(self, x):
        return self.classifier(torch.flatten(self.pool(self.features(x)), 1))


class Inverted(nn.Module):
    def __init__(self, before, after, stride, expand):
        super().__init__()
        hidden = before * expand
        layers = [*conv_bn(before, hidden, 1), nn.ReLU6()] if expand > 1 else []
        layers += [*conv_bn(hidden, hidden, 3, stride, hidden), nn.ReLU6(), *conv_bn(hidden, after, 1)]
        self.conv, self.added = nn.Sequential(*layers), stride == 1 and before == after

    def forward(self, x):
        return x + self.conv(x) if self.added else self.conv(x)


MOBILE = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


def mobilenet_v2():
    """Sandler et al. 2018; the pool is a function, as torchvision calls it."""
    layers, depth = [*conv_bn(3, 32, 3, 2), nn.ReLU6()], 32
    for expand, after, count, stride in MOBILE:
        for number in range(count):
            layers.append(Inverted(depth, after, stride if number == 0 else 1, expand))
            depth = after
    layers += [*conv_bn(depth, 1280, 1), nn.ReLU6()]
    head = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, 1000))
    return Headed(nn.Sequential(*layers), lambda x: nn.functional.adaptive_avg_pool2d(x, 1), head)


def vgg(*plan, pooled):
    layers, depth = [], 3
    for width in plan:
        layers += [nn.Conv2d(depth, width, 3, padding=1), nn.ReLU()] if width else [nn.MaxPool2d(2)]
        depth = width or depth
    head = nn.Sequential(
        nn.Linear(25088, 4096), nn.ReLU(), nn.Dropout(),
        nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 1000),
    )  # fmt: skip
    return Headed(nn.Sequential(*layers), nn.AdaptiveAvgPool2d(7) if pooled else lambda x: x, head)


VGG11 = (64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0)
VGG16 = (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0)


def lenet5():
    """As archcalc's lenet5: tanh and average pools."""
    features = nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2)
    )
    head = nn.Sequential(nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))
    return Headed(features, lambda x: x, head)


NETWORKS = {
    "lenet5": ((1, 32, 32), lenet5),
    "vgg11": ((3, 224, 224), lambda: vgg(*VGG11, pooled=False)),
    "vgg16": ((3, 224, 224), lambda: vgg(*VGG16, pooled=False)),
    "vgg16, adaptive pool": ((3, 224, 224), lambda: vgg(*VGG16, pooled=True)),
    "resnet18": ((3, 224, 224), lambda: resnet((2, 2, 2, 2), bottleneck=False)),
    "resnet34": ((3, 224, 224), lambda: resnet((3, 4, 6, 3), bottleneck=False)),
    "resnet50": ((3, 224, 224), lambda: resnet((3, 4, 6, 3), bottleneck=True)),
    "mobilenet_v2, functional pool": ((3, 224, 224), mobilenet_v2),
}


def keras_of(model):
    """The parameters as a Keras summary prints them."""
    out = io.StringIO()
    model.summary(print_fn=lambda line: out.write(line + "\n"))
    return {
        name: list(re.search(rf"{name} params: ([\d,]+) \(([^)]*)\)", out.getvalue()).groups())
        for name in ("Total", "Trainable", "Non-trainable")
    }


def keras_networks():
    from keras import Input, Sequential, applications, layers

    lenet = [
        Input((32, 32, 1)), layers.Conv2D(6, 5, activation="tanh"), layers.AveragePooling2D(2),
        layers.Conv2D(16, 5, activation="tanh"), layers.AveragePooling2D(2), layers.Flatten(),
        layers.Dense(120, activation="tanh"), layers.Dense(84, activation="tanh"), layers.Dense(10),
    ]  # fmt: skip
    return {
        "lenet5": keras_of(Sequential(lenet)),
        "vgg16": keras_of(applications.VGG16(weights=None)),
        "mobilenet_v2": keras_of(applications.MobileNetV2(weights=None)),
    }


def main():
    kinds = [
        {
            "layer": spec,
            "input": shape,
            "tools": measured(lambda s=shape, m=module: nn.Sequential(STEMS[s](), m), shape),
        }
        for spec, shape, module in KINDS
    ]
    for name, merge in MERGES.items():
        branches = nn.Conv2d(4, 6, 1, bias=False), nn.Conv2d(4, 6, 1, bias=False)
        model = Merged(*branches, merge)
        kinds.append({"layer": name, "input": IMAGE, "tools": measured(lambda m=model: m, IMAGE)})
    for spec, function in FUNCTIONS.items():
        model = Function(STEMS[IMAGE](), function)
        kinds.append({"layer": spec, "input": IMAGE, "tools": measured(lambda m=model: m, IMAGE)})
    networks = {name: measured(make, shape) for name, (shape, make) in NETWORKS.items()}
    data = {"about": ABOUT, "kinds": kinds, "networks": networks, "keras": keras_networks()}
    Path(__file__).with_name("peer_kinds.json").write_text(
        json.dumps(data, indent=1) + "\n", encoding="utf-8"
    )


ABOUT = (
    "Printed by the tools themselves: torch 2.13.0, torchinfo 1.8.0, torchsummary 1.5.1, ptflops 0.7.5, "
    "thop 0.1.1, fvcore 0.1.5, calflops 0.3.2, keras 3.15.1, one example of float32 on a CPU. kinds: single "
    "layers behind a 1×1 convolution (a fully connected layer for vectors) without biases that keeps the "
    "shape, and merges of two 1×1 convolutions without biases to 6 channels; networks: as record_peers.py "
    "builds them."
)

if __name__ == "__main__":
    main()
