"""Does the caller take something back without naming it? "Actually, make it five people", "I meant Sunday,
not Saturday", "on second thought, the bike".

What is meant is told by its kind: the one answer given before that the words can be another value of.
Where they can be one of two, or of the question that is open, nothing is taken back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.matching import match_words
from flows.model import LeadField
from flows.spoken.dates.day_and_time import with_part
from flows.spoken.early.passing import counted_in, tells
from flows.spoken.fields import Reading, read
from flows.spoken.numbers import is_number
from flows.spoken.party import party_size
from flows.state import State
from flows.texts import every_text

_STARTS = r"(?:(?:oh|and|no|nope|um|uh|sorry|wait|hold on|hang on|hmm|well|but|und|aber|ach|äh|nein|moment)\b\W*)*"
_SECOND_THOUGHT = (
    r"(?:actually|no,? wait|wait|sorry|scratch that|forget that|on second thoughts?|come to think of it|thinking about it"
    r"|i(?:'ve)? changed my mind|correction|oh no|ach nein|nein,? (?:warten sie|warte|moment|doch)|eigentlich|doch|warten sie|warte|halt|stopp|moment(?: mal)?|entschuldigung|quatsch"
    r"|ich (?:habe|hab)(?: es)? mir anders überlegt)"
)
_INSTEAD = (
    r"(?:(?:can|could) (?:we|you|i) |please |let's |let us )?"
    r"(?:(?:make|change|switch|move) (?:it|that|this)(?: to| into)?|(?:i|we)(?:'d| would) (?:rather|prefer)(?: (?:have|take|do|go (?:with|for)|come(?: on)?))?"
    r"|i (?:meant|said|mean)|(?:i|we)(?:'d)? (?:need|want|like)(?: it)?(?: on| for)?|it should(?: actually)? be|it(?:'s| is| will be|'ll be)|we(?:'re| are|'ll be)|there(?:'s| are| will be|'ll be)|say|do|go with|take|rather"
    r"|(?:(?:doch )?lieber|machen (?:wir|sie)(?: doch| lieber| daraus)*|(?:ich |wir )?(?:möchte|nehme|nehmen|möchten) (?:ich |wir )?(?:doch |lieber )*|(?:es|wir) sind(?: doch| nur)*|sagen wir|ich meine))"
)
_TAKES_BACK = re.compile(
    rf"(?:^|[\s,.;–-])\s*{_STARTS}(?:{_SECOND_THOUGHT}\b\W*{_STARTS}(?:{_SECOND_THOUGHT}\b\W*)*(?:(?P<instead>{_INSTEAD})\b)?|(?P<meant>i meant|ich meinte)\b)\W*(?:doch )?(?P<rest>.+)$",
    re.IGNORECASE,
)
_INSTEAD_AT_END = re.compile(
    r"\W+(?:instead|rather|please|stattdessen|draus|daraus|bitte)\W*$", re.IGNORECASE
)
_NOT = re.compile(
    r"^(?P<right>.+?),? (?:not|instead of|rather than|nicht|statt) .+$", re.IGNORECASE
)
_ARTICLE = re.compile(r"^(?:the|an?|on|for|to|das|die|der|den|am|für)\s+", re.IGNORECASE)
FREE = frozenset({"name", "company", "text", "address"})
"""Kinds that nearly any words are a value of."""
NAMED = 2
"""How surely words are meant for a field whose things they count."""
MAX_RATIO = 10
"""A number without a unit is of the size of the one that it replaces: "make it three", of people and
600 dollars."""
MAX_WORDS = 8
"""More words than that tell of something."""


@dataclass(frozen=True)
class TakenBack:
    """The field that is meant (its place among those given), the words for its new value, and what was
    said before them."""

    index: int
    rest: str
    before: str


def taken_back(
    given: list[LeadField], asked: LeadField | None, state: State, text: str
) -> TakenBack | None:
    """Which of the fields that were `given` the words take back while `asked` is open; None where they
    take none back for certain."""
    found = _TAKES_BACK.search(text.replace("’", "'"))
    if found is None:
        return None
    if asked and asked.kind == "text" and not (found["instead"] or found["meant"]):
        # "Sorry, …" may go on about anything there.
        return None
    rest = _INSTEAD_AT_END.sub("", found["rest"]).strip(" ,.!")
    if other := _NOT.match(rest):
        rest = other["right"]
    rest = _ARTICLE.sub("", rest)
    if len(rest.split()) > MAX_WORDS:
        return None
    fits = [(_fit(field, rest, state), index) for index, field in enumerate(given)]
    best = max((fit for fit, _ in fits), default=0)
    winners = [index for fit, index in fits if fit == best and fit]
    answers = asked is not None and _answers(asked, text, rest, state)
    if len(winners) != 1 or (answers and best < NAMED):
        return None
    field = given[winners[0]]
    if field.kind == "text":
        rest = with_part(state.fields[field.field].value, rest, state.language) or rest
    return TakenBack(winners[0], rest, text[: found.start()].strip(" ,.;"))


def _answers(asked: LeadField, text: str, rest: str, state: State) -> bool:
    if asked.kind == "text":
        return False
    # Nearly any word may be a name; the whole sentence is not.
    return may_be(asked, text if asked.kind in FREE else rest, state)


def may_be(field: LeadField, text: str, state: State) -> bool:
    """True when the words hold a value of the field."""
    if field.kind != "choice":
        return _read(field, text, state).valid
    return match_words(_options(field), text) is not None


def _fit(field: LeadField, rest: str, state: State) -> int:
    """How surely the words are another value of the field: 2 where they name what it counts, 1 where
    they are nothing else, 0 where they are none."""
    stored = state.fields.get(field.field)
    if stored is None or stored.denied:
        return 0
    match field.kind:
        case "choice":
            match = match_words(_options(field), rest)
            new = field.options[match.index].name if match and match.by != "sound" else None
            return int(new is not None and new != stored.value)
        case "number":
            names = (field.field.replace("_", " "), *every_text(field.words))
            if counted_in(rest, names, state.language):
                return NAMED
            reading = _read(field, rest, state)
            alone = is_number(rest) or party_size(rest) is not None
            return int(alone and reading.valid and _of_a_size(stored.value, reading.value or ""))
        case "text":
            return int(with_part(stored.value, rest, state.language) is not None)
        case "date" | "money" | "email" | "phone":
            reading = _read(field, rest, state)
            if field.kind == "date" and tells(rest, state.language):
                return 0
            value = reading.value or ""
            amount = field.kind != "money" or " " in value
            amount = amount or (is_number(rest) and _of_a_size(stored.value, value))
            return int(reading.valid and value != stored.value and amount)
    return 0


def _of_a_size(old: str, new: str) -> bool:
    """True when two amounts ("600 USD") differ, and not by much."""
    before, after = (float(value.split()[0]) for value in (old, new))
    return before != after and max(before, after) <= MAX_RATIO * max(1.0, min(before, after))


def _options(field: LeadField) -> list[tuple[str, ...]]:
    return [(item.name, *every_text(item.words)) for item in field.options]


def _read(field: LeadField, text: str, state: State) -> Reading:
    return read(field.kind, text, state.region, today=state.today, language=state.language)
