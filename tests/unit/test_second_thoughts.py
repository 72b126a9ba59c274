"""Callers who correct themselves before they are through: what they say last is meant."""

from __future__ import annotations

from datetime import date

import pytest

from flows.spoken.fields import read


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("date", "Friday, no wait, Saturday", "2026-05-09"),
        ("date", "Friday no Saturday", "2026-05-09"),
        ("date", "the twelfth, no sorry, the thirteenth of June", "2026-06-13"),
        ("date", "June 12th, no, the 13th", "2026-06-13"),
        ("date", "June 12th, I mean July", "2026-07-12"),
        ("number", "four, no, five", "5"),
        ("number", "four, sorry, I mean five", "5"),
        ("money", "five hundred, no, six hundred dollars", "600 USD"),
        ("address", "four twenty, no, four twenty two Oak Lane", "422 Oak Lane"),
        ("address", "12 Oak Street, no, 14 Oak Street, Salem", "14 Oak Street, Salem"),
        ("address", "12 Oak Street, Salem, sorry, 14 Oak Street", "14 Oak Street, Salem"),
        ("company", "Acme, no, Apex", "Apex"),
        ("name", "Mike, sorry, Michael Jones", "Michael Jones"),
        ("name", "Mike. Michael Jones", "Michael Jones"),
        ("name", "Joan, no, John Jones", "John Jones"),
        ("name", "Jane Miller, sorry, Millar", "Jane Millar"),
        ("name", "Jane Miller, sorry, Jean", "Jean Miller"),
        ("name", "Michael Smith, I mean, Jones", "Michael Jones"),
        ("name", "Su- Susan Boyle", "Susan Boyle"),
        ("name", "Sara, no H", "Sara"),
        ("name", "Mary Ann Smith", "Mary Ann Smith"),
    ],
)
def test_what_was_said_last_is_meant(kind: str, said: str, value: str) -> None:
    reading = read(kind, said, "US", today=date(2026, 5, 6))
    assert reading.valid and reading.value == value
