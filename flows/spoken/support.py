"""The proof rule: a digit or letter that was never said is never stored.

`supported` holds a value against the caller's words. It knows nothing of how the value was read,
only which characters each word may stand for (`vocabulary`), so a mistake of a parser can't pass.
"""

from __future__ import annotations

import re
from collections import Counter

from flows.spoken.email.domains import ENDING_SOUNDS
from flows.spoken.numbers import parse_number
from flows.spoken.phone.numbers import spoken_digits
from flows.spoken.phone.vanity import vanity_number
from flows.spoken.vocabulary import ENGLISH, Vocabulary
from flows.spoken.words import ORDINALS

_DERIVED = frozenset(["date", "money", "number", "choice"])
"""Kinds whose value is worked out ("next Tuesday"), not spelled out by the words."""


def supported(
    kind: str, value: str, raw: str, *, given: str = "", vocabulary: Vocabulary = ENGLISH
) -> bool:
    """True when every digit (as often as it is stored) and letter of `value` is in the words.

    `given` is what need not be said again: a country code that follows from the region, a company
    domain known from elsewhere, a suggestion the caller agreed to.
    """
    if kind in _DERIVED:
        return bool(raw.strip())
    digits = Counter(re.findall(r"\d", value)) - Counter(re.findall(r"\d", given))
    if digits - licensed_digits(raw, vocabulary):
        return False
    letters = set(re.findall(r"[^\W\d_]", value.casefold())) - set(given.casefold())
    return not letters - licensed_letters(raw, vocabulary)


def licensed_digits(raw: str, vocabulary: Vocabulary = ENGLISH) -> Counter[str]:
    """How often each digit may be stored, from what was said."""
    said = Counter(spoken_digits(raw, vocabulary).strip("+"))
    for word in re.findall(r"[^\W\d_]+", raw.casefold()):
        if word in vocabulary.tens:
            # "twenty seven" may be 20 and 7.
            said["0"] += 1
        elif word in ORDINALS[:9]:
            # "Fifty fifth Street".
            said[str(1 + ORDINALS.index(word))] += 1
        elif word in vocabulary.digit_sounds and not vocabulary.units.get(word):
            said[vocabulary.digit_sounds[word]] += 1
    # "1 800 flowers": the letters said are the keys to press.
    said |= Counter(vanity_number(raw))
    # "two hundred and fifty" may be meant as one number.
    return said | Counter(parse_number(raw, vocabulary) or "")


def licensed_letters(raw: str, vocabulary: Vocabulary = ENGLISH) -> set[str]:
    """Letters that the words hold, or are the names of."""
    lowered = raw.casefold()
    letters = set(re.findall(r"[^\W\d_]", lowered))
    for word in re.findall(r"[^\W\d_]+(?:-ray)?", lowered):
        for names in (vocabulary.letter_names, vocabulary.letter_sounds):
            letters |= set(names.get(word, ""))
        letters |= set(ENDING_SOUNDS.get(word, ""))
    if re.search(r"\bdouble[ -](?:you|u)\b", lowered):
        letters.add("w")
    if "&" in raw:
        letters.add("n")
    return letters
