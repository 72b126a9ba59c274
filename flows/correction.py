"""Does the caller correct something they said before? "No, my email is …", two questions later."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.changed_mind import FREE, may_be, taken_back
from flows.model import Flow, LeadField, LeadGateNode
from flows.spoken.corrections import correct
from flows.spoken.fields import BY_THEMSELVES, Reading, read
from flows.spoken.yesno import is_refusal, parse_yes_no, without_yes_no
from flows.state import State
from flows.texts import every_text

_CALLED: dict[str, str] = {
    "name": r"(?:last |first |full |sur)?name|namen|nachnamen?|vornamen?",
    "email": r"e-?mails?(?: address)?|mail(?: address)?|e-?mail-?adresse|mailadresse",
    "phone": r"(?:(?:tele)?phone|cell|mobile)(?: number)?|number|(?:telefon|handy|mobil|ruf|rückruf)?nummer",
    "company": r"company(?:'s name| name)?|firma",
    "address": r"(?:postal |street |home )?address|adresse|anschrift",
    "date": r"date|datum",
}
"""What callers call a field of each kind, when its author named nothing else."""
_SORRY = (
    r"(?:(?:no|nope|oh|um|uh|sorry|wait|actually|hold on|hang on|(?:scratch|forget) that|on second thoughts?|correction|i meant(?: to say)?|i mean|i (?:want|need|have) to correct(?: that| something)?|excuse me|but|and|by the way"
    r"|yes|yeah|yep|right|correct|that's right|that's correct"
    r"|nein|nee|ach|ja|doch|und|aber|übrigens|richtig|entschuldigung|tut mir leid|quatsch|stopp|warten sie|warte|ich meine|moment(?: mal)?|eigentlich)\W+)"
)
_STATED = (
    rf"^\W*(?P<sorry>{_SORRY}*)(?P<whose>(?:for )?(?:my|the|that|meine?|unsere?|die|der|das))\W+CALLED"
    r"(?P<is>\W+(?:again\W+)?(?:is actually|should actually be|is really|is not|was not|was wrong|is wrong"
    r"|should be|is|was|isn't|wasn't|ist eigentlich|ist doch|ist nicht|ist falsch|war falsch|ist|war|lautet(?: eigentlich)?|heißt(?: eigentlich)?|wäre|make it|use|put|it's)\b)(?P<rest>.*)$"
)
""" "No, my email is …"."""
_CALLED_SO = (
    rf"^\W*(?P<sorry>{_SORRY}*)(?:i(?:'m| am) (?:actually |really )?called|ich heiße|heiße ich)"
    r"(?P<anew>(?:\W+(?:actually|really|eigentlich|doch|aber|übrigens|nicht))*)\W+(?P<rest>.+)$"
)
""" "Actually, I'm called …", which names no field, either."""
_NAMED = (
    # "Change my email to …"
    r"\b(?:change|correct|fix|update|ändern|korrigieren)\b\W+(?:\w+\W+){0,3}?CALLED\b"
    r"(?:\W+(?:to|in|zu|auf|it's|it is|it should be|es ist|es lautet)\W+(?P<rest>.*))?",
    # "That's the wrong email", "the email I gave you is wrong, it's …", "you got my name wrong"
    r"\b(?:wrong|incorrect|falsche?[nrms]?)\W+CALLED\b(?:[,.;!?]*\s+(?:it's|it is|it should be|that's|make it|es ist|richtig ist)\b(?P<rest>.*))?",
    r"\bCALLED\W+(?:(?:that )?(?:i|you) \w+(?: \w+)?\W+)?(?:(?:is|was|ist|war)\W+)?"
    r"(?:wrong|incorrect|not right|not correct|isn't right|wasn't right|falsch)\b(?P<rest>.*)$",
    # "Der Tag soll Sonntag sein"
    r"\b(?:der|die|das|meine?)\W+CALLED\W+(?:soll|sollte|muss|müsste)\W+(?P<rest>.+?)\W+(?:sein|heißen|lauten)\W*$",
    # "You misspelled my name", "there's a mistake in my email"
    r"\bmis-?(?:spelled|spelt|heard|understood|took)\W+(?:my|the)\W+CALLED\b",
    # "Eigentlich ist meine Nummer …"
    rf"^\W*{_SORRY}+(?:ist|lautet|heißt)\W+(?:meine?|unsere?|die|der|das)\W+CALLED\b(?P<rest>\W+.+)$",
    r"\b(?:mistake|error|typo)\W+(?:in|with|on|about)\W+(?:my|the|that)\W+CALLED\b",
    r"\bfehler\W+(?:in|bei|im|beim)\W+(?:mein\w*\W+|der\W+|dem\W+)?CALLED\b",
    # "Can we go back to my email?"
    # "My number ends in 43"
    r"\b(?:my|the|meine?)\W+CALLED\W+(?P<rest>(?:(?:ends?|starts?|begins?|endet|beginnt)\W+(?:in|with|on|auf|mit)|has|hat)\b.+)$",
    r"\bzurück\W+zu[mr]?\W+(?:mein\w*\W+)?CALLED\W*$",
    r"\b(?:go|get|come)\W+back\W+to\W+(?:my|the)\W+CALLED\W*(?:question\W*)?$",
)
"""A field is named, and perhaps what it should be."""
_NOT_RIGHT = re.compile(
    r"\W*(?:wrong|not right|not correct|right|correct|falsch)\b\W*(?:(?:it's|it is|it should be)\b)?",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    r"^\W*(?:it's|it is|it should(?: actually)? be|that should be|should be|es ist|sie ist|richtig ist|(?:sie|er|es) lautet)\b",
    re.IGNORECASE,
)
_ANEW = re.compile(r"\b(?:again|actually|really|should|eigentlich|doch)\b", re.IGNORECASE)
_ANEW_AT_END = re.compile(r"\b(?:actually|really|instead|though|eigentlich)\W*$", re.IGNORECASE)
_PART_OF_NAME = re.compile(r"(?:first|last|sur|family)[ -]?name", re.IGNORECASE)
_NOT_BUT = re.compile(
    r"\bnot\b|\binstead of\b|\brather than\b|\bnicht\b|\bstatt\b|\bsondern\b", re.IGNORECASE
)
_SECOND_THOUGHT = re.compile(
    r"^\W*(?:sorry|actually|wait|i (?:said|meant)|entschuldigung|eigentlich|moment|ich (?:sagte|meinte))\b",
    re.IGNORECASE,
)
_MEANT = re.compile(r"\b(?:i meant|ich meinte)\b\W*(?P<rest>.*)$", re.IGNORECASE)
_IT_IS = re.compile(r"^\W*(?:it's|that's|it is|that is|das ist|es ist)\b", re.IGNORECASE)
_NOT_SO = re.compile(
    r"\W*(?:(?:no|nein|sorry)\W+)*(?:not|nicht)\s+\w+(?:,| but | sondern )", re.IGNORECASE
)
""" "Not Jane, Jean"."""
_PART_SAID = re.compile(
    r"\W*(?:the |der )?(?:first|last|sur|family |vor|nach) ?name\W+(?:is|ist)\b", re.IGNORECASE
)
_JUDGES = re.compile(
    r"\b(?:wrong|right|correct|mistaken?|falsch|stimmt|richtig|korrekt|fehler)\b", re.IGNORECASE
)
""" "That's wrong" is about what was said back, whatever was asked after it."""
_YES_OR_NO = re.compile(
    r"(?:^|[.,!?]\s+)(?:(?:and|so|well|or|und|also)\W+)?"
    r"(?:do|does|did|would|will|is|are|can|could|may|have|has|shall|should|any"
    r"|haben|hat|möchten|wollen|ist|sind|gibt|darf|dürfen|können|kann|soll|sollen)\b",
    re.IGNORECASE,
)
"""How a question begins that a yes or a no answers."""
_WITH_A = re.compile(r"\bwith (?:an?|one|two|double) [a-z]{1,2}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Correction:
    """Which field is meant, and what of the words may be its new value."""

    node: str
    index: int
    rest: str
    is_open: bool
    """True when this field is the one being asked for anyway."""
    before: str = ""
    """What was said first, and may answer the open question."""


def find(flow: Flow, state: State, text: str) -> tuple[Correction, ...]:
    """The fields that the words correct; only such as have a value already, or were refused, can be
    meant.

    Most often one, if any; "not Jane, Jean" may correct a name and an address.
    """
    places = {node_id: place for place, node_id in enumerate(state.history)}
    # Where a field is asked in several places, the one that was asked last is meant.
    fields = sorted(flow.lead_fields(), key=lambda item: -places.get(item[0], -1))
    asked = _open_field(flow, state)
    # A field that is named goes before the one that was said back in passing.
    for meant in (_corrects, lambda text, field: _denied_in_passing(text, field, state, asked)):
        for node_id, index, field in fields:
            refused = field.field in state.refused
            if field.field not in state.fields and not refused:
                continue
            rest = meant(text, field)
            if rest is None or (refused and not rest):
                continue
            is_open = asked is not None and asked.field == field.field
            return (Correction(node_id, index, rest, is_open),)
    return (
        _given_again(state, fields, asked, text)
        or _the_other_way(state, fields, asked, text)
        or _unnamed(state, fields, asked, text)
    )


def _given_again(
    state: State, fields: list[tuple[str, int, LeadField]], asked: LeadField | None, text: str
) -> tuple[Correction, ...]:
    """ "Actually, use jane at yahoo dot com instead", where something else is asked: an address or a
    number that is not the one given before."""
    if asked is None or asked.kind == "text" or _read(asked, text, state).valid:
        return ()
    for node_id, index, field in fields:
        stored = state.fields.get(field.field)
        if stored is None or field.kind not in BY_THEMSELVES or field.kind == asked.kind:
            continue
        reading = _read(field, text, state)
        if field.field not in state.volunteered and reading.valid and reading.value != stored.value:
            return (Correction(node_id, index, text, False),)
    return ()


def _the_other_way(
    state: State, fields: list[tuple[str, int, LeadField]], asked: LeadField | None, text: str
) -> tuple[Correction, ...]:
    """ "I meant Yahoo, not Gmail": the values in which the words can replace something, those first
    that are taken without a question."""
    meant = _MEANT.search(text)
    if not (meant or _NOT_BUT.search(text)) or is_refusal(text, state.language):
        return ()
    if asked is None or asked.kind in FREE or state.candidate is not None:
        return ()
    text = meant["rest"] if meant else text
    changed = [
        (node_id, index, field)
        for node_id, index, field in fields
        if (stored := state.fields.get(field.field))
        and correct(field.kind, stored.value, text, state.region, state.language)
    ]
    if _read(asked, text, state).valid:
        return ()
    changed.sort(key=lambda item: item[2].confirm not in ("none", "implicit"))
    return tuple(
        Correction(node_id, index, text, field is asked) for node_id, index, field in changed
    )


def _unnamed(
    state: State, fields: list[tuple[str, int, LeadField]], asked: LeadField | None, text: str
) -> tuple[Correction, ...]:
    """ "Actually, make it five people": told by its kind."""
    places = {item[2].field: item for item in reversed(fields)}
    given = [
        item
        for name, item in places.items()
        if name in state.fields and (asked is None or name != asked.field)
    ]
    if state.candidate is not None or not given:
        return ()
    meant = taken_back([field for _, _, field in given], asked, state, text)
    if meant is None:
        return ()
    node_id, index, _ = given[meant.index]
    return (Correction(node_id, index, meant.rest, False, meant.before),)


def _read(field: LeadField, text: str, state: State) -> Reading:
    return read(field.kind, text, state.region, today=state.today, language=state.language)


def _open_field(flow: Flow, state: State) -> LeadField | None:
    node = flow.nodes[state.node]
    if isinstance(node, LeadGateNode) and state.phase:
        return node.fields[state.field_index]
    return None


def _denies(text: str, field: LeadField, state: State, asked: LeadField | None) -> str | None:
    """ "Thanks, Jane Smith. Your email?" – "No, Smythe.": what follows the "no"; None when the words
    are an answer to what was asked.
    """
    rest = without_yes_no(text, state.language).strip(" ,.")
    if not rest:
        # A bare "no" too: who won't give an address says so, or says it again. Not where it is the
        # answer: "Is the number you're calling from best?"
        if state.phase in ("offer", "suggest") or (
            _may_be_declined(state, asked) and not _JUDGES.search(text)
        ):
            return None
        return "" if parse_yes_no(text, state.language) is False else None
    if is_refusal(text, state.language):
        return None
    denied = parse_yes_no(text, state.language) is False or _SECOND_THOUGHT.match(text) is not None
    denied = denied or _NOT_SO.match(text) is not None or _PART_SAID.match(text) is not None
    answers = asked is not None and may_be(asked, rest, state)
    value = state.fields[field.field].value
    if correct(field.kind, value, rest, state.region, state.language):
        # "It's Jayne with a Y" and "that's Jean" need no "no"; letters may begin an address.
        said_so = _IT_IS.match(text) and asked is not None and asked.kind != "email"
        return rest if denied or ((_WITH_A.search(rest) or said_so) and not answers) else None
    reading = _read(field, rest, state)
    if not (denied and reading.value and may_be(field, rest, state)):
        return None
    same = set(value.casefold().split()) & set(reading.value.casefold().split())
    return rest if same or not answers else None


def _denied_in_passing(
    text: str, field: LeadField, state: State, asked: LeadField | None
) -> str | None:
    if field.field != state.implied or field.field in state.refused or asked is field:
        return None
    return _denies(text, field, state, asked)


def _may_be_declined(state: State, asked: LeadField | None) -> bool:
    """ "Do you have the policy number?" – "No.": asked so, it is the answer."""
    question = state.last_said[-1].text if state.last_said else ""
    return asked is not None and not asked.required and _YES_OR_NO.search(question) is not None


def _corrects(text: str, field: LeadField) -> str | None:
    """What follows "my email is", "" when no value is given, None when it corrects nothing."""
    called = names_of(field)
    if said := _search(_STATED, called, text):
        # "The number is on the letter" states something; "no, my number is …" corrects it.
        mine = re.search(r"\b(?:my|for|meine?|unsere?)\b", said["whose"], re.IGNORECASE)
        anew = _ANEW.search(said["is"]) or _ANEW_AT_END.search(said["rest"])
        if not (said["sorry"] or mine or anew):
            said = None
    if said:
        if re.search(r"wrong|falsch", said["is"]) or _NOT_RIGHT.match(said["rest"]):
            return _INSTEAD.sub("", _NOT_RIGHT.sub("", said["rest"])).strip(" ,.:")
        if part := _PART_OF_NAME.match(said["called"]):
            return f"{part.group()} is {said['rest'].strip(' ,.:')}"
        denied = "not " if re.search(r"n't|not|nicht", said["is"]) else ""
        return f"{denied}{_ANEW_AT_END.sub('', said['rest']).strip(' ,.:')}"
    if field.kind == "name" and (said := re.match(_CALLED_SO, text, re.IGNORECASE)):
        denied = "not " if "nicht" in said["anew"] else ""
        if said["sorry"] or said["anew"]:
            return f"{denied}{said['rest'].strip(' ,.:')}"
    for pattern in _NAMED:
        if said := _search(pattern, called, text):
            return (said.groupdict().get("rest") or "").strip(" ,.:")
    return None


def _search(pattern: str, called: str, text: str) -> re.Match[str] | None:
    return re.search(pattern.replace("CALLED", rf"(?P<called>{called})"), text, re.IGNORECASE)


_ECHO = (
    r"\W*(?:(?:sorry|um|uh|huh|what|which|you mean|you want|äh|was|welche[rs]?|wie)\W+)*(?:(?:my|the|meine?[nrs]?|die|der|das)\W+)?"
    r"CALLED\s*\?\W*"
)


def echoes(field: LeadField, text: str) -> bool:
    """True for "my number?", where the field's number was asked for."""
    return (
        re.fullmatch(_ECHO.replace("CALLED", f"(?:{names_of(field)})"), text, re.IGNORECASE)
        is not None
    )


def names_of(field: LeadField) -> str:
    """What callers call the field: alternatives of a pattern, the longer before the shorter."""
    own = [re.escape(word) for word in (*every_text(field.words), field.field.replace("_", " "))]
    if field.kind == "number":
        own += [f"(?:number|amount) of {word}" for word in own]
    if field.kind in _CALLED and (field.field == field.kind or not field.words):
        own.append(_CALLED[field.kind])
    return "|".join(sorted(own, key=len, reverse=True))
