"""Which of the nearest passages fits the question? A small lexical bonus on top of the cosine.

Embeddings see meaning and miss names; shared rare words see names and miss meaning. Words are
weighed by how few of the candidates hold them, so no statistics of the whole index are needed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from rag.model import Hit

LEXICAL_WEIGHT = 0.12
"""Share of a full word match in the score; the cosine alone decides between unlike passages."""

_STOP_WORDS = frozenset(
    [
        "a",
        "about",
        "an",
        "and",
        "any",
        "are",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "get",
        "give",
        "had",
        "has",
        "have",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "know",
        "like",
        "make",
        "may",
        "me",
        "might",
        "much",
        "my",
        "need",
        "of",
        "on",
        "or",
        "our",
        "please",
        "should",
        "so",
        "some",
        "tell",
        "that",
        "the",
        "their",
        "them",
        "there",
        "these",
        "they",
        "this",
        "to",
        "up",
        "us",
        "want",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)


def content_words(text: str) -> set[str]:
    """Words that carry meaning, without their plural."""
    words = re.findall(r"[a-z0-9]+", text.casefold())
    return {word.rstrip("s") or word for word in words if word not in _STOP_WORDS}


def rerank(question: str, hits: Sequence[Hit]) -> list[Hit]:
    """Hits with their final score, best first."""
    asked = content_words(question)
    held = [content_words(hit.passage.content) for hit in hits]

    def weight(word: str) -> float:
        return math.log(1 + (len(hits) + 1) / (1 + sum(word in words for words in held)))

    whole = sum(weight(word) for word in asked)
    scored = [
        replace(
            hit,
            score=hit.cosine
            + (LEXICAL_WEIGHT * sum(weight(w) for w in asked & words) / whole if whole else 0.0),
        )
        for hit, words in zip(hits, held, strict=True)
    ]
    return sorted(scored, key=lambda hit: -hit.score)
