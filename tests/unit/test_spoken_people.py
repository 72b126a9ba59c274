"""What people say when they are asked for a detail, as a recogniser writes it down: its full stops
and hyphens, its capitals, numerals, and the words it runs together."""

from __future__ import annotations

from datetime import date

import pytest

from flows.spoken.corrections import correct
from flows.spoken.familiar import spelled_as_heard
from flows.spoken.fields import read
from flows.spoken.yesno import is_refusal, parse_yes_no

DETAILS: list[tuple[str, str, str | None]] = [
    ("email", "mike 1 9 9 0 at outlook.com", "mike1990@outlook.com"),
    ("email", "mike one nine nine oh at outlook dot com", "mike1990@outlook.com"),
    ("email", "jsmith at startup dot eye oh", "jsmith@startup.io"),
    ("email", "let's go with jane at company dot com", "jane@company.com"),
    ("email", "anne, no e, at gmail dot com", "ann@gmail.com"),
    ("email", "sarah no h at gmail dot com", "sara@gmail.com"),
    ("email", "john at yahoo dot com, no, gmail dot com", "john@gmail.com"),
    ("email", "john dot o apostrophe brien at gmail dot com", "john.o'brien@gmail.com"),
    ("email", "obrien no apostrophe at gmail dot com", "obrien@gmail.com"),
    ("email", "johnsmith at gmail dotcom", "johnsmith@gmail.com"),
    ("email", "johnsmith at gmail dot-com", "johnsmith@gmail.com"),
    ("email", "john smith@gmail.com", "johnsmith@gmail.com"),
    ("email", "john-dot-smith-at-gmail-dot-com", "john.smith@gmail.com"),
    ("email", "Smithers, that's S-M-I-double-T-H-E-R-S at gmail.com", "smitthers@gmail.com"),
    (
        "email",
        "smith followed by a dot followed by jones at gmail dot com",
        "smith.jones@gmail.com",
    ),
    ("email", "smith and then a dot and then jones at gmail dot com", "smith.jones@gmail.com"),
    ("email", "smith, then an underscore, then jones at gmail dot com", "smith_jones@gmail.com"),
    ("phone", "415, triple-5, 0132", "+14155550132"),
    ("phone", "555 0132, area code 415", "+14155550132"),
    ("phone", "area code four one five, five five five, oh one three two", "+14155550132"),
    ("phone", "415 555 OO12", "+14155550012"),
    ("phone", "There are two. 415 555 0132", "+14155550132"),
    ("phone", "it's the 415 number, 415 555 0132", "+14155550132"),
    ("phone", "415-555-0132 x12", "+14155550132"),
    ("phone", "917 quadruple five 444", "+19175555444"),
    ("phone", "it ends in 0132. 917 555 0132", "+19175550132"),
    ("name", "J-O-H-N S-M-I-T-H", "John Smith"),
    ("name", "J-O-H-N. S-M-I-T-H.", "John Smith"),
    ("name", "John is my first name and Smith is my last name", "John Smith"),
    ("name", "Sara, no H.", "Sara"),
    ("name", "Sarah, no H.", "Sara"),
    ("name", "Win, N-G-U-Y-E-N", "Nguyen"),
    ("name", "Chevonne. S-I-O-B-H-A-N.", "Siobhan"),
    ("name", "Will Smith", "Will Smith"),
    ("name", "People call me Jack", "Jack"),
    ("name", "Jack is fine", "Jack"),
    ("name", "Just Jack", "Jack"),
    ("name", "JD Power", "JD Power"),
    ("name", "it's Smith but with a Y", "Smyth"),
    ("name", "Green with an E at the end", "Greene"),
    ("name", "my last name is Miller, first name Bob", "Bob Miller"),
    ("name", "Speaking.", None),
    ("name", "same as before", None),
    ("name", "papa romeo india yankee alpha", "Priya"),
    ("name", "Oscar Romeo", "Oscar Romeo"),
    ("name", "Robert, Bob for short", "Robert"),
    ("name", "Bob, short for Robert", "Bob"),
    ("name", "it's just Madonna", "Madonna"),
    ("name", "this is ridiculous", None),
    ("name", "Larry Fine", "Larry Fine"),
    ("company", "I'm with Acme", "Acme"),
    ("company", "I run a bakery called Sweet Home", "Sweet Home"),
    ("company", "I'm calling from Acme", "Acme"),
    ("company", "my firm's name is Baker and Sons", "Baker and Sons"),
    ("company", "This Old House", "This Old House"),
    ("company", "I already told you", None),
    ("company", "sorry, I was talking to my wife", None),
    ("company", "someone's at the door", None),
    ("company", "I'm driving right now", None),
    ("code", "alpha bravo one two three", "AB123"),
    ("code", "A alpha B bravo 1 2 3", "AB123"),
    ("code", "one two three alpha bravo", "123AB"),
    ("code", "it starts with A B then one two three", "AB123"),
    ("code", "uh let me see A B 1 2 3", "AB123"),
    ("code", "N as in november 1 2", "N12"),
    ("address", "apartment four", None),
    ("email", "well I have two, jane at gmail dot com and jane at work dot com", "jane@gmail.com"),
    ("number", "oh come on", None),
    ("number", "oh four two", "042"),
    ("name", "Jane Miller, the usual spelling", "Jane Miller"),
    ("name", "Jane, J A Y N E, Miller, normal spelling", "Jayne Miller"),
    ("name", "Jane Miller, just like it sounds", "Jane Miller"),
    ("name", "Bill Phillips, that's two l's", "Bill Phillips"),
    ("name", "Philips, that's two ls", "Phillips"),
    ("name", "Ann is my first name, Perkins is my last", "Ann Perkins"),
    ("name", "My name? Susan.", "Susan"),
    ("name", "It's me again, Susan Boyle", "Susan Boyle"),
    ("name", "Susan Boyle, and I'm calling about the ad", "Susan Boyle"),
    ("name", "Jane Miller, sorry about the noise", "Jane Miller"),
    ("email", "it's a hotmail, so jane dot doe at hotmail dot com", "jane.doe@hotmail.com"),
    ("email", "let me spell that for you. k r i s t e n at gmail dot com", "kristen@gmail.com"),
    ("email", "jane at uh at example dot com", "jane@example.com"),
    ("email", "it's my name, john smith, at gmail dot com", "johnsmith@gmail.com"),
    ("date", "not Friday, Saturday", "2026-11-28"),
    ("date", "Saturday, not Friday", "2026-11-28"),
    ("date", "not Friday", None),
    ("name", "Will.", "Will"),
    ("name", "Hi, this is Jane Smith calling about my roof", "Jane Smith"),
    ("name", "you can put it under Smith", "Smith"),
    ("name", "Lee, double e", "Lee"),
    ("name", "L double E", "Lee"),
    ("name", "Jane Smith spelled J A Y N E S M I T H", "Jayne Smith"),
    ("name", "It's me, Bob.", "Bob"),
    ("name", "It's Bob again", "Bob"),
    ("name", "Bob Miller. Nice to meet you.", "Bob Miller"),
    ("name", "Good afternoon. My name is Bob Miller and I'm calling about my car.", "Bob Miller"),
    ("name", "My name is Bob Miller and my number is 415 555 0132", "Bob Miller"),
    (
        "email",
        "Yeah, it's John, J-O-H-N, dot Smith, S-M-I-T-H, at gmail.com.",
        "john.smith@gmail.com",
    ),
    ("email", "It's J.O.H.N. at G Mail dot com.", "john@gmail.com"),
    ("email", "Smith. S-M-I-T-H. At gmail.com.", "smith@gmail.com"),
    ("email", "Mike 0 double 7 at gmail.com", "mike077@gmail.com"),
    ("email", "D.J. at me.com", "dj@me.com"),
    ("email", "johnsmith @ gmail . com", "johnsmith@gmail.com"),
    ("email", "JOHN DOT SMITH AT GMAIL DOT COM", "john.smith@gmail.com"),
    ("email", "jane at company dot com but I don't check it often", "jane@company.com"),
    ("email", "john at gmail dot com or john at yahoo dot com", "john@gmail.com"),
    ("email", "age dot f i s c h e r at gmail dot com", "h.fischer@gmail.com"),
    ("email", "may dot f at gmail dot com", "may.f@gmail.com"),
    ("email", "Mary, Dr. Jones, 84 at yahoo.com", "mary.jones84@yahoo.com"),
    ("email", "mary at gmail not com", "mary@gmail.com"),
    ("email", "What do you need my email for?", None),
    ("email", "it's first name dot last name at gmail", None),
    ("phone", "four fifteen, five fifty five, oh one thirty two", "+14155550132"),
    ("phone", "4, 1, 5, 5, 5, 5, 0, 1, 3, 2.", "+14155550132"),
    ("phone", "415 555 0132 but my work number is 415 555 0199", "+14155550132"),
    ("phone", "415 556, no 555, 0132", "+14155550132"),
    ("phone", "Nine. One. Seven. Five. Five. Five. Zero. One. Three. Two.", "+19175550132"),
    ("phone", "555 0132", None),
    ("name", "Smith. S-M-I-T-H.", "Smith"),
    ("name", "J.O.H.N.", "John"),
    ("name", "Bob Miller, M-I-double-L-E-R", "Bob Miller"),
    ("name", "Em, I, double L, E, R", "Miller"),
    ("name", "I already told you, it's Jack.", "Jack"),
    ("name", "Nathan Price", "Nathan Price"),
    ("name", "My name is Price", "Price"),
    ("name", "What's the price", None),
    ("name", "I'm looking for a dentist", None),
]
ANSWERS: list[tuple[str, bool | None]] = [
    ("You got it wrong.", False),
    ("You haven't got it.", False),
    ("That's my number.", True),
    ("That's my email.", True),
    ("That is my name.", True),
    ("You misspelled it.", False),
    ("Nothing wrong with that.", True),
    ("There's nothing wrong.", True),
    ("There's an error.", False),
    ("It has a typo.", False),
    ("I do not.", False),
    ("I don't.", False),
    ("Please don't.", False),
    ("Yas.", True),
    ("Yeap.", True),
    ("Ye.", True),
    ("Noo.", False),
    ("You have it wrong.", False),
    ("Not for sure.", None),
    ("Yes, not right.", None),
    ("You didn't get that right.", False),
    ("I don't think that's right.", False),
    ("I don't believe it is.", False),
    ("Yes, except for the last digit.", False),
    ("That is untrue.", False),
    ("You forgot the dot.", False),
    ("One digit is off.", False),
    ("There's a letter missing.", False),
    ("That's my old number.", False),
    ("Not anymore.", False),
    ("Yes, sorry, no.", False),
    ("No, sorry, yes.", True),
    ("I'm positive.", True),
]
REFUSALS = [
    "Do I have to?",
    "Not right now.",
    "Maybe later.",
    "I forgot",
]
CORRECTIONS: list[tuple[str, str, str, str | None]] = [
    ("email", "john.smith@gmail.com", "no dot between john and smith", "johnsmith@gmail.com"),
    ("email", "john.smith@yahoo.com", "No, dot co dot UK", "john.smith@yahoo.co.uk"),
    ("email", "john.smith@acme.com", "It's .org", "john.smith@acme.org"),
    ("email", "john.smith22@gmail.com", "No, twenty three.", "john.smith23@gmail.com"),
    ("email", "john.smith22@gmail.com", "23 at the end", "john.smith23@gmail.com"),
    (
        "email",
        "john.smith@gmail.com",
        "You forgot the number 22 at the end.",
        "john.smith22@gmail.com",
    ),
    ("email", "john@gmail.com", "There's an s at the end", "johns@gmail.com"),
    (
        "email",
        "info@dreamworld.org",
        "No, it's greenwood. G-R-E-E-N-W-O-O-D.",
        "info@greenwood.org",
    ),
    ("email", "john.smith@gmail.com", "no no dot", "johnsmith@gmail.com"),
    ("email", "janemiller@gmail.com", "yes but miller with an a", "janemillar@gmail.com"),
    ("email", "janemiller@gmail.com", "jane with a y", "jaynemiller@gmail.com"),
    ("email", "janemiller@gmail.com", "that's millar, m i l l a r", "janemillar@gmail.com"),
    ("email", "jsnith@gmail.com", "the third letter is an m", "jsmith@gmail.com"),
    ("name", "Jane Miller", "the second letter is an e", "Jene Miller"),
    ("name", "Jane Miller", "the fifth letter of my last name is an a", "Jane Millar"),
    ("name", "Jane Miller", "it's Jayne with a y actually", "Jayne Miller"),
    ("date", "2026-06-12", "no, the thirteenth", "2026-06-13"),
    ("date", "2026-06-12", "no, July", "2026-07-12"),
    ("date", "2026-06-12", "one day later", "2026-06-13"),
    ("date", "2026-06-12", "not the twelfth, the day before", "2026-06-11"),
    ("date", "2026-06-12", "no, the Friday after", "2026-06-19"),
    ("email", "susen22@gmail.com", "no, a as in apple, not e as in echo", "susan22@gmail.com"),
    ("email", "susen22@gmail.com", "it's a as in apple", "susan22@gmail.com"),
    ("email", "haading@acme.org", "r, not a", None),
    ("name", "Beter Parker", "no, peter, P E T E R", "Peter Parker"),
    ("name", "Susen Parker", "no, a as in apple", "Susan Parker"),
    ("code", "AB123", "the second letter is a D", "AD123"),
    ("code", "AB123", "the last digit is four", "AB124"),
    ("code", "AB123", "the first letter should be C", "CB123"),
    ("name", "Jane Miller", "you forgot the s at the end", "Jane Millers"),
    ("address", "12 Oak Street, Salem", "apartment four", "12 Oak Street, Apartment 4, Salem"),
    (
        "address",
        "12 Oak Street, Apartment 4, Salem",
        "it's apartment five",
        "12 Oak Street, Apartment 5, Salem",
    ),
    ("date", "1984-03-05", "no, nineteen eighty five", "1985-03-05"),
    ("address", "12 Oak Street, Salem", "no, 14 Oak Street", "14 Oak Street, Salem"),
    ("address", "12 Oak Street, Salem", "it's Oak Lane, not Oak Street", "12 Oak Lane, Salem"),
    ("address", "12 Oak Street, Salem", "the number is fourteen", "14 Oak Street, Salem"),
    ("phone", "+14155550132", "It's a 3 at the end.", "+14155550133"),
    ("phone", "+14155550132", "the second to last digit is a 4", "+14155550142"),
    ("phone", "+14155554132", "It's oh one three two, not four one three two.", "+14155550132"),
]


@pytest.mark.parametrize(("kind", "said", "value"), DETAILS)
def test_a_detail_is_read(kind: str, said: str, value: str | None) -> None:
    reading = read(kind, said, "US", today=date(2026, 11, 25))
    assert (reading.value if reading.valid else None) == value


@pytest.mark.parametrize(("said", "answer"), ANSWERS)
def test_an_answer_is_read(said: str, answer: bool | None) -> None:
    assert parse_yes_no(said) is answer


@pytest.mark.parametrize("said", REFUSALS)
def test_a_refusal_is_one(said: str) -> None:
    assert is_refusal(said)


@pytest.mark.parametrize(
    ("spelled", "heard", "name"),
    [
        ("jhn.smith", ["jon", "dot", "john", "smith"], "john.smith"),
        ("roverd", ["robert"], "robert"),
        ("jon", ["john"], "jon"),
    ],
)
def test_a_letter_lost_in_spelling_is_that_of_the_word_heard_before(
    spelled: str, heard: list[str], name: str
) -> None:
    assert spelled_as_heard(spelled, heard) == name


@pytest.mark.parametrize(("kind", "value", "said", "corrected"), CORRECTIONS)
def test_the_part_that_is_named_is_replaced(
    kind: str, value: str, said: str, corrected: str | None
) -> None:
    assert correct(kind, value, said, "US") == corrected
