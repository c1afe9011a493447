"""Which known word an unknown one may mean: the `did you mean …?` of errors.

Words are compared by `difflib` of the standard library, which only wrong input has to import.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from archcalc.quoting import ECHO_LIMIT, quoted

CANDIDATE_LIMIT = 500
"""So many known words are looked at."""

COMPARED_LIMIT = 16
"""So many of these, with the most letters in common, have the order of their letters compared too."""

SIMILARITY = 0.7
SIMILARITY_BY_LENGTH = {2: 0.5, 3: 0.66}
"""What the similarity ratio must reach: 2·M/T, of M matching letters among the T of both words.

In a short word one typing error is a larger part: `fd` for `fc` gives 0.5, `lrm` for `lrn` 0.67. In longer
ones 0.67 is no error but another word, as `activation` is beside `dilation`.
"""

PART_LENGTH = 4
"""So many letters that stand together in a longer word may mean it: `leaky` is `leaky_relu`."""


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """A hint naming the nearest of the `known` words, or None when none is near."""
    near = nearest(word, known)
    return f"did you mean {quoted(near)}?" if near else None


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most similar to `word`, else the first that it is a part of, else None.

    Only the first ECHO_LIMIT letters and CANDIDATE_LIMIT words are looked at, so that time is bounded.
    """
    sought = word[:ECHO_LIMIT].lower()
    candidates = list(islice(known, CANDIDATE_LIMIT))
    similar = _most_similar(sought, candidates)
    if similar is None and len(sought) >= PART_LENGTH:
        return next((name for name in candidates if sought in name.lower()), None)
    return similar


def _most_similar(sought: str, candidates: list[str]) -> str | None:
    """The candidate with the highest similarity ratio, if that is high enough.

    Of equally similar ones that with the longest common prefix wins (`avxpool` is `avgpool`, not
    `maxpool`), then the first; `difflib.get_close_matches` would take the last of the alphabet.
    """
    from difflib import SequenceMatcher
    from heapq import nlargest

    least = SIMILARITY_BY_LENGTH.get(len(sought), SIMILARITY)
    matcher = SequenceMatcher(b=sought, autojunk=False)
    bounded = []
    for name in candidates:
        matcher.set_seq1(name.lower())
        if matcher.real_quick_ratio() >= least and (bound := matcher.quick_ratio()) >= least:
            bounded.append((bound, name))
    rated = []
    for _, name in nlargest(COMPARED_LIMIT, bounded, key=lambda each: each[0]):
        matcher.set_seq1(name.lower())
        if (ratio := matcher.ratio()) >= least:
            first = matcher.get_matching_blocks()[0]
            rated.append((ratio, first.size if first.a == first.b == 0 else 0, name))
    return max(rated, key=lambda each: each[:2])[2] if rated else None
