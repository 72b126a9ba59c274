"""What was heard for a name, and the letters it is spelled with: do they belong together?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

MIN_SPELLED_CLEARLY = 4
MAX_MISHEARD_WORDS = 3
LEAST_LIKENESS = 54.0
"""Of what was heard for a name and its letters, 0..100: "called ski" and "kowalski" have 59."""


def misheard_words(words: Sequence[str], spelled: str) -> int:
    """How many of the last words are what was heard for the name that is spelled after them."""
    if len(spelled) < MIN_SPELLED_CLEARLY:
        return 0
    heard, likeness = "", {0: LEAST_LIKENESS}
    for count in range(1, min(MAX_MISHEARD_WORDS, len(words)) + 1):
        if len(words[-count]) < 2:
            break
        heard = words[-count] + heard
        likeness[count] = fuzz.ratio(heard, spelled)
    return max(likeness, key=likeness.__getitem__)


def alike(said: str, spelled: str) -> bool:
    """True when a word may be what a recogniser wrote for a name spelled otherwise."""
    said, spelled = said.casefold(), spelled.casefold()
    same_start = said[:1] == spelled[:1] or {said[:1], spelled[:1]} in (
        {"c", "k"}, {"s", "z"}, {"g", "j"}, {"p", "f"}, {"c", "s"}
    )  # fmt: skip
    longest = max(len(said), len(spelled))
    return same_start and Levenshtein.distance(said, spelled) <= max(1, longest * 0.55)


def most_alike(words: Sequence[str], spelled: str) -> list[int]:
    """Which of `words` may be what a recogniser wrote for `spelled`: the one that differs in the
    fewest letters, if that is clear; else all that are alike."""
    distances = [Levenshtein.distance(word.casefold(), spelled.casefold()) for word in words]
    hits = [index for index, word in enumerate(words) if alike(word, spelled)]
    least = min(distances, default=0)
    if distances.count(least) == 1 and (least <= len(spelled) / 3 or len(hits) > 1):
        return [distances.index(least)]
    return hits


_IN_CAPITALS = re.compile(
    r"\b(\w*[a-z]\w*)[,.]?\s+((?:[A-Z]+\b[ .,]*)*[A-Z]{2,}\b(?:[ .,]*[A-Z]+\b)*)"
)
"""A word, and what may be its letters: capitals, in one run or in several."""


def letters_from_capitals(text: str) -> str:
    """ "Smith, SMITH" and "Smith SMI TH" with the capitals as letters: a recogniser's way to write a
    spelling. Capitals that don't spell the word before them stay."""

    def letters(match: re.Match[str]) -> str:
        spelled = re.sub(r"[^A-Z]", "", match[2])
        return f"{match[1]} {' '.join(spelled)} " if alike(match[1], spelled) else match.group()

    return _IN_CAPITALS.sub(letters, text)
