"""The models that record_peers.py gives to other tools: each kind of layer, and some networks, in PyTorch."""

import torch
from torch import nn


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
    "subsample: {stride: 2}": lambda x: x[:, :, ::2, ::2],
}


MERGES = {
    "add": lambda a, b: a + b,
    "multiply": lambda a, b: a * b,
    "concat": lambda a, b: torch.cat((a, b), 1),
}


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
