"""What --input means: 160, 3x160x160 or height=160,width=96, for a network with an input of its own."""

from __future__ import annotations

import re

import click

from archcalc.layers import Shape
from archcalc.layers.settings import GREATEST_INTEGER

AXES = {1: ("features",), 2: ("channels", "length"), 3: ("channels", "height", "width")}
_SIZES = re.compile(r"[0-9]{1,10}([x×,][0-9]{1,10})*")


def input_shape(text: str, own: Shape) -> Shape:
    """The shape that --input means for a network whose own input has the shape `own`."""
    names = AXES[len(own)]
    if "=" in text:
        shape = _named(text, dict(zip(names, own, strict=True)))
    elif _SIZES.fullmatch(text):
        shape = _in_order(tuple(int(size) for size in re.split("[x×,]", text)), own)
    else:
        raise _refused("a shape is 160, 3x160x160 or height=160,width=96")
    if not all(1 <= size <= GREATEST_INTEGER for size in shape):
        raise _refused(f"sizes go from 1 to {GREATEST_INTEGER:,}")
    return shape


def _refused(message: str) -> click.BadParameter:
    return click.BadParameter(message, param_hint="'--input'")


def _named(text: str, sizes: dict[str, int]) -> Shape:
    known = ", ".join(sizes)
    given = set()
    for item in text.split(","):
        name, _, size = (part.strip() for part in item.partition("="))
        if name not in sizes or name in given or not re.fullmatch("[0-9]{1,10}", size):
            raise _refused(f"needs NAME=SIZE, each once, with {known}")
        sizes[name] = int(size)
        given.add(name)
    return tuple(sizes.values())


def _in_order(sizes: Shape, own: Shape) -> Shape:
    if len(sizes) == 1:
        return sizes if len(own) == 1 else (own[0], *sizes * (len(own) - 1))
    if len(sizes) == len(own) - 1:
        raise _refused(f"channels come first: did you mean {_text((own[0], *sizes))}?")
    if len(sizes) != len(own):
        raise _refused(f"this network's input has {' and '.join(AXES[len(own)])}")
    if sizes[0] != own[0] and sizes[-1] == own[0]:
        raise _refused(_channels_first(sizes, AXES[len(own)]))
    return sizes


def _channels_first(sizes: Shape, names: tuple[str, ...]) -> str:
    """What may have been meant by a shape with its channels last; reports print them width first."""
    turned = sizes[::-1]
    if len(set(sizes[:-1])) == 1:
        return f"channels come first: did you mean {_text(turned)}?"
    about = ", ".join(f"{name} {size}" for name, size in zip(names, turned, strict=True))
    return f"channels come first: did you mean {_text(turned)} ({about})?"


def _text(sizes: Shape) -> str:
    return "x".join(map(str, sizes))
