"""From a call's events to its rows: what each event means for the tables people read.

Whole batches go in one statement for each kind of row, so that a slow server costs a few answers
for hundreds of events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

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
    TurnTimed,
    Used,
    call_event_adapter,
)
from voice_worker.costs import PriceList, cents, price_call
from voice_worker.store.database import without_nul

if TYPE_CHECKING:
    from voice_worker.store.database import Connection

Kind = TypeVar("Kind")

# An event that was stored before comes back without a row; so does one of a call whose words were
# erased meanwhile: a journal that is drained late brings nothing back.
_ADD_EVENTS = """
insert into call_events (id, account_id, call_session_id, seq, type, offset_ms, at, body)
select id, account_id, call_session_id, seq, type, offset_ms, at, body::jsonb
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::bigint[],
            $7::timestamptz[], $8::text[])
  as e (id, account_id, call_session_id, seq, type, offset_ms, at, body)
where not exists (
  select from call_sessions s where s.id = e.call_session_id and s.erased_at is not null)
on conflict (id) do nothing
returning id
"""
_ACTIVATE = """
update call_sessions s
set status = 'active', worker = e.worker, transport = e.transport, answered_at = e.at
from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) as e (id, worker, transport, at)
where s.id = e.id
"""
_ADD_TRANSCRIPTS = """
insert into call_transcripts (id, account_id, call_session_id, seq, speaker, text, heard_text,
                              offset_ms, duration_ms, confidence, interrupted)
select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[],
                     $7::text[], $8::bigint[], $9::bigint[], $10::real[], $11::boolean[])
on conflict (id) do nothing
"""
_ADD_LEADS = """
insert into leads (id, account_id, campaign_id, call_session_id)
select e.lead_id, s.account_id, s.campaign_id, s.id
from unnest($1::uuid[], $2::uuid[]) as e (lead_id, call_id) join call_sessions s on s.id = e.call_id
on conflict (id) do nothing
"""
_LINK_LEADS = """
update call_sessions s set lead_id = e.lead_id
from unnest($1::uuid[], $2::uuid[]) as e (lead_id, call_id)
where s.id = e.call_id and s.lead_id is distinct from e.lead_id
"""
_CAPTURE = """
update leads l set
  name = coalesce(e.name, l.name), email = coalesce(e.email, l.email),
  phone = coalesce(e.phone, l.phone), company = coalesce(e.company, l.company),
  fields = l.fields || e.fields
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])
  as e (id, name, email, phone, company, fields)
where l.id = e.id
"""
_COMPLETE_LEADS = """
update leads l set intent_summary = nullif(e.intent_summary, ''), completed_at = e.at
from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as e (id, intent_summary, at)
where l.id = e.id
"""
_ADD_HANDOFFS = """
insert into handoff_requests (id, account_id, call_session_id, lead_id, priority, reason, target,
                              payload)
select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[],
                     $7::text[], $8::jsonb[])
on conflict (id) do nothing
"""
_EVENTS_OF_TYPES = """
select call_session_id as call_id, body from call_events
where call_session_id = any($1::uuid[]) and type = any($2::text[]) order by call_session_id, seq
"""
_ADD_COSTS = """
insert into call_costs (account_id, call_session_id, minute, component, provider, unit, quantity,
                        micro_dollars, priced)
select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[],
                     $7::numeric[], $8::bigint[], $9::boolean[])
on conflict do nothing
"""
_END = """
update call_sessions s set
  status = e.status, outcome = e.outcome, duration_ms = e.duration_ms, ended_at = e.at,
  cost_cents = e.cost_cents, metadata = s.metadata || e.metadata
from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::numeric[],
            $7::jsonb[]) as e (id, status, outcome, duration_ms, at, cost_cents, metadata)
where s.id = e.id and s.status in ('connecting', 'active')
"""
LEAD_COLUMNS = ("name", "email", "phone", "company")


class Projector:
    """Writes events into one account's transaction; each event takes effect once."""

    def __init__(self, prices: PriceList) -> None:
        self._prices = prices

    async def apply(self, connection: Connection, events: Sequence[CallEvent]) -> None:
        """Store the events of one account and what follows from them, in their order."""
        added = await connection.fetch(
            _ADD_EVENTS,
            *_columns(
                (
                    event.id,
                    event.account_id,
                    event.call_id,
                    event.seq,
                    event.type,
                    event.offset_ms,
                    event.at,
                    without_nul(event.model_dump_json()),
                )
                for event in events
            ),
        )
        new_ids = {row["id"] for row in added}
        fresh = [event for event in events if event.id in new_ids]

        await _each(connection, _ACTIVATE, _of(fresh, CallActive), lambda event: (
            event.call_id, event.worker, event.transport, event.at,
        ))  # fmt: skip
        spoken = [event for event in fresh if isinstance(event, CallerSpoke | AgentSpoke)]
        await _each(connection, _ADD_TRANSCRIPTS, spoken, _line)
        await self._leads(connection, fresh)
        handoffs = [event for event in _of(fresh, DispatchRequested) if event.kind == "handoff"]
        await _each(connection, _ADD_HANDOFFS, handoffs, lambda event: (
            event.request_id, event.account_id, event.call_id, event.lead_id, event.priority,
            event.reason, event.target, event.payload,
        ))  # fmt: skip
        if ended := _of(fresh, CallEnded):
            await self._end(connection, ended)

    async def _leads(self, connection: Connection, events: list[CallEvent]) -> None:
        captured, saved = _of(events, LeadFieldCaptured), _of(events, LeadSaved)
        leads = {event.call_id: event.lead_id for event in captured}
        leads |= {event.call_id: event.lead_id for event in saved}
        pairs = [(lead_id, call_id) for call_id, lead_id in leads.items()]
        for statement in (_ADD_LEADS, _LINK_LEADS):
            await _each(connection, statement, pairs, lambda pair: pair)
        fields: dict[UUID, dict[str, Any]] = {}
        for event in captured:
            fields.setdefault(event.lead_id, {})[event.field] = {
                "value": event.value,
                "raw": event.raw,
                "offset_ms": event.offset_ms,
                "confidence": event.confidence,
                "confirmed": event.confirmed,
            }
        await _each(connection, _CAPTURE, fields.items(), lambda item: (
            item[0], *(item[1].get(column, {}).get("value") for column in LEAD_COLUMNS), item[1],
        ))  # fmt: skip
        await _each(connection, _COMPLETE_LEADS, saved, lambda event: (
            event.lead_id, event.intent_summary, event.at,
        ))  # fmt: skip

    async def _end(self, connection: Connection, ended: list[CallEnded]) -> None:
        rows = await connection.fetch(
            _EVENTS_OF_TYPES,
            [event.call_id for event in ended],
            ["used", "turn_timed", "call_faulted"],
        )
        earlier: dict[UUID, list[CallEvent]] = {}
        for row in rows:
            event = call_event_adapter.validate_python(row["body"])
            earlier.setdefault(row["call_id"], []).append(event)
        cost_rows: list[tuple[Any, ...]] = []
        ends: list[tuple[Any, ...]] = []
        for event in ended:
            before = earlier.get(event.call_id, [])
            began = event.at - timedelta(milliseconds=event.duration_ms)
            costs = price_call(_of(before, Used), self._prices.on(began.date()))
            cost_rows += [
                (event.account_id, event.call_id, row.minute, row.component, row.provider,
                 row.unit, row.quantity, row.micro_dollars, row.priced)
                for row in costs
            ]  # fmt: skip
            ends.append(
                (event.call_id, event.status, event.outcome, event.duration_ms, event.at,
                 cents(costs), _metadata(before))
            )  # fmt: skip
        await _each(connection, _ADD_COSTS, cost_rows, lambda row: row)
        await _each(connection, _END, ends, lambda row: row)


def _of(events: Iterable[CallEvent], kind: type[Kind]) -> list[Kind]:
    return [event for event in events if isinstance(event, kind)]


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows turned into the arrays that `unnest` makes rows of again."""
    return [list(column) for column in zip(*rows, strict=True)]


async def _each(
    connection: Connection,
    statement: str,
    items: Iterable[Kind],
    row: Callable[[Kind], tuple[Any, ...]],
) -> None:
    """Run a statement once for all items; not at all when there are none."""
    if columns := _columns(row(item) for item in items):
        await connection.execute(statement, *columns)


def _line(event: CallerSpoke | AgentSpoke) -> tuple[Any, ...]:
    return (
        event.id,
        event.account_id,
        event.call_id,
        event.seq,
        "ai_agent" if isinstance(event, AgentSpoke) else "caller",
        event.text,
        event.heard_text if isinstance(event, AgentSpoke) else None,
        event.offset_ms,
        event.duration_ms,
        event.confidence if isinstance(event, CallerSpoke) else None,
        isinstance(event, AgentSpoke) and event.interrupted,
    )


def _metadata(events: list[CallEvent]) -> dict[str, Any]:
    turns = [event.total_ms for event in _of(events, TurnTimed)]
    faults = [event.code for event in _of(events, CallFaulted)]
    found: dict[str, Any] = {"turns": len(turns), "faults": faults}
    if turns:
        found["answer_ms_median"] = round(median(turns))
        found["answer_ms_max"] = max(turns)
    return found
