"""A name or an address where a decoder wrote a sentence: what was asked for, in its usual form.

Over a telephone "David Wilson" is "Maybe we'll turn" to a decoder that knows nothing of the
question. What people answer is a lead-in and names that many people have, or such an address at one
of the large providers: the likeliest of these by its sound (`phones`, `sounding`) is one more
reading, where hardly anything else would sound likelier. What is rarer is left to its spelling.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, product
from pathlib import Path

from pipelines.engine.recognition.decoder import SAMPLE_RATE
from pipelines.engine.recognition.layers import Floats
from pipelines.engine.recognition.letters import DIGITS, TEENS, TENS
from pipelines.engine.recognition.phones import Phones
from pipelines.engine.recognition.pronounced import Pronounced, words_of
from pipelines.engine.recognition.sounding import Way, Ways

LANGUAGE = "en"
_NAMES = Path(__file__).with_name("names") / "en.txt"
"""First names, an empty line, and last names, the commonest first (census of the United States,
1990)."""
USUAL = 1.5
"""Weight of how usual a name is,"""
COMMON = 50
"""and how many are about as usual as the first."""
ALONE = -3.0
"""How usual it is (natural log) to say one name of two,"""
RARER_SIGN = -1.0
"""and "underscore", where "dot" is usual,"""
NUMBERED = -2.0
"""and a number in an address."""
MOST_UNLIKE = 12.0
"""How much less likely than the likeliest sounds a reading may be (natural log), with how usual it
is; sentences are 16 and more,"""
SURE = 6.0
"""but where a decoder heard another name or address, and for one name alone, which a short sentence
sounds like ("Sorry": "Corey"), it may be no more than this."""
MOST_SECONDS = 8.0
MOST_WORDS = 18
"""What is longer holds more than a name or an address."""

_WORD = re.compile(r"[a-z']+")
_SPELLED = re.compile(r"\b[A-Za-z]\b\W+\b[A-Za-z]\b\W+\b[A-Za-z]\b")

NAME_LEADS = (
    "My name is", "This is", "It's", "I'm", "Yes, it's", "Hi, my name is", "You can call me",
    "Sure, it's", "The name is", "It is", "I am", "Yes, this is", "Hello, my name is",
    "Hi, this is",
)  # fmt: skip
ADDRESS_LEADS = (
    "My email is", "It's", "Sure,", "You can reach me at", "My email address is",
    "The email address is", "The email is", "That's", "Yes, it's", "It is",
)  # fmt: skip
SIGNS = ("dot", "underscore", "dash", "hyphen")
ROLES = (
    "info", "office", "contact", "sales", "support", "admin", "hello", "help", "mail", "service",
    "accounts", "billing", "booking", "team", "shop", "jobs", "home",
)  # fmt: skip
DOMAINS = (
    "gmail dot com", "yahoo dot com", "hotmail dot com", "outlook dot com", "icloud dot com",
    "A O L dot com", "example dot com", "yahoo dot co dot U K", "hotmail dot co dot U K",
    "live dot com", "comcast dot net",
)  # fmt: skip
NUMBERS = (
    "oh", *DIGITS, *TEENS, *TENS, *(f"{ten} {digit}" for ten, digit in product(TENS, DIGITS[1:])),
)  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What was likeliest said."""

    text: str
    alone: bool
    """It is one name, as many a word may be."""


class Expected:
    """Names and addresses in their usual form, heard by networks of phones."""

    def __init__(self, phones: Phones) -> None:
        self._phones = phones
        self._ways: dict[str, Ways] = {}

    def reading(
        self, form: str, text: str, states: Floats, samples: int, language: str
    ) -> Reading | None:
        """The name, or the address where `form` is "email", that was heard as `text` (which may be
        empty) in encoder `states` (frames x width) of audio `samples` long; None where none was
        said."""
        if language != LANGUAGE or _SPELLED.search(text):
            return None
        if samples > MOST_SECONDS * SAMPLE_RATE or len(text.split()) > MOST_WORDS:
            return None
        found = self._of(form).nearest(self._phones.hear(states, samples))
        if found is None:
            return None
        said, unlike = found
        alone = form != "email" and len(said) - (said[0] in NAME_LEADS) < 2
        if unlike > (SURE if alone or self._is_one(form, text) else MOST_UNLIKE):
            return None
        return Reading(_written(said, capital=form != "email"), alone)

    def _is_one(self, form: str, text: str) -> bool:
        """True when a text holds nothing but words of such a name or address."""
        words = _WORD.findall(text.casefold())
        return bool(words) and _words(form).issuperset(words)

    def _of(self, form: str) -> Ways:
        """Made when they are first wanted."""
        if form not in self._ways:
            first, last = (part.split() for part in _NAMES.read_text("ascii").split("\n\n"))
            make = _addresses if form == "email" else _names
            self._ways[form] = make(Pronounced.stored(), first, last)
        return self._ways[form]


def _written(phrases: Sequence[str], *, capital: bool) -> str:
    """As a sentence; names of people have a capital."""
    said = (phrase.title() if capital and phrase.islower() else phrase for phrase in phrases)
    return " ".join(said)


@cache
def _words(form: str) -> frozenset[str]:
    """All words of a name or an address."""
    phrases = (*ADDRESS_LEADS, *SIGNS, *ROLES, *DOMAINS, *NUMBERS, "at", "aol", "uk")
    said = " ".join(phrases if form == "email" else NAME_LEADS).casefold()
    return frozenset({*_NAMES.read_text("ascii").split(), *_WORD.findall(said)})


def words_sought() -> set[str]:
    """All that is sought."""
    phrases = chain(NAME_LEADS, ADDRESS_LEADS, SIGNS, ROLES, DOMAINS, NUMBERS, ["at"])
    return {*_NAMES.read_text("ascii").split(), *chain.from_iterable(map(words_of, phrases))}


def _by_rank(
    said: Pronounced, onward: str, names: Sequence[str], usual: float = 0.0
) -> Iterator[Way]:
    """Names, the commonest first, each with how usual it is."""
    for rank, name in enumerate(names):
        yield from said.ways(onward, name, usual=usual - USUAL * math.log1p(rank / COMMON))


def _names(said: Pronounced, first: Sequence[str], last: Sequence[str]) -> Ways:
    return Ways(
        {
            Ways.START: [_nothing("name"), *said.ways("name", *NAME_LEADS)],
            "name": [*_by_rank(said, "first", first), *_by_rank(said, "whole", last, ALONE)],
            "first": [_nothing("whole", ALONE), *_by_rank(said, "whole", last)],
        },
        ["whole"],
    )


def _addresses(said: Pronounced, first: Sequence[str], last: Sequence[str]) -> Ways:
    def part(onward: str) -> Iterator[Way]:
        yield from _by_rank(said, onward, first)
        yield from _by_rank(said, onward, last)
        yield from said.ways(onward, *ROLES, usual=-USUAL)

    signs = [
        *said.ways("second", SIGNS[0]),
        *said.ways("second", *SIGNS[1:], usual=RARER_SIGN),
    ]
    number = list(said.ways("number", *NUMBERS, usual=NUMBERED))
    at = list(said.ways("at", "at"))
    return Ways(
        {
            Ways.START: [_nothing("part"), *said.ways("part", *ADDRESS_LEADS)],
            "part": part("one"),
            "one": [*signs, *number, *at],
            "second": part("two"),
            "two": [*number, *at],
            "number": [*number, *at],
            "at": said.ways("whole", *DOMAINS),
        },
        ["whole"],
    )


def _nothing(onward: str, usual: float = 0.0) -> Way:
    return Way("", (), onward, usual)
