"""Many calls' worth of events, and the proof that every one of them reached Postgres once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from pipelines.events import (
    AgentSpoke,
    CallActive,
    CallEnded,
    CallerSpoke,
    CallEvent,
    DispatchRequested,
    LeadFieldCaptured,
    LeadSaved,
    Used,
)
from voice_worker.store.owner import OwnerConnection

TURNS = 8
_NAMES = UUID("6f1c6a52-5d0e-4b0b-9f53-2c8a4f1f7f12")
CPU_SECONDS = Decimal("0.123456")


def call_events(account: UUID, call: UUID) -> Iterator[CallEvent]:
    """One call from beginning to end; told from the call alone, but for the events' ids."""
    lead, handoff = uuid5(_NAMES, f"lead {call}"), uuid5(_NAMES, f"handoff {call}")
    kinds: list[tuple[Any, dict[str, Any]]] = [(CallActive, {"transport": "web", "worker": "w1"})]
    for turn in range(TURNS):
        at = {"offset_ms": turn * 10_000}
        kinds += [
            (CallerSpoke, {"text": f"caller {turn} of {call}", **at}),
            (AgentSpoke, {"text": f"agent {turn} of {call}", "heard_text": "heard", **at}),
            (Used, {"component": "stt", "provider": "local", "unit": "cpu_second",
                    "quantity": CPU_SECONDS, **at}),
        ]  # fmt: skip
    kinds += [
        (LeadFieldCaptured, {"lead_id": lead, "field": "email", "value": "jane@example.com",
                             "raw": "jane at example dot com"}),
        (LeadFieldCaptured, {"lead_id": lead, "field": "name", "value": f"Jane {call}",
                             "raw": "jane"}),
        (LeadSaved, {"lead_id": lead, "intent_summary": "wants a call"}),
        (DispatchRequested, {"request_id": handoff, "kind": "handoff", "lead_id": lead}),
        (CallEnded, {"status": "completed", "outcome": "completed",
                     "duration_ms": TURNS * 10_000}),
    ]  # fmt: skip
    for seq, (kind, fields) in enumerate(kinds):
        yield kind(account_id=account, call_id=call, seq=seq, **fields)


@dataclass(frozen=True)
class Recorded:
    """What Postgres has of one call."""

    events: list[int]
    lines: list[str]
    leads: list[str]
    handoffs: int
    status: str
    micro_dollars: int | None
    cost_cents: Decimal | None


async def recorded(owner: OwnerConnection, calls: list[UUID]) -> dict[UUID, Recorded]:
    """The rows of calls."""
    found: dict[UUID, Recorded] = {}
    for row in await owner.fetch(
        """
        select s.id,
          array(select seq from call_events where call_session_id = s.id order by at, seq),
          array(select text from call_transcripts where call_session_id = s.id
                order by offset_ms, seq),
          array(select name || ' ' || email || ' ' || (s.lead_id = id) from leads
                where call_session_id = s.id and completed_at is not null),
          (select count(*) from handoff_requests where call_session_id = s.id),
          s.status,
          (select sum(micro_dollars) from call_costs where call_session_id = s.id),
          s.cost_cents
        from call_sessions s where s.id = any($1)
        """,
        calls,
    ):
        call_id, *values = row.values()
        found[call_id] = Recorded(*values)
    return found


def assert_whole(call: UUID, rows: Recorded) -> None:
    """Everything of an ended call is there, once, in order."""
    expected = list(call_events(call, call))
    assert rows.events == [event.seq for event in expected]
    assert rows.lines == [
        f"{speaker} {turn} of {call}" for turn in range(TURNS) for speaker in ("caller", "agent")
    ]
    assert rows.leads == [f"Jane {call} jane@example.com true"]
    assert rows.handoffs == 1
    assert rows.status == "completed"
    assert rows.cost_cents is not None and rows.micro_dollars == rows.cost_cents * 10_000
    # 8 x 0.123456 core-seconds at 4.57 micro-dollars
    assert rows.micro_dollars == round(TURNS * CPU_SECONDS * Decimal("4.57"))


def assert_begun(call: UUID, rows: Recorded, acknowledged: int) -> None:
    """Of a call that was cut off: no gap, no repetition, nothing acknowledged is missing."""
    expected = list(call_events(call, call))
    assert rows.events == list(range(len(rows.events)))
    assert len(rows.events) > acknowledged
    spoken = [
        event.text
        for event in expected[: len(rows.events)]
        if isinstance(event, CallerSpoke | AgentSpoke)
    ]
    assert rows.lines == spoken
    if len(rows.events) == len(expected):
        assert_whole(call, rows)
