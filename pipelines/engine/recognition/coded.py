"""Letters and numbers by their phones: a second opinion beside the networks that hear symbols.

A letter is two phones, or three: what a network of phones mistakes is seldom what a network of
letters does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.engine.recognition.layers import Floats
from pipelines.engine.recognition.letters import DIGITS, LETTERS, NUMBERS, likelihoods, written
from pipelines.engine.recognition.networks import FRAME_SAMPLES
from pipelines.engine.recognition.phones import Phones
from pipelines.engine.recognition.pronounced import Pronounced
from pipelines.engine.recognition.sounding import Way, Ways

EACH = -2.0
"""How usual one more symbol is (natural log): "sixty" is no six and T."""
BEFORE = 6
"""So many states before a symbol is heard by the other networks, it has begun."""

SAID = {
    **{f"{letter.casefold()}.": letter for letter in LETTERS},
    **{word: str(digit) for digit, word in enumerate(DIGITS)},
    **{word: word for word in NUMBERS},
}
"""How each symbol is said."""


@dataclass(frozen=True)
class Sounded:
    """What is dictated, as phones."""

    likely: Floats
    """Log probabilities (frames x phones)."""
    code: str
    """The likeliest, as people write it."""
    letters: Mapping[str, Sequence[int]]
    """The phones of each letter."""

    def candidates(self) -> list[str]:
        """The likeliest spelling, where it is one."""
        return [self.code] if self.code and set(self.code) <= self.letters.keys() else []

    def likelihoods(self, spellings: Sequence[str]) -> npt.NDArray[np.float64]:
        """Log probability of each of `spellings`, over all the times its phones may have."""
        phones = ([self.letters[letter] for letter in one] for one in spellings)
        return likelihoods(
            self.likely, [[phone for one in each for phone in one] for each in phones]
        )


class Codes:
    """What letters and numbers are heard as phones."""

    def __init__(self, phones: Phones) -> None:
        self._phones = phones
        said = Pronounced.stored()
        ways = [
            Way(symbol, way.phones, "symbol", EACH)
            for word, symbol in SAID.items()
            for way in said.ways("symbol", word)
        ]
        self._letters = {letter: next(said.ways("", letter)).phones for letter in LETTERS}
        self._ways = Ways({Ways.START: ways, "symbol": ways}, ["symbol"])

    def hear(self, states: Floats, samples: int, begin: int) -> Sounded:
        """Letters and numbers in encoder `states` (frames x width) of audio `samples` long, the
        first of which other networks hear at the state `begin`; what comes before are other
        words."""
        first = max(0, begin - BEFORE)
        heard = self._phones.hear(states[first:], samples - first * FRAME_SAMPLES)
        found = self._ways.likeliest(heard, 1)
        return Sounded(heard, written(found[0][0]) if found else "", self._letters)
