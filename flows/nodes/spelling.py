"""The answer to "how do you spell that?": the letters replace the part that was in doubt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.cursor import Cursor
from flows.events import CallerSaid
from flows.model import LeadField, LeadGateNode
from flows.nodes.confirming import take
from flows.nodes.doubt import Part, asked_part
from flows.nodes.readings import read_field
from flows.spoken.corrections import correct, names_digits
from flows.spoken.email.addresses import parse_email
from flows.spoken.email.domains import PROVIDERS
from flows.spoken.fields import Reading, read, was_spelled
from flows.spoken.languages.known import in_english
from flows.spoken.letters.respelling import longest_run
from flows.spoken.names.familiar import is_familiar, same_letters, same_sounds, spelled_as_heard
from flows.spoken.phone.numbers import groups_of, spoken_digits
from flows.spoken.support import supported
from flows.spoken.words import MIN_SPELLED
from flows.spoken.yesno import is_refusal
from flows.state import FieldValue

_ONLY_LETTERS = re.compile(
    r"^\W*(?:it's |that's )?(?:double |[a-z]\b|dot|dash|hyphen|as in \w+|\W)", re.IGNORECASE
)
MAX_NAMES = 2
"""More words than this, and none of them a name, are one name that was not understood."""


def spelled(cursor: Cursor, node: LeadGateNode, field: LeadField, event: CallerSaid) -> None:
    """Take what was spelled; what was heard before is read back where no letters came."""
    candidate, part = cursor.state.candidate, asked_part(cursor.state.phase)
    assert candidate is not None and part is not None
    cursor.set(phase="ask", candidate=None, rounds=cursor.state.rounds + 1)
    found = list(dict.fromkeys(_values(cursor, field, candidate, part, event)))
    found.sort(key=lambda value: _uncommon(value.partition("@")[0]))
    cursor.note("spelled" if found else "spelled nothing")
    raw = f"{candidate.raw} / {event.text}" if found else candidate.raw
    value, *others = dict.fromkeys((*found, candidate.value, *candidate.others))
    reading = Reading(value, True, details=candidate.details)
    take(cursor, node, field, reading, event, raw=raw, others=tuple(others))


def _uncommon(name: str) -> int:
    """How many of the words are none that many people are called."""
    return sum(not is_familiar(word) for word in re.findall(r"[^\W\d_]+", name))


def _values(
    cursor: Cursor, field: LeadField, candidate: FieldValue, part: Part, event: CallerSaid
) -> Iterator[str]:
    """The value with the part as it was spelled, by each of the readings that hold one."""
    heard = re.findall(r"[^\W\d_]+", " ".join((candidate.value, *candidate.others)).casefold())
    for reading in (event.text, *event.alternatives):
        text = in_english(reading, cursor.language, field.kind)
        if is_refusal(text):
            continue
        value = _whole(cursor, field, candidate, event, text) or _with_part(
            field.kind, candidate.value, part, text, cursor.state.region
        )
        if value is None and (part is not Part.LAST_DIGITS or names_digits(text)):
            # Digits that are fewer than were asked for are no group elsewhere.
            value = correct(field.kind, candidate.value, text, cursor.state.region)
        if value and field.kind != "phone":
            said = " ".join((candidate.raw, *candidate.others, text))
            meant = _as_heard(value, heard)
            # A letter that was neither heard nor spelled is asked about, not stored.
            value = next((one for one in (meant, value) if supported(field.kind, one, said)), None)
        if value:
            yield value


def _as_heard(value: str, heard: list[str]) -> str:
    """A name or an address whose letters were misheard, by the words that were `heard` before."""
    name, at, domain = value.partition("@")
    host, dot, ending = domain.partition(".")
    if at and domain not in PROVIDERS:
        host = same_letters(spelled_as_heard(host, heard), heard)
    return f"{spelled_as_heard(name, heard)}{at}{host}{dot}{ending}"


def _whole(
    cursor: Cursor, field: LeadField, candidate: FieldValue, event: CallerSaid, text: str
) -> str | None:
    """All of it said again: an address, or a name of no fewer words."""
    reading = read_field(cursor, field, event, text)
    if not reading.valid or not reading.value:
        return None
    if field.kind != "name" or len(reading.value.split()) >= len(candidate.value.split()):
        return reading.value
    # "Kowalski, K O W …", after it was heard as three words that nobody is called.
    heard = candidate.value.split()
    nonsense = len(heard) > MAX_NAMES and not any(is_familiar(word) for word in heard)
    return reading.value if nonsense and was_spelled(text) else None


def _with_part(kind: str, value: str, part: Part, text: str, region: str) -> str | None:
    """`value` with the part that was asked for as it is in `text`; None when it holds none."""
    local, _, domain = value.partition("@")
    match part:
        case Part.LAST_DIGITS:
            digits = spoken_digits(text)
            # "You got the last digit wrong" – one digit – or the group that was asked for.
            fits = len(digits) in (1, len(groups_of(value, region)[-1]))
            return correct(kind, value, f"the last are {digits}", region) if fits else None
        case Part.LOCAL:
            found = parse_email(f"{text.strip(' .,')} at {domain}")
            named = (found.value or "").partition("@")[0]
            meant = was_spelled(text) or is_familiar(named) or same_sounds(named, local)
            return found.value if found.valid and meant else None
        case Part.DOMAIN:
            host, _, ending = domain.partition(".")
            named = _domain(text, ending)
            meant = was_spelled(text) or same_sounds(named.partition(".")[0], host)
            return f"{local}@{named}" if named and meant else None
        case Part.FIRST | Part.LAST:
            name = read(kind, text, region).value
            alone = name is not None and len(name.split()) == 1
            return _with_name(value.split(), part, name) if name and alone else None
    return None


def _domain(text: str, ending: str) -> str:
    """The domain in `text`, which may leave out its `ending`; "" when there is none."""
    letters = longest_run(text)
    if len(letters) > MIN_SPELLED and not _ONLY_LETTERS.search(text):
        # "It's green wood, like the colour, G R E E N W O O D."
        text = f"{' '.join(letters)}"
    for given in (text, f"{text.strip(' .')} dot {ending.replace('.', ' dot ')}"):
        reading = parse_email(f"x y z at {given}")
        if reading.valid and reading.value:
            return reading.value.partition("@")[2]
    return ""


def _with_name(words: list[str], part: Part, name: str) -> str:
    known = [index for index, word in enumerate(words) if is_familiar(word)]
    if part is Part.FIRST:
        # "Peacey Robbed Johnson": what nobody is called goes as a whole.
        return " ".join([name, *words[max(1, known[0]) if known else 1 :]])
    return " ".join([*words[: min(known[-1] + 1, len(words) - 1) if known else -1], name])
