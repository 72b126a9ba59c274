"""What is said before it is asked for: before the gate, in passing, everything at once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import CallerSaid, CallStarted, build_flow
from flows.actions import Say
from flows.interpreter import initial_state, step
from flows.model import Flow
from tests.support.gates import a_gate_after, held


def wishing(*fields: dict[str, Any]) -> Flow:
    table = {"name": "table", "words": ["table", "book"], "next": "booking"}
    question = {"name": "question", "words": ["question"], "next": "bye"}
    return a_gate_after([table, question], "booking", *fields)


DAY = {"field": "date", "ask": "date?", "confirm": "read_back"}
GUESTS = {"field": "guests", "kind": "number", "ask": "guests?", "words": ["people", "persons"]}


def wished(text: str) -> dict[str, tuple[str, str]]:
    state = initial_state(found := wishing(DAY, GUESTS))
    for event in (CallStarted(facts={"call.date": "2026-11-28"}), CallerSaid(text=text)):
        state = step(found, state, event).state
    return {name: (item.value, item.raw) for name, item in state.fields.items()}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("A table for four people on Friday, please", {"date": "2026-12-04", "guests": "4"}),
        ("Can I book a table for next Tuesday?", {"date": "2026-12-01"}),
        ("I'd like a table for Twenty-four people", {"guests": "24"}),
        ("book a table tomorrow for 6 persons", {"date": "2026-11-29", "guests": "6"}),
        # Nothing of what else is said of days and numbers.
        ("I booked a table on Friday and it was cold", {}),
        ("Are you open on Friday? I want a table", {}),
        ("a table, I called on Monday for it", {}),
        ("a table for people with four dogs", {}),
        ("I'd like a table but not on Friday", {}),
    ],
)
def test_a_day_and_a_number_said_before_the_gate_are_kept(text: str, kept: dict[str, str]) -> None:
    found = wished(text)
    assert {name: value for name, (value, _) in found.items()} == kept
    for _, raw in found.values():
        assert raw in text


def test_what_was_said_before_the_gate_is_read_back_instead_of_asked() -> None:
    state = initial_state(found := wishing(DAY, GUESTS))
    start = CallStarted(facts={"call.date": "2026-11-28"})
    said: list[str] = []
    for event in (
        start,
        CallerSaid(text="a table for four people on Friday"),
        CallerSaid(text="yes"),
    ):
        taken = step(found, state, event)
        state, said = taken.state, [a.text for a in taken.actions if isinstance(a, Say)]
        if event is not start and state.node == "booking":
            assert said == ["I have Friday, December 4, 2026. Is that right?"]
    assert said == ["Thanks, 4.", "Bye."]


VISIT: tuple[dict[str, Any], ...] = (
    {"field": "name", "ask": "name?", "confirm": "none"},
    {"field": "day", "kind": "date", "ask": "day?", "confirm": "read_back"},
    {
        "field": "guests",
        "kind": "number",
        "words": ["people"],
        "ask": "guests?",
        "confirm": "read_back",
    },
    {"field": "nights", "kind": "number", "ask": "nights?", "confirm": "read_back"},
)


def visit(*, asked_first: bool = False) -> Flow:
    wish = {
        "type": "clarify",
        "question": "What may we do?",
        "options": [
            {"name": "visit", "words": ["table", "book", "come", "people"], "next": "lead"}
        ],
        "no_match": {"then": "lead"},
        "attempts": 1,
    }
    return build_flow(
        {
            "name": "Visits",
            "start": "hello",
            "nodes": {
                "hello": {
                    "type": "start",
                    "say": "Hello.",
                    "next": "lead" if asked_first else "wish",
                },
                **({} if asked_first else {"wish": wish}),
                "lead": {"type": "lead_gate", "fields": list(VISIT), "next": "bye"},
                "bye": {"type": "end", "say": "Bye."},
            },
        }
    )


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("I'd like a table for four on Friday", {"guests": "4", "day": "2026-05-08"}),
        ("a table for 2 tomorrow", {"guests": "2", "day": "2026-05-07"}),
        ("book us in please, there are five of us, next tuesday",
         {"guests": "5", "day": "2026-05-12"}),
        ("can I book for six people on May 14th", {"guests": "6", "day": "2026-05-14"}),
        ("we need three nights for two adults", {"guests": "2", "nights": "3"}),
        ("we want to come on the third of June", {"day": "2026-06-03"}),
        # What does not say it for certain.
        ("a table for four thirty", {}),
        ("book a table for four or five people", {}),
        ("a table for twenty-five", {"guests": "25"}),
        ("are you open on Friday? I want to book", {}),
        ("my pump broke on Monday, can you come", {}),
        ("I was there on Monday and want to book again", {}),
        ("we want to come on Friday or Saturday", {}),
        ("I have a table for two on Friday and must cancel it", {}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("asked_first", [False, True])
def test_what_is_named_before_it_is_asked_for_is_kept(
    text: str, values: dict[str, str], asked_first: bool
) -> None:
    state, _ = held(visit(asked_first=asked_first), text)
    kept = {name: field for name, field in state.fields.items() if name != "name"}
    assert {name: field.value for name, field in kept.items()} == values
    assert all(field.raw in text and not field.confirmed for field in kept.values())


def test_what_was_named_in_passing_is_confirmed_in_its_turn() -> None:
    lines = ["I'd like a table for four on Friday", "Jane Smith"]
    _, said = held(visit(), *lines)
    assert said == "I have Friday, May 8, 2026. Is that right?"
    _, said = held(visit(), *lines, "yes")
    assert said == "I have 4. Is that right?"
    state, said = held(visit(), *lines, "yes", "no, five")
    assert state.fields["guests"].value == "5"
    _, said = held(visit(), *lines, "yes", "yes")
    assert said == "nights?"


def test_a_wish_where_a_name_is_asked_for_is_kept_and_the_name_asked_again() -> None:
    _, said = held(visit(asked_first=True), "I'd like a table for four on Friday")
    assert said == "Thanks, I've got it. name?"


def quotes() -> Flow:
    home = {
        "field": "home",
        "kind": "choice",
        "ask": "home?",
        "confirm": "none",
        "options": [
            {"name": "house", "words": ["house", "home"]},
            {"name": "apartment", "words": ["apartment", "flat"]},
        ],
    }
    when = {
        "field": "when",
        "kind": "choice",
        "ask": "when?",
        "confirm": "none",
        "options": [{"name": "morning"}, {"name": "afternoon"}],
    }
    insured = {
        "field": "insured",
        "kind": "choice",
        "ask": "insured?",
        "confirm": "none",
        "options": [{"name": "yes", "words": ["sure"]}, {"name": "no"}],
    }
    return wishing(home, when, insured)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("I want to book for my house", {"home": "house"}),
        ("book it for a flat, in the afternoon", {"home": "apartment", "when": "afternoon"}),
        ("book, not for a house, for an apartment", {"home": "apartment"}),
        ("sure, good morning, I'd like to book", {}),
        ("book my house, the apartment above leaks", {}),
        ("can I book for a house?", {}),
        ("my neighbour's house was broken into and I want to book", {}),
        ("the flat leaks", {}),
    ],
)
def test_the_one_option_named_before_the_gate_is_chosen(text: str, values: dict[str, str]) -> None:
    state, _ = held(quotes(), text)
    assert {name: field.value for name, field in state.fields.items()} == values


def test_a_choice_that_was_not_asked_for_is_said_back_and_can_be_changed() -> None:
    _, said = held(quotes(), "I want to book for my house")
    assert said == "Thanks, house. when?"
    state, said = held(quotes(), "I want to book for my house", "no, an apartment")
    assert state.fields["home"].value == "apartment"
    assert said == "Thanks, apartment. when?"


TOURS = (
    {"field": "name", "ask": "name?"},
    {"field": "company", "ask": "company?", "required": False},
    GUESTS,
    DAY,
    {"field": "tour", "kind": "choice", "ask": "tour?", "words": ["tour"],
     "options": [{"name": "boat"}, {"name": "bus"}]},
    {"field": "email", "ask": "email?"},
    {"field": "phone", "ask": "phone?"},
    {"field": "budget", "kind": "money", "ask": "budget?"},
)  # fmt: skip
SAID = {
    "name": (("my name is Sarah Lewis", "I'm Sarah Lewis", "this is Sarah Lewis"), "Sarah Lewis"),
    "company": (("my company is Acme", "our company is Acme"), "Acme"),
    "guests": (("we are four people", "there are four of us", "it's for four people"), "4"),
    "date": (("we'd like to come on Friday", "I want to book on Friday"), "2026-12-04"),
    "tour": (("I'd like the bus tour", "we want a bus tour"), "bus"),
    "email": (("my email is s at acme dot org", "you can email me at s at acme dot org"),
              "s@acme.org"),
    "phone": (("my number is 503 555 0142", "you can reach me on 503 555 0142"), "+15035550142"),
    "budget": (("my budget is 350 dollars", "our budget is 350 dollars"), "350 USD"),
}  # fmt: skip
JOINTS = (", ", " and ", ". ", ", and ")


@settings(max_examples=150)
@given(
    st.lists(st.sampled_from(sorted(SAID)), min_size=2, max_size=5, unique=True),
    st.sampled_from(JOINTS),
    st.sampled_from(("", "Hi, ", "Hello. ", "yes ")),
    st.booleans(),
    st.data(),
)
def test_a_hasty_caller_is_asked_nothing_twice(
    names: list[str], joint: str, opening: str, asked: bool, data: st.DataObject
) -> None:
    said = joint.join(data.draw(st.sampled_from(SAID[name][0])) for name in names)
    state = initial_state(found := wishing(*TOURS))
    events = [CallStarted(facts={"call.date": "2026-11-28"})]
    lines = ["book", opening + said] if asked else [opening + said]
    for event in (*events, *(CallerSaid(text=line) for line in lines)):
        state = step(found, state, event).state
    assert {name: item.value for name, item in state.fields.items()} == {
        name: SAID[name][1] for name in names
    }


@pytest.mark.parametrize(
    "said",
    ["my company is paying for it", "our company is very small", "I need to check something"],
)
def test_what_is_told_of_a_thing_is_not_its_name(said: str) -> None:
    visit = {"field": "visit", "kind": "choice", "ask": "visit?",
             "options": [{"name": "check"}, {"name": "cleaning"}]}  # fmt: skip
    state = initial_state(found := wishing({"field": "company", "ask": "company?"}, visit))
    for event in (CallStarted(), CallerSaid(text=said)):
        state = step(found, state, event).state
    assert not state.fields
