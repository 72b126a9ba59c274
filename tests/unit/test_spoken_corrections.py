"""Corrections of a value read back, and the rule that nothing unsaid is stored."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.spoken.corrections import correct
from flows.spoken.fields import read
from flows.spoken.readback import spell_out
from flows.spoken.support import licensed_digits, licensed_letters, supported


@pytest.mark.parametrize(
    ("kind", "value", "said", "corrected"),
    [
        ("phone", "+14155550132", "no, the last four are 0133", "+14155550133"),
        ("phone", "+14155550132", "it's 416 not 415", "+14165550132"),
        ("phone", "+14155550132", "no, the area code is 416", "+14165550132"),
        ("phone", "+14155550132", "the last two digits should be 33", "+14155550133"),
        ("phone", "+14155550132", "no, one zero three three", "+14155551033"),
        ("phone", "+14155650132", "it's 555 not 565", "+14155550132"),
        ("phone", "+14155650132", "no, not five six five, five five five", "+14155550132"),
        ("phone", "+14155550132", "no 416", "+14165550132"),
        ("phone", "+14155550132", "ends in 99", "+14155550199"),
        ("phone", "+14155550132", "middle three are 556", "+14155560132"),
        ("phone", "+14155550132", "nine not five", None),
        ("phone", "+442079460958", "the last four are 0959", "+442079460959"),
        ("phone", "+14155550132", "yes", None),
        ("email", "tohn@gmail.com", "no, it's j not t", "john@gmail.com"),
        ("email", "john.smith@gmail.com", "no, Smith with a y", "john.smyth@gmail.com"),
        ("email", "john.smith@gmail.com", "not gmail, hotmail", "john.smith@hotmail.com"),
        ("email", "john.smith@gmail.com", "hotmail, not gmail", "john.smith@hotmail.com"),
        ("email", "john.smith@gmail.com", "no it's hotmail", "john.smith@hotmail.com"),
        (
            "email",
            "john.smith@gmail.com",
            "no it's at yahoo dot co dot uk",
            "john.smith@yahoo.co.uk",
        ),
        ("email", "john.smith@gmail.com", "there's no dot", "johnsmith@gmail.com"),
        ("email", "john.smith@gmail.com", "underscore not dot", "john_smith@gmail.com"),
        ("email", "john.smith@gmail.com", "S M Y T H", "john.smyth@gmail.com"),
        (
            "email",
            "john.smith48@gmail.com",
            "no, eighty four not forty eight",
            "john.smith84@gmail.com",
        ),
        ("email", "john.smith@gmail.com", "it's jon not john", "jon.smith@gmail.com"),
        ("email", "john.smith@acme.com", "dot org not dot com", "john.smith@acme.org"),
        ("email", "john.smith@acme.com", "no, acne dot com", "john.smith@acne.com"),
        ("email", "john.smith@gmail.com", "no, john with no h", "jon.smith@gmail.com"),
        ("email", "bil@gmail.com", "two l's", "bill@gmail.com"),
        ("email", "bil@gmail.com", "with a double l", "bill@gmail.com"),
        ("email", "dan@gmail.com", "no, d as in david not t", None),
        ("email", "tan@gmail.com", "d as in david", "dan@gmail.com"),
        ("email", "tan@gmail.com", "no it's d as in dog, not t", "dan@gmail.com"),
        ("email", "maria.n@gmail.com", "n should be an m", "maria.m@gmail.com"),
        ("email", "john@acme.com", "dot net", "john@acme.net"),
        ("name", "John Smith", "no, Smith with a y", "John Smyth"),
        ("name", "Steven Miller", "no, with a P H", "Stephen Miller"),
        ("name", "Erik", "with a C K", "Erick"),
        ("name", "Jane Miller", "no, it's Joan", "Joan Miller"),
        ("name", "Jon Smith", "it's John with an h", "John Smith"),
        (
            "email",
            "johnsmith@acme.com",
            "there is a dot between john and smith",
            "john.smith@acme.com",
        ),
        ("email", "john.smith@acme.com", "it should be a dash", "john-smith@acme.com"),
        ("email", "john.m.smith@acme.com", "it should be a dash", None),
        ("email", "smith84@acme.com", "the number is 85", "smith85@acme.com"),
        ("email", "smith84@acme.com", "the number is 185", None),
        ("email", "jom@acme.com", "not m, n as in november", "jon@acme.com"),
        ("name", "John Smith", "it's Jon not John", "Jon Smith"),
        ("name", "John Smith", "John with no h", "Jon Smith"),
        ("name", "Tan Smith", "d not t", "Dan Smith"),
        ("name", "Tan Toomb", "d not t", None),
        ("email", "john.snith@gmail.com", "no, it's m as in mike, not n", "john.smith@gmail.com"),
        ("email", "mjry@yahoo.com", "it's a not j", "mary@yahoo.com"),
        ("email", "mary@outlook.co", "at outlook, O U T L O O K, dot com", "mary@outlook.com"),
        ("name", "Tom Boyd", "d not b", "Tom Doyd"),
        ("name", "Tan Lee", "d not t", "Dan Lee"),
        ("name", "John Smith", "no, S M Y T H", "John Smyth"),
        ("name", "John Smith", "last name is Smyth", "John Smyth"),
        ("name", "Philip Lee", "it's two l's", "Phillip Lee"),
        ("name", "Catherine Lee", "with a K", "Katherine Lee"),
        ("phone", "+14155550132", "no, the third digit is a six", "+14165550132"),
        ("phone", "+14155550132", "there's a three at the end, not a two", "+14155550133"),
        ("email", "john.smith@gmail.com", "no dot", "johnsmith@gmail.com"),
        ("email", "johnsmith@gmail.com", "john dot smith", "john.smith@gmail.com"),
        (
            "email",
            "john.smith@gmail.com",
            "the first part is jane dot smith",
            "jane.smith@gmail.com",
        ),
        ("email", "john.smith@gmail.com", "it's underscore", "john_smith@gmail.com"),
        ("email", "johm@gmail.com", "the last letter is n", "john@gmail.com"),
        ("email", "tohn@gmail.com", "it starts with a j", "john@gmail.com"),
        ("name", "John Smith", "no it's Smythe with an e at the end", "John Smythe"),
        ("name", "Cain Miller", "no, it's Jane, J A N E", "Jane Miller"),
        (
            "email",
            "con.myth@gmail.com",
            "no, J O H N dot S M I T H at gmail dot com",
            "john.smith@gmail.com",
        ),
        ("email", "info@greenworld.org", "no, greenwood, G R E E N W O O D", "info@greenwood.org"),
        (
            "email",
            "info@dreamworld.org",
            "no, at greenwood, G R E E N W O O D, dot org",
            "info@greenwood.org",
        ),
        ("name", "Oh Alski", "no, it's called ski, K, O, W, A, L, S, K, I", "Kowalski"),
        ("name", "Robert Jonson", "no, R O B E R T J O H N S O N", "Robert Johnson"),
    ],
)
def test_a_correction_replaces_the_part_named(
    kind: str, value: str, said: str, corrected: str | None
) -> None:
    assert correct(kind, value, said, "US") == corrected


@settings(max_examples=300)
@given(
    st.from_regex(r"\+1[2-9][0-9]{2}[2-9][0-9]{6}", fullmatch=True),
    st.from_regex(r"[0-9]{4}", fullmatch=True),
)
def test_the_last_four_digits_are_replaced_and_nothing_else(number: str, last: str) -> None:
    said = f"no, the last four are {' '.join(last)}"
    assert correct("phone", number, said, "US") == number[:-4] + last


_FIRST = st.sampled_from(["Jane", "Robert", "Maria", "Peter", "Susan", "David", "Wolfgang"])
_LAST = st.sampled_from(["Miller", "Johnson", "Garcia", "Kowalski", "Nguyen", "Brown", "Taylor"])


@settings(max_examples=300)
@given(_FIRST, _LAST, st.booleans(), st.integers(1, 3), st.sampled_from("bdfmnpstv"), st.booleans())
def test_a_misheard_name_is_put_right_by_spelling_it(
    first: str, last: str, is_last: bool, place: int, letter: str, by_words: bool
) -> None:
    right = last if is_last else first
    wrong = right[:place] + letter + right[place + 1 :]
    spelled = spell_out(right) if by_words else ", ".join(right.upper())
    names = (first, wrong) if is_last else (wrong, last)
    said = f"no, it's {right}, {spelled}"
    assert wrong == right or correct("name", " ".join(names), said, "US") == f"{first} {last}"
    address, meant = (".".join(words).casefold() + "@acme.io" for words in (names, (first, last)))
    assert wrong == right or correct("email", address, said, "US") == meant


_WORDS = st.sampled_from(
    [
        "john",
        "smith",
        "at",
        "gmail",
        "dot",
        "com",
        "my",
        "email",
        "is",
        "b",
        "as",
        "in",
        "bravo",
        "double",
        "l",
        "five",
        "oh",
        "nine",
        "two",
        "hundred",
        "and",
        "with",
        "no",
        "h",
        "a",
        "y",
        "see",
        "you",
        "for",
        "to",
        "plus",
        "dash",
        "J-O-H-N",
        "M.J.",
        "555-1234",
        "no",
        "it's",
        "the",
        "last",
        "four",
        "are",
        "jay",
        "thousand",
        "eighty",
        "niner",
        "foxtrot",
        "one",
        "underscore",
        "apostrophe",
        "street",
        "december",
        "march",
        "first",
    ]
)


@settings(max_examples=500)
@given(st.lists(_WORDS, max_size=14), st.sampled_from(["email", "phone", "name", "address"]))
def test_a_character_that_was_never_said_is_never_stored(words: list[str], kind: str) -> None:
    raw = " ".join(words)
    reading = read(kind, raw, "US")
    if not reading.valid or reading.value is None:
        return
    digits = [character for character in reading.value if character.isdigit()]
    if kind == "phone":
        # The country's code follows from the region.
        digits = digits[1:] if reading.value.startswith("+1") else digits
    letters = {character for character in reading.value.casefold() if character.isalpha()}
    said = licensed_digits(raw)
    assert all(said[digit] >= digits.count(digit) for digit in set(digits)) or "+" in raw
    assert letters <= licensed_letters(raw)


@pytest.mark.parametrize(
    ("kind", "value", "raw", "held"),
    [
        ("email", "john@gmail.com", "john at gmail dot com", True),
        ("email", "john2@gmail.com", "john at gmail dot com", False),
        ("email", "johnx@gmail.com", "john at gmail dot com", False),
        ("email", "bob@acme.com", "b as in bravo o b at a c m e dot com", True),
        ("phone", "+15551234567", "five five five one two three four five six seven", True),
        ("phone", "+15551234568", "five five five one two three four five six seven", False),
        ("phone", "+15555555555", "five five five", False),
        ("name", "Smyth", "Smith with a y", True),
        ("name", "Zed", "Smith", False),
    ],
)
def test_a_value_is_held_against_the_words(kind: str, value: str, raw: str, held: bool) -> None:
    given = "1" if kind == "phone" else ""
    assert supported(kind, value, raw, given=given) is held


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("no, two two seven five", "HOM2275"),
        ("no, H A M", "HAM2271"),
        ("it's N, not M", "HON2271"),
        ("no, seven five", None),
        ("that's wrong", None),
    ],
)
def test_a_part_of_a_code_is_corrected(said: str, code: str | None) -> None:
    assert correct("code", "HOM2271", said, "US") == code


@pytest.mark.parametrize(
    ("value", "said", "corrected"),
    [
        ("Jane Smith", "No, Smite, SMYTHE.", "Jane Smythe"),
        ("Jon Smith", "there's an h in John", "John Smith"),
        ("Jane", "my last name is Smith", "Jane Smith"),
        ("Smith", "my first name is Jane", "Jane Smith"),
        ("Jane Smith", "SMYTHE", "Jane Smythe"),
        ("Shavon O'Connor", "S I O B H A N", "Siobhan O'Connor"),
        ("Sam Smith", "S M Y T H E", "Sam Smythe"),
        ("Jane Smith", "John Smith, J O H N", "John Smith"),
        ("Sam Stone", "S I O B H A N", None),
        ("Jane Smith", "Robert, R O B E R T", None),
    ],
)
def test_a_name_that_is_spelled_replaces_the_one_it_resembles(
    value: str, said: str, corrected: str | None
) -> None:
    assert correct("name", value, said, "US") == corrected
