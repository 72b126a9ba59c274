"""The words of what is named in passing, by language: counts, days, wishes, and what tells of the past.

`early.passing` looks with them; a language is one more table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.spoken.dates.words import MONTHS, WEEKDAY_NAMES
from flows.spoken.languages.german.table import GERMAN as GERMAN_WORDS
from flows.spoken.party import COUNTED_APART
from flows.spoken.vocabulary import ENGLISH as VOCABULARY


@dataclass(frozen=True)
class Passing:
    """Patterns of one language; all without case."""

    count: str
    """A number in words or digits, named `count`."""
    alone: str
    """What a number is not to stand behind: "or", for it is the second of two then."""
    people: frozenset[str]
    """Names of fields that count who comes."""
    heads: tuple[str, ...]
    """A count of who comes."""
    added: re.Pattern[str]
    """Counts of several kinds of people, named `count` as a whole."""
    wants: re.Pattern[str]
    """What somebody says who wants something."""
    tells: re.Pattern[str]
    """What happened, or is only asked about."""
    of_before: re.Pattern[str]
    """What is named then belongs to something that was settled before."""
    denied: re.Pattern[str]
    """What is not meant, up to the next clause."""
    day: re.Pattern[str]
    clauses: re.Pattern[str]
    """Where one clause ends and the next begins."""


def _any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_TENS = "|".join(VOCABULARY.tens)
_SMALL = "|".join(word for word in (*VOCABULARY.teens, *VOCABULARY.units) if len(word) > 2)
_COUNT = (
    rf"(?P<count>\d{{1,3}}|(?:{_TENS})(?:[- ](?:{_SMALL}))?|{_SMALL}|(?:a )?couple|(?:a )?dozen)"
)
_ALONE = r"(?<!\bor )(?<!\bto )(?<!\band )(?<![-–.,\w])"
_MONTHS = "|".join(name for name in MONTHS if name not in ("mar", "sun"))
ENGLISH = Passing(
    count=_COUNT,
    alone=_ALONE,
    people=frozenset(
        "people persons person guests guest adults adult diners covers party visitors attendees".split()
    ),
    heads=(
        rf"\b(?:table|party|group|family|dinner|lunch|breakfast|brunch|tickets|seats) (?:for|of) {_COUNT}\b"
        r"(?! ?(?:\d|:|o'?clock|thirty|fifteen|forty|a\.?m\b|p\.?m\b|or |to ))",
        rf"\b{_COUNT} of us\b",
        rf"{_ALONE}{_COUNT} (?:people|persons|guests|adults)\b",
    ),
    added=_any_case(rf"\b(?P<count>{COUNTED_APART})\b"),
    wants=_any_case(
        r"\b(?:book|booking|reserve|reservation|appointment|table|schedule|come|visit|see|quote|estimate"
        r"|looking (?:for|to)"
        r"|(?:i|we)(?:'d| would) (?:like|love)|(?:i|we) (?:need|want))\b"
    ),
    tells=_any_case(
        r"\b(?:since|last|ago|yesterday|was|were|did|had|been|went|came|got|bought|broke|told|said|left"
        r"|made|sent|paid|lost|saw|spoke|began|closed|not|every"
        r"|(?!need|indeed|interested|supposed)[a-z]{3,}ed)\b"
        r"|n't\b|^\W*(?:are|is|do|does|what|how|when|where|who|why)\b(?!.*\b(?:table|appointment|come|see)\b)"
    ),
    of_before=_any_case(
        r"\b(?:cancel|(?<!a )(?<!my )(?<!our )(?<!the )move(?! (?:in|out|house)\b)|reschedule|change|postpone|(?:i|we)(?:'ve| have)(?: got)? (?:an?|my|our))\b"
    ),
    denied=_any_case(r"\bnot [^,.;]*"),
    day=_any_case(
        rf"\b(?:today|tonight|tomorrow|{'|'.join(WEEKDAY_NAMES)}"
        rf"|(?:{_MONTHS}) (?:the )?\w+|(?:\d+(?:st|nd|rd|th)|\w+(?:st|nd|rd|th|first|second|third)) of (?:{_MONTHS}))\b"
    ),
    clauses=_any_case(r"[,.;!?]\s+|\s+(?:but|because|and (?=i\b|we\b|my\b|it\b))\s*"),
)

_ZAHL = "|".join(
    sorted((word for word, one in GERMAN_WORDS.numbers.items() if one.isdecimal()), key=len)[::-1]
)
_ANZAHL = rf"(?P<count>\d{{1,3}}|{_ZAHL})"
_LEUTE = r"(?:erwachsene[nr]?|kinder(?:n)?|kind|babys?|personen|person|jugendliche|senioren)"
_GRUPPE = rf"(?:\d{{1,3}}|eine?[nm]?|{_ZAHL}) {_LEUTE}"
_ALLEIN = r"(?<!\boder )(?<!\bbis )(?<!\bund )(?<![-–.,\w])"
_MONATE = "|".join(GERMAN_WORDS.month_names)
_TAGE = "|".join(GERMAN_WORDS.weekday_names)
GERMAN = Passing(
    count=_ANZAHL,
    alone=_ALLEIN,
    people=frozenset(
        "personen person gäste gast leute erwachsene teilnehmer besucher personenzahl".split()
    ),
    heads=(
        rf"\b(?:tisch|gruppe|familie|essen|karten|plätze|termin) (?:für|von|mit) {_ANZAHL}\b(?! ?(?:\d|:|uhr|oder |bis ))",
        r"\b(?P<count>zu (?:zweit|dritt|viert|fünft|sechst|siebt|acht|neunt|zehnt))\b",
        rf"\bwir sind {_ANZAHL}\b(?! ?(?:\d|:|uhr|oder |bis |jahre|monate|wochen|tage))",
        rf"{_ALLEIN}{_ANZAHL} (?:personen|leute|gäste|erwachsene)\b",
    ),
    added=_any_case(rf"\b(?P<count>{_GRUPPE}(?:(?:,| und|, und) {_GRUPPE})+)\b"),
    wants=_any_case(
        r"\b(?:buchen|reservieren|reservierung|termin|tisch|anmelden|vorbeikommen|kommen|besichtig\w*|angebot|kostenvoranschlag"
        r"|(?:ich|wir) (?:möchten?|will|wollen|brauchen?|suchen?|bräuchten?)|hätten? (?:ich |wir )?(?:gerne?|lieber)|würden? (?:ich |wir )?gerne?)\b"
    ),
    tells=_any_case(
        r"\b(?:seit|letzte[nrsm]?|vor|gestern|vorgestern|war(?:en)?|hatten?|wurden?|nicht|keine?[nrsm]?|jede[nrsm]?"
        r"|habe[n]?(?! sie)|bin|ge\w{3,}(?:t|en)(?<!gerne)(?<!gegen)|\w+iert)\b"
        r"|^\W*(?:haben sie|sind sie|gibt es|was|wie|wann|wo|wer|warum)\b"
    ),
    of_before=_any_case(
        r"\b(?:absagen|stornieren|verschieben|verlegen|ändern|umbuchen|(?:ich habe|wir haben|habe ich|haben wir) (?:einen?|meinen?|unseren?))\b"
    ),
    denied=_any_case(r"\b(?:nicht|kein\w*) [^,.;]*"),
    day=_any_case(
        rf"\b(?:heute|übermorgen|(?<!guten )morgen|(?:{_TAGE})|sonnabend|(?:\d{{1,2}}\.|\w+ten|\w+te) (?:{_MONATE}))\b"
    ),
    clauses=_any_case(r"(?<!\d)[,.;!?]\s+|\s+(?:aber|weil|und (?=ich\b|wir\b|mein|es\b))\s*"),
)
PASSING = {"en": ENGLISH, "de": GERMAN}
"""By ISO 639-1; in another language nothing is taken in passing."""
