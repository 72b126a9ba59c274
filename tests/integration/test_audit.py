"""The audit log holds, and shows when somebody laid hands on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from tests.support.record import Tenant, make_tenant, record, whole_call
from voice_worker.store.audit import verify
from voice_worker.store.database import Database
from voice_worker.store.owner import OwnerConnection, owner_connection


@pytest.fixture
async def owner(database_urls: tuple[str, str]) -> AsyncIterator[OwnerConnection]:
    async with owner_connection(database_urls[0]) as connection:
        yield connection


@pytest.fixture
async def tenant(database: Database, tmp_path: Path) -> Tenant:
    """An account with some history, beside another one."""
    await record(database, tmp_path, whole_call(await make_tenant(database)))
    tenant = await make_tenant(database)
    await record(database, tmp_path, whole_call(tenant))
    return tenant


async def problems(owner: OwnerConnection) -> dict[str, tuple[str, ...]]:
    return {chain.account: chain.problems for chain in await verify(owner) if chain.problems}


async def test_an_untouched_log_holds(owner: OwnerConnection, tenant: Tenant) -> None:
    chains = await verify(owner)
    assert [chain.problems for chain in chains] == [(), ()]
    assert all(chain.rows > 5 for chain in chains)
    seen = await owner.fetch(
        "select distinct entity_type || ' ' || event_type as what from audit_logs"
    )
    assert {
        "accounts insert", "campaigns insert", "campaigns update", "flows insert",
        "call_sessions insert", "call_sessions update", "leads insert", "leads update",
        "handoff_requests insert",
    } <= {row["what"] for row in seen}  # fmt: skip


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        ("update audit_logs set event_type = 'delete' where id = {middle}", "tampered: row"),
        ("update audit_logs set actor = 'somebody else' where id = {middle}", "tampered: row"),
        ("update audit_logs set created_at = created_at - interval '1 second' where id = {middle}",
         "tampered: row"),
        ("update audit_logs set after = after || '{{\"status\": \"x\"}}' where id = {middle}",
         "tampered: what row"),
        ("update audit_logs set before = null, after = null, salt = null, erased_at = now()"
         " where id = {middle}", "no erasure is on record"),
        ("delete from audit_logs where id = {middle}", "missing: rows"),
        ("delete from audit_logs where id in ({middle}, {last})", "missing: the chain ends"),
        ("delete from audit_logs where id = {last}", "missing: the chain ends"),
        ("delete from audit_logs where account_id = (select account_id from audit_logs"
         " where id = {middle})", "missing: the chain ends at row 0"),
        ("alter table audit_logs drop constraint audit_logs_account_id_seq_key;"
         " update audit_logs set seq = case when id = {middle} then {next_seq} else {seq} end"
         " where id in ({middle}, {next})", "tampered: row"),
    ],
)  # fmt: skip
async def test_what_was_done_to_a_row_shows(
    owner: OwnerConnection, tenant: Tenant, tampering: str, told: str
) -> None:
    rows = await owner.fetch(
        "select id, seq from audit_logs where account_id = $1 order by seq", tenant.account
    )
    middle, following = rows[len(rows) // 2], rows[len(rows) // 2 + 1]
    await owner.execute("set session_replication_role = replica")  # as a superuser could
    await owner.execute(
        tampering.format(middle=middle["id"], seq=middle["seq"], next=following["id"],
                         next_seq=following["seq"], last=rows[-1]["id"])
    )  # fmt: skip
    await owner.execute("set session_replication_role = origin")
    found = await problems(owner)
    assert list(found) == [tenant.slug], "the other account's chain holds"
    assert any(told in problem for problem in found[tenant.slug]), found


@pytest.mark.parametrize(
    "statement",
    ["update audit_logs set actor = 'x'", "delete from audit_logs", "truncate audit_logs cascade",
     "update audit_logs set before = null, after = null, salt = null",
     "update call_events set body = '{}'", "delete from call_events", "truncate call_events"],
)  # fmt: skip
async def test_the_owner_may_not_rewrite_history_either(
    owner: OwnerConnection, tenant: Tenant, statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await owner.execute(statement)
    assert not await problems(owner)


async def test_secrets_stay_out_of_the_log(owner: OwnerConnection, tenant: Tenant) -> None:
    await owner.execute(
        "insert into integrations (account_id, name, type, secrets)"
        " values ($1, 'hook', 'webhook', 'sealed')", tenant.account,
    )  # fmt: skip
    await owner.execute("update integrations set secrets = 'other'")
    rows = await owner.fetch("select * from audit_logs where entity_type = 'integrations'")
    assert [row["event_type"] for row in rows] == ["insert", "update"]
    assert all("secrets" not in (row["after"] or {}) for row in rows)


async def test_writers_at_once_make_one_chain(
    owner: OwnerConnection, database: Database, tenant: Tenant
) -> None:
    """Many transactions, each locking rows in another order: no deadlock, no gap."""
    other = await make_tenant(database)

    async def rename(n: int) -> None:
        async with database.tenant(tenant.account) as connection:
            for table in ("accounts", "campaigns") if n % 2 else ("campaigns", "flows"):
                await connection.execute(f"update {table} set name = $1", f"name {n}")

    await asyncio.gather(*map(rename, range(40)))
    chains = {chain.account: chain for chain in await verify(owner)}
    assert not any(chain.problems for chain in chains.values())
    assert chains[tenant.slug].rows >= chains[other.slug].rows + 80


async def test_people_are_named_in_the_log(owner: OwnerConnection) -> None:
    login = "6f1c6a52-5d0e-4b0b-9f53-2c8a4f1f7f11"
    await owner.execute("insert into auth.users (id, email) values ($1, 'a@b.example')", login)
    async with owner.transaction():
        await owner.execute("set local role authenticated")
        await owner.execute(
            "select set_config('request.jwt.claims', $1, true)", f'{{"sub": "{login}"}}'
        )
        await owner.execute("select create_account('Mine', 'mine')")
    rows = await owner.fetch(
        "select l.entity_type, u.email from audit_logs l join users u on u.id = l.user_id"
    )
    assert {(row["entity_type"], row["email"]) for row in rows} == {
        ("accounts", "a@b.example"), ("account_memberships", "a@b.example"),
    }  # fmt: skip
