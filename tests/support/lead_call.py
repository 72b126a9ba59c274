"""A call on a gate with few fields, told in one line a turn."""

from __future__ import annotations

from typing import Any

from flows import CallerSaid, CallStarted
from flows.actions import Action, Capture, Say
from flows.events import KeyPressed
from flows.interpreter import initial_state, step
from flows.state import State
from tests.support.gates import a_gate


class Call:
    """A call on a gate with few fields; keeps what was done last."""

    def __init__(self, *fields: dict[str, Any], flow_language: str = "en", **start: Any) -> None:
        self.flow = a_gate(*fields, language=flow_language)
        self.state: State = initial_state(self.flow)
        self.actions: tuple[Action, ...] = ()
        self.captured: list[Capture] = []
        self._take(CallStarted(**start))

    def said(self, text: str, *alternatives: str) -> Call:
        return self._take(CallerSaid(text=text, alternatives=alternatives))

    def keyed(self, keys: str) -> Call:
        for key in keys:
            self._take(KeyPressed(key=key))
        return self

    def _take(self, event: Any) -> Call:
        result = step(self.flow, self.state, event)
        self.state, self.actions = result.state, result.actions
        self.captured += [action for action in self.actions if isinstance(action, Capture)]
        return self

    @property
    def heard(self) -> str:
        """What the caller heard last, as pronounced."""
        return " ".join(a.speech or a.text for a in self.actions if isinstance(a, Say))

    @property
    def stored(self) -> tuple[str, bool]:
        last = self.captured[-1]
        return last.value, last.confirmed


def an_email(**more: Any) -> dict[str, Any]:
    return {"field": "email", "ask": "What is your email?", "confirm": "read_back", **more}


def a_phone(**more: Any) -> dict[str, Any]:
    return {"field": "phone", "ask": "What is your number?", "confirm": "read_back", **more}


def a_name(**more: Any) -> dict[str, Any]:
    return {"field": "name", "ask": "What is your name?", "confirm": "read_back", **more}
