"""Numbered SQL migrations, each in its own transaction, remembered with a checksum.

Records go to `supabase_migrations.schema_migrations`, where Supabase's own tools keep theirs.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import asyncpg

from voice_worker.errors import MigrationRefused

SUPABASE = Path(__file__).parent.parent.parent / "supabase"
LOCK = 7_240_115_001
"""Advisory lock: two workers starting at once migrate one after the other."""

_BOOKKEEPING = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (
  version text primary key,
  statements text[],
  name text
);
alter table supabase_migrations.schema_migrations add column if not exists sha256 text;
"""


async def migrate(url: str, *, folder: Path = SUPABASE) -> list[str]:
    """Apply what is missing; returns the names applied, in order.

    Raises:
        MigrationRefused: an applied file was edited since.
    """
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("select pg_advisory_lock($1)", LOCK)
        await connection.execute(_BOOKKEEPING)
        if await connection.fetchval("select to_regprocedure('auth.uid()') is null"):
            await connection.execute((folder / "plain_shim.sql").read_text())
        known = {
            row["version"]: row["sha256"]
            for row in await connection.fetch(
                "select version, sha256 from supabase_migrations.schema_migrations"
            )
        }
        return [
            path.name
            for path in sorted((folder / "migrations").glob("*.sql"))
            if await _apply(connection, path.stem, path.read_text(), known)
        ]
    finally:
        await connection.close()


async def _apply(
    connection: asyncpg.Connection[asyncpg.Record],
    stem: str,
    sql: str,
    known: dict[str, str | None],
) -> bool:
    version, _, name = stem.partition("_")
    checksum = hashlib.sha256(sql.encode()).hexdigest()
    if version in known:
        if known[version] not in (None, checksum):
            raise MigrationRefused(
                f"{stem}.sql was edited after it was applied to this database. "
                "Undo the edit and put the change into a new migration."
            )
        return False
    async with connection.transaction():
        await connection.execute(sql)
        await connection.execute(
            "insert into supabase_migrations.schema_migrations (version, name, statements, sha256)"
            " values ($1, $2, $3, $4)",
            version,
            name,
            [sql],
            checksum,
        )
    return True
