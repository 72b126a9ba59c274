"""One of the few phrases that a question invites.

A decoder knows nothing of the question, and writes "Bye" for "five" and "Juan" for "one". Where its
text is short and holds none of the phrases, each is scored over the same encoding: one nearly as
likely as the text is what was said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from statistics import fmean

from pipelines.engine.recognition.belief import plain

MOST_WORDS = 4
"""A longer text, or phrase, holds more than a choice."""
MOST_PHRASES = 24
"""Each takes the decoder some 8 ms."""
CHOICE_MARGIN = 1.5
"""A phrase may be less likely than the text by this much (log probability, mean of its tokens)."""
ANSWER_MARGIN = 0.7
"""Less where yes or no was asked: to take one for what was said otherwise does more harm."""
WHOLE_MARGIN = 4.0
"""And by this much in all: the end of a long phrase follows from its beginning, and is likely."""
SPARE_SECONDS, LETTER_SECONDS = 1.2, 0.1
"""No phrase takes longer than this and so much a letter, with the silence around it: what did is
something else."""

Likelihood = Callable[[str], Sequence[float]]
"""Log probability of each token of a text, were it what was said."""


def phrase_heard(
    text: str, phrases: Sequence[str], margin: float, seconds: float, likelihood: Likelihood
) -> str | None:
    """The one of `phrases` that was said where `text` was heard in audio of so many `seconds`; None
    where `text` may be right, as a number that is none of them is."""
    if not 0 < len(text.split()) <= MOST_WORDS or re.search(r"\d", text):
        return None
    if any(_holds(text, phrase) for phrase in phrases):
        return None
    short = [
        phrase
        for phrase in phrases
        if len(phrase.split()) <= MOST_WORDS
        and seconds <= SPARE_SECONDS + LETTER_SECONDS * len(phrase)
    ]
    best = max(
        map(_as_written, short[:MOST_PHRASES]), key=lambda one: fmean(likelihood(one)), default=None
    )
    if best is None:
        return None
    phrase, heard = likelihood(best), likelihood(text)
    near = fmean(phrase) >= fmean(heard) - margin and sum(phrase) >= sum(heard) - WHOLE_MARGIN
    return best if near else None


def _holds(text: str, phrase: str) -> bool:
    return f" {plain(phrase)} " in f" {plain(text)} "


def _as_written(phrase: str) -> str:
    """As a sentence by itself."""
    return f"{phrase[:1].upper()}{phrase[1:]}."
