"""Dates as people say them: "the third of May", "next Tuesday", "5/3", "June eighteenth nineteen sixty eight".

What a relative date counts from is an argument. Without a year the next such day is meant, or the
last where something is told of that has happened; a two-digit year more than twenty years ahead
belongs to the last century.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from flows.spoken.dates.calendar import calendar_day
from flows.spoken.dates.clauses import is_past, is_range, without_denied, without_passing
from flows.spoken.dates.digits import digits_only, full_year, next_such_day, numeric_date
from flows.spoken.dates.relative import relative_day, weekday
from flows.spoken.dates.words import (
    ALSO_WORDS,
    DAYS,
    MONTH_NAMES,
    MONTHS,
    WEEKDAY_NAMES,
    WEEKDAYS,
    day_if_any,
    day_of_month,
    marked_words,
)
from flows.spoken.numbers import say_number
from flows.spoken.vocabulary import ENGLISH
from flows.spoken.words import number_at

_DAY_OF_MONTH = re.compile(
    r"\b(?:the )?(\d{1,2})(?:st|nd|rd|th)? of the (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?\b"
)

_COUNTS_OTHERS = re.compile(
    r"\b(?:my (?:very )?(?:first|second|third)|(?:first|second|third|fourth|fifth) (?:time|call|visit|try|attempt"
    r"|thing|question|name|person|floor|line))\b"
)
""" "This is my first time calling" names no day."""
_DAYS_BACK = (8, 32, 367)
"""From a week, a month, or a year ago, the next such day is the last one."""


def parse_date(text: str, today: date, region: str = "US") -> date | None:
    """The date in `text`, or None."""
    if is_range(text):
        return None
    text = without_denied(text)
    meant = without_passing(text)
    found = _date_in(meant, today, region)
    if found is None and meant != text:
        found = _date_in(text, today, region)
    if found and found > today and is_past(text):
        return _latest_such_day(text, today, region) or found
    return found


def _latest_such_day(text: str, today: date, region: str) -> date | None:
    """The last day of that name ("it happened on the third"); None where a year was said."""
    for days in _DAYS_BACK:
        found = _date_in(text, today - timedelta(days), region)
        if found and found <= today:
            return found
    return None


def _date_in(text: str, today: date, region: str) -> date | None:
    said = _DAY_OF_MONTH.sub(_day_and_month, text.casefold().replace("’", "'"))
    plain = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", r"\1", said)
    if named := calendar_day(plain, today, MONTHS, WEEKDAYS, region):
        return named
    words = marked_words(said)
    if any(word in MONTHS and word not in ALSO_WORDS for word in words):
        # A day the month does not have is no other day.
        return relative_day(words, today) or _named_month(words, today)
    return (
        relative_day(words, today)
        or _named_month(words, today)
        or numeric_date(plain, today, region)
        or weekday(words, plain, today)
        or _day_alone(words, plain, today)
        or digits_only(text, words, today, region)
    )


def _day_and_month(match: re.Match[str]) -> str:
    """ "the 2nd of the 3rd": the day comes first wherever it is said so."""
    day, month, year = int(match[1]), int(match[2]), match[3]
    if not 1 <= month <= len(MONTH_NAMES):
        return match.group()
    return f"{day} {MONTH_NAMES[month - 1].casefold()} {year or ''}"


def _named_month(words: list[str], today: date) -> date | None:
    for index, word in enumerate(words):
        month = MONTHS.get(word)
        if month is None or (word in ALSO_WORDS and not _beside_number(words, index)):
            continue
        day, year_from = _day_after(words, index + 1)
        before = _day_before(words, index)
        if day is None or (before is not None and _leads_to_month(words[index - 1])):
            # "The fifth of May nineteen eighty two": what follows is the year.
            day, year_from = before, index + 1
        if day is None:
            continue
        year = spoken_year(words[year_from:], today) or _year_beside(words, today)
        if year is None and index > 1 and year_from > index + 1:
            # "Twenty twenty five, December fourth".
            year = spoken_year(words[:index], today)
        if year is not None:
            return day_if_any(year, month, day)
        return next_such_day(month, day, today)
    return None


def _year_beside(words: list[str], today: date) -> int | None:
    """ "the first of May next year"; None when no year is named so."""
    for which, years in (("last", -1), ("this", 0), ("next", 1)):
        if f"{which} year" in " ".join(words):
            return today.year + years
    return None


def _leads_to_month(word: str) -> bool:
    return word == "of" or word.startswith("#")


def _beside_number(words: list[str], index: int) -> bool:
    return _day_after(words, index + 1)[0] is not None or _day_before(words, index) is not None


def _day_after(words: list[str], index: int) -> tuple[int | None, int]:
    while index < len(words) and words[index] in ("the", "on"):
        index += 1
    if index >= len(words):
        return None, index
    if words[index].startswith("#"):
        return int(words[index][1:]), index + 1
    digits, taken = number_at(words, index)
    if taken and len(digits) <= 2 and 1 <= int(digits) <= 31:
        return int(digits), index + taken
    return None, index


def _day_before(words: list[str], index: int) -> int | None:
    place = index - 1
    while place >= 0 and words[place] in ("of", "day", "in"):
        place -= 1
    if place < 0:
        return None
    if words[place].startswith("#"):
        return int(words[place][1:])
    for start in (place - 1, place):
        if start >= 0:
            digits, taken = number_at(words, start)
            if taken and start + taken == place + 1 and len(digits) <= 2 and 1 <= int(digits) <= 31:
                return int(digits)
    return None


def spoken_year(words: list[str], today: date) -> int | None:
    """The year that `words` begin with ("nineteen eighty four", "84"); None when they don't."""
    words = [word for word in words if word not in ("in", "of", "the", "year", "and", "'")]
    if not words:
        return None
    digits = ""
    index = 0
    while index < len(words) and len(digits) < 4:
        found, taken = number_at(words, index)
        if not taken:
            break
        if digits.endswith("000") and len(found) <= 2:
            # "two thousand five" and "two thousand twenty six".
            return int(digits) + int(found)
        if len(digits) == 2 and found == "0" and words[index] == "oh":
            # "nineteen oh five"
            digits += "0"
        else:
            digits += found
        index += taken
    if len(digits) == 4 and digits.endswith("000") and index < len(words):
        more, taken = number_at(words, index)
        if taken and len(more) <= 2:
            return int(digits) + int(more)
    return full_year(digits, today)


def _day_alone(words: list[str], text: str, today: date) -> date | None:
    """ "the fifteenth": the next one to come."""
    if any(word in WEEKDAYS and word not in ("sun", "sat", "wed", "mon") for word in words):
        return None
    if _COUNTS_OTHERS.search(text):
        return None
    day = day_of_month(words, text)
    return None if day is None else _this_or_next_month(day, today)


def _this_or_next_month(day: int, today: date) -> date | None:
    year, month = today.year, today.month
    for _ in range(12):
        found = day_if_any(year, month, day)
        if found and found >= today:
            return found
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return None


def say_date(value: date, *, weekday: bool = True) -> str:
    """ "Sunday, May third, twenty twenty six"."""
    name = next((name for name, number in DAYS.items() if number == value.day), None)
    if name is None:
        tens, unit = divmod(value.day, 10)
        tens_name = next(word for word, digit in ENGLISH.tens.items() if digit == str(tens))
        unit_name = next(word for word, number in DAYS.items() if number == unit)
        name = f"{tens_name} {unit_name}"
    lead = f"{WEEKDAY_NAMES[value.weekday()]}, " if weekday else ""
    return f"{lead}{MONTH_NAMES[value.month - 1]} {name}, {_say_year(value.year)}"


def _say_year(year: int) -> str:
    century, rest = divmod(year, 100)
    if century == 20 and rest < 10:
        return f"two thousand {say_number(str(rest))}" if rest else "two thousand"
    if not rest:
        return f"{say_number(str(century))} hundred"
    if rest < 10:
        return f"{say_number(str(century))} oh {say_number(str(rest))}"
    return f"{say_number(str(century))} {say_number(str(rest))}"


def write_date(value: date) -> str:
    """ "Sunday, May 3, 2026"."""
    return f"{WEEKDAY_NAMES[value.weekday()]}, {MONTH_NAMES[value.month - 1]} {value.day}, {value.year}"
