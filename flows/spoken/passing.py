"""What is named in passing, before it was asked for: "I'd like a table for four on Friday".

Only what can hardly mean anything else: a count beside what is counted, and one day in the words of
somebody who wants something then. A day on which something happened is none, nor one that is only
asked about ("are you open on Friday?"). English alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from flows.spoken.day_words import MONTHS, WEEKDAY_NAMES
from flows.spoken.party import COUNTED_APART
from flows.spoken.vocabulary import ENGLISH

_TENS = "|".join(ENGLISH.tens)
_SMALL = "|".join(word for word in (*ENGLISH.teens, *ENGLISH.units) if len(word) > 2)
COUNT = (
    rf"(?P<count>\d{{1,3}}|(?:{_TENS})(?:[- ](?:{_SMALL}))?|{_SMALL}|(?:a )?couple|(?:a )?dozen)"
)
_ALONE = r"(?<!\bor )(?<!\bto )(?<!\band )(?<![-–.,\w])"
"""Not the second of two numbers: "four or five people"."""
_PEOPLE = frozenset(
    "people persons person guests guest adults adult diners covers party visitors attendees".split()
)
"""Names of fields that count who comes."""
_HEADCOUNTS = (
    rf"\b(?:table|party|group|family|dinner|lunch|breakfast|brunch|tickets|seats) (?:for|of) {COUNT}\b"
    r"(?! ?(?:\d|:|o'?clock|thirty|fifteen|forty|a\.?m\b|p\.?m\b|or |to ))",
    rf"\b{COUNT} of us\b",
    rf"{_ALONE}{COUNT} (?:people|persons|guests|adults)\b",
)
_ADDED = re.compile(rf"\b(?P<count>{COUNTED_APART})\b", re.IGNORECASE)
_WANTS = re.compile(
    r"\b(?:book|booking|reserve|reservation|appointment|table|schedule|come|visit|see|quote|estimate"
    r"|looking (?:for|to)"
    r"|(?:i|we)(?:'d| would) (?:like|love)|(?:i|we) (?:need|want))\b",
    re.IGNORECASE,
)
_NOT_WANTED = re.compile(
    r"\b(?:since|last|ago|yesterday|was|were|did|had|been|went|came|got|bought|broke|told|said|left"
    r"|made|sent|paid|lost|saw|spoke|began|closed|not|every"
    r"|(?!need|indeed|interested|supposed)[a-z]{3,}ed)\b"
    r"|n't\b|^\W*(?:are|is|do|does|what|how|when|where|who|why)\b(?!.*\b(?:table|appointment|come|see)\b)",
    re.IGNORECASE,
)
_OF_BEFORE = re.compile(
    r"\b(?:cancel|move|reschedule|change|postpone|(?:i|we)(?:'ve| have)(?: got)? (?:an?|my|our))\b",
    re.IGNORECASE,
)
"""What is named then belongs to something that was settled before."""
_NOT_THIS = re.compile(r"\bnot [^,.;]*", re.IGNORECASE)
_MONTHS = "|".join(name for name in MONTHS if name not in ("mar", "sun"))
_DAY = re.compile(
    rf"\b(?:today|tonight|tomorrow|{'|'.join(WEEKDAY_NAMES)}"
    rf"|(?:{_MONTHS}) (?:the )?\w+|(?:\d+(?:st|nd|rd|th)|\w+(?:st|nd|rd|th|first|second|third)) of (?:{_MONTHS}))\b",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[,.;!?]\s+|\s+(?:but|because|and (?=i\b|we\b|my\b|it\b))\s*", re.IGNORECASE)


def counted_in(text: str, names: Iterable[str]) -> re.Match[str] | None:
    """Where `text` counts what a field of these `names` asks for ("count" is the number); None where
    nothing or more than one count is named."""
    things = {re.sub(r"^(?:number|amount) of ", "", name.casefold()) for name in names}
    heads = [rf"{_ALONE}{COUNT} {re.escape(thing)}\b" for thing in things]
    if any(_PEOPLE & set(thing.split()) for thing in things):
        heads += _HEADCOUNTS
    if _OF_BEFORE.search(text):
        return None
    if _HEADCOUNTS[0] in heads and (added := _ADDED.search(text)):
        return added
    found = [match for head in heads for match in re.finditer(head, text, re.IGNORECASE)]
    counts = {match["count"].casefold() for match in found}
    return found[0] if len(counts) == 1 else None


def day_wanted(text: str) -> str | None:
    """The clause that names the one day for which something is wanted; None where there is none."""
    if len(_DAY.findall(text)) != 1 or not _WANTS.search(text) or _OF_BEFORE.search(text):
        return None
    clause = next(part for part in _CLAUSES.split(text) if part and _DAY.search(part))
    return None if _NOT_WANTED.search(clause) else clause


def tells(text: str) -> bool:
    """True for words about what happened, or was settled before."""
    return (_NOT_WANTED.search(text) or _OF_BEFORE.search(text)) is not None


def is_wish(text: str) -> bool:
    """True for the words of somebody who wants something, and tells of nothing else."""
    return _WANTS.search(text) is not None and not tells(_NOT_THIS.sub("", text))
