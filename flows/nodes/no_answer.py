"""Words that have the form of an answer and are none: a yes to an open question, and what was the
answer to another one."""

from __future__ import annotations

import re

from flows.cursor import Cursor
from flows.events import CallerSaid
from flows.matching import normal
from flows.model import LeadField
from flows.nodes.readings import read_field
from flows.spoken.yesno import parse_yes_no

_TAKES_ANYTHING = frozenset({"name", "company", "address", "code", "number", "money"})
"""Kinds that find a value in nearly any words."""
_NEVER_ANOTHER = frozenset({"phone", "email", "date", "address"})
_HARDLY_ANOTHER = frozenset({"number", "money", "code", "choice"})
"""Kinds whose words are no value of those."""
MAX_AGREEMENT = 3
"""Words of a yes that is no answer yet: "yes, I do"."""
_ASKS_FOR_MORE = {
    "en": re.compile(
        r"\b(?:what|which|who|whose|whom|when|where|why|how|anything|something|else)\b|[^?]$", re.I
    ),
    "de": re.compile(
        r"\b(?:was|wer|wen|wem|wessen|wann|warum|wie|wieso|wo\w*|welche\w*|etwas|irgendetwas|sonst|noch)\b|[^?]$",
        re.I,
    ),
}
"""What a yes alone does not answer, by language: such questions, and what is no question."""


def agrees(cursor: Cursor, field: LeadField, text: str) -> bool:
    """True for a yes and nothing else that does not answer the question of `field`."""
    if field.kind == "choice" or len(text.split()) > MAX_AGREEMENT:
        return False
    if parse_yes_no(text, cursor.language) is not True:
        return False
    return field.kind != "text" or _asks_for_more(cursor, field)


def _asks_for_more(cursor: Cursor, field: LeadField) -> bool:
    pattern = _ASKS_FOR_MORE.get(cursor.language.split("-")[0])
    question = next(iter(cursor.variants(field.ask)), "").strip()
    last = re.split(r"(?<=[.!?])\s+", question)[-1]
    return pattern is not None and pattern.search(last) is not None


def is_an_earlier_answer(cursor: Cursor, field: LeadField, event: CallerSaid) -> bool:
    """True for what was the answer to another question: nobody's company is called "twelve hundred"
    after that was their budget, unless they say so again."""
    if field.kind not in _TAKES_ANYTHING:
        return False
    others = {other.field: other for _, _, other in cursor.flow.lead_fields()}
    for name, found in cursor.state.fields.items():
        other = others.get(name)
        if other is None or other.kind == field.kind or name in cursor.state.volunteered:
            # What came before it was asked for may stand in these very words.
            continue
        if other.kind in _HARDLY_ANOTHER and not cursor.state.misses:
            if normal(found.raw) == normal(event.text):
                return True
        elif other.kind in _NEVER_ANOTHER:
            no_more = len(event.text.split()) <= len(found.raw.split()) + 1
            if no_more and read_field(cursor, other, event, event.text).value == found.value:
                return True
    return False
