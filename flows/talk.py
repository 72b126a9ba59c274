"""A conversation in text: the interpreter with a keyboard in place of a microphone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import phonenumbers

from flows.actions import AskOnPage, Capture, Dispatch, Retrieve, Say, SetTimer, Transfer
from flows.events import (
    AnswerReady,
    CallerSaid,
    CallerSilent,
    CallStarted,
    DispatchDone,
    DispatchFailed,
    Event,
    FieldEntered,
    HandoffClaimed,
    HumanJoined,
    HumanLeft,
    HungUp,
    KeyPressed,
    TimerFired,
)
from flows.interpreter import initial_state, step
from flows.model import Flow
from flows.state import State

if TYPE_CHECKING:
    from flows.script import ScriptLine

MARKS = (
    "[silence], [hang up], [key 5], [enter FIELD VALUE], [claims], [claims NUMBER], [joins], "
    "[leaves], [time], [fails]"
)
Answerer = Callable[[str], "str | None"]


def region_for(language: str, default: str) -> str:
    """The region (ISO 3166) in which a language tag is most likely spoken: "de-AT" in Austria, "de"
    in Germany; `default` for English, and where there is no such country."""
    spoken, _, country = language.partition("-")
    named = (country or spoken).upper()
    known = named in phonenumbers.SUPPORTED_REGIONS and (country or spoken.casefold() != "en")
    return named if known else default


@dataclass(frozen=True)
class Line:
    """One line of the dialogue: who (or what), and the words."""

    who: Literal["agent", "caller", "note"]
    text: str


class TextConversation:
    """Feed it the caller's lines; it returns what happens.

    A line may also be `[silence]`, `[hang up]`, `[key 5]` (or several, `[key 123#]`),
    `[enter email jane@example.com]`, `[claims]`, `[claims +15035550142]` (and wants the caller
    connected), `[joins]`, `[leaves]`, `[time]`, or `[fails]`: the next hand-off fails, where others
    succeed.
    """

    def __init__(self, flow: Flow, *, answer: Answerer, start: CallStarted) -> None:
        self._flow = flow
        self._answer = answer
        self.state: State = initial_state(flow)
        self.dispatched: list[str] = []
        """What was handed over or sent: the reason, else the target."""
        self._start = start
        self._timer = ""
        self._fails = False

    @property
    def ended(self) -> bool:
        return self.state.ended is not None

    def open(self) -> list[Line]:
        """The agent's first words."""
        return self._feed(self._start)

    def said(self, text: str) -> list[Line]:
        """The caller's line and what follows from it."""
        said = Line("caller", text)
        if keys := re.fullmatch(r"\[keys? ([0-9*#a-d]+)\]", text.strip(), re.IGNORECASE):
            pressed = (KeyPressed(key=key) for key in keys[1].upper())
            return [said, *(line for key in pressed for line in self._feed(key))]
        if text.strip().startswith("[") and not self._is_mark(text):
            return [said, Line("note", f"there is no such mark; there are {MARKS}")]
        event = self._event(text)
        return [said, *(self._feed(event) if event else [])]

    def happened(self, line: ScriptLine) -> list[Line]:
        """What follows from a line of a script."""
        if line.caller is not None:
            said = CallerSaid(text=line.caller, scores=line.scores or {})
            return [Line("caller", line.caller), *self._feed(said)]
        lines: list[Line] = []
        for field, value in (line.enter or {}).items():
            lines += self.said(f"[enter {field} {value}]")
        if line.key is not None:
            for key in str(line.key):
                lines += self.said(f"[key {key}]")
        if line.person_claims:
            to = line.person_claims
            lines += self.said("[claims]" if to is True else f"[claims {to}]")
        marks = {
            "[silence]": line.silence,
            "[hang up]": line.hang_up,
            "[joins]": line.person_joins,
            "[leaves]": line.person_leaves,
            "[time]": line.time_passes,
            "[fails]": line.next_fails,
        }
        for mark, wanted in marks.items():
            lines += self.said(mark) if wanted else []
        return lines

    def _is_mark(self, line: str) -> bool:
        named = line.strip().casefold() == "[fails]"
        return named or not isinstance(self._event(line), CallerSaid)

    def _event(self, line: str) -> Event | None:
        command = line.strip().casefold()
        entered = re.fullmatch(r"\[enter (\w+) (.*)\]", line.strip())
        if entered:
            return FieldEntered(field=entered[1], value=entered[2])
        if claimed := re.fullmatch(r"\[claims ?(\S*)\]", line.strip(), re.IGNORECASE):
            return HandoffClaimed(connect_to=claimed[1])
        if command == "[fails]":
            self._fails = True
            return None
        named: dict[str, Event] = {
            "[silence]": CallerSilent(),
            "[hang up]": HungUp(),
            "[joins]": HumanJoined(),
            "[leaves]": HumanLeft(),
            "[time]": TimerFired(name=self._timer),
        }
        return named.get(command) or CallerSaid(text=line.strip())

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
                        unsure = "denied" if action.denied else "unconfirmed"
                        sure = "confirmed" if action.confirmed else unsure
                        lines.append(Line("note", f"{action.field} = {action.value} ({sure})"))
                    case Retrieve():
                        found = self._answer(action.question)
                        waiting.append(AnswerReady(request_id=action.request_id, text=found))
                    case Dispatch():
                        lines.append(Line("note", f"{action.kind}: {action.reason}"))
                        self.dispatched.append(action.reason or action.target)
                        waiting.append(self._settle(action.request_id))
                    case Transfer():
                        lines.append(Line("note", f"transfer to {action.target}"))
                        self.dispatched.append(action.reason or action.target)
                        waiting.append(self._settle(action.request_id))
                    case AskOnPage():
                        shown = f"text box for {action.field}" if action.field else "no text box"
                        lines.append(Line("note", f"page: {shown}"))
                    case SetTimer():
                        self._timer = action.name
                    case _:
                        pass
        if self.state.ended is not None:
            lines.append(Line("note", f"ended: {self.state.ended.value}"))
        return lines

    def _settle(self, request_id: str) -> DispatchDone | DispatchFailed:
        fails, self._fails = self._fails, False
        if fails:
            return DispatchFailed(request_id=request_id, reason="scripted")
        return DispatchDone(request_id=request_id)


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
