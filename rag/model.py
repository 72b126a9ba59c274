"""Passages, hits and answers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""One row a text."""


@dataclass(frozen=True)
class Passage:
    """A piece of knowledge small enough to be spoken or quoted."""

    id: UUID
    source_id: UUID
    source_name: str
    title: str
    """The question or heading it stands under; empty when there is none."""
    text: str
    position: int
    """Place within the source, from 0."""

    @property
    def content(self) -> str:
        """What is embedded and matched: title and text together find more than text alone."""
        return f"{self.title}\n{self.text}" if self.title else self.text


@dataclass(frozen=True)
class Hit:
    """A passage and its likeness to the question: the cosine, and the score after reranking."""

    passage: Passage
    cosine: float
    score: float


@dataclass(frozen=True)
class Answer:
    """`text` is None when the knowledge holds no answer."""

    text: str | None
    score: float
    passage_ids: tuple[UUID, ...]


def passage_id(source_id: UUID, title: str, text: str) -> UUID:
    """The same content in the same source has the same id, so ingesting twice changes nothing."""
    return uuid5(source_id, f"{title}\0{text}")


@dataclass(frozen=True)
class Shelf:
    """Where passages are kept and how they are looked up (`knowledge` in the settings)."""

    home: str
    """The data home; the embedded index is in it."""
    qdrant_url: str
    """A server; empty is the embedded index."""
    qdrant_api_key: str
    collection: str
    answer_threshold: float
    passages: int
    chunk_words: int
