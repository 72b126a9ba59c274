"""German days: their names, and ordinals as they are built."""

from __future__ import annotations

import re

from flows.spoken.languages.german.numbers import BELOW_HUNDRED, IN_ONE_WORD, TEENS
from flows.spoken.languages.table import Rewrites, pairs

MONTHS = "januar februar märz april mai juni juli august september oktober november dezember"
_ENGLISH_MONTHS = (
    "january february march april may june july august september october november december"
)
WEEKDAYS = "montag dienstag mittwoch donnerstag freitag samstag sonntag"
_ENGLISH_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
_ORDINAL_STEMS = "erst zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft".split()

_ORDINALS = {
    **{stem: number for number, stem in enumerate(_ORDINAL_STEMS, 1)},
    **{f"{word}t": number for number, word in enumerate(TEENS[3:], 13)},
    **{f"{word}st": number for word, number in BELOW_HUNDRED.items() if 20 <= number <= 31},
}
_ORDINAL = rf"(?:{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})e[nrs]?"
_DAY_AND_MONTH = re.compile(
    rf"\b(?P<day>{_ORDINAL}|\d{{1,2}}\.) ?(?P<month>{_ORDINAL})\b", re.IGNORECASE
)
_ONE_DAY = re.compile(rf"\b(?P<day>{_ORDINAL})\b", re.IGNORECASE)


def _ordinal(word: str) -> int | None:
    stem = re.sub(r"e[nrs]?$", "", word.casefold().replace("dreiss", "dreiß"))
    return int(stem.rstrip(".")) if stem.rstrip(".").isdecimal() else _ORDINALS.get(stem)


def _nth(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number in (11, 12, 13) else ending}"


def _day(match: re.Match[str]) -> str:
    day = _ordinal(match["day"])
    return _nth(day) if day else match.group()


def _day_and_month(match: re.Match[str]) -> str:
    """ "Am dritten fünften": the second is a month."""
    day, month = _ordinal(match["day"]), _ordinal(match["month"])
    months = _ENGLISH_MONTHS.split()
    if not day or not month or month > len(months):
        return match.group()
    return f"{_nth(day)} {months[month - 1]}"


DATES: Rewrites = ((_DAY_AND_MONTH, _day_and_month), (_ONE_DAY, _day), *IN_ONE_WORD)
DAYS = {
    **dict(zip(MONTHS.split(), _ENGLISH_MONTHS.split(), strict=True)),
    **dict(zip(WEEKDAYS.split(), _ENGLISH_WEEKDAYS.split(), strict=True)),
    **pairs("""
        jänner = january
        feber = february
        sonnabend = saturday
        im = in
        heute = today
        heute abend = today
        morgen = tomorrow
        übermorgen = the day after tomorrow
        nächsten = next
        nächster = next
        nächste = next
        diesen = this
        kommenden = next
        nächste woche = next week
        tag = day
        tagen = days
        wochen = weeks
        einem tag = a day
        einer woche = a week
        zwei wochen = two weeks
        einem monat = a month
        einen tag später = one day later
        einen tag früher = one day earlier
        eine woche später = one week later
        heiligabend = december 24th
        silvester = december 31st
        neujahr = january 1st
        bis = till
        oder = or
        entweder = either
    """),
}
