"""What callers say before they are asked: "a table for four on Friday, I'm Jane Smith".

Kept is what is announced ("my number is") where no gate is open yet, and anywhere what can hardly
be anything else: a day that is wished for, a count of what a field is called (`spoken/passing.py`).
Its own words are its proof, and its field reads it back in its turn instead of asking.
"""

from __future__ import annotations

import re
from datetime import date
from functools import reduce

from flows.cursor import Cursor
from flows.events import CallerSaid
from flows.matching import is_question, match_words, vocabulary
from flows.model import LeadField
from flows.nodes import several
from flows.nodes.readings import read_field
from flows.spoken.early.passing import counted_in, day_wanted, is_wish
from flows.spoken.fields import Reading
from flows.spoken.languages.german.names import FIRST_NAMES as GERMAN_FIRST_NAMES
from flows.spoken.languages.known import in_english
from flows.spoken.names.familiar import FIRST_NAMES, LAST_NAMES
from flows.spoken.numbers import parse_number
from flows.spoken.party import party_size
from flows.spoken.yesno import parse_yes_no
from flows.texts import every_text

_NAMES = re.compile(r"\b(?:name|heiße|hier spricht|hier ist)\b", re.IGNORECASE)
_INTRODUCED = re.compile(
    r"^(?:\W*(?:hi|hello|hey|hallo|guten \w+|good \w+)\W+)*"
    r".*?(?=[,.;!?]|\s(?:and|from|with|calling|here|i(?!'m| am\b)|und|von)\b|$)",
    re.IGNORECASE,
)
""" "I'm Jane Smith" of "I'm Jane Smith from Acme and …"."""
_UNDER = re.compile(r"^\W*(?:it's |that's |put it )?under\b", re.IGNORECASE)
""" "A table for two, under Nora Lind"."""
_FIRST_NAMES = FIRST_NAMES | GERMAN_FIRST_NAMES
MIN_OPTION = 4
"""Letters of a word that chooses something nobody asked for."""
_TO_DO = re.compile(r"\bto \w+", re.IGNORECASE)
""" "I need to check something" wants no check."""
_GREETING = re.compile(r"\bgood (?:morning|afternoon|evening|day)\b", re.IGNORECASE)


def overheard(cursor: Cursor, event: CallerSaid) -> None:
    """Keep what answers a later question, where none of a gate is open."""
    missing = _missing(cursor)
    _announced(cursor, event, [field for field in missing if field.kind not in ("text", "choice")])
    _introduced(cursor, event, _missing(cursor))
    in_passing(cursor, event)


def introduced(cursor: Cursor, event: CallerSaid) -> bool:
    """Keep what is announced ("my name is Bob") while somebody is waited for; True when it was."""
    before = cursor.state.fields
    missing = _missing(cursor)
    _announced(cursor, event, [field for field in missing if field.kind not in ("text", "choice")])
    return cursor.state.fields is not before


def _choice(cursor: Cursor, field: LeadField, event: CallerSaid) -> Reading | None:
    """The one option whose own words were said: "I need a quote for my house"; a short one only
    before what the field is called ("a bus tour"). Numbers, a yes, and a greeting's time of day
    choose nothing that was not asked."""
    said = _TO_DO.sub(" ", _GREETING.sub("", event.text))
    called = [field.field.replace("_", " "), *every_text(field.words)]
    named = [
        option.name
        for option, words in zip(field.options, vocabulary(field.options, cursor), strict=True)
        if any(match_words([(word,)], said) for word in words if _tells(word, cursor.language))
        or any(match_words([(f"{word} {name}",)], said) for word in words for name in called)
    ]
    return Reading(named[0], True) if len(named) == 1 else None


def _tells(word: str, language: str) -> bool:
    return (
        len(word) >= MIN_OPTION
        and word.replace(" ", "").isalpha()
        and parse_number(in_english(word, language, "number")) is None
        and party_size(in_english(word, language, "number")) is None
        and parse_yes_no(word, language) is None
    )


def in_passing(cursor: Cursor, event: CallerSaid, asked: LeadField | None = None) -> bool:
    """Keep the counts and the day that are named before they are asked for, of all fields but the
    one that is `asked`; True when any were."""
    before, counts = cursor.state.fields, list[str]()
    missing = [field for field in _missing(cursor) if asked is None or field.field != asked.field]
    for field in missing:
        names = (field.field.replace("_", " "), *every_text(field.words))
        countable = field.kind in ("number", "choice")
        if countable and (counted := counted_in(event.text, names, cursor.language)):
            reading = read_field(cursor, field, event, counted["count"])
            if reading.valid:
                several.keep(cursor, field, event, counted.group(), reading)
                counts.append(counted.group())
    days = [field for field in missing if field.kind == "date"]
    if len(days) == 1 and (clause := day_wanted(event.text, cursor.language)):
        # "A table for four on Friday" is not Friday the fourth.
        alone = reduce(lambda rest, count: rest.replace(count, ""), counts, clause)
        reading = read_field(cursor, days[0], event, alone)
        day = date.fromisoformat(reading.value) if reading.valid and reading.value else date.min
        if day > date.min and day >= (cursor.state.today or date.min):
            several.keep(cursor, days[0], event, clause, reading)
    if is_wish(event.text, cursor.language) and not is_question(event.text):
        for field in missing:
            chosen = _choice(cursor, field, event) if field.kind == "choice" else None
            if chosen and field.field not in cursor.state.fields:
                several.keep(cursor, field, event, event.text, chosen)
    return cursor.state.fields is not before


def _missing(cursor: Cursor) -> list[LeadField]:
    fields = {field.field: field for _, _, field in cursor.flow.lead_fields()}
    return [field for name, field in fields.items() if name not in cursor.state.fields]


def _is_full_name(name: str, said: str) -> bool:
    """True for a first name that many people have and a last name, if it is one that many have or
    is written as one."""
    first, *rest = name.split() or [""]
    if first.casefold() not in _FIRST_NAMES or not rest:
        return False
    return rest[-1].casefold() in LAST_NAMES or (len(rest) == 1 and name in said)


_HERE = re.compile(
    r"^\W*(?:(?i:hi|hello|hey|hallo|guten (?:tag|morgen|abend)|good (?:morning|afternoon|evening)"
    r"|yes|yeah|ja)\W+)*"
    r"(?P<name>[A-ZÄÖÜ][\w'-]+(?: [A-ZÄÖÜ][\w'-]+)?) (?:here|speaking|hier|am Apparat)\b",
)


def _introduced(cursor: Cursor, event: CallerSaid, fields: list[LeadField]) -> None:
    """ "Jane Smith here, I'd like …"."""
    found = _HERE.match(event.text)
    name = next((field for field in fields if field.kind == "name"), None)
    if found is None or name is None:
        return
    first, *rest = found["name"].split()
    if cursor.language.startswith("en") and not (rest and first.casefold() in _FIRST_NAMES):
        return
    reading = read_field(cursor, name, event, found["name"])
    if reading.valid:
        several.keep(cursor, name, event, found["name"], reading)


def _announced(cursor: Cursor, event: CallerSaid, fields: list[LeadField]) -> None:
    for part, announced in several.parts(event.text, fields, cursor.language):
        alone = several.kind_of(part, cursor.language)
        for field in announced or [one for one in fields if one.kind == alone]:
            introduced = field.kind == "name" and not _NAMES.search(part)
            shorter = _INTRODUCED.match(part) if introduced else None
            kept = any(
                _kept(cursor, event, field, words, introduced)
                for words in dict.fromkeys((part, shorter.group() if shorter else part))
            )
            if kept:
                break


def _kept(cursor: Cursor, event: CallerSaid, field: LeadField, part: str, introduced: bool) -> bool:
    """Keep what `part` says of `field`, if it does; "I'm" begins much else where no name was asked
    for."""
    reading = read_field(cursor, field, event, part)
    value = reading.value or ""
    under = _UNDER.search(part) is not None and value in part
    named = not introduced or under or _is_full_name(value, part)
    if not (named and reading.valid and reading.value and not reading.suggestion):
        return False
    several.keep(cursor, field, event, part, reading)
    return True
