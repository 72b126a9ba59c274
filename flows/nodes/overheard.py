"""What callers say before they are asked: "a table for four people on Friday, I'm Jane Smith".

Little of what is said before a gate is meant as an answer to its questions. Kept is what is
announced ("my number is") and what can hardly be anything else: a day to come, and a number of what
a field is called ("four people"). Its own words are its proof, and its field reads it back in its
turn instead of asking.
"""

from __future__ import annotations

import re
from datetime import date

from flows.correction import names_of
from flows.cursor import Cursor
from flows.events import CallerSaid
from flows.model import LeadField
from flows.nodes import several
from flows.nodes.readings import read_field, today
from flows.spoken.words import number_at, tokens

_ANNOUNCED = frozenset({"name", "email", "phone"})
_NAMES = re.compile(r"\bname\b", re.IGNORECASE)
""" "I'm" begins much else where no name was asked for."""
_DAY = re.compile(
    r"\b(?:on|for|by|this|next|coming|tomorrow|today|tonight|the day after)\b[^,.;?!]*",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:was|were|had|did|been|since|ago|last|yesterday|called|came|got|from|until|not)\b|n't\b",
    re.IGNORECASE,
)
"""A day beside one of these is no day that is wished for."""
_ASKS = re.compile(
    r"^\W*(?:(?:and|so|um|uh|well|hi|hello)\W+)*"
    r"(?:are|do|does|did|is|was|what|when|how|which|where|who|why|will|have)\b",
    re.IGNORECASE,
)
""" "Are you open on Friday?" wants to know something; "can I come on Friday?" wants the day."""


def overheard(cursor: Cursor, event: CallerSaid) -> None:
    """Keep what answers a later question."""
    missing = [
        field for _, _, field in cursor.flow.lead_fields() if field.field not in cursor.state.fields
    ]
    _announced(cursor, event, [field for field in missing if field.kind in _ANNOUNCED])
    if _ASKS.match(event.text):
        return
    days = [field for field in missing if field.kind == "date"]
    if len(days) == 1:
        _day(cursor, event, days[0])
    for field in missing:
        if field.kind == "number":
            _number(cursor, event, field)


def _announced(cursor: Cursor, event: CallerSaid, fields: list[LeadField]) -> None:
    for part, announced in several.parts(event.text, fields):
        for field in announced:
            reading = read_field(cursor, field, event, part)
            named = field.kind != "name" or _NAMES.search(part)
            if named and reading.valid and reading.value and not reading.suggestion:
                several.keep(cursor, field, event, part, reading)
                break


def _day(cursor: Cursor, event: CallerSaid, field: LeadField) -> None:
    if _PAST.search(event.text):
        return
    for said in _DAY.finditer(event.text):
        reading = read_field(cursor, field, event, said.group())
        if reading.valid and reading.value:
            if date.fromisoformat(reading.value) >= (today(cursor) or date.min):
                several.keep(cursor, field, event, said.group(), reading)
            return


def _number(cursor: Cursor, event: CallerSaid, field: LeadField) -> None:
    for called in re.finditer(rf"\s(?:{names_of(field)})\b", event.text, re.IGNORECASE):
        number = _number_before(event.text[: called.start()])
        said = f"{number}{called.group()}"
        reading = read_field(cursor, field, event, said)
        if number and reading.valid and reading.value:
            several.keep(cursor, field, event, said, reading)
            return


def _number_before(text: str) -> str:
    """The number that `text` ends on; "" for none."""
    words = text.split()
    begin = len(words)
    while begin and _is_number(words[begin - 1]):
        begin -= 1
    return " ".join(words[begin:])


def _is_number(word: str) -> bool:
    parts = [part for part in tokens(word) if part != "-"]
    return bool(parts) and all(number_at([part], 0)[1] for part in parts)
