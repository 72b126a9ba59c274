"""One door to the parsers: a lead field's kind and the caller's words give a value, or not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import phonenumbers

from flows.spoken.address import correct_address, is_street_address, parse_address
from flows.spoken.asides import said_once, without_asides
from flows.spoken.dates.corrections import correct_date
from flows.spoken.dates.days import parse_date
from flows.spoken.either import several_values
from flows.spoken.email.addresses import parse_email
from flows.spoken.email.domains import PROVIDERS
from flows.spoken.languages.known import in_english
from flows.spoken.letters.codes import corrected_in_passing, parse_code
from flows.spoken.names.companies import parse_company
from flows.spoken.names.familiar import (
    FIRST_NAMES,
    LAST_NAMES,
    MIN_WORD,
    is_familiar,
    same_sounds,
    sound_alike,
)
from flows.spoken.names.people import parse_name, with_name
from flows.spoken.numbers import number_by_sound, parse_money, parse_number
from flows.spoken.party import COUNTED_PEOPLE, counts_people_apart, party_size
from flows.spoken.phone.numbers import MAX_DIGITS, MIN_PARTIAL_DIGITS, parse_phone, spoken_digits
from flows.spoken.readback import read_back
from flows.spoken.restarts import KINDS, second_thoughts, without_denied, without_false_starts
from flows.spoken.support import supported

__all__ = ["FIELD_KINDS", "PARSER_VERSION", "Reading", "best_reading", "read", "read_back"]

PARSER_VERSION = "14"
"""Kept with every stored value; raised when the same words may give another value."""
FIELD_KINDS = frozenset(
    ["name", "email", "phone", "company", "code", "date", "number", "money", "address"]
)
"""Kinds that have a parser of their own; the words of any other are the value."""
_REPEATED = re.compile(r"\b(?:double|triple|treble)\b", re.IGNORECASE)
_SPELLED = re.compile(r"\b[A-Za-z](?:[-., ]+[A-Za-z]\b){2,}")
_AT_HEARD = re.compile(
    r"@|\bat\b|\w(?<!th)at ?(?=g ?mail|yahoo|hot ?mail|outlook|i ?cloud|aol)", re.I
)
_PRONOUN = re.compile(r"(?:me|you|us|it)@", re.IGNORECASE)
_SPELLED_DOMAIN = re.compile(r"(?:@|\bat\b)\W*(?:[A-Za-z]\b[-., ]+){3}", re.IGNORECASE)
_RUN_ON = re.compile(r"([hijkquvwxy])\1$", re.IGNORECASE)
"""Letters that no name has twice at its end."""
_LETTERS = re.compile(r"[^\W\d_]+")
_LOOP = re.compile(r"([^\W\d_])\1{3,}", re.IGNORECASE)
"""Four times the same letter: a recogniser that ran on, not a name."""
MAX_TEXT = 500
_FORMERLY = date(2000, 1, 1)
"""Where "today" is unknown, only dates with a year are read; counted from here they are the same."""

BY_THEMSELVES = ("email", "phone")
"""Kinds whose values are none of another kind: known without being announced."""


@dataclass(frozen=True)
class Reading:
    """What the words hold.

    `partial` holds the digits of a number that is not whole yet; `suggestion` a value to ask about,
    never to store unasked; `details` what was said beside the value (an extension, parts of an
    address).
    """

    value: str | None
    valid: bool
    partial: str = ""
    suggestion: str | None = None
    details: dict[str, str] = field(default_factory=dict)
    either: tuple[str, ...] = ()
    """Several values between which the words leave the choice ("Friday or Saturday")."""


def read(
    kind: str,
    text: str,
    region: str,
    *,
    today: date | None = None,
    company_domain: str | None = None,
    language: str = "en",
) -> Reading:
    """Read a field of `kind` (name, email, phone, …) from words.

    A value that the words don't bear out (`support`) is not valid.
    """
    if kind in FIELD_KINDS:
        text = in_english(text, language, kind)
    if kind in KINDS:
        text = without_false_starts(text)
    text = said_once(kind, without_asides(kind, without_denied(kind, text)))
    reading = _said_last(kind, text, region, today)
    if reading is None and (offered := _several(kind, text, region, today, company_domain)):
        return Reading(None, False, either=offered)
    reading = reading or _read(kind, text, region, today, company_domain)
    if reading.valid and kind in ("email", "name", "company") and _LOOP.search(reading.value or ""):
        return Reading(reading.value, False)
    if reading.valid and reading.value:
        given = _given(kind, reading.value, company_domain)
        if not supported(kind, reading.value, text, given=given):
            return Reading(reading.value, False, reading.partial, reading.suggestion)
    return reading


def _several(
    kind: str, text: str, region: str, today: date | None, company_domain: str | None
) -> tuple[str, ...]:
    def value_of(words: str) -> str | None:
        found = read(kind, words, region, today=today, company_domain=company_domain)
        return found.value if found.valid else None

    return several_values(kind, text, region, value_of)


def _said_last(kind: str, text: str, region: str, today: date | None) -> Reading | None:
    """The value as it is after the caller corrected themselves; None when they did not."""
    if kind not in KINDS:
        return None
    for before, after in second_thoughts(kind, text):
        if offered := _several(kind, after, region, today, None):
            return Reading(None, False, either=offered)
        new = _read(kind, after, region, today, None)
        old = read(kind, before, region, today=today)
        if old.valid and old.value and (part := _part(kind, old.value, after, new, region)):
            return Reading(part, True, details=new.details)
        if new.valid and (old.valid or kind not in ("name", "company")):
            return new
    return None


def _part(kind: str, old: str, after: str, new: Reading, region: str) -> str | None:
    """`old` with the part that was said again, where that was not the whole."""
    match kind:
        case "name" if new.valid and new.value:
            return with_name(old, new.value)
        case "date":
            return correct_date(old, after)
        case "address":
            return correct_address(old, after, region)
        case "code":
            return corrected_in_passing(old, after)
    return None


Heard = tuple[Reading, str]
"""What words hold, and the words."""


def was_spelled(text: str) -> bool:
    """True when letters were given one by one."""
    return _SPELLED.search(text) is not None


def best_reading(kind: str, readings: Sequence[Heard]) -> Heard:
    """Of readings of the same audio with their words, the recogniser's best guess first: the first
    valid one, unless another is better borne out.

    An address with a known domain goes before one whose domain nobody knows; a number with "double"
    in it before digits alone, in which a recogniser loses such words; a name whose spelling was
    heard before one that was guessed; names that people have before words that sound like them.
    """
    if readings[0][0].either:
        return readings[0]
    valid = [item for item in readings if item[0].valid]
    if not valid:
        return next((item for item in readings if item[0].suggestion), readings[0])
    match kind:
        case "email":
            return _best_address(valid, readings)
        case "phone" | "digits":
            repeated = [item for item in valid if _REPEATED.search(item[1])]
            return (repeated or _as_often(valid, readings[0][1]))[0]
        case "name" | "company":
            spelled = [item for item in valid if was_spelled(item[1])]
            if spelled:
                return _without_running_on(spelled)
            best = _familiar(valid, _whole)
            if kind == "company":
                return best
            return _agreed_name(best, readings) or _by_words(best, _whole(best), readings)
    return valid[0]


def _as_often(valid: list[Heard], likeliest: str) -> list[Heard]:
    """The likeliest first; where that is no number, those that only say one of its digits more or
    less often in a row: decoders lose count of "five five five"."""
    digits = _in_a_row(likeliest)
    return sorted(valid, key=lambda item: item[1] != likeliest and _in_a_row(item[1]) != digits)


def _in_a_row(text: str) -> str:
    return re.sub(r"(.)\1+", r"\1", spoken_digits(text))


def _agreed_name(best: Heard, readings: Sequence[Heard]) -> Heard | None:
    """A first and a last name that every reading ends on, where what leads in was misheard: "Peacey
    Robert Johnson", "Please see Robert Johnson"."""
    if is_familiar(_whole(best)) or len(readings) < 2:
        return None
    endings = {tuple(_LETTERS.findall(text.casefold())[-2:]) for _, text in readings}
    ending = endings.pop()
    if endings or len(ending) < 2 or ending[0] not in FIRST_NAMES or ending[1] not in LAST_NAMES:
        return None
    return Reading(" ".join(word.capitalize() for word in ending), True), best[1]


def _without_running_on(spelled: list[Heard]) -> Heard:
    """The first spelling, unless it only doubles the last letter of another: "kowalskii"."""
    name = _whole(spelled[0])
    shorter = (item for item in spelled[1:] if _RUN_ON.search(name) and _whole(item) == name[:-1])
    return next(shorter, spelled[0])


def _best_address(valid: list[Heard], readings: Sequence[Heard]) -> Heard:
    # "… reach me at info-at-green.org": a pronoun before the at sign is a lead-in, misheard.
    # One with an "at" in it goes before one where another word was taken for it.
    valid = sorted(valid, key=lambda item: _AT_HEARD.search(item[1]) is None)
    valid.sort(key=lambda item: bool(_PRONOUN.match(item[0].value or "")))
    first = valid[0]
    domain = next((item for item in valid if _parts(item)[1] in PROVIDERS), first)
    if _SPELLED_DOMAIN.search(first[1]):
        domain = first
    if was_spelled(domain[1]):
        return domain
    local = _familiar([domain, *valid], lambda item: _parts(item)[0])
    if local is domain:
        return _by_words(domain, _parts(domain)[0], readings)
    # The name of one reading and the domain of another: each was heard.
    name, at = _parts(local)[0], _parts(domain)[1]
    meant = (domain[0].suggestion or "").partition("@")[2]
    found = Reading(f"{name}@{at}", True, suggestion=f"{name}@{meant}" if meant else None)
    return found, local[1] if _parts(local)[1] == at else f"{local[1]} / {domain[1]}"


def _by_words(best: Heard, name: str, readings: Sequence[Heard]) -> Heard:
    """`best` with words of its `name` that nobody is called as another reading has them: "marry dot
    jones" is Mary where "Mary" was heard, too."""
    reading, text = best
    words = [(word, other[1]) for other in readings for word in _LETTERS.findall(_whole(other))]
    new = name
    for word in _LETTERS.findall(name):
        if len(word) < MIN_WORD or is_familiar(word):
            continue
        meant = next(
            (one for one in words if is_familiar(one[0]) and sound_alike(word, one[0])), None
        )
        if meant:
            cased = meant[0].capitalize() if word[0].isupper() else meant[0].casefold()
            new, text = new.replace(word, cased, 1), f"{text} / {meant[1]}"
    if new == name or not is_familiar(new) or reading.value is None or reading.suggestion:
        return best
    found = replace(reading, value=new + reading.value[len(name) :])
    return found, text


def _parts(item: Heard) -> tuple[str, str]:
    local, _, domain = (item[0].value or "").partition("@")
    return local, domain


def _whole(item: Heard) -> str:
    return item[0].value or ""


def _familiar(valid: list[Heard], name_of: Callable[[Heard], str]) -> Heard:
    """The first reading, unless another is of the same sounds and holds names that people have."""
    first = valid[0]
    if is_familiar(name_of(first)):
        return first
    return next(
        (
            item
            for item in valid[1:]
            if is_familiar(name_of(item)) and same_sounds(name_of(first), name_of(item))
        ),
        first,
    )


def _given(kind: str, value: str, company_domain: str | None) -> str:
    if kind == "phone":
        number = phonenumbers.parse(value)
        return str(number.country_code)
    return company_domain or ""


def _read(
    kind: str, text: str, region: str, today: date | None, company_domain: str | None
) -> Reading:
    match kind:
        case "email":
            email = parse_email(text, company_domain=company_domain)
            return Reading(
                email.value, email.valid, suggestion=email.suggestion or _in_ascii(email.value)
            )
        case "phone":
            return _read_phone(text, region)
        case "name":
            name = parse_name(text)
            return Reading(name, name is not None)
        case "company":
            name = parse_company(text)
            return Reading(name, name is not None and not is_street_address(text))
        case "code":
            code = parse_code(text)
            return Reading(code, code is not None)
        case "date":
            return _read_date(text, region, today)
        case "number":
            number = party_size(text)
            if number is None and not counts_people_apart(text):
                number = parse_number(text) or number_by_sound(text)
            return Reading(number, number is not None)
        case "money":
            amount = parse_money(COUNTED_PEOPLE.sub(" ", text))
            return Reading(amount, amount is not None)
        case "address":
            address = parse_address(text, region)
            parts = {"number": address.number, "street": address.street, "city": address.city,
                     "postal_code": address.postal_code}  # fmt: skip
            details = {name: part for name, part in parts.items() if part}
            return Reading(address.value, address.valid, details=details)
    words = text.strip()[:MAX_TEXT]
    return Reading(words or None, bool(words))


_ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def _in_ascii(address: str | None) -> str | None:
    """ "mueller@gmail.com" for "müller@gmail.com": there are hardly any addresses with an umlaut."""
    return address.translate(_ASCII) if address and not address.isascii() else None


def _read_phone(text: str, region: str) -> Reading:
    phone = parse_phone(text, region)
    count = len(phone.digits.strip("+"))
    unfinished = not phone.valid and MIN_PARTIAL_DIGITS <= count <= MAX_DIGITS
    details = {"extension": phone.extension} if phone.extension else {}
    return Reading(phone.value, phone.valid, phone.digits if unfinished else "", details=details)


def _read_date(text: str, region: str, today: date | None) -> Reading:
    found = parse_date(text, today or _FORMERLY, region)
    if found and today is None and parse_date(text, date(1960, 7, 15), region) != found:
        found = None
    return Reading(found.isoformat() if found else None, found is not None)
