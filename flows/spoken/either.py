"""Several values where one was asked for: "Friday or Saturday", "503 555 0142 or 503 555 0143".

Which is meant was not said, so none is taken: the gate asks. A part that only makes sense behind the
value before it ("… or 0143", "the fourth or the fifth of May") is read with that value's help.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from flows.spoken.dates.corrections import correct_date
from flows.spoken.dates.words import MONTHS, marked_words
from flows.spoken.languages.known import in_english
from flows.spoken.names.familiar import is_familiar
from flows.spoken.phone.numbers import MIN_PARTIAL_DIGITS, groups_of, holds_words, spoken_digits
from flows.spoken.words import tokens

KINDS = frozenset({"name", "email", "phone", "code", "date", "number", "money", "address"})
"""Not companies: "Kiss or Kill Records" may be one."""
_COUPLED = frozenset({"email", "phone"})
"""Kinds of which "and" joins two, too: it stands in none of them."""
_EITHER = re.compile(r"^\W*(?:(?:it's|its|um|uh|well|maybe) )*either\b\W*", re.IGNORECASE)
_OR = re.compile(r"[\s,;]+or\b[\s,]*(?:(?:maybe|perhaps|possibly|even|else)\b[\s,]*)*", re.I)
_OR_AND = re.compile(rf"{_OR.pattern}|[\s,;]+and\b[\s,]*(?:also\b[\s,]*)?", re.IGNORECASE)
_PREFERS_FIRST = re.compile(r"\bif\b", re.IGNORECASE)
""" "Friday, or Saturday if that's full" is Friday."""
_SECOND_THOUGHT = re.compile(
    r"\W*(?:rather|no|actually|wait|sorry|better|i mean|make that)\b", re.I
)
_SCALED = re.compile(r"\b(?:hundred|thousand|million|billion|grand|dozen|k)\b|\dk\b", re.IGNORECASE)
""" "Five or six hundred" is not five."""

MIN_NAMED = 3
"""Letters of a word by which one of the values is told from the others."""

ValueOf = Callable[[str], "str | None"]
"""Reads words; None where they hold no value."""


def several_values(kind: str, text: str, region: str, value_of: ValueOf) -> tuple[str, ...]:
    """The values that `text` offers, in their order; none where it offers but one."""
    if kind not in KINDS:
        return ()
    joint = _OR_AND if kind in _COUPLED else _OR
    if kind in ("number", "money") and _SCALED.search(text):
        return ()
    text = _EITHER.sub("", text)
    first, *rest = joint.split(text)
    if not rest or any(_PREFERS_FIRST.search(x) or _SECOND_THOUGHT.match(x) for x in rest):
        return ()
    if kind == "date" and not _month_named(first) and _month_named(rest[0]):
        # "The fourth or the fifth of May": the month belongs to both.
        last = value_of(rest[0])
        before = correct_date(last, first) if last else None
        values = [before or value_of(first)]
    else:
        values = [value_of(first)]
    for part in rest:
        before = values[-1]
        values.append(before and (_behind(kind, before, part, region) or value_of(part)))
    found = tuple(dict.fromkeys(value for value in values if value))
    if kind == "money":
        # "Fifty or sixty dollars": the currency belongs to both.
        units = {unit for value in found if (unit := value.partition(" ")[2])}
        if len(units) == 1:
            found = tuple(f"{value.split()[0]} {unit}" for value in found for unit in units)
    if kind == "name" and not any(map(is_familiar, found)):
        # "Monday or Tuesday" is an answer to something else.
        return ()
    return found if None not in values and len(found) > 1 else ()


def _behind(kind: str, value: str, part: str, region: str) -> str | None:
    """What `part` means after `value`; None where it stands for itself."""
    match kind:
        case "phone":
            digits = spoken_digits(part)
            whole = "".join(groups_of(value, region))
            if MIN_PARTIAL_DIGITS <= len(digits) < len(whole) and not holds_words(part):
                return value[: -len(digits)] + digits
        case "date" if not _month_named(part):
            return correct_date(value, part)
    return None


def _month_named(words: str) -> bool:
    return any(word in MONTHS for word in marked_words(words.casefold()))


_ANY = re.compile(
    r"^\W*(?:(?:either|any|both)(?: (?:one|of them|day))?|whichever(?: (?:is|works|you|comes) \w+)?|(?:it )?(?:doesn't|does not) matter"
    r"|i (?:don't|do not) (?:really )?(?:mind|care)|whatever(?: you (?:like|have|think))?|you (?:choose|pick|decide)|no preference|all the same)"
    r"(?: (?:is|are) (?:fine|good|okay|ok)| works?| will do| please| to me)*\W*$",
    re.IGNORECASE,
)
_SOONER = re.compile(r"\b(?:the )?(?:earlier|sooner|earliest)\b", re.IGNORECASE)
_LATER = re.compile(r"\b(?:the )?(?:later|latest)\b", re.IGNORECASE)


_NEITHER = re.compile(
    r"\W*(?:no+|nope|neither|none)(?: (?:of (?:them|these|those)|one))?\W*", re.IGNORECASE
)
_NOT = re.compile(r"^\W*(?:(?:anything but|not) )(?:on |at |the )?(?P<rest>.+)$", re.IGNORECASE)


def is_indifferent(said: str, language: str = "en") -> bool:
    """True for "I don't care" and "any": nothing is preferred, and nothing refused."""
    return _ANY.match(in_english(said, language, "text").replace("’", "'")) is not None


def is_neither(said: str) -> bool:
    """True where none of the values is meant, and nothing is said in their place."""
    return _NEITHER.fullmatch(said) is not None


def other_than(said: str) -> str | None:
    """What is not meant: "Friday" of "not Friday"; None where nothing is said not to be."""
    found = _NOT.match(said)
    return found["rest"] if found else None


def chosen_of(values: tuple[str, ...], said: str) -> str | None:
    """The one that is meant by "either is fine" (the first), "the earlier one", "the Yahoo one" or "the
    one ending in 43"; None where that is none of them, or more than one."""
    said = said.replace("’", "'")
    if _ANY.match(said):
        return values[0]
    if all(_is_day(value) for value in values):
        if _SOONER.search(said):
            return min(values)
        if _LATER.search(said):
            return max(values)
    digits, words = spoken_digits(said), [word for word in tokens(said) if len(word) >= MIN_NAMED]
    named = [
        value
        for value in values
        if (digits and value.endswith(digits)) or any(word in value.casefold() for word in words)
    ]
    return named[0] if len(named) == 1 else None


def _is_day(value: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None
