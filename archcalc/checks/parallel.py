"""Specs, checked by several processes; a spec at which a process dies takes nothing from the others."""

from __future__ import annotations

import concurrent.futures
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool

from archcalc.checks.findings import Checked
from archcalc.checks.run import Criteria, check_spec, crashed

CHUNKS = 4
"""How many portions each process gets, so that none waits long for the last one."""


def checked_in_processes(
    specs: Sequence[str], criteria: Sequence[Criteria], processes: int
) -> Iterator[Checked]:
    """Each spec, checked, in order."""
    size = max(len(specs) // (CHUNKS * processes), 1)
    done = 0
    try:
        with concurrent.futures.ProcessPoolExecutor(processes) as pool:
            for checked in pool.map(check_spec, specs, criteria, chunksize=size):
                done += 1
                yield checked
    except BrokenProcessPool:  # killed from outside, say for want of memory: at which spec is not told
        yield from _one_by_one(deque(zip(specs[done:], criteria[done:], strict=True)))


def _one_by_one(waiting: deque[tuple[str, Criteria]]) -> Iterator[Checked]:
    """Each spec, checked by one process, which is begun anew behind a spec at which it died."""
    while waiting:
        with concurrent.futures.ProcessPoolExecutor(1) as pool:
            while waiting:
                spec, held_to = waiting.popleft()
                try:
                    yield pool.submit(check_spec, spec, held_to).result()
                except BrokenProcessPool as error:
                    yield crashed(spec, error)
                    break
