"""`clarify`: which of a few things does the caller want?"""

from __future__ import annotations

from flows.actions import Expectation
from flows.cursor import Cursor
from flows.events import CallerSaid
from flows.matching import (
    MIN_QUESTION_WORDS,
    Match,
    asks_about,
    examples_of,
    is_question,
    match,
    match_key,
)
from flows.model import ClarifyNode
from flows.nodes.common import climb_no_match, leave_lost


def enter(cursor: Cursor, node: ClarifyNode, visit: int) -> None:
    cursor.say(node.question, turn=visit, interruptible=node.interruptible)
    cursor.listen(
        Expectation.CHOICE,
        no_input_ms=node.no_input_ms,
        hints=node.hints,
        patience_ms=node.patience_ms,
        options=examples_of(node.options, cursor),
    )


def said(cursor: Cursor, node: ClarifyNode, event: CallerSaid) -> None:
    match = match_of(cursor, node, event)
    option = node.options[match.index] if match else None
    text = event.text
    # A sentence that chooses nothing may still be a question, misheard: the knowledge is asked.
    asked = asks_about(text, match) or (
        len(text.split()) >= MIN_QUESTION_WORDS
        and (option is None or (option.next == node.questions and is_question(text)))
    )
    if node.questions and asked:
        cursor.note("asked something")
        cursor.set(question=text)
        cursor.go(node.questions)
    elif option:
        cursor.note(f"chose {option.name}")
        cursor.go(option.next)
    else:
        missed(cursor, node)


def match_of(cursor: Cursor, node: ClarifyNode, event: CallerSaid) -> Match | None:
    """The option that the words, or else their meaning, choose."""
    return match(node.options, cursor, event.text, event.scores, node.meaning_threshold)


def key(cursor: Cursor, node: ClarifyNode, pressed: str) -> bool:
    """Choose by key; False when no option has it."""
    index = match_key(node.options, pressed)
    if index is None:
        return False
    cursor.note(f"chose {node.options[index].name} by key")
    cursor.go(node.options[index].next)
    return True


def missed(cursor: Cursor, node: ClarifyNode) -> None:
    """Nothing was chosen: ask again, or give up as the author says."""
    if climb_no_match(cursor, node.no_match, attempts=node.attempts):
        return
    if node.fallback:
        cursor.go(node.fallback)
    else:
        leave_lost(cursor, node.no_match)
