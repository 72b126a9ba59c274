"""A yes that answers nothing: "What is it about?" – "Yes." agrees to answer, and is none yet."""

from __future__ import annotations

import re

from flows.cursor import Cursor
from flows.model import LeadField
from flows.spoken.yesno import parse_yes_no

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
