"""A Qdrant server (or cluster), through qdrant-client."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import ApiException

from rag.errors import IndexUnavailable
from rag.index import hit_of, payload_of, point_id
from rag.model import Hit, Passage, Vectors

_PAGE = 1000


class ServerIndex:
    """Uses `collection` on the server at `url`, and makes it when it is missing.

    Raises:
        IndexUnavailable: the server can't be reached.
    """

    def __init__(self, url: str, api_key: str, collection: str, dimensions: int) -> None:
        self._collection = collection
        local = url == ":memory:"
        self._client = (
            QdrantClient(location=url) if local else QdrantClient(url=url, api_key=api_key or None)
        )
        try:
            if not self._client.collection_exists(collection):
                self._client.create_collection(
                    collection,
                    vectors_config=models.VectorParams(
                        size=dimensions, distance=models.Distance.COSINE
                    ),
                )
                if not local:
                    self._index_fields()
        except (ApiException, OSError) as error:
            raise IndexUnavailable(
                f"The Qdrant server at {url} can't be used: {error}. Check QDRANT_URL and the key, "
                "or leave QDRANT_URL empty for the embedded index."
            ) from error

    def _index_fields(self) -> None:
        for field in ("account_id", "source_id", "source_name"):
            self._client.create_payload_index(
                self._collection,
                field,
                models.KeywordIndexParams(
                    type=models.KeywordIndexType.KEYWORD, is_tenant=field == "account_id"
                ),
            )

    def upsert(self, account_id: UUID, passages: Sequence[Passage], vectors: Vectors) -> None:
        points = [
            models.PointStruct(
                id=point_id(account_id, passage.id),
                vector=vector.tolist(),
                payload=payload_of(account_id, passage),
            )
            for passage, vector in zip(passages, vectors, strict=True)
        ]
        if points:
            self._client.upsert(self._collection, points, wait=True)

    def search(
        self, account_id: UUID, vector: Vectors, sources: Sequence[str], limit: int
    ) -> list[Hit]:
        must: list[models.Condition] = [_is("account_id", str(account_id))]
        if sources:
            must.append(
                models.FieldCondition(key="source_name", match=models.MatchAny(any=list(sources)))
            )
        found = self._client.query_points(
            self._collection,
            query=vector.tolist(),
            query_filter=models.Filter(must=must),
            limit=limit,
            with_payload=True,
        )
        return [hit_of(str(point.id), point.payload or {}, point.score) for point in found.points]

    def passage_ids(self, account_id: UUID, source_id: UUID) -> set[UUID]:
        found: set[UUID] = set()
        offset = None
        while True:
            points, offset = self._client.scroll(
                self._collection,
                scroll_filter=models.Filter(
                    must=[_is("account_id", str(account_id)), _is("source_id", str(source_id))]
                ),
                limit=_PAGE,
                offset=offset,
            )
            found |= {UUID(int=UUID(str(point.id)).int ^ account_id.int) for point in points}
            if offset is None:
                return found

    def delete(self, account_id: UUID, passage_ids: Sequence[UUID]) -> None:
        points: list[int | str | UUID] = [point_id(account_id, passage) for passage in passage_ids]
        if points:
            self._client.delete(self._collection, models.PointIdsList(points=points), wait=True)

    def close(self) -> None:
        self._client.close()


def _is(field: str, value: str) -> models.FieldCondition:
    return models.FieldCondition(key=field, match=models.MatchValue(value=value))
