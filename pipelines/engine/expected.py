"""A name or an address where a decoder wrote a sentence: what was asked for, in its usual form.

Over a telephone "David Wilson" is "Maybe we'll turn" to a decoder that knows nothing of the
question. A grammar holds what people answer: a lead-in and names that many people have, or such an
address at one of the large providers. Its likeliest reading of the same encoding (`grammar`,
`stepping`) is one more reading where it is likely in itself, and not much less so than the text:
sentences have none. What is rarer is left to its spelling.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, product
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from pipelines.engine.decoder import SAMPLE_RATE, Decoder
from pipelines.engine.forms import FORMS
from pipelines.engine.grammar import Grammar, Phrase, Tokens
from pipelines.engine.layers import Floats
from pipelines.engine.letters import DIGITS, FRAME_SAMPLES, TAIL_FRAMES, TEENS, TENS
from pipelines.engine.process import progress
from pipelines.engine.stepping import Readings, Steps

LANGUAGE = "en"
_NAMES = Path(__file__).with_name("names") / "en.txt"
"""First names, an empty line, and last names, the commonest first (census of the United States,
1990)."""
USUAL = 0.5
"""Weight of how usual a name is,"""
COMMON = 50
"""and how many are about as usual as the first."""
MOST_SECONDS = 8.0
MOST_WORDS = 18
"""What is longer holds more than a name or an address."""
LEAST_NAME = -2.1
MARGIN_NAME = 2.4
LEAST_ADDRESS = -1.6
MARGIN_ADDRESS = 2.0
"""How likely a reading must be, and how much less than the text it may be (log probability, mean of
its tokens). Sentences heard as addresses have -2.3 and less, and hardly one is heard as two names
above -2.4; lower limits find more wrong names than right ones."""
LEAST_ALONE = -1.2
MARGIN_ALONE = 0.7
"""One name alone is found in many a sentence ("Hugh" in "Thank you")."""

_WORD = re.compile(r"[a-z']+")
_SPELLED = re.compile(r"\b[A-Za-z]\b\W+\b[A-Za-z]\b\W+\b[A-Za-z]\b")

_NAME_LEADS = (
    "My name is", "This is", "It's", "I'm", "Yes, it's", "Hi, my name is", "You can call me",
    "Sure, it's", "The name is", "It is", "I am", "Yes, this is", "Hello, my name is",
    "Hi, this is",
)  # fmt: skip
_ADDRESS_LEADS = (
    "My email is", "It's", "Sure,", "You can reach me at", "My email address is",
    "The email address is", "The email is", "That's", "Yes, it's", "It is",
)  # fmt: skip
_SIGNS = ("dot", "underscore", "dash", "hyphen")
_ROLES = (
    "info", "office", "contact", "sales", "support", "admin", "hello", "help", "mail", "service",
    "accounts", "billing", "booking", "team", "shop", "jobs", "home",
)  # fmt: skip
_DOMAINS = (
    "gmail dot com", "yahoo dot com", "hotmail dot com", "outlook dot com", "icloud dot com",
    "aol dot com", "A O L dot com", "example dot com", "yahoo dot co dot UK",
    "hotmail dot co dot UK", "live dot com", "comcast dot net",
)  # fmt: skip
_NUMBERS = (
    *DIGITS, *TEENS, *TENS, *(f"{ten} {digit}" for ten, digit in product(TENS, DIGITS[1:])),
    *(str(number) for number in range(100)),
)  # fmt: skip


@dataclass(frozen=True)
class _Kind:
    """Something that is asked for."""

    grammar: Grammar
    style: tuple[str, ...]
    """A sentence said before it, that sets the style."""
    words: frozenset[str]
    """What it is said with,"""
    marks: frozenset[str]
    """and what of these, if any, must be among it."""
    least: float
    """Least log probability (mean of its tokens),"""
    margin: float
    """and how much less likely than the text it may be."""

    def is_said(self, words: Iterable[str]) -> bool:
        """True when a text of these words is one as it is."""
        said = set(words)
        return said <= self.words and not (self.marks and said.isdisjoint(self.marks))


class Expected:
    """Names and addresses in their usual form, heard by one model."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._kinds: dict[str, _Kind] = {}
        self._searching = threading.Lock()

    def reading(
        self, form: str, text: str, encoded: Any, samples: int, language: str
    ) -> str | None:
        """The name, or the address where `form` is "email", that was heard as `text` in audio
        `samples` long; None where the text is one, or none was said."""
        if language != LANGUAGE or not text or _SPELLED.search(text):
            return None
        seconds = samples / SAMPLE_RATE
        words = _WORD.findall(text.casefold())
        if seconds > MOST_SECONDS or len(words) > MOST_WORDS:
            return None
        kind = self._kind(form)
        if kind.is_said(words):
            return None
        found = self._likeliest(
            kind, np.array(encoded)[0][: samples // FRAME_SAMPLES + TAIL_FRAMES]
        )
        if found is None:
            return None
        tokens, likely = found
        said = self._decoder.text_of(tokens, LANGUAGE)
        least, margin = kind.least, kind.margin
        if not kind.marks and len(_names(said)) < 2:
            least, margin = LEAST_ALONE, MARGIN_ALONE
        if likely < least:
            return None
        by_text = self._decoder.likelihood(encoded, text, LANGUAGE, seconds)
        by_form = self._decoder.likelihood(encoded, said, LANGUAGE, seconds)
        return said if fmean(by_form) >= fmean(by_text) - margin else None

    def _likeliest(self, kind: _Kind, states: Floats) -> tuple[Tokens, float] | None:
        """What was likeliest said of a kind, and its mean log probability. One at a time: the
        weights take 48 MB while they are used, and a twentieth of a second to read."""
        prompt = self._decoder.prompt(LANGUAGE, hints=kind.style)
        end = self._decoder.end_of_text(LANGUAGE)
        with self._searching:
            progress()
            steps = Steps.of_model(self._decoder.folder, [*kind.grammar.tokens, *prompt, end])
            if steps is None:
                return None
            readings = Readings(steps, states)

            def go_on(tokens: Sequence[Sequence[int]], after: Sequence[int]) -> Floats:
                progress()
                return readings.go_on(tokens, after)

            found = kind.grammar.likeliest(go_on, prompt, end, steps.row, kind.least)
        return found[0] if found else None

    def _kind(self, form: str) -> _Kind:
        """Made when it is first wanted."""
        if form not in self._kinds:
            first, last = (part.split() for part in _NAMES.read_text("ascii").split("\n\n"))
            make = _address if form == "email" else _name
            self._kinds[form] = make(_Phrases(self._decoder), first, last)
        return self._kinds[form]


def _names(text: str) -> list[str]:
    """The words of a name without what leads in."""
    lead = max((one for one in _NAME_LEADS if text.startswith(one)), key=len, default="")
    return _WORD.findall(text[len(lead) :].casefold())


class _Phrases:
    """Phrases of a grammar, as a decoder writes them."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder

    def to(self, place: str, *phrases: str) -> list[Phrase]:
        return [(self._tokens(phrase), place, 0.0) for phrase in phrases]

    def names(self, place: str, names: Sequence[str], *, capital: bool) -> list[Phrase]:
        """Names, the commonest first, each with how usual it is."""
        return [
            (
                self._tokens(name.capitalize() if capital else name),
                place,
                -USUAL * math.log1p(rank / COMMON),
            )
            for rank, name in enumerate(names)
        ]

    def _tokens(self, phrase: str) -> tuple[int, ...]:
        return tuple(self._decoder.tokens_of(phrase, LANGUAGE))


def _name(phrases: _Phrases, first: Sequence[str], last: Sequence[str]) -> _Kind:
    name = [
        *phrases.names("first", first, capital=True),
        *phrases.names("whole", last, capital=True),
    ]
    grammar = Grammar(
        {
            Grammar.START: [*phrases.to("name", *_NAME_LEADS), *name],
            "name": name,
            "first": phrases.names("whole", last, capital=True),
        },
        ["first", "whole"],
    )
    words = {*first, *last, *_words_of(_NAME_LEADS)}
    return _Kind(grammar, (), frozenset(words), frozenset(), LEAST_NAME, MARGIN_NAME)


def _address(phrases: _Phrases, first: Sequence[str], last: Sequence[str]) -> _Kind:

    def part(place: str, *, capital: bool = False) -> list[Phrase]:
        named = (phrases.names(place, names, capital=capital) for names in (first, last))
        roles = (one.capitalize() if capital else one for one in _ROLES)
        return [*chain.from_iterable(named), *phrases.to(place, *roles)]

    at = phrases.to("at", "at")
    number = phrases.to("number", *_NUMBERS)
    grammar = Grammar(
        {
            Grammar.START: [
                *phrases.to("part", *_ADDRESS_LEADS),
                *part("one"),
                *part("one", capital=True),
            ],
            "part": part("one"),
            "one": [*phrases.to("second", *_SIGNS), *number, *at],
            "second": part("two"),
            "two": [*phrases.to("third", *_SIGNS), *number, *at],
            "third": part("three"),
            "three": [*number, *at],
            "number": [*number, *at],
            "at": phrases.to("whole", *_DOMAINS),
        },
        ["whole"],
    )
    words = {*first, *last, *_ROLES, *_words_of([*_ADDRESS_LEADS, *_SIGNS, *_DOMAINS, *_NUMBERS])}
    providers = frozenset(domain.partition(" dot ")[0].casefold() for domain in _DOMAINS)
    style = (FORMS["email"].sentence,)
    return _Kind(grammar, style, frozenset(words), providers, LEAST_ADDRESS, MARGIN_ADDRESS)


def _words_of(phrases: Iterable[str]) -> set[str]:
    return {word for phrase in phrases for word in _WORD.findall(phrase.casefold())}
