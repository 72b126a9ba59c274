"""How many come, as callers say it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.spoken.fields import read
from flows.spoken.numbers import say_number
from flows.spoken.party import party_size


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("just me", "1"),
        ("me and my wife", "2"),
        ("my wife and I", "2"),
        ("myself and three others", "4"),
        ("me and three of my friends", "4"),
        ("two adults and three kids", "5"),
        ("we'll be two adults, three small kids and a baby", "6"),
        ("I'd like a table for me, my wife and our two kids", "4"),
        ("four, two adults and two kids", "4"),
        ("two couples", "4"),
        ("we are 2 couples and a baby", "5"),
    ],
)
def test_people_are_added(said: str, count: str) -> None:
    assert read("number", said, "US").value == count


@pytest.mark.parametrize(
    "said", ["me and the kids", "me, my wife and the kids", "my parents and me"]
)
def test_where_it_is_open_how_many_no_number_is_taken(said: str) -> None:
    assert not read("number", said, "US").valid


@given(st.integers(1, 99), st.integers(1, 99))
def test_a_sum_is_that_of_its_parts(adults: int, kids: int) -> None:
    said = f"{say_number(str(adults))} adults and {say_number(str(kids))} children"
    assert party_size(said) == str(adults + kids)


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("three people", None),
        ("300 dollars for two people", "300 USD"),
        ("a hundred a person", "100"),
    ],
)
def test_people_are_no_money(said: str, amount: str | None) -> None:
    assert read("money", said, "US").value == amount
