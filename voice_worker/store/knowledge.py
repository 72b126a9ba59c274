"""What accounts know: texts and question and answer pairs, and what workers made of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
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
_VERSIONS = "select account_id, source_id, updated_at from app_private.knowledge_versions()"
_CONTENTS = "coalesce(config -> 'items', config -> 'text') as contents"
_LIST = f"""
select id, name, type, {_CONTENTS}, passages, problem, updated_at
from knowledge_sources where type in ('manual_qna', 'uploaded_doc') order by name, id
"""
_SOURCES = f"""
select id, account_id, name, {_CONTENTS}, updated_at
from knowledge_sources where id = any($1) order by created_at, id
"""
# Only of the version that was indexed, and only when it is news: others may index it, too.
_INDEXED = """
update knowledge_sources set passages = $3, problem = $4
where id = $1 and updated_at = $2 and (passages, problem) is distinct from ($3, $4)
"""


@dataclass(frozen=True)
class Source:
    id: UUID
    account_id: UUID
    name: str
    contents: str | list[Any]
    """A text, or pairs: each a question and an answer, unless another program erred."""
    updated_at: datetime
    """Its version."""


@dataclass(frozen=True)
class Version:
    """A source as it is at a time."""

    account_id: UUID
    source_id: UUID
    updated_at: datetime


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
    """An account's sources, by name; `passages` and `problem` are null until a worker has
    indexed them as they are."""
    async with database.tenant(account_id) as connection:
        return [dict(row) for row in await connection.fetch(_LIST)]


async def source_versions(database: Database) -> list[Version]:
    """The sources of all accounts that have a campaign which takes calls, oldest first."""
    async with database.system() as connection:
        return [Version(**dict(row)) for row in await connection.fetch(_VERSIONS)]


async def sources_of(
    database: Database, account_id: UUID, source_ids: Collection[UUID]
) -> list[Source]:
    """These sources of an account, with what they hold."""
    async with database.tenant(account_id) as connection:
        rows = await connection.fetch(_SOURCES, list(source_ids))
    return [Source(**(dict(row) | {"contents": row["contents"] or []})) for row in rows]


async def note_indexed(
    database: Database, source: Source, *, passages: int | None = None, problem: str | None = None
) -> None:
    """Say what became of this version of a source; nothing happens when there is a newer one."""
    async with database.tenant(source.account_id) as connection:
        await connection.execute(_INDEXED, source.id, source.updated_at, passages, problem)
