"""Question and answer pairs, as people write them into a YAML file or the console."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from rag.errors import SourceInvalid
from rag.model import Passage, passage_id

MAX_TEXT = 2000


def passages(source_id: UUID, source_name: str, items: Iterable[Any]) -> list[Passage]:
    """One passage a pair.

    Raises:
        SourceInvalid: names the item that lacks a question or an answer.
    """
    found: list[Passage] = []
    for position, item in enumerate(items):
        title, text = (_text(item, field, position) for field in ("question", "answer"))
        found.append(
            Passage(
                passage_id(source_id, title, text), source_id, source_name, title, text, position
            )
        )
    return found


def _text(item: Any, field: str, position: int) -> str:
    value = item.get(field) if isinstance(item, dict) else None
    if not isinstance(value, str) or not value.strip():
        raise SourceInvalid(f"Item {position + 1} has no {field}. Every item needs both.")
    if len(value) > MAX_TEXT:
        raise SourceInvalid(f"The {field} of item {position + 1} is over {MAX_TEXT} characters.")
    return value.strip()
