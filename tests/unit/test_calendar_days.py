"""Days by their names, and days counted from them."""

from __future__ import annotations

from datetime import date

import pytest

from flows.spoken.dates.calendar import easter
from flows.spoken.dates.days import parse_date

WEDNESDAY = date(2026, 5, 6)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("on Thanksgiving", date(2026, 11, 26)),
        ("the day after Thanksgiving", date(2026, 11, 27)),
        ("Black Friday", date(2026, 11, 27)),
        ("Memorial Day", date(2026, 5, 25)),
        ("the Friday before Labor Day", date(2026, 9, 4)),
        ("the Fourth of July", date(2026, 7, 4)),
        ("Martin Luther King Day", date(2027, 1, 18)),
        ("Easter Monday", date(2027, 3, 29)),
        ("Good Friday", date(2027, 3, 26)),
        ("Easter 2028", date(2028, 4, 16)),
        ("St. Patrick's Day", date(2027, 3, 17)),
        ("Mother's Day", date(2026, 5, 10)),
        ("two days after Christmas", date(2026, 12, 27)),
        ("a week before Christmas", date(2026, 12, 18)),
        ("the Monday after Christmas", date(2026, 12, 28)),
        ("last Christmas", date(2025, 12, 25)),
        ("Christmas next year", date(2027, 12, 25)),
        ("some time after Christmas", None),
        ("the week after Easter", None),
        ("tomorrow week", date(2026, 5, 14)),
        ("in half a year", date(2026, 11, 6)),
        ("December first next year", date(2027, 12, 1)),
        ("May 5th last year", date(2025, 5, 5)),
        ("one two nineteen ninety", date(1990, 1, 2)),
    ],
)
def test_named_days(text: str, day: date | None) -> None:
    assert parse_date(text, WEDNESDAY, "US") == day


@pytest.mark.parametrize(
    ("text", "region", "day"),
    [
        ("Thanksgiving", "CA", date(2026, 10, 12)),
        ("Mother's Day", "GB", date(2027, 3, 7)),
        ("Father's Day", "AU", date(2026, 9, 6)),
    ],
)
def test_some_names_mean_another_day_elsewhere(text: str, region: str, day: date) -> None:
    assert parse_date(text, WEDNESDAY, region) == day


def test_easter_is_where_the_church_has_it() -> None:
    told = {
        1990: (4, 15),
        2000: (4, 23),
        2008: (3, 23),
        2024: (3, 31),
        2025: (4, 20),
        2038: (4, 25),
    }
    assert {year: (easter(year).month, easter(year).day) for year in told} == told
