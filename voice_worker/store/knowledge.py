"""What accounts know: texts and question and answer pairs; a worker indexes them when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pipelines.events import new_id
from voice_worker.store.database import Database
from voice_worker.store.refusal import refusals_named

_ADD = """
insert into knowledge_sources (id, account_id, name, type, config)
values ($1, $2, $3, $4, $5)
"""
_NAMED = """
select id, config from knowledge_sources
where type = $2 and name = $1 order by id limit 1 for no key update
"""
_CHANGE = "update knowledge_sources set config = $2 where id = $1"
_ACCOUNTS = """
select distinct app_private.account_of_campaign(slug) as id
from app_private.active_campaigns() as slug
"""
_LIST = """
select id, name, type, coalesce(config -> 'items', config -> 'text') as contents, updated_at
from knowledge_sources where type in ('manual_qna', 'uploaded_doc') order by name, id
"""


@dataclass(frozen=True)
class Source:
    id: UUID
    account_id: UUID
    name: str
    contents: str | list[Any]
    """A text, or pairs: each a question and an answer, unless another program erred."""


@refusals_named
async def put_source(
    database: Database, account_id: UUID, name: str, contents: str | list[Any]
) -> None:
    """Keep a text or pairs under a name; what of its kind it had before is replaced."""
    type, config = (
        ("uploaded_doc", {"text": contents})
        if isinstance(contents, str)
        else ("manual_qna", {"items": contents})
    )
    async with database.tenant(account_id) as connection:
        before = await connection.fetchrow(_NAMED, name, type)
        if before is None:
            await connection.execute(_ADD, new_id(), account_id, name, type, config)
        elif before["config"] != config:
            await connection.execute(_CHANGE, before["id"], config)


async def list_sources(database: Database, account_id: UUID) -> list[dict[str, Any]]:
    """An account's sources, by name."""
    async with database.tenant(account_id) as connection:
        return [dict(row) for row in await connection.fetch(_LIST)]


async def sources(database: Database) -> list[Source]:
    """The sources of all accounts that have a campaign which takes calls."""
    async with database.system() as connection:
        accounts = [row["id"] for row in await connection.fetch(_ACCOUNTS)]
    return [
        Source(row["id"], account_id, row["name"], row["contents"] or [])
        for account_id in accounts
        for row in await list_sources(database, account_id)
    ]
