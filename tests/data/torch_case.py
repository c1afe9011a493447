"""What record_torch_values.py makes one row of: a layer's settings and tensors, drawn at random."""

from math import prod
from random import Random

import torch

EXACT, ROUNDED = 0.0, 1e-6
"""The tolerances of rows."""

PRIMES = (5, 7, 11)


class Case:
    """One layer: draws what it needs, and keeps it to be written."""

    def __init__(self, kind, number):
        self.kind, self.random = kind, Random(f"{kind} {number}")
        self.number, self.settings, self.inputs, self.tensors = number, {}, [], {}

    def integers(self, shape, least, greatest, parts=1):
        """A float64 tensor of random integers, divided by `parts`."""
        values = [self.random.randint(least, greatest) / parts for _ in range(prod(shape))]
        return torch.tensor(values, dtype=torch.float64).reshape(shape)

    def input(self, *shape, most=9, parts=1):
        """An input of integers."""
        self.inputs.append(self.integers(shape, -most, most, parts))
        return self.inputs[-1]

    def tensor(self, name, *shape, least=-4, most=4, parts=1):
        """A parameter or buffer of integers."""
        self.tensors[name] = self.integers(shape, least, most, parts)
        return self.tensors[name]

    def choose(self, name, *values):
        """A setting, chosen from values and kept."""
        self.settings[name] = self.random.choice(values)
        return self.settings[name]

    def volume(self, rank, channels=3):
        """An input of `channels` and distinct primes."""
        return self.input(channels, *self.random.sample(PRIMES, rank))

    def sizes(self, name, rank, least, greatest):
        """A setting with a value for each axis; as one number, where they are all the same."""
        values = [self.random.randint(least, greatest) for _ in range(rank)]
        self.settings[name] = values[0] if len(set(values)) == 1 else values
        return values

    def row(self, output, tolerance):
        """What is written."""
        return {
            "kind": self.kind,
            "settings": self.settings,
            "inputs": [written(x) for x in self.inputs],
            "tensors": {name: written(tensor) for name, tensor in self.tensors.items()},
            "output": written(output),
            "tolerance": tolerance,
        }


def written(tensor):
    """[shape, values], the values as short as they can be."""
    return [list(tensor.shape), [shortened(value) for value in tensor.flatten().tolist()]]


def shortened(value):
    """An integer where it is one, or nine digits."""
    return int(value) if value == int(value) else float(f"{value:.9g}")
