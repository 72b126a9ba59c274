"""The door to an account's knowledge: ingest and ask. Synchronous: it lives in its own process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from config import Settings
from rag.answer import answer
from rag.embed import Embedder, SentenceTransformerEmbedder, Vectors
from rag.index import VectorIndex
from rag.index_edge import EdgeIndex
from rag.index_server import ServerIndex
from rag.model import Answer, Passage
from rag.retrieve import rerank
from rag.sources import manual_qna

BATCH = 32
REMEMBERED_QUESTIONS = 2000

Progress = Callable[[int, int], None]


class Knowledge:
    """Embedder and index together."""

    def __init__(self, settings: Settings, embedder: Embedder, index: VectorIndex) -> None:
        self._settings = settings.knowledge
        self._embedder = embedder
        self._index = index
        self._embed_question = lru_cache(REMEMBERED_QUESTIONS)(self._embed_one)

    @classmethod
    def open(cls, settings: Settings, *, model: str) -> Knowledge:
        """Load the embedder and open the index the settings name."""
        embedder = SentenceTransformerEmbedder(model)
        knowledge = settings.knowledge
        index: VectorIndex
        if knowledge.qdrant_url:
            index = ServerIndex(
                knowledge.qdrant_url,
                knowledge.qdrant_api_key,
                knowledge.collection,
                embedder.dimensions,
            )
        else:
            index = EdgeIndex(settings.home / "qdrant", embedder.dimensions)
        return cls(settings, embedder, index)

    def warm(self) -> None:
        """Make the first caller's question as quick as the second's."""
        self._embed_one("warm up")

    def ingest_qna(
        self,
        account_id: UUID,
        *,
        source_id: UUID,
        source_name: str,
        items: Sequence[Any],
        progress: Progress = lambda done, total: None,
    ) -> int:
        """Make the source hold exactly these pairs; returns how many passages it has."""
        wanted = manual_qna.passages(source_id, source_name, items)
        self._replace(account_id, source_id, wanted, progress)
        return len(wanted)

    def _replace(
        self, account_id: UUID, source_id: UUID, wanted: list[Passage], progress: Progress
    ) -> None:
        present = self._index.passage_ids(account_id, source_id)
        missing = [passage for passage in wanted if passage.id not in present]
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            vectors = self._embedder.embed([passage.content for passage in batch])
            self._index.upsert(account_id, batch, vectors)
            progress(start + len(batch), len(missing))
        self._index.delete(account_id, sorted(present - {passage.id for passage in wanted}))

    def ask(
        self,
        account_id: UUID,
        question: str,
        *,
        sources: Sequence[str] = (),
        threshold: float | None = None,
    ) -> Answer:
        """Answer from this account's passages."""
        vector = self._embed_question(question.strip())
        hits = self._index.search(account_id, vector, sources, self._settings.passages)
        least = self._settings.answer_threshold if threshold is None else threshold
        return answer(question, rerank(question, hits), least)

    def _embed_one(self, text: str) -> Vectors:
        row: Vectors = self._embedder.embed([text])[0]
        return row

    def close(self) -> None:
        self._index.close()
