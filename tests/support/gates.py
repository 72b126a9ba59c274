"""Flows around one lead gate, as most tests of the dialogue want them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flows import CallerSaid, CallStarted, Flow, State, build_flow, initial_state, step
from flows.actions import Say


def a_gate(*fields: dict[str, Any], **more: Any) -> Flow:
    """A greeting, a gate called `lead` with these fields, and an end; `more` is of the flow."""
    return build_flow(
        {
            "name": "Test",
            "start": "hello",
            "nodes": {
                "hello": {"type": "start", "say": "Hello.", "next": "lead"},
                "lead": {"type": "lead_gate", "fields": list(fields), "next": "bye"},
                "bye": {"type": "end", "say": "Bye."},
            },
            **more,
        }
    )


def a_gate_after(options: Sequence[dict[str, Any]], gate: str, *fields: dict[str, Any]) -> Flow:
    """The same, after the caller was asked which of `options` they wish."""
    return build_flow(
        {
            "name": "Test",
            "start": "hello",
            "nodes": {
                "hello": {"type": "start", "say": "Hello.", "next": "wish"},
                "wish": {
                    "type": "clarify",
                    "question": "What may we do?",
                    "options": list(options),
                    "no_match": {"then": "bye"},
                },
                gate: {"type": "lead_gate", "fields": list(fields), "next": "bye"},
                "bye": {"type": "end", "say": "Bye."},
            },
        }
    )


def held(flow: Flow, *lines: str, today: str = "2026-05-06") -> tuple[State, str]:
    """The state after the caller's lines, and what the agent said to the last."""
    result = step(flow, initial_state(flow), CallStarted(facts={"call.date": today}))
    for line in lines:
        result = step(flow, result.state, CallerSaid(text=line))
    said = " ".join(action.text for action in result.actions if isinstance(action, Say))
    return result.state, said
