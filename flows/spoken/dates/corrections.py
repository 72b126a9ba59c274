"""Corrections of a date: "no, the thirteenth", "no, July", "1985": the part named is replaced."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flows.spoken.dates.days import parse_date, spoken_year
from flows.spoken.dates.words import MONTHS, WEEKDAYS, marked_words

_NOT_THAT = re.compile(r"^(?:no,? )?not (?:\w+ ?){1,3},\s*", re.IGNORECASE)
_RELATIVE = re.compile(
    r"(?:it's |make it |i meant |rather )?(?:the |one |a )?"
    rf"(?:(?P<weekday>{'|'.join(WEEKDAYS)}) (?:after(?: that)?|week after)"
    r"|(?P<unit>day|week) (?P<where>after|before|later|earlier)(?: that)?)",
    re.IGNORECASE,
)
_AROUND = frozenset(
    "it's it is was i said meant on am in of and my the day month year should be".split()
)


def correct_date(value: str, said: str) -> str | None:
    """`value` (ISO 8601) with the day, the month or the year that `said` is; None when it is none of
    these, or more than one."""
    old = date.fromisoformat(value)
    if (days := _later(said)) is not None:
        return (old + timedelta(days)).isoformat()
    words = [word for word in marked_words(said.casefold()) if word not in _AROUND]
    found = _changed(old, words, said) if words else None
    return found.isoformat() if found else None


def _later(said: str) -> int | None:
    """Days from the date that was read back: "the day after", "one week later"; None where none."""
    found = _RELATIVE.fullmatch(_NOT_THAT.sub("", said.strip(" .,!?")))
    if found is None:
        return None
    if found["weekday"]:
        return 7
    days = 7 if "week" in found["unit"] else 1
    return -days if found["where"] in ("before", "earlier") else days


def _changed(old: date, words: list[str], said: str) -> date | None:
    if len(words) == 1 and words[0] in MONTHS:
        return _replaced(old, month=MONTHS[words[0]])
    if len(words) == 1 and re.fullmatch(r"#\d+", words[0]):
        return _replaced(old, day=int(words[0][1:]))
    year = spoken_year(words, old)
    if year is not None and parse_date(said, old) is None:
        return _replaced(old, year=year)
    return None


def _replaced(old: date, **part: int) -> date | None:
    try:
        return old.replace(**part)
    except ValueError:
        return None
