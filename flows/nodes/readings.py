"""What the caller's words hold for the field that is asked for."""

from __future__ import annotations

import re
from datetime import date

from flows.cursor import Cursor
from flows.events import CallerSaid
from flows.matching import match, several_named, vocabulary
from flows.model import LeadField
from flows.nodes.denied import is_denied
from flows.spoken.address import with_number
from flows.spoken.corrections import correct, correct_digits, last_digits
from flows.spoken.email.addresses import continues_domain
from flows.spoken.email.wording import with_name_given
from flows.spoken.fields import BY_THEMSELVES, Reading, best_reading, read
from flows.spoken.languages.known import in_english
from flows.spoken.phone.numbers import lacks_a_digit, spoken_digits, with_last_group
from flows.spoken.words import number_at
from flows.spoken.yesno import parse_yes_no
from flows.state import FieldValue

KEYS = "#"
"""In `partial`, stands before the keys that were pressed after something was said."""
_ON_A_SIGN = re.compile(r"(?:\b(?:dot|underscore|dash|hyphen|plus)|[._+-])\W*$", re.IGNORECASE)
""" "jane dot", and after a pause "miller at …": no address begins anew there."""
_FROM_A_SIGN = re.compile(r"\W*(?:dot|underscore|dash|hyphen|plus)\b|[._+-]", re.IGNORECASE)
""" "jane", and after a pause "dot miller at …"."""
MEANING_THRESHOLD = 0.5
"""Least likeness by meaning at which a choice is taken without any of its words."""


def best(cursor: Cursor, field: LeadField, event: CallerSaid) -> tuple[Reading, str]:
    """The reading of the words that makes a valid value, the recogniser's own first; and its words.

    Words said alone count before the same words after an earlier half: callers start over. What is
    said after keys is no rest of what was keyed.
    """
    before = cursor.state.partial.replace(KEYS, " ")
    texts = (event.text, *event.alternatives)
    alone = [(read_field(cursor, field, event, text), text) for text in texts]
    keyed = before.isdigit() and field.kind not in BY_THEMSELVES
    if before and not (keyed and alone[0][0].valid):
        several = len(event.text.split()) > 1
        whole = [one for one, _ in alone if (one.valid or one.suggestion) and several]
        said = [in_english(text, cursor.language, field.kind) for text in texts]
        # "bob", and after a pause "seven at …"
        local = (alone[0][0].value or "").partition("@")[0]
        begun = field.kind == "email" and local != "" and number_at([local], 0)[1] > 0
        so_far = in_english(before, cursor.language, field.kind)
        begun = begun or (field.kind == "phone" and _is_begun(before, said[0]))
        joint = begun or _ON_A_SIGN.search(so_far) or _FROM_A_SIGN.match(said[0])
        if not whole or field.kind not in BY_THEMSELVES or joint:
            region = cursor.state.region
            joined = (_continued(field.kind, before, text, region) for text in said)
            whole_texts = [before] if keyed else list(joined)
            alone = [(read_field(cursor, field, event, text), text) for text in whole_texts]
    return best_reading(field.kind, alone)


def _is_begun(before: str, said: str) -> bool:
    """True for "null drei null" and then digits without a nought: where numbers differ in length,
    the rest of one may be one."""
    return before.startswith("0") and not spoken_digits(said).startswith(("0", "+"))


def _continued(kind: str, before: str, text: str, region: str) -> str:
    """What was given so far and what was said now, as one; or so far with a part corrected."""
    if kind == "phone":
        digits, new = before.replace(" ", ""), last_digits(text)
        lost = len(new) > 1 and lacks_a_digit(digits, region)
        # Asked for the whole number, a caller says it, or the group that lost a digit.
        changed = (with_last_group(digits, new, region) if lost else None) or correct_digits(
            digits, text
        )
        if changed or lost:
            return changed or text
    if kind == "address":
        return with_number(before, text, region) or text
    if kind == "email" and continues_domain(before, text):
        return f"{before} dot {text}"
    return f"{before} {text}".strip()


def read_field(cursor: Cursor, field: LeadField, event: CallerSaid, text: str) -> Reading:
    if field.kind == "email":
        text = with_name_given(text, cursor.values().get("lead.name", ""))
    if field.kind != "choice":
        return read(
            field.kind,
            text,
            cursor.state.region,
            today=cursor.state.today,
            company_domain=_company_domain(cursor),
            language=cursor.language,
        )
    if several := several_named(vocabulary(field.options, cursor), text):
        return Reading(None, False, either=tuple(field.options[one].name for one in several))
    chosen = match(field.options, cursor, text, event.scores, MEANING_THRESHOLD)
    name = field.options[chosen.index].name if chosen else None
    return Reading(name, chosen is not None)


def corrected_by(cursor: Cursor, field: LeadField, value: str, text: str) -> str | None:
    """`value` with the part replaced that the words name; None when they name none for certain."""
    changed = correct(field.kind, value, text, cursor.state.region, cursor.language)
    if field.kind == "date" and changed and cursor.state.today:
        return _still_to_come(value, changed, cursor.state.today)
    return changed


def _still_to_come(before: str, changed: str, today: date) -> str:
    """ "No, in January", of a day next month: the January that comes."""
    old, new = date.fromisoformat(before), date.fromisoformat(changed)
    leap_day = (new.month, new.day) == (2, 29)
    passed = new < today <= old and not leap_day
    return (new.replace(year=new.year + 1) if passed else new).isoformat()


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


def answer_in(event: CallerSaid, language: str) -> bool | None:
    """Yes or no; of one word that is neither ("Note"), what else it was heard as."""
    texts = (event.text, *event.alternatives) if len(event.text.split()) < 2 else (event.text,)
    answers = (parse_yes_no(text, language) for text in texts)
    return next((answer for answer in answers if answer is not None), None)


def evidence(
    event: CallerSaid,
    value: str,
    raw: str,
    *,
    details: dict[str, str] | None = None,
    others: tuple[str, ...] = (),
    confirmed: bool = False,
) -> FieldValue:
    """A value that was heard in `event`, with its proof."""
    return FieldValue(
        value=value,
        raw=raw,
        offset_ms=event.offset_ms,
        confidence=round(event.confidence, 4),
        details=details or {},
        others=others,
        confirmed=confirmed,
    )


def other_values(
    cursor: Cursor, field: LeadField, event: CallerSaid, value: str | None
) -> tuple[str, ...]:
    readings = [read_field(cursor, field, event, text) for text in event.alternatives]
    values = [reading.value for reading in readings if reading.valid and reading.value]
    return tuple(
        other
        for other in dict.fromkeys(values)
        if other != value and not is_denied(cursor, field, other)
    )
