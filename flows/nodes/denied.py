"""Values the caller said are not right: the same mishearing is not offered twice."""

from __future__ import annotations

from flows.cursor import Cursor
from flows.model import LeadField


def deny(cursor: Cursor, field: LeadField, value: str) -> None:
    """The caller said that `value` is wrong."""
    cursor.set(denied=tuple(dict.fromkeys((*cursor.state.denied, _entry(field, value)))))


def allow(cursor: Cursor, field: LeadField, value: str | None) -> None:
    """Nothing else could be heard: it may be offered again."""
    kept = (entry for entry in cursor.state.denied if entry != _entry(field, value))
    cursor.set(denied=tuple(kept))


def is_denied(cursor: Cursor, field: LeadField, value: str | None) -> bool:
    return _entry(field, value) in cursor.state.denied


def last_denied(cursor: Cursor, field: LeadField) -> str | None:
    """The value the caller turned down last, while they are asked for the field again."""
    if not cursor.state.rounds:
        return None
    mine = (entry for entry in reversed(cursor.state.denied) if entry.startswith(f"{field.field}="))
    return next((entry.partition("=")[2] for entry in mine), None)


def _entry(field: LeadField, value: str | None) -> str:
    return f"{field.field}={value}"
