"""What the caller said is wrong is not offered again, nor used, until something replaces it."""

from __future__ import annotations

import pytest

from flows.actions import AskOnPage
from flows.cursor import Cursor
from tests.support.lead_call import Call, a_name, a_phone, an_email


def test_a_reading_that_was_denied_is_not_offered_again_while_there_is_another() -> None:
    call = Call(an_email()).said("jon at example dot com")
    call.said("no").said("jon at example dot com", "john at example dot com")
    assert call.state.candidate is not None
    assert call.state.candidate.value == "john@example.com"


def test_hearing_what_was_denied_again_offers_another_way() -> None:
    call = Call(an_email(), channels=("page",)).said("jon at example dot com")
    call.said("no").said("jon at example dot com")
    assert any(isinstance(action, AskOnPage) for action in call.actions)


def test_where_there_is_no_other_way_what_was_denied_may_come_again() -> None:
    call = Call(an_email()).said("jon at example dot com")
    call.said("no").said("jon at example dot com").said("yes")
    assert call.stored == ("jon@example.com", True)


@pytest.mark.parametrize(
    ("kind", "value", "part", "corrected"),
    [
        ("email", "john dot schmidt at gmail dot com", "schmid without t", "john.schmid@gmail.com"),
        ("email", "john dot schmidt at gmail dot com", "S C H M I D", "john.schmid@gmail.com"),
        ("email", "john at gmail dot com", "at hotmail dot com", "john@hotmail.com"),
        ("email", "john at gmail dot com", "jon at gmail dot com", "jon@gmail.com"),
        ("phone", "503 555 0142", "the last four are 0143", "+15035550143"),
        ("phone", "503 555 0142", "503 555 0143", "+15035550143"),
        ("name", "Jane Miller", "J A Y N E", "Jayne Miller"),
        ("name", "Jane Miller", "Joan Smith", "Joan Smith"),
    ],
)
def test_a_part_said_after_a_plain_no_corrects_what_was_denied(
    kind: str, value: str, part: str, corrected: str
) -> None:
    call = Call({"field": kind, "ask": "Your answer?", "confirm": "read_back"}).said(value)
    call.said("no").said(part)
    assert call.stored == (corrected, False)
    assert call.captured[-1].raw.endswith(part)
    call.said("yes")
    assert call.stored == (corrected, True)


def test_a_denied_value_is_on_record_as_that_until_another_takes_its_place() -> None:
    call = Call(a_phone()).said("503 555 0142").said("no")
    wrong = call.captured[-1]
    assert (wrong.value, wrong.confirmed, wrong.denied) == ("+15035550142", False, True)
    call.said("503 555 0143").said("yes")
    assert [(found.value, found.denied) for found in call.captured[2:]] == [
        ("+15035550143", False),
        ("+15035550143", False),
    ]
    assert call.stored == ("+15035550143", True)


def test_what_was_denied_is_not_said_or_sent() -> None:
    call = Call(a_name()).said("Jane Miller").said("no").said("I'd rather not say")
    assert call.state.fields["name"].denied
    assert "lead.name" not in Cursor(call.flow, call.state).values()


def test_an_earlier_answer_that_is_called_wrong_is_withdrawn_till_it_is_given_again() -> None:
    call = Call(a_name(confirm="implicit"), a_phone()).said("Jane Miller")
    call.said("my name is wrong")
    assert call.state.fields["name"].denied
    call.said("Jean Mueller")
    assert call.stored == ("Jean Mueller", True) and not call.state.fields["name"].denied
    assert "What is your number?" in call.heard


@pytest.mark.parametrize("text", ["No, that's all.", "no, that's enough", "never mind"])
def test_who_calls_it_enough_does_not_correct_the_name(text: str) -> None:
    call = Call(a_name(confirm="implicit"), an_email()).said("Jane Miller").said(text)
    assert call.state.fields["name"].value == "Jane Miller"
