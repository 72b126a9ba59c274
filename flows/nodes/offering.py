"""Two questions that come before a value is taken: is what we know already right (`offer`), and was
something else meant than what was heard (`suggest`)."""

from __future__ import annotations

import re

from flows.cursor import Cursor
from flows.events import CallerSaid
from flows.model import LeadField, LeadGateNode
from flows.nodes import gate
from flows.nodes.common import climb_no_match
from flows.nodes.confirming import keep_unconfirmed, take, try_again
from flows.nodes.denied import deny
from flows.nodes.doubt import Part, ask_spelling, is_poor, is_uncommon
from flows.nodes.readings import answer_in, corrected_by, read_field
from flows.nodes.which import ask_which
from flows.spoken.fields import Reading
from flows.spoken.yesno import without_yes_no
from flows.state import FieldValue

_THIS_ONE = re.compile(
    r"\b(?:use|keep|take|try|(?:call|reach|ring|text) me (?:back )?(?:on|at)) (?:this|that)"
    r"(?: (?:one|number|line|phone))?\W*$"
    r"|\b(?:this|that|same)(?: (?:one|number|phone))? (?:will do|works)\b"
    r"|\b(?:diese|dieselbe|die gleiche|die)\b.{0,20}\bich (?:gerade |jetzt )?anrufe\b"
    r"|\b(?:nehmen|benutzen|verwenden) sie (?:die|diese)\b"
    r"|\b(?:the |same )+(?:one|number)(?: that)? i(?:'m| am) (?:calling|on)\b",
    re.IGNORECASE,
)
""" "Just call me on this one"."""


def _keep_what_was_heard(
    cursor: Cursor, node: LeadGateNode, field: LeadField, asked: FieldValue, heard: str
) -> None:
    """The question was never answered: what was asked about was not said, so it is not stored."""
    as_heard = read_field(cursor, field, CallerSaid(text=heard), heard)
    value = asked.others[0] if asked.others else as_heard.value if as_heard.valid else None
    if value is None:
        cursor.say_phrase("move_on")
        gate.next_field(cursor, node)
        return
    gate.store(cursor, field, asked.model_copy(update={"value": value, "others": ()}))
    keep_unconfirmed(cursor, node, field)


def offered(cursor: Cursor, node: LeadGateNode, field: LeadField, event: CallerSaid) -> None:
    """An answer to a known value: yes takes it, a value replaces it, no asks for another."""
    candidate = cursor.state.candidate
    assert candidate is not None
    answer = answer_in(event, cursor.language)
    if answer is None and _THIS_ONE.search(event.text):
        answer = True
    other = read_field(cursor, field, event, without_yes_no(event.text, cursor.language))
    if other.either:
        ask_which(cursor, node, field, other.either, event.text, event)
    elif answer is not True and other.valid and other.value != candidate.value:
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


def suggested(cursor: Cursor, node: LeadGateNode, field: LeadField, event: CallerSaid) -> None:
    candidate, heard = cursor.state.candidate, cursor.state.partial
    assert candidate is not None
    answer = answer_in(event, cursor.language)
    cursor.set(partial="")
    other = read_field(cursor, field, event, without_yes_no(event.text, cursor.language))
    domain = candidate.value.partition("@")[2]
    if other.valid and other.value:
        if other.value != candidate.value:
            # Said again as it was heard: it is not asked about once more.
            deny(cursor, field, candidate.value)
        cursor.set(phase="ask", candidate=None)
        take(cursor, node, field, other, event)
    elif answer is True:
        agreed = event.model_copy(update={"confidence": candidate.confidence, "alternatives": ()})
        raw = f"{candidate.raw} [{domain}?] {event.text}"
        unclear = not cursor.state.rounds and (not heard or is_poor(candidate))
        # A name that was asked about was spelled by us.
        unclear = unclear and not candidate.others
        if unclear and is_uncommon(field.kind, candidate.value, candidate.raw):
            found = candidate.model_copy(update={"raw": raw})
            ask_spelling(cursor, node, field, Part.LOCAL, found)
            return
        take(cursor, node, field, Reading(candidate.value, True), agreed, raw=raw)
    elif changed := corrected_by(cursor, field, candidate.value, event.text):
        raw = f"{candidate.raw} [{domain}?] {event.text}"
        take(cursor, node, field, Reading(changed, True), event, raw=raw)
    elif answer is False and candidate.others:
        deny(cursor, field, candidate.value)
        said = event.model_copy(update={"alternatives": ()})
        take(cursor, node, field, Reading(candidate.others[0], True), said, raw=candidate.raw)
    elif answer is False and heard:
        as_heard = event.model_copy(update={"text": heard, "words": (), "alternatives": ()})
        take(cursor, node, field, read_field(cursor, field, as_heard, heard), as_heard)
    elif answer is False:
        gate.ask(cursor, node, field)
    else:
        cursor.set(partial=heard)
        if not try_again(cursor, node, field, event):
            _keep_what_was_heard(cursor, node, field, candidate, heard)
