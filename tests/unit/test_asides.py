"""What is said around a value, and a value that is said twice."""

from __future__ import annotations

import pytest

from flows.spoken.asides import said_once, without_asides
from flows.spoken.fields import read
from tests.support.lead_call import Call, a_phone


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("company", "um, Acme Roofing, I think, yes", "Acme Roofing"),
        ("company", "hold on, I had it here... Acme Roofing", "Acme Roofing"),
        ("company", "Sorry, the dog is barking. Acme Roofing", "Acme Roofing"),
        ("company", "I work at Acme Roofing, thanks", "Acme Roofing"),
        ("name", "Sorry, the dog is barking. Jane Smith", "Jane Smith"),
        ("name", "no, I told you, Joan Miller", "Joan Miller"),
        ("name", "Smith, Will", "Will Smith"),
        ("address", "okay so 12 Oak Street, does that help?", "12 Oak Street"),
        ("address", "I live at 12 Oak Street, Portland", "12 Oak Street, Portland"),
        ("code", "you know, I told your colleague, it's K seven X nine", "K7X9"),
        ("code", "oh sure, K seven X nine", "K7X9"),
        ("code", "I as in india, 2, 3", "I23"),
        ("email", "hold on, I had it... jane dot smith at gmail dot com", "jane.smith@gmail.com"),
        ("phone", "my number, oh, let me look, it's five oh three, 555 0199", "+15035550199"),
        ("address", "well we've lived at 221 Maple Avenue for thirty years", "221 Maple Avenue"),
        ("address", "12 Oak Street, we live in Salem", "12 Oak Street, Salem"),
        ("number", "the kitchen, the living room, and two bedrooms, so four", "4"),
        ("number", "the big one", None),
        ("number", "A B one two", None),
        ("company", "12 Oak Street, Portland", None),
        ("company", "221 Baker Street Roasters", "221 Baker Street Roasters"),
        ("company", "it's for Reed and Sons", "Reed and Sons"),
        ("company", "it's for a company called Acme", "Acme"),
        ("company", "it is Acme", "Acme"),
        ("company", "I work for myself", None),
        ("company", "it's for me and my wife", None),
        ("address", "from 5 Elm Street, Salem to Portland", "5 Elm Street, Salem"),
        ("address", "no that's the new one, the old one is 9 Pine Street", "9 Pine Street"),
        # Said twice.
        ("address", "12 Oak Street. 12 Oak Street.", "12 Oak Street"),
        ("company", "Acme Roofing. Acme Roofing", "Acme Roofing"),
        ("code", "A B one two. A B one two.", "AB12"),
        ("money", "six hundred. six hundred.", "600"),
        ("number", "two. two.", "2"),
        # Sentences.
        ("name", "I'm so confused", None),
        ("name", "I'm tired", None),
        ("name", "I'm Kim", "Kim"),
        ("company", "my wife usually does this", None),
        ("company", "this is my first time calling", None),
        ("company", "oh dear", None),
    ],
)  # fmt: skip
def test_the_value_is_what_is_left(kind: str, said: str, value: str | None) -> None:
    reading = read(kind, said, "US")
    assert (reading.value if reading.valid else None) == value


def test_letters_and_digits_side_by_side_may_be_meant() -> None:
    assert said_once("code", "five. five.") == "five. five."
    assert without_asides("phone", "oh, 503") == "oh, 503"


def test_an_answer_to_another_question_is_no_company() -> None:
    budget = {"field": "budget", "kind": "money", "ask": "Your budget?", "confirm": "none"}
    firm = {"field": "firm", "kind": "company", "ask": "Which company?", "confirm": "none"}
    call = Call(budget, a_phone(confirm="none"), firm).said("twelve hundred").said("503 555 0142")
    assert call.said("um, 503 555 0142").heard.endswith("Which company?")
    assert call.said("Acme").stored == ("Acme", True)


def test_who_insists_is_called_so() -> None:
    options = [{"name": "boat"}, {"name": "bike"}]
    tour = {"field": "tour", "kind": "choice", "ask": "Boat or bike?", "options": options}
    firm = {"field": "firm", "kind": "company", "ask": "Which company?", "confirm": "none"}
    call = Call({**tour, "confirm": "none"}, firm).said("boat").said("Boat")
    assert [one.field for one in call.captured] == ["tour"]
    assert call.said("Boat").stored == ("Boat", True)


def test_what_is_said_after_keys_is_not_their_rest() -> None:
    guests = {"field": "guests", "kind": "number", "ask": "How many?", "confirm": "none"}
    assert Call(guests).keyed("4").said("two").stored == ("2", True)
    assert Call(guests).keyed("3").said("oh dear").stored == ("3", True)
