"""Answers in other languages than English: German, and one made up to see whether there is room."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import CallStarted, build_flow, initial_state, step
from flows.phrases import PHRASES
from flows.spoken import languages
from flows.spoken.fields import read
from flows.spoken.languages import Language
from flows.spoken.readback import read_back
from flows.spoken.yesno import is_refusal, parse_yes_no
from flows.talk import TextConversation
from voice_worker.call import Known, start_of
from voice_worker.store.campaigns import Campaign


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("number", "einundzwanzig", "21"),
        ("number", "zweihundert", "200"),
        ("phone", "null drei null, doppel zwei, drei vier fünf sechs sieben", "+49302234567"),
        ("email", "anna punkt weber ät web punkt de", "anna.weber@web.de"),
        ("email", "a n n a Bindestrich weber at gmx Punkt de", "anna-weber@gmx.de"),
        ("email", "Mai Punkt Freitag ät Montag Punkt de", "mai.freitag@montag.de"),
        ("name", "mein Name ist Anna Weber", "Anna Weber"),
        ("name", "ich heiße Vera Acht", "Vera Acht"),
        ("date", "am dritten Mai", "2027-05-03"),
        ("date", "nein, nicht Freitag, Samstag", "2026-05-09"),
        ("date", "übermorgen", "2026-05-08"),
    ],
)
def test_german_details_are_read(kind: str, said: str, value: str) -> None:
    reading = read(kind, said, "DE", today=date(2026, 5, 6), language="de-AT")
    assert reading.valid and reading.value == value


@pytest.mark.parametrize(
    ("said", "answer"),
    [("Ja, genau.", True), ("stimmt", True), ("Nee, das ist falsch.", False),
     ("das stimmt nicht", False), ("vielleicht", None)],
)  # fmt: skip
def test_german_answers_are_read(said: str, answer: bool | None) -> None:
    assert parse_yes_no(said, "de") is answer


def test_letters_that_are_others_without_case_change_nothing() -> None:
    assert read("name", "ICH HEISSE VERA", "DE", language="de").value == "Vera"
    assert not read("number", "v\N{LATIN SMALL LETTER DOTLESS I}er", "DE", language="de").valid
    assert parse_yes_no("JA, \N{LATIN SMALL LETTER LONG S}timmt", "de") is True


def test_a_german_refusal_is_one() -> None:
    assert is_refusal("Das möchte ich nicht sagen.", "de") and not is_refusal("Anna Weber", "de")


def test_a_language_is_one_more_table(monkeypatch: pytest.MonkeyPatch) -> None:
    made_up = Language(
        phrases={"da": "yes", "nu": "no", "nomo mi": "my name is"},
        numbers={"un": "1", "dos": "2", "tri": "3"},
        days={"hodi": "today"},
    )
    monkeypatch.setitem(languages.LANGUAGES, "xx", made_up)
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
    start = start_of(campaign, Known(language=wanted) if wanted else Known(), region="DE")
    assert step(flow, initial_state(flow), start).state.language == language


@pytest.mark.parametrize(
    ("kind", "value", "spell", "written", "spoken"),
    [
        ("date", "2026-12-05", False, "Samstag, 5. Dezember 2026", "Samstag, 5. Dezember 2026"),
        ("phone", "+49301234567", False, "030 1234567", "0 3 0, 1 2 3 4 5 6 7"),
        ("phone", "+15035550142", False, "+1 503-555-0142", "plus 1, 5 0 3, 5 5 5, 0 1 4 2"),
        ("email", "jana.m@web.de", False, "jana.m@web.de", "jana Punkt m ät web Punkt de"),
        ("email", "jan@web.de", True, "jan@web.de", "J, A, N ät web Punkt de"),
        ("name", "Jana", True, "Jana", "Jana: J, A, N, A"),
        ("number", "4", False, "4", "4"),
    ],
)
def test_a_value_is_said_back_in_german(
    kind: str, value: str, spell: bool, written: str, spoken: str
) -> None:
    assert read_back(kind, value, spell=spell, region="DE", language="de") == (written, spoken)


@given(st.dates(date(2000, 1, 1), date(2040, 12, 31)))
def test_a_german_date_is_heard_as_it_is_said(day: date) -> None:
    _, said = read_back("date", day.isoformat(), spell=False, region="DE", language="de")
    reading = read("date", said, "DE", today=date(2026, 11, 28), language="de")
    assert reading.value == day.isoformat()
