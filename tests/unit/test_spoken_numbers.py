"""Phone numbers, counts and amounts, as people say them and recognisers write them."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.spoken.fields import read
from flows.spoken.numbers import parse_money, parse_number, say_money, say_number
from flows.spoken.phone.numbers import parse_phone, say_phone, spoken_digits


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("555-123-4567", "+15551234567"),
        ("five five five one two three oh nine eight seven", "+15551230987"),
        ("eight hundred, five five five, double one, three four", "+18005551134"),
        ("plus four four, two oh, seven nine four six, oh nine five eight", "+442079460958"),
        ("zero zero four four 20 7946 0958", "+442079460958"),
        ("it's 415, no sorry, 416 555 0132", "+14165550132"),
        ("415 555 0132, no sorry, 0133", "+14155550133"),
        ("four one five five five five oh one three to", "+14155550132"),
        ("415 555 for 132", "+14155554132"),
        ("four fifteen 555 01 32", "+14155550132"),
        ("415-555-oh-one-three-two", "+14155550132"),
        ("1-415-555-0132", "+14155550132"),
        ("my cell is four one five triple five 0 1 double 3", "+14155550133"),
        ("6 A 3 3 0 7 5 1 2 3", "+16833075123"),
        ("4155550132 thanks", "+14155550132"),
        ("nine one nine, five two zero, three five, eleven", "+19195203511"),
        ("two oh two, five five five, twenty-three hundred", "+12025552300"),
        ("4,155,550,132", "+14155550132"),
        ("(415) 555-0132", "+14155550132"),
        ("oh seven seven hundred, nine hundred, four six one", None),
        ("415.555.0132", "+14155550132"),
        ("you can reach me at 415 555 0132 anytime after 5", "+14155550132"),
        ("212 555 double o 87", "+12125550087"),
        ("to one two five five five oh one eight seven", "+12125550187"),
        ("212, that's 212, 555 0187", "+12125550187"),
        ("212, 556, no sorry, 555, 0187", "+12125550187"),
        ("two one two fifty five five oh one eight seven", "+12125550187"),
    ],
)
def test_phone_numbers_are_read(said: str, number: str | None) -> None:
    reading = parse_phone(said, "US")
    assert (reading.value if reading.valid else None) == number


def test_british_numbers_are_read_with_the_regions_rules() -> None:
    said = "oh seven seven double oh nine hundred four six one"
    assert parse_phone(said, "GB").value == "+447700900461"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("one eight hundred flowers", "+18003569377"),
        ("1-800-FLOWERS", "+18003569377"),
        ("you can call one eight hundred go fedex please", "+18004633339"),
        ("1-877-KARS-4-KIDS", "+18775277454"),
        ("1 800 555 film", "+18005553456"),
        ("eight hundred wait a sec", None),
        ("one eight hundred call us", None),
        ("four one five flowers", None),
    ],
)
def test_numbers_told_as_words_are_dialled_on_the_keys(said: str, number: str | None) -> None:
    reading = read("phone", said, "US")
    assert (reading.value if reading.valid else None) == number


def test_an_extension_is_kept_beside_the_number() -> None:
    reading = parse_phone("503 555 0142 extension one two", "US")
    assert (reading.value, reading.extension) == ("+15035550142", "12")


@settings(max_examples=200)
@given(st.from_regex(r"\+1[2-9][0-9]{2}[2-9][0-9]{6}|\+4420[37][0-9]{7}", fullmatch=True))
def test_a_number_read_back_is_heard_as_itself(number: str) -> None:
    assert parse_phone(say_phone(number, "US"), "US").value == number


@given(st.text(alphabet=string.printable, max_size=60))
def test_digits_come_from_what_was_said(text: str) -> None:
    if not any(character.isalpha() for character in text):
        written = "".join(character for character in text if character.isdigit())
        assert spoken_digits(text).strip("+") == written


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("two hundred and fifty thousand", "250000"),
        ("two forty", "240"),
        ("one fifty", "150"),
        ("NINETEEN", "19"),
        ("twelve thirty three", "1233"),
        ("oh two one seven three", "02173"),
        ("1 5 1 3 6", "15136"),
        ("150.", "150"),
        ("2.5 million", "2500000"),
        ("three point five", "3.5"),
        ("1,200", "1200"),
        ("about twelve hundred", "1200"),
        ("a dozen", "12"),
        ("two and a half", "2.5"),
        ("half a million", "500000"),
        ("minus five", "-5"),
        ("five thousand three hundred and twelve", "5312"),
        ("862-0387", "8620387"),
        ("421 886O.", "4218860"),
        ("Enter A13.", "813"),
        ("2.68. 4.6. 9.4.", "2684694"),
        ("412, 268, 4142.", "4122684142"),
        ("66 33.", "6633"),
        ("one million two hundred thousand", "1200000"),
        ("we have about forty five people", "45"),
        ("none", None),
        ("twenty twenty six", "2026"),
        ("one hundred five", "105"),
        ("5-3", "53"),
        ("12k", "12000"),
        ("527-66", "52766"),
        ("1127. 57.", "112757"),
        ("a hundred", "100"),
        ("five to ten", None),
        ("between five and ten", None),
        ("five or six", None),
        ("two kids and three dogs", None),
        ("three quarters", "0.75"),
        ("one and three quarters", "1.75"),
        ("a million", "1000000"),
        ("a grand", "1000"),
        ("point five", "0.5"),
        ("several hundred", None),
        ("a quarter million", "250000"),
        ("a quarter of a million", "250000"),
        ("three quarters of a million", "750000"),
        ("two and a half million", "2500000"),
        ("a million and a half", "1500000"),
        ("a couple hundred", "200"),
        ("two and one half", "2.5"),
        ("2 1/2", "2.5"),
        ("about half", "0.5"),
        ("a half", "0.5"),
    ],
)
def test_numbers_are_read(said: str, number: str | None) -> None:
    assert parse_number(said) == number


@settings(max_examples=300)
@given(st.integers(-9_999_999, 999_999_999))
def test_a_number_read_back_is_heard_as_itself_(number: int) -> None:
    assert parse_number(say_number(str(number))) == str(number)
    assert parse_number(f"{number:,}".replace("-", "minus ")) == str(number)


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("$1,200.50", "1200.50 USD"),
        ("twelve hundred dollars", "1200 USD"),
        ("five dollars and fifty cents", "5.50 USD"),
        ("twenty bucks", "20 USD"),
        ("three fifty", "350"),
        ("fifty euros", "50 EUR"),
        ("about 2 grand", "2000"),
        ("ten pounds fifty", "10.50 GBP"),
        ("twelve dollars and twenty-five cents, please", "12.25 USD"),
        ("three hundred dollars for two months", None),
        ("five to ten thousand dollars", None),
        ("a dollar fifty", "1.50 USD"),
        ("a buck fifty", "1.50 USD"),
        ("a dollar", "1 USD"),
        ("a quarter million dollars", "250000 USD"),
        ("a couple thousand bucks", "2000 USD"),
        ("one point five k", "1500"),
    ],
)
def test_money_is_read(said: str, amount: str | None) -> None:
    assert parse_money(said) == amount


@settings(max_examples=200)
@given(
    st.integers(0, 99_999), st.integers(1, 99) | st.none(), st.sampled_from(["USD", "EUR", "GBP"])
)
def test_an_amount_read_back_is_heard_as_itself(whole: int, cents: int | None, unit: str) -> None:
    amount = f"{whole} {unit}" if cents is None else f"{whole}.{cents:02d} {unit}"
    assert parse_money(say_money(amount)) == amount
