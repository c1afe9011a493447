"""Records what tools print, to compare archcalc's conventions with: writes peer_kinds.json beside itself.

Needs torch 2.13.0, torchinfo 1.8.0, torchsummary 1.5.1, ptflops 0.7.5, thop 0.1.1, fvcore 0.1.5, calflops
0.3.2 and keras 3.15.1 (with KERAS_BACKEND=torch), and of deepspeed 0.19.8 the file in which its profiler is.
archcalc and its tests need none of them.

    KERAS_BACKEND=torch DEEPSPEED_PROFILER=…/flops_profiler/profiler.py python tests/data/record_peers.py
"""

import contextlib
import io
import json
import os
import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
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
from peer_models import FUNCTIONS, IMAGE, KINDS, MERGES, NETWORKS, STEMS, Function, Merged  # noqa: E402
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

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


def deepspeed_profiler():
    """The module of DeepSpeed's profiler, without the rest of DeepSpeed, of which it counts nothing."""
    names = ("accelerator", "utils", "utils.timer", "utils.torch", "moe", "moe.layer")
    for name in ("einops", "deepspeed", *(f"deepspeed.{name}" for name in names)):
        sys.modules[name] = MagicMock()
    sys.modules["deepspeed.moe.layer"].MoE = type("MoE", (), {})
    found = spec_from_file_location("profiler", os.environ["DEEPSPEED_PROFILER"])
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module


PROFILER = deepspeed_profiler()


def deepspeed_of(model, shape):
    profiler = PROFILER.FlopsProfiler(model.eval())
    profiler.start_profile()
    with torch.no_grad():
        model(torch.rand(1, *shape))
    totals = profiler.get_total_flops(), profiler.get_total_macs(), profiler.get_total_params()
    profiler.end_profile()
    return dict(zip(("flops", "macs", "params"), map(int, totals), strict=True))


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
    "deepspeed": deepspeed_of,
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
    "thop 0.1.1, fvcore 0.1.5, calflops 0.3.2, deepspeed 0.19.8, keras 3.15.1, one example of float32 on a "
    "CPU. kinds: single layers behind a 1×1 convolution (a fully connected layer for vectors) without biases "
    "that keeps the shape, and merges of two 1×1 convolutions without biases to 6 channels; networks: as "
    "peer_models.py builds them."
)

if __name__ == "__main__":
    main()
