"""The words that dates are made of: months, weekdays, ordinals."""

from __future__ import annotations

import re
from datetime import date

from flows.spoken.vocabulary import ENGLISH
from flows.spoken.words import ORDINALS

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
ALSO_WORDS = frozenset(["may", "mar", "sun"])
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
DAYS = {
    **{word: number for number, word in enumerate(ORDINALS, start=1)},
    "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
    "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20,
    "thirtieth": 30,
}  # fmt: skip
"""Days of a month that one word names."""


def marked_words(said: str) -> list[str]:
    """The words of a date in lower case, its ordinals as numbers marked as days: "#21"."""
    marked = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", r"#\1", said)
    return _with_ordinals(re.findall(r"[^\W\d_]+|#?\d+", marked))


def _with_ordinals(words: list[str]) -> list[str]:
    """ "twenty first" and "third" as numbers marked as days."""
    out: list[str] = []
    for word in words:
        value = DAYS.get(word)
        if value is None:
            out.append(word)
        elif value < 10 and out and out[-1] in ENGLISH.tens:
            out[-1] = f"#{int(ENGLISH.tens[out[-1]]) * 10 + value}"
        else:
            out.append(f"#{value}")
    return out


def day_of_month(words: list[str], text: str) -> int | None:
    """The day of the month that is named by an ordinal, or as "the 5"."""
    for word in words:
        if word.startswith("#"):
            return int(word[1:])
    match = re.search(r"\bthe (\d{1,2})\b", text)
    return int(match.group(1)) if match else None


def day_if_any(year: int, month: int, day: int) -> date | None:
    """That date; None where there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
