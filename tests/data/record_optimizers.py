"""Writes optimizers.json: how many values PyTorch's optimizers remember of parameters of some shapes.

    python record_optimizers.py > optimizers.json            (PyTorch 2.13.0; archcalc is not used)

Each optimizer takes a step; the values of its state are counted, step counters left out.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import torch

SHAPES = [(5,), (7, 11), (6, 5, 3), (4, 3, 5, 2), (1,), (16, 16, 1, 1)]
OPTIMIZERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "sgd": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "adagrad": (torch.optim.Adagrad, {}),
    "rmsprop": (torch.optim.RMSprop, {}),
    "adadelta": (torch.optim.Adadelta, {}),
    "adam": (torch.optim.Adam, {}),
    "adamw": (torch.optim.AdamW, {}),
    "amsgrad": (torch.optim.Adam, {"amsgrad": True}),
    "adafactor": (torch.optim.Adafactor, {}),
}


def remembered(name: str, shape: tuple[int, ...]) -> int:
    kind, settings = OPTIMIZERS[name]
    parameter = torch.nn.Parameter(torch.randn(shape))
    optimizer = kind([parameter], lr=0.1, **settings)
    parameter.grad = torch.randn(shape)
    optimizer.step()
    state = optimizer.state[parameter].items()
    return sum(value.numel() for key, value in state if key != "step" and isinstance(value, torch.Tensor))


if __name__ == "__main__":
    found = {name: [remembered(name, shape) for shape in SHAPES] for name in OPTIMIZERS}
    json.dump({"shapes": SHAPES, "values": found}, sys.stdout)
