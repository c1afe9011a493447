"""Documents of `reconcile`: what other tools count, and which of their figures a number is."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from archcalc.report.documents.parts import NetworkData


class TermData(TypedDict):
    """A term of a sum."""

    what: str
    amount: int


class FactorData(TypedDict):
    """What a sum is multiplied by, and why."""

    times: int
    why: str


class DerivationData(TypedDict):
    """A figure: its terms and factors, the amount they come to, and how the tool shows it."""

    figure: str
    means: str
    terms: list[TermData]
    factors: list[FactorData]
    amount: int
    shown: str


class BuildData(TypedDict):
    """The same figure of the model built in another way."""

    build: str
    what: str
    amount: int
    shown: str


class FigureData(DerivationData):
    """What one tool says of the network."""

    tool: str
    version: str
    builds: list[BuildData]


class FiguresDocument(TypedDict):
    """What `archcalc reconcile` writes."""

    schema_version: int
    network: NetworkData
    layer: NotRequired[str]
    figures: list[FigureData]


class CandidateData(DerivationData):
    """A figure that a number may be: whose, of which build, and for which input side where another."""

    tool: str
    build: str
    input_side: int | None


class MatchData(CandidateData):
    """A figure that gives the number in a unit; `cut` where digits are cut off instead of rounded."""

    unit: str
    cut: bool


class NearData(CandidateData):
    """A figure near the number, and how much it lacks."""

    lacks: int


class ErratumData(TypedDict):
    """A published figure that the number is: what is wrong with it, and where docs/errata.md says more."""

    printed: str
    says: str
    section: str


class NumberDocument(TypedDict):
    """What `archcalc reconcile --number` writes."""

    schema_version: int
    network: NetworkData
    layer: NotRequired[str]
    number: str
    matches: list[MatchData]
    nearest: list[NearData]
    errata: NotRequired[list[ErratumData]]
