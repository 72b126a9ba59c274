"""A step in the making: the state as it changes and the actions it leaves behind.

Nodes write through this and through nothing else; it lives for one step only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flows.actions import Action, Expectation, Listen, Outcome, Say
from flows.check import PLACEHOLDER
from flows.model import Flow
from flows.state import State


@dataclass(frozen=True)
class TraceEntry:
    """One thing the interpreter decided, for logs, tests and drawings."""

    node: str
    what: str


class Cursor:
    """Mutable during one step; `state`, `actions` and `trace` are its result."""

    def __init__(self, flow: Flow, state: State) -> None:
        self.flow = flow
        self.state = state
        self.actions: list[Action] = []
        self.trace: list[TraceEntry] = []
        self.goal: str | None = None
        """Node to enter next, set by `go`."""
        self._said: list[Say] = []

    def set(self, **changes: Any) -> None:
        self.state = self.state.model_copy(update=changes)

    def note(self, what: str) -> None:
        self.trace.append(TraceEntry(self.state.node, what))

    def go(self, node_id: str) -> None:
        """Leave for another node once this one is done."""
        self.goal = node_id

    def act(self, action: Action) -> None:
        self.actions.append(action)

    def request_id(self) -> str:
        """A new id for something that will be answered."""
        self.set(serial=self.state.serial + 1, pending=f"r{self.state.serial + 1}")
        assert self.state.pending
        return self.state.pending

    def fill(self, text: str) -> str | None:
        """The text with its placeholders filled; None when one of them has no value."""
        values = dict(self.state.facts)
        values.update({f"lead.{name}": item.value for name, item in self.state.fields.items()})
        names = PLACEHOLDER.findall(text)
        if not all(values.get(name) for name in names):
            return None
        return PLACEHOLDER.sub(lambda match: values[match.group(1)], text)

    def say(
        self,
        texts: tuple[str, ...] | str,
        *,
        turn: int = 0,
        speech: str = "",
        interruptible: bool = True,
        personal: bool = False,
    ) -> None:
        """Say one of the variants; `turn` counts how often this was said before."""
        variants = (texts,) if isinstance(texts, str) else texts
        if not variants:
            return
        variant = variants[turn % len(variants)]
        text = self.fill(variant)
        if text is None:
            self.note("left a text unsaid: a placeholder is empty")
            return
        say = Say(
            text=text,
            speech=speech,
            interruptible=interruptible,
            cacheable=not personal and "{lead." not in variant,
        )
        self._said.append(say)
        self.set(last_said=tuple(self._said))
        self.act(say)

    def say_again(self, prefix: str = "") -> None:
        """Repeat what was said last, and listen as before."""
        last, listen = self.state.last_said, self.state.last_listen
        if prefix:
            self.act(Say(text=prefix))
        for say in last:
            self.act(say)
        if listen:
            self.act(listen)

    def listen(
        self,
        expect: Expectation,
        *,
        no_input_ms: int = 7000,
        hints: tuple[str, ...] = (),
    ) -> None:
        listen = Listen(expect=expect, no_input_ms=no_input_ms, hints=hints)
        self.set(last_listen=listen)
        self.act(listen)

    def end(self, outcome: Outcome) -> None:
        self.set(ended=outcome, pending=None)
        self.note(f"ended: {outcome.value}")
