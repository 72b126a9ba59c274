"""A conversation in text: the interpreter with a keyboard in place of a microphone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from flows.actions import Capture, Dispatch, Retrieve, Say
from flows.events import (
    AnswerReady,
    CallerSaid,
    CallerSilent,
    CallStarted,
    DispatchDone,
    Event,
    HungUp,
    KeyPressed,
)
from flows.interpreter import initial_state, step
from flows.model import Flow
from flows.state import State

Answerer = Callable[[str], "str | None"]


@dataclass(frozen=True)
class Line:
    """One line of the dialogue: who (or what), and the words."""

    who: Literal["agent", "caller", "note"]
    text: str


class TextConversation:
    """Feed it the caller's lines; it returns what happens. Dispatches always succeed here.

    A line may also be `[silence]`, `[hang up]` or `[key 5]`.
    """

    def __init__(self, flow: Flow, *, answer: Answerer, start: CallStarted) -> None:
        self._flow = flow
        self._answer = answer
        self.state: State = initial_state(flow)
        self._start = start

    @property
    def ended(self) -> bool:
        return self.state.ended is not None

    def open(self) -> list[Line]:
        """The agent's first words."""
        return self._feed(self._start)

    def said(self, text: str) -> list[Line]:
        """The caller's line and what follows from it."""
        return [Line("caller", text), *self._feed(_event(text))]

    def _feed(self, event: Event) -> list[Line]:
        lines: list[Line] = []
        waiting: list[Event] = [event]
        while waiting:
            result = step(self._flow, self.state, waiting.pop(0))
            self.state = result.state
            for action in result.actions:
                match action:
                    case Say():
                        lines.append(Line("agent", action.text))
                    case Capture():
                        sure = "confirmed" if action.confirmed else "unconfirmed"
                        lines.append(Line("note", f"{action.field} = {action.value} ({sure})"))
                    case Retrieve():
                        found = self._answer(action.question)
                        waiting.append(AnswerReady(request_id=action.request_id, text=found))
                    case Dispatch():
                        lines.append(Line("note", f"{action.kind}: {action.reason}"))
                        waiting.append(DispatchDone(request_id=action.request_id))
                    case _:
                        pass
        if self.state.ended is not None:
            lines.append(Line("note", f"ended: {self.state.ended.value}"))
        return lines


def talk(
    flow: Flow, lines: Iterable[str], *, answer: Answerer, start: CallStarted
) -> Iterator[Line]:
    """Hold a whole conversation; stops when the flow ends or the lines run out."""
    conversation = TextConversation(flow, answer=answer, start=start)
    yield from conversation.open()
    for line in lines:
        if conversation.ended:
            return
        yield from conversation.said(line)
    if not conversation.ended:
        yield from conversation.said("[hang up]")[1:]


def _event(line: str) -> Event:
    command = line.strip().casefold()
    if command == "[silence]":
        return CallerSilent()
    if command == "[hang up]":
        return HungUp()
    if command.startswith("[key ") and len(command) == 7:
        return KeyPressed(key=command[5].upper())
    return CallerSaid(text=line.strip())
