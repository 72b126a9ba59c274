"""A turn that was thought over, and goes on: both halves are taken as one.

Some pauses nobody can tell from an end. The caller goes on before they can mean the answer; what
they say then ("on Sundays, I mean") is half a sentence to a flow that has moved on. `flows.step` is
pure, so the flow goes back to where it stood before the first half and takes the whole. It can't
where something was carried out meanwhile that the whole would not do again. Pure; no I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import flows
from flows import Flow, State, actions, events
from flows.commands import command_in

LONGEST_PAUSE_MS = 1500
"""Who is silent for longer was finished, and speaks because no answer comes."""
MOST_HEARD_MS = 600
"""Who speaks sooner after the first sound of an answer does not mean it: to plan a single word
takes people as long (Levinson and Torreira 2015)."""
_END_OF_SENTENCE = " .?!,;…"


@dataclass
class LastTurn:
    """What the caller said last, and what the flow has done about it."""

    said: events.CallerSaid
    before: State
    """Where the flow stood."""
    options: Mapping[str, tuple[str, ...]]
    """What the caller was offered."""
    steps: int = 0
    """Since `before`: those that took the words, or a part of them, and what followed."""
    _captured: set[str] = field(default_factory=set)
    _requests: set[str] = field(default_factory=set)
    """Questions to the knowledge that have no answer yet."""
    _carried_out: bool = False

    def follow(self, event: events.Event, done: Iterable[actions.Action]) -> None:
        """The flow took a step after these words."""
        self.steps += 1
        match event:
            case events.CallerSaid():
                pass
            case events.AnswerReady():
                self._requests.discard(event.request_id)
            case _:
                self._carried_out = True
        for action in done:
            match action:
                case actions.Say(interruptible=True) | actions.Listen():
                    pass
                case actions.Retrieve():
                    self._requests.add(action.request_id)
                case actions.Capture():
                    self._captured.add(action.field)
                case _:
                    self._carried_out = True

    def whole(self, flow: Flow, more: events.CallerSaid) -> events.CallerSaid | None:
        """Both halves as one turn; None when the first can't be taken back, or the second means
        something by itself ("goodbye").

        A field that the first half filled must be filled by the whole, or its value would stay on
        record though the flow knows nothing of it.
        """
        if self._carried_out or self._requests or command_in(more.text, self.before.language):
            return None
        both = joined(self.said, more)
        again = flows.step(flow, self.before, both).actions
        captured = {action.field for action in again if isinstance(action, actions.Capture)}
        return both if captured >= self._captured else None


def joined(first: events.CallerSaid, more: events.CallerSaid) -> events.CallerSaid:
    """Two halves of a sentence; the recogniser took the first for a whole one."""
    readings = [
        _sentence(one, other)
        for one, other in (
            (first.text, more.text),
            *((first.text, reading) for reading in more.alternatives),
            *((reading, more.text) for reading in first.alternatives),
        )
    ]
    return first.model_copy(
        update={
            "text": readings[0],
            "words": first.words + more.words,
            "alternatives": tuple(dict.fromkeys(readings[1:])),
            "confidence": min(
                (half.confidence for half in (first, more) if half.text), default=first.confidence
            ),
            "scores": {},
        }
    )


def _sentence(first: str, more: str) -> str:
    if not more or not first:
        return first or more
    return f"{first.rstrip(_END_OF_SENTENCE)} {more}"
