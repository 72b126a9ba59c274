"""Qdrant embedded: the real engine inside this process, data in a folder, one opener at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import qdrant_edge as edge

from rag.errors import IndexUnavailable
from rag.index import hit_of, payload_of, point_id
from rag.mapped import give_back
from rag.model import Hit, Passage, Vectors

_MAX_PASSAGES = 1_000_000


class EdgeIndex:
    """Opens or makes the shard in `folder`.

    Its files are mapped and read as they are needed (`Memory.Cold`): otherwise all of the 32 MB a
    segment's first chunk sets aside would be in memory, for ten passages as for ten thousand. What
    it reads of them all the same while it opens, 5 MB an index of a field, is given back.

    Raises:
        IndexUnavailable: another process has it open, or it was made for another model.
    """

    def __init__(self, folder: Path, dimensions: int) -> None:
        config = edge.EdgeConfig(
            vectors=edge.EdgeVectorParams(
                size=dimensions, distance=edge.Distance.Cosine, memory=edge.Memory.Cold
            ),
            payload_memory=edge.Memory.Cold,
            id_tracker_memory=edge.Memory.Cold,
        )
        folder.mkdir(parents=True, exist_ok=True)
        exists = any(folder.iterdir())
        try:
            self._shard = (
                edge.EdgeShard.load(str(folder), config) if exists
                else edge.EdgeShard.create(str(folder), config)
            )  # fmt: skip
        except Exception as error:
            # The engine raises plain exceptions; their text is all there is.
            raise IndexUnavailable(
                f"The vector index in {folder} can't be opened: {error}. If another worker uses "
                "this folder, stop it or set VOICE_WORKER_HOME; if you changed the embedder, "
                "remove the folder and ingest again."
            ) from error
        if not exists:
            for field in ("account_id", "source_id", "source_name"):
                tenant = edge.KeywordIndexParams(
                    is_tenant=field == "account_id", memory=edge.Memory.Cold
                )
                self._shard.update(edge.UpdateOperation.create_field_index(field, tenant))
        give_back(folder)

    def upsert(self, account_id: UUID, passages: Sequence[Passage], vectors: Vectors) -> None:
        points = [
            edge.Point(
                point_id(account_id, passage.id), vector.tolist(), payload_of(account_id, passage)
            )
            for passage, vector in zip(passages, vectors, strict=True)
        ]
        if points:
            self._shard.update(edge.UpdateOperation.upsert_points(points))
            self._shard.flush()

    def search(
        self, account_id: UUID, vector: Vectors, sources: Sequence[str], limit: int
    ) -> list[Hit]:
        must: list[Any] = [_is("account_id", str(account_id))]
        if sources:
            must.append(edge.FieldCondition("source_name", match=edge.MatchAny(list(sources))))
        found = self._shard.query(
            edge.QueryRequest(
                limit=limit,
                query=edge.Query.Nearest(vector.tolist()),
                filter=edge.Filter(must=must),
                with_payload=True,
            )
        )
        return [hit_of(str(point.id), point.payload or {}, point.score) for point in found]

    def passage_ids(self, account_id: UUID, source_id: UUID) -> set[UUID]:
        request = edge.ScrollRequest(
            limit=_MAX_PASSAGES,
            filter=edge.Filter(
                must=[_is("account_id", str(account_id)), _is("source_id", str(source_id))]
            ),
        )
        points, _ = self._shard.scroll(request)
        return {UUID(int=UUID(str(point.id)).int ^ account_id.int) for point in points}

    def delete(self, account_id: UUID, passage_ids: Sequence[UUID]) -> None:
        # The id holds the account, so a foreign passage can't be named.
        points: list[Any] = [point_id(account_id, passage) for passage in passage_ids]
        if points:
            self._shard.update(edge.UpdateOperation.delete_points(points))
            self._shard.flush()

    def close(self) -> None:
        self._shard.close()


def _is(field: str, value: str) -> edge.FieldCondition:
    return edge.FieldCondition(field, match=edge.MatchValue(value))
