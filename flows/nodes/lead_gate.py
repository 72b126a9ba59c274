"""The dialogue inside one lead field: ask, understand, read back, correct, try another way.

Phases: `offer` (a known value waits for a yes), `ask` (waiting for a value), `suggest` (a domain
that looks like a slip was asked about), `confirm` (waiting for a yes to the value read back). A
confirmation is bound to the value it was asked for: a yes after a correction confirms the
correction. A correction replaces the part it names (`flows.spoken.corrections`).

After the first failed round the value is asked for letter by letter, after the second in another
way: on the page, on the keypad. What can't be confirmed then is kept, marked unconfirmed. Which
field comes next is the gate's business (`gate`).
"""

from __future__ import annotations

import re
from datetime import date

from flows.actions import Expectation
from flows.cursor import Cursor
from flows.events import CallerSaid
from flows.matching import match_key, match_meaning, match_words, vocabulary
from flows.model import LeadField, LeadGateNode
from flows.nodes import gate
from flows.nodes.common import climb_no_match
from flows.nodes.denied import allow, deny, is_denied
from flows.spoken.complete import Completeness, completeness
from flows.spoken.corrections import correct, correct_digits
from flows.spoken.fields import Reading, best_reading, read, read_back
from flows.spoken.phone import is_whole_number, spoken_digits
from flows.spoken.yesno import is_refusal, parse_yes_no, without_yes_no
from flows.state import FieldValue

MAX_ROUNDS = 2
WAY_OFFERED = 10
"""`rounds` once another way was offered: it is offered once."""
UNSURE = 0.55
"""A word less certain than this makes its value be spelled back."""
MEANING_THRESHOLD = 0.5
"""Least likeness by meaning at which a choice is taken without any of its words."""
DIGITS_KEYED = frozenset({"phone", "number", "date", "money"})
"""Kinds of fields that may be keyed in."""
SPELLED_KINDS = frozenset({"email", "name", "company"})
_BUT = re.compile(r"\b(?:but|except|only)\b", re.IGNORECASE)
_ENDS_ON_AT = re.compile(r"(?:@|\bat\b)\W*$", re.IGNORECASE)
_OWN_DOMAIN = re.compile(
    r"\b(?:at|@)\s+(?:my|our|the) (?:company|work|business|firm|office)\b.*$", re.IGNORECASE
)


def said(cursor: Cursor, node: LeadGateNode, event: CallerSaid) -> None:
    field = gate.current_field(cursor, node)
    match cursor.state.phase:
        case "confirm":
            _confirming(cursor, node, field, event)
        case "suggest":
            _suggested(cursor, node, field, event)
        case "offer":
            _offered(cursor, node, field, event)
        case _:
            _asked(cursor, node, field, event)


def understands(cursor: Cursor, node: LeadGateNode, text: str) -> bool:
    """True when the words are an answer here, whatever else they may be."""
    field = gate.current_field(cursor, node)
    if field.kind == "text" or is_refusal(text):
        return True
    if cursor.state.phase in ("confirm", "offer", "suggest"):
        if parse_yes_no(text) is not None:
            return True
        candidate = cursor.state.candidate
        if candidate and correct(field.kind, candidate.value, text, cursor.state.region):
            return True
    return _read(cursor, field, CallerSaid(text=text), text).valid


def key(cursor: Cursor, node: LeadGateNode, pressed: str, offset_ms: int) -> bool:
    """Numbers may be keyed; `#` ends them. Yes and no may be 1 and 2. False: means nothing here."""
    field = gate.current_field(cursor, node)
    if cursor.state.phase in ("confirm", "offer", "suggest"):
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
        if field.kind == "phone" and is_whole_number(cursor.state.partial, cursor.state.region):
            _asked(cursor, node, field, CallerSaid(text="", offset_ms=offset_ms))
    elif pressed == "#" and cursor.state.partial:
        _asked(cursor, node, field, CallerSaid(text="", offset_ms=offset_ms))
    else:
        return False
    return True


def rested(cursor: Cursor, node: LeadGateNode) -> bool:
    """Nothing came after a keyed number that might have been longer: take it. False: no such."""
    field = gate.current_field(cursor, node)
    keyed = cursor.state.phase == "ask" and cursor.state.partial and field.kind == "phone"
    if not keyed or not read("phone", cursor.state.partial, cursor.state.region).valid:
        return False
    _asked(cursor, node, field, CallerSaid(text=""))
    return True


def _asked(cursor: Cursor, node: LeadGateNode, field: LeadField, event: CallerSaid) -> None:
    if is_refusal(event.text):
        gate.refuse(cursor, node, field)
        return
    reading, raw = _best_reading(cursor, field, event)
    if reading.suggestion and reading.suggestion != reading.value:
        _suggest(cursor, node, field, reading, raw, event)
    elif reading.value and reading.valid:
        take(cursor, node, field, reading, event, raw=raw)
    elif not _wait_for_the_rest(cursor, node, field, reading, event) and not climb_no_match(
        cursor, node.no_match, field.reprompts
    ):
        _give_up(cursor, node, field)


def missed(cursor: Cursor, node: LeadGateNode) -> bool:
    """Somebody spoke, and no words were recognised. False when there is nothing left to try."""
    return climb_no_match(cursor, node.no_match) or _another_way(
        cursor, node, gate.current_field(cursor, node)
    )


def _give_up(cursor: Cursor, node: LeadGateNode, field: LeadField) -> None:
    """Nothing was understood as often as the author allows."""
    if _another_way(cursor, node, field):
        return
    if node.no_match.then and not cursor.state.returns:
        cursor.go(node.no_match.then)
        return
    cursor.say_phrase("move_on")
    gate.next_field(cursor, node)


def _wait_for_the_rest(
    cursor: Cursor, node: LeadGateNode, field: LeadField, reading: Reading, event: CallerSaid
) -> bool:
    """The first half of a number or an address: keep it and let the caller go on."""
    if field.kind == "phone" and reading.partial:
        rest = reading.partial
        if event.text and not spoken_digits(event.text):
            # Whoever is done with less than a number has to say it again.
            cursor.set(partial="")
            return False
    elif field.kind == "email" and _begins_an_address(cursor, event.text):
        text = _OWN_DOMAIN.sub("at", event.text)
        rest = f"{cursor.state.partial} {text}".strip(" .,")
    else:
        return False
    if len(rest) > 200 or len(rest.split()) > 60:
        return False
    cursor.note("part of a value")
    asks_domain = field.kind == "email" and _ENDS_ON_AT.search(rest) is not None
    cursor.set(partial=rest)
    cursor.say_phrase("which_domain" if asks_domain else "go_on")
    gate.listen(cursor, node, field)
    return True


def _begins_an_address(cursor: Cursor, text: str) -> bool:
    if _OWN_DOMAIN.search(text) or _ENDS_ON_AT.search(text):
        return True
    whole = completeness(Expectation.EMAIL, text, cursor.state.region)
    words = text.split()
    spelled = sum(len(word.strip(".,-")) == 1 for word in words) > 1 or "-" in text
    signs = re.search(r"\b(?:dot|underscore|dash|hyphen|at)\b", text, re.IGNORECASE) is not None
    return whole is Completeness.UNFINISHED and (spelled or signs)


def _best_reading(cursor: Cursor, field: LeadField, event: CallerSaid) -> tuple[Reading, str]:
    """The reading of the words that makes a valid value, the recogniser's own first; and its words.

    Words said alone count before the same words after an earlier half: callers start over.
    """
    before = cursor.state.partial
    texts = (event.text, *event.alternatives)
    alone = [(_read(cursor, field, event, text), text) for text in texts]
    if before:
        whole = [reading for reading, _ in alone if reading.valid and len(event.text.split()) > 1]
        if not whole or field.kind not in ("email", "phone"):
            joined = (_continued(field.kind, before, text) for text in texts)
            alone = [(_read(cursor, field, event, text), text) for text in joined]
    return best_reading(field.kind, alone)


def _continued(kind: str, before: str, text: str) -> str:
    """What was given so far and what was said now, as one; or so far with a part corrected."""
    changed = correct_digits(before, text) if kind == "phone" else None
    return changed or f"{before} {text}".strip()


def _read(cursor: Cursor, field: LeadField, event: CallerSaid, text: str) -> Reading:
    if field.kind != "choice":
        return read(
            field.kind,
            text,
            cursor.state.region,
            today=_today(cursor),
            company_domain=_company_domain(cursor),
        )
    names = [item.name for item in field.options]
    match = match_words(vocabulary(field.options, cursor), text) or match_meaning(
        names, event.scores, MEANING_THRESHOLD
    )
    return Reading(names[match.index] if match else None, match is not None)


def _today(cursor: Cursor) -> date | None:
    """The day of the call, when the call says so (`call.date`)."""
    try:
        return date.fromisoformat(cursor.state.facts.get("call.date", ""))
    except ValueError:
        return None


def _company_domain(cursor: Cursor) -> str | None:
    """What "at my company's domain" means, from what is known of the caller."""
    values = cursor.values()
    for name in ("lead.domain", "lead.website", "lead.company_domain", "caller.domain"):
        found = re.search(
            r"(?:https?://)?(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)", values.get(name, ""), re.I
        )
        if found:
            return found.group(1).casefold()
    return None


def take(
    cursor: Cursor,
    node: LeadGateNode,
    field: LeadField,
    reading: Reading,
    event: CallerSaid,
    *,
    raw: str = "",
) -> None:
    """A value was understood: keep it with its proof, then confirm it as the author wants."""
    sure = field.confirm in ("none", "implicit")
    others = () if sure else _other_values(cursor, field, event, reading.value)
    if not sure and is_denied(cursor, field, reading.value):
        if others:
            reading, others = Reading(others[0], True, details=reading.details), others[1:]
        else:
            cursor.note("heard what was wrong again")
            allow(cursor, field, reading.value)
            cursor.set(rounds=cursor.state.rounds + 1)
            if cursor.state.rounds >= MAX_ROUNDS and _another_way(cursor, node, field):
                return
    found = FieldValue(
        value=reading.value or "",
        raw=raw or event.text,
        offset_ms=event.offset_ms,
        confidence=round(event.confidence, 4),
        confirmed=sure,
        details=reading.details,
        others=others,
    )
    cursor.note(f"took {field.field}")
    gate.store(cursor, field, found)
    spell = field.confirm == "spell_back" or cursor.state.rounds > 0 or _is_unsure(event)
    written, spoken = read_back(
        field.kind, found.value, spell=spell and not sure, region=cursor.state.region
    )
    if sure:
        if field.confirm == "implicit":
            cursor.say_phrase("thanks", value=written, spoken=spoken)
        gate.next_field(cursor, node)
        return
    cursor.set(phase="confirm", candidate=found, partial="", misses=0, silences=0)
    cursor.say_phrase("read_back", value=written, spoken=spoken)
    gate.listen(cursor, node, field, Expectation.YES_NO)


def _other_values(
    cursor: Cursor, field: LeadField, event: CallerSaid, value: str | None
) -> tuple[str, ...]:
    readings = [_read(cursor, field, event, text) for text in event.alternatives]
    values = [reading.value for reading in readings if reading.valid and reading.value]
    return tuple(
        other
        for other in dict.fromkeys(values)
        if other != value and not is_denied(cursor, field, other)
    )


def _is_unsure(event: CallerSaid) -> bool:
    return any(word.confidence < UNSURE for word in event.words)


def _suggest(
    cursor: Cursor,
    node: LeadGateNode,
    field: LeadField,
    reading: Reading,
    raw: str,
    event: CallerSaid,
) -> None:
    """ "gnail": ask whether the well-known domain was meant; `partial` keeps what was heard."""
    assert reading.suggestion
    cursor.note("asked about a domain")
    meant = FieldValue(
        value=reading.suggestion,
        raw=raw,
        offset_ms=event.offset_ms,
        confidence=round(event.confidence, 4),
    )
    cursor.set(
        phase="suggest", candidate=meant, partial=raw if reading.valid else "", misses=0, silences=0
    )
    domain = reading.suggestion.partition("@")[2]
    cursor.say_phrase("did_you_say", value=domain, spoken=domain.replace(".", " dot "))
    gate.listen(cursor, node, field, Expectation.YES_NO)


def _suggested(cursor: Cursor, node: LeadGateNode, field: LeadField, event: CallerSaid) -> None:
    candidate, heard = cursor.state.candidate, cursor.state.partial
    assert candidate is not None
    answer = _answer(event)
    cursor.set(partial="")
    other = _read(cursor, field, event, without_yes_no(event.text))
    domain = candidate.value.partition("@")[2]
    if other.valid and other.value:
        cursor.set(phase="ask", candidate=None)
        take(cursor, node, field, other, event)
    elif answer is True:
        agreed = event.model_copy(update={"confidence": candidate.confidence, "alternatives": ()})
        reading = Reading(candidate.value, True)
        take(cursor, node, field, reading, agreed, raw=f"{candidate.raw} [{domain}?] {event.text}")
    elif changed := correct(field.kind, candidate.value, event.text, cursor.state.region):
        raw = f"{candidate.raw} [{domain}?] {event.text}"
        take(cursor, node, field, Reading(changed, True), event, raw=raw)
    elif answer is False and heard:
        as_heard = event.model_copy(update={"text": heard, "words": (), "alternatives": ()})
        take(cursor, node, field, _read(cursor, field, as_heard, heard), as_heard)
    elif answer is False:
        gate.ask(cursor, node, field)
    else:
        cursor.set(partial=heard)
        if not climb_no_match(cursor, node.no_match):
            _keep_unconfirmed(cursor, node, field)


def _offered(cursor: Cursor, node: LeadGateNode, field: LeadField, event: CallerSaid) -> None:
    """An answer to a known value: yes takes it, a value replaces it, no asks for another."""
    candidate = cursor.state.candidate
    assert candidate is not None
    answer = _answer(event)
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


def _answer(event: CallerSaid) -> bool | None:
    """Yes or no; of one word that is neither ("Note"), what else it was heard as."""
    texts = (event.text, *event.alternatives) if len(event.text.split()) < 2 else (event.text,)
    answers = (parse_yes_no(text) for text in texts)
    return next((answer for answer in answers if answer is not None), None)


def _confirming(cursor: Cursor, node: LeadGateNode, field: LeadField, event: CallerSaid) -> None:
    candidate = cursor.state.candidate
    assert candidate is not None
    answer = _answer(event)
    changed = None
    if answer is not True or _BUT.search(event.text):
        changed = _changed(cursor, field, candidate, event)
    if changed is not None and changed.value != candidate.value:
        cursor.note("corrected")
        deny(cursor, field, candidate.value)
        cursor.set(rounds=cursor.state.rounds + 1)
        if cursor.state.rounds > MAX_ROUNDS and _another_way(cursor, node, field):
            return
        take(cursor, node, field, changed, event, raw=f"{candidate.raw} / {event.text}")
    elif answer is True or (changed is not None and answer is None):
        # "No" and the same again is no confirmation: it was misheard twice.
        cursor.note("confirmed")
        gate.store(cursor, field, candidate.model_copy(update={"confirmed": True}))
        gate.next_field(cursor, node)
    elif answer is False:
        _denied(cursor, node, field, candidate)
    elif not climb_no_match(cursor, node.no_match):
        _keep_unconfirmed(cursor, node, field)


def _changed(
    cursor: Cursor, field: LeadField, candidate: FieldValue, event: CallerSaid
) -> Reading | None:
    """The value as corrected: the part named, or the whole said again; None when neither was."""
    texts = (event.text, *event.alternatives)
    for text in texts:
        part = correct(field.kind, candidate.value, text, cursor.state.region)
        if part and not is_denied(cursor, field, part):
            return Reading(part, True, details=candidate.details)
    whole = [_read(cursor, field, event, without_yes_no(text)) for text in texts]
    whole = [reading for reading in whole if reading.valid and reading.value]
    if field.kind == "text" and parse_yes_no(event.text) is not None:
        return None
    # Other words than those that were just denied are likelier to be what is meant.
    return next((item for item in whole if item.value != candidate.value), next(iter(whole), None))


def _denied(cursor: Cursor, node: LeadGateNode, field: LeadField, candidate: FieldValue) -> None:
    rounds = cursor.state.rounds + 1
    cursor.note(f"not right, round {rounds}")
    deny(cursor, field, candidate.value)
    cursor.set(rounds=rounds, misses=0)
    if candidate.others and rounds <= MAX_ROUNDS:
        cursor.note("tried another reading")
        other = candidate.model_copy(
            update={"value": candidate.others[0], "others": candidate.others[1:]}
        )
        cursor.set(candidate=other)
        gate.store(cursor, field, other)
        written, spoken = read_back(field.kind, other.value, spell=True, region=cursor.state.region)
        cursor.say_phrase("read_back", value=written, spoken=spoken)
        gate.listen(cursor, node, field, Expectation.YES_NO)
    elif rounds < MAX_ROUNDS:
        _ask_again(cursor, node, field, candidate)
    elif not _another_way(cursor, node, field):
        _keep_unconfirmed(cursor, node, field)


def _ask_again(cursor: Cursor, node: LeadGateNode, field: LeadField, candidate: FieldValue) -> None:
    if field.kind not in SPELLED_KINDS:
        cursor.say_phrase("once_more")
        gate.ask(cursor, node, field, turn=cursor.state.rounds)
        return
    cursor.set(phase="ask", candidate=None, partial="")
    cursor.say_phrase("spell_it")
    gate.listen(cursor, node, field, spelled=True)


def _another_way(cursor: Cursor, node: LeadGateNode, field: LeadField) -> bool:
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
    gate.listen(cursor, node, field)
    return True


def _keep_unconfirmed(cursor: Cursor, node: LeadGateNode, field: LeadField) -> None:
    cursor.note("kept unconfirmed")
    reachable = cursor.state.caller_number is not None and field.kind != "phone"
    cursor.say_phrase("call_back" if reachable else "unconfirmed")
    gate.next_field(cursor, node)
