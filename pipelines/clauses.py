"""Where a text may be cut so that its first words can be spoken before the rest is made."""

from __future__ import annotations

import re

import sentencex

CLAUSE_WORDS = 2
"""Fewest words before a comma that make a stretch of their own."""
REST_WORDS = 3
"""Fewest words after it: a shorter rest sounds better in one breath."""

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
    return [*found, rest] if rest else found


def stretches(text: str, *, fixed: bool, language: str = "en") -> list[str]:
    """What is synthesised at a time: sentences, and of a text made for one caller its clauses.

    A fixed text is rendered ahead of time, so only its sound matters; of the other the first words
    must come soon, and its unchanging clauses can be kept.
    """
    parts = sentences(text, language)
    if fixed:
        return parts
    return [clause for sentence in parts for clause in clauses(sentence)]
