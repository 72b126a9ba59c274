"""The outbox's rows: claimed for an attempt, settled after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from voice_worker.errors import NotFound
from voice_worker.store.database import Database

_DUE_ACCOUNTS = "select * from app_private.accounts_with_due_deliveries()"
# The lease: whoever dies in the middle of an attempt loses it to another worker after a while.
_CLAIM = """
update deliveries d
set attempts = attempts + 1, next_attempt_at = now() + $2 * interval '1 second'
where id in (
  select id from deliveries where status = 'pending' and next_attempt_at <= now()
    and integration_id in (select id from integrations where active)
  order by next_attempt_at limit $1 for update skip locked)
returning id
"""
_CLAIMED = """
select d.id, d.attempts, d.priority, d.reason, d.payload, d.created_at, d.call_session_id,
  i.id as integration_id, i.name, i.type, i.config, i.secrets,
  a.slug as account, c.slug as campaign,
  case when l.id is null then null else jsonb_build_object(
    'id', l.id, 'name', l.name, 'email', l.email, 'phone', l.phone, 'company', l.company,
    'intent_summary', l.intent_summary) end as lead
from deliveries d
join integrations i on i.id = d.integration_id
join accounts a on a.id = d.account_id
join call_sessions s on s.id = d.call_session_id
join campaigns c on c.id = s.campaign_id
left join leads l on l.id = d.lead_id
where d.id = any ($1::uuid[]) order by d.created_at
"""
_DELIVERED = """
update deliveries set status = 'delivered', delivered_at = now(), last_error = null where id = $1
"""
_POSTPONE = """
update deliveries set next_attempt_at = now() + $3 * interval '1 second', last_error = $2
where id = $1
"""
_GIVE_UP = "update deliveries set status = 'failed', last_error = $2 where id = $1"
_OUTCOME = "select status, last_error from deliveries where request_id = $1"
_RECEIVERS = "select count(*) from integrations where active and $1 in ('', name, type)"
_LIST = """
select d.id, i.name as integration, i.type, d.status, d.attempts, d.reason, d.last_error,
  d.call_session_id as call_id, d.created_at, d.delivered_at,
  case when d.status = 'pending' then d.next_attempt_at end as next_attempt_at
from deliveries d join integrations i on i.id = d.integration_id
where ($1::text is null or d.status = $1) order by d.created_at desc, d.id desc limit $2
"""
_RETRY = """
update deliveries set status = 'pending', attempts = 0, next_attempt_at = now()
where id = $1 and status <> 'delivered'
"""
_LONGEST_ERROR = 2000


@dataclass(frozen=True)
class Claimed:
    """A delivery taken for one attempt, with all that is sent."""

    id: UUID
    attempts: int
    """This one included."""
    priority: str
    reason: str
    payload: dict[str, str]
    created_at: datetime
    call_session_id: UUID
    integration_id: UUID
    name: str
    type: str
    config: dict[str, Any]
    secrets: bytes | None
    account: str
    campaign: str
    lead: dict[str, Any] | None


async def accounts_due(database: Database) -> list[UUID]:
    """Accounts that have something to deliver now."""
    async with database.system() as connection:
        return [row[0] for row in await connection.fetch(_DUE_ACCOUNTS)]


async def claim(
    database: Database, account_id: UUID, *, limit: int, lease_seconds: float
) -> list[Claimed]:
    """Take what is due; nobody else gets it until the lease is over."""
    async with database.tenant(account_id) as connection:
        ids = [row["id"] for row in await connection.fetch(_CLAIM, limit, lease_seconds)]
        return [Claimed(**dict(row)) for row in await connection.fetch(_CLAIMED, ids)]


async def delivered(database: Database, account_id: UUID, delivery_id: UUID) -> None:
    """The receiver took it."""
    async with database.tenant(account_id) as connection:
        await connection.execute(_DELIVERED, delivery_id)


async def postpone(
    database: Database, account_id: UUID, delivery_id: UUID, why: str, seconds: float
) -> None:
    """Try again later."""
    async with database.tenant(account_id) as connection:
        await connection.execute(_POSTPONE, delivery_id, _storable(why), seconds)


async def give_up(database: Database, account_id: UUID, delivery_id: UUID, why: str) -> None:
    """No further attempt, until somebody asks for one."""
    async with database.tenant(account_id) as connection:
        await connection.execute(_GIVE_UP, delivery_id, _storable(why))


def _storable(why: str) -> str:
    # It may quote a receiver, and Postgres refuses this one character.
    return why.replace("\0", "")[:_LONGEST_ERROR]


async def receivers(database: Database, account_id: UUID, target: str) -> int:
    """How many active integrations a target names: one by name, those of a type, or all."""
    async with database.tenant(account_id) as connection:
        return int(await connection.fetchval(_RECEIVERS, target))


async def outcome(
    database: Database, account_id: UUID, request_id: UUID
) -> list[tuple[str, str | None]]:
    """(status, last error) of every delivery of a request; empty while it is not recorded yet."""
    async with database.tenant(account_id) as connection:
        rows = await connection.fetch(_OUTCOME, request_id)
    return [(row["status"], row["last_error"]) for row in rows]


async def list_deliveries(
    database: Database, account_id: UUID, *, status: str | None, limit: int
) -> list[dict[str, Any]]:
    """Newest first."""
    async with database.tenant(account_id) as connection:
        return [dict(row) for row in await connection.fetch(_LIST, status, limit)]


async def retry(database: Database, account_id: UUID, delivery_id: UUID) -> None:
    """Make a delivery due now, with all its attempts before it again.

    Raises:
        NotFound: there is none, or it has arrived already.
    """
    async with database.tenant(account_id) as connection:
        if await connection.execute(_RETRY, delivery_id) == "UPDATE 0":
            raise NotFound(
                f"There is no undelivered delivery {delivery_id}. "
                "`voice-worker deliveries` lists them."
            )
