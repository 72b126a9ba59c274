"""Phone numbers as people say them: groups, "double five", "oh", "eight hundred", country codes."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

from flows.spoken.words import DIGIT_NAMES, number_at, tokens

_EXTENSION = re.compile(r"\b(?:ext(?:ension)?|x)\.?\s*[\d ]+$", re.IGNORECASE)
MIN_PARTIAL_DIGITS = 2
"""Fewer digits than this are hardly the beginning of a number."""
MAX_DIGITS = 15
"""E.164."""


@dataclass(frozen=True)
class PhoneReading:
    """`value` is E.164; `digits` is all that was said, for a number given in pieces."""

    value: str | None
    valid: bool
    digits: str


def parse_phone(text: str, region: str) -> PhoneReading:
    """The number in `text`; `region` (ISO 3166) reads numbers without a country code."""
    digits = spoken_digits(_EXTENSION.sub("", text))
    if not digits.strip("+"):
        return PhoneReading(None, False, "")
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return PhoneReading(None, False, digits)
    possible = phonenumbers.is_possible_number_with_reason(number)
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # Possible, not assigned: fictional and newly opened ranges are real answers too.
    return PhoneReading(value, possible == phonenumbers.ValidationResult.IS_POSSIBLE, digits)


def spoken_digits(text: str) -> str:
    """All digits said, with a leading + when there was one."""
    words = tokens(text)
    digits = ""
    index = 0
    while index < len(words):
        if words[index] in ("plus", "+") and not digits:
            digits = "+"
            index += 1
            continue
        found, taken = number_at(words, index)
        digits += found
        index += max(1, taken)
    return digits


def say_phone(value: str, region: str) -> str:
    """Digit by digit, with a pause between groups; "plus" first for a number from abroad."""
    written = write_phone(value, region)
    groups = [
        " ".join(DIGIT_NAMES[int(digit)] for digit in group)
        for group in re.findall(r"\d+", written)
    ]
    if written.startswith("+"):
        groups[0] = f"plus {groups[0]}"
    return ", ".join(groups)


def write_phone(value: str, region: str) -> str:
    """As people of the region write it."""
    number = phonenumbers.parse(value, region)
    home = phonenumbers.region_code_for_number(number) == region
    style = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(number, style.NATIONAL if home else style.INTERNATIONAL))
