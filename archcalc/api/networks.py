"""Networks and their analyses as programs get them: read from anything, and with their totals and rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from os import PathLike, fspath
from typing import cast

from archcalc.analysis import facts as rules
from archcalc.analysis.quantities import totals
from archcalc.api.notebook import table_html
from archcalc.errors import RequestError
from archcalc.frozen import field_values
from archcalc.layers import Shape
from archcalc.network import Network
from archcalc.quoting import quoted
from archcalc.records import NamedTuple
from archcalc.report.page import Options
from archcalc.report.summary import summary
from archcalc.report.summary_data import summary_data
from archcalc.spec.items import setting_text
from archcalc.spec.load import Parts, parse_parts, read_parts
from archcalc.spec.load import loads as loads

Source = str | PathLike[str] | Mapping[str, object] | Network | rules.Analysis
"""What a network can be given as: a path, the name of a built-in network, a spec as a mapping, or itself."""

Size = int | Sequence[int]
"""An input: the side of a square (the length of a sequence, the features of a vector), or a whole shape,
channels first."""


class AnalyzedNetwork(rules.Analysis):
    """A network with the facts of its layers, a batch size and the type of its values.

    facts: for each layer what the rules say of one example. totals, layers: as `archcalc summarize` shows
    them. `pandas.DataFrame(analysis.to_dicts())` has a row for each layer.
    """

    @cached_property
    def totals(self) -> dict[str, int]:
        """The totals of all quantities, by name: `parameters`, `macs`, `activation_bytes` and others."""
        return totals(self)

    @cached_property
    def layers(self) -> tuple[dict[str, object], ...]:
        """A row for each layer: name, kind, settings, shapes (channels first, without the batch), counts."""
        rows = summary_data(self)["layers"]
        return tuple(cast("list[dict[str, object]]", rows))  # a TypedDict is a dict: programs may take it so

    def to_dict(self) -> dict[str, object]:
        """What `archcalc summarize --format json` writes."""
        return dict(summary_data(self))

    def to_dicts(self) -> list[dict[str, object]]:
        """The rows of `layers`, as a new list."""
        return [dict(row) for row in self.layers]

    def __repr__(self) -> str:
        sums = f"{self.totals['parameters']:,} parameters, {self.totals['macs']:,} MACs"
        name, layers = quoted(self.network.name), f"{len(self.facts)} layers"
        return f"<Analysis of {name}: {layers}, {sums}, batch {self.batch}, {self.dtype}>"

    def _repr_html_(self) -> str:
        return table_html(summary(self, Options()))


class Read(NamedTuple):
    """A network as it was asked for.

    parts: its spec on that input and with these variables, where it was read from one.
    name: what reports call it.
    """

    analysis: AnalyzedNetwork
    parts: Parts | None = None
    name: str = ""


def load(spec: str | PathLike[str] | Mapping[str, object]) -> Network:
    """The network of a spec: a path, the name of a built-in network, `-` for standard input, or a mapping.

    A mapping is what a YAML spec holds: `{"input": {"features": 4}, "layers": [{"fc": {"units": 2}}]}`.
    Raises ReadError when there is no such source, SpecError when what it says is wrong, and TypeError for
    anything else.
    """
    return _parts(spec).spec.network


def analyze(
    network: Source,
    *,
    input: Size | None = None,  # noqa: A002  (the word users know it by)
    batch: int = 1,
    dtype: str | None = None,
    variables: Mapping[str, object] | None = None,
) -> AnalyzedNetwork:
    """The facts of every layer of a network, which is read where it is none yet.

    input: another input, as `--input`. batch: examples at once. dtype: the type of values; by default what
    the network declares, else float32. variables: values of the spec's variables, as `--set`.
    Raises SpecError at the first layer that cannot work, and RequestError for what cannot be asked.
    """
    return read(network, input=input, batch=batch, dtype=dtype, variables=variables).analysis


def read(
    source: Source,
    *,
    input: Size | None = None,  # noqa: A002  (the same)
    batch: int | None = None,
    dtype: str | None = None,
    variables: Mapping[str, object] | None = None,
) -> Read:
    """A network and what its spec says of it, as `analyze` takes it."""
    if isinstance(source, rules.Analysis):
        if input is not None or dtype is not None or variables or batch not in (None, 1):
            raise RequestError("an analysis has its input, batch and type: analyze its network anew")
        return Read(_own(source), None, source.network.name)
    count = 1 if batch is None else batch
    if isinstance(source, Network):
        if variables:
            raise RequestError("a network has no variables: give its spec")
        network = source if input is None else source.with_input(_shape(input, source))
        return Read(_own(rules.analyze(network, batch=count, dtype=dtype)), None, network.name)
    parts = _parts(source, variables)
    spec = parts.spec
    if input is not None:
        spec = spec.with_input(_shape(input, spec.network))
    analysis = _own(spec.analyze(batch=count, dtype=dtype))
    name = "<mapping>" if isinstance(source, Mapping) else fspath(source)
    return Read(analysis, parts._replace(spec=spec), name)


def _own(analysis: rules.Analysis) -> AnalyzedNetwork:
    """An analysis with the properties of the API."""
    return analysis if isinstance(analysis, AnalyzedNetwork) else AnalyzedNetwork(**field_values(analysis))  # type: ignore[arg-type]  # its own fields


def _parts(source: object, variables: Mapping[str, object] | None = None) -> Parts:
    assignments = tuple(f"{name}={_value(name, value)}" for name, value in (variables or {}).items())
    if isinstance(source, (str, PathLike)):
        return read_parts(fspath(source), assignments)
    if not isinstance(source, Mapping):
        what = "a path, the name of a built-in network, a mapping, a Network or an Analysis"
        raise TypeError(f"a network is given as {what}, not as {type(source).__name__}")
    try:
        text = json.dumps(source, indent=2, ensure_ascii=False)  # JSON is YAML
    except (TypeError, ValueError) as error:
        raise TypeError(f"a spec as a mapping holds what YAML holds: {error}") from None
    return parse_parts(text, "<mapping>", None, assignments)


def _value(name: str, value: object) -> str:
    """A variable's value as a spec has it."""
    if not isinstance(value, (bool, int, str, list, tuple)):
        kind = type(value).__name__
        raise TypeError(f"variable {name} is set to a number, a text or a list, not to {kind}")
    return value if isinstance(value, str) else setting_text(value)


def _shape(size: Size, network: Network) -> Shape:
    own = network.only_input("another input")
    if isinstance(size, int):
        shape: Shape = (size,) if len(own) == 1 else (own[0], *[size] * (len(own) - 1))
    else:
        shape = tuple(size)
    whole = all(isinstance(each, int) and not isinstance(each, bool) and each > 0 for each in shape)
    if len(shape) != len(own) or not whole:
        raise RequestError(f"an input is a size or {len(own)} sizes, as {list(own)}; got {size!r}")
    return shape
