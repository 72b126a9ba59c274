"""Dates in figures: "5/3", "12.24.2026", "ten twenty seven sixty two"."""

from __future__ import annotations

import re
from datetime import date

from flows.spoken.dates.words import day_if_any
from flows.spoken.phone.numbers import spoken_digits
from flows.spoken.words import number_at, tokens

_FUTURE_YEARS = 20
MIN_DATE_DIGITS = 5
"""Fewer digits in a row are a year or a time, not a whole date."""
_MONTH_FIRST = frozenset(["US", "PH", "PR"])
"""Regions that say and write the month before the day."""
_BETWEEN = frozenset("the of it's on slash uh um my birthday is".split())
"""Words that may stand among the digits of a date."""
_NUMERIC = re.compile(r"\b(\d{1,4})\s?[/.-]\s?(\d{1,2})(?:\s?[/.-]\s?(\d{1,4}))?\b")


def numeric_date(text: str, today: date, region: str) -> date | None:
    """ "5/3" and "12.24.2026"; None where none is written so."""
    match = _NUMERIC.search(text)
    if match is None:
        return None
    first, second, third = match.groups()
    if len(first) == 4:
        return day_if_any(int(first), int(second), int(third)) if third else None
    month_first = region in _MONTH_FIRST and "." not in match.group()
    month, day = (int(first), int(second)) if month_first else (int(second), int(first))
    if month > 12 >= day:
        month, day = day, month
    if third:
        year = full_year(third, today)
        return day_if_any(year, month, day) if year else None
    return next_such_day(month, day, today)


def digits_only(text: str, words: list[str], today: date, region: str) -> date | None:
    """ "ten twenty seven sixty two": month, day and year with nothing between them."""
    groups: list[str] = []
    index = 0
    plain = tokens(text)
    plain = [word for word in plain if word not in ("-", ".")]
    while index < len(plain):
        found, taken = number_at(plain, index)
        if taken:
            groups.append(found)
        elif plain[index] not in _BETWEEN:
            return None
        index += max(1, taken)
    digits = "".join(groups) or spoken_digits(text)
    if len(digits) < MIN_DATE_DIGITS:
        return None
    if len(groups) > 2 and len(year := "".join(groups[2:])) in (2, 4):
        # "one two nineteen ninety" is grouped as it was meant.
        apart = _of_numbers(groups[0], groups[1], year, today, region)
        if apart:
            return apart
    for first, second in ((2, 2), (1, 2), (2, 1), (1, 1)):
        rest = digits[first + second :]
        if len(rest) not in (2, 4) or (len(digits) == 8 and first + second != 4):
            continue
        found_date = _of_numbers(
            digits[:first], digits[first : first + second], rest, today, region
        )
        if found_date:
            return found_date
    return None


def _of_numbers(first: str, second: str, year: str, today: date, region: str) -> date | None:
    full = full_year(year, today)
    month, day = (first, second) if region in _MONTH_FIRST else (second, first)
    return day_if_any(full, int(month), int(day)) if full else None


def full_year(digits: str, today: date) -> int | None:
    """The year that two or four digits stand for; None for other numbers."""
    if len(digits) == 4 and 1800 <= int(digits) <= 2200:
        return int(digits)
    if len(digits) == 2:
        year = today.year // 100 * 100 + int(digits)
        return year - 100 if year > today.year + _FUTURE_YEARS else year
    return None


def next_such_day(month: int, day: int, today: date) -> date | None:
    """The next such day, today included; None where no year has it."""
    this_year = day_if_any(today.year, month, day)
    if this_year and this_year >= today:
        return this_year
    # The 29th of February may take a while.
    return next(
        (found for ahead in range(1, 9) if (found := day_if_any(today.year + ahead, month, day))),
        None,
    )
