"""Contact details as people say them and as recognisers write them."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.spoken.email import parse_email, say_email
from flows.spoken.names import parse_name
from flows.spoken.phone import parse_phone, say_phone
from flows.spoken.yesno import is_refusal, parse_yes_no, without_yes_no


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("john.smith@gmail.com.", "john.smith@gmail.com"),
        ("My email is John dot Smith at g mail dot com", "john.smith@gmail.com"),
        ("J-O-H-N at example dot org", "john@example.org"),
        ("It's jane underscore doe at outlook.com", "jane_doe@outlook.com"),
        ("B as in bravo, o, b at gmail dot com", "bob@gmail.com"),
        ("it's smith s m i t h at yahoo dot co dot uk", "smith@yahoo.co.uk"),
        ("b i double l at foo dot com", "bill@foo.com"),
        ("reach me at john at gmail dot com", "john@gmail.com"),
        ("john eighty four at hot mail dot com", "john84@hotmail.com"),
        ("john smith, all one word, at gmail dot com", "johnsmith@gmail.com"),
        ("M-A-R-Y.J@gmail.com", "mary.j@gmail.com"),
        ("john.smith at gmail.com. Is that right?", "john.smith@gmail.com"),
        ("jane.milleratgmail.com", "jane.miller@gmail.com"),
        ("that's mary hyphen ann at web dot de", "mary-ann@web.de"),
    ],
)
def test_addresses_are_read(said: str, address: str) -> None:
    reading = parse_email(said)
    assert (reading.value, reading.valid) == (address, True)


@pytest.mark.parametrize("said", ["", "yes", "john at gmail", "at dot com", "call me", "a@b"])
def test_what_is_no_address_is_not_made_into_one(said: str) -> None:
    assert not parse_email(said).valid


_local = st.from_regex(r"[a-z]{1,8}([._][a-z0-9]{1,6})?", fullmatch=True)
_domain = st.sampled_from(["gmail.com", "example.org", "my-firm.de", "mail.example.co.uk"])


@settings(max_examples=300, deadline=None)
@given(_local, _domain)
def test_an_address_spelled_back_is_heard_as_itself(local: str, domain: str) -> None:
    address = f"{local}@{domain}"
    assert parse_email(say_email(address, spell=True)).value == address


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("555-123-4567", "+15551234567"),
        ("five five five one two three oh nine eight seven", "+15551230987"),
        ("my number is area code 415, 555, 0132", "+14155550132"),
        ("eight hundred, five five five, double one, three four", "+18005551134"),
        ("plus four four, two oh, seven nine four six, oh nine five eight", "+442079460958"),
        ("503 555 0142 extension 12", "+15035550142"),
    ],
)
def test_numbers_are_read(said: str, number: str) -> None:
    reading = parse_phone(said, "US")
    assert (reading.value, reading.valid) == (number, True)


@settings(max_examples=200, deadline=None)
@given(st.from_regex(r"\+1[2-9][0-9]{2}[2-9][0-9]{6}|\+4420[37][0-9]{7}", fullmatch=True))
def test_a_number_read_back_is_heard_as_itself(number: str) -> None:
    assert parse_phone(say_phone(number, "US"), "US").value == number


@given(st.text(alphabet=string.printable, max_size=60))
def test_a_digit_that_was_not_said_is_never_stored(text: str) -> None:
    spoken = "".join(character for character in text if character.isdigit())
    reading = parse_phone(text, "US")
    if reading.digits and not any(character.isalpha() for character in text):
        assert reading.digits.strip("+") in spoken


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("My name is Jane Doe.", "Jane Doe"),
        ("It's Smith, S M I T H.", "Smith"),
        ("J-O-H-N", "John"),
        ("John Smith, S-M-Y-T-H", "John Smyth"),
        ("my name is John. J as in Juliet, O, H, N.", "John"),
        ("call me Al", "Al"),
        ("yes", None),
        ("How much is it?", None),
        ("", None),
    ],
)
def test_names_are_read(said: str, name: str | None) -> None:
    assert parse_name(said) == name


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Yes.", True), ("yeah no that's right", True), ("No, no, that's correct.", True),
        ("nope", False), ("that's not right", False), ("not quite", False), ("yep", True),
        ("no", False), ("maybe tomorrow", None), ("", None), ("It isn't correct.", False),
        ("perfect", True),
    ],
)  # fmt: skip
def test_yes_and_no_in_many_colours(said: str, answer: bool | None) -> None:
    assert parse_yes_no(said) is answer


def test_a_correction_is_what_remains_after_the_no() -> None:
    assert without_yes_no("No, it's jon at example dot com") == "jon at example dot com"


@pytest.mark.parametrize("said", ["I'd rather not", "No thanks.", "skip that", "I don't have one"])
def test_a_refusal_is_understood(said: str) -> None:
    assert is_refusal(said)
