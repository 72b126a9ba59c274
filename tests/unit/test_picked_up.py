"""What is given in pieces, on the way, or late is taken up where it belongs."""

from __future__ import annotations

from typing import Any

import pytest

from flows import CallerSaid, CallStarted, build_flow
from flows.actions import Capture, Say
from flows.events import DispatchDone, TimerFired
from flows.interpreter import initial_state, step
from flows.spoken.continuing import continued
from tests.support.lead_call import Call

NAME = {"field": "name", "ask": "Name?", "confirm": "read_back"}
EMAIL = {"field": "email", "ask": "Email?", "confirm": "read_back"}
PHONE = {"field": "phone", "ask": "Phone?", "confirm": "read_back"}
CODE = {"field": "order", "kind": "code", "ask": "Order?", "confirm": "read_back"}
PLACE = {"field": "address", "ask": "Address?", "confirm": "read_back"}


@pytest.mark.parametrize(
    ("field", "lines", "value"),
    [
        (CODE, ["A B", "one two three", "yes"], "AB123"),
        (CODE, ["A B 1 2", "and then 3 4", "yes"], "AB1234"),
        (CODE, ["A B 1 2", "no, 3 4", "yes"], "AB34"),
        (PLACE, ["12 Oak Street", "in Portland, Oregon", "yes"], "12 Oak Street, Portland, Oregon"),
        (PLACE, ["12 Oak Street", "no, it's Elm Street", "yes"], "12 Elm Street"),
        (NAME, ["Jane Kowalczyk", "no", "K O W A", "L C Z Y K", "yes"], "Jane Kowalczyk"),
        (EMAIL, ["jane dot", "miller at gmail dot com", "yes"], "jane.miller@gmail.com"),
        (EMAIL, ["jane", "miller at gmail dot com", "yes"], "miller@gmail.com"),
    ],
)
def test_what_was_read_back_too_soon_goes_on(
    field: dict[str, Any], lines: list[str], value: str
) -> None:
    call = Call(field)
    for line in lines:
        call.said(line)
    assert call.stored == (value, True)


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("code", "AB12", "C D"),
        ("code", "AB12", "one three"),
        ("code", "AB", "hold on one second"),
        ("address", "12 Oak Street", "yes"),
        ("address", "12 Oak Street", "Jane Smith"),
        ("address", "12 Oak Street, Salem", "Portland"),
        ("name", "Jane Miller", "S M I T H"),
    ],
)
def test_a_correction_and_other_words_do_not_go_on(kind: str, value: str, said: str) -> None:
    assert continued(kind, value, said, "Jane Millner") is None


@pytest.mark.parametrize(
    ("said", "keys", "number"),
    [
        ("503 555", "0142", "+15035550142"),
        ("my number is 503", "5035550142", "+15035550142"),
        ("503 555", "5035550142", "+15035550142"),
        ("212 555 187", "3125550187", "+13125550187"),
    ],
)
def test_keys_go_on_with_what_was_said_or_begin_anew(said: str, keys: str, number: str) -> None:
    call = Call(PHONE, channels=("keypad",)).said(said).keyed(keys)
    assert call.stored == (number, False)


def test_two_answers_are_corrected_in_one_turn() -> None:
    call = Call(NAME, EMAIL, PHONE)
    for line in ("Jane Smith", "yes", "jane at gmail dot com", "yes"):
        call.said(line)
    call.said("my name is Jean and my email is jean at gmail dot com")
    assert "Jean Smith" in call.heard
    assert "jean, at gmail" in call.said("yes").heard
    assert call.said("yes").heard == "Phone?"
    confirmed = {name: one.value for name, one in call.state.fields.items() if one.confirmed}
    assert confirmed == {"name": "Jean Smith", "email": "jean@gmail.com"}


def test_a_yes_to_a_request_is_no_failure_yet() -> None:
    call = Call(EMAIL).said("yes, sure")
    assert call.heard == "Go on."
    assert call.said("yes").heard == "Sorry, I still didn't get that. Email?"
    assert call.said("jane at gmail dot com").stored == ("jane@gmail.com", False)


def test_what_was_refused_may_be_given_later() -> None:
    call = (
        Call({**PHONE, "required": False}, NAME)
        .said("no")
        .said("oh wait, my number is 503 555 0142")
    )
    assert call.stored == ("+15035550142", False)
    assert call.said("yes").heard == "Name?"


def test_a_choice_that_was_thought_over_is_the_last_one() -> None:
    slot = {"field": "slot", "kind": "choice", "ask": "When?",
            "options": [{"name": "afternoon"}, {"name": "morning"}]}  # fmt: skip
    call = Call(slot, NAME).said("afternoon, no sorry, morning")
    assert call.stored == ("morning", True)
    assert call.said("actually, the first option").stored == ("afternoon", True)


def test_another_language_in_the_middle_of_a_confirmation_reads_back_again() -> None:
    flow = build_flow(
        {
            "name": "T",
            "start": "hello",
            "languages": ["de"],
            "nodes": {
                "hello": {"type": "start", "say": {"en": "Hi.", "de": "Hallo."}, "next": "lead"},
                "lead": {
                    "type": "lead_gate",
                    "fields": [{**NAME, "ask": {"en": "Name?", "de": "Ihr Name?"}}],
                    "next": "bye",
                },
                "bye": {"type": "end"},
            },
        }
    )
    result = step(flow, initial_state(flow), CallStarted())
    for text in ("Jane Smith", "können wir Deutsch sprechen?"):
        result = step(flow, result.state, CallerSaid(text=text))
    said = [action.text for action in result.actions if isinstance(action, Say)]
    assert said == ["Ich habe Jane Smith. Stimmt das?"]


HELD = build_flow(
    {
        "name": "T",
        "start": "hello",
        "operator": "person",
        "nodes": {
            "hello": {"type": "start", "say": "Hi.", "next": "lead"},
            "lead": {"type": "lead_gate", "fields": [NAME, PHONE], "next": "bye"},
            "person": {"type": "dispatch", "mode": "wait", "next": "bye", "on_failure": "lead"},
            "bye": {"type": "end"},
        },
    }
)


def on_hold(*lines: str) -> Any:
    """The last step of a caller who waits for somebody."""
    result = step(HELD, initial_state(HELD), CallStarted())
    for text in ("Jane Smith", "yes", "I want to speak to a person"):
        result = step(HELD, result.state, CallerSaid(text=text))
    result = step(HELD, result.state, DispatchDone(request_id=result.state.pending or ""))
    for text in lines:
        result = step(HELD, result.state, CallerSaid(text=text))
    return result


def test_a_correction_on_hold_is_kept_and_confirmed_later() -> None:
    result = on_hold("my name is Jane Smythe, actually")
    assert [one.value for one in result.actions if isinstance(one, Capture)] == ["Jane Smythe"]
    assert result.state.phase == "holding"
    result = step(HELD, result.state, TimerFired(name=f"join-{result.state.serial}"))
    assert "Jane Smythe" in [one.text for one in result.actions if isinstance(one, Say)][-1]


@pytest.mark.parametrize("text", ["I don't want to wait", "forget it", "okay, let's go on"])
def test_who_does_not_want_to_wait_goes_on(text: str) -> None:
    assert on_hold(text).state.node == "lead"
    assert on_hold("hello?").state.phase == "holding"
