"""One turn that answers several questions of a gate, or one that was not asked yet."""

from __future__ import annotations

from typing import Any

import pytest

from flows import CallerSaid, CallStarted, build_flow
from flows.interpreter import initial_state, step
from flows.model import Flow
from tests.support.gates import a_gate_after, held

FIELDS: dict[str, dict[str, Any]] = {
    "name": {},
    "company": {},
    "email": {"confirm": "read_back"},
    "phone": {"confirm": "read_back"},
    "plate": {"kind": "code", "words": ["licence plate", "plate"], "confirm": "read_back"},
    "date": {"confirm": "read_back"},
}


def flow(*names: str) -> Flow:
    fields = [{"field": name, "ask": f"{name}?", **FIELDS[name]} for name in names]
    call = {"name": "call", "words": ["call me"], "next": "lead"}
    return a_gate_after([call], "lead", *fields)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "I'm Jane Smith and my email is jane at gmail dot com",
            {"name": "Jane Smith", "email": "jane@gmail.com"},
        ),
        (
            "it's 503 555 0142, and the name is Ann Lee",
            {"name": "Ann Lee", "phone": "+15035550142"},
        ),
        (
            "Jane Smith, jane at gmail dot com, 503 555 0142",
            {"name": "Jane Smith", "email": "jane@gmail.com", "phone": "+15035550142"},
        ),
        (
            "Sure, it's Jane Smith. My email's jane@gmail.com. And my cell is 503-555-0142.",
            {"name": "Jane Smith", "email": "jane@gmail.com", "phone": "+15035550142"},
        ),
        (
            "my number is five oh three, five five five, oh one four two and my name is Jane",
            {"name": "Jane", "phone": "+15035550142"},
        ),
        (
            "Jane Smith, and you can reach me at jane at gmail dot com",
            {"name": "Jane Smith", "email": "jane@gmail.com"},
        ),
        (
            "Jane Smith and the best number to reach me is 503 555 0142",
            {"name": "Jane Smith", "phone": "+15035550142"},
        ),
        (
            "Jane Smith, I work for Acme, 503 555 0142",
            {"name": "Jane Smith", "company": "Acme", "phone": "+15035550142"},
        ),
        (
            "Bob Jones, and my plate is A B C 1 2 3, and the date is next Friday",
            {"name": "Bob Jones", "plate": "ABC123", "date": "2026-05-15"},
        ),
        ("first name Jane, last name Smith", {"name": "Jane Smith"}),
        ("O'Brien, with an apostrophe", {"name": "O'Brien"}),
        ("Jane Smith 503 555 0142", {"name": "Jane Smith", "phone": "+15035550142"}),
        ("Jane Smith, jane@gmail.com", {"name": "Jane Smith", "email": "jane@gmail.com"}),
        ("Jane Smith jane at gmail dot com", {}),
    ],
)
def test_each_field_gets_its_part(text: str, values: dict[str, str]) -> None:
    state, _ = held(flow(*FIELDS), "call me", text)
    assert {name: field.value for name, field in state.fields.items()} == values


def test_each_value_keeps_its_own_words() -> None:
    state, _ = held(
        flow(*FIELDS), "call me", "I'm Jane Smith and my email is jane at gmail dot com"
    )
    assert state.fields["name"].raw == "I'm Jane Smith"
    assert state.fields["email"].raw == "my email is jane at gmail dot com"


def test_what_was_volunteered_is_confirmed_in_its_turn_and_the_rest_asked() -> None:
    gate = flow("name", "email", "phone")
    lines = ["call me", "Jane Smith, and my number is 503 555 0142"]
    state, said = held(gate, *lines)
    assert said == "Thanks, Jane Smith. email?"
    assert not state.fields["phone"].confirmed
    lines += ["jane at gmail dot com", "yes"]
    state, said = held(gate, *lines)
    assert said == "I have (503) 555-0142. Is that right?"
    state, said = held(gate, *lines, "no, 503 555 0143")
    assert said == "I have (503) 555-0143. Is that right?"
    state, _ = held(gate, *lines, "yes")
    assert state.fields["phone"].confirmed and state.ended is not None


@pytest.mark.parametrize(
    "given", ["actually my phone number is 503 555 0142", "fine, 503-555-0142", "okay 5035550142"]
)
def test_another_answer_than_the_one_asked_for_is_kept_and_the_question_asked_again(
    given: str,
) -> None:
    state, said = held(flow("name", "email", "phone"), "call me", "Jane", given)
    assert said == "Thanks, I've got it. email?"
    assert state.fields["phone"].value == "+15035550142"


def test_a_yes_may_come_with_the_next_answer() -> None:
    state, said = held(
        flow("email", "phone"),
        "call me",
        "jane at gmail dot com",
        "yes, and my number is 503 555 0142",
    )
    assert state.fields["email"].confirmed
    assert said == "I have (503) 555-0142. Is that right?"


def test_a_no_to_a_read_back_is_about_what_was_read_back() -> None:
    state, said = held(
        flow("company", "email"),
        "call me",
        "Acme, and my email is jane at acme dot com",
        "no, jane at acme dot org",
    )
    assert said == "I have jane@acme.org. Is that right?"
    assert state.fields["company"].value == "Acme"


def test_what_is_announced_before_the_gate_is_not_asked_in_it() -> None:
    state, said = held(
        flow("name", "phone"), "please call me, my name is Jane Smith and my number is 503 555 0142"
    )
    assert said == "Thanks, Jane Smith. I have (503) 555-0142. Is that right?"
    assert state.fields["phone"].raw == "my number is 503 555 0142"


def test_what_only_sounds_like_an_answer_before_the_gate_is_none() -> None:
    state, _ = held(flow("name", "phone"), "call me, I'm desperate, my number is broken")
    assert state.fields == {}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Hi I'm Tom Baker from Acme, call me", {"name": "Tom Baker"}),
        (
            "this is Tom Baker, call me, my company is Acme",
            {"name": "Tom Baker", "company": "Acme"},
        ),
        ("call me, my plate is A B 1 2 and I am in a hurry", {"plate": "AB12"}),
        (
            "call me, I'm Ann Lee, 503 555 0142, ann at yahoo dot com",
            {"name": "Ann Lee", "phone": "+15035550142", "email": "ann@yahoo.com"},
        ),
        ("I'm sick, call me", {}),
        ("I'm Tuesday's tour, call me", {}),
    ],
)
def test_who_introduces_themselves_is_not_asked_for_it(text: str, values: dict[str, str]) -> None:
    state = initial_state(found := flow("name", "company", "plate", "email", "phone"))
    for event in (CallStarted(), CallerSaid(text=text)):
        state = step(found, state, event).state
    assert {name: item.value for name, item in state.fields.items()} == values


def test_a_field_of_a_later_gate_may_be_given_early() -> None:
    document: dict[str, Any] = {
        "name": "Test",
        "start": "hello",
        "nodes": {
            "hello": {"type": "start", "say": "Hello.", "next": "who"},
            "who": {
                "type": "lead_gate",
                "fields": [{"field": "name", "ask": "name?"}],
                "next": "when",
            },
            "when": {
                "type": "lead_gate",
                "fields": [{"field": "date", "ask": "date?"}],
                "next": "bye",
            },
            "bye": {"type": "end", "say": "Bye."},
        },
    }
    state, said = held(build_flow(document), "Maria Garcia, and the date is June 12th 2026")
    assert said == "Thanks, Maria Garcia. Thanks, Friday, June 12, 2026. Bye."
    assert state.fields["date"].value == "2026-06-12"


def test_who_speaks_for_no_company_is_asked_for_none() -> None:
    state, said = held(flow("company", "email"), "call me", "I'm self-employed, just me")
    assert state.refused == ("company",) and "company" not in state.fields
    assert said.endswith("email?")


def test_what_came_early_and_is_corrected_is_said_back_once() -> None:
    _, said = held(flow("name"), "my name is Jane Smith", "my name is Jane Smythe actually")
    assert said.count("Jane Smythe") == 1
