"""Convolutions and pooling for record_torch_values.py: each function makes one layer, (output, tolerance)."""

from math import ceil

from torch import nn
from torch.nn import functional
from torch_case import EXACT, ROUNDED

PADDING_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}


def same(size, kernel, stride, dilation, *, lower):
    """TensorFlow's padding: the output has ⌈W/S⌉ positions."""
    total = max((ceil(size / stride) - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
    return [total - total // 2, total // 2] if lower else [total // 2, total - total // 2]


def sides(case, x, kernel, stride, dilation, most, words=("valid", "same", "same_upper", "same_lower")):
    """Padding as a setting, and (before, after) along each axis."""
    rank = x.ndim - 1
    how = case.random.choice(["one", "each", "sides", "sides", *words])
    if how == "same" and max(stride) > 1:
        how = "same_upper"
    pairs = [[0, 0]] * rank
    if how in ("same", "same_upper", "same_lower"):
        axes = zip(x.shape[1:], kernel, stride, dilation, strict=True)
        pairs = [same(*axis, lower=how == "same_lower") for axis in axes]
    elif how != "valid":
        values = [[case.random.randint(0, most[axis]) for _ in range(2)] for axis in range(rank)]
        first = min(values[0][0], *most)
        pairs = {"one": [[first, first]] * rank, "each": [[a, a] for a, _ in values]}.get(how, values)
    numbers = {"one": pairs[0][0], "each": [a for a, _ in pairs]}
    case.settings["padding"] = how if how in words else numbers.get(how, pairs)
    return pairs


def padded(x, pairs, mode="zeros", value=None):
    """The input with its axes padded; `functional.pad` counts them from the last."""
    around = [side for pair in reversed(pairs) for side in pair]
    return functional.pad(x[None], around, PADDING_MODES[mode], value)[0]


def window(case, rank):
    """Kernel, stride and dilation."""
    kernel = case.sizes("kernel_size", rank, 1, 4)
    return kernel, case.sizes("stride", rank, 1, 3), case.sizes("dilation", rank, 1, 2)


def bias(case, filters):
    """Biases or none, by the setting."""
    return case.tensor("bias", filters) if case.choose("bias", True, True, False) else None


def convolution(case, rank):
    groups = case.choose("groups", 1, 1, 2, 3)
    filters = case.settings["filters"] = groups * case.random.choice([1, 2])
    x = case.volume(rank, groups * case.random.choice([1, 2]))
    kernel, stride, dilation = window(case, rank)
    mode = case.choose("padding_mode", "zeros", "zeros", *PADDING_MODES)
    pairs = sides(case, x, kernel, stride, dilation, [3] * rank)
    weight = case.tensor("weight", filters, len(x) // groups, *kernel)
    own = bias(case, filters)
    run = {1: functional.conv1d, 2: functional.conv2d}[rank]
    return run(padded(x, pairs, mode)[None], weight, own, stride, 0, dilation, groups)[0], EXACT


def depthwise(case):
    x = case.volume(2, 3)
    kernel, stride, dilation = window(case, 2)
    pairs = sides(case, x, kernel, stride, dilation, [3, 3])
    filters = 3 * case.choose("multiplier", 1, 2)
    weight = case.tensor("weight", filters, 1, *kernel)
    own = bias(case, filters)
    return functional.conv2d(padded(x, pairs)[None], weight, own, stride, 0, dilation, 3)[0], EXACT


def separable(case):
    x = case.volume(2, 3)
    kernel, stride, dilation = window(case, 2)
    pairs = sides(case, x, kernel, stride, dilation, [2, 2])
    filters, hidden = case.choose("filters", 2, 5), 3 * case.choose("multiplier", 1, 2)
    weight = case.tensor("depthwise/weight", hidden, 1, *kernel)
    pointwise = case.tensor("pointwise/weight", filters, hidden, 1, 1)
    own = case.tensor("pointwise/bias", filters) if case.choose("bias", True, False) else None
    inner = functional.conv2d(padded(x, pairs)[None], weight, None, stride, 0, dilation, 3)
    return functional.conv2d(inner, pointwise, own)[0], EXACT


def conv_transpose(case):
    groups = case.choose("groups", 1, 1, 2)
    filters = case.settings["filters"] = groups * case.random.choice([1, 3])
    x = case.input(groups * case.random.choice([1, 2]), *case.random.sample((2, 3, 5), 2))
    kernel, stride, dilation = window(case, 2)
    least = [min((k - 1) * d, 3) for k, d in zip(kernel, dilation, strict=True)]
    pairs = sides(case, x, kernel, stride, dilation, [size // 2 for size in least], words=("valid",))
    extra = [case.random.randint(0, max(s, d) - 1) for s, d in zip(stride, dilation, strict=True)]
    case.settings["output_padding"] = extra
    weight = case.tensor("weight", len(x), filters // groups, *kernel)
    own = bias(case, filters)
    whole = functional.conv_transpose2d(x[None], weight, own, stride, 0, extra, groups, dilation)[0]
    ends = [size - after for size, (_, after) in zip(whole.shape[1:], pairs, strict=True)]
    return whole[:, pairs[0][0] : ends[0], pairs[1][0] : ends[1]], EXACT


def pooled(case, rank, maximum):
    x = case.volume(rank)
    kernel = case.sizes("kernel_size", rank, 1, 4)
    stride = case.sizes("stride", rank, 1, 4) if case.random.random() < 0.8 else kernel
    dilation = case.sizes("dilation", rank, 1, 2) if maximum else [1] * rank
    halves = [min(size // 2 for size in kernel)] * rank
    case.settings["padding"] = halves = [case.random.randint(0, half) for half in halves]
    ceiling = case.choose("ceil_mode", False, True)
    if maximum:
        run = {1: functional.max_pool1d, 2: functional.max_pool2d}[rank]
        return run(x[None], kernel, stride, halves, dilation, ceiling)[0], EXACT
    counted = case.choose("count_include_pad", True, False)
    run = {1: functional.avg_pool1d, 2: functional.avg_pool2d}[rank]
    return run(x[None], kernel, stride, halves, ceiling, counted)[0], ROUNDED


def pool_with_sides(case, rank, maximum):
    """As PyTorch users pad on sides of their own, and as TensorFlow pads: by a layer in front."""
    x = case.volume(rank)
    kernel, stride = case.sizes("kernel_size", rank, 2, 4), case.sizes("stride", rank, 1, 3)
    words = ("same_upper", "same_lower") * 2
    pairs = sides(case, x, kernel, stride, [1] * rank, [size // 2 for size in kernel], words)
    around = padded(x, pairs, value=float("-inf") if maximum else 0.0)[None]
    names = {
        (1, True): "max_pool1d",
        (2, True): "max_pool2d",
        (1, False): "avg_pool1d",
        (2, False): "avg_pool2d",
    }
    return getattr(functional, names[rank, maximum])(around, kernel, stride)[0], EXACT if maximum else ROUNDED


def pool(rank, maximum):
    return lambda case: (pool_with_sides if case.number % 3 == 2 else pooled)(case, rank, maximum)


def adaptive_avgpool(case):
    x = case.volume(case.random.choice([1, 2, 2]))
    wanted = [case.random.choice([None, 1, 2, 3, 5, 8]) for _ in x.shape[1:]]
    case.settings["output_size"] = wanted if None in wanted or len(set(wanted)) > 1 else wanted[0]
    run = {2: nn.AdaptiveAvgPool1d, 3: nn.AdaptiveAvgPool2d}[x.ndim]
    kept = [size or own for size, own in zip(wanted, x.shape[1:], strict=True)]
    return run(kept[0] if x.ndim == 2 else kept)(x), ROUNDED


def global_pool(maximum):
    def case_of(case):
        x = case.volume(case.random.choice([1, 2]))
        names = {2: "1d", 3: "2d"}[x.ndim]
        return getattr(nn, f"Adaptive{'Max' if maximum else 'Avg'}Pool{names}")(1)(
            x
        ), EXACT if maximum else ROUNDED

    return case_of
