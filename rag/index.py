"""The vector index: one small adapter for the embedded engine and the server alike.

Every method takes the account. There is no way to search, count or delete across accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from rag.model import Hit, Passage, Vectors


class VectorIndex(Protocol):
    def upsert(self, account_id: UUID, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Add or replace passages by id."""
        ...

    def search(
        self, account_id: UUID, vector: Vectors, sources: Sequence[str], limit: int
    ) -> list[Hit]:
        """The nearest passages, best first; `sources` are names, none means all."""
        ...

    def passage_ids(self, account_id: UUID, source_id: UUID) -> set[UUID]:
        """Ids of a source's passages."""
        ...

    def delete(self, account_id: UUID, passage_ids: Sequence[UUID]) -> None:
        """Remove passages; those of other accounts stay, whatever their ids."""
        ...

    def close(self) -> None: ...


def payload_of(account_id: UUID, passage: Passage) -> dict[str, Any]:
    """A passage as stored beside its vector."""
    return {
        "account_id": str(account_id),
        "source_id": str(passage.source_id),
        "source_name": passage.source_name,
        "title": passage.title,
        "text": passage.text,
        "position": passage.position,
    }


def point_id(account_id: UUID, passage_id: UUID) -> str:
    """An id no other account can produce, so that nobody overwrites a foreign passage."""
    return str(UUID(int=account_id.int ^ passage_id.int))


def hit_of(point: str, payload: dict[str, Any], score: float) -> Hit:
    """A stored point back to a hit."""
    account_id = UUID(payload["account_id"])
    passage = Passage(
        id=UUID(int=UUID(point).int ^ account_id.int),
        source_id=UUID(payload["source_id"]),
        source_name=payload["source_name"],
        title=payload["title"],
        text=payload["text"],
        position=payload["position"],
    )
    return Hit(passage, score, score)
