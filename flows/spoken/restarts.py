"""Second thoughts in the middle of an answer: "Friday, no wait, Saturday", "Mike, sorry, Michael Jones".

Callers correct themselves before anybody else can. Addresses and numbers have their own rules
(`email.wording`, `phone`), for there it is often a group or a domain that is said again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

KINDS = frozenset({"name", "company", "date", "number", "money", "address", "choice", "code"})
"""Kinds in which what was said last is meant."""
_WORDS = frozenset({"name", "company", "address"})
"""Kinds made of words, where a "no" may belong to the value: "Sara, no H"."""

_SURE = (
    r"(?:no|oh|wait|uh|um)[, .]+(?:no|wait|sorry|actually|make (?:that|it)|i mean(?:t)?)|(?:oh,? )?sorry|i mean(?:t)?|or rather"
    r"|scratch that|correction|make that|make it|actually|hold on|hang on|wait"
    r"|let me (?:start|try|say)(?: that| it)?(?: over| again)"
)
_AFTER = r"(?:[\s,.;]+(?:no|it's|it is|that's|make (?:it|that)|rather|i mean(?:t)?|sorry|actually)\b)*[\s,.;]*"
_MARK = re.compile(rf"[\s,.;–-]+(?:{_SURE}|no(?=[,.]))\b{_AFTER}", re.IGNORECASE)
_ANY_MARK = re.compile(rf"[\s,.;–-]+(?:{_SURE}|no)\b{_AFTER}", re.IGNORECASE)

_NOT_THIS = re.compile(
    r"^\W*(?:(?:no|sorry|oh)\W+)*not (?:at |on )?[^,.;]*\w[,;.]\s+(?:but )?(?=\w)", re.IGNORECASE
)
_NOT_THAT = re.compile(r",? not (?:the |an? )?[\w-]+\W*$", re.IGNORECASE)
_FALSE_START = re.compile(r"\b([^\W\d_]{1,6})(?:[-–—]|…|\.\.\.)[\s,]+(?=\1[^\W\d_])", re.IGNORECASE)
""" "Su- Susan": a word broken off and said again."""


def without_false_starts(text: str) -> str:
    """`text` without the beginnings of words that were broken off."""
    return _FALSE_START.sub("", text)


def without_denied(kind: str, text: str) -> str:
    """ "Not four, five" and "five, not four" without what is not meant; dates have rules of their
    own, and "not" may belong to a name."""
    if kind not in ("email", "number", "money", "address"):
        return text
    meant = _NOT_THIS.sub("", text, count=1)
    return _NOT_THAT.sub("", meant) if kind in ("number", "money") else meant


def second_thoughts(kind: str, text: str) -> Iterator[tuple[str, str]]:
    """What was said before and after each place where the caller corrects themselves, the last
    first."""
    mark = _MARK if kind in _WORDS else _ANY_MARK
    for found in reversed(list(mark.finditer(text))):
        before, after = text[: found.start()], text[found.end() :]
        if re.search(r"\w", before) and re.search(r"\w", after):
            yield before, after
