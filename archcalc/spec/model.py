"""A spec as it was read: the network that it describes, and what its author says about that network."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from archcalc.analysis.facts import Analysis, BrokenNetworkError, analyze
from archcalc.errors import Problem, Span
from archcalc.expectations.model import Expectation
from archcalc.frozen import replace
from archcalc.layers import Shape
from archcalc.network import Network
from archcalc.records import NamedTuple

Silenced = tuple[tuple[str, Span | None], ...]
"""The codes of advice that are not to be given, with the places that say so."""


class Spec(NamedTuple):
    """What a spec says.

    expectations: what must hold of the network.
    silenced: the codes of advice that its author does not want to hear.
    texts: the sources that spans point into, by name.
    own_input: the input that is written there, where another was asked for, as by `--input`.
    with_origin: says with a problem where a variable is set that it may come from, where a call sets some.
    """

    network: Network
    expectations: tuple[Expectation, ...] = ()
    silenced: Silenced = ()
    texts: Mapping[str, str] = {}
    own_input: Shape | None = None
    with_origin: Callable[[Problem], Problem] | None = None

    def with_input(self, shape: Shape) -> Spec:
        """The same layers on another input; what is expected of the network as it stands no longer binds."""
        own = self.own_input or self.network.input_shape
        return self._replace(network=self.network.with_input(shape), expectations=(), own_input=own)

    def in_dtype(self, asked: str, usual: str) -> Spec:
        """With values of the type that is asked for, or of a usual one where the spec declares none."""
        dtype = asked or self.network.dtype or usual
        return self._replace(network=replace(self.network, dtype=dtype))

    def analyze(self, *, batch: int = 1, dtype: str | None = None) -> Analysis:
        """As `archcalc.analyze`; raises BrokenSpecError, which knows this spec, where a layer cannot work."""
        try:
            return analyze(self.network, batch=batch, dtype=dtype)
        except BrokenNetworkError as error:
            raise BrokenSpecError(error, self) from None


class BrokenSpecError(BrokenNetworkError):
    """A layer of a spec's network cannot work: the error points into the spec's texts."""

    def __init__(self, error: BrokenNetworkError, spec: Spec) -> None:
        problem = error.problems[0]
        super().__init__(
            spec.with_origin(problem) if spec.with_origin else problem, error.partial, spec.texts
        )
        self.spec = spec
