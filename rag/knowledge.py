"""The door to an account's knowledge: ingest and ask. Synchronous: it lives in its own process.

Threads may share it: questions are answered while passages are embedded.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from uuid import UUID

from rag.answer import answer
from rag.embed import Embedder, embed_elsewhere, question_embedder
from rag.index import VectorIndex
from rag.model import Answer, Passage, Shelf, Vectors
from rag.retrieve import rerank
from rag.sources import manual_qna, plain_text

PASSAGES_AT_ONCE = 8
"""Embedded beside calls; the memory of the longest of them is given back sooner."""
REMEMBERED_QUESTIONS = 2000
REMEMBERED_EXAMPLES = 5000

Progress = Callable[[int, int], None]


class Knowledge:
    """Embedder and index together."""

    def __init__(self, shelf: Shelf, model: str, embedder: Embedder, index: VectorIndex) -> None:
        """`model` embeds passages; `embedder`, which must agree with it, questions."""
        self._shelf = shelf
        self._model = model
        self._embedder = embedder
        self._index = index
        self._one_at_a_time = threading.Lock()
        self._examples: dict[str, Vectors] = {}
        self._embed_question = lru_cache(REMEMBERED_QUESTIONS)(self._embed_one)

    @classmethod
    def open(cls, shelf: Shelf, *, model: str) -> Knowledge:
        """Load the embedder and open the index."""
        home = Path(shelf.home)
        embedder = question_embedder(model, home)
        index: VectorIndex
        if shelf.qdrant_url:
            # Only where it is used: the client is large.
            from rag.index_server import ServerIndex

            index = ServerIndex(
                shelf.qdrant_url, shelf.qdrant_api_key, shelf.collection, embedder.dimensions
            )
        else:
            from rag.index_edge import EdgeIndex

            index = EdgeIndex(home / "qdrant", embedder.dimensions)
        return cls(shelf, model, embedder, index)

    def warm(self) -> None:
        """Make the first caller's question as quick as the second's."""
        self._embed_one("warm up")

    def ingest(
        self,
        account_id: UUID,
        *,
        source_id: UUID,
        source_name: str,
        contents: str | Sequence[Any],
        beside_calls: bool = False,
        progress: Progress = lambda done, total: None,
    ) -> int:
        """Make the source hold exactly this text, or these pairs; returns how many passages it has.

        A program with sentence-transformers embeds them, or, `beside_calls`, what embeds questions:
        callers are left the half gigabyte and the seconds that loading torch takes.

        Raises:
            SourceInvalid: a pair lacks something.
        """
        if isinstance(contents, str):
            words = self._shelf.chunk_words
            wanted = plain_text.passages(source_id, source_name, contents, words)
        else:
            wanted = manual_qna.passages(source_id, source_name, contents)
        embed = self._embed_here if beside_calls else partial(embed_elsewhere, self._model)
        self._replace(account_id, source_id, wanted, embed, progress)
        return len(wanted)

    def _replace(
        self,
        account_id: UUID,
        source_id: UUID,
        wanted: list[Passage],
        embed: Callable[[list[str]], Iterator[Vectors]],
        progress: Progress,
    ) -> None:
        with self._one_at_a_time:
            present = self._index.passage_ids(account_id, source_id)
        missing = [passage for passage in wanted if passage.id not in present]
        done = 0
        if missing:
            for vectors in embed([item.content for item in missing]):
                with self._one_at_a_time:
                    self._index.upsert(account_id, missing[done : done + len(vectors)], vectors)
                done += len(vectors)
                progress(done, len(missing))
        with self._one_at_a_time:
            self._index.delete(account_id, sorted(present - {passage.id for passage in wanted}))

    def _embed_here(self, texts: list[str]) -> Iterator[Vectors]:
        for begin in range(0, len(texts), PASSAGES_AT_ONCE):
            yield self._embedder.embed(texts[begin : begin + PASSAGES_AT_ONCE])

    def ask(
        self,
        account_id: UUID,
        question: str,
        *,
        sources: Sequence[str] = (),
        threshold: float | None = None,
    ) -> Answer:
        """Answer from this account's passages."""
        with self._one_at_a_time:
            vector = self._embed_question(question.strip())
            hits = self._index.search(account_id, vector, sources, self._shelf.passages)
        least = self._shelf.answer_threshold if threshold is None else threshold
        return answer(question, rerank(question, hits), least)

    def likeness(self, text: str, options: Mapping[str, Sequence[str]]) -> dict[str, float]:
        """How alike in meaning (0..1) a text is to each option: to its closest example.

        What options say is embedded once; an empty text does that beforehand and is like nothing.
        """
        with self._one_at_a_time:
            self._remember([example for examples in options.values() for example in examples])
            if not text.strip():
                return dict.fromkeys(options, 0.0)
            said = self._embed_question(text.strip())
            return {
                name: max((float(said @ self._examples[item]) for item in examples), default=0.0)
                for name, examples in options.items()
            }

    def _remember(self, examples: Sequence[str]) -> None:
        missing = [item for item in dict.fromkeys(examples) if item not in self._examples]
        if len(self._examples) + len(missing) > REMEMBERED_EXAMPLES:
            self._examples.clear()
            missing = list(dict.fromkeys(examples))
        if missing:
            self._examples.update(zip(missing, self._embedder.embed(missing), strict=True))

    def _embed_one(self, text: str) -> Vectors:
        row: Vectors = self._embedder.embed([text])[0]
        return row

    def close(self) -> None:
        self._index.close()
