"""Values the caller said are not right: the same mishearing is not offered twice, and a value that
nothing replaces is no longer used."""

from __future__ import annotations

from flows.cursor import Cursor
from flows.model import LeadField
from flows.nodes import gate


def deny(cursor: Cursor, field: LeadField, value: str) -> None:
    """The caller said that `value` is wrong."""
    cursor.set(denied=tuple(dict.fromkeys((*cursor.state.denied, _entry(field, value)))))


def withdraw(cursor: Cursor, field: LeadField) -> None:
    """What is stored is wrong, and what is right isn't known yet, if it ever will be."""
    stored = cursor.state.fields.get(field.field)
    if stored and not stored.denied:
        denied = stored.model_copy(update={"denied": True, "confirmed": False})
        gate.store(cursor, field, denied)


def allow(cursor: Cursor, field: LeadField, value: str | None) -> None:
    """Nothing else could be heard: it may be offered again."""
    kept = (entry for entry in cursor.state.denied if entry != _entry(field, value))
    cursor.set(denied=tuple(kept))


def is_denied(cursor: Cursor, field: LeadField, value: str | None) -> bool:
    return cursor.state.was_denied(field.field, value)


def last_denied(cursor: Cursor, field: LeadField) -> str | None:
    """The value the caller turned down last, while they are asked for the field again."""
    if not cursor.state.rounds:
        return None
    mine = (entry for entry in reversed(cursor.state.denied) if entry.startswith(f"{field.field}="))
    return next((entry.partition("=")[2] for entry in mine), None)


def _entry(field: LeadField, value: str | None) -> str:
    return f"{field.field}={value}"
