"""Accounts: whom the campaigns belong to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pipelines.events import new_id
from voice_worker.errors import NotFound
from voice_worker.store.database import Database
from voice_worker.store.owner import OwnerConnection
from voice_worker.store.refusal import refusals_named

_NEW = "insert into accounts (id, name, slug) values ($1, $2, $3)"
_ENSURE = f"{_NEW} on conflict (slug) do nothing"
_SET_STATUS = "update accounts set status = $2 where slug = $1 returning id"
_LIST = """
select a.slug, a.name, a.status, a.plan, a.created_at,
       (select count(*) from campaigns c where c.account_id = a.id) as campaigns,
       (select count(*) from knowledge_sources s where s.account_id = a.id) as sources
from accounts a order by a.slug
"""


async def account_by_slug(database: Database, slug: str) -> UUID | None:
    async with database.system() as connection:
        found: UUID | None = await connection.fetchval(
            "select app_private.account_by_slug($1)", slug
        )
        return found


@refusals_named
async def ensure_account(database: Database, account_id: UUID, name: str, slug: str) -> None:
    """Make an account; nothing happens when its slug is taken."""
    async with database.tenant(account_id) as connection:
        await connection.execute(_ENSURE, account_id, name, slug)


@refusals_named
async def new_account(database: Database, name: str, slug: str) -> UUID:
    """An account without campaigns yet; returns its id.

    Raises:
        RowRefused: the slug is taken, or something can't be stored.
    """
    account_id = new_id()
    async with database.tenant(account_id) as connection:
        await connection.execute(_NEW, account_id, name, slug)
    return account_id


@refusals_named
async def set_status(database: Database, account_id: UUID, slug: str, status: str) -> None:
    """Suspend an account, whose campaigns then take no calls, or let it take them again.

    Raises:
        NotFound: there is none of that name. RowRefused: its state does not allow it.
    """
    async with database.tenant(account_id) as connection:
        if not await connection.fetchval(_SET_STATUS, slug, status):
            raise NotFound(f"There is no account {slug}.")


async def list_accounts(connection: OwnerConnection) -> list[dict[str, Any]]:
    """All there are, by slug, with how many campaigns and sources of knowledge each has."""
    return [dict(row) for row in await connection.fetch(_LIST)]
