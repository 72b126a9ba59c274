"""What may be said in what order, and the likeliest of it: a beam search through a grammar.

A grammar is a set of places, and phrases that lead from one to the next, each written as tokens. It
is walked as an automaton whose states are sets of the places where a reading may be; they are made
as they are reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

WIDTH = 16
"""Readings kept from token to token."""
MOST_TOKENS = 28
KEPT = 3
"""Whole readings that are returned."""
SOONEST = 4
LATE_GAIN = 1.0
"""After so many tokens the mean log probability of a reading grows by no more than this."""
HOPELESS = 8.0
"""How much less likely (natural log) than the best whole reading one that goes on may be."""

Tokens = tuple[int, ...]
Phrase = tuple[Tokens, str, float]
"""What is said, the place it leads to, and how usual it is (natural log, 0 or less)."""
Log = npt.NDArray[np.float32]
GoOn = Callable[[Sequence[Sequence[int]], Sequence[int]], Log]
"""Log probabilities (readings x rows) after new tokens of each, and which reading each goes on."""


@dataclass(eq=False)
class _Node:
    after: dict[int, _Node] = field(default_factory=dict)
    places: set[str] = field(default_factory=set)
    """Where a phrase that ends here leads to."""
    usual: float = 0.0
    """How usual that is."""


@dataclass(frozen=True)
class _State:
    """What may come next."""

    rows: npt.NDArray[np.int64]
    usual: Log
    tokens: list[int]
    nodes: list[frozenset[_Node]]
    may_end: bool


class Grammar:
    """Phrases between places, from `START`; a reading may end in the places `ends`."""

    START = "start"

    def __init__(self, phrases: Mapping[str, Iterable[Phrase]], ends: Iterable[str]) -> None:
        self._ends = frozenset(ends)
        self._roots = {place: _Node() for place in phrases}
        self.tokens: set[int] = set()
        for place, ways in phrases.items():
            for said, onward, usual in ways:
                node = self._roots[place]
                for token in said:
                    node = node.after.setdefault(token, _Node())
                node.usual = max(node.usual, usual) if node.places else usual
                node.places.add(onward)
                self.tokens |= set(said)
        self._states: dict[frozenset[_Node], _State] = {}

    def likeliest(
        self, go_on: GoOn, prompt: Sequence[int], end: int, row: Mapping[int, int], least: float
    ) -> list[tuple[Tokens, float]]:
        """Whole readings after a `prompt`, with the mean log probability of their tokens and of the
        `end` after them, and how usual they are; `row` says where each token's probability stands.
        Nothing is sought on when even the best falls below the `least`."""
        log = go_on([prompt], [])
        open_: list[tuple[Tokens, float, frozenset[_Node]]] = [
            ((), 0.0, frozenset({self._roots[self.START]}))
        ]
        whole: list[tuple[Tokens, float]] = []
        for length in range(1, MOST_TOKENS):
            longer: list[tuple[float, int, int, frozenset[_Node]]] = []
            for at, (said, score, nodes) in enumerate(open_):
                state = self._state(nodes, row)
                if state.may_end:
                    whole.append((said, score + float(log[at, row[end]])))
                scores = score + log[at, state.rows] + state.usual
                for best in np.argsort(-scores)[:WIDTH]:
                    longer.append((float(scores[best]), at, state.tokens[best], state.nodes[best]))
            whole = sorted(whole, key=_mean, reverse=True)[:KEPT]
            longer = sorted(longer, key=lambda one: -one[0])[:WIDTH]
            if not longer or (whole and longer[0][0] < whole[0][1] - HOPELESS):
                break
            if length >= SOONEST and longer[0][0] < (least - LATE_GAIN) * length:
                break
            log = go_on([[token] for _, _, token, _ in longer], [at for _, at, _, _ in longer])
            open_ = [((*open_[at][0], token), score, nodes) for score, at, token, nodes in longer]
        return [(said, _mean((said, score))) for said, score in whole]

    def _state(self, nodes: frozenset[_Node], row: Mapping[int, int]) -> _State:
        if nodes not in self._states:
            after: dict[int, set[_Node]] = {}
            places: set[str] = set()
            waiting, seen = list(nodes), set(nodes)
            while waiting:
                node = waiting.pop()
                for token, onward in node.after.items():
                    after.setdefault(token, set()).add(onward)
                places |= node.places
                reached = {self._roots[place] for place in node.places if place in self._roots}
                waiting += reached - seen
                seen |= reached
            self._states[nodes] = _State(
                np.array([row[token] for token in after], dtype=np.int64),
                np.array(
                    [max(one.usual for one in onward) for onward in after.values()],
                    dtype=np.float32,
                ),
                list(after),
                [frozenset(onward) for onward in after.values()],
                bool(places & self._ends),
            )
        return self._states[nodes]


def _mean(reading: tuple[Tokens, float]) -> float:
    return reading[1] / (len(reading[0]) + 1)
