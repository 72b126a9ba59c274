"""A real Postgres for the tests that need one, and a fresh migrated database for each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from config import load_settings
from pipelines.engine.client import Engine
from voice_worker.engines import recogniser_engine, unhurried, voice_engine
from voice_worker.store.database import Database
from voice_worker.store.embedded_postgres import EmbeddedPostgres
from voice_worker.store.migrate import migrate

TEMPLATE = "migrated"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """One server for the session, with a migrated template database."""
    # pytest's folders are closed to others; as root the server runs as another user.
    home = Path(str(tmp_path_factory.mktemp("pg")))
    server = EmbeddedPostgres(home)
    loop = asyncio.new_event_loop()

    async def start() -> None:
        await server.start()
        connection = await asyncpg.connect(server.url("postgres"))
        await connection.execute(f"create database {TEMPLATE}")
        await connection.close()
        await migrate(_url(server, "postgres", TEMPLATE))

    loop.run_until_complete(start())
    yield server
    loop.run_until_complete(server.stop())
    loop.close()


def _url(server: EmbeddedPostgres, user: str, database: str) -> str:
    base, _, query = server.url(user).partition("?")
    return f"{base.rpartition('/')[0]}/{database}?{query}"


@pytest.fixture
async def database_urls(postgres: EmbeddedPostgres) -> AsyncIterator[tuple[str, str]]:
    """(owner's URL, worker's URL) of a database made for this test."""
    name = f"t{uuid4().hex}"
    admin = await asyncpg.connect(postgres.url("postgres"))
    await admin.execute(f"create database {name} template {TEMPLATE}")
    yield _url(postgres, "postgres", name), _url(postgres, "voice_worker", name)
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


@pytest.fixture
async def database(database_urls: tuple[str, str]) -> AsyncIterator[Database]:
    """The worker's view of a fresh database."""
    opened = await Database.open(database_urls[1], pool_size=3)
    yield opened
    await opened.close()


@pytest.fixture
async def voice(tmp_path: Path) -> AsyncIterator[Engine]:
    engine = voice_engine(unhurried(load_settings(home=tmp_path)))
    await engine.start()
    yield engine
    await engine.stop()


@pytest.fixture
async def recogniser(tmp_path: Path) -> AsyncIterator[Engine]:
    engine = recogniser_engine(unhurried(load_settings(home=tmp_path)))
    await engine.start()
    yield engine
    await engine.stop()
