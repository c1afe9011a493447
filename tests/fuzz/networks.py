"""Random networks of all kinds and structures, as the text of specs: valid ones, and broken ones.

Items are drawn one after the other and kept where the network still works, so that nothing but the rules
themselves says what is valid. A seed names a network for good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from archcalc.analysis.facts import Analysis, BrokenNetworkError
from archcalc.errors import SpecError
from archcalc.layers import LAYERS, layer_class
from archcalc.layers.aliases import KIND_ALIASES
from archcalc.layers.settings import required_settings, settings_of
from archcalc.spec.load import parse_spec

Draw = Callable[[Random, tuple[int, ...]], object]
"""Draws the text of a setting, for a layer that reads such a shape."""


def _of(*values: object) -> Draw:
    return lambda random, _: random.choice(values)


def _per_axis(*values: object) -> Draw:
    """One value for all axes, mostly; else one for each."""

    def draw(random: Random, shape: tuple[int, ...]) -> object:
        if random.random() < 0.7:
            return random.choice(values)
        return f"[{', '.join(str(random.choice(values)) for _ in shape[1:] or (1,))}]"

    return draw


def _sides(*values: object) -> Draw:
    """Padding in numbers: one, one for each axis, or one for each side."""

    def draw(random: Random, shape: tuple[int, ...]) -> object:
        def pair() -> str:
            return f"[{random.choice(values)}, {random.choice(values)}]"

        if random.random() < 0.6:
            return random.choice(values)
        if len(shape) == 3 and random.random() < 0.5:
            names = random.sample(("top", "bottom", "left", "right"), 2)
            return f"{{{', '.join(f'{name}: {random.choice(values)}' for name in names)}}}"
        return f"[{', '.join(pair() for _ in shape[1:] or (1,))}]"

    return draw


def _either(*draws: Draw) -> Draw:
    return lambda random, shape: random.choice(draws)(random, shape)


def _first_or(*values: object) -> Draw:
    """The channels of the input, mostly, and else one of the values."""
    return lambda random, shape: shape[0] if random.random() < 0.6 else random.choice(values)


def _count(*values: object) -> Draw:
    """The number of all values of the input, mostly, and else one of the values."""

    def draw(random: Random, shape: tuple[int, ...]) -> object:
        return shape[-1] if random.random() < 0.6 else random.choice(values)

    return draw


def _position(random: Random, shape: tuple[int, ...]) -> object:
    return random.randrange(max(1, shape[0]))


def _factor_of_positions(random: Random, shape: tuple[int, ...]) -> object:
    fitting = [size for size in range(1, min(shape[0], 64) + 1) if shape[0] % size == 0]
    return random.choice(fitting)


WORDS = _of("same", "same_upper", "same_lower", "valid")
SETTINGS: dict[str, Draw] = {
    "filters": _of(1, 2, 3, 4, 6, 8, 12),
    "units": _of(1, 2, 5, 8, 10),
    "kernel_size": _per_axis(1, 2, 3, 3, 3, 4, 5, 7),
    "stride": _per_axis(1, 1, 2, 2, 3),
    "padding": _either(_sides(0, 1, 1, 2, 3), WORDS),
    "dilation": _per_axis(1, 2, 3),
    "groups": _either(_of(1, 2, 3, 4), _first_or(2)),
    "multiplier": _of(1, 2, 3),
    "bias": _of("true", "false"),
    "padding_mode": _of("zeros", "reflect", "replicate", "circular"),
    "output_padding": _per_axis(0, 0, 1, 2),
    "ceil_mode": _of("true", "false"),
    "count_include_pad": _of("true", "false"),
    "output_size": _per_axis(1, 2, 3, "null"),
    "in_channels": _first_or(3),
    "in_features": _count(10),
    "over": _of("channels", "features", "all"),
    "mode": _of("zeros", "reflect", "replicate", "circular", "nearest", "bilinear"),
    "channels": _either(_of(0, 1, "[1, 2]", "[0, 1]"), _of("[0]", "[0, 2]")),
    "height": _factor_of_positions,
    "width": _factor_of_positions,
    "heads": _of(1, 2, 3, 4),
    "start": _position,
    "stop": _of(1, 2, 3, 4),
    "step": _of(1, 2, 3),
    "position": _position,
    "size": _either(_per_axis(1, 2, 5, 8, 9), _of(3, 5)),
    "scale_factor": _per_axis(2, 2, 3, 0.5, 1.5, 1.7),
    "align_corners": _of("true", "false"),
    "affine": _of("true", "false"),
    "scale": _of("true", "false"),
    "center": _of("true", "false"),
    "key_dim": lambda random, _: random.randint(1, 8),
    "normalized_shape": lambda random, shape: random.choice((shape[-1], list(shape))),
    "track_running_stats": _of("true", "false"),
    "eps": _of("1e-3", 0.1),
    "momentum": _of(0.1, 0.9, "null"),
    "num_parameters": _first_or(1, 1),
    "negative_slope": _of(0.1, 0.2),
    "alpha": _of(1, 0.5, 0.0001),
    "beta": _of(0.75),
    "k": _of(2),
    "p": _of(0, 0.2, 0.5),
}
SOME = 0.3
"""How likely a setting is written that a kind does not need."""

MERGES = tuple(kind for kind in LAYERS if layer_class(kind).merges)
LEAVES = tuple(kind for kind in LAYERS if kind not in MERGES)
WORDS_FOR = {kind: [kind, kind] for kind in LAYERS}
for _word, _kind in KIND_ALIASES.items():
    WORDS_FOR[_kind].append(_word)

INPUTS = (
    "{channels: 1, height: 28, width: 28}",
    "{channels: 3, height: 32, width: 32}",
    "{channels: 3, height: 17, width: 24}",
    "{channels: 4, height: 7, width: 5}",
    "{channels: 6, height: 2, width: 4}",
    "{channels: 2, height: 1, width: 9}",
    "{channels: 1, height: 1, width: 1}",
    "{channels: 1, length: 6}",
    "{channels: 6, length: 20}",
    "{channels: 16, length: 1}",
    "{channels: 8, length: 49}",
    "{features: 1}",
    "{features: 12}",
    "{features: 784}",
)


class Item(NamedTuple):
    """An item of a list of layers: its word, its settings as text."""

    word: str
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        inside = ", ".join(f"{key}: {value}" for key, value in self.settings)
        return f"{{{self.word}: {{{inside}}}}}" if inside else self.word

    def having(self, **settings: str) -> Item:
        """The same with further settings."""
        return self._replace(settings=(*self.settings, *settings.items()))


def leaf(random: Random, kind: str, shape: tuple[int, ...], most: int = 99) -> Item:
    """A layer of a kind, with what it needs and up to so many other settings, in one of its spellings."""
    cls = layer_class(kind)
    required = required_settings(cls)
    others = [name for name in settings_of(cls) if name not in required and random.random() < SOME]
    others = random.sample(others, min(most, len(others)))
    names = [name for name in settings_of(cls) if name in required or name in others]
    settings = tuple((name, str(SETTINGS[name](random, shape))) for name in names)
    return Item(random.choice(WORDS_FOR[kind]), settings)


class Writer:
    """A network that grows item by item."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.input = random.choice(INPUTS)
        self.items: list[Item] = []
        self.names: list[str] = []
        self.analysis: Analysis | None = None

    def text(self, items: list[Item]) -> str:
        """The spec with these items."""
        lines = "".join(f"  - {item.text}\n" for item in items)
        return f"name: random\ninput: {self.input}\nlayers:\n{lines}"

    @property
    def shape(self) -> tuple[int, ...]:
        """What the next item reads."""
        if self.analysis is None:
            return parse_spec(self.text([Item("relu")])).network.input_shapes[0]
        return self.analysis.facts[-1].output_shape

    def item(self) -> Item:
        """A random item: a layer, a merge with an earlier volume, or a structure around some layers."""
        kind = self.random.random()
        if kind < 0.62:
            return leaf(self.random, self.random.choice(LEAVES), self.shape)
        if kind < 0.72:
            near = self.random.choice(("relu", "conv", "batchnorm", "conv1d", "fc", "tokens", "flatten"))
            return leaf(self.random, near, self.shape)
        if kind < 0.82 and self.names:
            earlier = self.random.choice((*self.names, "input"))
            others = f"[{self.names[-1]}, {earlier}]"
            return Item(self.random.choice(MERGES), (("from", others),))
        return self.structure()

    def inner(self, least: int = 1) -> str:
        """A list of a few layers."""
        number = self.random.randint(least, 3)
        items = (leaf(self.random, self.random.choice(LEAVES), self.shape).text for _ in range(number))
        return f"[{', '.join(items)}]"

    def structure(self) -> Item:
        """A residual, branches or a repeat around some layers."""
        match self.random.randrange(4):
            case 0:
                short = (("shortcut", self.inner()),) if self.random.random() < 0.3 else ()
                return Item("residual", (("body", self.inner()), *short))
            case 1:
                paths = ", ".join(self.inner(0) for _ in range(self.random.randint(2, 3)))
                merge = (("merge", "add"),) if self.random.random() < 0.3 else ()
                return Item("branches", (*merge, ("paths", f"[{paths}]")))
            case 2:
                times = str(self.random.randint(1, 3))
                return Item("repeat", (("times", times), ("layers", self.inner())))
        gate = f"[{self.inner()}, []]"
        return Item("branches", (("merge", "multiply"), ("paths", gate)))

    def named(self, item: Item) -> Item:
        """The item with a name, so that others may read it."""
        return item.having(name=f"n{len(self.items)}")

    def grow(self) -> bool:
        """Add one more item, if it works."""
        item = self.named(self.item())
        try:
            analysis = parse_spec(self.text([*self.items, item])).analyze()
        except SpecError:
            return False
        self.items.append(item)
        if dict(item.settings).get("times") is None:
            self.names.append(f"n{len(self.items) - 1}")
        self.analysis = analysis
        return True

    def branched(self) -> str:
        """The whole spec, now and then with a second output that reads a volume in its middle."""
        if self.random.random() < 0.25 and self.names:
            start, main = self.random.choice(self.names), self.names[-1:]
            head = leaf(self.random, self.random.choice(LEAVES), self.shape).having(
                name="head", **{"from": start}
            )
            for tail in (f"outputs: [{main[0]}, head]\n", f"outputs: {main[0]}\nauxiliary: head\n"):
                text = self.text([*self.items, head]) + tail
                if works(text) and self.random.random() < 0.6:
                    return text
        return self.text(self.items)


def works(text: str) -> bool:
    """Whether a spec describes a network that works."""
    try:
        parse_spec(text).analyze()
    except SpecError:
        return False
    return True


def grown(random: Random, most: int) -> Writer:
    """A network of up to so many items."""
    writer = Writer(random)
    wanted = random.randint(1, most)
    for _ in range(6 * wanted):
        if len(writer.items) == wanted:
            break
        writer.grow()
    while not writer.items:
        writer.grow()
    return writer


def network(seed: str, most: int = 9) -> str:
    """A network that works."""
    return grown(Random(seed), most).branched()


def broken(seed: str, most: int = 4) -> Iterator[str]:
    """Networks that work but for their last layer, or but for the merge of it, with one setting at most."""
    random = Random(seed)
    writer = Writer(random) if random.random() < 0.3 else grown(random, most)
    lasts = [leaf(random, kind, writer.shape, 1) for kind in LEAVES]
    if writer.names:
        pairs = [f"[{random.choice((*writer.names, 'input'))}, {writer.names[-1]}]" for _ in MERGES]
        lasts += [Item(kind, (("from", pair),)) for kind, pair in zip(MERGES, pairs, strict=True)]
    for item in lasts:
        if is_broken(text := writer.text([*writer.items, item])):
            yield text


def is_broken(text: str) -> bool:
    """Whether a spec can be read, and describes a network that does not work."""
    try:
        parse_spec(text).analyze()
    except BrokenNetworkError:
        return True
    except SpecError:
        return False
    return False
