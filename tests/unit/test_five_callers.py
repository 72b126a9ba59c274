"""What went wrong when five kinds of callers told one flow everything, in English and German."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows import build_flow, load_flow
from flows.events import AnswerReady, CallerSaid, CallStarted
from flows.interpreter import initial_state, step
from flows.script import Conversation, knowledge_by_words, load_script, run_script
from tests.support.lead_call import Call, a_name, a_phone, an_email

NOBODY = {"field": "email", "ask": "An email?", "confirm": "none", "required": False}


def _held(language: str, *said: str) -> tuple[dict[str, str], list[str]]:
    """What is kept after these words to a flow with a choice before its gate, and what is heard."""
    fields: list[dict[str, Any]] = [
        a_name(),
        a_phone(),
        {"field": "day", "kind": "date", "ask": "Which day?"},
        {"field": "rooms", "kind": "number", "ask": "Rooms?", "words": ["rooms", "zimmer"]},
    ]
    flow = build_flow(
        {
            "name": "Movers", "language": language, "start": "hello", "questions": "answers",
            "nodes": {
                "hello": {"type": "start", "say": "Hello.", "next": "wish"},
                "wish": {
                    "type": "clarify", "question": "A quote, or a claim?",
                    "options": [
                        {"name": "quote", "words": ["quote", "angebot"], "next": "lead"},
                        {"name": "claim", "words": ["damage"], "next": "answers"},
                    ],
                },
                "answers": {"type": "rag_answer", "say": "What is it?", "next": "lead"},
                "lead": {"type": "lead_gate", "fields": fields, "next": "bye"},
                "bye": {"type": "end", "say": "Bye."},
            },
        }
    )  # fmt: skip
    region = "DE" if language == "de" else "US"
    start = CallStarted(facts={"call.date": "2026-11-29"}, region=region, language=language)
    state, texts = step(flow, initial_state(flow), start).state, list[str]()
    for words in said:
        taken = step(flow, state, CallerSaid(text=words))
        if taken.state.pending:
            found = AnswerReady(request_id=taken.state.pending, text="From seven to six.")
            taken = step(flow, taken.state, found)
        state, texts = taken.state, [one.text for one in taken.actions if one.type == "say"]
    return {name: item.value for name, item in state.fields.items()}, texts


@pytest.mark.parametrize(
    ("language", "said", "kept"),
    [
        (
            "en",
            "Hi, I'm Sarah Lewis, I need a quote for a move on December 12th, and it's three rooms",
            {"name": "Sarah Lewis", "day": "2026-12-12", "rooms": "3"},
        ),
        (
            "de",
            "Guten Tag, Sabine Krüger hier, ich brauche ein Angebot für den 12. Dezember",
            {"name": "Sabine Krüger", "day": "2026-12-12"},
        ),
        ("de", "ja also ich bin die Frau Müller, Erika Müller", {"name": "Erika Müller"}),
    ],
)
def test_what_is_told_at_once_is_kept(language: str, said: str, kept: dict[str, str]) -> None:
    assert _held(language, said)[0] == kept


def test_who_tells_their_name_to_a_choice_has_not_failed() -> None:
    for _ in range(3):
        assert _held("en", "I'm Sarah Lewis")[1] == ["Thanks, I've got it.", "A quote, or a claim?"]


@pytest.mark.parametrize(
    "said", ["is this the bank?", "ist da die Bank?", "Bin ich da bei der Bank?"]
)
def test_who_takes_us_for_somebody_else_hears_who_we_are(said: str) -> None:
    assert _held("de", said)[1] == ["Hello.", "A quote, or a claim?"]


@pytest.mark.parametrize("said", ["oh ok", "ach so", "I see, thanks"])
def test_who_has_heard_the_answer_is_led_on(said: str) -> None:
    assert _held("en", "claim", "when are you open?", said)[1] == ["What is your name?"]


def test_a_price_is_no_german_number() -> None:
    street = {"field": "street", "kind": "address", "ask": "Where?", "confirm": "none"}
    call = Call(a_phone(), street, language="de", region="DE", flow_language="de")
    call.said("030 1234567").said("ja").said("so zwölfhundert Euro")
    assert call.stored == ("+49301234567", True)


@pytest.mark.parametrize(("language", "said"), [("en", "no, 14"), ("de", "nein, 14")])
def test_a_number_alone_is_the_house_s(language: str, said: str) -> None:
    street = {"field": "street", "kind": "address", "ask": "Where?", "confirm": "read_back"}
    call = Call(street, language=language, region="US", flow_language=language)
    assert call.said("12 Oak Street, Salem").said(said).stored == ("14 Oak Street, Salem", False)


def test_a_no_in_the_middle_declines_nothing() -> None:
    call = Call(NOBODY, {"field": "firm", "kind": "company", "ask": "Firm?", "confirm": "none"})
    assert "An email?" in call.said("Acme, no wait, Apex").heard
    assert "Firm?" in call.said("no, not with me").heard


def test_a_german_may_say_what_a_detail_should_be() -> None:
    day = {"field": "day", "kind": "date", "ask": "Tag?", "confirm": "none", "words": ["tag"]}
    call = Call(day, a_name(), language="de", flow_language="de", facts={"call.date": "2026-11-29"})
    assert call.said("Freitag").said("der Tag soll Sonntag sein").stored[0] == "2026-12-06"


def test_a_name_with_two_letters_named_is_taken() -> None:
    call = Call(a_name(), an_email()).said("Jon Smith").said("yes")
    call.said("actually my name is Jon Smythe with a y and an e")
    assert call.stored == ("Jon Smythe", False)


def test_digits_after_a_pause_belong_to_the_name_before_it() -> None:
    assert Call(an_email()).said("bob").said("seven at acme dot org").stored[0] == "bob7@acme.org"


def test_a_german_who_works_alone_has_no_company() -> None:
    firm = {"field": "firm", "kind": "company", "ask": "Firma?", "confirm": "none"}
    call = Call({**firm, "required": False}, a_name(), language="de", flow_language="de")
    call.said("ich bin selbstständig")
    assert "firm" in call.state.refused


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "same number I'm calling from"), ("de", "die, von der ich anrufe")],
)
def test_the_number_that_is_called_from_is_taken(language: str, said: str) -> None:
    number = "+15035550177"
    call = Call(a_phone(), language=language, flow_language=language, caller_number=number)
    assert call.said(said).stored == (number, True)


@pytest.mark.parametrize(
    "said",
    [
        "I'm Nora Lind and I need a quote",
        "a quote, under Nora Lind",
        "Ida Moe here, a quote",
    ],
)
def test_a_name_few_people_have_is_kept_before_the_gate(said: str) -> None:
    assert _held("en", said)[0]["name"] in said


@pytest.mark.parametrize(
    "said", ["I'm Looking for a quote", "it's under construction, a quote please"]
)
def test_what_follows_is_not_always_a_name(said: str) -> None:
    assert "name" not in _held("en", said)[0]


def test_a_count_of_people_chooses_in_german() -> None:
    options = [{"name": "4"}, {"name": "5"}]
    guests = {"field": "guests", "kind": "choice", "ask": "Wie viele?", "options": options}
    call = Call({**guests, "confirm": "none"}, language="de", flow_language="de")
    assert call.said("wir sind zu fünft").stored == ("5", True)


def test_an_address_said_whole_after_its_beginning_is_that_address() -> None:
    call = Call(an_email()).said("Jane Smith").said("jane smith all one word at gmail")
    assert call.said("yes").stored == ("janesmith@gmail.com", False)


MOVERS = Path(__file__).parent / "movers"
TALKS = load_script(MOVERS / "movers.talks.yaml")


@pytest.mark.parametrize("talk", TALKS, ids=[talk.name for talk in TALKS])
def test_five_callers_are_understood_to_the_end(talk: Conversation) -> None:
    answer = knowledge_by_words(MOVERS / "movers_knowledge.yaml")
    result = run_script(load_flow(MOVERS / "movers.yaml"), talk, answer)
    told = "\n".join(f"{line.who}: {line.text}" for line in result.lines)
    assert not result.problems, "\n".join((told, *result.problems))
