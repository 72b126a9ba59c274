"""The dialogue inside one lead field: ask, understand, read back, correct, try another way.

Phases: `offer` (a known value waits for a yes) and `suggest` (a domain that looks like a slip was
asked about) live in `offering`; `ask` (waiting for a value) here; `confirm` (waiting for a yes to
the value read back) in `confirming`. Which field comes next is the gate's business (`gate`).
"""

from __future__ import annotations

import re

from flows.actions import Expectation
from flows.cursor import Cursor
from flows.events import CallerSaid
from flows.matching import match_key
from flows.model import LeadField, LeadGateNode
from flows.nodes import gate
from flows.nodes.confirming import (
    DIGITS_KEYED,
    confirming,
    suggest,
    take,
    try_again,
)
from flows.nodes.denied import is_denied, last_denied
from flows.nodes.doubt import ask_spelling, asked_part, part_in_doubt
from flows.nodes.no_answer import agrees, is_an_earlier_answer
from flows.nodes.offering import offered, suggested
from flows.nodes.overheard import in_passing
from flows.nodes.readings import KEYS, best, corrected_by, evidence, other_values, read_field
from flows.nodes.several import taken_apart
from flows.nodes.spelling import spelled
from flows.nodes.which import ask_which, chosen, offered_values
from flows.spoken.address import street_alone
from flows.spoken.complete import Completeness, completeness
from flows.spoken.corrections import names_digits, names_part
from flows.spoken.either import is_indifferent, is_neither
from flows.spoken.email.wording import UNSAID
from flows.spoken.fields import Reading, was_spelled
from flows.spoken.languages.known import in_english
from flows.spoken.names.companies import has_none
from flows.spoken.names.familiar import is_familiar
from flows.spoken.phone.numbers import AREA_DIGITS, is_whole_number, lacks_a_digit, spoken_digits
from flows.spoken.words import number_at, tokens
from flows.spoken.yesno import is_nothing_more, is_refusal, is_reluctant, parse_yes_no

_UNMISTAKABLE = frozenset({"email", "phone", "date"})
"""Kinds whose value is one whatever stands beside it: "I don't have a landline, my cell is …"."""
MIN_GROUP = 3
"""Digits of a group, most often."""
MAX_NAMES = 3
"""Names that may begin an address, before a pause."""
_ENDS_ON_AT = re.compile(r"(?:@|\bat\b)\W*$", re.IGNORECASE)
_NAME_AT = re.compile(r"\w\W+(?:at|ät)\W+\w|\w@\w|^\W*(?:at|ät)\W+\w", re.IGNORECASE)
_OWN_DOMAIN = re.compile(
    r"\b(?:at|@)\s+(?:my|our|the) (?:company|work|business|firm|office)\b.*$", re.IGNORECASE
)


def said(cursor: Cursor, node: LeadGateNode, event: CallerSaid) -> None:
    field = gate.current_field(cursor, node)
    if is_reluctant(event.text, cursor.language):
        # "Do I have to?", of what is only offered: no.
        wanted = field.required or not is_refusal(event.text, cursor.language)
        gate.refuse(cursor, node, field, reluctant=wanted)
        return
    own = taken_apart(cursor, node, field, event)
    asked = cursor.state.phase == "ask" and not cursor.state.returns
    named = asked and in_passing(cursor, event, field)
    if own and named and not understands(cursor, node, own.text):
        own = None
    if own is None:
        cursor.ask_again(cursor.phrase("got_it")[0])
        return
    event = own
    match cursor.state.phase:
        case "confirm":
            confirming(cursor, node, field, event)
        case "suggest":
            suggested(cursor, node, field, event)
        case "offer":
            offered(cursor, node, field, event)
        case phase if asked_part(phase):
            spelled(cursor, node, field, event)
        case _:
            _asked(cursor, node, field, event)


def understands(cursor: Cursor, node: LeadGateNode, text: str) -> bool:
    """True when the words are an answer here, whatever else they may be."""
    field = gate.current_field(cursor, node)
    if (
        field.kind == "text"
        or is_refusal(text, cursor.language)
        or is_reluctant(text, cursor.language)
    ):
        return True
    if asked_part(cursor.state.phase) and was_spelled(text):
        return True
    if cursor.state.phase in ("confirm", "offer", "suggest"):
        if parse_yes_no(text, cursor.language) is not None:
            return True
        candidate = cursor.state.candidate
        if candidate and corrected_by(cursor, field, candidate.value, text):
            return True
    reading = read_field(cursor, field, CallerSaid(text=text), text)
    if reading.either or chosen(cursor, field, text):
        return True
    before = cursor.state.fields.get(field.field) if cursor.state.returns else None
    if before and corrected_by(cursor, field, before.value, text):
        return True
    return reading.valid


def key(cursor: Cursor, node: LeadGateNode, pressed: str, offset_ms: int) -> bool:
    """Numbers may be keyed; `#` ends them. Yes and no may be 1 and 2. False: means nothing here."""
    field = gate.current_field(cursor, node)
    if cursor.state.phase in ("confirm", "offer", "suggest"):
        if pressed == "#":
            # It ends a number that was whole already, and stopped the question about it.
            cursor.say_again()
            return True
        answers = {"1": "yes", "2": "no"}
        if pressed not in answers:
            return False
        said(cursor, node, CallerSaid(text=answers[pressed], offset_ms=offset_ms))
    elif field.kind == "choice":
        chosen = match_key(field.options, pressed)
        if chosen is None:
            return False
        name = field.options[chosen].name
        _asked(cursor, node, field, CallerSaid(text=name, offset_ms=offset_ms))
    elif field.kind not in DIGITS_KEYED:
        return False
    elif pressed.isdigit():
        partial = cursor.state.partial
        apart = KEYS if partial and KEYS not in partial and not partial.isdigit() else ""
        cursor.set(partial=f"{partial}{apart}{pressed}")
        if field.kind == "phone" and (whole := _whole_number_keyed(cursor)):
            cursor.set(partial=whole)
            _asked(cursor, node, field, CallerSaid(text="", offset_ms=offset_ms))
    elif pressed == "#" and cursor.state.partial:
        cursor.set(partial=_keyed(cursor))
        _asked(cursor, node, field, CallerSaid(text="", offset_ms=offset_ms))
    else:
        return False
    return True


def _whole_number_keyed(cursor: Cursor) -> str | None:
    """The number, once no further key can belong to it. Keys that begin like what was said are the
    whole number anew."""
    said, _, keys = cursor.state.partial.rpartition(KEYS)
    begun, region = spoken_digits(said), cursor.state.region
    anew = begun[:AREA_DIGITS].startswith(keys[:AREA_DIGITS])
    whole = keys if anew else _keyed(cursor)
    return whole if is_whole_number(whole, region) else None


def _keyed(cursor: Cursor) -> str:
    """The number that was keyed: alone, if it is one, or as the rest of what was said before."""
    said, _, keys = cursor.state.partial.rpartition(KEYS)
    begun, region = spoken_digits(said), cursor.state.region
    if lacks_a_digit(begun, region) or is_whole_number(keys, region):
        return keys
    return begun + keys if is_whole_number(begun + keys, region) else keys


def rested(cursor: Cursor, node: LeadGateNode) -> bool:
    """Nothing came after a keyed number that might have been longer: take it. False: no such."""
    field = gate.current_field(cursor, node)
    keyed, nothing = _keyed(cursor), CallerSaid(text="")
    if cursor.state.phase != "ask" or not keyed or field.kind != "phone":
        return False
    if not read_field(cursor, field, nothing, keyed).valid:
        return False
    cursor.set(partial=keyed)
    _asked(cursor, node, field, nothing)
    return True


def _asked(cursor: Cursor, node: LeadGateNode, field: LeadField, event: CallerSaid) -> None:
    reading, raw = best(cursor, field, event)
    if meant := chosen(cursor, field, event.text):
        _take_chosen(cursor, node, field, meant, event)
        return
    if offered_values(cursor) and is_neither(event.text):
        cursor.note("none of the values")
        gate.ask(cursor, node, field)
        return
    # "I don't care" refuses no choice, and makes none.
    given = (reading.valid and field.kind in _UNMISTAKABLE) or (
        field.kind == "choice" and is_indifferent(event.text, cursor.language)
    )
    none = field.kind == "company" and has_none(in_english(event.text, cursor.language, "company"))
    if field.kind == "text" and not field.required:
        # "Anything else?" – "No, that's all."
        none = is_nothing_more(event.text, cursor.language)
    none = none or _declines(cursor, field, event.text, reading)
    if (none or is_refusal(event.text, cursor.language)) and not given:
        gate.refuse(cursor, node, field)
        return
    if changed := _part_corrected(cursor, field, event, reading):
        cursor.note("corrected a part")
        before = cursor.state.fields.get(field.field)
        reading, raw = changed, f"{before.raw} / {event.text}" if before else event.text
    if reading.either and reading.either != offered_values(cursor):
        ask_which(cursor, node, field, reading.either, raw, event)
    elif is_an_earlier_answer(cursor, field, event) or (
        field.kind == "text" and agrees(cursor, field, event.text)
    ):
        _not_understood(cursor, node, field, reading, event)
    elif reading.suggestion and reading.suggestion != reading.value:
        suggest(cursor, node, field, reading, reading.suggestion, raw, event)
    elif reading.value and reading.valid:
        _understood(cursor, node, field, reading, raw, event)
    else:
        _not_understood(cursor, node, field, reading, event)


def _declines(cursor: Cursor, field: LeadField, text: str, reading: Reading) -> bool:
    """ "Do you have the policy number?" – "No, not with me.", of what is only offered."""
    state = cursor.state
    begun = state.partial or state.rounds or state.returns or reading.valid or reading.either
    if begun or field.required or field.kind == "text":
        return False
    first = re.split(r"[,.;!?]", text, maxsplit=1)[0]
    if parse_yes_no(first, state.language) is not False:
        # "Acme, no wait, …" is about what was said before the no.
        return False
    return parse_yes_no(text, state.language) is False and not was_spelled(text)


def _take_chosen(
    cursor: Cursor, node: LeadGateNode, field: LeadField, value: str, event: CallerSaid
) -> None:
    """Of the values that were given as one, the one that is meant."""
    given = cursor.state.candidate
    assert given is not None
    raw = f"{given.raw} / {event.text}"
    take(cursor, node, field, Reading(value, True), event, raw=raw, others=())


def _understood(
    cursor: Cursor,
    node: LeadGateNode,
    field: LeadField,
    reading: Reading,
    raw: str,
    event: CallerSaid,
) -> None:
    """Take the value, but have the letters first of what would only be read back wrong."""
    begun = cursor.state.rounds or cursor.state.partial or gate.is_sure(field) or not event.text
    part = (
        None
        if begun
        else part_in_doubt(field.kind, reading.value or "", raw, event, cursor.state.region)
    )
    if part is None:
        take(cursor, node, field, reading, event, raw=raw)
        return
    others = other_values(cursor, field, event, reading.value)
    found = evidence(event, reading.value or "", raw, details=reading.details, others=others)
    ask_spelling(cursor, node, field, part, found)


def _not_understood(
    cursor: Cursor, node: LeadGateNode, field: LeadField, reading: Reading, event: CallerSaid
) -> None:
    """Let the caller go on, ask again, or leave it."""
    if _agrees(cursor, field, event.text):
        # "May I have your address?" – "Sure."
        cursor.note("agreed to answer")
        cursor.set(misses=1)
        cursor.say_phrase("go_on")
        cursor.remember(field.ask)
        gate.listen(cursor, node, field)
        return
    if _wait_for_the_rest(cursor, node, field, reading, event):
        return
    if try_again(cursor, node, field, event):
        return
    if node.no_match.then and not cursor.state.returns:
        cursor.go(node.no_match.then)
        return
    cursor.say_phrase("move_on")
    gate.next_field(cursor, node)


def _agrees(cursor: Cursor, field: LeadField, text: str) -> bool:
    """True for a yes and nothing else, where something was asked for and nothing given yet."""
    state = cursor.state
    begun = state.partial or state.candidate or state.misses or state.rounds
    return not begun and agrees(cursor, field, text)


def _part_corrected(
    cursor: Cursor, field: LeadField, event: CallerSaid, reading: Reading
) -> Reading | None:
    """A part of what was given before, not a whole: "No." and, asked again, "at hotmail dot com";
    or "my name is spelled J A Y N E", two questions after "Jane Miller".

    A whole value goes first, except a name that is less than the one it corrects.
    """
    value = last_denied(cursor, field)
    if value is None and cursor.state.returns and field.field in cursor.state.fields:
        value = cursor.state.fields[field.field].value
    if value is None or field.kind not in gate.CORRECTED_BY_PART:
        return None
    whole = reading.valid and len((reading.value or "").split()) >= len(value.split())
    whole = whole and not (field.kind == "name" and names_part(event.text))
    if whole or (field.kind == "phone" and not names_digits(event.text)):
        return None
    for text in (event.text, *event.alternatives):
        part = corrected_by(cursor, field, value, text)
        if part and not is_denied(cursor, field, part):
            return Reading(part, True)
    said = (reading.value or "").casefold().split() if reading.valid else []
    if said and field.kind == "name" and set(said) < set(value.casefold().split()):
        # The part named is the same as before, and the rest was not taken back.
        return Reading(value, not is_denied(cursor, field, value))
    return None


def missed(cursor: Cursor, node: LeadGateNode) -> bool:
    """Somebody spoke, and no words were recognised. False when there is nothing left to try."""
    return try_again(cursor, node, gate.current_field(cursor, node))


def _wait_for_the_rest(
    cursor: Cursor, node: LeadGateNode, field: LeadField, reading: Reading, event: CallerSaid
) -> bool:
    """The first half of a number or an address: keep it and let the caller go on."""
    if field.kind == "phone" and reading.partial:
        rest = " ".join(reading.partial)
        said = in_english(event.text, cursor.language, "phone")
        if said and not spoken_digits(said):
            # Whoever is done with less than a number has to say it again.
            cursor.set(partial="")
            return False
    elif field.kind == "address" and (street := street_alone(event.text)):
        cursor.note("a street without a number")
        cursor.set(partial=street, misses=cursor.state.misses + 1)
        cursor.say_phrase("which_number")
        gate.listen(cursor, node, field)
        return True
    elif field.kind == "email" and _begins_an_address(
        cursor, in_english(event.text, cursor.language, "email")
    ):
        if UNSAID.search(event.text):
            return False
        text = _OWN_DOMAIN.sub("at", event.text)
        # With a name and an at of its own it begins anew.
        anew = _NAME_AT.search(text) and _NAME_AT.search(cursor.state.partial)
        rest = text if anew else f"{cursor.state.partial} {text}".strip(" .,")
    else:
        return False
    if len(rest) > 200 or len(rest.split()) > 60:
        return False
    if field.kind == "phone" and lacks_a_digit(reading.partial, cursor.state.region):
        keyed = "keypad" in cursor.state.channels
        cursor.note("a digit is missing")
        cursor.set(partial=rest, misses=cursor.state.misses + 1)
        cursor.say_phrase("missed_digit_or_key" if keyed else "missed_digit")
        gate.listen(cursor, node, field)
        return True
    cursor.note("part of a value")
    asks_domain = field.kind == "email" and _ENDS_ON_AT.search(rest) is not None
    # Groups are of three or four digits: two words in turn.
    further = (len(cursor.state.partial.replace(" ", "")) // MIN_GROUP) % 2
    cursor.set(partial=rest)
    cursor.say_phrase("which_domain" if asks_domain else "go_on", turn=further)
    if not asks_domain:
        cursor.remember(field.ask)
    gate.listen(cursor, node, field)
    return True


def _begins_an_address(cursor: Cursor, text: str) -> bool:
    if _OWN_DOMAIN.search(text) or _ENDS_ON_AT.search(text):
        return True
    words = text.split()
    named = [word for word in tokens(text) if not number_at([word], 0)[1]]
    if not cursor.state.partial and len(words) <= MAX_NAMES and is_familiar(" ".join(named)):
        # "Jane", "bob seven", and after a pause "dot Miller at …".
        return all(word.isalpha() for word in named)
    whole = completeness(Expectation.EMAIL, text, cursor.state.region)
    letters = [word.strip(".,-").casefold() for word in words]
    spelled = sum(len(one) == 1 and one not in ("a", "i") for one in letters) > 1 or "-" in text
    signs = re.search(r"\b(?:dot|underscore|dash|hyphen|at)\b", text, re.IGNORECASE) is not None
    return whole is Completeness.UNFINISHED and (spelled or signs)
