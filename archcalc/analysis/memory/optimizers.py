"""What optimizers remember of each parameter, and how wide weights are in mixed precision: data."""

from __future__ import annotations

from math import prod

from archcalc.errors import RequestError
from archcalc.layers import Shape
from archcalc.quoting import quoted
from archcalc.records import NamedTuple
from archcalc.suggestions import suggestion


class Optimizer(NamedTuple):
    """What an optimizer keeps from step to step.

    states: how many values it keeps for each parameter. factored: whether it keeps for a tensor of two axes
    or more only the sums over its rows and over its columns, which are its last two axes.
    """

    meaning: str
    states: int
    source: str
    factored: bool = False

    def values(self, shape: Shape) -> int:
        """How many values it keeps for a parameter of that shape; step counters are left out."""
        if self.factored and len(shape) > 1:
            return prod(shape[:-1]) + prod(shape[:-2]) * shape[-1]
        return self.states * prod(shape)


OPTIMIZERS = {
    "sgd": Optimizer("nothing", 0, "Robbins & Monro 1951; torch.optim.SGD"),
    "momentum": Optimizer("a velocity", 1, "Polyak 1964; torch.optim.SGD with momentum, Nesterov's too"),
    "adagrad": Optimizer("a sum of squares", 1, "Duchi, Hazan & Singer 2011; torch.optim.Adagrad"),
    "rmsprop": Optimizer("a mean square", 1, "Hinton 2012, lecture 6e; torch.optim.RMSprop"),
    "adadelta": Optimizer("two mean squares", 2, "Zeiler 2012, arXiv:1212.5701; torch.optim.Adadelta"),
    "adam": Optimizer("a mean and a mean square", 2, "Kingma & Ba 2014, arXiv:1412.6980; torch.optim.Adam"),
    "adamw": Optimizer(
        "a mean and a mean square", 2, "Loshchilov & Hutter 2017, arXiv:1711.05101; torch.optim.AdamW"
    ),
    "amsgrad": Optimizer(
        "a mean, a mean square and its maximum", 3, "Reddi, Kale & Kumar 2018; torch.optim.Adam with amsgrad"
    ),
    "lion": Optimizer("a mean", 1, "Chen et al. 2023, arXiv:2302.06675"),
    "adafactor": Optimizer(
        "a mean square for each row and each column of a tensor's last two axes, and each value of a vector",
        1,
        "Shazeer & Stern 2018, arXiv:1804.04235; torch.optim.Adafactor",
        factored=True,
    ),
}


class Precision(NamedTuple):
    """Which copies of the parameters there are where activations have 16 bits.

    narrow: whether weights and gradients are as wide as the activations, and not float32.
    master: whether the optimizer has its own copy of the weights in float32, and its state in float32.
    copies: whether there is a copy, as wide as the activations, of the weights of each layer that
    multiplies, from its forward pass to its backward pass.
    """

    meaning: str
    source: str
    narrow: bool = True
    master: bool = False
    copies: bool = False


PRECISIONS = {
    "master": Precision(
        "weights and gradients as wide as the activations; master weights and optimizer state in float32",
        "Micikevicius et al. 2017, arXiv:1710.03740; Rajbhandari et al. 2019, arXiv:1910.02054, section 3.1",
        master=True,
    ),
    "autocast": Precision(
        "weights, gradients and optimizer state in float32; the weights of a layer that multiplies also as "
        "wide as the activations, until its backward pass",
        "PyTorch, torch.amp.autocast",
        narrow=False,
        copies=True,
    ),
    "pure": Precision("weights, gradients and optimizer state as wide as the activations", "PyTorch"),
}


def optimizer_called(name: str) -> Optimizer:
    """The optimizer of that name; raises RequestError where there is none."""
    if name not in OPTIMIZERS:
        hint = suggestion(name, list(OPTIMIZERS)) or f"known are {', '.join(OPTIMIZERS)}"
        raise RequestError(f"no optimizer is called {quoted(name)}; {hint}")
    return OPTIMIZERS[name]
