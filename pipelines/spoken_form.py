"""Text as people say it: numbers, money, dates, times, addresses, before a voice reads them.

The written text stays what captions and transcripts show, so the result remembers which stretch of
it each spoken stretch stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from num2words import num2words

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
}
_SCALES = {"k": "thousand", "m": "million", "bn": "billion"}
_UNITS = {
    "kwh": "kilowatt hours", "kw": "kilowatts", "km": "kilometers", "kg": "kilograms",
    "cm": "centimeters", "mm": "millimeters", "mb": "megabytes", "gb": "gigabytes",
}  # fmt: skip


@dataclass(frozen=True)
class SpokenForm:
    """What to pronounce, and where each part of it comes from."""

    text: str
    spans: tuple[tuple[int, int, int], ...]
    """(end in `text`, start and end in the written text) of each stretch, in order."""

    def written_end(self, spoken_end: int) -> int:
        """Where the written text stands once the spoken one was said up to `spoken_end`.

        A stretch that was rewritten counts when all of it was said.
        """
        before = 0
        for end, start, written in self.spans:
            if spoken_end >= end:
                before = end
                continue
            if end - before == written - start:
                return start + max(0, spoken_end - before)
            return start
        return self.spans[-1][2] if self.spans else 0


def spoken_form(text: str, language: str = "en") -> SpokenForm:
    """The spoken form of a text; other languages than English are left to the voice itself."""
    if not language.startswith("en"):
        return SpokenForm(text, ((len(text), 0, len(text)),))
    parts: list[str] = []
    spans: list[tuple[int, int, int]] = []
    length = position = 0
    for match in _PATTERN.finditer(text):
        said = _RULES[match.lastgroup or ""](match.group())
        if said is None:
            continue
        for piece, start, end in (
            (text[position : match.start()], position, match.start()),
            (said, match.start(), match.end()),
        ):
            if piece:
                parts.append(piece)
                length += len(piece)
                spans.append((length, start, end))
        position = match.end()
    if position < len(text):
        parts.append(text[position:])
        spans.append((length + len(text) - position, position, len(text)))
    return SpokenForm("".join(parts), tuple(spans))


def _cardinal(digits: str) -> str:
    number = digits.replace(",", "")
    if "." in number:
        whole, _, fraction = number.partition(".")
        return f"{_cardinal(whole or '0')} point {_one_by_one(fraction)}"
    # British English puts "and" and commas where American voices stumble.
    return str(num2words(int(number))).replace(" and ", " ").replace(",", "")


def _one_by_one(digits: str) -> str:
    return " ".join(_DIGITS[int(digit)] for digit in digits if digit.isdigit())


def _email(text: str) -> str:
    local, _, domain = text.partition("@")
    return f"{_symbols(local)} at {_symbols(domain)}"


def _symbols(text: str) -> str:
    for symbol, said in ((".", " dot "), ("_", " underscore "), ("-", " dash "), ("+", " plus "),
                         ("/", " slash ")):  # fmt: skip
        text = text.replace(symbol, said)
    # Digits inside an address are said one by one.
    text = re.sub(r"\d+", lambda match: f" {_one_by_one(match.group())} ", text)
    return " ".join(text.split())


def _web(text: str) -> str:
    bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", text).rstrip("/")
    return _symbols(bare)


def _money(text: str) -> str | None:
    match = re.match(r"([$€£])\s?([\d,]+)(?:\.(\d{1,2}))?\s?(k|m|bn)?\b", text, re.IGNORECASE)
    if not match:
        return None
    one, many, cent, cents = _CURRENCIES[match[1]]
    number, fraction, scale = match[2], match[3], (match[4] or "").lower()
    if scale:
        amount = f"{number}.{fraction}" if fraction else number
        return f"{_cardinal(amount)} {_SCALES[scale]} {many}"
    whole = int(number.replace(",", ""))
    said = f"{_cardinal(number)} {one if whole == 1 else many}"
    small = int(fraction.ljust(2, "0")) if fraction else 0
    if not small:
        return said
    change = f"{_cardinal(str(small))} {cent if small == 1 else cents}"
    return f"{said} and {change}" if whole else change


def _iso_date(text: str) -> str | None:
    year, month, day = (int(part) for part in text.split("-"))
    return _date(year, month, day)


def _us_date(text: str) -> str | None:
    month, day, year = (int(part) for part in text.split("/"))
    return _date(year, month, day)


def _date(year: int, month: int, day: int) -> str | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    ordinal = num2words(day, to="ordinal")
    return f"{_MONTHS[month - 1]} {ordinal}, {num2words(year, to='year')}"


def _time(text: str) -> str | None:
    match = re.match(r"(\d{1,2}):(\d{2})\s*([ap])?\.?(?:m\.?)?$", text, re.IGNORECASE)
    if not match:
        return None
    hour, minute, half = int(match[1]), int(match[2]), (match[3] or "").lower()
    if hour > 23 or minute > 59:
        return None
    if not half:
        half = "p" if hour >= 12 else "a"
    hour = (hour - 1) % 12 + 1
    said = _cardinal(str(hour))
    if minute:
        said += f" oh {_cardinal(str(minute))}" if minute < 10 else f" {_cardinal(str(minute))}"
    return f"{said} {half.upper()} M"


def _phone(text: str) -> str | None:
    digits = re.sub(r"\D", "", text)
    if digits.startswith("1") and len(digits) == 11:
        digits = digits[1:]
    groups: tuple[str, ...]
    if len(digits) == 10:
        groups = (digits[:3], digits[3:6], digits[6:])
    else:
        groups = tuple(digits[at : at + 3] for at in range(0, len(digits), 3))
    return ", ".join(_one_by_one(group) for group in groups)


def _percent(text: str) -> str:
    return f"{_cardinal(text.rstrip('% '))} percent"


def _ordinal(text: str) -> str:
    return str(num2words(int(text[:-2]), to="ordinal"))


def _measure(text: str) -> str:
    match = re.match(r"([\d,.]*\d)\s?(\w+)", text)
    assert match
    return f"{_cardinal(match[1])} {_UNITS[match[2].lower()]}"


def _range(text: str) -> str:
    low, high = re.split(r"\s?[-–]\s?", text)
    return f"{_cardinal(low)} to {_cardinal(high)}"


def _number(text: str) -> str | None:
    plain = text.replace(",", "")
    if plain.startswith("0") and plain.isdigit() and len(plain) > 1:
        return _one_by_one(plain)
    if len(plain.partition(".")[0]) > 12:
        return _one_by_one(plain)
    if re.fullmatch(r"(?:19|20)\d\d", text):
        return str(num2words(int(text), to="year"))
    return _cardinal(text)


_FORMS: tuple[tuple[str, str, Callable[[str], str | None]], ...] = (
    ("email", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", _email),
    ("web", r"(?:https?://|www\.)[\w./-]*\w", _web),
    ("money", r"[$€£]\s?\d[\d,]*(?:\.\d{1,2})?(?:\s?(?:k|m|bn)\b)?", _money),
    ("iso_date", r"\b\d{4}-\d{2}-\d{2}\b", _iso_date),
    ("us_date", r"\b\d{1,2}/\d{1,2}/\d{4}\b", _us_date),
    ("time", r"\b\d{1,2}:\d{2}(?:\s?[AaPp]\.?[Mm]\b\.?)?", _time),
    ("phone", r"(?:\+\d[\d ().-]{7,}\d|\(\d{3}\)\s?\d{3}[-.\s]\d{4}|\b\d{3}[-.]\d{3}[-.]\d{4}\b)",
     _phone),
    ("percent", r"\b\d[\d,]*(?:\.\d+)?\s?%", _percent),
    ("ordinal", r"\b\d{1,4}(?:st|nd|rd|th)\b", _ordinal),
    ("measure", r"\b\d[\d,]*(?:\.\d+)?\s?(?:kWh|kW|km|kg|cm|mm|MB|GB)\b", _measure),
    ("range", r"\b\d{1,3}\s?[-–]\s?\d{1,3}\b", _range),
    ("number", r"\b\d[\d,]*\.\d+\b|\b\d{1,3}(?:,\d{3})+\b|\b\d+\b", _number),
)  # fmt: skip
_RULES = {name: rule for name, _, rule in _FORMS}
_PATTERN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern, _ in _FORMS))
