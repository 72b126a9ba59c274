"""One turn that answers several questions of a gate, or one that was not asked yet."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import CallerSaid, CallStarted, build_flow
from flows.actions import Say
from flows.interpreter import initial_state, step
from flows.model import Flow
from flows.state import State

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
    return gate_after([call], "lead", fields)


def gate_after(options: list[dict[str, Any]], gate: str, fields: list[dict[str, Any]]) -> Flow:
    """A flow that asks what is wished before it asks for the fields."""
    return build_flow(
        {
            "name": "Test",
            "start": "hello",
            "nodes": {
                "hello": {"type": "start", "say": "Hello.", "next": "wish"},
                "wish": {
                    "type": "clarify",
                    "question": "What may we do?",
                    "options": options,
                    "no_match": {"then": "bye"},
                },
                gate: {"type": "lead_gate", "fields": fields, "next": "bye"},
                "bye": {"type": "end", "say": "Bye."},
            },
        }
    )


def held(flow: Flow, *lines: str) -> tuple[State, str]:
    """The state after the caller's lines, and what the agent said to the last."""
    facts = {"call.date": "2026-05-06"}
    result = step(flow, initial_state(flow), CallStarted(facts=facts))
    for line in lines:
        result = step(flow, result.state, CallerSaid(text=line))
    said = " ".join(action.text for action in result.actions if isinstance(action, Say))
    return result.state, said


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


def wishing(*fields: dict[str, Any]) -> Flow:
    table = {"name": "table", "words": ["table", "book"], "next": "booking"}
    question = {"name": "question", "words": ["question"], "next": "bye"}
    return gate_after([table, question], "booking", list(fields))


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


def test_who_speaks_for_no_company_is_asked_for_none() -> None:
    state, said = held(flow("company", "email"), "call me", "I'm self-employed, just me")
    assert state.refused == ("company",) and "company" not in state.fields
    assert said.endswith("email?")


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


def test_what_came_early_and_is_corrected_is_said_back_once() -> None:
    _, said = held(flow("name"), "my name is Jane Smith", "my name is Jane Smythe actually")
    assert said.count("Jane Smythe") == 1


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


@settings(max_examples=150, deadline=None)
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
