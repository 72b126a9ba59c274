"""What listening nodes share: the two ladders for a caller who is silent or not understood."""

from __future__ import annotations

from flows.actions import Outcome
from flows.cursor import Cursor
from flows.model import Ladder

NO_INPUT = ("Are you still there?", "I can't hear you. Please say something if you are there.")
NO_MATCH = ("Sorry, I didn't catch that.", "Sorry, I still didn't get that.")
GOODBYE_SILENT = "I can't hear you, so I'll end the call here. Goodbye."
GOODBYE_LOST = "I'm sorry, I'm having trouble understanding. Please try again later. Goodbye."


def climb_no_input(cursor: Cursor, ladder: Ladder) -> None:
    """The caller said nothing: prompt again, then move on or end."""
    steps = ladder.reprompts or NO_INPUT
    attempt = cursor.state.silences
    cursor.set(silences=attempt + 1)
    if attempt < len(steps):
        cursor.note(f"silent, attempt {attempt + 1}")
        cursor.say_again(cursor.fill(steps[attempt]) or steps[attempt])
    elif ladder.then:
        cursor.go(ladder.then)
    else:
        cursor.say(GOODBYE_SILENT)
        cursor.end(Outcome.NO_INPUT)


def climb_no_match(cursor: Cursor, ladder: Ladder, reprompts: tuple[str, ...] = ()) -> bool:
    """The words made no sense here: ask again. False when the ladder is exhausted."""
    steps = reprompts or ladder.reprompts or NO_MATCH
    attempt = cursor.state.misses
    cursor.set(misses=attempt + 1)
    if attempt >= len(steps):
        return False
    cursor.note(f"not understood, attempt {attempt + 1}")
    if reprompts or ladder.reprompts:
        # An author's reprompt stands for the question itself.
        cursor.say(steps[attempt])
        if cursor.state.last_listen:
            cursor.act(cursor.state.last_listen)
    else:
        cursor.say_again(steps[attempt])
    return True


def leave_lost(cursor: Cursor, ladder: Ladder) -> None:
    """Nothing was understood at all: where the author says, or a polite end."""
    if ladder.then:
        cursor.go(ladder.then)
    else:
        cursor.say(GOODBYE_LOST)
        cursor.end(Outcome.NOT_UNDERSTOOD)
