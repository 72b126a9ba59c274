"""Plain text and Markdown: paragraphs to passages."""

from __future__ import annotations

from uuid import UUID

from rag.chunk import chunk
from rag.model import Passage, passage_id


def passages(source_id: UUID, source_name: str, text: str, max_words: int) -> list[Passage]:
    """Passages of at most `max_words` words."""
    return [
        Passage(passage_id(source_id, "", piece), source_id, source_name, "", piece, position)
        for position, piece in enumerate(chunk(text, max_words))
    ]
