"""Letters of other scripts that look like Latin ones: a word that holds one looks right, and is not.

Only what is wrong has to import this.
"""

from __future__ import annotations

from collections.abc import Iterable

from archcalc.quoting import shortened

_CYRILLIC = dict(zip("авеёзіјкмнорстухѕԁһАВЕІЈКМНОРСТУХЅ", "abee3ijkmhopctyxsdhABEIJKMHOPCTYXS", strict=True))
_GREEK = dict(zip("αειικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeiikvoptuxABEZHIKMNOPTYX", strict=True))
LOOKALIKES = _CYRILLIC | _GREEK


def revealed(word: str) -> str:
    r"""The word, with each such letter as an escape: `r\u0435lu`."""
    return "".join(f"\\u{ord(letter):04x}" if letter in LOOKALIKES else letter for letter in word)


def meant(word: str, known: Iterable[str]) -> str | None:
    """The hint which says what word it looks like, where that is known."""
    latin = "".join(LOOKALIKES.get(letter, letter) for letter in word)
    if latin == word or latin not in known:
        return None
    first = next(letter for letter in word if letter in LOOKALIKES)
    looks = f"\\u{ord(first):04x} looks like {LOOKALIKES[first]}, and is another letter"
    return f"write `{shortened(latin)}`: {looks}"
