"""Calls: made, listed, shown, and closed after a worker that died."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from voice_worker.store.database import Database

_CREATE = """
insert into call_sessions (id, account_id, campaign_id, flow_id, flow_version, transport, worker,
                           metadata)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_LIST = """
select s.id, c.slug as campaign, s.status, s.outcome, s.transport, s.created_at, s.duration_ms,
       s.cost_cents, s.lead_id
from call_sessions s join campaigns c on c.account_id = s.account_id and c.id = s.campaign_id
order by s.created_at desc, s.id desc limit $1
"""
_SHOW = """
select s.id, c.slug as campaign, s.status, s.outcome, s.transport, s.worker, s.created_at,
       s.answered_at, s.ended_at, s.duration_ms, s.cost_cents, s.lead_id, s.flow_version,
       s.metadata
from call_sessions s join campaigns c on c.account_id = s.account_id and c.id = s.campaign_id
where s.id = $1
"""
_PARTS = {
    "transcript": """
        select seq, speaker, text, heard_text, offset_ms, duration_ms, confidence, interrupted
        from call_transcripts where call_session_id = $1 order by offset_ms, seq""",
    "leads": """
        select id, name, email, phone, company, status, intent_summary, fields, completed_at
        from leads where call_session_id = $1""",
    "handoffs": """
        select id, status, priority, reason, payload, created_at
        from handoff_requests where call_session_id = $1 order by created_at""",
    "costs": """
        select minute, component, provider, unit, quantity, micro_dollars, priced
        from call_costs where call_session_id = $1 order by minute, component""",
    "events": """
        select seq, type, offset_ms, body from call_events where call_session_id = $1
        order by seq""",
}
_OPEN = """
select s.id, s.account_id, s.status, coalesce(max(e.seq), -1) as last_seq,
       coalesce(max(e.offset_ms), 0) as last_offset_ms,
       max(e.body ->> 'component') filter (where e.type = 'call_active') as component,
       max(e.body ->> 'provider') filter (where e.type = 'call_active') as provider
from call_sessions s left join call_events e on e.call_session_id = s.id
where s.status in ('connecting', 'active') and s.worker = $1
group by s.id
"""


@dataclass(frozen=True)
class OpenCall:
    """A call a worker left behind."""

    id: UUID
    account_id: UUID
    status: str
    last_seq: int
    last_offset_ms: int
    component: str | None
    """What its line's minutes are in the books, and whose; none before it was active."""
    provider: str | None


async def create_call(
    database: Database,
    *,
    call_id: UUID,
    account_id: UUID,
    campaign_id: UUID,
    flow_id: UUID,
    flow_version: int,
    transport: str,
    worker: str,
    metadata: dict[str, Any],
) -> None:
    """A new call, `connecting`."""
    async with database.tenant(account_id) as connection:
        await connection.execute(
            _CREATE,
            call_id,
            account_id,
            campaign_id,
            flow_id,
            flow_version,
            transport,
            worker,
            metadata,
        )


async def list_calls(database: Database, account_id: UUID, limit: int) -> list[dict[str, Any]]:
    """Newest first."""
    async with database.tenant(account_id) as connection:
        return [dict(row) for row in await connection.fetch(_LIST, limit)]


async def show_call(
    database: Database, account_id: UUID, call_id: UUID, *, with_events: bool = False
) -> dict[str, Any] | None:
    """A call with its transcript, leads, hand-offs and costs; None when the account has no such."""
    async with database.tenant(account_id) as connection:
        row = await connection.fetchrow(_SHOW, call_id)
        if row is None:
            return None
        call = dict(row)
        for part, query in _PARTS.items():
            if part != "events" or with_events:
                call[part] = [dict(item) for item in await connection.fetch(query, call_id)]
    return call


async def open_calls(database: Database, worker: str) -> list[OpenCall]:
    """Calls of this worker that have not ended."""
    async with database.system() as connection:
        accounts = await connection.fetch("select app_private.accounts_with_open_calls() as id")
    found: list[OpenCall] = []
    for account in accounts:
        async with database.tenant(account["id"]) as connection:
            found += [OpenCall(**dict(row)) for row in await connection.fetch(_OPEN, worker)]
    return found
