"""Whole dialogues of a lead gate in the wordings of callers, and what they leave."""

from __future__ import annotations

from typing import Any

import pytest

from flows import CallStarted, build_flow
from flows.model import Flow
from flows.talk import TextConversation

FIELDS: dict[str, dict[str, Any]] = {
    "name": {"confirm": "implicit"},
    "spelled name": {"field": "name", "confirm": "read_back"},
    "email": {"confirm": "read_back"},
    "phone": {"confirm": "read_back"},
    "date": {"confirm": "read_back"},
    "slot": {
        "kind": "choice",
        "confirm": "implicit",
        "options": [{"name": "morning"}, {"name": "afternoon"}],
    },
}
CALLER = "+15035550142"


def flow(*names: str) -> Flow:
    fields = [{"field": name, "ask": f"{name}?", **FIELDS[name]} for name in names]
    return build_flow(
        {
            "name": "Test",
            "start": "hello",
            "questions": "answers",
            "nodes": {
                "hello": {"type": "start", "say": "Hello.", "next": "lead"},
                "lead": {"type": "lead_gate", "fields": fields, "next": "bye"},
                "answers": {"type": "rag_answer", "say": "Ask.", "next": "bye"},
                "bye": {"type": "end", "say": "Bye."},
            },
        }
    )


@pytest.mark.parametrize(
    ("fields", "lines", "values"),
    [
        # A number where another field is asked for is kept, and asked for no more.
        (
            ("name", "email", "phone"),
            ("503-555-0142", "Jane Miller", "jane at gmail dot com", "yes", "yes"),
            {"name": "Jane Miller", "email": "jane@gmail.com", "phone": CALLER},
        ),
        (
            ("name", "email", "phone"),
            ("Jane Miller", "503 555 0142", "jane at gmail dot com", "yes", "yes"),
            {"name": "Jane Miller", "email": "jane@gmail.com", "phone": CALLER},
        ),
        # An address begun with a name alone.
        (
            ("name", "email"),
            ("Jane Miller", "jane", "dot miller", "at gmail dot com", "yes"),
            {"name": "Jane Miller", "email": "jane.miller@gmail.com"},
        ),
        # "Uh" takes nothing back, and is no failure.
        (
            ("name", "phone"),
            ("Jane", "five oh three", "uh", "five five four, no sorry, five five five",
             "oh one four two", "yep"),
            {"name": "Jane", "phone": CALLER},
        ),
        # An earlier answer given anew, without a word about which it is.
        (
            ("name", "email", "phone"),
            ("Jane", "jane@gmail.com", "yes", "actually use jane at yahoo dot com instead", "yes",
             "503 555 0142", "yes"),
            {"name": "Jane", "email": "jane@yahoo.com", "phone": CALLER},
        ),
        (
            ("name", "email", "phone"),
            ("Jane", "jane@gmail.com", "yes", "503 555 0142",
             "no wait, use my other email, jane at yahoo dot com", "yes", "yes"),
            {"name": "Jane", "email": "jane@yahoo.com", "phone": CALLER},
        ),
        (
            ("name", "email", "phone"),
            ("Jane", "jane@gmail.com", "yes", "wait, did I say gmail? I meant yahoo", "yes",
             "503 555 0142", "yes"),
            {"name": "Jane", "email": "jane@yahoo.com", "phone": CALLER},
        ),
        # What stands in two values is corrected in both.
        (
            ("name", "email", "phone"),
            ("Jane Miller", "jane.miller@gmail.com", "yes", "not Jane, Jean", "yes",
             "503 555 0142", "yes"),
            {"name": "Jean Miller", "email": "jean.miller@gmail.com", "phone": CALLER},
        ),
        (
            ("name", "phone"),
            ("Jane Miller", "that's Jean", "503 555 0142", "yes"),
            {"name": "Jean Miller", "phone": CALLER},
        ),
        # The part is named that is wrong, not what it should be.
        (
            ("name", "phone"),
            ("Jane", "503 555 0143", "you got the last digit wrong", "two", "yes"),
            {"name": "Jane", "phone": CALLER},
        ),
        (
            ("name", "phone"),
            ("Jane", "503 555 0143", "yes, except for the last digit", "two", "yes"),
            {"name": "Jane", "phone": CALLER},
        ),
        (
            ("name", "email"),
            ("Jane", "jane@gmail.com", "everything's right but the domain", "yahoo dot com", "yes"),
            {"name": "Jane", "email": "jane@yahoo.com"},
        ),
        (
            ("name", "email"),
            ("Jane", "jane@gmail.com", "the first part is wrong", "j a y n e", "yes"),
            {"name": "Jane", "email": "jayne@gmail.com"},
        ),
        (
            ("spelled name", "phone"),
            ("Jane Miller", "yes, except the last name, it's Millar", "yes", "503 555 0142", "yes"),
            {"name": "Jane Millar", "phone": CALLER},
        ),
        (
            ("spelled name", "phone"),
            ("Jane Miller", "you got my last name wrong", "M I L L A R", "yes", "503 555 0142",
             "yes"),
            {"name": "Jane Millar", "phone": CALLER},
        ),
        # An address made of the name that was given.
        (
            ("name", "email"),
            ("Jane Miller", "my first name dot my last name at gmail dot com", "yes"),
            {"name": "Jane Miller", "email": "jane.miller@gmail.com"},
        ),
        (
            ("name", "email"),
            ("Jane Miller", "first initial last name at gmail dot com", "yes"),
            {"name": "Jane Miller", "email": "jmiller@gmail.com"},
        ),
        (
            ("name", "slot"),
            ("Jane", "not the morning", "afternoon"),
            {"name": "Jane", "slot": "afternoon"},
        ),
        (
            ("name", "date"),
            ("Jane", "June 12th", "no, July", "yes"),
            {"name": "Jane", "date": "2026-07-12"},
        ),
    ],
)  # fmt: skip
def test_what_a_caller_leaves(
    fields: tuple[str, ...], lines: tuple[str, ...], values: dict[str, str]
) -> None:
    talk = TextConversation(
        flow(*fields),
        answer=lambda question: None,
        start=CallStarted(channels=("keypad",), facts={"call.date": "2026-05-06"}),
    )
    talk.open()
    for line in lines:
        talk.said(line)
    assert {name: field.value for name, field in talk.state.fields.items()} == values
    assert all(field.confirmed for field in talk.state.fields.values()) and talk.ended


@pytest.mark.parametrize(
    ("said", "then", "name"),
    [("no", "phone?", "Jane Miller"), ("no, it's Jean", "Is the number", "Jean Miller")],
)
def test_a_bare_no_to_an_offer_is_not_about_the_name_said_before(
    said: str, then: str, name: str
) -> None:
    talk = TextConversation(
        flow("name", "phone"), answer=lambda question: None, start=CallStarted(caller_number=CALLER)
    )
    talk.open()
    talk.said("Jane Miller")
    assert talk.said(said)[-1].text.startswith(then)
    assert talk.state.fields["name"].value == name


@pytest.mark.parametrize(
    "said",
    [
        "just call me on this one",
        "you can use that",
        "keep this number",
        "same number I'm calling from",
    ],
)
def test_the_callers_number_is_taken_in_the_words_people_have_for_it(said: str) -> None:
    talk = TextConversation(
        flow("phone"), answer=lambda question: None, start=CallStarted(caller_number=CALLER)
    )
    talk.open()
    talk.said(said)
    assert talk.state.fields["phone"].value == CALLER and talk.state.fields["phone"].confirmed
