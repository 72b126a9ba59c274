"""`lead_gate`: contact details, one field at a time, stored with proof.

Phases: `ask` (waiting for a value), `confirm` (waiting for a yes to the value read back). A
confirmation is bound to the value it was asked for: a yes after a correction confirms the
correction. What can't be confirmed in two rounds is kept, marked unconfirmed.
"""

from __future__ import annotations

from flows.actions import Capture, Expectation, SaveLead
from flows.cursor import Cursor
from flows.events import CallerSaid
from flows.model import LeadField, LeadGateNode
from flows.nodes.common import climb_no_match
from flows.spoken.fields import Reading, read, read_back
from flows.spoken.yesno import is_refusal, parse_yes_no, without_yes_no
from flows.state import FieldValue

MAX_ROUNDS = 2
REFUSED = "That's all right."
MOVE_ON = "Let's leave that for now."
UNCONFIRMED = "I'm sorry about that. I've noted it down, and someone will check it."
GO_ON = "Go on."
ONCE_MORE = "Sorry about that. Let's try once more."

_EXPECTS = {
    "name": Expectation.NAME,
    "email": Expectation.EMAIL,
    "phone": Expectation.PHONE,
    "company": Expectation.NAME,
    "text": Expectation.OPEN,
}


def enter(cursor: Cursor, node: LeadGateNode, visit: int) -> None:
    cursor.say(node.say, turn=visit, interruptible=node.interruptible)
    _ask_from(cursor, node, 0)


def said(cursor: Cursor, node: LeadGateNode, event: CallerSaid) -> None:
    field = node.fields[cursor.state.field_index]
    if cursor.state.phase == "confirm":
        _confirming(cursor, node, field, event)
    else:
        _asked(cursor, node, field, event)


def key(cursor: Cursor, node: LeadGateNode, pressed: str, offset_ms: int) -> None:
    """Phone numbers may be keyed; `#` ends them. Yes and no may be 1 and 2."""
    field = node.fields[cursor.state.field_index]
    if cursor.state.phase == "confirm":
        answers = {"1": "yes", "2": "no"}
        if pressed in answers:
            said(cursor, node, CallerSaid(text=answers[pressed], offset_ms=offset_ms))
    elif field.field == "phone" and pressed.isdigit():
        cursor.set(partial=cursor.state.partial + pressed)
        if read("phone", cursor.state.partial, cursor.state.region).valid:
            _asked(cursor, node, field, CallerSaid(text="", offset_ms=offset_ms))
    elif field.field == "phone" and pressed == "#":
        _asked(cursor, node, field, CallerSaid(text="", offset_ms=offset_ms))


def _ask_from(cursor: Cursor, node: LeadGateNode, index: int) -> None:
    """Ask the next field that is not known for sure yet, or finish."""
    while index < len(node.fields):
        known = cursor.state.fields.get(node.fields[index].field)
        if known is None or not known.confirmed:
            break
        index += 1
    cursor.set(
        field_index=index, phase="ask", candidate=None, partial="", rounds=0, misses=0, silences=0
    )
    if index == len(node.fields):
        if cursor.state.fields:
            cursor.act(SaveLead(intent_summary=cursor.fill(node.intent_summary) or ""))
        cursor.note("lead complete")
        cursor.go(node.next)
        return
    field = node.fields[index]
    cursor.say(field.ask, interruptible=node.interruptible)
    _listen(cursor, node, _EXPECTS[field.field])


def _asked(cursor: Cursor, node: LeadGateNode, field: LeadField, event: CallerSaid) -> None:
    if is_refusal(event.text):
        cursor.note(f"refused {field.field}")
        if field.required and node.on_refusal:
            cursor.go(node.on_refusal)
            return
        cursor.say(REFUSED)
        _ask_from(cursor, node, cursor.state.field_index + 1)
        return
    reading = _best_reading(cursor, field, event)
    if reading.value and reading.valid:
        _take(cursor, node, field, reading, event)
    elif field.field == "phone" and reading.partial:
        cursor.note("part of a number")
        cursor.set(partial=reading.partial)
        cursor.say(GO_ON)
        _listen(cursor, node, Expectation.PHONE)
    elif not climb_no_match(cursor, node.no_match, field.reprompts):
        if node.no_match.then:
            cursor.go(node.no_match.then)
            return
        cursor.say(MOVE_ON)
        _ask_from(cursor, node, cursor.state.field_index + 1)


def _best_reading(cursor: Cursor, field: LeadField, event: CallerSaid) -> Reading:
    """The first reading of the words that makes a valid value, the recogniser's own first."""
    before = cursor.state.partial
    readings = [
        read(field.field, f"{before} {text}".strip() if before else text, cursor.state.region)
        for text in (event.text, *event.alternatives)
    ]
    return next((reading for reading in readings if reading.valid), readings[0])


def _take(
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
    _store(cursor, field, found)
    if sure:
        if field.confirm == "implicit":
            cursor.say(f"Thanks, {{lead.{field.field}}}.")
        _ask_from(cursor, node, cursor.state.field_index + 1)
        return
    cursor.set(phase="confirm", candidate=found, partial="", misses=0, silences=0)
    written, spoken = read_back(
        field.field, found.value, spell=field.confirm == "spell_back", region=cursor.state.region
    )
    cursor.say(
        f"I have {written}. Is that right?",
        speech=f"I have {spoken}. Is that right?",
        personal=True,
    )
    _listen(cursor, node, Expectation.YES_NO)


def _store(cursor: Cursor, field: LeadField, found: FieldValue) -> None:
    cursor.set(fields={**cursor.state.fields, field.field: found})
    cursor.act(
        Capture(
            field=field.field,
            value=found.value,
            raw=found.raw,
            offset_ms=found.offset_ms,
            confidence=found.confidence,
            confirmed=found.confirmed,
        )
    )


def _confirming(cursor: Cursor, node: LeadGateNode, field: LeadField, event: CallerSaid) -> None:
    candidate = cursor.state.candidate
    assert candidate is not None
    answer = parse_yes_no(event.text)
    corrected = read(field.field, without_yes_no(event.text), cursor.state.region)
    if answer is not True and corrected.valid and corrected.value != candidate.value:
        cursor.note("corrected")
        cursor.set(rounds=cursor.state.rounds + 1)
        _take(cursor, node, field, corrected, event)
    elif answer is True or (corrected.valid and corrected.value == candidate.value):
        cursor.note("confirmed")
        _store(cursor, field, candidate.model_copy(update={"confirmed": True}))
        _ask_from(cursor, node, cursor.state.field_index + 1)
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
    cursor.set(rounds=rounds, phase="ask", candidate=None, partial="", misses=0)
    cursor.say(ONCE_MORE)
    cursor.say(field.ask)
    _listen(cursor, node, _EXPECTS[field.field])


def _keep_unconfirmed(cursor: Cursor, node: LeadGateNode) -> None:
    cursor.note("kept unconfirmed")
    cursor.say(UNCONFIRMED)
    _ask_from(cursor, node, cursor.state.field_index + 1)


def _listen(cursor: Cursor, node: LeadGateNode, expect: Expectation) -> None:
    cursor.listen(expect, no_input_ms=node.no_input_ms, hints=node.hints)
