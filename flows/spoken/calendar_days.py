"""Days that have a name or a place in their month: "Christmas Eve", "the first Tuesday in December".

Only days that fall on the same date everywhere; what an Easter or a Thanksgiving is, the caller has
to say.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

_NAMED = {
    "christmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25), "boxing day": (12, 26),
    "new years eve": (12, 31), "new years day": (1, 1), "new years": (1, 1), "halloween": (10, 31),
    "valentines day": (2, 14), "valentines": (2, 14),
}  # fmt: skip
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_OF_MONTH = re.compile(
    r"\b(?P<place>first|second|third|fourth|last) (?P<weekday>[a-z]+) (?:of|in) (?:the )?"
    r"(?P<month>[a-z]+(?: month)?)(?: (?P<year>20\d\d))?\b"
)
_EDGE = re.compile(
    r"\b(?P<edge>end|last day|beginning|start|first day) of (?:the |this )?(?P<next>next )?month\b"
)


def calendar_day(
    text: str, today: date, months: dict[str, int], weekdays: dict[str, int]
) -> date | None:
    """The day named in `text` (lower case), the next to come; None when none is."""
    plain = re.sub(r"['’]", "", text)
    for name, (month, day) in _NAMED.items():
        if re.search(rf"\b{name}\b", plain):
            this_year = date(today.year, month, day)
            return this_year if this_year >= today else date(today.year + 1, month, day)
    if edge := _EDGE.search(plain):
        first = _next_month(today) if edge["next"] else today.replace(day=1)
        if edge["edge"] in ("end", "last day"):
            return first.replace(day=monthrange(first.year, first.month)[1])
        return first if first >= today else _next_month(today)
    found = _OF_MONTH.search(plain)
    if found is None or found["weekday"] not in weekdays:
        return None
    weekday, place = weekdays[found["weekday"]], _PLACES[found["place"]]
    if found["month"] in ("month", "this month"):
        return _weekday_of(today.year, today.month, weekday, place)
    if found["month"] == "next month":
        first = _next_month(today)
        return _weekday_of(first.year, first.month, weekday, place)
    number = months.get(found["month"])
    if number is None:
        return None
    placed = _weekday_of(int(found["year"] or today.year), number, weekday, place)
    if found["year"] or placed >= today:
        return placed
    return _weekday_of(today.year + 1, number, weekday, place)


def _weekday_of(year: int, month: int, weekday: int, place: int) -> date:
    """The `place`th such weekday of a month; the last for -1."""
    if place < 0:
        last = date(year, month, monthrange(year, month)[1])
        return last - timedelta((last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (place - 1))


def _next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(31)).replace(day=1)
