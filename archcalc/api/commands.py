"""Each command as a function: the same analysis, the same page.

Every function takes a network as `archcalc.analyze` does, with the keywords of `Asked` for what its command
has as options. Sizes of memory are bytes, or texts such as "256KiB".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike, fspath
from typing import TypedDict, Unpack

from archcalc.analysis.conventions import conventions_of
from archcalc.analysis.conventions.identification import asked, matches, nearest
from archcalc.analysis.facts import facts_of
from archcalc.analysis.memory import budget
from archcalc.analysis.memory.fit import Room, Use, largest_batch, largest_input
from archcalc.analysis.memory.schedule import planned
from archcalc.analysis.memory.training import training
from archcalc.analysis.quantities import totals
from archcalc.api.networks import Read, Size, Source, read
from archcalc.api.report import CheckReport, Report, known_word
from archcalc.checks.difference import difference
from archcalc.checks.growth import growth_failures, limit
from archcalc.checks.lock import lock_failures, lock_text
from archcalc.checks.record import records
from archcalc.checks.run import Criteria, check_spec
from archcalc.errors import Problem, RequestError
from archcalc.expectations import failures
from archcalc.expectations.bounds import bytes_of
from archcalc.quoting import escaped, quoted
from archcalc.report.catalogue import catalogue
from archcalc.report.comparison import comparison
from archcalc.report.difference import comment, difference_page
from archcalc.report.difference_table import Versions
from archcalc.report.explanation import explanation
from archcalc.report.fit import batch_page, input_page
from archcalc.report.identification import identification
from archcalc.report.memory import memory as memory_page
from archcalc.report.outline import variable_lines
from archcalc.report.parts import block_page, members_of, network_page
from archcalc.report.reconciliation import reconciliation
from archcalc.report.summary import summary
from archcalc.report.training import training as training_page
from archcalc.report.words import word_page
from archcalc.spec.flat import flat as laid_out
from archcalc.spec.outline import outline
from archcalc.spec.requests import requested
from archcalc.spec.schema import Schema, spec_schema
from archcalc.spec.standalone import standalone
from archcalc.spec.zoo import zoo_names
from archcalc.suggestions import suggestion


class Sized(TypedDict, total=False):
    """What any network is asked with: another input, examples at once, the type of values."""

    input: Size | None
    batch: int
    dtype: str | None


class Asked(Sized, total=False):
    """What a spec is asked with besides: values of its variables."""

    variables: Mapping[str, object] | None


def summarize(network: Source, **wanted: Unpack[Asked]) -> Report:
    """Every layer's output, memory, parameters, MACs and receptive field, as `archcalc summarize`.

    What a spec expects of its network is checked; what does not hold is in `problems`.
    """
    found = read(network, **wanted)
    return Report(lambda options: summary(found.analysis, options), problems=_unmet(found))


def memory(
    network: Source,
    *,
    schedule: str = "as-written",
    concat: str = "copy",
    convention: str = "archcalc",
    flash: int | str | None = None,
    sram: int | str | None = None,
    train: str | None = None,
    training_options: Mapping[str, str] | None = None,
    **wanted: Unpack[Asked],
) -> Report:
    """What is live while each layer runs, and its peak, as `archcalc memory`; with `train`, a training step.

    flash, sram: what there is; `ok` says whether the network fits. train: an optimizer. training_options:
    precision, checkpoint, device and attention, as the options of these names.
    """
    analysis = read(network, **wanted).analysis
    if train is not None:
        step = training(analysis, train, **_training(training_options))
        return Report(lambda options: training_page(step, options))
    plan = planned(analysis, schedule=schedule, concat=concat, convention=convention)
    verdicts = (
        *(() if flash is None else (budget.flash(analysis, _size(flash)),)),
        *(() if sram is None else (budget.sram(plan.timeline, _size(sram)),)),
    )
    fits = all(verdict.fits for verdict in verdicts)
    return Report(lambda options: memory_page(analysis, plan, verdicts, options), ok=fits)


def fit(
    network: Source,
    *,
    memory: int | str | None = None,
    flash: int | str | None = None,
    sram: int | str | None = None,
    batch: int | None = None,
    train: str | None = None,
    training_options: Mapping[str, str] | None = None,
    input: Size | None = None,  # noqa: A002  (the word users know it by)
    dtype: str | None = None,
    variables: Mapping[str, object] | None = None,
) -> Report:
    """The largest batch that fits, or given `batch` the largest input, as `archcalc fit`.

    memory: all that there is; or sram, with the parameters in flash. `ok` says whether anything fits.
    """
    there = memory if sram is None else sram
    if there is None or (memory is not None and (sram is not None or flash is not None)):
        raise RequestError("say what there is: memory, or sram and perhaps flash")
    room = Room(_size(there), None if flash is None else _size(flash))
    if sram is not None and train is not None:
        raise RequestError("parameters in flash are for inference: leave train out")
    use = Use(train or "", tuple(_training(training_options).items()), in_flash=sram is not None)
    analysis = read(network, input=input, batch=batch, dtype=dtype, variables=variables).analysis
    if batch is None:
        fits = largest_batch(analysis, room, use) > 0
        return Report(lambda options: batch_page(analysis, room, use, options), ok=fits)
    sides = largest_input(analysis, room, use)
    return Report(
        lambda options: input_page(analysis, room, use, sides, options), ok=sides.largest is not None
    )


def compare_fc(network: Source, layer: str | None = None, **wanted: Unpack[Asked]) -> Report:
    """What sharing filters saves, against unshared filters and fully connected layers."""
    analysis = read(network, **wanted).analysis
    if layer is not None:
        facts_of(analysis, layer)
    return Report(lambda options: comparison(analysis, layer, options))


def explain(network: Source, layer: str | None = None, **wanted: Unpack[Asked]) -> Report:
    """Each number of a layer as formula, values and result; what a block, a network or a word is made of."""
    if layer is None and isinstance(network, str) and (page := word_page(network)):
        return Report(page)
    found = read(network, **wanted)
    analysis = found.analysis
    if layer is None:
        if found.parts is None:
            raise RequestError("a network without its spec is explained layer by layer: name one")
        return Report(network_page(found.name, analysis, found.parts))
    if members := members_of(analysis, layer):
        return Report(block_page(found.name, analysis, layer, members))
    facts = facts_of(analysis, layer)
    return Report(lambda options: explanation(analysis, facts, options))


def diff(
    old: Source,
    new: Source,
    *,
    everything: bool = False,
    fail_on: Iterable[str] = (),
    variables: Mapping[str, object] | None = None,
    **wanted: Unpack[Sized],
) -> Report:
    """What changed from one network to another, as `archcalc diff`; fail_on: limits such as "macs > +5%".

    variables are for the new one, the keywords of `Sized` for both.
    """
    limits = [limit(text) for text in fail_on]
    before, after = read(old, **wanted), read(new, variables=variables, **wanted)
    changes = difference(records(before.analysis), records(after.analysis))
    names = escaped(before.name), escaped(after.name)
    versions = Versions(names[0], before.analysis, names[1], after.analysis, changes)
    problems = growth_failures(limits, totals(before.analysis), totals(after.analysis))
    return Report(
        lambda options: difference_page(versions, options, everything),
        problems=problems,
        markdown=lambda options: comment(versions, options, everything),
    )


def check(
    *specs: str | PathLike[str],
    expect: Iterable[str] = (),
    advice: bool = False,
    strict: bool = False,
    verify: bool = False,
    dtype: str | None = None,
) -> CheckReport:
    """Whether specs are right, and what they and `expect` expect, as `archcalc check` without a config.

    expect: texts as `--expect` takes them. What is wrong with a spec is a finding; nothing is raised for it.
    """
    expectations = tuple(each for text in expect for each in requested(text))
    criteria = Criteria(expectations, advice, strict, verify, dtype=dtype or "")
    return CheckReport(tuple(check_spec(fspath(spec), criteria) for spec in specs))


def lock(network: Source, **wanted: Unpack[Asked]) -> str:
    """Every layer's output and counts as a text, which `archcalc lock` writes beside a spec."""
    return lock_text(read(network, **wanted).analysis)


def check_lock(network: Source, text: str, **wanted: Unpack[Asked]) -> tuple[Problem, ...]:
    """What moved since a lock was written; raises SpecError where that is none."""
    return lock_failures(read(network, **wanted).analysis, text, "<lock>")


def reconcile(
    network: Source,
    number: str | None = None,
    *,
    tool: str | None = None,
    layer: str | None = None,
    **wanted: Unpack[Asked],
) -> Report:
    """What other tools say of a network, and why; or which of them say `number`, such as "15.52G"."""
    analysis = read(network, **wanted).analysis
    name = "" if layer is None else facts_of(analysis, layer).node.name
    if number is None:
        return Report(reconciliation(analysis, conventions_of(tool), name))
    if tool is not None:
        raise RequestError("give either a number or a tool")
    figure = asked(number)
    found = matches(analysis, figure, name)
    near = () if found else nearest(analysis, figure, layer=name)
    return Report(identification(analysis, figure, found, near, name), ok=bool(found))


def zoo(*names: str) -> Report:
    """The built-in networks, with their sources and totals; without names, all of them."""
    for name in names:
        if name not in zoo_names():
            hint = suggestion(name, zoo_names()) or "archcalc.zoo() lists them all"
            raise RequestError(f"no built-in network is called {quoted(name)}; {hint}")
    found = {name: read(name) for name in names or zoo_names()}
    first = next(iter(found.values())).parts
    variables = variable_lines(outline(first)) if len(found) == 1 and first else ()
    return Report(catalogue([(name, one.analysis) for name, one in found.items()], variables))


def show(network: str | PathLike[str] | Mapping[str, object], *, flat: bool = False) -> str:
    """The spec of a network as one text that needs no other file; flat: without variables and blocks."""
    parts = read(network).parts
    assert parts is not None  # as what is read here has a spec
    return laid_out(parts) if flat else standalone(parts)


def schema() -> Schema:
    """The JSON Schema of specs and of libraries of blocks."""
    return spec_schema()


def _unmet(found: Read) -> tuple[Problem, ...]:
    return failures(found.analysis, found.parts.spec.expectations) if found.parts else ()


def _training(options: Mapping[str, str] | None) -> dict[str, str]:
    given = dict(options or {})
    for name in given:
        known_word("option of training", name, ("precision", "checkpoint", "device", "attention"))
    return given


def _size(amount: int | str) -> int:
    """Bytes, from a number of them or from a text such as 256KiB; raises RequestError for what is neither."""
    if isinstance(amount, int) and not isinstance(amount, bool) and amount >= 0:
        return amount
    return bytes_of(str(amount), "a size of memory", "256KiB")
