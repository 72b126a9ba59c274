"""What listening nodes share: the two ladders for a caller who is silent or not understood."""

from __future__ import annotations

from flows.actions import Outcome
from flows.cursor import Cursor
from flows.model import Ladder
from flows.texts import Localised


def climb_no_input(cursor: Cursor, ladder: Ladder) -> None:
    """The caller said nothing: prompt again, then move on or end."""
    steps = cursor.variants(ladder.reprompts) or cursor.phrase("no_input")
    attempt = cursor.state.silences
    cursor.set(silences=attempt + 1)
    if attempt < len(steps):
        cursor.note(f"silent, attempt {attempt + 1}")
        cursor.ask_again(steps[attempt])
    elif ladder.then:
        cursor.go(ladder.then)
    else:
        cursor.say_phrase("goodbye_silent")
        cursor.end(Outcome.NO_INPUT)


def climb_no_match(
    cursor: Cursor, ladder: Ladder, reprompts: Localised = (), *, attempts: int | None = None
) -> bool:
    """The words made no sense here: ask again. False when the ladder is exhausted.

    `attempts` bounds how often the question is asked in all; by default each reprompt is said once.
    """
    own = cursor.variants(reprompts) or cursor.variants(ladder.reprompts)
    steps = own or cursor.phrase("no_match")
    attempt = cursor.state.misses
    cursor.set(misses=attempt + 1)
    if attempt >= (len(steps) if attempts is None else attempts - 1):
        return False
    cursor.note(f"not understood, attempt {attempt + 1}")
    step = steps[min(attempt, len(steps) - 1)]
    if own:
        # An author's reprompt stands for the question itself.
        cursor.say(step)
        if cursor.state.last_listen:
            cursor.act(cursor.state.last_listen)
    else:
        cursor.ask_again(step)
    return True


def leave_lost(cursor: Cursor, ladder: Ladder) -> None:
    """Nothing was understood at all: where the author says, or a polite end."""
    if ladder.then:
        cursor.go(ladder.then)
    else:
        cursor.say_phrase("goodbye_lost")
        cursor.end(Outcome.NOT_UNDERSTOOD)
