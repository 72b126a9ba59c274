"""Numbered SQL migrations, each in its own transaction, remembered with a checksum.

Records go to `supabase_migrations.schema_migrations`, where Supabase's own tools keep theirs.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from voice_worker.errors import MigrationRefused
from voice_worker.store.owner import OwnerConnection, owner_connection

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
    async with owner_connection(url) as connection:
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


@dataclass(frozen=True)
class Migration:
    """One file, or one record whose file is gone."""

    name: str
    state: Literal["applied", "pending", "edited", "unknown"]
    """`unknown`: applied here, but this program has no such file; it may be newer than we are."""


async def migrations(connection: OwnerConnection, *, folder: Path = SUPABASE) -> list[Migration]:
    """Every migration this program has or this database has seen, in order."""
    known: dict[str, tuple[str, str | None]] = {}
    if await connection.fetchval(
        "select to_regclass('supabase_migrations.schema_migrations') is not null"
    ):
        rows = await connection.fetch(
            "select version, name, to_jsonb(m) ->> 'sha256' as sha256"
            " from supabase_migrations.schema_migrations m"
        )
        known = {
            row["version"]: (f"{row['version']}_{row['name']}.sql", row["sha256"]) for row in rows
        }
    found: dict[str, Migration] = {
        version: Migration(name, "unknown") for version, (name, _) in known.items()
    }
    for path in (folder / "migrations").glob("*.sql"):
        version = path.stem.partition("_")[0]
        if version not in known:
            found[version] = Migration(path.name, "pending")
        else:
            same = known[version][1] in (None, _checksum(path.read_text()))
            found[version] = Migration(path.name, "applied" if same else "edited")
    return [found[version] for version in sorted(found)]


def _checksum(sql: str) -> str:
    return hashlib.sha256(sql.encode()).hexdigest()


async def _apply(
    connection: OwnerConnection,
    stem: str,
    sql: str,
    known: dict[str, str | None],
) -> bool:
    version, _, name = stem.partition("_")
    checksum = _checksum(sql)
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
