"""One door to the parsers: a lead field's kind and the caller's words give a value, or not."""

from __future__ import annotations

from dataclasses import dataclass

from flows.spoken.email import parse_email, say_email
from flows.spoken.names import parse_name
from flows.spoken.phone import MAX_DIGITS, MIN_PARTIAL_DIGITS, parse_phone, say_phone, write_phone

MAX_TEXT = 500


@dataclass(frozen=True)
class Reading:
    """`partial` holds the digits of a number that is not whole yet."""

    value: str | None
    valid: bool
    partial: str = ""


def read(kind: str, text: str, region: str) -> Reading:
    """Read a field of `kind` (name, email, phone, company, text) from words."""
    if kind == "email":
        email = parse_email(text)
        return Reading(email.value, email.valid)
    if kind == "phone":
        phone = parse_phone(text, region)
        count = len(phone.digits.strip("+"))
        unfinished = not phone.valid and MIN_PARTIAL_DIGITS <= count <= MAX_DIGITS
        return Reading(phone.value, phone.valid, phone.digits if unfinished else "")
    if kind in ("name", "company"):
        name = parse_name(text)
        return Reading(name, name is not None)
    words = text.strip()[:MAX_TEXT]
    return Reading(words or None, bool(words))


def read_back(kind: str, value: str, *, spell: bool, region: str) -> tuple[str, str]:
    """A value as written in captions, and as pronounced."""
    if kind == "email":
        return value, say_email(value, spell=spell)
    if kind == "phone":
        return write_phone(value, region), say_phone(value, region)
    if spell:
        return (
            value,
            f"{value}, {', '.join(letter.upper() for letter in value if letter.isalpha())}",
        )
    return value, value
