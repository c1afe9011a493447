"""The search for repairs: proposals are tried, the likeliest first, on the whole network."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archcalc.analysis.facts import Analysis, BrokenNetworkError, analyze
from archcalc.checks.repair.change import Change, in_words, volume_words
from archcalc.checks.repair.counts import declared_proposals, group_proposals
from archcalc.checks.repair.failure import Failure
from archcalc.checks.repair.inputs import input_proposals
from archcalc.checks.repair.kinds import kind_proposals
from archcalc.checks.repair.least import is_larger, least, next_multiples, stepped_down, total_strides
from archcalc.checks.repair.merges import merge_proposals
from archcalc.checks.repair.parts import part_proposals
from archcalc.checks.repair.proposal import Proposal, Proposals, other_input
from archcalc.checks.repair.source_map import SourceMap
from archcalc.checks.repair.windows import window_proposals
from archcalc.checks.repair.writer import edits
from archcalc.errors import Problem, Repair, SpecError
from archcalc.expectations import failures
from archcalc.isolation import isolated
from archcalc.layers import Shape
from archcalc.records import NamedTuple
from archcalc.spec.model import BrokenSpecError

REPAIR_LIMIT = 3
"""How many repairs are offered."""

ANALYSES = 200
LAYERS = 25_000
"""How much is tried: so many analyses, and fewer of networks with many layers."""

FOREVER = 1_000
"""More than any proposal costs."""

SPREAD = 3
"""How much more than the first repair costs another may cost to be worth trying."""

FIRST_STEPS = 8
"""How many first edits are tried in pairs, where no single edit is enough."""

PROPOSERS: tuple[Callable[[Failure], Proposals], ...] = (
    kind_proposals,
    declared_proposals,
    group_proposals,
    part_proposals,
    window_proposals,
    merge_proposals,
    input_proposals,
)


class Mend(NamedTuple):
    """Proposals that make the whole network valid, and what its spec expects of it in vain.

    note: what else is to be said of the last of them.
    """

    missed: tuple[Problem, ...]
    proposals: tuple[Proposal, ...]
    analysis: Analysis
    note: str = ""

    @property
    def sizes(self) -> Shape:
        """The sides of the network's input with them."""
        return self.analysis.network.input_shapes[0][1:]

    @property
    def rank(self) -> tuple[bool, int, int]:
        """Less is better: the expected output is kept, all else that is expected is, the cost is low."""
        output = any(problem.message.startswith("output ") for problem in self.missed)
        return output, len(self.missed), self.cost

    @property
    def cost(self) -> int:
        """What all its proposals cost."""
        return sum(proposal.cost for proposal in self.proposals)


class PartialRepair(NamedTuple):
    """A proposal after which something else is wrong: with the same layer, or with a later one."""

    same: bool
    proposal: Proposal
    error: BrokenNetworkError


def repairs(error: SpecError) -> tuple[Repair, ...]:
    """Edits that make a broken network valid, at most three, the likeliest first.

    Each was tried: with it the whole network can be analysed. Those with which the network is what its
    spec expects come first. Where no single edit is enough, two are offered together. The texts of the
    spec, where the error has them, let edits use the spec's own spellings and expressions.
    """
    return tuple(repair for repair, _ in tried_repairs(error))


def offered_repairs(error: SpecError) -> tuple[Repair, ...]:
    """As `repairs`; a bug among them costs the repairs, and not the error that they stand below."""
    return isolated(lambda: repairs(error), ())


def tried_repairs(error: SpecError) -> tuple[tuple[Repair, Analysis], ...]:
    """As `repairs`, each with the analysis of the network that it leads to."""
    if not isinstance(error, BrokenNetworkError):
        return ()
    search = _Search(error)
    best = _best(search.singles() or search.pairs())
    return tuple((_repair(mend, search.failure), mend.analysis) for mend in best[:REPAIR_LIMIT])


def _best(mends: list[Mend]) -> list[Mend]:
    """The likeliest of each family; without those that miss an expectation, where others do not."""
    families: dict[tuple[str, ...], Mend] = {}
    for mend in sorted(mends, key=lambda mend: mend.rank):
        families.setdefault(mend.proposals[-1].family, mend)
    best = list(families.values())
    return [mend for mend in best if bool(mend.missed) == bool(best[0].missed)]


class _Search:
    """One search, with what is left of its time."""

    def __init__(self, error: BrokenNetworkError) -> None:
        spec = error.spec if isinstance(error, BrokenSpecError) else None
        self.failure = Failure.of(error, SourceMap(error.texts, spec.own_input if spec else None))
        self.expectations = spec.expectations if spec else ()
        self.order = {node.name: number for number, node in enumerate(error.partial.network.nodes)}
        self.left = min(ANALYSES, LAYERS // len(self.order))
        self.steps: list[PartialRepair] = []

    def singles(self) -> list[Mend]:
        """What single edits mend; those that only help a little are kept as first steps."""
        return list(self.mends(self.failure, (), REPAIR_LIMIT))

    def pairs(self) -> list[Mend]:
        """What two edits mend, the second of which mends what is still wrong after the first."""
        steps = sorted(self.steps, key=lambda step: (step.same, step.proposal.cost))
        mends: list[Mend] = []
        for _, proposal, error in steps[:FIRST_STEPS]:
            rest = Failure.of(error, self.failure.source_map)
            mends += self.mends(rest, (proposal,), 1)
        dearest = min((mend.cost for mend in mends), default=0) + SPREAD
        return [mend for mend in mends if mend.cost <= dearest]

    def mends(self, failure: Failure, before: tuple[Proposal, ...], most: int) -> Iterator[Mend]:
        """What one more edit mends, until `most` are found with which all that is expected holds."""
        families: set[tuple[str, ...]] = set()
        dearest = FOREVER
        for proposal in _proposals(failure):
            if not most or not self.left or proposal.cost > dearest:
                return
            if proposal.family in families or not self.possible((*before, proposal)):
                continue
            outcome = self.tried(proposal)
            if isinstance(outcome, Analysis):
                mend = self.least(failure, self.mend(outcome, (*before, proposal)))
                most -= not mend.missed
                if not mend.missed:
                    families.add(proposal.family)
                    dearest = min(dearest, proposal.cost + SPREAD)
                yield mend
            elif not before:
                self.note(proposal, outcome)

    def mend(self, outcome: Analysis, proposals: tuple[Proposal, ...]) -> Mend:
        """Proposals with which the network works, and what is expected of it in vain."""
        return Mend(failures(outcome, self.expectations), proposals, outcome)

    def least(self, failure: Failure, mend: Mend) -> Mend:
        """Of a larger input the least that does as well, and what the total stride divides."""
        *before, proposal = mend.proposals
        small, large = failure.network.input_shapes[0], mend.analysis.network.input_shapes[0]
        if mend.missed or not is_larger(large, small):
            return mend

        def on(sizes: Shape) -> Mend | None:
            other = other_input(failure, proposal.cost, (small[0], *sizes)) if self.left else None
            outcome = self.tried(other) if other else None
            if other is None or not isinstance(outcome, Analysis):
                return None
            found = self.mend(outcome, (*before, other))
            return None if found.missed else found

        found = least(small[1:], large[1:], on) or mend
        strides = self.strides(failure, found.analysis)
        found = stepped_down(small[1:], found.sizes, strides, on) or found
        sizes = found.sizes
        multiples = next_multiples(sizes, strides)
        if multiples == sizes or on(multiples) is None:
            return found
        stride = "×".join(map(str, dict.fromkeys(reversed(strides))))
        words = volume_words((small[0], *multiples)).rpartition("×")[0]
        return found._replace(note=f"; the next multiple of the total stride, {stride}, is {words}")

    def strides(self, failure: Failure, analysis: Analysis) -> tuple[int, ...]:
        """The total strides on the way to the outputs that count."""
        network = analysis.network
        main = (tensor for name, tensor in network.outputs.items() if name not in network.auxiliary)
        facts = tuple(analysis.facts[position] for position in sorted(failure.ancestors(main)))
        return total_strides(facts, len(network.input_shapes[0]) - 1)

    def possible(self, proposals: tuple[Proposal, ...]) -> bool:
        """Whether proposals can be made together, edit nothing that ships, and leave no list empty."""
        *before, last = proposals
        changes = [change for proposal in proposals for change in proposal.changes]
        if any(self.failure.source_map.is_fixed(change.place) for change in changes):
            return False
        removed = (change.place for change in changes if change.action == "remove")
        return all(map(last.suits, before)) and not self.failure.source_map.empties(removed)

    def tried(self, proposal: Proposal) -> Analysis | BrokenNetworkError:
        """The network as it is after the edit: its analysis, or what is wrong with it."""
        self.left -= 1
        try:
            return analyze(proposal.network())
        except BrokenNetworkError as error:
            return error

    def note(self, proposal: Proposal, error: BrokenNetworkError) -> None:
        """Keep a proposal after which the layers work a little further."""
        broken = error.partial.network.nodes[len(error.partial.facts)]
        reached, before = self.order.get(broken.name, -1), self.failure.position
        same = reached == before
        if reached > before or (same and error.problems[0].message != self.failure.problem.message):
            self.steps.append(PartialRepair(same, proposal, error))


def _proposals(failure: Failure) -> list[Proposal]:
    """All proposals, each once, the likeliest first."""
    proposals: dict[tuple[Change, ...], Proposal] = {}
    for proposer in PROPOSERS:
        for proposal in filter(None, proposer(failure)):
            if proposal.cost < proposals.setdefault(proposal.changes, proposal).cost:
                proposals[proposal.changes] = proposal
    return sorted(proposals.values(), key=lambda proposal: proposal.cost)


def _repair(mend: Mend, failure: Failure) -> Repair:
    changes = tuple(change for proposal in mend.proposals for change in proposal.changes)
    where, place = changes[0].where, changes[0].place
    here = place is not None and place == failure.node.span
    shapes = {facts.node.name: facts.output_shape for facts in mend.analysis.facts}
    name, shape = failure.node.name, shapes.get(failure.node.name)
    if shape is None:
        name, shape = mend.analysis.network.name, next(_outputs(mend.analysis))
    gives = (
        f"the output{'' if here and name == failure.node.name else f' of {name}'} is {volume_words(shape)}"
    )
    missed = f", but {mend.missed[0].message}" if mend.missed else ""
    return Repair(
        in_words(changes), gives + missed + mend.note, where, place, edits(changes, failure.source_map)
    )


def _outputs(analysis: Analysis) -> Iterator[Shape]:
    return (analysis.shape(volume) for volume in analysis.network.outputs.values())
