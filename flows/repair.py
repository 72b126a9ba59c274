"""What a caller may say anywhere: again, back, start over, a person, wait, goodbye."""

from __future__ import annotations

import re

from flows.actions import Outcome
from flows.cursor import Cursor

WAIT_MS = 30_000
"""How long "wait a moment" buys."""
TAKE_YOUR_TIME = "Take your time."
NOBODY = "I'm sorry, nobody can take the call just now."
GOODBYE = "All right. Thank you for calling. Goodbye."

_LEAD_IN = (
    r"^\W*(?:(?:um|uh|er|oh|so|well|sorry|please|okay|ok|yeah|yes|no|can you|could you|hey)\W+)*"
)
_TAIL = r"(?:\W+(?:please|now|thanks|thank you|then))*\W*$"


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(f"{_LEAD_IN}(?:{pattern}){_TAIL}", re.IGNORECASE)


_AGAIN = _whole(
    r"(?:say|repeat|tell me) (?:that|it)(?: again)?(?: one more time)?|repeat(?: that| the question)?"
    r"|pardon(?: me)?|what (?:was that|did you say)|come again|once more|(?:say (?:that )?)?again"
    r"|i (?:didn't|did not|couldn't) (?:hear|catch|get) (?:that|you|it)"
)
_BACK = _whole(r"go back|back up|previous(?: question)?|back")
_OVER = _whole(r"start (?:over|again)|from the beginning|begin again|restart")
_WAIT = _whole(
    r"(?:just )?(?:wait|hold on|hang on|one (?:moment|second|minute|sec)|(?:just )?a (?:moment|second|minute|sec)"
    r"|give me a (?:moment|second|minute|sec)|let me (?:check|see|think|look))"
    r"(?: a (?:moment|second|minute|sec))?"
)
_PERSON = re.compile(
    r"\b(?:speak|talk|connect me|put me through|get me|transfer me)\b.{0,24}"
    r"\b(?:person|human|someone|somebody|agent|operator|representative|real)\b"
    r"|^\W*(?:operator|representative|agent|a (?:real )?(?:person|human)|human)\W*(?:please\W*)?$",
    re.IGNORECASE,
)
_BYE = _whole(
    r"(?:good ?bye|bye(?: bye)?|hang up|stop(?: (?:it|the call|calling))?|end (?:the |this )?call|quit"
    r"|i(?:'m| am) (?:going to )?hang(?:ing)? up|i have to go|i(?:'ve| have) got to go|not interested)"
    r"(?:\W+(?:good ?)?bye)?"
)


def heard_command(cursor: Cursor, text: str) -> bool:
    """Deal with a command that means the same everywhere; False when it was none."""
    if _AGAIN.search(text):
        cursor.note("asked to repeat")
        cursor.say_again()
    elif _WAIT.search(text):
        cursor.note("asked to wait")
        cursor.say(TAKE_YOUR_TIME)
        if cursor.state.last_listen:
            cursor.act(cursor.state.last_listen.model_copy(update={"no_input_ms": WAIT_MS}))
    elif _PERSON.search(text):
        _to_a_person(cursor)
    elif _OVER.search(text):
        cursor.note("start over")
        cursor.go(cursor.flow.start)
    elif _BACK.search(text):
        _back(cursor)
    elif _BYE.search(text):
        cursor.say(GOODBYE)
        complete = any(item.confirmed for item in cursor.state.fields.values())
        cursor.end(Outcome.COMPLETED if complete else Outcome.DECLINED)
    else:
        return False
    return True


def _to_a_person(cursor: Cursor) -> None:
    cursor.note("asked for a person")
    operator = cursor.flow.operator
    if operator is None:
        cursor.say_again(NOBODY)
    else:
        cursor.go(operator)


def _back(cursor: Cursor) -> None:
    history = cursor.state.history
    cursor.note("go back")
    if len(history) < 2:
        cursor.say_again()
        return
    cursor.set(history=history[:-2])
    cursor.go(history[-2])
