"""German answers as the readers take them, and values as Germans hear them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from flows import CallStarted, build_flow
from flows.command_words import Command
from flows.commands import command_in
from flows.spoken.corrections import correct
from flows.spoken.fields import FIELD_KINDS, read
from flows.spoken.languages.german.table import GERMAN
from flows.spoken.readback import read_back
from flows.spoken.yesno import is_refusal, is_reluctant, parse_yes_no
from flows.talk import TextConversation


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
        ("phone", "030 5550142, aber bitte nach fünf anrufen", "+49305550142"),
        ("address", "wir wohnen seit dreißig Jahren in der Gartenstraße 7", "Gartenstraße 7"),
        ("address", "nein, das ist die neue, die alte ist Lindenallee 9", "Lindenallee 9"),
        ("address", "von der Gartenstraße 5 in Berlin nach Potsdam", "Gartenstraße 5 in Berlin"),
        ("company", "für die Firma Vogel und Söhne", "Vogel und Söhne"),
        ("number", "Küche, Wohnzimmer und zwei Schlafzimmer, also vier", "4"),
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
     "das geht Sie nichts an", "Die Nummer habe ich gerade nicht zur Hand",
     "ich möchte meine Nummer nicht geben", "weiß ich noch nicht"],
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
