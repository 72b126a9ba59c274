"""The database, for commands that look at it while a worker runs or does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from config import Settings
from voice_worker.errors import HomeInUse, NotFound
from voice_worker.store.campaigns import account_by_slug
from voice_worker.store.database import Database
from voice_worker.store.embedded_postgres import EmbeddedPostgres
from voice_worker.store.home import HomeLock
from voice_worker.store.migrate import migrate


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """The configured server, the running worker's, or the embedded one started for this command."""
    if settings.database.url:
        async with _connected(settings.database.url) as database:
            yield database
        return
    postgres = EmbeddedPostgres(settings.home)
    lock = HomeLock(settings.home)
    try:
        lock.acquire()
    except HomeInUse:
        # A worker runs here; its server is ours to ask.
        async with _connected(postgres.url("voice_worker")) as database:
            yield database
        return
    try:
        await postgres.start()
        await migrate(postgres.url("postgres"))
        async with _connected(postgres.url("voice_worker")) as database:
            yield database
    finally:
        await postgres.stop()
        lock.release()


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Database]:
    database = await Database.open(url, pool_size=2)
    try:
        yield database
    finally:
        await database.close()


async def account_named(database: Database, slug: str) -> UUID:
    """The account's id.

    Raises:
        NotFound: there is none of that name.
    """
    account_id = await account_by_slug(database, slug)
    if account_id is None:
        raise NotFound(
            f"There is no account {slug}. Start the worker once to make the demo account."
        )
    return account_id
