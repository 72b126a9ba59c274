"""What was read back before it was whole, and goes on: "A B." – "I have AB. Is that right?" – "One two three."

A correction comes with a no, or says what was said before otherwise; what goes on has neither.
"""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

from flows.spoken.email.domains import COUNTRIES, SECOND_LEVEL
from flows.spoken.fields import was_spelled
from flows.spoken.letters.spelled import spelled_letters
from flows.spoken.names.familiar import is_familiar
from flows.spoken.names.people import parse_name
from flows.spoken.yesno import is_refusal, parse_yes_no

_AND = re.compile(r"^\W*(?:and|then|plus|dash|followed by)\b(?:\W+then\b)?\W*", re.IGNORECASE)
_SYMBOLS = re.compile(
    r"\W*(?:(?:[A-Za-z]|\d+|zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|double"
    r"|triple|dash|hyphen)\b\W*)+",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"^\W*(?:and )?(?:(?:it's|that's|it is|that is) )?in (?P<place>\w.*)$", re.IGNORECASE
)
MAX_PLACE_WORDS = 4


def continued(kind: str, value: str, said: str, denied: str | None) -> str | None:
    """`value` with what was `said` behind it; None where it does not go on.

    `denied` is what was heard before the value that is being given now.
    """
    if parse_yes_no(said) is not None or is_refusal(said):
        return None
    match kind:
        case "code":
            return _code(value, said)
        case "name" if denied and was_spelled(said):
            return _name(value, said, denied)
        case "address":
            return _city(value, said)
        case "email":
            return _country(value, said)
    return None


def _code(value: str, said: str) -> str | None:
    """After "and then", or where letters follow digits or digits letters."""
    rest = _AND.sub("", said, count=1)
    more = spelled_letters(rest).upper()
    if not more or not _SYMBOLS.fullmatch(rest):
        return None
    another = more.isdecimal() != value[-1].isdecimal() and not any(
        one.isdecimal() == more[0].isdecimal() for one in value
    )
    return value + more if rest != said or another else None


def _name(value: str, said: str, denied: str) -> str | None:
    """ "K O W A" – "L C Z Y K", where Kowalczyk was heard before."""
    more = spelled_letters(said)
    last, begun = denied.split()[-1].casefold(), value.split()[-1].casefold()
    nearer = Levenshtein.distance(begun + more, last) < Levenshtein.distance(begun, last)
    return value + more if nearer and last.startswith(begun[:2]) else None


def _country(value: str, said: str) -> str | None:
    """ "jane at acme dot co" – "dot UK"."""
    country = re.sub(r"^dot\b|\W", "", said.strip().casefold())
    goes_on = value.rpartition(".")[2] in SECOND_LEVEL and country in COUNTRIES
    return f"{value}.{country}" if goes_on else None


def _city(value: str, said: str) -> str | None:
    """ "12 Oak Street" – "Portland", or "in Portland, Oregon"."""
    named = _PLACE.match(said)
    place = (named["place"] if named else said).strip(" .,!?")
    if "," in value or re.search(r"\d", place) or len(place.split()) > MAX_PLACE_WORDS:
        return None
    known = parse_name(place.replace(",", " "))
    if known is None or (not named and is_familiar(known)):
        return None
    return f"{value}, {place if place[:1].isupper() else place.title()}"
