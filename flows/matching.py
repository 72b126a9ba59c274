"""Which of a few things did the caller mean? By words, by likeness of sound, by meaning, by key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from rapidfuzz import fuzz

from flows.spoken.languages.known import in_english
from flows.spoken.numbers import number_by_sound, parse_number
from flows.spoken.party import party_size
from flows.spoken.restarts import second_thoughts
from flows.spoken.words import ORDINALS
from flows.texts import Localised, Variants

if TYPE_CHECKING:
    from flows.cursor import Cursor

CLOSE_ENOUGH = 88
"""Likeness (0..100) at which a misheard word still counts as an option's word."""
MIN_FUZZY_LENGTH = 5
"""Short words resemble too many others."""
MIN_INFLECTED = 4
"""Shorter words with an ending are too often others ("fire", but not "car" in "cared")."""
CLEAR_LEAD = 0.06
"""By so much the best likeness by meaning must exceed the next to be a choice."""

MIN_QUESTION_WORDS = 3
_QUESTION = re.compile(
    r"\?\s*$|^\W*(?:so |and |well |um |hi |hello |okay |ok |wait |sorry |but |actually )*"
    r"(?:what(?! an? )|how|when|where|who|why|which|do|does|did|is|are|can|could|will|would|should"
    r"|tell me|i have a question about|i(?:'d| would) like to know"
    r"|was|wie|wann|wo|wer|warum|welche[rs]?|kann|können|gibt es|haben sie)\b",
    re.IGNORECASE,
)
_OPEN_QUESTION = re.compile(
    r"^\W*(?:so |and |well |um |but |okay |ok )*"
    r"(?:what(?! about| an? )|how(?! about)|when|where|who|why|which"
    r"|was|wie|wann|wo|wer|warum|welche[rs]?)\b",
    re.IGNORECASE,
)
_CARDINALS = "one two three four five six seven eight nine"
_GERMAN_CARDINALS = "eins zwei drei vier fünf sechs sieben acht neun"
_PLACES = {
    **{word: place for place, word in enumerate(ORDINALS[:9])},
    **{word: place for place, word in enumerate(_CARDINALS.split())},
    **{word: place for place, word in enumerate(_GERMAN_CARDINALS.split())},
    **{str(place + 1): place for place in range(9)},
    **{f"{place + 1}{end}": place for place, end in enumerate(("st", "nd", "rd", *("th",) * 6))},
    "former": 0,
    "erste": 0, "ersten": 0, "zweite": 1, "zweiten": 1, "dritte": 2, "dritten": 2,
}  # fmt: skip
_LAST = frozenset({"last", "final", "latter", "letzte", "letzten"})
_AROUND = (
    r"(?:um|uh|er|well|so|oh|okay|ok|yes|yeah|sure|i|i'd|i'll|i'm|it's|its|that's|think|guess|would|will|want"
    r"|like|take|choose|pick|prefer|go|going|with|have|let's|for|say|said|be|is|to|das|die|der|den|ich|nehme)"
)
_PLACE = re.compile(
    rf"(?:{_AROUND} )*(?:(?:the )?(?P<ordinal>first|second|third|fourth|fifth|sixth|seventh|eighth"
    r"|ninth|1st|2nd|3rd|[4-9]th|last|final|former|latter|erste[n]?|zweite[n]?|dritte[n]?|letzte[n]?)"
    r"(?: (?:one|option|choice|thing|answer))?"
    r"|(?:(?:the )?(?:number|option|choice|answer|nummer) )?"
    r"(?P<cardinal>one|two|three|four|five|six|seven|eight|nine|eins|zwei|drei|vier|fünf|sechs|sieben"
    r"|acht|neun|[1-9]))"
    r"(?: (?:please|then|thanks|thank you|bitte))*"
)
_NOT_MEANT = re.compile(
    r"(?:\b(?<!why )(?:not|nicht|kein(?:e[nmrs]?)?|instead of|rather than|anything but|except)"
    r"|\b(?:don't|do not|didn't) (?:want|need|mean)(?: to)?)"
    r"(?: (?:really|in|on|at|for|to|about|the|a|an|my|any|der|die|das|den|am))* $"
)
"""Before an option that is not meant: "not the morning", "I don't want a repair"."""
MOSTLY_THE_OPTION = 0.6
"""An option's own words choose it even as a question: "what is my home worth?"."""


class Choosable(Protocol):
    """What options, choices and exits have in common."""

    @property
    def name(self) -> str: ...
    @property
    def words(self) -> Localised: ...
    @property
    def keys(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Match:
    """The option chosen (its index) and by what: `words`, `place`, `sound`, `count`, `meaning`."""

    index: int
    by: str
    share: float = 1.0
    """How much of what was said is the option's own words (0..1)."""


def is_question(text: str) -> bool:
    """True when the caller asks about something."""
    return len(text.split()) >= MIN_QUESTION_WORDS and _QUESTION.search(text) is not None


def asks_about(text: str, match: Match | None) -> bool:
    """True for "how much is an oil change?": it names an option, but asks rather than chooses."""
    if match is None:
        return is_question(text)
    return match.share < MOSTLY_THE_OPTION and _OPEN_QUESTION.search(text) is not None


def normal(text: str) -> str:
    """Words in lower case with single spaces: what is compared."""
    return " ".join(re.findall(r"[\w']+", text.casefold()))


def match_words(vocabulary: Sequence[Variants], text: str) -> Match | None:
    """The one entry whose words are in the text, or else whose place ("the second one"); None when
    none or several fit equally well.

    The longest phrase wins: "speak to a person" is more telling than "a call" in one sentence.
    """
    said = normal(text)
    found = [_longest_said(words, said) for words in vocabulary]
    by = "words"
    place = None if any(found) else place_named(said, len(vocabulary))
    if place is not None:
        return Match(place, "place")
    if not any(found):
        found, by = [_likeness(words, said) for words in vocabulary], "sound"
    best = max(found, default=0)
    winners = [index for index, length in enumerate(found) if length == best and best]
    if len(winners) != 1:
        return None
    share = best / max(1, len(said)) if by == "words" else 1.0
    return Match(winners[0], by, min(1.0, share))


_OR = re.compile(r"\b(?:or|oder)\b", re.IGNORECASE)
_AND = re.compile(r"\b(?:and|und|plus)\b|&", re.IGNORECASE)
_GLUE = "_"


def several_named(vocabulary: Sequence[Variants], text: str) -> tuple[int, ...]:
    """The entries between which the words leave the choice: "morning or afternoon", "repair and
    service"; none where they choose one, or where something else stands beside the "or"."""
    for joint, by in ((_OR, ("words", "sound", "count")), (_AND, ("words",))):
        own = [word for words in vocabulary for word in map(normal, words) if joint.search(word)]
        parts = joint.split(_glued(text, own, joint))
        found = [
            match_words([_glued_words(words, joint) for words in vocabulary], part)
            for part in parts
        ]
        chosen = dict.fromkeys(one.index for one in found if one and one.by in by)
        if len(chosen) > 1 and all(found):
            return tuple(chosen)
    return ()


def _glued(text: str, phrases: list[str], joint: re.Pattern[str]) -> str:
    """`text` with each phrase as one word: the "and" of "bed and breakfast" joins nothing."""
    for phrase in phrases:
        text = re.sub(
            rf"\b{re.escape(phrase)}\b", _GLUE.join(joint.split(phrase)), text, flags=re.I
        )
    return text


def _glued_words(words: Variants, joint: re.Pattern[str]) -> Variants:
    return tuple(_GLUE.join(joint.split(normal(word))) for word in words)


def place_named(said: str, count: int) -> int | None:
    """Index of the option that "the second one", "number two" or "the last" means, of `count`;
    None where no place is named, more than a place is said, or there is no such option."""
    match = _PLACE.fullmatch(said)
    if match is None:
        return None
    word = match["ordinal"] or match["cardinal"] or ""
    place = count - 1 if word in _LAST else _PLACES.get(word, count)
    if word in ("former", "latter") and count != 2:
        return None
    return place if 0 <= place < count else None


def match_count(vocabulary: Sequence[Variants], text: str) -> Match | None:
    """The entry that is a number which the text means without saying it: "me and my wife"."""
    count = party_size(text) or number_by_sound(text)
    if count is None:
        return None
    numbers = [{parse_number(one) for one in words if one.isalnum()} for words in vocabulary]
    found = [index for index, values in enumerate(numbers) if count in values]
    return Match(found[0], "count") if len(found) == 1 else None


def match_meaning(
    names: Sequence[str], scores: Mapping[str, float], threshold: float
) -> Match | None:
    """The one entry that is clearly the most alike in meaning; None when none is."""
    ranked = sorted(
        ((scores.get(name, 0.0), -index) for index, name in enumerate(names)), reverse=True
    )
    if not ranked or ranked[0][0] < threshold:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < CLEAR_LEAD:
        return None
    return Match(-ranked[0][1], "meaning")


def match(
    options: Sequence[Choosable],
    cursor: Cursor,
    text: str,
    scores: Mapping[str, float],
    threshold: float,
) -> Match | None:
    """The option that the words, or else their meaning (`scores` by name), choose."""
    words = vocabulary(options, cursor)
    if several_named(words, text):
        return None
    for _, after in second_thoughts("choice", in_english(text, cursor.language)):
        if found := match_words(words, after):
            return found
    count = in_english(text, cursor.language, "number")
    found = match_words(words, text) or match_count(words, count)
    if found := found or (match_words(words, count) if count != text else None):
        return found
    left = {
        item.name: scores.get(item.name, 0.0)
        for item, said in zip(options, words, strict=True)
        if not is_denied(said, text)
    }
    return match_meaning([item.name for item in options], left, threshold)


def match_key(options: Sequence[Choosable], key: str) -> int | None:
    """The entry that a key chooses."""
    return next((index for index, item in enumerate(options) if key in item.keys), None)


def vocabulary(options: Sequence[Choosable], cursor: Cursor) -> list[Variants]:
    """Each option's name and words in the language of the conversation."""
    return [
        tuple(word for word in (item.name, *cursor.variants(item.words)) if word)
        for item in options
    ]


def option_said(option: Choosable, language: str, own: str) -> str:
    """What an option is called in `language`: its first word there, where its name is the flow's
    `own`."""
    words = option.words if isinstance(option.words, dict) else {}
    translated = words.get(language) or words.get(language.partition("-")[0]) or ()
    named = bool(translated) and language != own and not option.name.isdecimal()
    return translated[0] if named else option.name


def examples_of(options: Sequence[Choosable], cursor: Cursor) -> dict[str, Variants]:
    """Options by name with the ways to say them, for `Listen.options`."""
    return {
        item.name: (*words, *cursor.variants(getattr(item, "examples", ())))
        for item, words in zip(options, vocabulary(options, cursor), strict=True)
        if item.name
    }


def _meant(wanted: str, said: str) -> list[bool]:
    """For each place where an option's word was said, whether it was meant: not "not the morning".

    A word may have endings: "flooded" for "flood".
    """
    endings = r"(?:s|es|d|ed|ing)?" if len(wanted) >= MIN_INFLECTED else ""
    places = re.finditer(rf"\b{re.escape(wanted)}{endings}\b", said) if wanted else ()
    return [not _NOT_MEANT.search(said[: place.start()]) for place in places]


def _longest_said(words: Variants, said: str) -> int:
    """Characters of the longest of `words` that was said and meant."""
    return max(
        (len(wanted) for wanted in map(normal, words) if any(_meant(wanted, said))), default=0
    )


def is_denied(words: Variants, text: str) -> bool:
    """True when one of the words was said only as what is not meant: "not the morning"."""
    said = normal(text)
    meant = [one for word in words for one in _meant(normal(word), said)]
    return bool(meant) and not any(meant)


def _likeness(words: Variants, said: str) -> int:
    likeness = max(
        (
            fuzz.ratio(word.casefold(), part)
            for word in words
            if len(word) >= MIN_FUZZY_LENGTH and not is_denied((word,), said)
            for part in said.split()
        ),
        default=0.0,
    )
    return round(likeness) if likeness >= CLOSE_ENOUGH else 0
