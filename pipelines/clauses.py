"""Where a text may be cut so that its first words can be spoken before the rest is made."""

from __future__ import annotations

import re

import sentencex

CLAUSE_WORDS = 2
"""Fewest words before a comma that make a stretch of their own."""
REST_WORDS = 3
"""Fewest words after it: a shorter rest sounds better in one breath."""

LONG_WORDS = 24
"""More words than this without a comma are cut before a conjunction: until the first sound of a
stretch all of it is encoded, 10 ms a word, and another call's first words may be waiting."""
PART_WORDS = 8
"""Fewest words on either side of such a cut."""

_CONJUNCTION = re.compile(
    r"\s(?=(?:and|but|or|because|so|which|who|when|while|if|unless|until|after|before)\s)", re.I
)
_CLAUSE_END = re.compile(r"[,;:–—](?=\s)")


def sentences(text: str, language: str = "en") -> list[str]:
    """The sentences, spaces between them stripped."""
    return [part for item in sentencex.segment(language[:2], text) if (part := item.strip())]


def clauses(sentence: str) -> list[str]:
    """A sentence cut at its commas, where both sides are long enough to be spoken alone."""
    found: list[str] = []
    rest = sentence
    for match in _CLAUSE_END.finditer(sentence):
        offset = len(sentence) - len(rest)
        head, tail = rest[: match.end() - offset], rest[match.end() - offset :].strip()
        if len(head.split()) >= CLAUSE_WORDS and len(tail.split()) >= REST_WORDS:
            found.append(head.strip())
            rest = tail
    return [part for clause in (*found, rest) for part in _breaths(clause)]


def _breaths(clause: str) -> list[str]:
    """A clause, or its parts where nobody could say it in one breath."""
    if len(clause.split()) <= LONG_WORDS:
        return [clause] if clause else []
    middle = len(clause) / 2
    cuts = [
        match.start()
        for match in _CONJUNCTION.finditer(clause)
        if min(len(clause[: match.start()].split()), len(clause[match.end() :].split()))
        >= PART_WORDS
    ]
    if not cuts:
        return [clause]
    cut = min(cuts, key=lambda at: abs(at - middle))
    return [*_breaths(clause[:cut].strip()), *_breaths(clause[cut:].strip())]


def stretches(text: str, *, fixed: bool, language: str = "en") -> list[str]:
    """What is synthesised at a time: sentences, and of a text made for one caller its clauses.

    A fixed text is rendered ahead of time, so only its sound matters; of the other the first words
    must come soon, and its unchanging clauses can be kept.
    """
    parts = sentences(text, language)
    if fixed:
        return parts
    return [clause for sentence in parts for clause in clauses(sentence)]
