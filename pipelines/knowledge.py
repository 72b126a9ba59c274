"""The account's knowledge as a call sees it: a question in, an answer out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from pipelines.engine.client import Engine, Priority


@dataclass(frozen=True)
class KnowledgeAnswer:
    """`text` is None when the knowledge holds no answer; score 0..1."""

    text: str | None
    score: float
    passage_ids: tuple[str, ...]
    cpu_seconds: float


class Knowledge(Protocol):
    async def ask(
        self, account_id: UUID, question: str, sources: tuple[str, ...], threshold: float | None
    ) -> KnowledgeAnswer:
        """Answer from this account's sources only."""
        ...

    async def likeness(
        self, text: str, options: Mapping[str, Sequence[str]]
    ) -> tuple[dict[str, float], float]:
        """How alike in meaning (0..1) a text is to each option, and the CPU seconds it took.

        An empty text only gets the options ready, in the background.
        """
        ...


class LocalKnowledge:
    """Embedder and vector index in their engine process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def ask(
        self, account_id: UUID, question: str, sources: tuple[str, ...], threshold: float | None
    ) -> KnowledgeAnswer:
        arguments: dict[str, Any] = {
            "account_id": str(account_id),
            "question": question,
            "sources": sources,
            "threshold": threshold,
        }
        found, cpu_seconds = await self._engine.call("ask", arguments, Priority.FINAL)
        return KnowledgeAnswer(
            text=found["text"],
            score=found["score"],
            passage_ids=tuple(found["passage_ids"]),
            cpu_seconds=cpu_seconds,
        )

    async def likeness(
        self, text: str, options: Mapping[str, Sequence[str]]
    ) -> tuple[dict[str, float], float]:
        arguments = {"text": text, "options": {name: list(said) for name, said in options.items()}}
        priority = Priority.FINAL if text else Priority.BACKGROUND
        found, cpu_seconds = await self._engine.call("likeness", arguments, priority)
        return {
            name: min(1.0, max(0.0, score)) for name, score in found["scores"].items()
        }, cpu_seconds

    async def ingest(
        self,
        account_id: UUID,
        source_id: UUID,
        source_name: str,
        contents: str | list[Any],
        *,
        beside_calls: bool,
    ) -> int:
        """Index a text, or question and answer pairs; returns how many passages the source has.

        `beside_calls` leaves memory and processor to callers.

        Raises:
            EngineRefused: a pair lacks something.
        """
        done, _ = await self._engine.call(
            "ingest",
            {
                "account_id": str(account_id),
                "source_id": str(source_id),
                "source_name": source_name,
                "contents": contents,
                "beside_calls": beside_calls,
            },
            Priority.BACKGROUND,
        )
        return int(done["passages"])
