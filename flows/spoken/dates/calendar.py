"""Days that have a name or a place in their month: "Christmas Eve", "the Friday before Labor Day",
"the first Tuesday in December".

Of a name that means another day elsewhere (Thanksgiving, Mother's Day) it is the region's; of days
that have no one date (the week after Easter) none.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

Rule = Callable[[int], date]
"""From a year to the day."""
_LEAP = 9
"""Years within which every day of the calendar comes."""
_MONDAY, _THURSDAY, _SUNDAY = 0, 3, 6


def _on(month: int, day: int) -> Rule:
    return lambda year: date(year, month, day)


def _nth(place: int, weekday: int, month: int) -> Rule:
    return lambda year: _weekday_of(year, month, weekday, place)


def _from_easter(days: int) -> Rule:
    return lambda year: easter(year) + timedelta(days)


def _after(rule: Rule, days: int) -> Rule:
    return lambda year: rule(year) + timedelta(days)


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the Meeus/Jones/Butcher rule)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    moon = (19 * golden + century - century // 4 - (8 * century + 13) // 25 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


_THANKSGIVING = _nth(4, _THURSDAY, 11)
_NAMED: dict[str, Rule] = {
    "christmas eve": _on(12, 24), "christmas day": _on(12, 25), "christmas": _on(12, 25),
    "boxing day": _on(12, 26), "new years eve": _on(12, 31), "new years day": _on(1, 1),
    "new years": _on(1, 1), "epiphany": _on(1, 6), "groundhog day": _on(2, 2),
    "valentines day": _on(2, 14), "valentines": _on(2, 14), "leap day": _on(2, 29),
    "(?:st|saint) patricks day": _on(3, 17), "april fools(?: day)?": _on(4, 1),
    "earth day": _on(4, 22), "may day": _on(5, 1), "cinco de mayo": _on(5, 5),
    "juneteenth": _on(6, 19), "canada day": _on(7, 1), "independence day": _on(7, 4),
    "bastille day": _on(7, 14), "halloween": _on(10, 31), "all saints(?: day)?": _on(11, 1),
    "guy fawkes(?: night| day)?": _on(11, 5), "bonfire night": _on(11, 5),
    "veterans day": _on(11, 11), "remembrance day": _on(11, 11),
    "(?:mlk|martin luther king)(?: jr| junior)?(?: day)?": _nth(3, _MONDAY, 1),
    "presidents day": _nth(3, _MONDAY, 2), "mothers day": _nth(2, _SUNDAY, 5),
    "memorial day": _nth(-1, _MONDAY, 5), "fathers day": _nth(3, _SUNDAY, 6),
    "labou?r day": _nth(1, _MONDAY, 9), "(?:columbus|indigenous peoples) day": _nth(2, _MONDAY, 10),
    "thanksgiving(?: day)?": _THANKSGIVING, "black friday": _after(_THANKSGIVING, 1),
    "cyber monday": _after(_THANKSGIVING, 4),
    "mardi gras": _from_easter(-47), "ash wednesday": _from_easter(-46),
    "palm sunday": _from_easter(-7), "good friday": _from_easter(-2),
    "easter monday": _from_easter(1), "easter(?: sunday)?": _from_easter(0),
    "(?:pentecost|whit sunday)": _from_easter(49),
}  # fmt: skip
_ELSEWHERE: dict[tuple[str, str], Rule] = {
    ("CA", "thanksgiving(?: day)?"): _nth(2, _MONDAY, 10),
    ("GB", "mothers day"): _from_easter(-21),
    ("IE", "mothers day"): _from_easter(-21),
    ("AU", "fathers day"): _nth(1, _SUNDAY, 9),
    ("NZ", "fathers day"): _nth(1, _SUNDAY, 9),
}
"""Where a name means another day than in the United States."""
_COUNTS = {"a": 1, "an": 1, "the": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
           "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}  # fmt: skip
_COUNTED = re.compile(
    rf"(?:\b(?P<count>{'|'.join(_COUNTS)}|\d{{1,2}}) (?P<unit>days?|weeks?) |\b(?P<weekday>[a-z]+) )?"
    r"(?:right |just )?\b(?P<way>before|after)(?: the)? $"
)
"""Before a day's name: "two days after", "the Friday before"; "after" alone is no day."""
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_OF_MONTH = re.compile(
    r"\b(?P<place>first|second|third|fourth|last) (?P<weekday>[a-z]+) (?:of|in) (?:the )?"
    r"(?P<month>[a-z]+(?: month)?)(?: (?P<year>20\d\d))?\b"
)
_EDGE = re.compile(
    r"\b(?P<edge>end|last day|beginning|start|first day) of (?:the |this )?(?P<next>next )?month\b"
)


def calendar_day(
    text: str, today: date, months: dict[str, int], weekdays: dict[str, int], region: str = "US"
) -> date | None:
    """The day named in `text` (lower case), the next to come; None when none is."""
    plain = re.sub(r"['’.]", "", text)
    for name, everywhere in _NAMED.items():
        if found := re.search(rf"\b{name}\b", plain):
            rule = _ELSEWHERE.get((region, name), everywhere)
            return _named_day(rule, plain[: found.start()], plain[found.end() :], today, weekdays)
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


def _named_day(
    rule: Rule, before: str, after: str, today: date, weekdays: dict[str, int]
) -> date | None:
    """A named day, or one counted from it ("two days after …"), in the year that is meant."""
    counted = _COUNTED.search(before)

    def day_in(year: int) -> date | None:
        try:
            day = rule(year)
        except ValueError:
            # The 29th of February.
            return None
        return _counted_from(day, counted, weekdays) if counted else day

    if year := re.match(r"\W*(?:in |of )?(20\d\d)\b", after):
        return day_in(int(year[1]))
    if re.search(r"\blast $", before):
        past = map(day_in, range(today.year, today.year - _LEAP, -1))
        return next((day for day in past if day and day < today), None)
    begin = today.year + ("next year" in before + after)
    to_come = map(day_in, range(begin, begin + _LEAP))
    return next((day for day in to_come if day and day >= today), None)


def _counted_from(day: date, counted: re.Match[str], weekdays: dict[str, int]) -> date | None:
    sign = 1 if counted["way"] == "after" else -1
    if counted["weekday"] in weekdays:
        apart = (sign * (weekdays[counted["weekday"]] - day.weekday()) - 1) % 7 + 1
        return day + timedelta(sign * apart)
    if counted["unit"] is None or (counted["count"], counted["unit"]) == ("the", "week"):
        return None
    count = _COUNTS.get(counted["count"]) or int(counted["count"])
    return day + timedelta(sign * count * (7 if counted["unit"].startswith("week") else 1))
