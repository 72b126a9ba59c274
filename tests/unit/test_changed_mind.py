"""Second thoughts that name no field: "actually, make it five people", some questions later."""

from __future__ import annotations

import pytest

from flows import CallStarted
from flows.talk import TextConversation
from tests.support.gates import a_gate

FLOW = a_gate(
    {"field": "party", "kind": "number", "ask": "How many?", "words": ["people"],
     "confirm": "none"},
    {"field": "day", "kind": "date", "ask": "Which day?", "confirm": "none"},
    {"field": "tour", "kind": "choice", "ask": "Boat or bike?", "confirm": "none",
     "options": [{"name": "boat"}, {"name": "bike"}]},
    {"field": "budget", "kind": "money", "ask": "Your budget?", "confirm": "none"},
    {"field": "notes", "kind": "text", "ask": "Anything else?", "required": False,
     "confirm": "none"},
    {"field": "name", "ask": "Your name?", "confirm": "none"},
)  # fmt: skip
START = CallStarted(facts={"call.date": "2026-11-28"})
ANSWERS = ("four", "Saturday", "boat", "600 dollars")


def after(*lines: str) -> TextConversation:
    talk = TextConversation(FLOW, answer=lambda _: None, start=START)
    talk.open()
    for line in lines:
        talk.said(line)
    return talk


def values(talk: TextConversation) -> dict[str, str]:
    return {name: item.value for name, item in talk.state.fields.items()}


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ("actually make it five people", "party", "5"),
        ("no wait, there will be three of us", "party", "3"),
        ("sorry, make it five", "party", "5"),
        ("oh and I meant Sunday, not Saturday", "day", "2026-11-29"),
        ("wait, can we make it Monday instead?", "day", "2026-11-30"),
        ("on second thought, the bike", "tour", "bike"),
        ("actually I'd rather take the bike", "tour", "bike"),
        ("I changed my mind, make it 700 dollars", "budget", "700 USD"),
        ("actually, make it eight hundred", "budget", "800"),
    ],
)
def test_what_is_taken_back_is_told_by_its_kind(said: str, field: str, value: str) -> None:
    talk = after(*ANSWERS, "no", said)
    assert values(talk)[field] == value
    changed = {name for name, item in values(talk).items() if item != values(after(*ANSWERS))[name]}
    assert changed == {field} and talk.state.node == "lead"


@pytest.mark.parametrize(
    "said",
    [
        "actually I already told you",
        "sorry, it's a bad line",
        "wait, is Monday a holiday?",
        "actually",
    ],
)
def test_other_second_thoughts_take_nothing_back(said: str) -> None:
    assert values(after(*ANSWERS, "no", said)) == values(after(*ANSWERS))


def test_the_open_question_goes_first() -> None:
    assert values(after("four", "Saturday, no wait, Monday"))["day"] == "2026-11-30"
    talk = after("four", "Saturday", "boat", "actually make it 500 dollars")
    assert values(talk)["budget"] == "500 USD" and values(talk)["party"] == "4"


def test_what_is_counted_goes_before_the_open_question() -> None:
    assert values(after("four", "Saturday", "boat", "actually make it three people")) == {
        "party": "3", "day": "2026-12-05", "tour": "boat",
    }  # fmt: skip


def test_what_was_said_before_answers_the_open_question() -> None:
    talk = after(*ANSWERS, "we have a dog with us, actually make it three")
    assert values(talk) == {
        "party": "3", "day": "2026-12-05", "tour": "boat", "budget": "600 USD",
        "notes": "we have a dog with us",
    }  # fmt: skip
    assert talk.state.fields["notes"].raw == "we have a dog with us"
    assert list(FLOW.lead_fields())[talk.state.field_index][2].field == "name"


def test_a_story_takes_nothing_back() -> None:
    story = "my knee hurts, actually Friday was worse"
    assert values(after(*ANSWERS, story)) == {**values(after(*ANSWERS)), "notes": story}


@pytest.mark.parametrize(
    "said", ["no that's it", "No, that's all, thanks.", "not that I can think of"]
)
def test_nothing_more_is_no_text(said: str) -> None:
    talk = after(*ANSWERS, said)
    assert "notes" not in talk.state.fields and "notes" in talk.state.refused


BOOKING = a_gate(
    {
        "field": "when",
        "kind": "text",
        "ask": "Which day and time?",
        "confirm": "none",
    },
    {"field": "card", "kind": "code", "ask": "A card?", "required": False},
    {"field": "phone", "ask": "Your number?", "confirm": "none"},
    {"field": "name", "ask": "Your name?", "confirm": "none"},
)


def booked(*lines: str) -> tuple[TextConversation, str]:
    talk = TextConversation(BOOKING, answer=lambda _: None, start=START)
    said = talk.open()
    for line in lines:
        said = talk.said(line)
    return talk, " ".join(line.text for line in said if line.who == "agent")


@pytest.mark.parametrize(
    ("before", "said", "when"),
    [
        ("Friday at seven", "oh sorry we need Saturday instead of Friday", "Saturday at seven"),
        ("Friday at seven", "actually, make it at eight", "Friday at eight"),
        ("Monday morning", "sorry, can we make it Tuesday morning instead?", "Tuesday morning"),
    ],
)
def test_a_day_and_a_time_in_words_are_changed_in_the_part_that_is_named(
    before: str, said: str, when: str
) -> None:
    talk, words = booked(before, said)
    assert talk.state.fields["when"].value == when
    assert words == f"Thanks, {when}. A card?"


@pytest.mark.parametrize("said", ["no, not with me", "nope, I left it at home"])
def test_a_no_to_what_is_only_offered_is_no_failure(said: str) -> None:
    talk, words = booked("Friday", said)
    assert "card" in talk.state.refused and words == "That's all right. Your number?"


def test_the_end_of_a_number_is_corrected_later() -> None:
    talk, words = booked("Friday", "no", "503 555 0142", "actually my number ends in 43")
    assert talk.state.fields["phone"].value == "+15035550143"
    assert words == "Thanks, (503) 555-0143. Your name?"


ADDRESS = a_gate(
    {"field": "address", "ask": "Where?", "confirm": "read_back"},
    {"field": "tour", "kind": "choice", "ask": "Boat or bike?", "confirm": "none",
     "options": [{"name": "boat"}, {"name": "bike"}]},
)  # fmt: skip


@pytest.mark.parametrize(
    ("region", "street", "number", "address"),
    [
        ("US", "Main Street", "number twelve", "12 Main Street"),
        ("US", "it's on Oak Avenue", "it's 1402", "1402 Oak Avenue"),
        ("US", "Main Street", "14 Oak Lane", "14 Oak Lane"),
        ("DE", "Hauptstraße", "Nummer 12", "Hauptstraße 12"),
    ],
)
def test_a_street_waits_for_its_number(region: str, street: str, number: str, address: str) -> None:
    start = CallStarted(region=region)
    talk = TextConversation(ADDRESS, answer=lambda _: None, start=start)
    talk.open()
    asked = [line.text for line in talk.said(street) if line.who == "agent"]
    assert asked == ["And what's the number of the house?"]
    talk.said(number)
    assert talk.state.fields["address"].value == address


def test_who_does_not_care_refuses_no_choice() -> None:
    talk = TextConversation(ADDRESS, answer=lambda _: None, start=START)
    talk.open()
    for line in ("12 Main Street", "yes", "I don't care"):
        talk.said(line)
    assert not talk.state.ended and "tour" not in talk.state.refused
    assert "tour" not in talk.state.fields
