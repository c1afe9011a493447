"""The line that a layer of another tool becomes here, while it is put together, and as a hint says it.

Only what is wrong has to import this.
"""

from __future__ import annotations

from archcalc.layers import layer_class
from archcalc.layers.settings import Setting, settings_of
from archcalc.quoting import shortened
from archcalc.spec.calls import COMMON
from archcalc.spec.foreign_values import in_yaml

UNKNOWN = "…"
"""What stands for a value that nobody has given."""

LINE_LIMIT = 300
"""So many characters may a line have that is offered."""


class NoSuchLayerError(Exception):
    """Archcalc has nothing that says the same; the message is the hint."""


class Line:
    """The line that a layer becomes: its kind and the word for it, settings, lines below it, and notes."""

    def __init__(self, kind: str) -> None:
        self.kind = self.word = kind
        self.settings: dict[str, object] = {}
        self.below: list[str] = []
        self.notes: list[str] = []
        self.times = 1

    @property
    def known(self) -> dict[str, Setting]:
        """The settings that the kind has."""
        fields = settings_of(layer_class(self.kind)).items()
        return {name: field.setting for name, field in fields}

    def hint(self) -> str:
        """What to write."""
        text, *others = self.items
        below = "".join(f", and below it `- {each}`" for each in others)
        notes = f" ({'; '.join(self.notes)})" if self.notes else ""
        return f"write `{shortened(f'- {text}', LINE_LIMIT)}`{below}{notes}"

    @property
    def items(self) -> list[str]:
        """The layers that it stands for, as items of a list."""
        own = self.word + (f": {{{self._inside()}}}" if self.settings else "")
        items = [own, *(each.removeprefix("- ") for each in self.below)]
        return [f"repeat: {{times: {self.times}, layers: [{', '.join(items)}]}}"] if self.times > 1 else items

    def build_as_ultralytics(self) -> None:
        """Its `Conv` pads to the same size at stride 1, and is followed by batch norm and SiLU."""
        if self.settings["kernel_size"] == UNKNOWN:
            self.settings["kernel_size"] = 1
        kernel = self.settings["kernel_size"]
        if isinstance(kernel, int) and kernel > 1:
            self.settings.setdefault("padding", kernel // 2)
        self.settings["bias"] = False
        self.below = ["- batchnorm", "- silu"]

    def _inside(self) -> str:
        first = [name for name in COMMON if name == "name" and name in self.settings]
        order = [*first, *(name for name in self.known if name in self.settings)]
        order += [name for name in self.settings if name not in order]
        return ", ".join(f"{name}: {in_yaml(self.settings[name])}" for name in order)
