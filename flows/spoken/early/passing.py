"""What is named in passing, before it was asked for: "I'd like a table for four on Friday".

Only what can hardly mean anything else: a count beside what is counted, and one day in the words of
somebody who wants something then. A day on which something happened is none, nor one that is only
asked about ("are you open on Friday?"). The words of each language are in `early.words`; in a
language that has none there nothing is named in passing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from flows.spoken.early.words import PASSING, Passing


def counted_in(text: str, names: Iterable[str], language: str = "en") -> re.Match[str] | None:
    """Where `text` counts what a field of these `names` asks for ("count" is the number); None where
    nothing or more than one count is named."""
    words = _words_of(language)
    if words is None or words.of_before.search(text):
        return None
    things = {re.sub(r"^(?:number|amount) of ", "", name.casefold()) for name in names}
    heads = [rf"{words.alone}{words.count} {re.escape(thing)}\b" for thing in things]
    if any(words.people & set(thing.split()) for thing in things):
        if added := words.added.search(text):
            return added
        heads += words.heads
    found = [match for head in heads for match in re.finditer(head, text, re.IGNORECASE)]
    counts = {match["count"].casefold() for match in found}
    return found[0] if len(counts) == 1 else None


def day_wanted(text: str, language: str = "en") -> str | None:
    """The clause that names the one day for which something is wanted; None where there is none."""
    words = _words_of(language)
    if words is None or len(words.day.findall(text)) != 1:
        return None
    if not words.wants.search(text) or words.of_before.search(text):
        return None
    clause = next(part for part in words.clauses.split(text) if part and words.day.search(part))
    return None if words.tells.search(clause) else clause


def tells(text: str, language: str = "en") -> bool:
    """True for words about what happened, or was settled before."""
    words = _words_of(language)
    return words is not None and bool(words.tells.search(text) or words.of_before.search(text))


def is_wish(text: str, language: str = "en") -> bool:
    """True for the words of somebody who wants something, and tells of nothing else."""
    words = _words_of(language)
    if words is None or not words.wants.search(text):
        return False
    return not tells(words.denied.sub("", text), language)


def _words_of(language: str) -> Passing | None:
    return PASSING.get(language.partition("-")[0].casefold())
