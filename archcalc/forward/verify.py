"""Run a network once in NumPy, and hold what happens against what the rules predicted."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from archcalc.errors import RequestError
from archcalc.forward.abstract.meta import MetaRun
from archcalc.forward.kernels import KERNELS
from archcalc.forward.live import Live, check_memory, timeline
from archcalc.forward.run import MAX_MEMORY, NO_RANDOM, Array, Run
from archcalc.forward.verification import NOTHING, Check, Measured, Peak, Verification

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis, Facts
    from archcalc.layers import Shape
    from archcalc.network import Network


def verify(
    analysis: Analysis,
    *,
    seed: int = 0,
    on_start: Callable[[Peak], None] | None = None,
    on_layer: Callable[[Check], None] | None = None,
    shapes_only: bool = False,
    make_run: type[Run] = Run,
    max_memory: int = MAX_MEMORY,
    profile: bool = False,
) -> Verification:
    """Every layer's prediction beside what the NumPy forward pass really did, in float32.

    It runs one example, whatever batch the analysis is for: parameters and MACs are those of one, and
    shapes leave the batch out. A layer whose output has an unpredicted shape is passed on as it is; at
    one that cannot run at all, the pass ends. `on_start` is told what memory will be needed, and `on_layer`
    of each layer as soon as it has run.
    With `shapes_only` the arrays have shapes and no contents: nothing is computed, at whatever size; else
    `make_run(random, spare=…)` makes the run of each layer, from which all arrays come. With `profile`,
    each check says how long its layer took and how many bytes were live meanwhile.
    Raises RequestError, before anything runs, where that may take more bytes than `max_memory`, or would
    take too many steps.
    """
    make_run = MetaRun if shapes_only else make_run
    expected = timeline(analysis)
    needed = check_memory(analysis, expected, max_memory) if make_run.takes_memory else NOTHING
    if on_start:
        on_start(needed)
    random = np.random.default_rng(seed) if make_run.takes_memory else NO_RANDOM

    def new_run(spare: bool, sequence: bool) -> Run:
        run = make_run(random, spare=spare, sequence=sequence)
        run.limit = max_memory
        return run

    live, checks = Live(), []
    with _traced(profile):
        for check in _checks(analysis, live, new_run, profile):
            checks.append(check)
            if on_layer:
                on_layer(check)
    return Verification(
        analysis, seed, tuple(checks), live.peak, Peak.of(expected), needed, make_run.takes_memory
    )


@contextmanager
def _traced(profile: bool) -> Iterator[None]:
    """With `profile`, Python keeps count of the bytes that are allocated."""
    began = profile and not tracemalloc.is_tracing()
    if began:
        tracemalloc.start()
    try:
        yield
    finally:
        if began:
            tracemalloc.stop()


def _checks(
    analysis: Analysis, live: Live, new_run: Callable[[bool, bool], Run], profile: bool
) -> Iterator[Check]:
    """The checks of the layers, each after its turn; volumes are live until they have been read."""
    network = analysis.network
    for tensor, (name, shape) in enumerate(network.inputs.items()):
        with _room_for("the input" if len(network.inputs) == 1 else name):
            live.put(tensor, new_run(False, False).drawn(shape))
    for number, facts in enumerate(analysis.facts):
        inputs, written = facts.node.inputs, network.output_tensor(number)
        is_spare = _dies(network, inputs[0], number) and inputs.count(inputs[0]) == 1
        run = new_run(is_spare and live.is_alone(inputs[0]), facts.reads_sequence)
        with _profiled(profile) as costs:
            check, output = _run(facts, [live.arrays[tensor] for tensor in inputs], run)
        if output is not None:
            live.put(written, output, facts.node.name)
        yield check._replace(**costs)
        if output is None:
            return
        del output
        for tensor in {*inputs, written}:
            if _dies(network, tensor, number):
                live.free(tensor)


def _dies(network: Network, tensor: int, number: int) -> bool:
    """Whether nothing behind node `number` reads a tensor: what leaves the network stays."""
    last = network.last_readers[tensor]
    return tensor not in network.leaving and (last is None or last <= number)


@contextmanager
def _profiled(profile: bool) -> Iterator[dict[str, Any]]:
    """Time and memory of what is done within, where that is wanted."""
    costs: dict[str, Any] = {}  # fields of a Check, of which `_replace` takes any by name
    if profile:
        tracemalloc.reset_peak()
    begin = time.perf_counter()
    yield costs
    if profile:
        costs.update(seconds=time.perf_counter() - begin, bytes=tracemalloc.get_traced_memory()[1])


def _run(facts: Facts, inputs: Sequence[Array], run: Run) -> tuple[Check, Array | None]:
    """The check of one layer, and its output, or None where its kernel could not run."""
    predicted = Measured(facts.output_shape, facts.parameter_shapes, facts.buffer_shapes, facts.macs)
    shape: Shape = ()
    output, finite, problem = None, True, ""
    try:
        with _room_for(facts.node.name), np.errstate(all="ignore"):
            output = _output(facts, inputs, run)
            shape = output.shape
            output, finite = run.checked(output)
    except (ValueError, IndexError) as error:
        problem = str(error)
    actual = Measured(shape, run.parameters, run.buffers, run.products)
    check = Check(facts.node.name, facts.node.kind, predicted, actual, finite, problem)
    return check, output


@contextmanager
def _room_for(name: str) -> Iterator[None]:
    try:
        yield
    except MemoryError as error:
        raise RequestError(f"{name} is too large to run: {error}") from None


def _output(facts: Facts, inputs: Sequence[Array], run: Run) -> Array:
    if facts.node.kind not in KERNELS:
        raise ValueError(f"there is no kernel for {facts.node.kind}")
    return KERNELS[facts.node.kind](facts.node.layer, inputs, run)
