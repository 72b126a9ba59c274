"""Spelled words, codes and postal addresses, as people say them and recognisers write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.spoken.address import parse_address
from flows.spoken.fields import read
from flows.spoken.letters.spelled import spelled_letters
from flows.spoken.readback import read_back, spell_out
from flows.spoken.support import supported


@pytest.mark.parametrize(
    ("said", "letters"),
    [
        ("C-E-N-T-R-E", "centre"),
        ("WILETT.", "wilett"),
        ("PH, IN and EY.", "phinney"),
        ("LEX, iNG, TON.", "lexington"),
        ("Robot C B W X V 4", "cbwxv4"),
        ("Erase ABF in Q57", "abfnq57"),
        ("x and ku8", "xnku8"),
        ("Erase KM H&I 605", "kmhni605"),
        ("J-P-E-G-4", "jpeg4"),
        ("L.E.V. I.S.O.N.", "levison"),
        ("R. U. B.", "rub"),
        ("W i l l o w b e n d", "willowbend"),
        ("P-L-E-A-S-A-N-T H-I-L-L-S", "pleasanthills"),
        ("b as in boy, o, double l", "boll"),
        ("are you bee", "rub"),
        ("see, are, you, why", "cruy"),
        ("m as in mike, a, x as in x-ray", "max"),
        ("alpha bravo charlie", "abc"),
        ("double u, o, w", "wow"),
        ("A seven", "a7"),
        ("zed, e, d", "zed"),
        ("the letters are h i n i c h", "hinich"),
        ("m as in mike and n as in november", "mn"),
        ("Eff, El, Oh, Ess, Ess", "floss"),
        ("Jay-Oh-Aitch-En", "john"),
        ("oh four B", "04b"),
        ("Bees and boy, O, B", "bob"),
        ("an M for Mike, an A for apple", "ma"),
        ("um B, uh, O B", "bob"),
        ("B O B at the end", "bob"),
    ],
)
def test_spelled_words_and_codes_are_read(said: str, letters: str) -> None:
    assert spelled_letters(said) == letters


@settings(max_examples=200)
@given(st.from_regex(r"[a-z]{2,10}", fullmatch=True))
def test_a_spelling_is_heard_as_itself_however_it_is_written(word: str) -> None:
    for written in (" ".join(word), "-".join(word.upper()), ". ".join(word.upper()) + ".",
                    ", ".join(word.upper())):  # fmt: skip
        assert spelled_letters(written) == word
    assert spelled_letters(spell_out(word)) == word


@pytest.mark.parametrize(
    ("said", "region", "address", "code"),
    [
        ("twelve oh four Oak Street, apartment five, Springfield, Illinois, six two seven oh four",
         "US", "1204 Oak Street, Apartment 5, Springfield, Illinois, 62704", "62704"),
        ("my address is 10 Downing Street London S W 1 A 2 A A", "GB",
         "10 Downing Street London SW1A 2AA", "SW1A 2AA"),
        ("Hauptstraße 12, 10115 Berlin", "DE", "Hauptstraße 12, 10115 Berlin", "10115"),
        ("it's 221B Baker Street, London, NW1 6XE", "GB",
         "221B Baker Street, London, NW1 6XE", "NW1 6XE"),
    ],
)  # fmt: skip
def test_addresses_are_read(said: str, region: str, address: str, code: str) -> None:
    reading = parse_address(said, region)
    assert (reading.value, reading.postal_code, reading.valid) == (address, code, True)


@pytest.mark.parametrize(
    ("said", "number", "street", "city"),
    [
        ("twelve oh four Oak Street, apartment five, Troy", "1204", "Oak Street", "Troy"),
        ("12 High Street unit 4, Leeds", "12", "High Street", "Leeds"),
        ("forty two twenty third street, Oakland", "42", "23rd Street", "Oakland"),
        ("1600 Elm Avenue Northwest, Washington", "1600", "Elm Avenue Northwest", "Washington"),
        ("PO Box one two three, Springfield", "123", "PO Box", "Springfield"),
    ],
)  # fmt: skip
def test_an_address_is_told_apart(said: str, number: str, street: str, city: str) -> None:
    found = parse_address(said, "US")
    assert (found.number, found.street, found.city) == (number, street, city)


def test_a_place_without_a_number_is_no_address() -> None:
    assert not parse_address("somewhere in London", "GB").valid


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("P Q Y V T five ninety eight", "PQYVT598"),
        ("my order number is A B 1 2 3 4", "AB1234"),
        ("the policy number is H O M dash two two seven one", "HOM2271"),
        ("A as in apple, B as in boy, double four", "AB44"),
        ("7KX M902", "7KXM902"),
        ("K-X-M", "KXM"),
        ("twelve thirty four", "1234"),
        ("hom-2271", "HOM2271"),
        ("I don't have it", None),
        ("let me check", None),
        ("five", None),
    ],
)
def test_codes_are_read(said: str, code: str | None) -> None:
    reading = read("code", said, "US")
    assert (reading.value if reading.valid else None) == code
    if code:
        assert supported("code", code, said)


def test_a_code_is_read_back_symbol_by_symbol() -> None:
    written, spoken = read_back("code", "PQ58", spell=False, region="US")
    assert (written, spoken) == ("PQ58", "P as in papa, Q, five, eight")
