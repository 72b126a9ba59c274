"""Answers in other languages than English: German, and one made up to see whether there is room."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from flows import CallStarted, build_flow, initial_state, step
from flows.actions import Expectation
from flows.command_words import Command
from flows.commands import asks_who, command_in
from flows.phrases import PHRASES
from flows.spoken.complete import Completeness, completeness
from flows.spoken.corrections import correct
from flows.spoken.fields import FIELD_KINDS, read
from flows.spoken.languages import known
from flows.spoken.languages.german.table import GERMAN
from flows.spoken.languages.table import Language
from flows.spoken.readback import read_back, say_domain, say_letters
from flows.spoken.yesno import is_refusal, is_reluctant, parse_yes_no
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
        ("date", "am vierundzwanzigsten Dezember", "2026-12-24"),
        ("date", "am ersten ersten", "2027-01-01"),
        ("date", "dritter Mai neunzehnhundertachtzig", "1980-05-03"),
        ("number", "zwei Erwachsene und drei Kinder", "5"),
        ("number", "ich und meine Frau", "2"),
        ("number", "zweihundertdreiundvierzig", "243"),
        ("money", "12,50 Euro", "12.50 EUR"),
        ("money", "1.200 Euro", "1200 EUR"),
        ("money", "zwölf fünfzig", "12.50"),
        ("money", "neunzehn neunundneunzig", "19.99"),
        ("money", "zwölfhundertfünfzig", "1250"),
        ("name", "Haller, Ha, A, zweimal L, E, Er", "Haller"),
        ("name", "Em, A, I, E, Er", "Maier"),
        ("name", "Henne, Ha E Doppel-N E", "Henne"),
        ("name", "B A C wie Cäsar H", "Bach"),
        ("code", "Anton Berta eins zwei", "AB12"),
        ("code", "A wie Anton B wie Berta eins zwei", "AB12"),
        ("email", "anna weber alles zusammen at gmx punkt net", "annaweber@gmx.net"),
        ("email", "meine Adresse lautet peter ät web punkt de", "peter@web.de"),
        ("name", "Ja, ich bin der Peter Schmitt", "Peter Schmitt"),
        ("name", "Anna Müller ist mein Name", "Anna Müller"),
        ("company", "Ich arbeite bei Siemens", "Siemens"),
        ("company", "Müller und Söhne", "Müller und Söhne"),
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


@pytest.mark.parametrize(
    "said",
    ["Das möchte ich nicht sagen.", "das sage ich nicht", "die gebe ich nicht raus",
     "hab ich nicht",
     "das geht Sie nichts an", "ich möchte meine Nummer nicht geben", "weiß ich noch nicht"],
)  # fmt: skip
def test_a_german_refusal_is_one(said: str) -> None:
    assert is_refusal(said, "de") and not is_refusal("Anna Weber", "de")


@pytest.mark.parametrize("said", ["wozu brauchen Sie meine Nummer", "muss das sein?", "warum?"])
def test_who_asks_why_in_german_is_reluctant(said: str) -> None:
    assert is_reluctant(said, "de")


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("hä?", Command.REPEAT),
        ("bitte?", Command.REPEAT),
        ("ja bitte", None),
        ("wie war nochmal die Frage?", Command.REPEAT),
        ("Moment, ich hole einen Stift", Command.WAIT),
        ("verbinden Sie mich bitte", Command.PERSON),
        ("vielen Dank, auf Wiederhören", Command.GOODBYE),
        ("ich bin beim Friseur", None),
    ],
)
def test_german_commands_are_heard(said: str, command: Command | None) -> None:
    assert command_in(said, "de") is command


GERMAN_SAID = [
    "dreißigsten",
    "DREISSIGSTER",
    "er\N{LATIN SMALL LETTER LONG S}ten",
    "3.",
    "1.200,5",
    "zweihundertund",
    *GERMAN.phrases,
    *GERMAN.numbers,
    *(word for table in GERMAN.by_kind.values() for word in table),
]  # fmt: skip


@given(st.lists(st.sampled_from(GERMAN_SAID), max_size=8), st.sampled_from(sorted(FIELD_KINDS)))
def test_whatever_is_said_in_german_is_read_or_refused(words: list[str], kind: str) -> None:
    read(kind, " ".join(words), "DE", today=date(2026, 11, 28), language="de")
    parse_yes_no(" ".join(words), "de")


@given(st.dates(date(1950, 1, 1), date(2060, 12, 31)))
def test_a_german_date_may_be_all_in_words(day: date) -> None:
    number, month = (num2words(one, lang="de", to="ordinal") for one in (day.day, day.month))
    said = f"am {number}n {month}n {day.year}"
    reading = read("date", said, "DE", today=date(2026, 11, 28), language="de")
    assert reading.value == day.isoformat()


@given(st.integers(1, 999_999))
def test_a_german_number_is_one_word(number: int) -> None:
    said = num2words(number, lang="de")
    assert read("number", said, "DE", language="de").value == str(number)


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


def test_a_choice_is_called_in_the_language_of_the_call() -> None:
    options = [
        {"name": "boat", "words": {"en": ["ship"], "de": ["Boot"]}},
        {"name": "bus", "words": {"en": ["coach"], "de": ["Bus"]}},
    ]
    ask = {"en": "Boat or bus?", "de": "Boot oder Bus?"}
    flow = build_flow(
        {
            "name": "Tours", "languages": ["de"], "start": "hello",
            "nodes": {
                "hello": {"type": "start", "say": {"en": "Hello.", "de": "Hallo."}, "next": "lead"},
                "lead": {
                    "type": "lead_gate", "next": "bye",
                    "fields": [{"field": "tour", "kind": "choice", "ask": ask, "options": options}],
                },
                "bye": {"type": "end", "say": {"en": "Bye.", "de": "Ade."}},
            },
        }
    )  # fmt: skip
    talk = TextConversation(flow, answer=lambda _: None, start=CallStarted(language="de"))
    talk.open()
    asked = [line.text for line in talk.said("Boot und Bus") if line.who == "agent"]
    assert asked == ["Was davon ist richtig: Boot, oder Bus?"]
    said = [line.text for line in talk.said("das erste") if line.who == "agent"]
    assert said == ["Danke, Boot.", "Ade."] and talk.state.fields["tour"].value == "boat"


@pytest.mark.parametrize(
    ("kind", "value", "said", "corrected"),
    [
        ("name", "Anna Weber", "nicht Anna, Anne", "Anne Weber"),
        ("name", "Anna Weber", "Nachname ist Wieber", "Anna Wieber"),
        ("code", "AB12", "der zweite Buchstabe ist ein C", "AC12"),
        ("address", "Hauptstraße 12, 10115 Berlin", "nein, Hauptstraße 14",
         "Hauptstraße 14, 10115 Berlin"),
        ("address", "Hauptstraße 12, 10115 Berlin", "nein, Hausnummer 14",
         "Hauptstraße 14, 10115 Berlin"),
        ("address", "Hauptstraße 12, 10115 Berlin", "die Postleitzahl ist 10117",
         "Hauptstraße 12, 10117 Berlin"),
        ("email", "anna@web.de", "gmx statt web", "anna@gmx.de"),
        ("email", "anna@web.de", "nein, bei gmx punkt net", "anna@gmx.net"),
        ("email", "anna@web.de", "anna mit einem n", "ana@web.de"),
        ("email", "anna@web.de", "der letzte Buchstabe ist ein e", "anne@web.de"),
        ("phone", "+491701234567", "hinten 68", "+491701234568"),
        ("phone", "+491701234567", "die letzten zwei Ziffern sind sechs acht", "+491701234568"),
    ],
)  # fmt: skip
def test_the_part_that_a_german_names_is_replaced(
    kind: str, value: str, said: str, corrected: str
) -> None:
    assert correct(kind, value, said, "DE", "de") == corrected


def test_a_month_that_is_corrected_is_the_next_one() -> None:
    talk, _ = in_german("Termin", "Anna Weber", "zwei", "am fünften Dezember", "nein, im Januar")
    assert talk.state.fields["tag"].value == "2027-01-05"


def test_a_german_who_says_not_this_but_that_means_the_name_said_back() -> None:
    talk, said = in_german("Termin", "Anna Weber", "nicht Anna, Anne")
    assert (
        talk.state.fields["name"].value == "Anne Weber" and said == "Danke, Anne Weber. Wie viele?"
    )
