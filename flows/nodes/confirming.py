"""A value was understood: keep it with its proof, read it back, hear what the caller says to it.

A confirmation is bound to the value it was asked for: a yes after a correction confirms the
correction. A correction replaces the part it names (`flows.spoken.corrections`).

After the first failed round the value is asked for letter by letter, after the second in another
way: on the page, on the keypad. What can't be confirmed then is kept, marked unconfirmed.
"""

from __future__ import annotations

import re

from flows.actions import Expectation
from flows.cursor import Cursor
from flows.events import CallerSaid
from flows.model import LeadField, LeadGateNode
from flows.nodes import gate
from flows.nodes.common import climb_no_match
from flows.nodes.denied import allow, deny, is_denied, last_denied, withdraw
from flows.nodes.doubt import Part, ask_spelling, is_poor, is_unsure, named_wrong, offer_box
from flows.nodes.readings import answer_in, corrected_by, evidence, other_values, read_field
from flows.nodes.which import ask_which
from flows.spoken.continuing import continued
from flows.spoken.fields import BY_THEMSELVES, Reading
from flows.spoken.languages.known import in_english
from flows.spoken.names.familiar import is_familiar, meant_instead, same_sounds
from flows.spoken.readback import say_domain, say_letters
from flows.spoken.yesno import is_refusal, parse_yes_no, without_yes_no
from flows.state import FieldValue

MAX_ROUNDS = 2
WAY_OFFERED = 10
"""`rounds` once another way was offered: it is offered once."""
DIGITS_KEYED = frozenset({"phone", "number", "date", "money"})
"""Kinds of fields that may be keyed in."""
SPELLED_KINDS = frozenset({"email", "name", "company", "code"})
_BUT = re.compile(r"\b(?:but|except|only)\b", re.IGNORECASE)
_ALL_OF_IT = re.compile(r"\b(?:just|only|nur|bloß|einfach)\b", re.IGNORECASE)
""" "No, just Moe"."""


def take(
    cursor: Cursor,
    node: LeadGateNode,
    field: LeadField,
    reading: Reading,
    event: CallerSaid,
    *,
    raw: str = "",
    others: tuple[str, ...] | None = None,
) -> None:
    """A value was understood: keep it with its proof, then confirm it as the author wants.

    `others` are what else it may be, best first; left out, what the other readings hold.
    """
    sure = gate.is_sure(field)
    if sure:
        others = ()
    elif others is None:
        others = other_values(cursor, field, event, reading.value)
    if not sure and is_denied(cursor, field, reading.value):
        if others:
            reading, others = Reading(others[0], True, details=reading.details), others[1:]
        else:
            cursor.note("heard what was wrong again")
            allow(cursor, field, reading.value)
            cursor.set(rounds=cursor.state.rounds + 1)
            if cursor.state.rounds >= MAX_ROUNDS and another_way(cursor, node, field):
                return
    if not sure and (meant := _misheard(cursor, field, reading.value or "")):
        suggest(cursor, node, field, reading, meant, raw or event.text, event)
        return
    found = evidence(
        event, reading.value or "", raw or event.text,
        details=reading.details, others=others, confirmed=sure,
    )  # fmt: skip
    cursor.note(f"took {field.field}")
    gate.store(cursor, field, found)
    spell = field.confirm == "spell_back" or cursor.state.rounds > 0 or is_unsure(event)
    spell = spell or (field.kind in SPELLED_KINDS and _is_in_doubt(found.value, others))
    gate.say_back(cursor, node, field, found, spell=spell)


def suggest(
    cursor: Cursor,
    node: LeadGateNode,
    field: LeadField,
    reading: Reading,
    meant: str,
    raw: str,
    event: CallerSaid,
) -> None:
    """Ask whether `meant` was meant: a well-known domain for "gnail" (`partial` keeps what was
    heard), or a name people have for letters that sound like it."""
    language = cursor.language
    name, _, domain = meant.partition("@")
    misheard = reading.value is not None and reading.value.partition("@")[0] != name
    cursor.note("asked about letters" if misheard else "asked about a domain")
    others = (reading.value,) if misheard and reading.value else ()
    candidate = evidence(event, meant, raw, others=others)
    heard = raw if reading.valid and not misheard else ""
    cursor.set(phase="suggest", candidate=candidate, partial=heard, misses=0, silences=0)
    if misheard:
        cursor.say_phrase("did_you_say", value=meant, spoken=say_letters(name, language))
    else:
        cursor.say_phrase("did_you_say", value=domain, spoken=say_domain(domain, language))
    gate.listen(cursor, node, field, Expectation.YES_NO)


def _misheard(cursor: Cursor, field: LeadField, value: str) -> str | None:
    """After a failed round: a name that people have, where the letters heard make none."""
    if not cursor.state.rounds or field.kind not in ("name", "email"):
        return None
    name, at, domain = value.partition("@")
    meant = meant_instead(name)
    if meant is None or is_denied(cursor, field, f"{meant}{at}{domain}"):
        return None
    return f"{meant}{at}{domain}"


def _is_in_doubt(value: str, others: tuple[str, ...]) -> bool:
    """True when another reading is so near that the two sound alike: "mary" and "merry"."""
    name = value.partition("@")[0]
    rest = (other.partition("@")[0] for other in others)
    return any(other != name and same_sounds(name, other) for other in rest)


def confirming(cursor: Cursor, node: LeadGateNode, field: LeadField, event: CallerSaid) -> None:
    candidate = cursor.state.candidate
    assert candidate is not None
    answer = answer_in(event, cursor.language)
    said = in_english(event.text, cursor.language, field.kind)
    if more := continued(field.kind, candidate.value, said, last_denied(cursor, field)):
        cursor.note("went on")
        whole = Reading(more, True, details=candidate.details)
        take(cursor, node, field, whole, event, raw=f"{candidate.raw} / {event.text}", others=())
        return
    if answer is not True and _says_part_again(cursor, field, candidate, event):
        _said_again(cursor, node, field, candidate, denied=answer is False)
        return
    changed = None
    wrong = named_wrong(field.kind, event.text)
    if wrong is not None:
        # The part is named, and nothing in its place.
        answer = False
    elif answer is not True or _BUT.search(event.text) or _says_another(cursor, field, event):
        changed = _changed(cursor, field, candidate, event)
    if changed is not None and changed.value != candidate.value:
        cursor.note("corrected")
        deny(cursor, field, candidate.value)
        cursor.set(rounds=cursor.state.rounds + 1)
        if cursor.state.rounds > MAX_ROUNDS and another_way(cursor, node, field):
            return
        if cursor.state.rounds == MAX_ROUNDS or is_poor(event) or is_poor(candidate):
            # Misheard twice, or hardly heard: it may be typed while the correction is read back.
            offer_box(cursor, field)
        take(cursor, node, field, changed, event, raw=f"{candidate.raw} / {event.text}")
    elif answer is True or (changed is not None and answer is None):
        # "No" and the same again is no confirmation: it was misheard twice.
        _confirmed(cursor, node, field, candidate)
    elif several := _several(cursor, field, event):
        deny(cursor, field, candidate.value)
        withdraw(cursor, field)
        ask_which(cursor, node, field, several, event.text, event)
    elif answer is None and is_refusal(event.text, cursor.language):
        gate.refuse(cursor, node, field)
    elif answer is False:
        _denied(cursor, node, field, candidate, wrong)
    elif not climb_no_match(cursor, node.no_match):
        keep_unconfirmed(cursor, node, field)


def _several(cursor: Cursor, field: LeadField, event: CallerSaid) -> tuple[str, ...]:
    """ "No, Saturday or Sunday": the values between which a correction leaves the choice."""
    said = without_yes_no(event.text, cursor.language)
    return read_field(cursor, field, event, said).either


def _says_another(cursor: Cursor, field: LeadField, event: CallerSaid) -> bool:
    """Whether a whole address or number comes with a yes: "sure, but …" is no yes to another."""
    said = without_yes_no(event.text, cursor.language)
    return field.kind in BY_THEMSELVES and read_field(cursor, field, event, said).valid


def _says_part_again(
    cursor: Cursor, field: LeadField, candidate: FieldValue, event: CallerSaid
) -> bool:
    """ "No, Moe, M O E" for "Ida Moe": the one name as it was read, which is not all of it."""
    if field.kind != "name" or _ALL_OF_IT.search(event.text):
        return False
    said = without_yes_no(event.text, cursor.language)
    part = (read_field(cursor, field, event, said).value or "").casefold().split()
    return bool(part) and set(part) < set(candidate.value.casefold().split())


def _said_again(
    cursor: Cursor, node: LeadGateNode, field: LeadField, candidate: FieldValue, *, denied: bool
) -> None:
    """Let the caller hear the letters of what they took to be wrong; said once more, without a no,
    they are right."""
    cursor.note("heard the same part again")
    if not cursor.state.rounds:
        cursor.set(rounds=1)
        gate.say_back(cursor, node, field, candidate, spell=True)
    elif denied:
        _denied(cursor, node, field, candidate, None)
    else:
        _confirmed(cursor, node, field, candidate)


def _confirmed(cursor: Cursor, node: LeadGateNode, field: LeadField, candidate: FieldValue) -> None:
    cursor.note("confirmed")
    gate.store(cursor, field, candidate.model_copy(update={"confirmed": True}))
    gate.next_field(cursor, node)


def _changed(
    cursor: Cursor, field: LeadField, candidate: FieldValue, event: CallerSaid
) -> Reading | None:
    """The value as corrected: the part named, or the whole said again; None when neither was."""
    texts = (event.text, *event.alternatives)
    corrected = (corrected_by(cursor, field, candidate.value, text) for text in texts)
    parts = [
        part
        for part in corrected
        # A part said as it was read is no yes to the rest.
        if part and part != candidate.value and not is_denied(cursor, field, part)
    ]
    if parts:
        # What was heard before as well goes first, then names that people have.
        parts.sort(key=lambda part: not is_familiar(part.partition("@")[0]))
        parts.sort(key=lambda part: part not in candidate.others)
        return Reading(parts[0], True, details=candidate.details)
    whole = [
        read_field(cursor, field, event, without_yes_no(text, cursor.language)) for text in texts
    ]
    whole = [reading for reading in whole if reading.valid and reading.value]
    if field.kind == "text" and parse_yes_no(event.text, cursor.language) is not None:
        return None
    # Other words than those that were just denied are likelier to be what is meant.
    return next((item for item in whole if item.value != candidate.value), next(iter(whole), None))


def _denied(
    cursor: Cursor, node: LeadGateNode, field: LeadField, candidate: FieldValue, wrong: Part | None
) -> None:
    rounds = cursor.state.rounds + 1
    cursor.note(f"not right, round {rounds}")
    deny(cursor, field, candidate.value)
    cursor.set(rounds=rounds, misses=0)
    another = wrong is None and bool(candidate.others) and rounds <= MAX_ROUNDS
    if not another:
        withdraw(cursor, field)
    if wrong is not None and rounds <= MAX_ROUNDS:
        ask_spelling(cursor, node, field, wrong, candidate)
    elif another:
        cursor.note("tried another reading")
        other = candidate.model_copy(
            update={"value": candidate.others[0], "others": candidate.others[1:]}
        )
        gate.store(cursor, field, other)
        gate.say_back(cursor, node, field, other, spell=True)
    elif rounds < MAX_ROUNDS:
        _ask_again(cursor, node, field, candidate)
    elif not another_way(cursor, node, field):
        keep_unconfirmed(cursor, node, field)


def _ask_again(cursor: Cursor, node: LeadGateNode, field: LeadField, candidate: FieldValue) -> None:
    if field.kind not in SPELLED_KINDS:
        if field.kind in DIGITS_KEYED and "keypad" in cursor.state.channels:
            cursor.set(phase="ask", candidate=None, partial="")
            cursor.say_phrase("once_more_or_key")
            gate.listen(cursor, node, field)
            return
        cursor.say_phrase("once_more")
        gate.ask(cursor, node, field, turn=cursor.state.rounds)
        return
    cursor.set(phase="ask", candidate=None, partial="")
    cursor.say_phrase("spell_it")
    gate.listen(cursor, node, field, spelled=True)


def try_again(
    cursor: Cursor, node: LeadGateNode, field: LeadField, event: CallerSaid | None = None
) -> bool:
    """The one rule for words that held no answer: ask again, and the second time that the field was
    misheard or not understood offer another way. False when nothing is left to try.

    `event` are the words, where there were any: on a bad line the box is there while they are said
    again.
    """
    failures = cursor.state.rounds + cursor.state.misses + 1
    if failures >= MAX_ROUNDS and another_way(cursor, node, field):
        return True
    if event is not None and is_poor(event):
        gate.show_box(cursor, field)
    return climb_no_match(cursor, node.no_match, field.reprompts) or another_way(
        cursor, node, field
    )


def another_way(cursor: Cursor, node: LeadGateNode, field: LeadField) -> bool:
    """Speaking failed twice: a text box on the page, or the keypad. False when there is neither,
    or it was offered before."""
    if cursor.state.rounds >= WAY_OFFERED:
        return False
    if gate.show_box(cursor, field):
        phrase = "type_it"
    elif field.kind in DIGITS_KEYED and "keypad" in cursor.state.channels:
        phrase = "key_it"
    else:
        return False
    cursor.note(f"offered another way: {phrase}")
    cursor.set(phase="ask", candidate=None, partial="", misses=0, rounds=WAY_OFFERED)
    cursor.say_phrase(phrase)
    cursor.remember(field.ask)
    gate.listen(cursor, node, field)
    return True


def keep_unconfirmed(cursor: Cursor, node: LeadGateNode, field: LeadField) -> None:
    cursor.note("kept unconfirmed")
    reachable = cursor.state.caller_number is not None and field.kind != "phone"
    cursor.say_phrase("call_back" if reachable else "unconfirmed")
    gate.next_field(cursor, node)
