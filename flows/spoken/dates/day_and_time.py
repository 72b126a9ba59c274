"""A day and a time in the caller's own words ("Friday at seven"), of which a part is said anew.

Authors ask for both in one field of text; nothing is read of it but where its parts are.
"""

from __future__ import annotations

import re

from flows.spoken.early.words import PASSING
from flows.spoken.vocabulary import ENGLISH

_HOUR = (
    rf"(?:\d{{1,2}}(?::\d\d)?|{'|'.join((*list(ENGLISH.units)[4:], 'ten', 'eleven', 'twelve'))})"
)
_MINUTES = r"(?: (?:fifteen|thirty|forty[- ]five|oh five|\d\d))?"
_AFTER_NOON = r"(?:o'clock|a\.?m\b\.?|p\.?m\b\.?)"
_STUNDE = rf"(?:\d{{1,2}}(?::\d\d)?|(?:halb |viertel (?:vor|nach) )?(?:{'|'.join('eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf'.split())}))"
_PARTS = {
    "en": (
        re.compile(rf"(?:(?:next|this) )?{PASSING['en'].day.pattern}", re.IGNORECASE),
        re.compile(
            rf"\b(?:at|around|about) (?:half past |quarter (?:to|past) )?{_HOUR}{_MINUTES}(?: ?{_AFTER_NOON})?(?![\w:])"
            rf"|\b{_HOUR}{_MINUTES} ?{_AFTER_NOON}|\b(?:at )?noon\b",
            re.IGNORECASE,
        ),
        re.compile(r"\b(?:in the )?(?:morning|afternoon|evening|lunchtime)\b", re.IGNORECASE),
    ),
    "de": (
        re.compile(rf"(?:(?:nächsten|diesen) )?{PASSING['de'].day.pattern}", re.IGNORECASE),
        re.compile(rf"\bum {_STUNDE}(?: uhr)?\b|\b{_STUNDE} uhr\b", re.IGNORECASE),
        re.compile(
            r"\b(?:früh|morgens|vormittags?|mittags?|nachmittags?|abends?)\b", re.IGNORECASE
        ),
    ),
}
"""The day, the time, and the part of the day, by ISO 639-1."""
_SMALL = re.compile(
    r"\W+|\b(?:on|at|for|the|in|it|um|am|für|den|der|about|then|dann)\b", re.IGNORECASE
)


def with_part(value: str, said: str, language: str = "en") -> str | None:
    """`value` with the day or the time that `said` is; None where `said` is more than that, or
    `value` names neither."""
    kinds = _PARTS.get(language.partition("-")[0].casefold(), ())
    if not any(kind.search(value) for kind in kinds):
        return None
    new, rest = value, said
    for kind in kinds:
        part = kind.search(said)
        if part is None:
            continue
        rest = rest.replace(part.group(), " ", 1)
        before = kind.search(new)
        words = part.group().strip()
        new = new.replace(before.group().strip(), words, 1) if before else f"{new} {words}"
    return new if new != value and not _SMALL.sub("", rest) else None
