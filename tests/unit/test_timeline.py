"""A call's events, read as a timeline: printed and drawn."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import numpy as np

from pipelines.envelope import Envelope, level
from voice_worker.timeline import timeline, waterfall
from voice_worker.timeline_page import page


def event(kind: str, at: int, **body: Any) -> dict[str, Any]:
    return {"type": kind, "offset_ms": at, "body": body}


EVENTS = [
    event("agent_spoke", 20, text="Hello, <you> have reached us.", heard_text="Hello, <you>",
          interrupted=True, duration_ms=900),
    event("floor_claimed", 700, taken=True, moments=[
        {"offset_ms": 700, "stage": "ducked", "reason": "a sound like speech"},
        {"offset_ms": 920, "stage": "taken", "reason": "words: Stop."}]),
    event("caller_spoke", 650, text="Stop. How much?", duration_ms=1200, confidence=0.9,
          thoughts=[{"silence_ms": 96, "text": "Stop. How much?", "completeness": "complete",
                     "patience_ms": 350}]),
    event("flow_stepped", 2200, node="answers"),
    event("retrieved", 2230, question="How much?", answered=True, score=0.8, duration_ms=30),
    event("turn_timed", 2290, total_ms=440,
          parts={"end_of_turn": 350, "flow": 5, "retrieval": 25, "synthesis": 40, "output": 20},
          overlapped={"recognition": 210}),
    event("sounded", 3000, begin_ms=0, step_ms=100, caller=base64.b64encode(b"\0\x80").decode(),
          agent=base64.b64encode(b"\xff\0").decode()),
    event("call_ended", 3000, status="completed", outcome="completed", duration_ms=3000),
]  # fmt: skip


CALL = {
    "id": "c1", "campaign": "demo", "transport": "web", "status": "completed",
    "outcome": "handed_off", "created_at": datetime(2026, 11, 29, 0, 49, 14, tzinfo=UTC),
    "duration_ms": 3000, "cost_cents": Decimal("0.001500"),
}  # fmt: skip


def test_a_wait_is_shown_part_by_part_between_words_and_answer() -> None:
    rows = waterfall(timeline(EVENTS))
    kinds = [row["what"].strip() for row in rows]
    assert kinds.index("caller") < kinds.index("wait") < kinds.index("end_of_turn")
    clocks = [row["at"] for row in rows if row["at"]]
    assert clocks == sorted(clocks)
    parts = {row["what"].strip(): row["ms"] for row in rows if row["what"].startswith("  ")}
    assert parts["end_of_turn"] == 350 and parts["synthesis"] == 40
    assert parts["(recognition)"] == 210
    assert any("complete" in row["said"] and "350 ms" in row["said"] for row in rows)
    said = next(row["said"] for row in rows if row["what"] == "agent")
    assert said == "Hello, <you>  [not heard: have reached us.]"


def test_the_page_is_well_formed_and_shows_every_moment() -> None:
    drawn = page(CALL, timeline(EVENTS))
    svg = ElementTree.fromstring(drawn[drawn.index("<svg") : drawn.index("</svg>") + 6])
    titles = [node.text or "" for node in svg.iter("title")]
    for words in ("Stop. How much?", "Hello, <you>", "taken", "retrieval: 25 ms", "answers"):
        assert any(words in title for title in titles), words
    assert {node.get("class") for node in svg.iter("polygon")} == {"env-caller", "env-agent"}
    assert "patience" in drawn
    assert (
        "demo · 2026-11-29 00:49:14 UTC · web · 3.0 s · 0.0015 ¢ · completed · handed_off" in drawn
    )


def test_a_lane_nothing_happened_in_is_left_out() -> None:
    quiet = {"status": "abandoned", "outcome": "abandoned", "duration_ms": None, "cost_cents": None}
    spoken = event("agent_spoke", 20, text="Hello.", heard_text="Hello.", interrupted=False,
                   duration_ms=900)  # fmt: skip
    drawn = page(CALL | quiet, timeline([spoken]))
    svg = ElementTree.fromstring(drawn[drawn.index("<svg") : drawn.index("</svg>") + 6])
    lanes = [node.text for node in svg.iter("text") if node.get("class") == "lane"]
    assert lanes == ["caller", "agent"]
    assert "web · abandoned<" in drawn


def test_labels_of_close_moments_stand_below_each_other() -> None:
    drawn = page(CALL, timeline(EVENTS))
    svg = ElementTree.fromstring(drawn[drawn.index("<svg") : drawn.index("</svg>") + 6])
    places = {
        node.text: (float(node.get("x", 0)), float(node.get("y", 0))) for node in svg.iter("text")
    }
    assert places["ducked"][1] < places["taken"][1]
    # What is said at the very end has room, too.
    end = places["end: completed"][0] + 6 * len("end: completed")
    assert end < float(svg.get("width", 0))


def test_levels_are_kept_by_side_and_time_and_drained_once() -> None:
    loud = (np.ones(320) * 16_000).astype("<i2").tobytes()
    assert level(bytes(640)) == 0 and 200 < level(loud) < 255
    envelope = Envelope()
    envelope.add("caller", loud, 250)
    envelope.add("agent", loud, 0)
    begin, levels = envelope.drain(400)
    assert begin == 0
    caller, agent = (base64.b64decode(levels[side]) for side in ("caller", "agent"))
    assert [value > 0 for value in caller] == [False, False, True, False]
    assert [value > 0 for value in agent] == [True, False, False, False]
    envelope.add("caller", loud, 410)
    begin, levels = envelope.drain(600)
    assert begin == 400 and len(base64.b64decode(levels["agent"])) == 2
