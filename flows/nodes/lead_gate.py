"""The dialogue inside one lead field: ask, understand, read back, correct, give up.

Phases: `offer` (a known value waits for a yes), `ask` (waiting for a value), `confirm` (waiting for
a yes to the value read back). A confirmation is bound to the value it was asked for: a yes after a
correction confirms the correction. What can't be confirmed in two rounds is kept, marked
unconfirmed. Which field comes next is the gate's business (`gate`).
"""

from __future__ import annotations

from flows.actions import Expectation
from flows.cursor import Cursor
from flows.events import CallerSaid
from flows.matching import match_key, match_meaning, match_words, vocabulary
from flows.model import LeadField, LeadGateNode
from flows.nodes import gate
from flows.nodes.common import climb_no_match
from flows.spoken.fields import Reading, read, read_back
from flows.spoken.yesno import is_refusal, parse_yes_no, without_yes_no
from flows.state import FieldValue

MAX_ROUNDS = 2
MEANING_THRESHOLD = 0.5
"""Least likeness by meaning at which a choice is taken without any of its words."""
DIGITS_KEYED = frozenset({"phone", "number", "date", "money"})
"""Kinds of fields that may be keyed in."""


def said(cursor: Cursor, node: LeadGateNode, event: CallerSaid) -> None:
    field = gate.current_field(cursor, node)
    if cursor.state.phase == "confirm":
        _confirming(cursor, node, field, event)
    elif cursor.state.phase == "offer":
        _offered(cursor, node, field, event)
    else:
        _asked(cursor, node, field, event)


def understands(cursor: Cursor, node: LeadGateNode, text: str) -> bool:
    """True when the words are an answer here, whatever else they may be."""
    field = gate.current_field(cursor, node)
    if field.kind == "text" or is_refusal(text):
        return True
    if cursor.state.phase in ("confirm", "offer") and parse_yes_no(text) is not None:
        return True
    return _read(cursor, field, CallerSaid(text=text), text).valid


def key(cursor: Cursor, node: LeadGateNode, pressed: str, offset_ms: int) -> bool:
    """Numbers may be keyed; `#` ends them. Yes and no may be 1 and 2. False: means nothing here."""
    field = gate.current_field(cursor, node)
    if cursor.state.phase in ("confirm", "offer"):
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
        cursor.set(partial=cursor.state.partial + pressed)
        if field.kind == "phone" and read("phone", cursor.state.partial, cursor.state.region).valid:
            _asked(cursor, node, field, CallerSaid(text="", offset_ms=offset_ms))
    elif pressed == "#" and cursor.state.partial:
        _asked(cursor, node, field, CallerSaid(text="", offset_ms=offset_ms))
    else:
        return False
    return True


def _asked(cursor: Cursor, node: LeadGateNode, field: LeadField, event: CallerSaid) -> None:
    if is_refusal(event.text):
        gate.refuse(cursor, node, field)
        return
    reading = _best_reading(cursor, field, event)
    if reading.value and reading.valid:
        take(cursor, node, field, reading, event)
    elif field.kind == "phone" and reading.partial:
        cursor.note("part of a number")
        cursor.set(partial=reading.partial)
        cursor.say_phrase("go_on")
        gate.listen(cursor, node, field)
    elif not climb_no_match(cursor, node.no_match, field.reprompts):
        if node.no_match.then and not cursor.state.returns:
            cursor.go(node.no_match.then)
            return
        cursor.say_phrase("move_on")
        gate.next_field(cursor, node)


def _best_reading(cursor: Cursor, field: LeadField, event: CallerSaid) -> Reading:
    """The first reading of the words that makes a valid value, the recogniser's own first."""
    before = cursor.state.partial
    readings = [
        _read(cursor, field, event, f"{before} {text}".strip() if before else text)
        for text in (event.text, *event.alternatives)
    ]
    return next((reading for reading in readings if reading.valid), readings[0])


def _read(cursor: Cursor, field: LeadField, event: CallerSaid, text: str) -> Reading:
    if field.kind != "choice":
        return read(field.kind, text, cursor.state.region)
    names = [item.name for item in field.options]
    match = match_words(vocabulary(field.options, cursor), text) or match_meaning(
        names, event.scores, MEANING_THRESHOLD
    )
    return Reading(names[match.index] if match else None, match is not None)


def take(
    cursor: Cursor, node: LeadGateNode, field: LeadField, reading: Reading, event: CallerSaid
) -> None:
    """A value was understood: keep it with its proof, then confirm it as the author wants."""
    sure = field.confirm in ("none", "implicit")
    raw = f"{cursor.state.partial} {event.text}".strip()
    found = FieldValue(
        value=reading.value or "",
        raw=raw,
        offset_ms=event.offset_ms,
        confidence=round(event.confidence, 4),
        confirmed=sure,
    )
    cursor.note(f"took {field.field}")
    gate.store(cursor, field, found)
    written, spoken = read_back(
        field.kind, found.value, spell=field.confirm == "spell_back", region=cursor.state.region
    )
    if sure:
        if field.confirm == "implicit":
            cursor.say_phrase("thanks", value=written, spoken=spoken)
        gate.next_field(cursor, node)
        return
    cursor.set(phase="confirm", candidate=found, partial="", misses=0, silences=0)
    cursor.say_phrase("read_back", value=written, spoken=spoken)
    gate.listen(cursor, node, field, Expectation.YES_NO)


def _offered(cursor: Cursor, node: LeadGateNode, field: LeadField, event: CallerSaid) -> None:
    """An answer to a known value: yes takes it, a value replaces it, no asks for another."""
    candidate = cursor.state.candidate
    assert candidate is not None
    answer = parse_yes_no(event.text)
    other = _read(cursor, field, event, without_yes_no(event.text))
    if answer is not True and other.valid and other.value != candidate.value:
        cursor.set(phase="ask", candidate=None)
        take(cursor, node, field, other, event)
    elif answer is True or other.valid:
        cursor.note("took what was known")
        confirmed = candidate.model_copy(
            update={"raw": event.text, "offset_ms": event.offset_ms, "confirmed": True}
        )
        gate.store(cursor, field, confirmed)
        gate.next_field(cursor, node)
    elif answer is False or not climb_no_match(cursor, node.no_match):
        gate.ask(cursor, node, field)


def _confirming(cursor: Cursor, node: LeadGateNode, field: LeadField, event: CallerSaid) -> None:
    candidate = cursor.state.candidate
    assert candidate is not None
    answer = parse_yes_no(event.text)
    corrected = _read(cursor, field, event, without_yes_no(event.text))
    if answer is not True and corrected.valid and corrected.value != candidate.value:
        cursor.note("corrected")
        cursor.set(rounds=cursor.state.rounds + 1)
        take(cursor, node, field, corrected, event)
    elif answer is True or (corrected.valid and corrected.value == candidate.value):
        cursor.note("confirmed")
        gate.store(cursor, field, candidate.model_copy(update={"confirmed": True}))
        gate.next_field(cursor, node)
    elif answer is False:
        _denied(cursor, node, field)
    elif not climb_no_match(cursor, node.no_match):
        _keep_unconfirmed(cursor, node)


def _denied(cursor: Cursor, node: LeadGateNode, field: LeadField) -> None:
    rounds = cursor.state.rounds + 1
    cursor.note(f"not right, round {rounds}")
    if rounds >= MAX_ROUNDS:
        _keep_unconfirmed(cursor, node)
        return
    cursor.set(rounds=rounds, misses=0)
    cursor.say_phrase("once_more")
    gate.ask(cursor, node, field, turn=rounds)


def _keep_unconfirmed(cursor: Cursor, node: LeadGateNode) -> None:
    cursor.note("kept unconfirmed")
    cursor.say_phrase("unconfirmed")
    gate.next_field(cursor, node)
