"""Several values where one was asked for: none is taken before the caller says which."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.matching import several_named
from flows.spoken.fields import read
from tests.support.lead_call import Call

TODAY = date(2026, 11, 28)
DAY = {"field": "date", "ask": "Which day?", "confirm": "read_back"}
PHONE = {"field": "phone", "ask": "Which number?", "confirm": "read_back"}
EMAIL = {"field": "email", "ask": "Which address?", "confirm": "read_back"}
SLOT = {"field": "slot", "kind": "choice", "ask": "When?", "confirm": "read_back",
        "options": [{"name": "morning"}, {"name": "afternoon"}]}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text", "values"),
    [
        ("date", "Friday or Saturday", ["2026-12-04", "2026-12-05"]),
        ("date", "either Friday, or maybe Saturday", ["2026-12-04", "2026-12-05"]),
        ("date", "the fourth or the fifth of May", ["2027-05-04", "2027-05-05"]),
        ("date", "January 4th or 5th", ["2027-01-04", "2027-01-05"]),
        ("date", "tomorrow or the day after", ["2026-11-29", "2026-11-30"]),
        ("date", "no, Friday, wait, Friday or Saturday", ["2026-12-04", "2026-12-05"]),
        ("phone", "503 555 0142 or 503 555 0143", ["+15035550142", "+15035550143"]),
        ("phone", "503 555 0142 or 0143", ["+15035550142", "+15035550143"]),
        ("phone", "503 555 0142 and 503 555 0143", ["+15035550142", "+15035550143"]),
        ("email", "jane at gmail dot com or jane at yahoo dot com",
         ["jane@gmail.com", "jane@yahoo.com"]),
        ("name", "Jane or Janie", ["Jane", "Janie"]),
        ("number", "four or five", ["4", "5"]),
        ("money", "fifty or sixty dollars", ["50 USD", "60 USD"]),
        ("code", "A B one or A B two", ["AB1", "AB2"]),
    ],
)  # fmt: skip
def test_between_several_values_nothing_is_chosen(kind: str, text: str, values: list[str]) -> None:
    reading = read(kind, text, "US", today=TODAY)
    assert (reading.value, reading.valid, list(reading.either)) == (None, False, values)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("date", "Friday, or Saturday if that's full", "2026-12-04"),
        ("date", "Friday or rather Saturday", "2026-12-05"),
        ("date", "Friday or Friday", "2026-12-04"),
        ("phone", "503 555 0142, or if I don't answer 503 555 0143", "+15035550142"),
        ("phone", "503 555 0142 and the extension is 12", "+15035550142"),
        ("company", "Kiss or Kill Records", "Kiss or Kill Records"),
        ("number", "five or six hundred", None),
        ("name", "Monday or Tuesday", None),
    ],
)
def test_an_or_is_not_always_a_choice(kind: str, text: str, value: str | None) -> None:
    reading = read(kind, text, "US", today=TODAY)
    assert not reading.either
    assert (reading.value if reading.valid else None) == value


@pytest.mark.parametrize(
    ("field", "given", "answer", "value"),
    [
        (DAY, "Friday or Saturday", "the second one", "2026-12-05"),
        (DAY, "Friday or Saturday", "Saturday", "2026-12-05"),
        (DAY, "Friday or Saturday", "the earlier one please", "2026-12-04"),
        (DAY, "the 1st or the 2nd of May", "the second", "2027-05-02"),
        (DAY, "Friday or Saturday", "either is fine", "2026-12-04"),
        (DAY, "Friday or Saturday", "actually, Monday", "2026-11-30"),
        (DAY, "Friday or Saturday", "whichever is free", "2026-12-04"),
        (DAY, "Friday or Saturday", "not Friday", "2026-12-05"),
        (DAY, "Friday or Saturday", "not the second one", "2026-12-04"),
        (PHONE, "503 555 0142 or 503 555 0143", "the one ending in 43", "+15035550143"),
        (PHONE, "503 555 0142 or 503 555 0143", "the latter", "+15035550143"),
        (PHONE, "503 555 0142 or 0143", "503 555 0199", "+15035550199"),
        (EMAIL, "jo at gmail dot com or jo at yahoo dot com", "the yahoo one", "jo@yahoo.com"),
        (SLOT, "morning or afternoon", "the first", "morning"),
    ],
)
def test_which_is_meant_is_asked(
    field: dict[str, Any], given: str, answer: str, value: str
) -> None:
    call = Call(field, facts={"call.date": TODAY.isoformat()})
    call.said(given)
    assert not call.captured and call.heard.startswith("Which one is it: ")
    call.said(answer).said("yes")
    assert call.stored == (value, True)
    assert given in call.captured[-1].raw or answer == call.captured[-1].raw


def test_instead_of_the_number_called_from_two_may_be_given() -> None:
    call = Call(PHONE, caller_number="+15035550100")
    assert "Which one is it" in call.said("no, 503 555 0142 or 0143").heard
    assert call.said("the first").stored == ("+15035550142", False)


def test_a_correction_may_leave_the_choice_too() -> None:
    call = Call(DAY, facts={"call.date": TODAY.isoformat()}).said("Friday")
    assert "Which one is it" in call.said("no, Monday or Tuesday").heard
    assert call.captured[-1].denied
    assert call.said("the latter").said("yes").stored == ("2026-12-01", True)


@pytest.mark.parametrize("text", ["no", "neither of them"])
def test_none_of_the_values_is_no_refusal(text: str) -> None:
    call = Call(DAY, facts={"call.date": TODAY.isoformat()}).said("Friday or Saturday")
    assert call.said(text).heard == "Which day?"
    assert call.said("Monday").said("yes").stored == ("2026-11-30", True)


def test_who_never_says_which_is_left_with_nothing_stored() -> None:
    call = Call(DAY, facts={"call.date": TODAY.isoformat()})
    for _ in range(7):
        call.said("Friday or Saturday")
    assert not call.captured and call.state.ended


def test_options_joined_by_or_are_not_told_by_their_length() -> None:
    words = (("morning",), ("afternoon",))
    assert several_named(words, "morning or afternoon") == (0, 1)
    assert several_named(words, "in the morning or so") == ()
    assert several_named(words, "morning and afternoon, both are fine") == (0, 1)
    assert several_named(words, "the morning, and I need parking") == ()
    assert several_named(words, "the morning, or rather not the afternoon") == ()
