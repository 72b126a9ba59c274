"""Dates as people say them: "the third of May", "next Tuesday", "5/3", "June eighteenth nineteen sixty eight".

What a relative date counts from is an argument. Without a year the next such day is meant; a
two-digit year more than twenty years ahead belongs to the last century.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from flows.spoken.calendar_days import calendar_day
from flows.spoken.numbers import parse_number, say_number
from flows.spoken.phone import spoken_digits
from flows.spoken.vocabulary import ENGLISH
from flows.spoken.words import number_at, tokens

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_ALSO_WORDS = frozenset(["may", "mar", "sun"])
"""A month only beside a day."""
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon", "tuesday tues tue", "wednesday weds wed", "thursday thurs thur thu",
            "friday fri", "saturday sat", "sunday sun",
        )
    )
    for name in names.split()
}  # fmt: skip
WEEKDAY_NAMES = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13,
    "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18,
    "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_FUTURE_YEARS = 20
_WEEKS_AHEAD = 26
"""How far ahead "Friday the fourth" may lie."""
MIN_DATE_DIGITS = 5
"""Fewer digits in a row are a year or a time, not a whole date."""
_MONTH_FIRST = frozenset(["US", "PH", "PR"])
"""Regions that say and write the month before the day."""
_NUMERIC = re.compile(r"\b(\d{1,4})\s?[/.-]\s?(\d{1,2})(?:\s?[/.-]\s?(\d{1,4}))?\b")
_DAY_OF_MONTH = re.compile(
    r"\b(?:the )?(\d{1,2})(?:st|nd|rd|th)? of the (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?\b"
)
_IS_NOT = re.compile(
    r"\bnot (?!later|before|after|sure|until|too|yet|really|far)(?:(?:on|the|this|next|of) )*[^,.;\s]+(?: the \S+| of \w+| \d+\S*)?[,.;]?",
    re.IGNORECASE,
)
""" "Not Friday, Saturday"."""
_NEAR_DAYS = (("today", 0), ("tonight", 0), ("tomorrow", 1), ("yesterday", -1))
_UNITS = {"day": 1, "days": 1, "week": 7, "weeks": 7, "fortnight": 14}


def parse_date(text: str, today: date, region: str = "US") -> date | None:
    """The date in `text`, or None."""
    text = _IS_NOT.sub(" ", text)
    said = _DAY_OF_MONTH.sub(_day_and_month, text.casefold().replace("’", "'"))
    plain = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", r"\1", said)
    if named := calendar_day(plain, today, MONTHS, WEEKDAYS, region):
        return named
    words = marked_words(said)
    if any(word in MONTHS and word not in _ALSO_WORDS for word in words):
        # A day the month does not have is no other day.
        return _relative(words, today) or _named_month(words, today)
    return (
        _relative(words, today)
        or _named_month(words, today)
        or _numeric(plain, today, region)
        or _weekday(words, plain, today)
        or _day_alone(words, plain, today)
        or _digits_only(text, words, today, region)
    )


def _day_and_month(match: re.Match[str]) -> str:
    """ "the 2nd of the 3rd": the day comes first wherever it is said so."""
    day, month, year = int(match[1]), int(match[2]), match[3]
    if not 1 <= month <= len(MONTH_NAMES):
        return match.group()
    return f"{day} {MONTH_NAMES[month - 1].casefold()} {year or ''}"


def marked_words(said: str) -> list[str]:
    """The words of a date in lower case, its ordinals as numbers marked as days: "#21"."""
    marked = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", r"#\1", said)
    return _with_ordinals(re.findall(r"[^\W\d_]+|#?\d+", marked))


def _with_ordinals(words: list[str]) -> list[str]:
    """ "twenty first" and "third" as numbers marked as days."""
    out: list[str] = []
    for word in words:
        value = _ORDINALS.get(word)
        if value is None:
            out.append(word)
        elif value < 10 and out and out[-1] in ENGLISH.tens:
            out[-1] = f"#{int(ENGLISH.tens[out[-1]]) * 10 + value}"
        else:
            out.append(f"#{value}")
    return out


def _relative(words: list[str], today: date) -> date | None:
    joined = " ".join(words).replace("half a year", "six months")
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
        return _date(today.year + month // 12, month % 12 + 1, today.day)
    if unit.startswith("year"):
        return _date(today.year + number, today.month, today.day)
    return today + timedelta(number * _UNITS[unit])


def _named_month(words: list[str], today: date) -> date | None:
    for index, word in enumerate(words):
        month = MONTHS.get(word)
        if month is None or (word in _ALSO_WORDS and not _beside_number(words, index)):
            continue
        day, year_from = _day_after(words, index + 1)
        before = _day_before(words, index)
        if day is None or (before is not None and _leads_to_month(words[index - 1])):
            # "The fifth of May nineteen eighty two": what follows is the year.
            day, year_from = before, index + 1
        if day is None:
            continue
        year = spoken_year(words[year_from:], today) or _year_beside(words, today)
        if year is not None:
            return _date(year, month, day)
        return _next(month, day, today)
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
    return _full_year(digits, today)


def _full_year(digits: str, today: date) -> int | None:
    if len(digits) == 4 and 1800 <= int(digits) <= 2200:
        return int(digits)
    if len(digits) == 2:
        year = today.year // 100 * 100 + int(digits)
        return year - 100 if year > today.year + _FUTURE_YEARS else year
    return None


def _numeric(text: str, today: date, region: str) -> date | None:
    match = _NUMERIC.search(text)
    if match is None:
        return None
    first, second, third = match.groups()
    if len(first) == 4:
        return _date(int(first), int(second), int(third)) if third else None
    month_first = region in _MONTH_FIRST and "." not in match.group()
    month, day = (int(first), int(second)) if month_first else (int(second), int(first))
    if month > 12 >= day:
        month, day = day, month
    if third:
        year = _full_year(third, today)
        return _date(year, month, day) if year else None
    return _next(month, day, today)


def _weekday(words: list[str], text: str, today: date) -> date | None:
    for index, word in enumerate(words):
        day = WEEKDAYS.get(word.removesuffix("s") if word not in WEEKDAYS else word)
        if day is None or (word in ("sun", "sat", "wed", "mon") and len(words) > 3):
            continue
        before = words[max(0, index - 3) : index]
        ahead = (day - today.weekday() - 1) % 7 + 1
        if (of_month := _day_of_month(words, text)) is not None:
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
        if before[-2:] == ["weeks", "from"] and (weeks := number_at(before, 0)[0]):
            return today + timedelta(ahead + 7 * int(weeks))
        if words[index + 1 : index + 2] == ["week"] or before[-2:] in (
            ["week", "from"],
            ["week", "on"],
        ):
            return today + timedelta(ahead + 7)
        return today + timedelta(ahead)
    return None


def _day_alone(words: list[str], text: str, today: date) -> date | None:
    """ "the fifteenth": the next one to come."""
    if any(word in WEEKDAYS and word not in ("sun", "sat", "wed", "mon") for word in words):
        return None
    day = _day_of_month(words, text)
    return None if day is None else _this_or_next_month(day, today)


def _day_of_month(words: list[str], text: str) -> int | None:
    for word in words:
        if word.startswith("#"):
            return int(word[1:])
    match = re.search(r"\bthe (\d{1,2})\b", text)
    return int(match.group(1)) if match else None


def _this_or_next_month(day: int, today: date) -> date | None:
    year, month = today.year, today.month
    for _ in range(12):
        found = _date(year, month, day)
        if found and found >= today:
            return found
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return None


def _digits_only(text: str, words: list[str], today: date, region: str) -> date | None:
    """ "ten twenty seven sixty two": month, day and year with nothing between them."""
    groups: list[str] = []
    index = 0
    plain = tokens(text)
    plain = [word for word in plain if word not in ("-", ".")]
    while index < len(plain):
        found, taken = number_at(plain, index)
        if taken:
            groups.append(found)
        elif plain[index] not in (
            "the",
            "of",
            "it's",
            "on",
            "slash",
            "uh",
            "um",
            "my",
            "birthday",
            "is",
        ):
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
    full = _full_year(year, today)
    month, day = (first, second) if region in _MONTH_FIRST else (second, first)
    return _date(full, int(month), int(day)) if full else None


def _next(month: int, day: int, today: date) -> date | None:
    this_year = _date(today.year, month, day)
    if this_year and this_year >= today:
        return this_year
    # The 29th of February may take a while.
    return next(
        (found for ahead in range(1, 9) if (found := _date(today.year + ahead, month, day))), None
    )


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def say_date(value: date, *, weekday: bool = True) -> str:
    """ "Sunday, May third, twenty twenty six"."""
    name = next((name for name, number in _ORDINALS.items() if number == value.day), None)
    if name is None:
        tens, unit = divmod(value.day, 10)
        tens_name = next(word for word, digit in ENGLISH.tens.items() if digit == str(tens))
        unit_name = next(word for word, number in _ORDINALS.items() if number == unit)
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
