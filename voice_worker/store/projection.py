"""From a call's events to its rows: what each event means for the tables people read."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from pipelines.events import (
    AgentSpoke,
    CallActive,
    CallEnded,
    CallerSpoke,
    CallEvent,
    CallFaulted,
    DispatchRequested,
    LeadFieldCaptured,
    LeadSaved,
    Used,
    call_event_adapter,
)
from voice_worker.costs import PriceList, cents, price_call

if TYPE_CHECKING:
    from voice_worker.store.database import Connection

_ADD_EVENT = """
insert into call_events (id, account_id, call_session_id, seq, type, offset_ms, at, body)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (id) do nothing
returning id
"""
_ACTIVATE = """
update call_sessions set status = 'active', worker = $2, transport = $3, answered_at = $4
where id = $1
"""
_ADD_TRANSCRIPT = """
insert into call_transcripts (id, account_id, call_session_id, seq, speaker, text, heard_text,
                              offset_ms, duration_ms, confidence, interrupted)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (id) do nothing
"""
_ADD_LEAD = """
insert into leads (id, account_id, campaign_id, call_session_id)
select $1, account_id, campaign_id, id from call_sessions where id = $2
on conflict (id) do nothing
"""
_LINK_LEAD = "update call_sessions set lead_id = $1 where id = $2 and lead_id is distinct from $1"
_CAPTURE = """
update leads set
  name = case when $2 = 'name' then $3 else name end,
  email = case when $2 = 'email' then $3 else email end,
  phone = case when $2 = 'phone' then $3 else phone end,
  company = case when $2 = 'company' then $3 else company end,
  fields = fields || jsonb_build_object($2::text, $4::jsonb)
where id = $1
"""
_COMPLETE_LEAD = """
update leads set intent_summary = nullif($2, ''), completed_at = $3 where id = $1
"""
_ADD_HANDOFF = """
insert into handoff_requests (id, account_id, call_session_id, lead_id, priority, reason, target,
                              payload)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (id) do nothing
"""
_EVENTS_OF_TYPE = """
select body from call_events where call_session_id = $1 and type = any($2) order by seq
"""
_ADD_COST = """
insert into call_costs (account_id, call_session_id, minute, component, provider, unit, quantity,
                        micro_dollars, priced)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict do nothing
"""
_END = """
update call_sessions set
  status = $2, outcome = $3, duration_ms = $4, ended_at = $5, cost_cents = $6,
  metadata = metadata || $7
where id = $1 and status in ('connecting', 'active')
"""


class Projector:
    """Writes events into one account's transaction; each event takes effect once."""

    def __init__(self, prices: PriceList) -> None:
        self._prices = prices

    async def apply(self, connection: Connection, event: CallEvent) -> None:
        """Store the event and what follows from it; nothing when it was stored before."""
        added = await connection.fetchval(
            _ADD_EVENT,
            event.id,
            event.account_id,
            event.call_id,
            event.seq,
            event.type,
            event.offset_ms,
            event.at,
            event.model_dump(mode="json"),
        )
        if added is None:
            return
        match event:
            case CallActive():
                await connection.execute(
                    _ACTIVATE, event.call_id, event.worker, event.transport, event.at
                )
            case CallerSpoke():
                await self._transcribe(connection, event, "caller", confidence=event.confidence)
            case AgentSpoke():
                await self._transcribe(
                    connection,
                    event,
                    "ai_agent",
                    heard=event.heard_text,
                    interrupted=event.interrupted,
                )
            case LeadFieldCaptured():
                await self._capture(connection, event)
            case LeadSaved():
                await connection.execute(_ADD_LEAD, event.lead_id, event.call_id)
                await connection.execute(_LINK_LEAD, event.lead_id, event.call_id)
                await connection.execute(
                    _COMPLETE_LEAD, event.lead_id, event.intent_summary, event.at
                )
            case DispatchRequested(kind="handoff"):
                await connection.execute(
                    _ADD_HANDOFF,
                    event.request_id,
                    event.account_id,
                    event.call_id,
                    event.lead_id,
                    event.priority,
                    event.reason,
                    event.target,
                    event.payload,
                )
            case CallEnded():
                await self._end(connection, event)
            case _:
                pass

    async def _transcribe(
        self,
        connection: Connection,
        event: CallerSpoke | AgentSpoke,
        speaker: str,
        *,
        heard: str | None = None,
        confidence: float | None = None,
        interrupted: bool = False,
    ) -> None:
        await connection.execute(
            _ADD_TRANSCRIPT,
            event.id,
            event.account_id,
            event.call_id,
            event.seq,
            speaker,
            event.text,
            heard,
            event.offset_ms,
            event.duration_ms,
            confidence,
            interrupted,
        )

    async def _capture(self, connection: Connection, event: LeadFieldCaptured) -> None:
        await connection.execute(_ADD_LEAD, event.lead_id, event.call_id)
        await connection.execute(_LINK_LEAD, event.lead_id, event.call_id)
        evidence = {
            "value": event.value,
            "raw": event.raw,
            "offset_ms": event.offset_ms,
            "confidence": event.confidence,
            "confirmed": event.confirmed,
        }
        await connection.execute(_CAPTURE, event.lead_id, event.field, event.value, evidence)

    async def _end(self, connection: Connection, event: CallEnded) -> None:
        async def of(*types: str) -> list[CallEvent]:
            rows = await connection.fetch(_EVENTS_OF_TYPE, event.call_id, list(types))
            return [call_event_adapter.validate_python(row["body"]) for row in rows]

        used = [item for item in await of("used") if isinstance(item, Used)]
        began = event.at - timedelta(milliseconds=event.duration_ms)
        rows = price_call(used, self._prices.on(began.date()))
        await connection.executemany(
            _ADD_COST,
            [
                (
                    event.account_id,
                    event.call_id,
                    row.minute,
                    row.component,
                    row.provider,
                    row.unit,
                    row.quantity,
                    row.micro_dollars,
                    row.priced,
                )
                for row in rows
            ],
        )
        others = await of("turn_timed", "call_faulted")
        await connection.execute(
            _END,
            event.call_id,
            event.status,
            event.outcome,
            event.duration_ms,
            event.at,
            cents(rows),
            _metadata(others),
        )


def _metadata(events: list[CallEvent]) -> dict[str, Any]:
    turns = [event.total_ms for event in events if event.type == "turn_timed"]
    faults = [event.code for event in events if isinstance(event, CallFaulted)]
    found: dict[str, Any] = {"turns": len(turns), "faults": faults}
    if turns:
        found["answer_ms_median"] = round(median(turns))
        found["answer_ms_max"] = max(turns)
    return found
