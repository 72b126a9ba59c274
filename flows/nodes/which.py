"""Two values were given where one was asked for: which of them is meant is asked, never chosen.

The phase is `which`; `candidate` holds the values, the first with the others beside it.
"""

from __future__ import annotations

from flows.cursor import Cursor
from flows.events import CallerSaid
from flows.matching import normal, place_named
from flows.model import LeadField, LeadGateNode
from flows.nodes import gate
from flows.nodes.readings import evidence, read_field
from flows.spoken.either import chosen_of, other_than
from flows.spoken.languages.known import in_english

WHICH = "which"


def ask_which(
    cursor: Cursor,
    node: LeadGateNode,
    field: LeadField,
    values: tuple[str, ...],
    raw: str,
    event: CallerSaid,
) -> None:
    """Say what was given, and wait for the one that is meant."""
    cursor.note(f"gave {len(values)} values")
    candidate = evidence(event, values[0], raw, others=values[1:])
    cursor.set(phase=WHICH, candidate=candidate, partial="", silences=0)
    said = [gate.say_value(cursor, field, value) for value in values]
    joint = f", {cursor.phrase('or')[0]} "
    written, spoken = (joint.join(forms) for forms in zip(*said, strict=True))
    cursor.say_phrase("which_one", value=written, spoken=spoken)
    gate.listen(cursor, node, field)


def chosen(cursor: Cursor, field: LeadField, text: str) -> str | None:
    """The value that the answer means, by itself, by its place or as the other one; None where it
    names none."""
    values = offered_values(cursor)
    if not values:
        return None
    text = in_english(text, cursor.language)
    excluded = other_than(text)
    if excluded is None:
        return _named(cursor, field, values, text)
    left = [value for value in values if value != _named(cursor, field, values, excluded)]
    return left[0] if len(left) == 1 else None


def _named(cursor: Cursor, field: LeadField, values: tuple[str, ...], text: str) -> str | None:
    reading = read_field(cursor, field, CallerSaid(text=text), text)
    if reading.valid and reading.value in values:
        return reading.value
    place = place_named(normal(text), len(values))
    return values[place] if place is not None else chosen_of(values, text)


def offered_values(cursor: Cursor) -> tuple[str, ...]:
    candidate = cursor.state.candidate
    if cursor.state.phase != WHICH or candidate is None:
        return ()
    return (candidate.value, *candidate.others)
