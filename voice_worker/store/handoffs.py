"""Hand-offs: callers who want a person, as people take them and a waiting call learns of it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any
from uuid import UUID

from voice_worker.errors import NotFound, RowRefused
from voice_worker.queues import place_of
from voice_worker.store.database import LOST, Database

if TYPE_CHECKING:
    import asyncpg

    from voice_worker.store.database import Connection

LOOK_SECONDS = 1.0
"""Between looks at a hand-off whose caller waits on the line."""

_LIST = """
select h.id, c.slug as campaign, h.status, h.priority, h.reason, h.target, l.name, l.phone,
  case when s.status in ('connecting', 'active') then s.transport end as on_the_line,
  h.call_session_id as call_id, h.created_at, h.claimed_at, h.connect_to, h.payload
from handoff_requests h
join call_sessions s on s.id = h.call_session_id
join campaigns c on c.id = s.campaign_id
-- Who asked for a person first may have left a name since.
left join leads l on l.id = coalesce(h.lead_id, s.lead_id)
where $1 or h.status <> 'resolved'
order by h.created_at desc, h.id desc limit $2
"""
# Locked: of two people who take it, the second waits and is told that the other was first.
_FIND = """
select h.status, s.transport, s.status in ('connecting', 'active') as on_the_line,
  c.settings -> 'queues' as queues
from handoff_requests h
join call_sessions s on s.id = h.call_session_id
join campaigns c on c.id = s.campaign_id
where h.id = $1
for update of h
"""
_CLAIM = """
update handoff_requests set status = 'claimed', claimed_at = now(), connect_to = $2 where id = $1
"""
_RESOLVE = "update handoff_requests set status = 'resolved', resolved_at = now() where id = $1"
_CLAIMED = "select connect_to from handoff_requests where id = $1 and status <> 'pending'"


async def list_handoffs(
    database: Database, account_id: UUID, limit: int, *, resolved: bool = False
) -> list[dict[str, Any]]:
    """Newest first; those that are settled only when asked for.

    `on_the_line` says how a caller who is still there is connected.
    """
    async with database.tenant(account_id) as connection:
        return [dict(row) for row in await connection.fetch(_LIST, resolved, limit)]


async def claim(
    database: Database, account_id: UUID, handoff_id: UUID, connect_to: str = ""
) -> bool:
    """Take a pending hand-off; True when its caller is on the line. `connect_to` is a number, a SIP
    address or one of the names in the campaign's `queues`.

    Raises:
        NotFound: there is none.
        RowRefused: somebody took it, or its caller can't be connected to `connect_to`; nothing has
            changed.
    """
    async with database.tenant(account_id) as connection:
        found = await _find(connection, handoff_id)
        if found["status"] != "pending":
            raise RowRefused(f"Hand-off {handoff_id} is {found['status']} already.")
        on_the_line = bool(found["on_the_line"])
        if connect_to:
            connect_to = _place_of(connect_to, found["queues"] or {})
            _check_connectable(found["transport"], on_the_line)
        await connection.execute(_CLAIM, handoff_id, connect_to)
        return on_the_line


def _place_of(connect_to: str, queues: dict[str, str]) -> str:
    place = place_of(connect_to, queues)
    if place is None:
        known = f"; the campaign's queues are {', '.join(sorted(queues))}" if queues else ""
        raise RowRefused(f"{connect_to} is no number (+15035550142) and no SIP address{known}.")
    return place


def _check_connectable(transport: str, on_the_line: bool) -> None:
    if not on_the_line:
        raise RowRefused("The caller has hung up: claim it without a number, and call them back.")
    if transport != "sip":
        raise RowRefused(
            f"The caller is on a {transport} call, which can't be connected to a number: claim it "
            "without one, and call them back."
        )


async def resolve(database: Database, account_id: UUID, handoff_id: UUID) -> None:
    """Close a hand-off that was claimed.

    Raises:
        NotFound: there is none.
        RowRefused: it is not claimed.
    """
    async with database.tenant(account_id) as connection:
        found = await _find(connection, handoff_id)
        if found["status"] != "claimed":
            raise RowRefused(f"Hand-off {handoff_id} is {found['status']}, not claimed.")
        await connection.execute(_RESOLVE, handoff_id)


async def until_claimed(database: Database, account_id: UUID, handoff_id: UUID) -> str:
    """Wait until somebody takes a hand-off; returns where its caller is to be connected to, or "".

    The request may be written after this has begun, and the database may be away for a while.
    """
    while True:
        with contextlib.suppress(*LOST):
            async with database.tenant(account_id) as connection:
                connect_to = await connection.fetchval(_CLAIMED, handoff_id)
            if connect_to is not None:
                return str(connect_to)
        await asyncio.sleep(LOOK_SECONDS)


async def _find(connection: Connection, handoff_id: UUID) -> asyncpg.Record:
    found = await connection.fetchrow(_FIND, handoff_id)
    if found is None:
        raise NotFound(f"There is no hand-off {handoff_id}. `voice-worker handoffs` lists them.")
    return found
