"""One turn that answers several questions: "I'm Jane Smith, and my number is 503 555 0142".

The words are taken apart where the caller says what comes next ("my email is", "call me on"), and
where an address or a whole number stands by itself between commas. What is not for the open field
is kept as a value of its own, with its own words for proof; it is confirmed when its field's turn
comes, which is then not asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from flows.correction import names_of
from flows.cursor import Cursor
from flows.events import CallerSaid
from flows.model import LeadField, LeadGateNode
from flows.nodes import gate
from flows.nodes.readings import evidence, read_field
from flows.spoken.early.announcing import Announcing, announcing
from flows.spoken.fields import BY_THEMSELVES, Reading
from flows.spoken.languages.known import in_english
from flows.spoken.phone.numbers import LOCAL_DIGITS, spoken_digits
from flows.spoken.words import number_at, tokens

_UNANNOUNCED = re.compile(r"[,.;]\s+(?:(?:and|und)\s+)?|\s+(?:and|und)\s+")
_NEW_CLAUSE = re.compile(
    r"(?:[,.;]\s+(?:(?:and|so|und)\s+)?|\s+(?:and|but|so|because|und|aber|weil)\s+)"
    r"(?=(?:i|i'd|i'll|i'm|we|we'd|we're|we'll|it's|it is|there|you|ich|wir|es|sie)\b)",
    re.IGNORECASE,
)
""" "My company is Acme, and we'd like to come on Friday": what is announced ends there."""
_AND = re.compile(r"^\W*(?:(?:and|also|plus|oh|und)\b\W*)*|(?:\W|\b(?:and|und)\b)*$", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\W*(?:it's |its )?[\w.+-]+(?:\s+(?:dot|underscore|dash|hyphen|plus)\s+\w+)*"
    r"(?:\s*@\s*|\s+at\s+)"
    r"[\w-]+(?: \w+)?(?:\s*(?:\.|\bdot\b)\s*\w+)+\W*$",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"\W*(?:(?:actually|okay|ok|fine|sure|right|alright|all right|yes|yeah|well|so|um|uh|oh|hi"
    r"|hello|sorry|no|wait|then|(?:scratch|forget) that|by the way|i mean|i forgot)\b\W*)*$",
    re.IGNORECASE,
)
"""Words that lead in to an answer and hold none."""
MIN_WORDS = 4
"""Fewer words hold no two answers, but may be a number or an address where a name was asked for."""


def taken_apart(
    cursor: Cursor, node: LeadGateNode, field: LeadField, event: CallerSaid
) -> CallerSaid | None:
    """The turn as far as it is about the open `field`, the rest stored; None when all was about
    others."""
    wanted = _wanted(cursor, node)
    language = cursor.language
    text = _number_apart(event.text, language) if field.kind == "name" else event.text
    short = len(text.split()) < MIN_WORDS
    short = short and not any(kind_of(part, language) for part in _UNANNOUNCED.split(text))
    if short or all(one is field for one in wanted):
        return event
    own: list[str] = []
    found = dict[str, tuple[LeadField, str, Reading]]()
    apart = list(parts(text, wanted, language))
    for part, announced in apart:
        given = _of_another(cursor, wanted, announced, field, event, part)
        if given is None:
            own.append(part)
        elif given[0].field not in found:
            other, reading = given
            found[other.field] = (other, part, reading)
    if not found:
        return _announced_alone(cursor, field, event, apart)
    for other, part, reading in found.values():
        keep(cursor, other, event, part, reading)
    if field.kind == "text":
        return event
    rest = _own_words(cursor, field, event, own, apart)
    if not cursor.state.candidate and _NOTHING.match(in_english(rest, language)):
        return None
    return (
        event.model_copy(update={"text": rest, "words": (), "alternatives": ()}) if rest else None
    )


def _own_words(
    cursor: Cursor,
    field: LeadField,
    event: CallerSaid,
    own: list[str],
    apart: list[tuple[str, list[LeadField]]],
) -> str:
    """What is left for the open field: the part that announces it, where all of it is no value."""
    rest = ", ".join(own)
    named = [part for part, announced in apart if announced == [field] and part in own]
    if len(named) != 1 or read_field(cursor, field, event, rest).valid:
        return rest
    return named[0] if read_field(cursor, field, event, named[0]).valid else rest


def _announced_alone(
    cursor: Cursor,
    field: LeadField,
    event: CallerSaid,
    apart: list[tuple[str, list[LeadField]]],
) -> CallerSaid:
    """ "We want a bike tour and I'm Sarah Lewis", where the name was asked for: the part that
    announces it, where all of the words are no value."""
    own = [part for part, announced in apart if announced == [field]]
    if len(own) != 1 or len(apart) < 2 or read_field(cursor, field, event, event.text).valid:
        return event
    if not read_field(cursor, field, event, own[0]).valid:
        return event
    return event.model_copy(update={"text": own[0], "words": (), "alternatives": ()})


def _wanted(cursor: Cursor, node: LeadGateNode) -> list[LeadField]:
    """The fields of this gate and of later ones that are not settled yet, each once; all of this
    gate while an answer is corrected."""
    fields = {field.field: field for _, _, field in cursor.flow.lead_fields()}
    fields |= {field.field: field for field in node.fields}
    # "My name is Jean, and my email is …", of answers given before: both are corrected.
    again = {one.field for one in node.fields} if cursor.state.returns else set[str]()
    return [
        field
        for name, field in fields.items()
        if field.kind != "text" and (name in again or not gate.is_settled(cursor, field))
    ]


def keep(cursor: Cursor, field: LeadField, event: CallerSaid, part: str, reading: Reading) -> None:
    """Store what a part of the turn says of a field that is not open."""
    cursor.note(f"also gave {field.field}")
    found = evidence(event, reading.value or "", part, details=reading.details)
    gate.volunteer(cursor, field, found)


def _of_another(
    cursor: Cursor,
    wanted: list[LeadField],
    announced: list[LeadField],
    field: LeadField,
    event: CallerSaid,
    part: str,
) -> tuple[LeadField, Reading] | None:
    """The field that a part is a value of, and the value; None where it is for the open one."""
    if announced == [field]:
        return None
    # "You can reach me at" announces an address or a number.
    if (not announced or field in announced) and read_field(cursor, field, event, part).valid:
        return None
    language = cursor.language
    alone = [
        other
        for other in wanted
        if other.kind in BY_THEMSELVES and _is_one(other.kind, part, language)
    ]
    for other in (*announced, *alone):
        reading = read_field(cursor, other, event, part)
        unsure = reading.suggestion and reading.suggestion != reading.value
        if other is not field and reading.valid and not unsure:
            return other, reading
    return None


def parts(
    text: str, fields: list[LeadField], language: str
) -> Iterator[tuple[str, list[LeadField]]]:
    """Stretches of the words, each with the fields it announces; those that announce none are cut
    where an address or a number stands by itself."""
    found = [
        (match, one) for one in fields for match in _announcement(one, language).finditer(text)
    ]
    starts: dict[int, list[LeadField]] = {0: []}
    ends = {0: 0}
    end = 0
    for match, one in sorted(found, key=lambda item: (item[0].start(), -item[0].end())):
        # "The number" inside of "the order number" announces nothing.
        if match.start() >= end or match.start() in starts:
            starts.setdefault(match.start(), []).append(one)
            ends[match.start()] = end = max(end, match.end())
    places = [*sorted(starts), len(text)]
    for begin, end in pairwise(places):
        first, *others = [text[begin:end]]
        if starts[begin]:
            value, *others = _NEW_CLAUSE.split(text[ends[begin] : end])
            first = text[begin : ends[begin]] + value
        whole = any(one.kind in BY_THEMSELVES for one in starts[begin])
        pieces = [first] if whole else _by_themselves(first, language)
        pieces += [piece for clause in others for piece in _by_themselves(clause, language)]
        for place, piece in enumerate(pieces):
            if said := _AND.sub("", piece):
                yield said, [] if place else starts[begin]


def _by_themselves(text: str, language: str) -> list[str]:
    """`text` cut before and after each address or number, if there are any."""
    pieces: list[str] = []
    kinds: list[str] = []
    for piece in _UNANNOUNCED.split(text):
        kind = kind_of(piece, language)
        if pieces and kind == kinds[-1] != "email":
            # The groups of one number, or words about one thing.
            pieces[-1] = f"{pieces[-1]}, {piece}"
        else:
            pieces.append(piece)
            kinds.append(kind)
    return pieces if any(kinds) else [text]


def _number_apart(text: str, language: str) -> str:
    """A comma before the number that the words end on: "Jane Smith 503 555 0142"."""
    for gap in re.finditer(r"(?<=\w)\s+", text):
        rest = text[gap.end() :]
        digits = spoken_digits(in_english(rest, language, "phone"))
        if _is_one("phone", rest, language) and len(digits) >= LOCAL_DIGITS:
            return f"{text[: gap.start()]}, {rest}"
    return text


def kind_of(piece: str, language: str) -> str:
    """The kind of value that the words are by themselves; "" for none."""
    return next((kind for kind in BY_THEMSELVES if _is_one(kind, piece, language)), "")


def _is_one(kind: str, piece: str, language: str) -> bool:
    """True for an address of one word or of words with signs between, and for digits alone."""
    piece = in_english(piece, language, kind)
    if kind == "email":
        return _ADDRESS.match(piece) is not None
    words = [word for word in tokens(piece) if word.isalpha() and not number_at([word], 0)[1]]
    others = " ".join(word for word in words if word not in ("it's", "its", "on", "double"))
    return bool(spoken_digits(piece)) and _NOTHING.match(others) is not None


def _announcement(field: LeadField, language: str) -> re.Pattern[str]:
    forms = "|".join(_announcement_in(words, field) for words in announcing(language))
    return re.compile(rf"(?:{forms})(?=\W)", re.IGNORECASE)


def _announcement_in(words: Announcing, field: LeadField) -> str:
    verb = rf"(?:{words.is_})"
    if field.kind in BY_THEMSELVES:
        verb = rf"(?:{words.reach})?{verb}?"
    called = rf"(?:(?:{words.which})\s+)?(?:{names_of(field)})(?: address| number)?{verb}"
    led = f"|{words.leads_in[field.kind]}" if field.kind in words.leads_in else ""
    before = rf"(?:{words.also}|{words.whose})\s+"
    after_yes = r"(?<=\byes )|(?<=\byeah )|(?<=\bsure )|(?<=\bokay )|(?<=\bja )|(?<=\bja also )"
    begins = rf"^\W*(?:(?:{words.opening})\W+)*|[,.;]\s+|\b{before}|{after_yes}"
    return rf"(?:{begins})(?:{before})*(?:{called}{led})"
