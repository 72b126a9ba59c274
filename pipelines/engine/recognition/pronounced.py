"""Phrases as they are said: words, letters and numbers in phones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, product
from pathlib import Path

from pipelines.engine.recognition.phones import PHONES
from pipelines.engine.recognition.sounding import Way

SAID = Path(__file__).with_name("names") / "phones.txt"
"""How the words are said that are sought (CMU Pronouncing Dictionary)."""
_WORD = re.compile(r"[a-z']+")


class Pronounced:
    """Phrases as they are said."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Each a word and its phones; a word may have several."""
        self._said: dict[str, list[tuple[int, ...]]] = {}
        for line in lines:
            word, *phones = line.split()
            self._said.setdefault(word, []).append(tuple(map(PHONES.index, phones)))

    @classmethod
    def stored(cls) -> Pronounced:
        lines = SAID.read_text("ascii").splitlines()
        return cls(line for line in lines if line and not line.startswith(";"))

    def ways(self, onward: str, *phrases: str, usual: float = 0.0) -> Iterator[Way]:
        for phrase in phrases:
            for parts in product(*(self._said[word] for word in words_of(phrase))):
                yield Way(phrase, tuple(chain.from_iterable(parts)), onward, usual)


def words_of(phrase: str) -> list[str]:
    """As the dictionary has them: letters end in a full stop."""
    words = _WORD.findall(phrase.casefold())
    return [f"{word}." if len(word) == 1 else word for word in words]
