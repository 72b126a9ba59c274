"""Days counted from today: "tomorrow", "in two weeks", "a week on Tuesday", "next Friday"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flows.spoken.dates.words import WEEKDAYS, day_if_any, day_of_month
from flows.spoken.numbers import parse_number
from flows.spoken.words import number_at

_WEEKS_AHEAD = 26
"""How far ahead "Friday the fourth" may lie."""
_NEAR_DAYS = (("today", 0), ("tonight", 0), ("tomorrow", 1), ("yesterday", -1))
_UNITS = {"day": 1, "days": 1, "week": 7, "weeks": 7, "fortnight": 14}


def relative_day(words: list[str], today: date) -> date | None:
    """A day counted from today without a weekday's name; None where none is."""
    joined = re.sub(r"(?<!a )\bweek from", "a week from", " ".join(words))
    joined = joined.replace("half a year", "six months")
    if "day after tomorrow" in joined:
        return today + timedelta(2)
    if "day before yesterday" in joined:
        return today - timedelta(2)
    for word, days in _NEAR_DAYS:
        if word in words:
            counted = re.search(
                rf"\b(?P<count>an?|\w+) (?P<unit>days?|weeks?|fortnight) (?:from )?{word}\b"
                rf"|\b{word} (?:in )?(?P<count2>an?|\w+) (?P<unit2>weeks?|fortnight)\b"
                rf"|\b{word} (?P<unit3>week)\b",
                joined,
            )
            start = today + timedelta(days)
            if counted is None:
                return start
            if counted["unit3"]:
                # "Tomorrow week", as the British say.
                return start + timedelta(7)
            count, unit = (counted[1], counted[2]) if counted[1] else (counted[3], counted[4])
            return _counted(count, unit, "", start) or start
    if re.search(r"\bthis (?:morning|afternoon|evening)\b", joined):
        return today
    match = re.search(
        r"\b(?:in )?(?P<count>an?|one|a couple of|\w+(?: \w+)?) (?P<unit>days?|weeks?|fortnight|months?|years?)(?P<from> from (?:now|today)| ago)?\b",
        joined,
    )
    if match and (match["from"] or re.search(rf"\bin {re.escape(match['count'])} ", joined)):
        return _counted(match["count"], match["unit"], match["from"] or "", today)
    return None


def _counted(count: str, unit: str, direction: str, today: date) -> date | None:
    if count in ("a", "an"):
        number: int | None = 1
    elif count == "a couple of":
        number = 2
    else:
        found = parse_number(count.removeprefix("in "))
        number = int(found) if found and found.isdecimal() and len(found) < 4 else None
    if number is None:
        return None
    if "ago" in direction:
        number = -number
    if unit.startswith("month"):
        month = today.month - 1 + number
        return day_if_any(today.year + month // 12, month % 12 + 1, today.day)
    if unit.startswith("year"):
        return day_if_any(today.year + number, today.month, today.day)
    return today + timedelta(number * _UNITS[unit])


def weekday(words: list[str], text: str, today: date) -> date | None:
    """The day that a weekday's name, and the words around it, stand for; None where none is."""
    for index, word in enumerate(words):
        day = WEEKDAYS.get(word.removesuffix("s") if word not in WEEKDAYS else word)
        if day is None or (word in ("sun", "sat", "wed", "mon") and len(words) > 3):
            continue
        if word == "sat" and words[index - 1 : index] in (["i"], ["we"], ["he"], ["she"], ["they"]):
            continue
        before = words[max(0, index - 3) : index]
        ahead = (day - today.weekday() - 1) % 7 + 1
        if (of_month := day_of_month(words, text)) is not None:
            # "Friday the fourth": both have to be true.
            days = (today + timedelta(ahead + 7 * week) for week in range(_WEEKS_AHEAD))
            return next((found for found in days if found.day == of_month), None)
        if words[index + 1 : index + 3] == ["after", "next"]:
            return today - timedelta(today.weekday()) + timedelta(14 + day)
        if "next" in before or words[index + 1 : index + 3] == ["next", "week"]:
            # The one in the week after this.
            monday = today - timedelta(today.weekday())
            return monday + timedelta(7 + day)
        if "last" in before:
            return today - timedelta((today.weekday() - day - 1) % 7 + 1)
        return today + timedelta(ahead + 7 * _weeks_later(before, words[index + 1 :]))
    return None


def _weeks_later(before: list[str], after: list[str]) -> int:
    """How many weeks after the next such weekday: "two weeks on Monday", "Tuesday week"."""
    if after[:1] in (["week"], ["fortnight"]):
        return 1 if after[0] == "week" else 2
    if before[-1:] not in (["from"], ["on"]):
        return 0
    match before[-2:-1]:
        case ["week"]:
            return 1
        case ["fortnight"]:
            return 2
        case ["weeks"]:
            return int(number_at(before, 0)[0] or 0)
    return 0
