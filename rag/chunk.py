"""Text to passages: whole sentences, up to a number of words, overlapping by one sentence."""

from __future__ import annotations

from sentencex import segment


def chunk(text: str, max_words: int, *, language: str = "en") -> list[str]:
    """Passages of at most `max_words` words (one longer sentence is cut); paragraphs don't mix."""
    passages: list[str] = []
    for paragraph in text.split("\n\n"):
        sentences = [
            piece
            for sentence in segment(language, " ".join(paragraph.split()))
            for piece in _cut(sentence.strip(), max_words)
            if piece
        ]
        passages.extend(_pack(sentences, max_words))
    return passages


def _cut(sentence: str, max_words: int) -> list[str]:
    words = sentence.split()
    return [" ".join(words[i : i + max_words]) for i in range(0, len(words), max_words)]


def _pack(sentences: list[str], max_words: int) -> list[str]:
    passages: list[str] = []
    current: list[str] = []
    for sentence in sentences:
        if current and _words([*current, sentence]) > max_words:
            passages.append(" ".join(current))
            overlap = current[-1:]
            current = overlap if _words([*overlap, sentence]) <= max_words else []
        current.append(sentence)
    if current:
        passages.append(" ".join(current))
    return passages


def _words(sentences: list[str]) -> int:
    return sum(len(sentence.split()) for sentence in sentences)
