"""What was likeliest said of all that a question invites, by its sound: a search through places and
the ways between them, each a phrase with its phones.

Every way lies there as the states of connectionist temporal classification (Graves et al. 2006):
its phones, and none after each. One pass over what was heard keeps for each state how likely the
best way there is (Viterbi 1967), and where in the past its phrase began; so the likeliest of
millions of readings is found, not of those that a beam has room for.

A score and its past are one whole number, the score in the upper bits: whatever is greater brings
its past with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.engine.recognition.layers import Floats

NONE = 0
"""The sound between phones."""
STEP = 2.0**-12
"""Log probabilities are counted in these,"""
_PAST = 1 << 20
"""and stand above so many pasts."""
_NEVER = -(1 << 60)
_BEGINNING = 0
"""The past of the first phrase."""

Scores = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Way:
    """A phrase from one place to another; without phones it may be left out."""

    said: str
    phones: Sequence[int]
    onward: str
    usual: float = 0.0
    """How usual it is: natural log, 0 or less."""


class Ways:
    """All that may be said from `START` to one of the places `ends`."""

    START = "start"

    def __init__(self, ways: Mapping[str, Iterable[Way]], ends: Iterable[str]) -> None:
        """No two ways without phones may follow each other."""
        found = [(place, way) for place, some in ways.items() for way in some]
        self._places = sorted({self.START, *ways, *(way.onward for _, way in found)})
        number = {place: at for at, place in enumerate(self._places)}
        self._left_out = [
            (number[place], number[way.onward], _score(way.usual))
            for place, way in found
            if not way.phones
        ]
        self._ends = {number[place]: 0 for place in ends}
        self._ends |= {
            before: usual for before, after, usual in self._left_out if after in self._ends
        }
        # Those that lead to one place stand together.
        said = sorted((one for one in found if one[1].phones), key=lambda one: one[1].onward)
        self._said = [way.said for _, way in said]
        self._usual = np.array([_score(way.usual) for _, way in said])
        self._from = np.array([number[place] for place, _ in said])
        onward = [number[way.onward] for _, way in said]
        self._to = {
            place: slice(onward.index(place), onward.index(place) + onward.count(place))
            for place in sorted(set(onward))
        }
        self._phones = np.array([phone for _, way in said for phone in way.phones])
        self._lasts = np.cumsum([len(way.phones) for _, way in said]) - 1
        self._firsts = np.array([0, *self._lasts[:-1] + 1])
        # Equal phones in a row have none between.
        self._again = np.flatnonzero(self._phones[1:] == self._phones[:-1]) + 1

    def likeliest(self, heard: Floats, most: int) -> list[tuple[tuple[str, ...], float]]:
        """So many readings at `most`, each its phrases and its log probability with how usual they
        are, where `heard` are log probabilities of the phones (frames x phones): the best one for
        each of the likeliest last phrases."""
        phones = np.full(len(self._phones), _NEVER)
        nones = phones.copy()
        """After each phone."""
        # Where a phrase ended on none, and where on a phone, which is not begun with at once again.
        after_none = np.full(len(self._places), _NEVER)
        after_phone = after_none.copy()
        ended_on = np.zeros(len(self._places), dtype=np.int64)
        history: list[tuple[int, int]] = [(-1, _BEGINNING)]
        start, silence = self._places.index(self.START), _BEGINNING
        begins = self._phones[self._firsts]

        def arrive(scores: Scores, place: int) -> tuple[int, int]:
            """Where the best phrase to a place ends, and its score, with itself as the past."""
            lasts = self._lasts[self._to[place]]
            at = int(scores[lasts].argmax())
            score, past = divmod(int(scores[lasts[at]]), _PAST)
            history.append((self._to[place].start + at, past))
            return int(lasts[at]), score * _PAST + len(history) - 1

        rows = np.round(heard / STEP).astype(np.int64) * _PAST
        for row in rows:
            after_none[start] = silence
            silence += int(row[NONE])
            for before, after, usual in self._left_out:
                after_none[after] = max(after_none[after], after_none[before] + usual)
                if after_phone[before] + usual > after_phone[after]:
                    after_phone[after] = after_phone[before] + usual
                    ended_on[after] = ended_on[before]
            entered = after_phone[self._from]
            entered[ended_on[self._from] == begins] = _NEVER
            entered = np.maximum(entered, after_none[self._from]) + self._usual
            # From the phone before, with none between or without,
            before_phone = np.append(_NEVER, phones[:-1])
            before_phone[self._again] = _NEVER
            before_none = np.append(_NEVER, nones[:-1])
            # which the first one's is where another phrase ends.
            before_phone[self._firsts] = before_none[self._firsts] = entered
            nones = np.maximum(nones, phones) + row[NONE]
            phones = np.maximum(np.maximum(before_phone, before_none), phones)
            phones += row[self._phones]
            for place in self._to:
                _, after_none[place] = arrive(nones, place)
                last, after_phone[place] = arrive(phones, place)
                ended_on[place] = self._phones[last]
        arrived = np.maximum(phones[self._lasts], nones[self._lasts])
        found: list[tuple[tuple[str, ...], float]] = []
        for place, usual in self._ends.items():
            those = self._to[place]
            for way in those.start + np.argsort(-arrived[those])[:most]:
                score, past = divmod(int(arrived[way]) + usual, _PAST)
                found.append(((*self._phrases(history, past), self._said[way]), score * STEP))
        return sorted(found, key=lambda one: -one[1])[:most]

    def nearest(self, heard: Floats) -> tuple[tuple[str, ...], float] | None:
        """The phrases of the likeliest reading, and how much less likely it is, with how usual it
        is, than the likeliest phones (natural log); None where nothing was heard."""
        found = self.likeliest(heard, 1)
        if not found:
            return None
        said, likely = found[0]
        return said, float(heard.max(axis=1).sum()) - likely

    def _phrases(self, history: Sequence[tuple[int, int]], past: int) -> tuple[str, ...]:
        found: list[str] = []
        while past != _BEGINNING:
            way, past = history[past]
            found.insert(0, self._said[way])
        return tuple(found)


def _score(log: float) -> int:
    return round(log / STEP) * _PAST
