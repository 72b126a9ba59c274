"""Letters that a recogniser wrote as words, where nothing but letters was said: "bee oh bee", "em ay why".

One or two such words are words ("see you", "Kay Lee"); from three on they are a spelling, if they are no
sentence ("oh I see", "why are you"): one at least must be hardly anything but a letter's name.
"""

from __future__ import annotations

import re

from flows.spoken.vocabulary import ENGLISH
from flows.spoken.words import MIN_SPELLED

_JOINING = frozenset("am an and as end if in our".split())
"""Sounds of letters that stand between names."""
_LETTERS = {
    word: letter
    for word, letter in {**ENGLISH.letter_sounds, **ENGLISH.letter_names}.items()
    if word not in _JOINING
}
_ALSO_SMALL_WORDS = frozenset(
    "are be each he hell hey oh okay owe sea see us we why yes you".split()
)
"""Sounds of letters that sentences are made of."""


def with_letters(text: str) -> str:
    """`text` with each stretch of three or more names of letters as capitals: "see ay tea at" is
    "C A T at"."""
    words = list(re.finditer(r"[^\W\d_]+(?:'[^\W\d_]+)?", text))
    out, end, begin = list[str](), 0, 0
    while begin < len(words):
        stop = begin
        while stop < len(words) and _letter(words[stop].group()):
            stop += 1
        if _is_spelled_by([word.group() for word in words[begin:stop]]):
            begin += 1  # "Jay, J A Y": the word, then its letters.
        if _is_spelling([word.group().casefold() for word in words[begin:stop]]):
            out.append(text[end : words[begin].start()])
            out.append(" ".join(_letter(word.group()) for word in words[begin:stop]))
            end = words[stop - 1].end()
        begin = max(stop, begin + 1)
    return "".join(out) + text[end:]


def _is_spelled_by(words: list[str]) -> bool:
    """Whether the letters after the first word are its own."""
    return len(words) > 1 and "".join(words[1:]).casefold() == words[0].casefold()


def _letter(word: str) -> str:
    plain = word.casefold()
    return (plain if len(plain) == 1 else _LETTERS.get(plain, "")).upper()


def _is_spelling(words: list[str]) -> bool:
    named = [word for word in words if len(word) > 1]
    clear = [word for word in named if word not in _ALSO_SMALL_WORDS]
    return len(words) >= MIN_SPELLED and len(clear) > 0 and len(clear) * 2 >= len(named) - 1
