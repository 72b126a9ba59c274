"""What was heard of a name or an address and is best spelled before it is read back.

People who take down names do the same: they ask "how do you spell that?" where they aren't sure,
and never for Smith. A word is in doubt when it is none that many people have and the recogniser was
of several minds about it, or unsure of it.
"""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import takewhile

from flows.cursor import Cursor
from flows.events import CallerSaid, Word
from flows.model import LeadField, LeadGateNode
from flows.nodes import gate
from flows.spoken.email.domains import PROVIDERS
from flows.spoken.email.wording import LEAD_IN
from flows.spoken.fields import was_spelled
from flows.spoken.names.familiar import MIN_WORD, is_familiar
from flows.spoken.phone.numbers import groups_of, lacks_a_digit, spoken_digits
from flows.spoken.words import DIGIT_NAMES
from flows.state import FieldValue

UNSURE = 0.55
"""A word less certain than this makes its value be spelled back."""
AGREED = 0.6
"""Share of the readings that hold a word, from which it is taken for heard."""
WHOLE = 0.7
"""Of the letters of the likeliest reading; a shorter one was broken off and tells nothing."""
UNSURE_FOUR = 0.5
"""A four less certain than this, after other digits, may have been an "oh": they rhyme."""
POOR = 0.6
"""Mean confidence of a turn (0..1) below which nothing long is likely to be heard right."""
_SMALL_WORDS = {word for word in LEAD_IN if len(word) > 1} | {"or", "are", "her", "him", "if"}
PHASE = "spell:"
_DOUBLED = re.compile(r"\b(?:double|triple|treble)[ -](?P<digit>\w+)", re.IGNORECASE)


class Part(StrEnum):
    """What is asked to be spelled, or said digit by digit."""

    LOCAL = "local"
    """Of an address, before the at sign."""
    DOMAIN = "domain"
    FIRST = "first"
    LAST = "last"
    WHOLE = "whole"
    LAST_DIGITS = "last_digits"
    DIGITS = "digits"


PHRASES = {part: f"spell_{part.value}" for part in Part}


_NAMED: dict[str, tuple[tuple[str, Part], ...]] = {
    "phone": (
        (
            r"(?:last|final|end)(?: \w+)? ?(?:digits?|numbers?|part|group|bit|ones?)?",
            Part.LAST_DIGITS,
        ),
    ),
    "email": (
        (r"domain|(?:part|bit) after the at(?: sign)?", Part.DOMAIN),
        (r"(?:part|bit) before the at(?: sign)?|first part|user ?name", Part.LOCAL),
    ),
    "name": ((r"(?:last|sur|family) ?name", Part.LAST), (r"(?:first|given) name", Part.FIRST)),
}
"""What callers call the parts of a value of each kind."""
_EXCEPT = r"(?:except|but|apart from|other than)(?: for)?(?: the| my)?"
_IS_WRONG = (
    r"(?:(?:is|are|was|were|'s)?(?: \w+)? ?(?:wrong|incorrect|off|not right|not correct)"
    r"|(?:isn't|aren't|wasn't|is not|are not|was not) (?:quite )?(?:right|correct))"
)


def named_wrong(kind: str, text: str) -> Part | None:
    """The part that the caller says is wrong, without saying what it is: "you got the last name
    wrong", "yes, except for the last digit"."""
    for called, part in _NAMED.get(kind, ()):
        said = rf"(?:{called})\W+{_IS_WRONG}|(?:wrong|{_EXCEPT}) (?:{called})"
        if re.search(rf"\b(?:{said})\W*$", text, re.IGNORECASE):
            return part
    return None


def is_unsure(event: CallerSaid) -> bool:
    """True when any of the words was hardly recognised."""
    return any(word.confidence < UNSURE for word in event.words)


def is_poor(heard: CallerSaid | FieldValue) -> bool:
    """True when so little was recognised for certain that the line must be a bad one."""
    return heard.confidence < POOR


def offer_box(cursor: Cursor, field: LeadField) -> None:
    """Let it be typed on the caller's page as well as said, where there is one; said once."""
    shown = cursor.state.page_field == field.field
    if gate.show_box(cursor, field) and not shown:
        cursor.say_phrase("type_it")


def part_in_doubt(kind: str, value: str, raw: str, event: CallerSaid, region: str) -> Part | None:
    """The part of `value`, read from `raw`, that had better be spelled; None when it is clear."""
    match kind:
        case "email":
            return _of_address(value, raw, event)
        case "phone":
            return _of_number(value, raw, event, region)
        case "name" if not was_spelled(raw):
            return _of_name(value, event)
    return None


def _of_address(value: str, raw: str, event: CallerSaid) -> Part | None:
    local, _, domain = value.partition("@")
    in_local = not was_spelled(raw) and (_is_doubtful(local, event) or _is_a_phrase(local))
    host = domain.partition(".")[0]
    # A domain is most often made of words, which are recognised; spelled, its letters get lost.
    in_domain = domain not in PROVIDERS and _is_doubtful(host, event, by_sound=False)
    if in_local and in_domain:
        return Part.WHOLE
    return Part.LOCAL if in_local else Part.DOMAIN if in_domain else None


def _of_name(value: str, event: CallerSaid) -> Part | None:
    doubtful = [
        _is_doubtful(word, event, apart=True) or _was_preferred(word, event)
        for word in value.split()
    ]
    if not any(doubtful):
        return None
    if len(doubtful) == 1 or all(doubtful):
        return Part.WHOLE
    return Part.LAST if doubtful[-1] else Part.FIRST


def _of_number(value: str, raw: str, event: CallerSaid, region: str) -> Part | None:
    """In the last group, or before: where the likeliest reading lacks a digit that another one has,
    or where an unsure four stands, or one that another reading has as an "oh"."""
    groups = groups_of(value, region)
    national, said = "".join(groups), spoken_digits(event.text)
    if lacks_a_digit(said, region) and len(said) < len(national) and not _loses_double(said, raw):
        pairs = zip(national, said, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        return Part.LAST_DIGITS if same >= len(national) - len(groups[-1]) else Part.DIGITS
    for other in map(spoken_digits, event.alternatives):
        differing = _four_or_oh(said, other)
        if differing is not None:
            # "Oh" over a line, heard both ways.
            near = differing >= len(said) - len(groups[-1])
            return Part.LAST_DIGITS if near else Part.DIGITS
    for index, word in enumerate(event.words):
        before, rest = event.words[:index], event.words[index:]
        if word.confidence >= UNSURE_FOUR or word.text.strip(" -.,") != "4":
            continue
        if spoken_digits(_text(before)):
            near = len(spoken_digits(_text(rest))) <= len(groups[-1])
            return Part.LAST_DIGITS if near else Part.DIGITS
    return None


def _loses_double(said: str, raw: str) -> bool:
    """True when `said` lacks nothing but what was doubled in `raw`: heard digit by digit, "one
    double nine" is "one", or "one nine"."""
    return said in (spoken_digits(_DOUBLED.sub(once, raw)) for once in ("", r"\g<digit>"))


def _four_or_oh(said: str, other: str) -> int | None:
    """The first place where one reading has a four and the other an oh; None where they differ in
    anything else, or not at all."""
    if len(said) != len(other):
        return None
    places = [place for place, pair in enumerate(zip(said, other, strict=True)) if len({*pair}) > 1]
    rhymes = all({said[place], other[place]} == {"4", "0"} for place in places)
    return places[0] if places and rhymes else None


def is_uncommon(kind: str, value: str, raw: str) -> bool:
    """True when an address stands before the at sign under none of the names many people have."""
    local = value.partition("@")[0]
    if kind != "email" or was_spelled(raw) or is_familiar(local):
        return False
    said = re.split(r"\bat\b|@", raw.casefold(), maxsplit=1)[0].split()
    # "jane miller, all one word": names as they were said.
    return not any(
        local == "".join(said[begin:end]) and all(map(is_familiar, said[begin:end]))
        for begin in range(len(said))
        for end in range(begin + 1, len(said) + 1)
    )


def ask_spelling(
    cursor: Cursor, node: LeadGateNode, field: LeadField, part: Part, found: FieldValue
) -> None:
    """Ask for the letters of a part; `found` is what was heard so far, not stored yet."""
    cursor.note(f"asked to spell: {part.value}")
    cursor.set(phase=f"{PHASE}{part.value}", candidate=found, partial="", misses=0, silences=0)
    last = groups_of(found.value, cursor.state.region)[-1:] if part is Part.LAST_DIGITS else []
    count = [DIGIT_NAMES[len(group)] for group in last if len(group) < len(DIGIT_NAMES)]
    cursor.say_phrase(PHRASES[part], value="".join(count))
    if is_poor(found):
        offer_box(cursor, field)
    gate.listen(cursor, node, field, spelled=True)


def asked_part(phase: str) -> Part | None:
    """The part that was asked for in this phase; None when it is about something else."""
    return Part(phase.removeprefix(PHASE)) if phase.startswith(PHASE) else None


def _text(words: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in words)


def _is_a_phrase(local: str) -> bool:
    """ "or.bennett", "david.me": small words stand in no address of several."""
    words = _words(local)
    return len(words) > 1 and any(word in _SMALL_WORDS for word in words)


def _is_doubtful(
    text: str, event: CallerSaid, *, apart: bool = False, by_sound: bool = True
) -> bool:
    """Whether a word of `text` is in doubt.

    `apart`: the recogniser has to write it as one word; `by_sound`: it has to be sure of it,
    however many readings agree.
    """
    words = [word for word in _words(text) if len(word) >= MIN_WORD and not is_familiar(word)]
    readings = [_words(event.text)]
    for other in map(_words, event.alternatives):
        if len("".join(other)) >= WHOLE * len("".join(readings[0])):
            readings.append(other)
    return any(
        # What no reading holds was worked out: a domain known from elsewhere, "Smith with a y".
        0 < sum(_holds(reading, word, apart) for reading in readings) < AGREED * len(readings)
        or ((by_sound or len(readings) < 2) and _least_confidence(word, event.words) < UNSURE)
        for word in words
    )


def _was_preferred(word: str, event: CallerSaid) -> bool:
    """True for a name that only a few of the readings hold, and not the likeliest ("Gene", "Jean",
    "Jane")."""
    readings = [_words(reading) for reading in (event.text, *event.alternatives)]
    held = [word.casefold() in reading for reading in readings]
    return not held[0] and 0 < sum(held) < len(held) / 2


def _holds(reading: list[str], word: str, apart: bool) -> bool:
    return word in reading if apart else word in "".join(reading)


def _least_confidence(wanted: str, words: tuple[Word, ...]) -> float:
    """Of the recognised words that make up one word of a value."""
    inside = (word for word in words if (plain := "".join(_words(word.text))) and (
        wanted in plain or (plain in wanted and len(plain) >= MIN_WORD)
    ))  # fmt: skip
    return min((word.confidence for word in inside), default=1.0)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())
