"""A recorded call's events, once more through the interpreter: does it still go the same way?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from flows.actions import Say
from flows.events import event_adapter
from flows.interpreter import initial_state, step
from flows.model import Flow


@dataclass(frozen=True)
class Recorded:
    """One step as a call's record has it."""

    event: dict[str, Any]
    node: str
    state: dict[str, Any]
    replaces: int = 0
    """Steps before it that it takes back, because the caller went on with their turn."""


@dataclass(frozen=True)
class Replayed:
    """One step taken again."""

    number: int
    event: str
    """What happened, in words."""
    node: str
    entered: tuple[str, ...]
    """Nodes entered on the way, in order."""
    said: tuple[str, ...]
    differences: tuple[str, ...]
    """What is not as recorded; empty when it is the same."""


def replay(flow: Flow, steps: Iterable[Recorded]) -> tuple[Replayed, ...]:
    """Take every recorded event through `flow` from the beginning and compare after each."""
    states = [initial_state(flow)]
    taken: list[Replayed] = []
    for number, recorded in enumerate(steps, 1):
        state = states[max(0, len(states) - 1 - recorded.replaces)]
        try:
            event = event_adapter.validate_python(recorded.event)
        except ValidationError:
            states.append(state)
            kind = recorded.event.get("type", "unknown")
            taken.append(
                Replayed(number, f"{kind} (of another version)", state.node, (), (),
                         ("the recorded event can't be read any more",))
            )  # fmt: skip
            continue
        result = step(flow, state, event)
        state = result.state
        states.append(state)
        taken.append(
            Replayed(
                number=number,
                event=_in_words(recorded.event) + _instead(recorded.replaces),
                node=state.node,
                entered=tuple(e.node for e in result.trace if e.what == "entered"),
                said=tuple(action.text for action in result.actions if isinstance(action, Say)),
                differences=tuple(_differences(recorded.state, state.model_dump(mode="json"))),
            )
        )
    return tuple(taken)


def path_of(flow: Flow, steps: Iterable[Recorded]) -> tuple[str, ...]:
    """Nodes in the order a call entered them, as its record says."""
    ways: list[list[str]] = []
    standing = [""]
    for item, recorded in zip(replay(flow, (kept := tuple(steps))), kept, strict=True):
        for way in ways[max(0, len(ways) - recorded.replaces) :]:
            way.clear()
        before = standing[max(0, len(standing) - 1 - recorded.replaces)]
        entered = list(item.entered)
        if not entered and before != recorded.node:
            entered = [recorded.node]
        ways.append(entered)
        standing.append(entered[-1] if entered else before)
    return tuple(node for way in ways for node in way if node in flow.nodes)


def _differences(recorded: dict[str, Any], now: dict[str, Any]) -> list[str]:
    found = []
    for name in dict.fromkeys((*now, *recorded)):
        if name not in recorded:
            continue  # what an older worker did not know of
        was, is_now = recorded[name], now.get(name)
        if was != is_now:
            found.append(f"{name}: recorded {_short(was)}, now {_short(is_now)}")
    return found


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 90 else f"{text[:87]}…"


def _instead(steps: int) -> str:
    if not steps:
        return ""
    return f" (instead of the last {steps} steps)" if steps > 1 else " (instead of the last step)"


def _in_words(event: dict[str, Any]) -> str:
    match event.get("type"):
        case "caller_said":
            return f"caller: {event.get('text') or '(no words)'}"
        case "key_pressed":
            return f"key {event.get('key')}"
        case "field_entered":
            return f"typed {event.get('field')}: {event.get('value')}"
        case "answer_ready":
            return f"answer: {event.get('text') or 'none'}"
        case kind:
            return str(kind).replace("_", " ")
