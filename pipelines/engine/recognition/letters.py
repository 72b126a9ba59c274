"""Letters read off the encoder's states, without the decoder.

Whisper's decoder has learned what people write: it drops the second of two equal letters, and
finishes names that it knows. A small network over the same states (one each 20 ms) knows nothing
but letters: how likely each of them is heard at a state, or none. It is trained by connectionist
temporal classification (Graves et al. 2006), which also says how the likelihood of a spelling is
summed over all the times its letters may have. Its mistakes are others than the decoder's;
`spelling` believes both.

The weights belong to one model each and are made by `python -m bench.letters`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import dropwhile, groupby
from operator import itemgetter
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipelines.engine.recognition.layers import Floats
from pipelines.engine.recognition.networks import Networks

LETTERS = [chr(65 + at) for at in range(26)]
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = [
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
]  # fmt: skip
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
NUMBERS = [*TEENS, *TENS, "hundred", "thousand", "and"]
OTHER = "*"
SYMBOLS = ["", *LETTERS, *"0123456789", *NUMBERS, OTHER]
"""What the networks tell apart: none, letters, digits, the words of numbers, other words."""
NO_OR_LETTER = 1 + len(LETTERS)
"""The first of them are none, and A to Z."""
FAINTEST = 1e-6
"""Least probability of a letter at a state."""
NOTHING = -0.001
"""Log probability of no letter above which a state holds none."""
FAINT = -7.0
"""Letters less likely than this at a state are not tried there."""
WIDTH = 12
"""Spellings kept from state to state, and in the end."""
NEVER = -1e9

Step = Callable[[str, str], float]
"""Score of a letter after those before it."""


class Letters(Networks):
    """The networks for one model."""

    FOLDER = Path(__file__).with_name("letters_heard")

    def hear(self, states: Floats, samples: int) -> Heard:
        """Letters in encoder `states` (frames x width) of audio `samples` long."""
        likely = self.probabilities(states, samples)
        # What is no letter (the last output: other words) holds none, as silence does.
        none = likely[:, :1] + likely[:, -1:]
        rows = [
            (at, list(row)) for at, row in groupby(enumerate(likely.argmax(axis=1)), itemgetter(1))
        ]
        said = [SYMBOLS[at] for at, _ in rows if at]
        begins = [row[0][0] for at, row in rows if at]
        likely = np.maximum(np.hstack([none, likely[:, 1:NO_OR_LETTER]]), FAINTEST)
        return Heard(np.log(likely / likely.sum(axis=1, keepdims=True)), said, begins)


def written(said: Sequence[str]) -> str:
    """Letters and digits of `SYMBOLS` as people write them: S, F, ninety, 8, O is SF980."""
    parts: list[str] = []
    last = ""
    for symbol in said:
        number = symbol in NUMBERS or symbol.isdigit()
        if symbol in ("and", "thousand", OTHER):
            continue
        if symbol == "hundred":
            if last.isdigit() or last in TEENS:
                parts[-1] += "00"
        elif number:
            digits = _digits(symbol)
            if last == "hundred" or (last in TENS and len(digits) == 1 and digits != "0"):
                # The zeros that were written are said to be something else.
                parts[-1] = parts[-1][: -len(digits)] + digits
            else:
                parts.append(digits)
        else:
            parts.append("0" if symbol == "O" and parts and parts[-1].isdigit() else symbol)
        last = symbol
    return "".join(parts)


def _digits(symbol: str) -> str:
    if symbol in TEENS:
        return str(10 + TEENS.index(symbol))
    return str(20 + 10 * TENS.index(symbol)) if symbol in TENS else symbol


@dataclass(frozen=True)
class Heard:
    """How likely none (first) or each letter begins at each state: log probabilities (frames x
    `NO_OR_LETTER`)."""

    likely: npt.NDArray[np.float64]
    said: Sequence[str] = field(default_factory=list)
    """The likeliest of `SYMBOLS` at each state, repetitions and none left out."""

    begins: Sequence[int] = field(default_factory=list)
    """At which state each of `said` does."""

    def between(self, first: int, last: int) -> Heard:
        """From one to another of what is said, and what may be of other letters around them."""
        begin = self.begins[first - 1] + 1 if first else 0
        end = self.begins[last + 1] if last + 1 < len(self.begins) else len(self.likely)
        return Heard(
            self.likely[begin:end],
            self.said[first : last + 1],
            [at - begin for at in self.begins[first : last + 1]],
        )

    @property
    def leads_in(self) -> bool:
        """True when other words come first."""
        return self.said[:1] == [OTHER]

    @property
    def dictated(self) -> Sequence[str]:
        """What is said after the words that come first."""
        return list(dropwhile(OTHER.__eq__, self.said))

    @property
    def code(self) -> str:
        """What is dictated, as people write it, where nothing else comes between, else ""."""
        return "" if OTHER in self.dictated else written(self.dictated)

    @property
    def has_numbers(self) -> bool:
        """True when digits or numbers are among what is said."""
        return any(symbol not in LETTERS and symbol != OTHER for symbol in self.said)

    @property
    def letters(self) -> str:
        """What is dictated where that is nothing but letters, else ""."""
        return "".join(self.dictated) if set(self.dictated) <= set(LETTERS) else ""

    @property
    def has_tens(self) -> bool:
        """True when numbers are among what is said that are no single digits."""
        return any(symbol in NUMBERS for symbol in self.said)

    @property
    def digits(self) -> str:
        """What is dictated where that is nothing but digits and numbers, else "". Thousands are
        none: their zeros may be said to be something else far behind."""
        allowed = {"O", *"0123456789", *NUMBERS} - {"thousand"}
        only = set(self.dictated) <= allowed
        return written(self.dictated).replace("O", "0") if only else ""

    def candidates(self, step: Step) -> list[str]:
        """The likeliest spellings, where `step` says how usual each letter is (prefix beam search,
        Hannun et al. 2014)."""
        usual = cache(step)
        add = np.logaddexp
        # Of each spelling: the log probability of having ended on no letter, and on its last.
        open_: dict[str, tuple[float, float]] = {"": (0.0, NEVER)}
        for row in self.likely:
            none = float(row[0])
            if none > NOTHING:
                open_ = {
                    letters: (float(add(*ends)) + none, NEVER) for letters, ends in open_.items()
                }
                continue
            heard = [(chr(64 + at), float(row[at])) for at in np.flatnonzero(row > FAINT) if at]
            longer: dict[str, tuple[float, float]] = {}
            for letters, (paused, ended) in open_.items():
                either = float(add(paused, ended))
                goes_on = ended + float(row[ord(letters[-1]) - 64]) if letters else NEVER
                before = longer.get(letters, (NEVER, NEVER))
                longer[letters] = (
                    float(add(before[0], either + none)),
                    float(add(before[1], goes_on)),
                )
                for letter, log in heard:
                    # The same letter again needs none between.
                    start = paused if letters.endswith(letter) else either
                    score = start + log + usual(letters[-3:], letter)
                    before = longer.get(letters + letter, (NEVER, NEVER))
                    longer[letters + letter] = (before[0], float(add(before[1], score)))
            kept = sorted(longer.items(), key=lambda one: -float(add(*one[1])))
            open_ = dict(kept[:WIDTH])
        return [letters for letters in open_ if letters]

    def likelihoods(self, spellings: Sequence[str]) -> npt.NDArray[np.float64]:
        """Log probability of each of `spellings`, over all the times its letters may have."""
        return likelihoods(self.likely, [[ord(letter) - 64 for letter in one] for one in spellings])


def likelihoods(
    likely: npt.NDArray[np.floating], sequences: Sequence[Sequence[int]]
) -> npt.NDArray[np.float64]:
    """Log probability of each of some sequences of symbols, over all the times these may have;
    `likely` are log probabilities of none (first) and each symbol (frames x symbols)."""
    places = 2 * max(map(len, sequences)) + 1
    symbols = np.zeros((len(sequences), places), dtype=np.int64)
    for at, sequence in enumerate(sequences):
        symbols[at, 1 : 2 * len(sequence) : 2] = sequence
    # From a symbol to the next without none between, unless they are equal.
    skips = np.zeros((len(sequences), places), dtype=bool)
    skips[:, 3::2] = symbols[:, 3::2] != symbols[:, 1:-2:2]
    reached = np.full((len(sequences), places), NEVER)
    reached[:, :2] = likely[0][symbols[:, :2]]
    for row in likely[1:]:
        ways = np.full((3, *reached.shape), NEVER)
        ways[0] = reached
        ways[1, :, 1:] = reached[:, :-1]
        ways[2, :, 2:] = np.where(skips[:, 2:], reached[:, :-2], NEVER)
        reached = np.logaddexp(np.logaddexp(ways[0], ways[1]), ways[2]) + row[symbols]
    rows, ends = np.arange(len(sequences)), np.array([2 * len(one) for one in sequences])
    found: npt.NDArray[np.float64] = np.logaddexp(reached[rows, ends], reached[rows, ends - 1])
    return found
