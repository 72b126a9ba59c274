"""Phone numbers as people say them: groups, "double five", "oh", "eight hundred", country codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers

from flows.spoken.phone.vanity import vanity_number
from flows.spoken.vocabulary import ENGLISH, Vocabulary
from flows.spoken.words import DIGIT_NAMES, number_at, tokens

_EXTENSION = re.compile(
    r"[,;]?\s*\b(?:ext(?:ension)?\b|x(?=\s*\d|\b))\.?(?:\s*(?:number|is))?\s*(?P<digits>.+)$", re.I
)
_RESTART = re.compile(
    r"\b(?:no,? (?:wait|sorry|make that)|oh,? sorry|sorry|i mean|scratch that|correction|make that|but now|now it's"
    r"|let me start (?:over|again)|actually|wait|no)\b[,.]?",
    re.IGNORECASE,
)
"""Callers correct themselves in the middle: what follows replaces what it repeats."""
_COUNTRY_CODE = re.compile(r"\b(?:the )?country code(?: is)?[:,]?\s+(?:plus\s+)?", re.IGNORECASE)
_ASIDE = re.compile(
    r"\b(?:any ?time|after|before|between|until|but|or|if|because|extension|and (?:my|the))\b",
    re.IGNORECASE,
)
"""Where something else begins that may hold a number: "… anytime after 5"."""
_GLUED = re.compile(
    r"(?<![A-NP-Za-np-z])(?:[oO](?=[oO]?\d)|(?<=\d)[oO](?!\w*[a-z])|[aA](?=\d{1,}\b)|(?<=\d)[aA](?=\d))"
)
"""A letter inside digits: "886O" is 8860, "A13" is 813."""
_LETTERS_AS_DIGITS = {"o": "0", "a": "8"}
_THATS = re.compile(r",?\s*\b(?:that's|that is|so that's)\b", re.IGNORECASE)
_TENS_AND_UNIT = re.compile(
    rf"\b({'|'.join(ENGLISH.tens)})[ -]({'|'.join(ENGLISH.units)})\b", re.IGNORECASE
)
_TENS_DIGITS = {word: f"{digit}0" for word, digit in ENGLISH.tens.items()}
_FIRST_SOUND = re.compile(r"^\W*(to|too|for|won|ate)\b", re.IGNORECASE)
"""Sounds like a digit where a number begins: "to one two …"."""
MIN_PARTIAL_DIGITS = 2
"""Fewer digits than this are hardly the beginning of a number."""
MIN_NEARLY_WHOLE = 8
"""From here a number that is not whole has more likely lost a digit than that it goes on."""
LOCAL_DIGITS, AREA_DIGITS = 7, 3
"""Of a North American number, after its area code and in it."""
MIN_DIGITS = 6
MAX_DIGITS = 15
"""E.164."""

MAX_TIME_DIGITS = 4
"""Two hours ("between 9 and 5"), or an hour and minutes."""


@dataclass(frozen=True)
class PhoneReading:
    """`value` is E.164; `digits` is all that was said, for a number given in pieces."""

    value: str | None
    valid: bool
    digits: str
    extension: str = ""


def parse_phone(text: str, region: str) -> PhoneReading:
    """The number in `text`; `region` (ISO 3166) reads numbers without a country code."""
    extension = ""
    match = _EXTENSION.search(text)
    if match and spoken_digits(text[: match.start()]):
        extension = spoken_digits(match["digits"]).strip("+")
        text = text[: match.start()]
    text = _with_area_code_first(_COUNTRY_CODE.sub(" plus ", text))
    candidates, so_far = _candidates(text)
    if by_words := vanity_number(text):
        candidates = [by_words, *candidates]
    found = (_as_number(digits, region, extension) for digits in candidates)
    whole = next((one for one in found if one.valid), None)
    if whole is None:
        again = (_as_number(digits, region, extension) for digits in _second_thoughts(text))
        whole = next((one for one in again if one.valid), None)
    return whole or _as_number(so_far, region, extension)


def _with_area_code_first(text: str) -> str:
    """ "555 0142, area code 503": what was named last is dialled first."""
    rest, named, code = text.partition("area code")
    fits = named and len(spoken_digits(rest)) == LOCAL_DIGITS
    return f"{code} {rest}" if fits and len(spoken_digits(code)) == AREA_DIGITS else text


def is_whole_number(digits: str, region: str) -> bool:
    """True when keyed digits are a number and no further digit could belong to it.

    Where numbers differ in length (Britain, Germany) that is only known at the longest.
    """
    if not _as_number(digits, region, "").valid:
        return False
    longer = (digits + "0" * more for more in range(1, MAX_DIGITS - len(digits) + 1))
    return not any(_as_number(attempt, region, "").valid for attempt in longer)


def lacks_a_digit(digits: str, region: str) -> bool:
    """True when one or two digits more would make a number: one was said and not heard, more likely
    than that the caller stopped there."""
    longer = (digits + "0" * more for more in (1, 2))
    return len(digits) >= MIN_NEARLY_WHOLE and any(
        _as_number(attempt, region, "").valid for attempt in longer
    )


def with_last_group(digits: str, new: str, region: str) -> str | None:
    """`digits`, which lack one or two, made whole by `new`: what follows, or their last group again."""
    if _as_number(digits + new, region, "").valid:
        return digits + new
    for lost in (1, 2):
        kept, tail = digits[: lost - len(new)], digits[lost - len(new) :]
        whole = _as_number(kept + new, region, "")
        last = groups_of(whole.value or "", region)[-1:] if whole.valid else []
        if last and len(last[0]) == len(new) and _holds_in_order(new, tail):
            return kept + new
    return None


def _holds_in_order(digits: str, some: str) -> bool:
    rest = iter(digits)
    return all(digit in rest for digit in some)


def _candidates(text: str) -> tuple[list[str], str]:
    """Digit strings that may be meant, most likely first; and what is meant if none is a number."""
    pieces = [spoken_digits(piece) for piece in _RESTART.split(text)]
    said = [piece for piece in pieces if piece.strip("+")]
    if len(said) < 2:
        parts = [found for part in _ASIDE.split(text) if (found := spoken_digits(part))]
        first, *rest = parts or [""]
        times = rest and len(first) >= LOCAL_DIGITS
        if times and all(len(part) <= MAX_TIME_DIGITS for part in rest):
            # "… but call after five": where numbers differ in length, it would be a digit of it.
            return [first, *said], first
        return said + parts, "".join(said)
    last, before = said[-1], "".join(said[:-1])
    kept = len(before) - len(last)
    begins_again = kept <= 0 or _differ(last, before) < _differ(last, before[kept:])
    replaced = last if begins_again else before[:kept] + last
    return [last, replaced, before + last], replaced


def _second_thoughts(text: str) -> Iterator[str]:
    """What else the words may mean, once they make no number as they stand.

    A group said again ("two one two, that's two one two, …"); "twenty seven" for 20 and 7; "to"
    before the first digit; a correction of the group before it ("…, five five six, no sorry, five
    five five, …").
    """
    pieces = [piece for part in _RESTART.split(text) if (piece := spoken_digits(part).strip("+"))]
    if len(pieces) == 2:
        yield from _group_said_again(*pieces)
        return
    yield from _said_alone(text)
    yield from _after_a_time(text)
    if again := _THATS.split(text)[1:]:
        yield spoken_digits(again[-1])
    for match in _TENS_AND_UNIT.finditer(text):
        apart = f"{_TENS_DIGITS[match[1].casefold()]} {match[2]}"
        yield spoken_digits(f"{text[: match.start()]}{apart}{text[match.end() :]}")
    yield spoken_digits(
        _FIRST_SOUND.sub(lambda match: ENGLISH.digit_sounds[match[1].casefold()], text)
    )


def _said_alone(text: str) -> Iterator[str]:
    """A part of the words that may be the number, where words stand beside another digit: "there are
    two. 415 555 0132"."""
    parts = re.split(r"[.,;!?]\s+", text)
    for index, part in enumerate(parts):
        others = [other for at, other in enumerate(parts) if at != index and spoken_digits(other)]
        if others and all(holds_words(other) for other in others):
            yield spoken_digits(part)


def _after_a_time(text: str) -> Iterator[str]:
    """The number behind a time of day: "call me after 5 on 415 555 0132"."""
    for place in re.finditer(r"\b(?:on|at|under)\b", text):
        before = spoken_digits(text[: place.start()])
        if 0 < len(before) <= MAX_TIME_DIGITS and holds_words(text[: place.start()]):
            yield spoken_digits(text[place.end() :])


def holds_words(text: str) -> bool:
    """True when there is more in `text` than digits."""
    return any(
        word.isalpha() and not number_at([word], 0)[1] and word not in ENGLISH.digit_sounds
        for word in tokens(text)
    )


def _group_said_again(before: str, after: str) -> Iterator[str]:
    """`before` with its last group replaced by the first of `after`, the likeliest size first."""
    sizes = range(2, min(len(before), len(after)) + 1)

    def unlike(size: int) -> float:
        return _differ(before[-size:], after[:size]) / size

    for size in sorted(sizes, key=unlike):
        if unlike(size) < 1:
            yield before[:-size] + after


def _differ(digits: str, others: str) -> int:
    return sum(one != other for one, other in zip(digits, others, strict=False))


def _as_number(digits: str, region: str, extension: str) -> PhoneReading:
    if not digits.strip("+"):
        return PhoneReading(None, False, "")
    best: PhoneReading | None = None
    # "zero zero four four" is how half the world dials abroad, whatever the region's own prefix.
    for attempt in (digits, f"+{digits[2:]}") if digits.startswith("00") else (digits,):
        try:
            number = phonenumbers.parse(attempt, region)
        except phonenumbers.NumberParseException:
            continue
        possible = phonenumbers.is_possible_number_with_reason(number)
        value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        # Possible, not assigned: fictional and newly opened ranges are real answers too.
        valid = possible == phonenumbers.ValidationResult.IS_POSSIBLE
        # Germany's plan has room for four digits; a year and a price have as many.
        valid = valid and len(digits) >= MIN_DIGITS
        found = PhoneReading(value, valid, digits, extension)
        if valid:
            return found
        best = best or found
    return best or PhoneReading(None, False, digits)


_TENS_BEFORE_COMMA = re.compile(rf"\b({'|'.join(ENGLISH.tens)})(?=[,;] )", re.IGNORECASE)
""" "Twelve eighty, three four": a group ends there, it is no 83."""


def spoken_digits(text: str, vocabulary: Vocabulary = ENGLISH) -> str:
    """All digits said, with a leading + when there was one.

    Words that only sound like digits ("to", "for", "ate") count between digits.
    """
    text = _GLUED.sub(lambda match: _LETTERS_AS_DIGITS[match.group().casefold()], text)
    text = _TENS_BEFORE_COMMA.sub(lambda match: f"{ENGLISH.tens[match[1].casefold()]}0", text)
    words = tokens(text)
    digits, index, after_number = "", 0, False
    while index < len(words):
        word = words[index]
        if word in ("plus", "+") and not digits:
            digits, index = "+", index + 1
            continue
        found, taken = number_at(words, index, vocabulary)
        sound = vocabulary.digit_sounds.get(word)
        if not taken and sound and _among_digits(words, index, after_number, vocabulary):
            found, taken = sound, 1
        digits += found
        after_number = bool(taken) or (after_number and word in ("-", ".", "and"))
        index += max(1, taken)
    return digits


def _among_digits(words: list[str], index: int, after_number: bool, vocabulary: Vocabulary) -> bool:
    following = index + 1
    while following < len(words) and words[following] in ("-", "."):
        following += 1
    ends = following >= len(words)
    before = not ends and bool(
        number_at(words, following, vocabulary)[1] or words[following] in vocabulary.digit_sounds
    )
    # "555 for 1234" and "one two to"; but "call me at 5 for a chat" is no digit.
    return after_number and (before or (ends and words[index] not in ("a", "for", "free")))


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
    """As people of the region write it; a value that is no number stays as it is."""
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return value
    home = phonenumbers.region_code_for_number(number) == region
    home = home or phonenumbers.country_code_for_region(region) == number.country_code
    style = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(number, style.NATIONAL if home else style.INTERNATIONAL))


def groups_of(value: str, region: str) -> list[str]:
    """The groups of digits that a number is read back in, country code left out."""
    written = write_phone(value, region)
    groups = re.findall(r"\d+", written)
    return groups[1:] if written.startswith("+") else groups
