"""`rag_answer`: questions, answered from the account's knowledge.

Phases: `invite` (waiting for the first question), `waiting` (for the answer), `more` (for another).
"""

from __future__ import annotations

import re

from flows.actions import Expectation, Retrieve
from flows.cursor import Cursor
from flows.events import AnswerReady
from flows.model import RagAnswerNode
from flows.nodes.common import climb_no_match, leave_lost
from flows.spoken.yesno import parse_yes_no

_NOTHING_MORE = re.compile(
    r"^\W*(?:no\W+)?(?:that(?:'s| is| was|'ll be| will be) (?:all|it|everything)|nothing(?: else| more)?"
    r"|i(?:'m| am) (?:good|fine|done|all set)|all good|not? (?:really|right now)"
    r"|no more questions?|that answers (?:it|my question))\b",
    re.IGNORECASE,
)
_SHORT_WORDS = 4
GO_AHEAD = "Go ahead."


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


def said(cursor: Cursor, node: RagAnswerNode, text: str) -> None:
    if cursor.state.phase == "waiting":
        cursor.note("spoke while an answer was looked up")
        return
    for way_out in node.exits:
        if any(_contains(text, word) for word in way_out.words):
            cursor.note("left by an exit")
            cursor.go(way_out.next)
            return
    short = len(text.split()) <= _SHORT_WORDS
    answer = parse_yes_no(text) if short else None
    if _NOTHING_MORE.search(text) or answer is False:
        cursor.note("no more questions")
        cursor.go(node.next)
    elif not text.strip():
        if not climb_no_match(cursor, node.no_match):
            leave_lost(cursor, node.no_match)
    elif answer is True:
        cursor.set(phase="invite")
        cursor.say(GO_AHEAD)
        _listen(cursor, node)
    else:
        _look_up(cursor, node, text)


def answered(cursor: Cursor, node: RagAnswerNode, event: AnswerReady) -> None:
    cursor.set(phase="more", misses=0)
    if event.text:
        cursor.note(f"answered with score {event.score:.2f}")
        cursor.set(unanswered=0)
        cursor.say(_unbraced(event.text), interruptible=node.interruptible)
        cursor.say(node.follow_up, turn=cursor.state.serial - 1)
        _listen(cursor, node)
        return
    missed = cursor.state.unanswered + 1
    cursor.note("the knowledge has no answer")
    cursor.set(unanswered=missed)
    cursor.say(node.no_answer, turn=missed - 1)
    if missed >= node.max_misses:
        cursor.go(node.no_answer_next or node.next)
    else:
        cursor.say(node.follow_up, turn=cursor.state.serial - 1)
        _listen(cursor, node)


def _look_up(cursor: Cursor, node: RagAnswerNode, question: str) -> None:
    cursor.set(phase="waiting")
    cursor.act(
        Retrieve(
            request_id=cursor.request_id(),
            question=question,
            sources=node.sources,
            threshold=node.threshold,
        )
    )


def _listen(cursor: Cursor, node: RagAnswerNode) -> None:
    cursor.listen(Expectation.OPEN, no_input_ms=node.no_input_ms, hints=node.hints)


def _contains(text: str, phrase: str) -> bool:
    return re.search(rf"\b{re.escape(phrase.casefold())}\b", text.casefold()) is not None


def _unbraced(text: str) -> str:
    """Knowledge is not a template: braces in it must not be taken for placeholders."""
    return text.replace("{", "(").replace("}", ")")
