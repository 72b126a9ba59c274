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
    normal,
    place_named,
    several_named,
    vocabulary,
)
from flows.model import ClarifyNode
from flows.nodes.common import climb_no_match, leave_lost
from flows.spoken.yesno import is_nothing_more, parse_yes_no

WHICH = "which:"
"""The phase in which it was asked which of several options is meant; their indices follow."""
MAX_NO = 3
"""Words of a no that says nothing else."""
MAX_WHICH = 2
"""How often that is asked where the author doesn't bound the attempts."""


def enter(cursor: Cursor, node: ClarifyNode, visit: int) -> None:
    cursor.say(node.question, turn=visit, interruptible=node.interruptible)
    cursor.listen(
        Expectation.CHOICE,
        no_input_ms=node.no_input_ms,
        hints=node.hints,
        patience_ms=node.patience_ms,
        options=examples_of(node.options, cursor),
    )


def said(cursor: Cursor, node: ClarifyNode, event: CallerSaid, *, told: bool = False) -> None:
    """The caller's words; `told` when they answer a later question, so that choosing nothing is no
    failure."""
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
    elif named := several_named(vocabulary(node.options, cursor), text):
        _ask_which(cursor, node, named)
    elif told:
        cursor.ask_again(cursor.phrase("got_it")[0])
    else:
        missed(cursor, node)


def _ask_which(cursor: Cursor, node: ClarifyNode, named: tuple[int, ...]) -> None:
    """Several were named at once ("repair and service"): none is chosen for the caller."""
    cursor.note("named several options")
    attempt = cursor.state.misses
    if attempt >= (MAX_WHICH if node.attempts is None else node.attempts - 1):
        missed(cursor, node)
        return
    joint = f", {cursor.phrase('or')[0]} "
    cursor.set(misses=attempt + 1, phase=WHICH + ",".join(map(str, named)))
    cursor.say_phrase(
        "which_one", value=joint.join(cursor.called(node.options[one]) for one in named)
    )
    if cursor.state.last_listen:
        cursor.act(cursor.state.last_listen)


def _named_before(cursor: Cursor) -> tuple[int, ...]:
    """The options that the open question names, if it was asked because several were said."""
    if not cursor.state.phase.startswith(WHICH):
        return ()
    return tuple(map(int, cursor.state.phase.removeprefix(WHICH).split(",")))


def match_of(cursor: Cursor, node: ClarifyNode, event: CallerSaid) -> Match | None:
    """The option that the words, or else their meaning, choose; of those that were named together,
    also by place ("the first one")."""
    if named := _named_before(cursor):
        place = place_named(normal(event.text), len(named))
        if place is not None:
            return Match(named[place], "place")
    found = match(node.options, cursor, event.text, event.scores, node.meaning_threshold)
    return found or _nothing_more(cursor, node, event.text)


def _nothing_more(cursor: Cursor, node: ClarifyNode, text: str) -> Match | None:
    """ "No" and "no, that's it, thanks", in other words than the one option that says so."""
    language = cursor.language
    no = len(text.split()) <= MAX_NO and parse_yes_no(text, language) is False
    if not (no or is_nothing_more(text, language)):
        return None
    options = enumerate(vocabulary(node.options, cursor))
    ends = [index for index, said in options if any(is_nothing_more(one, language) for one in said)]
    return Match(ends[0], "words") if len(ends) == 1 else None


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
    cursor.set(phase="")
    if climb_no_match(cursor, node.no_match, attempts=node.attempts):
        return
    if node.fallback:
        cursor.go(node.fallback)
    else:
        leave_lost(cursor, node.no_match)
