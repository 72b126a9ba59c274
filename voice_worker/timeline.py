"""A call moment by moment, read from its events: said, waited for, and thought.

The same moments are printed as a waterfall and drawn as a page (`timeline_page`).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

PARTS = ("end_of_turn", "flow", "retrieval", "synthesis", "output")
"""The parts of a turn's wait, in the order they follow each other."""
WIDTH = 40
"""Columns of a waterfall."""


@dataclass(frozen=True)
class Moment:
    """Something that happened; times are milliseconds since the call became active."""

    at_ms: int
    kind: str
    """`caller`, `agent`, `wait`, `floor`, `node`, `lookup`, `lead`, `dispatch`, `fault`, `end`."""
    text: str
    duration_ms: int = 0
    detail: str = ""


@dataclass(frozen=True)
class Wait:
    """From the caller's last sound to the agent's first."""

    begin_ms: int
    total_ms: int
    parts: dict[str, int]
    overlapped: dict[str, int]
    thoughts: tuple[dict[str, Any], ...]


@dataclass
class Timeline:
    """All of one call."""

    duration_ms: int = 0
    moments: list[Moment] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    step_ms: int = 100
    levels: dict[str, bytearray] = field(
        default_factory=lambda: {"caller": bytearray(), "agent": bytearray()}
    )
    """Loudness of each side, 0 to 255, a value every `step_ms`."""


def timeline(events: list[dict[str, Any]]) -> Timeline:
    """Read a call's events, as `show_call` gives them."""
    found = Timeline()
    node = ""
    thoughts: tuple[dict[str, Any], ...] = ()
    for event in events:
        body = event["body"]
        at = int(event["offset_ms"])
        found.duration_ms = max(found.duration_ms, at, body.get("duration_ms", 0))
        match event["type"]:
            case "sounded":
                _add_levels(found, body)
            case "turn_timed":
                found.waits.append(_wait(at, body, thoughts))
            case "flow_stepped":
                if body["node"] != node:
                    node = body["node"]
                    found.moments.append(Moment(at, "node", node))
            case "floor_claimed":
                found.moments += [
                    Moment(item["offset_ms"], "floor", item["stage"], detail=item["reason"])
                    for item in body["moments"]
                ]
            case kind:
                thoughts = tuple(body.get("thoughts", ())) or thoughts
                if moment := _moment(kind, at, body):
                    found.moments.append(moment)
    found.moments.sort(key=lambda moment: moment.at_ms)
    return found


def _moment(kind: str, at: int, body: dict[str, Any]) -> Moment | None:
    match kind:
        case "caller_spoke":
            return Moment(at, "caller", body["text"] or "(no words)", body["duration_ms"])
        case "agent_spoke":
            heard = body["heard_text"]
            cut = f"not heard: {body['text'][len(heard) :].strip()}" if body["interrupted"] else ""
            return Moment(at, "agent", heard or "(not heard)", body["duration_ms"], cut)
        case "retrieved":
            result = f"score {body['score']:.2f}" if body["answered"] else "no answer"
            begin = max(0, at - body["duration_ms"])
            return Moment(begin, "lookup", body["question"], body["duration_ms"], result)
        case "lead_field_captured":
            denied = "denied" if body.get("denied") else "heard"
            state = "confirmed" if body["confirmed"] else denied
            return Moment(at, "lead", f"{body['field']}: {body['value']}", detail=state)
        case "dispatch_requested":
            return Moment(at, "dispatch", body["kind"], detail=body.get("reason", ""))
        case "call_faulted":
            return Moment(at, "fault", body["code"], detail=body["message"])
        case "call_ended":
            status = body["status"] if body["status"] != body["outcome"] else ""
            return Moment(at, "end", body["outcome"], detail=status)
    return None


def _wait(at: int, body: dict[str, Any], thoughts: tuple[dict[str, Any], ...]) -> Wait:
    return Wait(
        begin_ms=max(0, at - body["total_ms"]),
        total_ms=body["total_ms"],
        parts={name: body["parts"].get(name, 0) for name in PARTS},
        overlapped=body.get("overlapped", {}),
        thoughts=thoughts,
    )


def _add_levels(found: Timeline, body: dict[str, Any]) -> None:
    found.step_ms = body["step_ms"]
    for side, levels in found.levels.items():
        begin = body["begin_ms"] // body["step_ms"]
        levels += bytes(max(0, begin - len(levels)))
        levels += base64.b64decode(body[side])


def waterfall(call: Timeline) -> list[dict[str, Any]]:
    """Rows of a table in order of time: each moment, and of each wait where it went."""
    rows: list[dict[str, Any]] = []
    marks: list[tuple[int, Moment | Wait]] = [(moment.at_ms, moment) for moment in call.moments]
    marks += [(wait.begin_ms, wait) for wait in call.waits]
    for at, mark in sorted(marks, key=lambda item: item[0]):
        if isinstance(mark, Wait):
            rows += _wait_rows(mark)
        else:
            rows.append(
                {"at": _clock(at), "what": mark.kind, "ms": mark.duration_ms or None,
                 "said": mark.text + (f"  [{mark.detail}]" if mark.detail else "")}
            )  # fmt: skip
    return rows


def _wait_rows(wait: Wait) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"at": _clock(wait.begin_ms), "what": "wait", "ms": wait.total_ms, "said": ""}
    ]
    for thought in wait.thoughts:
        words = thought.get("text") or "no words"
        rows.append(
            {"at": "", "what": "  thought", "ms": thought.get("silence_ms"),
             "said": f"“{words}” is {thought.get('completeness')}: "
                     f"wait {thought.get('patience_ms')} ms"}
        )  # fmt: skip
    scale = WIDTH / max(1, wait.total_ms)
    before = 0
    for name, length in wait.parts.items():
        if length:
            bar = " " * round(before * scale) + "█" * max(1, round(length * scale))
            rows.append({"at": "", "what": f"  {name}", "ms": length, "said": bar})
        before += length
    for name, length in wait.overlapped.items():
        bar = "░" * min(WIDTH, max(1, round(length * scale)))
        rows.append({"at": "", "what": f"  ({name})", "ms": length, "said": bar})
    return rows


def _clock(milliseconds: int) -> str:
    return f"{milliseconds // 60_000}:{milliseconds / 1000 % 60:06.3f}"
