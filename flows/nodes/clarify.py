"""`clarify`: which of a few things does the caller want?"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from flows.actions import Expectation
from flows.cursor import Cursor
from flows.model import ClarifyNode, Option
from flows.nodes.common import climb_no_match, leave_lost

CLOSE_ENOUGH = 88
"""Likeness (0..100) at which a misheard word still counts as an option's word."""
MIN_FUZZY_LENGTH = 5
"""Short words resemble too many others."""

MIN_QUESTION_WORDS = 3
"""A sentence that chooses nothing may still be a question, misheard: the knowledge is asked."""

_QUESTION = re.compile(
    r"\?\s*$|^\W*(?:so |and |well |um |hi |hello |okay |ok )*"
    r"(?:what|how|when|where|who|why|which|do|does|did|is|are|can|could|will|would|should"
    r"|tell me|i have a question about|i(?:'d| would) like to know)\b",
    re.IGNORECASE,
)


def is_question(text: str) -> bool:
    """True when the caller asks about something."""
    return len(text.split()) >= MIN_QUESTION_WORDS and _QUESTION.search(text) is not None


def match_option(options: tuple[Option, ...], text: str) -> Option | None:
    """The one option the words choose; None when none or several fit."""
    said = " ".join(re.findall(r"[\w']+", text.casefold()))
    longest: dict[str, int] = {}
    for option in options:
        for word in (option.name, *option.words):
            wanted = " ".join(re.findall(r"[\w']+", word.casefold()))
            if not wanted or not re.search(rf"\b{re.escape(wanted)}\b", said):
                continue
            longest[option.name] = max(longest.get(option.name, 0), len(wanted))
    if not longest:
        longest = _fuzzy(options, said)
    # "speak to a person" is more telling than "a call" inside the same sentence.
    best = max(longest.values(), default=0)
    winners = [option for option in options if longest.get(option.name) == best and best]
    return winners[0] if len(winners) == 1 else None


def _fuzzy(options: tuple[Option, ...], said: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for option in options:
        for word in (option.name, *option.words):
            if len(word) < MIN_FUZZY_LENGTH:
                continue
            likeness = max(
                (fuzz.ratio(word.casefold(), part) for part in said.split()), default=0.0
            )
            if likeness >= CLOSE_ENOUGH:
                found[option.name] = max(found.get(option.name, 0), round(likeness))
    return found


def enter(cursor: Cursor, node: ClarifyNode, visit: int) -> None:
    cursor.say(node.question, turn=visit, interruptible=node.interruptible)
    cursor.listen(Expectation.CHOICE, no_input_ms=node.no_input_ms, hints=node.hints)


def said(cursor: Cursor, node: ClarifyNode, text: str) -> None:
    option = match_option(node.options, text)
    asked = is_question(text) or (option is None and len(text.split()) >= MIN_QUESTION_WORDS)
    if node.questions and asked and (option is None or option.next == node.questions):
        cursor.note("asked something")
        cursor.set(question=text)
        cursor.go(node.questions)
    elif option:
        cursor.note(f"chose {option.name}")
        cursor.go(option.next)
    elif not climb_no_match(cursor, node.no_match):
        leave_lost(cursor, node.no_match)


def key(cursor: Cursor, node: ClarifyNode, pressed: str) -> None:
    for option in node.options:
        if pressed in option.keys:
            cursor.note(f"chose {option.name} by key")
            cursor.go(option.next)
            return
    if not climb_no_match(cursor, node.no_match):
        leave_lost(cursor, node.no_match)
