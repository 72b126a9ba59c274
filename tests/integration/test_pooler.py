"""Accounts stay apart behind a pooler that hands one connection from caller to caller."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

import asyncpg

from tests.support.calls import assert_whole, call_events, recorded
from tests.support.pgbouncer import pgbouncer
from tests.support.record import Tenant, make_tenant, recorder
from voice_worker.store.database import Database
from voice_worker.store.journal import Journal
from voice_worker.store.owner import owner_connection


async def accounts_seen(database: Database, account: UUID) -> tuple[int, set[UUID]]:
    async with database.tenant(account) as connection:
        rows = await connection.fetch("select distinct account_id from call_sessions")
        return await connection.fetchval("select pg_backend_pid()"), {r["account_id"] for r in rows}


async def test_two_workers_share_a_connection_and_see_their_own_account_only(
    database_urls: tuple[str, str],
) -> None:
    async with pgbouncer(database_urls[1], server_connections=1) as url:
        one = await Database.open(url, pool_size=2)
        other = await Database.open(url, pool_size=2)
        mine, theirs = await make_tenant(one), await make_tenant(other)
        seen = await asyncio.gather(
            *(
                accounts_seen(database, tenant.account)
                for _ in range(50)
                for database, tenant in ((one, mine), (other, theirs))
            )
        )
        assert len({backend for backend, _ in seen}) == 1
        assert {frozenset(rows) for _, rows in seen[::2]} == {frozenset({mine.account})}
        assert {frozenset(rows) for _, rows in seen[1::2]} == {frozenset({theirs.account})}
        async with other.system() as connection:
            assert await connection.fetchval("select count(*) from call_sessions") == 0
        await one.close()
        await other.close()


async def test_an_account_set_for_the_session_would_leak(database_urls: tuple[str, str]) -> None:
    """What the one way to a connection protects from; else the test above proves nothing."""
    async with pgbouncer(database_urls[1], server_connections=1) as url:
        worker = await Database.open(url, pool_size=1)
        tenant = await make_tenant(worker)
        careless = await asyncpg.connect(url, statement_cache_size=0)
        await careless.execute(f"set app.account_id = '{tenant.account}'")
        stranger = await asyncpg.connect(url, statement_cache_size=0)
        assert await stranger.fetchval("select count(*) from call_sessions") == 1
        await careless.close()
        await stranger.close()
        # Even then: a transaction of ours sets its own account.
        async with worker.system() as connection:
            assert await connection.fetchval("select count(*) from call_sessions") == 0
        await worker.close()


async def test_calls_are_recorded_whole_through_a_pooler(
    database_urls: tuple[str, str], tmp_path: Path
) -> None:
    async with pgbouncer(database_urls[1], server_connections=2) as url:
        database = await Database.open(url, pool_size=4)
        tenants: list[Tenant] = [await make_tenant(database) for _ in range(3)]
        journal = Journal(tmp_path / "journal.db")
        for events in zip(*(call_events(t.account, t.call) for t in tenants), strict=True):
            for event in events:
                journal.put(event)
        await recorder(journal, database).flush()
        assert journal.depth == 0
        journal.close()
        await database.close()
    async with owner_connection(database_urls[0]) as owner:
        rows = await recorded(owner, [t.call for t in tenants])
    for tenant in tenants:
        assert_whole(tenant.call, rows[tenant.call])
