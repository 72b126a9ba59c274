"""Errors of the `rag` package; each message says what to do."""

from __future__ import annotations


class RagError(Exception):
    code = "rag"


class SourceInvalid(RagError):
    """A knowledge source can't be read."""

    code = "source_invalid"


class EmbeddingFailed(RagError):
    """The program that embeds passages ended without their vectors."""

    code = "embedding_failed"


class IndexUnavailable(RagError):
    """The vector index can't be opened or reached."""

    code = "index_unavailable"
