"""From hits to something to say: the account's own words, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sentencex import segment

from rag.model import Answer, Hit
from rag.retrieve import content_words

SPOKEN_SENTENCES = 2
"""More than two sentences at a time is a lecture."""


def answer(question: str, hits: Sequence[Hit], threshold: float) -> Answer:
    """The best passage, shortened to what can be spoken; no text when it scores below threshold."""
    if not hits:
        return Answer(None, 0.0, ())
    best = hits[0]
    score = min(1.0, max(0.0, best.score))
    if best.score < threshold:
        return Answer(None, score, ())
    return Answer(_spoken(question, best), score, (best.passage.id,))


def _spoken(question: str, hit: Hit) -> str:
    if hit.passage.title:
        # An answer somebody wrote for this question is said as it was written.
        return hit.passage.text
    sentences = [sentence.strip() for sentence in segment("en", hit.passage.text)]
    if len(sentences) <= SPOKEN_SENTENCES:
        return hit.passage.text
    asked = content_words(question)
    overlap = [len(asked & content_words(sentence)) for sentence in sentences]
    begin = max(
        range(len(sentences) - SPOKEN_SENTENCES + 1),
        key=lambda i: (sum(overlap[i : i + SPOKEN_SENTENCES]), -i),
    )
    return " ".join(sentences[begin : begin + SPOKEN_SENTENCES])
