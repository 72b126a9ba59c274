"""Campaigns: as the edge needs them, as people keep them, and what the demo account is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flows.check import CHECKER_VERSION
from pipelines.events import new_id
from voice_worker.errors import NotFound
from voice_worker.store.database import Database
from voice_worker.store.refusal import refusals_named

_BY_SLUG = """
select c.id, c.account_id, c.name, c.slug, c.entry_type, c.settings,
       case a.status when 'active' then c.status else 'paused' end as status,
       a.name as account_name, f.id as flow_id, f.version as flow_version, f.definition
from campaigns c
join accounts a on a.id = c.account_id
left join flows f on f.account_id = c.account_id and f.id = c.primary_flow_id
where c.slug = $1
"""
_ADD_CAMPAIGN = """
insert into campaigns (id, account_id, name, slug, status, settings)
values ($1, $2, $3, $4, 'draft', $5) on conflict (slug) do nothing
"""
# Two that push at once take turns: each makes a version of its own.
_HOLD_CAMPAIGN = "select primary_flow_id from campaigns where id = $1 for no key update"
_CURRENT_FLOW = "select id, version, definition, checker from flows where id = $1"
_LAST_VERSION = "select coalesce(max(version), 0) from flows where campaign_id = $1"
_ADD_FLOW = """
insert into flows (id, account_id, campaign_id, name, version, definition, checked_at, checker)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_SET_FLOW = "update campaigns set primary_flow_id = $2 where id = $1"
_ACTIVATE = "update campaigns set status = 'active' where id = $1 and status = 'draft'"
_LIST = """
select c.slug, c.name, c.status, f.version as flow_version, c.settings, c.created_at
from campaigns c
left join flows f on f.account_id = c.account_id and f.id = c.primary_flow_id
order by c.slug
"""
_NEW = "insert into campaigns (id, account_id, name, slug) values ($1, $2, $3, $4)"
_SETTINGS = "select id, settings from campaigns where slug = $1 for no key update"
_SET_SETTINGS = "update campaigns set settings = $2 where id = $1"
_SET_STATUS = "update campaigns set status = $2 where slug = $1 returning id"


@dataclass(frozen=True)
class Campaign:
    id: UUID
    account_id: UUID
    account_name: str
    name: str
    slug: str
    status: str
    entry_type: str
    settings: dict[str, Any]
    flow_id: UUID | None
    flow_version: int | None
    definition: dict[str, Any] | None


async def campaign_by_slug(database: Database, slug: str) -> Campaign | None:
    """The campaign a caller named, with the flow it runs now."""
    async with database.system() as connection:
        account_id = await connection.fetchval("select app_private.account_of_campaign($1)", slug)
    if account_id is None:
        return None
    async with database.tenant(account_id) as connection:
        row = await connection.fetchrow(_BY_SLUG, slug)
    return Campaign(**dict(row)) if row else None


async def active_campaigns(database: Database) -> list[str]:
    """Slugs of every account's campaigns that take calls, oldest first."""
    async with database.system() as connection:
        rows = await connection.fetch("select app_private.active_campaigns() as slug")
    return [row["slug"] for row in rows]


@refusals_named
async def add_campaign(
    database: Database, account_id: UUID, campaign_id: UUID, name: str, slug: str
) -> None:
    async with database.tenant(account_id) as connection:
        await connection.execute(_ADD_CAMPAIGN, campaign_id, account_id, name, slug, {})


async def list_campaigns(database: Database, account_id: UUID) -> list[dict[str, Any]]:
    """All of an account, by slug."""
    async with database.tenant(account_id) as connection:
        return [dict(row) for row in await connection.fetch(_LIST)]


@refusals_named
async def new_campaign(database: Database, account_id: UUID, name: str, slug: str) -> None:
    """A draft: it takes calls once a flow is pushed to it.

    Raises:
        RowRefused: the slug is taken, by whatever account, or something can't be stored.
    """
    async with database.tenant(account_id) as connection:
        await connection.execute(_NEW, new_id(), account_id, name, slug)


async def change_settings(
    database: Database,
    account_id: UUID,
    slug: str,
    change: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    """Replace a campaign's settings by what `change` makes of them.

    Raises:
        NotFound: the account has no such campaign.
    """
    async with database.tenant(account_id) as connection:
        row = await connection.fetchrow(_SETTINGS, slug)
        if row is None:
            raise NotFound(f"The account has no campaign {slug}.")
        await connection.execute(_SET_SETTINGS, row["id"], change(row["settings"]))


@refusals_named
async def set_status(database: Database, account_id: UUID, slug: str, status: str) -> None:
    """Pause a campaign, or let it take calls.

    Raises:
        NotFound: the account has no such campaign.
        RowRefused: its state does not allow it.
    """
    async with database.tenant(account_id) as connection:
        if not await connection.fetchval(_SET_STATUS, slug, status):
            raise NotFound(f"The account has no campaign {slug}.")


@refusals_named
async def publish_flow(
    database: Database,
    account_id: UUID,
    campaign_id: UUID,
    *,
    flow_id: UUID,
    name: str,
    definition: dict[str, Any],
    checked_at: datetime,
    checker: int = CHECKER_VERSION,
) -> int:
    """Make a definition that `checker` has just passed the campaign's flow; returns its version.

    What the campaign runs already stays; anything else becomes a new version. Calls that are going
    on keep theirs.
    """
    async with database.tenant(account_id) as connection:
        current_id = await connection.fetchval(_HOLD_CAMPAIGN, campaign_id)
        current = await connection.fetchrow(_CURRENT_FLOW, current_id) if current_id else None
        if current and current["definition"] == definition:
            await connection.execute(_ACTIVATE, campaign_id)
            return int(current["version"])
        version = int(await connection.fetchval(_LAST_VERSION, campaign_id)) + 1
        await connection.execute(
            _ADD_FLOW,
            flow_id,
            account_id,
            campaign_id,
            name,
            version,
            definition,
            checked_at,
            checker,
        )
        await connection.execute(_SET_FLOW, campaign_id, flow_id)
        await connection.execute(_ACTIVATE, campaign_id)
        return version
