"""What tells one finding from another, in this run and the next."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from archcalc.checks.findings import Checked, Finding
from archcalc.report.check.places import hosted_path
from archcalc.report.problems import source_line

_FIGURE = re.compile(r"\d[\d,.]*")


def identified(checked: tuple[Checked, ...]) -> Iterator[tuple[Checked, Finding, str]]:
    """Every finding with a fingerprint of its own; a fault in what several specs have in common is one.

    It is made of the file, the code, what stands in the line, and the message without its figures: a finding
    stays the same one while lines above it come and go, and while a total changes. Where the like is found
    twice, the second differs by being the second.
    """
    known: set[tuple[str, Finding]] = set()
    seen: Counter[tuple[str, ...]] = Counter()
    for one in checked:
        for finding in one.findings:
            key = _key(one, finding)
            if (key[0], finding) not in known:
                known.add((key[0], finding))
                seen[key] += 1
                yield one, finding, _digest(*key, str(seen[key]))


def _key(one: Checked, finding: Finding) -> tuple[str, ...]:
    problem = finding.problem
    line = source_line(problem.span, one.texts) if problem.span else None
    path = hosted_path(problem.span.source if problem.span else one.source)
    return path, problem.code, (line or "").strip(), _FIGURE.sub("#", problem.message)


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
