"""Every way to take an earlier answer back by its name, some questions later."""

from __future__ import annotations

import pytest

from flows import CallStarted, build_flow
from flows.talk import TextConversation

OPTIONS = [{"name": "boat", "words": {"en": ["ship"], "de": ["Boot"]}},
           {"name": "bike", "words": {"en": ["bicycle"], "de": ["Rad"]}}]  # fmt: skip
FIELDS = {
    "name": {"confirm": "implicit"},
    "company": {"confirm": "implicit"},
    "party": {"kind": "number", "words": {"en": ["people"], "de": ["Personen"]}},
    "date": {"confirm": "none"},
    "tour": {"kind": "choice", "options": OPTIONS},
    "budget": {"kind": "money"},
    "voucher": {
        "kind": "code",
        "confirm": "none",
        "words": {"en": ["voucher"], "de": ["Gutschein"]},
    },
    "address": {"confirm": "none"},
    "email": {"confirm": "none"},
    "phone": {"confirm": "none"},
    "notes": {"kind": "text", "confirm": "none"},
}
ASK = dict.fromkeys(("en", "de"), "What is it?")
FLOW = build_flow(
    {
        "name": "Tours", "languages": ["de"], "start": "hello",
        "nodes": {
            "hello": {"type": "start", "say": {"en": "Hello.", "de": "Hallo."}, "next": "lead"},
            "lead": {
                "type": "lead_gate", "next": "bye",
                "fields": [{"field": name, "ask": ASK, **rest} for name, rest in FIELDS.items()],
            },
            "bye": {"type": "end", "say": {"en": "Bye.", "de": "Ade."}},
        },
    }
)  # fmt: skip
ENGLISH = {
    "name": ("Tom Baker", "name", "Tim Reed", "Tim Reed"),
    "company": ("Acme", "company", "Apex", "Apex"),
    "party": ("four", "number of people", "six", "6"),
    "date": ("Saturday", "date", "Monday", "2026-11-30"),
    "tour": ("boat", "tour", "bike", "bike"),
    "budget": ("500 dollars", "budget", "700 dollars", "700 USD"),
    "voucher": ("A B 1 2", "voucher", "C D 3 4", "CD34"),
    "address": ("12 Main Street", "address", "14 Oak Lane", "14 Oak Lane"),
    "email": ("tom at gmail dot com", "email", "tim at yahoo dot com", "tim@yahoo.com"),
    "phone": ("503 555 0142", "phone number", "503 555 0199", "+15035550199"),
}
GERMAN = {
    "name": ("Anna Weber", "mein Name", "Anke Fischer", "Anke Fischer"),
    "company": ("Acme", "meine Firma", "Apex", "Apex"),
    "party": ("vier", "", "", ""),
    "date": ("Samstag", "das Datum", "Montag", "2026-11-30"),
    "tour": ("Boot", "die Tour", "Rad", "bike"),
    "budget": ("500 Euro", "mein Budget", "700 Euro", "700 EUR"),
    "voucher": ("A B 1 2", "mein Gutschein", "C D drei vier", "CD34"),
    "address": ("Hauptstraße 12", "meine Adresse", "Bergweg 14", "Bergweg 14"),
    "email": ("anna ät web punkt de", "meine E-Mail", "anke ät gmx punkt net", "anke@gmx.net"),
    "phone": ("0170 1234567", "meine Nummer", "0170 7654321", "+491707654321"),
}


def values(talk: TextConversation) -> dict[str, str]:
    return {name: item.value for name, item in talk.state.fields.items()}


def corrected(
    language: str, answers: dict[str, tuple[str, str, str, str]], form: str, asked: int
) -> None:
    region = "US" if language == "en" else "DE"
    start = CallStarted(language=language, region=region, facts={"call.date": "2026-11-28"})
    for name in list(answers)[:asked]:
        _, called, said, value = answers[name]
        if not called:
            continue
        talk = TextConversation(FLOW, answer=lambda _: None, start=start)
        talk.open()
        for answer, *_ in list(answers.values())[:asked]:
            talk.said(answer)
        before = values(talk)
        talk.said(form.format(called, said))
        assert values(talk) == {**before, name: value}, form.format(called, said)


@pytest.mark.parametrize("asked", [3, 6, 10])
@pytest.mark.parametrize(
    "form",
    [
        "actually my {} is {}",
        "no wait, my {} is {}",
        "scratch that, my {} is {}",
        "can you change my {} to {}",
        "sorry, my {} should be {}",
        "oh, the {} is actually {}",
        "wait, I gave you the wrong {}, it's {}",
        "my {} is wrong, it should be {}",
        "could you correct my {}? it's {}",
        "I meant to say my {} is {}",
    ],
)
def test_what_is_taken_back_by_name_is_changed_and_nothing_else(form: str, asked: int) -> None:
    corrected("en", ENGLISH, form, asked)


@pytest.mark.parametrize("asked", [3, 6, 10])
@pytest.mark.parametrize(
    "form",
    [
        "nein, {} ist {}",
        "Moment, {} lautet {}",
        "eigentlich ist {} {}",
        "ändern Sie bitte {} auf {}",
        "{} ist falsch, es ist {}",
        "ach, {} ist doch {}",
    ],
)
def test_what_is_taken_back_in_german_is_changed_and_nothing_else(form: str, asked: int) -> None:
    corrected("de", GERMAN, form, asked)
