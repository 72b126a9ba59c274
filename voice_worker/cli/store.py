"""The database, for commands that look at it while a worker runs or does not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Annotated, TypeVar
from uuid import UUID

import typer

from config import Settings, load_settings
from voice_worker.demo import ACCOUNT_SLUG as DEMO
from voice_worker.errors import DatabaseUnreachable, HomeInUse, NotFound
from voice_worker.store.accounts import account_by_slug
from voice_worker.store.database import LOST, Database
from voice_worker.store.embedded_postgres import EmbeddedPostgres
from voice_worker.store.home import HomeLock
from voice_worker.store.migrate import migrate
from voice_worker.store.owner import OwnerConnection, owner_connection

Result = TypeVar("Result")

AccountSlug = Annotated[str, typer.Option("--account", help="The account's slug.")]
LimitOption = Annotated[int, typer.Option(min=1, max=10_000, help="How many, newest first.")]


@dataclass(frozen=True)
class Server:
    """Where the database is, for its owner and for the worker's role."""

    owner_url: str
    worker_url: str
    fresh: bool
    """True when it was started for this command: nobody has migrated it."""


@asynccontextmanager
async def open_server(settings: Settings) -> AsyncIterator[Server]:
    """The configured server, the running worker's, or the embedded one started for this command."""
    if settings.database.url:
        yield Server(settings.database.url, settings.database.url, fresh=False)
        return
    postgres = EmbeddedPostgres(settings.home)
    owner_url, worker_url = postgres.url("postgres"), postgres.url("voice_worker")
    lock = HomeLock(settings.home)
    try:
        lock.acquire()
    except HomeInUse:
        # A worker runs here; its server is ours to ask.
        yield Server(owner_url, worker_url, fresh=False)
        return
    try:
        await postgres.start()
        yield Server(owner_url, worker_url, fresh=True)
    finally:
        await postgres.stop()
        lock.release()


@contextmanager
def _asking() -> Iterator[None]:
    """Ask the database inside.

    Raises:
        DatabaseUnreachable: it went away meanwhile, as when its worker is stopped.
    """
    # What the pool tries again is told once, by whoever asked.
    logging.getLogger("asyncpg.pool").setLevel(logging.CRITICAL)
    try:
        yield
    except LOST as error:
        if isinstance(error, OSError) and error.filename:
            raise
        reason = str(error) or "no answer in time"
        raise DatabaseUnreachable(f"The database went away: {reason}. Try again.") from error


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """The record as the worker sees it, account by account."""
    async with open_server(settings) as server:
        if server.fresh:
            await migrate(server.owner_url)
        database = await Database.open(server.worker_url, pool_size=2)
        try:
            with _asking():
                yield database
        finally:
            await database.close()


@asynccontextmanager
async def open_as_owner(settings: Settings) -> AsyncIterator[OwnerConnection]:
    """The whole record, for commands that keep it in order; its schema must be up to date."""
    async with open_server(settings) as server:
        if server.fresh:
            await migrate(server.owner_url)
        async with owner_connection(server.owner_url) as connection:
            with _asking():
                yield connection


async def account_named(database: Database, slug: str) -> UUID:
    """The account's id.

    Raises:
        NotFound: there is none of that name.
    """
    account_id = await account_by_slug(database, slug)
    if account_id is None:
        hint = (
            "Start the worker once to make it."
            if slug == DEMO
            else "`voice-worker accounts` lists them, `accounts add` makes one."
        )
        raise NotFound(f"There is no account {slug}. {hint}")
    return account_id


async def account_id_of(connection: OwnerConnection, slug: str) -> UUID | None:
    """An account's id, none for the empty slug (all accounts).

    Raises:
        NotFound: there is none of that name.
    """
    if not slug:
        return None
    found: UUID | None = await connection.fetchval("select id from accounts where slug = $1", slug)
    if found is None:
        raise NotFound(f"There is no account {slug}. `voice-worker accounts` lists them.")
    return found


def ask(account: str, query: Callable[[Database, UUID], Awaitable[Result]]) -> Result:
    """Open the database, find the account, run the query."""

    async def run() -> Result:
        async with open_database(load_settings()) as database:
            return await query(database, await account_named(database, account))

    return asyncio.run(run())
