"""From a call's events to its rows: what each event means for the tables people read.

Whole batches go in one statement for each kind of row, so that a slow server costs a few answers
for hundreds of events.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
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

if TYPE_CHECKING:
    from voice_worker.store.database import Connection

Kind = TypeVar("Kind")

# Rows come as one JSON document: arrays would have to be looked up in the catalogue on every new
# connection, several answers long.
#
# An event that was stored before comes back without a row; so does one of a call whose words were
# erased meanwhile: a journal that is drained late brings nothing back.
_ADD_EVENTS = """
insert into call_events (id, account_id, call_session_id, seq, type, offset_ms, at, body)
select e.id, e.account_id, e.call_id, e.seq, e.type, e.offset_ms, e.at, body
from jsonb_array_elements($1::text::jsonb) as body,
  jsonb_to_record(body) as e (id uuid, account_id uuid, call_id uuid, seq int, type text,
                              offset_ms bigint, at timestamptz)
where not exists (
  select from call_sessions s where s.id = e.call_id and s.erased_at is not null)
on conflict (id) do nothing
returning id
"""
_ACTIVATE = """
update call_sessions s
set status = 'active', worker = e.worker, transport = e.transport, answered_at = e.at
from jsonb_to_recordset($1::text::jsonb) as e (id uuid, worker text, transport text, at timestamptz)
where s.id = e.id
"""
_ADD_TRANSCRIPTS = """
insert into call_transcripts (id, account_id, call_session_id, seq, speaker, text, heard_text,
                              offset_ms, duration_ms, confidence, interrupted)
select * from jsonb_to_recordset($1::text::jsonb) as e (
  id uuid, account_id uuid, call_id uuid, seq int, speaker text, text text, heard_text text,
  offset_ms bigint, duration_ms bigint, confidence real, interrupted boolean)
on conflict (id) do nothing
"""
_ADD_LEADS = """
insert into leads (id, account_id, campaign_id, call_session_id)
select e.lead_id, s.account_id, s.campaign_id, s.id
from jsonb_to_recordset($1::text::jsonb) as e (lead_id uuid, call_id uuid)
join call_sessions s on s.id = e.call_id
on conflict (id) do nothing
"""
_LINK_LEADS = """
update call_sessions s set lead_id = e.lead_id
from jsonb_to_recordset($1::text::jsonb) as e (lead_id uuid, call_id uuid)
where s.id = e.call_id and s.lead_id is distinct from e.lead_id
"""
_CAPTURE = """
update leads l set
  name = case when e.fields ? 'name' then e.name else l.name end,
  email = case when e.fields ? 'email' then e.email else l.email end,
  phone = case when e.fields ? 'phone' then e.phone else l.phone end,
  company = case when e.fields ? 'company' then e.company else l.company end,
  fields = l.fields || e.fields
from jsonb_to_recordset($1::text::jsonb) as e (
  id uuid, name text, email text, phone text, company text, fields jsonb)
where l.id = e.id
"""
_COMPLETE_LEADS = """
update leads l set intent_summary = nullif(e.intent_summary, ''), completed_at = e.at
from jsonb_to_recordset($1::text::jsonb) as e (id uuid, intent_summary text, at timestamptz)
where l.id = e.id
"""
_ADD_HANDOFFS = """
insert into handoff_requests (id, account_id, call_session_id, lead_id, priority, reason, target,
                              payload)
select * from jsonb_to_recordset($1::text::jsonb) as e (
  id uuid, account_id uuid, call_id uuid, lead_id uuid, priority text, reason text, target text,
  payload jsonb)
on conflict (id) do nothing
"""
# To every active integration the target names: one by its name, those of a type, or all.
_ADD_DELIVERIES = """
insert into deliveries (id, account_id, integration_id, call_session_id, lead_id, request_id,
                        priority, reason, payload)
select md5(e.request_id::text || i.id::text)::uuid, e.account_id, i.id, e.call_id, e.lead_id,
  e.request_id, e.priority, e.reason, e.payload
from jsonb_to_recordset($1::text::jsonb) as e (
  request_id uuid, account_id uuid, call_id uuid, lead_id uuid, priority text, reason text,
  target text, payload jsonb)
join integrations i on i.account_id = e.account_id and i.active
  and (e.target in ('', i.name, i.type))
on conflict do nothing
"""
_EARLIER = """
select call_session_id as call_id, body from call_events
where type in ('used', 'turn_timed', 'call_faulted') and call_session_id in (
  select value::uuid from jsonb_array_elements_text($1::text::jsonb))
order by call_session_id, seq
"""
_ADD_COSTS = """
insert into call_costs (account_id, call_session_id, minute, component, provider, unit, quantity,
                        micro_dollars, priced)
select * from jsonb_to_recordset($1::text::jsonb) as e (
  account_id uuid, call_id uuid, minute int, component text, provider text, unit text,
  quantity numeric, micro_dollars bigint, priced boolean)
on conflict do nothing
"""
_END = """
update call_sessions s set
  status = e.status, outcome = e.outcome, duration_ms = e.duration_ms, ended_at = e.at,
  cost_cents = e.cost_cents, metadata = s.metadata || e.metadata
from jsonb_to_recordset($1::text::jsonb) as e (
  id uuid, status text, outcome text, duration_ms bigint, at timestamptz, cost_cents numeric,
  metadata jsonb)
where s.id = e.id and s.status in ('connecting', 'active')
"""
# What the columns take. The events keep everything, and a lead's evidence too: a value that is too
# long or not in form must not cost the lead.
LEAD_COLUMNS = {"name": 500, "email": 254, "phone": 16, "company": 500}
LONGEST_LINE = 20_000
E164 = re.compile(r"\+[1-9][0-9]{3,14}")


class Projector:
    """Writes events into one account's transaction; each event takes effect once."""

    def __init__(self, prices: PriceList) -> None:
        self._prices = prices

    async def apply(self, connection: Connection, events: Sequence[CallEvent]) -> None:
        """Store the events of one account and what follows from them, in their order."""
        document = f"[{','.join(event.model_dump_json() for event in events)}]"
        added = {row["id"] for row in await connection.fetch(_ADD_EVENTS, document)}
        fresh = [event for event in events if event.id in added]

        await _each(connection, _ACTIVATE, (
            {"id": event.call_id, "worker": event.worker, "transport": event.transport,
             "at": event.at}
            for event in _of(fresh, CallActive)
        ))  # fmt: skip
        await _each(connection, _ADD_TRANSCRIPTS, (
            _line(event) for event in fresh if isinstance(event, CallerSpoke | AgentSpoke)
        ))  # fmt: skip
        await self._leads(connection, fresh)
        await _each(connection, _ADD_HANDOFFS, (
            {"id": event.request_id, "account_id": event.account_id, "call_id": event.call_id,
             "lead_id": event.lead_id, "priority": event.priority, "reason": event.reason[:2000],
             "target": event.target[:200], "payload": event.payload}
            for event in _of(fresh, DispatchRequested) if event.kind == "handoff"
        ))  # fmt: skip
        await _each(connection, _ADD_DELIVERIES, (
            {"request_id": event.request_id, "account_id": event.account_id,
             "call_id": event.call_id, "lead_id": event.lead_id, "priority": event.priority,
             "reason": event.reason[:2000], "target": event.target, "payload": event.payload}
            for event in _of(fresh, DispatchRequested) if event.kind == "integration"
        ))  # fmt: skip
        if ended := _of(fresh, CallEnded):
            await self._end(connection, ended)

    async def _leads(self, connection: Connection, events: list[CallEvent]) -> None:
        captured, saved = _of(events, LeadFieldCaptured), _of(events, LeadSaved)
        leads = {event.call_id: event.lead_id for event in captured}
        leads |= {event.call_id: event.lead_id for event in saved}
        pairs = [{"call_id": call, "lead_id": lead} for call, lead in leads.items()]
        await _each(connection, _ADD_LEADS, pairs)
        await _each(connection, _LINK_LEADS, pairs)
        fields: dict[UUID, dict[str, Any]] = {}
        for event in captured:
            fields.setdefault(event.lead_id, {})[event.field] = {
                "value": event.value,
                "raw": event.raw,
                "offset_ms": event.offset_ms,
                "confidence": event.confidence,
                "confirmed": event.confirmed,
                "denied": event.denied,
                "parser": event.parser,
                **event.details,
            }
        await _each(connection, _CAPTURE, (
            {"id": lead_id, "fields": found,
             **{column: _contact(column, found) for column in LEAD_COLUMNS}}
            for lead_id, found in fields.items()
        ))  # fmt: skip
        await _each(connection, _COMPLETE_LEADS, (
            {"id": event.lead_id, "intent_summary": event.intent_summary[:2000], "at": event.at}
            for event in saved
        ))  # fmt: skip

    async def _end(self, connection: Connection, ended: list[CallEnded]) -> None:
        earlier: dict[UUID, list[CallEvent]] = {}
        for row in await connection.fetch(_EARLIER, _document([event.call_id for event in ended])):
            event = call_event_adapter.validate_python(row["body"])
            earlier.setdefault(row["call_id"], []).append(event)
        cost_rows: list[dict[str, Any]] = []
        ends: list[dict[str, Any]] = []
        for end in ended:
            before = earlier.get(end.call_id, [])
            began = end.at - timedelta(milliseconds=end.duration_ms)
            costs = price_call(_of(before, Used), self._prices.on(began.date()))
            call = {"account_id": end.account_id, "call_id": end.call_id}
            cost_rows += [call | asdict(row) for row in costs]
            ends.append(
                {"id": end.call_id, "status": end.status, "outcome": end.outcome[:200],
                 "duration_ms": end.duration_ms, "at": end.at, "cost_cents": cents(costs),
                 "metadata": _metadata(before)}
            )  # fmt: skip
        await _each(connection, _ADD_COSTS, cost_rows)
        await _each(connection, _END, ends)


def _of(events: Iterable[CallEvent], kind: type[Kind]) -> list[Kind]:
    return [event for event in events if isinstance(event, kind)]


def _document(value: Any) -> str:
    # Ids, times and exact decimals as text; Postgres reads them as what they are.
    return json.dumps(value, default=str)


async def _each(connection: Connection, statement: str, rows: Iterable[dict[str, Any]]) -> None:
    """Run a statement once for all rows; not at all when there are none."""
    if found := list(rows):
        await connection.execute(statement, _document(found))


def _line(event: CallerSpoke | AgentSpoke) -> dict[str, Any]:
    said = {
        "id": event.id,
        "account_id": event.account_id,
        "call_id": event.call_id,
        "seq": event.seq,
        "text": event.text[:LONGEST_LINE],
        "offset_ms": event.offset_ms,
        "duration_ms": event.duration_ms,
    }
    if isinstance(event, CallerSpoke):
        return said | {"speaker": "caller", "confidence": event.confidence, "interrupted": False}
    return said | {
        "speaker": "ai_agent",
        "heard_text": event.heard_text[:LONGEST_LINE],
        "interrupted": event.interrupted,
    }


def _contact(column: str, fields: dict[str, Any]) -> str | None:
    """What a lead's column takes of a captured field: nothing that the caller said is wrong."""
    found = fields.get(column, {})
    value: str | None = None if found.get("denied") else found.get("value")
    if value is None or (column == "phone" and not E164.fullmatch(value)):
        return None
    return value[: LEAD_COLUMNS[column]]


def _metadata(events: list[CallEvent]) -> dict[str, Any]:
    turns = [event.total_ms for event in _of(events, TurnTimed)]
    faults = [event.code for event in _of(events, CallFaulted)]
    found: dict[str, Any] = {"turns": len(turns), "faults": faults}
    if turns:
        found["answer_ms_median"] = round(median(turns))
        found["answer_ms_max"] = max(turns)
    return found
