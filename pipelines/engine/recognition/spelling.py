"""Which letters follow which: what tells "Lampson" from "Lampfon" where a telephone can't.

A line of 8 kHz carries nothing that tells F from S, and little that tells B from P or D from T; and
decoders drop the second of two equal letters on any line. Who hears a name spelled over one knows
names. So each spelling that may have been heard is judged by how likely the decoder held its
letters and, with a lesser weight, by how usual it is: by a Witten-Bell smoothed model of four
letters (Chen and Goodman 1999) and a list of names and places with their frequencies. The weighted
sum is shallow fusion (Gulcehre et al. 2015). What was clearly heard stays, whatever is usual: codes
and rare names are spelled too.

The tables are made by `python -m bench.spelling` and belong to a language.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from pipelines.engine.recognition.coded import Sounded
from pipelines.engine.recognition.letters import Heard as Sounds

FOLDER = Path(__file__).with_name("spellings")
SYMBOLS = 27
"""a to z from 1; 0 is outside the word, before its first letter and after its last."""
STEP = 1 / 16
"""Natural log probability of one unit of a stored table, downwards from 0."""
FREQUENCY_STEP = 0.3
"""Score of one unit of a listed word's frequency."""
FREQUENCY_BITS = 4
UNIFORM = math.log(SYMBOLS - 1)
WEIGHT = 0.5
"""Of the usual against the heard."""
LEAST_USUAL = -1.5
"""Nothing is more unusual: what is spelled may be no name at all, but a code or initials."""
UNHEARD = -12.0
"""Log probability of a letter that the decoder does not even list."""
FAINT = -7.0
"""Letters less likely than this are not tried."""
FAINT_EXTRA = -5.0
"""Nor, as ones that were left out, letters less likely than this."""
EDITED = -1.0
"""A letter left out, or written twice: these are rarer than a letter taken for another."""
BEYOND = -4.0
"""A letter after the last that was heard."""
DOUBT = 8.0
"""What one hearing can say against a spelling at most: it may have lost its place altogether."""
SOUNDS = 0.12
"""Weight of the sounds against the decoder's hearings,"""
DOUBT_OF_SOUNDS = 10.0
"""and what they can say against a spelling at most."""
SOUNDS_ALONE = 0.5
"""Their weight where there are no other hearings."""
PART = 4
"""Letters of the shorter one of two words."""
WIDTH = 40
KEPT = 16
"""Spellings kept while reading on, and of each hearing in the end."""

Hearing = Sequence[Mapping[str, float]]
"""For each letter written, the log probability of every letter (A to Z) it may have been."""


class Spelling:
    """How usual a spelling is in one language."""

    def __init__(self, table: npt.NDArray[np.uint8], listed: npt.NDArray[np.uint32]) -> None:
        """`table`: minus the log probability of a letter after three others, in `STEP`s; `listed`:
        sorted keys (`key`) of words."""
        self._table = table
        self._listed = listed

    @classmethod
    def of_language(cls, language: str) -> Spelling | None:
        """The bundled one (ISO 639-1); None when there is none."""
        path = FOLDER / f"{language}.npz"
        if not path.is_file():
            return None
        with np.load(path) as stored:
            return cls(stored["table"], stored["listed"])

    def step(self, before: str, letter: str) -> float:
        """Score of `letter` after those `before` it, "" for the end; 0 is no more usual than
        chance."""
        places = [0, 0, 0, *(_place(one) for one in before[-3:])][-3:]
        cost = self._table[places[0], places[1], places[2], _place(letter) if letter else 0]
        return WEIGHT * (UNIFORM - STEP * float(cost))

    def words(self, letters: str) -> float:
        """Score for being a listed word, or two: "fifth avenue" is spelled as one."""
        two = (
            (self.word(letters[:at]), self.word(letters[at:]))
            for at in range(PART, len(letters) - PART + 1)
        )
        return max([self.word(letters), *(one + other for one, other in two if one and other)])

    def word(self, letters: str) -> float:
        """Score of a word for being listed, 0 when it is not."""
        wanted = key(letters, 0)
        at = int(np.searchsorted(self._listed, np.uint32(wanted)))
        if at < len(self._listed) and int(self._listed[at]) >> FREQUENCY_BITS == (
            wanted >> FREQUENCY_BITS
        ):
            return FREQUENCY_STEP * (int(self._listed[at]) & ((1 << FREQUENCY_BITS) - 1))
        return 0.0

    def usual(self, letters: str) -> float:
        """How much speaks for a spelling before it is heard."""
        steps = sum(self.step(letters[:at], letters[at]) for at in range(len(letters)))
        return max(LEAST_USUAL, steps + self.step(letters, "") + self.words(letters))

    def readings(
        self,
        hearings: Sequence[Hearing],
        sounds: Sequence[Sounds] = (),
        phones: Sequence[Sounded] = (),
    ) -> list[tuple[str, float]]:
        """What may have been spelled, best first, with scores (natural log), from one or more
        hearings of the same speech, and from its sounds, and its `phones`, in one or more
        encodings."""
        hearings = [one for one in hearings if one]
        found: dict[str, None] = {}
        for hearing in hearings:
            found |= dict.fromkeys(self._candidates(hearing))
        for sound in sounds:
            found |= dict.fromkeys(sound.candidates(self.step))
        for one in phones:
            found |= dict.fromkeys(one.candidates())
        if not found:
            return []
        spellings = list(found)
        scores = np.array([self.usual(letters) for letters in spellings])
        for hearing in hearings:
            heard = np.array([likelihood(letters, hearing) for letters in spellings])
            scores += np.maximum(heard, heard.max() - DOUBT) / len(hearings)
        for sound in sounds:
            heard = sound.likelihoods(spellings)
            if hearings:
                scores += SOUNDS * np.maximum(heard, heard.max() - DOUBT_OF_SOUNDS) / len(sounds)
            else:
                scores += SOUNDS_ALONE * heard / len(sounds)
        for one in phones:
            heard = one.likelihoods(spellings)
            scores += SOUNDS * np.maximum(heard, heard.max() - DOUBT_OF_SOUNDS) / len(phones)
        best = np.argsort(-scores, kind="stable")
        return [(spellings[at], float(scores[at])) for at in best]

    def _candidates(self, hearing: Hearing) -> list[str]:
        """The likeliest spellings of one hearing, its own among them."""
        step = cache(self.step)
        written = _written(hearing)
        open_at: list[dict[str, float]] = [{} for _ in range(len(hearing) + 2)]
        open_at[0][""] = 0.0

        def reach(at: int, letters: str, score: float) -> None:
            if score > open_at[at].get(letters, -math.inf):
                open_at[at][letters] = score

        for at, likely in enumerate(hearing):
            current = _best(open_at[at], WIDTH)
            longer = {
                letters + letter: score + log + EDITED + step(letters[-3:], letter)
                for letters, score in current
                for letter, log in likely.items()
                if log > FAINT_EXTRA and letter != written[at]
            }
            for letters, score in [*current, *_best(longer, WIDTH)]:
                for letter, log in likely.items():
                    if log > FAINT:
                        reach(at + 1, letters + letter, score + log + step(letters[-3:], letter))
            following = written[at + 1 : at + 2]
            if following and (log := likely.get(following, UNHEARD)) > FAINT:
                for letters, score in current:
                    gain = log + EDITED + step(letters[-3:], following)
                    reach(at + 2, letters + following, score + gain)
        whole = {
            letters: score + step(letters[-3:], "")
            for letters, score in open_at[len(hearing)].items()
        }
        return [written, *(letters for letters, _ in _best(whole, KEPT))]


def likelihood(letters: str, hearing: Hearing) -> float:
    """Log probability of `letters` for one hearing, over the best of the ways to lay one along the
    other: letters may have been left out, or written once too often."""
    written = _written(hearing)
    ends = len(hearing)
    reached = [[-math.inf] * (ends + 2) for _ in range(len(letters) + 1)]
    reached[0][0] = 0.0
    for count in range(len(letters) + 1):
        row = reached[count]
        for at in range(ends + 1):
            score = row[at]
            if score == -math.inf:
                continue
            if at < ends:
                row[at + 1] = max(row[at + 1], score + UNHEARD)
            if count == len(letters):
                continue
            after, letter = reached[count + 1], letters[count]
            if at == ends:
                after[at] = max(after[at], score + BEYOND)
                continue
            log = max(UNHEARD, hearing[at].get(letter, UNHEARD))
            after[at + 1] = max(after[at + 1], score + log)
            if letter != written[at]:
                after[at] = max(after[at], score + log + EDITED)
            if written[at + 1 : at + 2] == letter:
                after[at + 2] = max(after[at + 2], score + log + EDITED)
    return reached[len(letters)][ends]


def sureness(readings: Sequence[tuple[str, float]]) -> list[float]:
    """How likely (0..1) each letter of the best of scored readings is right: what the readings
    share that have it there."""
    best, most = readings[0]
    shares = [math.exp(score - most) for _, score in readings]
    sure = [0.0] * len(best)
    for (letters, _), share in zip(readings, shares, strict=True):
        for block in Levenshtein.editops(best, letters).as_matching_blocks():
            for at in range(block.a, block.a + block.size):
                sure[at] += share / sum(shares)
    return [min(1.0, one) for one in sure]


def key(letters: str, frequency: int) -> int:
    """A listed word as a number: 28 bits of its checksum, four of how frequent it is."""
    checksum = zlib.crc32(letters.upper().encode())
    return checksum >> FREQUENCY_BITS << FREQUENCY_BITS | frequency


def _written(hearing: Hearing) -> str:
    return "".join(max(likely, key=likely.__getitem__) for likely in hearing)


def _best(scores: Mapping[str, float], count: int) -> list[tuple[str, float]]:
    return sorted(scores.items(), key=lambda one: -one[1])[:count]


def _place(letter: str) -> int:
    return ord(letter.upper()) - ord("A") + 1
