"""Calls in other languages than English: German, and one made up to see whether there is room."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from flows import CallStarted, build_flow, initial_state, step
from flows.actions import Expectation
from flows.commands import asks_who
from flows.phrases import PHRASES
from flows.spoken.complete import Completeness, completeness
from flows.spoken.languages import known
from flows.spoken.languages.table import Language
from flows.spoken.readback import say_domain, say_letters
from flows.talk import TextConversation
from voice_worker.call import Known, start_of
from voice_worker.store.campaigns import Campaign

SALON = build_flow(
    {
        "name": "Salon", "language": "de", "start": "hallo",
        "nodes": {
            "hallo": {"type": "start", "say": "Salon Schmidt, ein Automat.", "next": "wunsch"},
            "wunsch": {
                "type": "clarify", "question": "Termin oder Frage?",
                "options": [{"name": "termin", "words": ["termin"], "next": "daten"},
                            {"name": "frage", "words": ["frage"], "next": "ende"}],
                "attempts": 3,
            },
            "daten": {
                "type": "lead_gate",
                "fields": [
                    {"field": "name", "ask": "Name?", "confirm": "implicit"},
                    {"field": "personen", "kind": "number", "ask": "Wie viele?", "confirm": "none"},
                    {"field": "tag", "kind": "date", "ask": "Welcher Tag?", "confirm": "read_back"},
                    {"field": "phone", "ask": "Nummer?", "confirm": "read_back"},
                    {"field": "email", "ask": "E-Mail?", "confirm": "read_back"},
                ],
                "next": "ende",
            },
            "ende": {"type": "end", "say": "Ade."},
        },
    }
)  # fmt: skip


def in_german(*lines: str) -> tuple[TextConversation, str]:
    start = CallStarted(language="de", region="DE", facts={"call.date": "2026-11-28"})
    talk = TextConversation(SALON, answer=lambda _: None, start=start)
    said = talk.open()
    for line in lines:
        said = talk.said(line)
    return talk, " ".join(line.text for line in said if line.who == "agent")


@pytest.mark.parametrize(
    ("said", "values"),
    [
        (
            "Guten Tag, ich möchte am Freitag einen Termin für zwei Personen, mein Name ist Anna "
            "Weber und meine Nummer ist 030 90182021",
            {"name": "Anna Weber", "personen": "2", "tag": "2026-12-04", "phone": "+493090182021"},
        ),
        ("Hallo, Anna Weber hier, einen Termin bitte", {"name": "Anna Weber"}),
        ("einen Termin für zwei Erwachsene und ein Kind", {"personen": "3"}),
        ("ich hatte am Freitag einen Termin", {}),
        ("ich möchte meinen Termin am Freitag absagen", {}),
        ("guten Morgen, ich brauche einen Termin", {}),
    ],
)
def test_what_germans_say_before_they_are_asked_is_kept(said: str, values: dict[str, str]) -> None:
    talk, _ = in_german(said)
    assert {name: item.value for name, item in talk.state.fields.items()} == values
    assert all(item.raw in said for item in talk.state.fields.values())


def test_one_german_turn_answers_several_questions() -> None:
    talk, _ = in_german(
        "Termin",
        "Ich heiße Anna Weber, Sie erreichen mich unter 030 90182021 und meine E-Mail ist anna "
        "punkt weber ät web punkt de",
    )
    values = {name: item.value for name, item in talk.state.fields.items()}
    assert values == {
        "name": "Anna Weber", "phone": "+493090182021", "email": "anna.weber@web.de",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ("ach nein, doch lieber Donnerstag", "tag", "2026-12-03"),
        ("wir sind doch zu dritt", "personen", "3"),
        ("eigentlich heiße ich Anna Möller", "name", "Anna Möller"),
        ("mein Name ist falsch, ich heiße Anke Weber", "name", "Anke Weber"),
        ("ich meinte Sonntag, nicht Freitag", "tag", "2026-11-29"),
    ],
)
def test_germans_take_back_what_they_said(said: str, field: str, value: str) -> None:
    talk, _ = in_german("Termin", "Anna Weber", "zwei", "Freitag", "ja", said)
    assert talk.state.fields[field].value == value


def test_a_suggestion_is_said_in_german() -> None:
    lines = ("Termin", "Anna Weber", "zwei", "Freitag", "ja", "030 90182021", "ja")
    _, said = in_german(*lines, "anna ät gmeil punkt com")
    assert said == "Sagten Sie gmail.com?"
    _, said = in_german(*lines, "anna punkt müller ät gmail punkt com")
    assert said == "Sagten Sie anna.mueller@gmail.com?"
    assert (
        say_letters("j.m", "de") == "J, Punkt, M" and say_domain("web.de", "de") == "web Punkt de"
    )


def test_what_is_that_is_no_question_who_speaks() -> None:
    assert not asks_who("what's that?") and not asks_who("what is this")


@pytest.mark.parametrize("said", ["wer ist da?", "sind Sie ein Roboter?"])
def test_who_this_is_is_said_again(said: str) -> None:
    assert in_german("Termin", said)[1] == "Salon Schmidt, ein Automat. Name?"


def test_a_question_that_is_echoed_is_asked_again() -> None:
    assert in_german("Termin", "mein Name?")[1] == "Name?"


@pytest.mark.parametrize(
    ("expect", "said", "whole"),
    [
        (Expectation.EMAIL, "anna punkt weber ät web punkt de", Completeness.COMPLETE),
        (Expectation.EMAIL, "anna punkt", Completeness.UNFINISHED),
        (Expectation.PHONE, "null drei null", Completeness.UNFINISHED),
        (Expectation.YES_NO, "ja genau", Completeness.COMPLETE),
        (Expectation.OPEN, "ich möchte einen", Completeness.UNFINISHED),
        (Expectation.NAME, "mein Name ist", Completeness.UNFINISHED),
    ],
)
def test_german_words_end_a_turn_as_english_ones_do(
    expect: Expectation, said: str, whole: Completeness
) -> None:
    assert completeness(expect, said, "DE", "de-AT") is whole


def test_a_language_is_one_more_table(monkeypatch: pytest.MonkeyPatch) -> None:
    made_up = Language(
        phrases={"da": "yes", "nu": "no", "nomo mi": "my name is"},
        numbers={"un": "1", "dos": "2", "tri": "3"},
        by_kind={"date": {"hodi": "today"}},
    )
    monkeypatch.setitem(known.LANGUAGES, "xx", made_up)
    flow = build_flow(
        {
            "name": "Test",
            "language": "xx",
            "start": "hello",
            "phrases": {name: text["en"][0] for name, text in PHRASES.items()},
            "nodes": {
                "hello": {"type": "start", "say": "Saluto.", "next": "lead"},
                "lead": {
                    "type": "lead_gate",
                    "fields": [
                        {"field": "name", "ask": "Nomo?", "confirm": "read_back"},
                        {
                            "field": "guests",
                            "kind": "number",
                            "ask": "Kiom?",
                            "confirm": "read_back",
                        },
                    ],
                    "next": "bye",
                },
                "bye": {"type": "end", "say": "Adios."},
            },
        }
    )
    talk = TextConversation(flow, answer=lambda _: None, start=CallStarted(language="xx"))
    talk.open()
    for line in ("nomo mi Ana Tri", "da", "dos", "nu, tri", "da"):
        talk.said(line)
    fields = talk.state.fields
    assert fields["name"].value == "Ana Tri" and fields["guests"].value == "3"
    assert fields["guests"].raw == "dos / nu, tri" and fields["guests"].confirmed and talk.ended


@pytest.mark.parametrize(
    ("wanted", "language"), [("", "de"), ("en", "en"), ("en-GB", "en"), ("fr", "de")]
)
def test_a_call_begins_in_the_flow_s_language_unless_another_is_asked_for(
    wanted: str, language: str
) -> None:
    flow = build_flow(
        {
            "name": "Test", "language": "de", "languages": ["en"], "start": "hello",
            "nodes": {
                "hello": {"type": "start", "say": {"de": "Hallo.", "en": "Hello."}, "next": "bye"},
                "bye": {"type": "end", "say": {"de": "Ade.", "en": "Bye."}},
            },
        }
    )  # fmt: skip
    campaign = Campaign(
        id=uuid4(), account_id=uuid4(), account_name="A", name="C", slug="c", status="active",
        entry_type="web", settings={}, flow_id=None, flow_version=None, definition=None,
    )  # fmt: skip
    known = Known(language=wanted) if wanted else Known()
    start = start_of(campaign, known, region="DE", now=datetime.now(UTC))
    assert step(flow, initial_state(flow), start).state.language == language


def test_a_month_that_is_corrected_is_the_next_one() -> None:
    talk, _ = in_german("Termin", "Anna Weber", "zwei", "am fünften Dezember", "nein, im Januar")
    assert talk.state.fields["tag"].value == "2027-01-05"


def test_a_german_who_says_not_this_but_that_means_the_name_said_back() -> None:
    talk, said = in_german("Termin", "Anna Weber", "nicht Anna, Anne")
    assert (
        talk.state.fields["name"].value == "Anne Weber" and said == "Danke, Anne Weber. Wie viele?"
    )
