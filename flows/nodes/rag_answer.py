"""`rag_answer`: questions, answered from the account's knowledge.

Phases: `invite` (waiting for the first question), `waiting` (for the answer), `more` (for another),
`go_ahead` and `invited` (after a yes that asked nothing, and another).
"""

from __future__ import annotations

import re

from flows.actions import Expectation, Retrieve
from flows.cursor import Cursor
from flows.events import AnswerReady, CallerSaid
from flows.matching import match_key, match_words, vocabulary
from flows.model import RagAnswerNode
from flows.nodes.common import climb_no_match, leave_lost
from flows.placeholders import unbraced
from flows.spoken.yesno import parse_yes_no

_NOTHING_MORE = re.compile(
    r"^\W*(?:no\W+)?(?:that(?:'s| is| was|'ll be| will be) (?:all|it|everything)|nothing(?: else| more)?"
    r"|i(?:'m| am) (?:good|fine|done|all set)|all good|not? (?:really|right now)"
    r"|no more questions?|that answers (?:it|my question)"
    r"|das (?:war|ist) alles|nichts (?:mehr|weiter)|nein(?: danke)?)\b",
    re.IGNORECASE,
)
_ACKNOWLEDGED = re.compile(
    r"\W*(?:(?:oh|ah|aha|okay|ok|i see|all ?right|great|good(?: to know)?|got it|thanks|thank you|perfect|cool|interesting"
    r"|ach so|verstehe|verstanden|alles klar|gut|danke|super|prima|so|interessant)\b\W*)+",
    re.IGNORECASE,
)
_SHORT_WORDS = 4


def enter(cursor: Cursor, node: RagAnswerNode, visit: int) -> None:
    question = cursor.state.question
    cursor.set(unanswered=0)
    if question:
        cursor.set(question="")
        _look_up(cursor, node, question)
        return
    cursor.set(phase="invite")
    cursor.say(node.say, turn=visit, interruptible=node.interruptible)
    _listen(cursor, node)


def said(cursor: Cursor, node: RagAnswerNode, event: CallerSaid) -> None:
    text = event.text
    leaving = match_words(vocabulary(node.exits, cursor), text)
    short = len(text.split()) <= _SHORT_WORDS
    answer = parse_yes_no(text, cursor.language) if short else None
    if leaving and leaving.by == "words":
        _leave(cursor, node, leaving.index)
    elif _NOTHING_MORE.search(text) or answer is False or _acknowledged(cursor, text):
        cursor.note("no more questions")
        cursor.go(node.next)
    elif answer is True:
        _agreed(cursor, node)
    else:
        _look_up(cursor, node, text)


def _acknowledged(cursor: Cursor, text: str) -> bool:
    """ "Oh okay", after an answer: heard, and asks nothing more."""
    return cursor.state.phase == "more" and _ACKNOWLEDGED.fullmatch(text) is not None


def _agreed(cursor: Cursor, node: RagAnswerNode) -> None:
    """A yes that asks nothing: the first, and the one that many people say after it, are no failure."""
    if cursor.state.phase == "invited":
        if not climb_no_match(cursor, node.no_match):
            leave_lost(cursor, node.no_match)
        return
    if cursor.state.phase == "go_ahead":
        cursor.set(phase="invited")
        cursor.say(node.say)
    else:
        cursor.set(phase="go_ahead")
        cursor.say_phrase("go_ahead")
    _listen(cursor, node)


def key(cursor: Cursor, node: RagAnswerNode, pressed: str) -> bool:
    """Leave by a key; False when no exit has it."""
    index = match_key(node.exits, pressed)
    if index is not None:
        _leave(cursor, node, index)
    return index is not None


def answered(cursor: Cursor, node: RagAnswerNode, event: AnswerReady) -> None:
    cursor.set(phase="more", misses=0)
    if event.text:
        cursor.note(f"answered with score {event.score:.2f}")
        cursor.set(unanswered=0)
        _say_answer(cursor, node, event.text)
        _follow_up(cursor, node)
        return
    missed = cursor.state.unanswered + 1
    cursor.note("the knowledge has no answer")
    cursor.set(unanswered=missed)
    say_no_answer(cursor, node, missed - 1)
    if missed >= node.max_misses:
        cursor.go(node.no_answer_next or node.next)
    else:
        _follow_up(cursor, node)


def digressed(cursor: Cursor, node: RagAnswerNode, event: AnswerReady) -> None:
    """The answer to a question asked in the middle of something: say it, and nothing more."""
    if event.text:
        _say_answer(cursor, node, event.text)
    else:
        say_no_answer(cursor, node, 0)


def look_up(cursor: Cursor, node: RagAnswerNode, question: str) -> None:
    """Ask the node's sources."""
    cursor.act(
        Retrieve(
            request_id=cursor.request_id(),
            question=question,
            sources=node.sources,
            threshold=node.threshold,
        )
    )


def say_no_answer(cursor: Cursor, node: RagAnswerNode, turn: int) -> None:
    """Admit that the knowledge holds nothing."""
    if node.no_answer:
        cursor.say(node.no_answer, turn=turn)
    else:
        cursor.say_phrase("no_answer")


def _look_up(cursor: Cursor, node: RagAnswerNode, question: str) -> None:
    cursor.set(phase="waiting")
    look_up(cursor, node, question)


def _leave(cursor: Cursor, node: RagAnswerNode, index: int) -> None:
    cursor.note(f"left by exit {node.exits[index].name or index}")
    cursor.go(node.exits[index].next)


def _say_answer(cursor: Cursor, node: RagAnswerNode, text: str) -> None:
    # Knowledge is not a template: braces in it must not be taken for placeholders.
    cursor.say(unbraced(text), interruptible=node.interruptible)


def _follow_up(cursor: Cursor, node: RagAnswerNode) -> None:
    if node.follow_up:
        cursor.say(node.follow_up, turn=cursor.state.serial - 1)
    else:
        cursor.say_phrase("follow_up")
    _listen(cursor, node)


def _listen(cursor: Cursor, node: RagAnswerNode) -> None:
    cursor.listen(
        Expectation.OPEN,
        no_input_ms=node.no_input_ms,
        hints=node.hints,
        patience_ms=node.patience_ms,
    )
