"""What people do with their accounts: owners, members, hand-offs, states, logins."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.support.patience import PATIENCE_SECONDS
from tests.support.rows import Catalogue, RowMaker

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@asynccontextmanager
async def person(connection: Connection, login: UUID) -> AsyncIterator[Connection]:
    """A committed transaction of somebody who is signed in."""
    async with connection.transaction():
        await connection.execute("set local role authenticated")
        await connection.execute(
            "select set_config('request.jwt.claims', $1, true)", json.dumps({"sub": str(login)})
        )
        yield connection


@pytest.fixture
async def admin(database_urls: tuple[str, str]) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(database_urls[0])
    yield connection
    await connection.close()


@pytest.fixture
async def maker(admin: Connection) -> RowMaker:
    return RowMaker(admin, await Catalogue.read(admin))


async def sign_up(admin: Connection, email: str = "") -> UUID:
    login = uuid4()
    await admin.execute(
        "insert into auth.users (id, email) values ($1, $2)", login, email or f"{login}@x.example"
    )
    return login


async def member(admin: Connection, account: UUID, role: str) -> UUID:
    login = await sign_up(admin)
    await admin.execute(
        "insert into account_memberships (account_id, user_id, role)"
        " select $1, id, $2 from users where auth_user_id = $3", account, role, login,
    )  # fmt: skip
    return login


async def roles_in(admin: Connection, account: UUID) -> dict[UUID, str]:
    rows = await admin.fetch(
        "select u.auth_user_id, m.role from account_memberships m join users u on u.id = m.user_id"
        " where account_id = $1", account,
    )  # fmt: skip
    return {row["auth_user_id"]: row["role"] for row in rows}


async def test_a_login_is_a_user_and_makes_an_account(admin: Connection) -> None:
    ann, ben = await sign_up(admin, "Ann@example.com"), await sign_up(admin, "ben@example.com")
    async with person(admin, ann) as hers:
        account = await hers.fetchval("select create_account('Ann''s', 'anns')")
        await hers.execute("select add_member($1, 'BEN@example.com', 'admin')", account)
        assert {row["email"] for row in await hers.fetch("select email from users")} == {
            "Ann@example.com", "ben@example.com",
        }  # fmt: skip
    assert await roles_in(admin, account) == {ann: "owner", ben: "admin"}
    await admin.execute("update auth.users set email = 'ann@new.example' where id = $1", ann)
    async with person(admin, ben) as his:
        assert await his.fetchval("select has_account_role($1, 'admin')", account)
        assert await his.fetchval("select has_account_role($1, 'agent')", account)
        assert not await his.fetchval("select has_account_role($1, 'owner')", account)
        assert [row[0] for row in await his.fetch("select get_user_account_ids()")] == [account]
        assert await his.fetchval("select count(*) from users where email = 'ann@new.example'") == 1


async def test_only_admins_add_members_and_only_owners_owners(
    admin: Connection, maker: RowMaker
) -> None:
    account = (await maker.insert("public.accounts", None))["id"]
    people = {role: await member(admin, account, role) for role in ("member", "admin", "owner")}
    await sign_up(admin, "new@example.com")
    for role, new_role, works in (
        ("member", "agent", False), ("admin", "owner", False), ("admin", "admin", True),
    ):  # fmt: skip
        asked = "select add_member($1, 'new@example.com', $2)"
        if works:
            async with person(admin, people[role]) as connection:
                await connection.execute(asked, account, new_role)
        else:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="may add a member"):
                async with person(admin, people[role]) as connection:
                    await connection.execute(asked, account, new_role)
    with pytest.raises(asyncpg.PostgresError, match="nobody has signed up as ghost"):
        async with person(admin, people["owner"]) as connection:
            await connection.execute("select add_member($1, 'ghost@example.com', 'agent')", account)


@pytest.mark.parametrize(
    "attempt",
    [
        "update account_memberships set role = 'owner' where user_id = '{own}'",
        "update account_memberships set role = 'agent' where role = 'owner'",
        "delete from account_memberships where role = 'owner'",
        "insert into account_memberships (account_id, user_id, role)"
        " values ('{account}', '{new}', 'owner')",
    ],
)
async def test_an_admin_can_not_make_change_or_remove_an_owner(
    admin: Connection, maker: RowMaker, attempt: str
) -> None:
    account = (await maker.insert("public.accounts", None))["id"]
    await member(admin, account, "owner")
    await member(admin, account, "owner")
    deputy = await member(admin, account, "admin")
    before = await roles_in(admin, account)
    own = await admin.fetchval("select id from users where auth_user_id = $1", deputy)
    new = await admin.fetchval("select id from users where auth_user_id = $1", await sign_up(admin))
    with contextlib.suppress(asyncpg.InsufficientPrivilegeError):
        async with person(admin, deputy) as connection:
            await connection.execute(attempt.format(own=own, account=account, new=new))
    assert await roles_in(admin, account) == before


@pytest.mark.parametrize("leaving", ["delete from account_memberships",
                                     "update account_memberships set role = 'admin'"])  # fmt: skip
async def test_the_last_owner_stays(admin: Connection, maker: RowMaker, leaving: str) -> None:
    account = (await maker.insert("public.accounts", None))["id"]
    first, second = [await member(admin, account, "owner") for _ in range(2)]
    mine = f"{leaving} where user_id = (select app_private.current_user_id())"
    async with person(admin, first) as connection:
        await connection.execute(mine)
    with pytest.raises(asyncpg.CheckViolationError, match="last owner"):
        async with person(admin, second) as connection:
            await connection.execute(mine)
    with pytest.raises(asyncpg.CheckViolationError, match="last owner"):
        await admin.execute(f"{leaving} where account_id = $1 and role = 'owner'", account)


async def test_two_owners_can_not_leave_at_once(
    admin: Connection, maker: RowMaker, database_urls: tuple[str, str]
) -> None:
    account = (await maker.insert("public.accounts", None))["id"]
    first, second = [await member(admin, account, "owner") for _ in range(2)]
    leave = "delete from account_memberships where user_id = (select app_private.current_user_id())"
    elsewhere = await asyncpg.connect(database_urls[0])

    async def second_leaves() -> None:
        async with person(elsewhere, second):
            await elsewhere.execute(leave)

    async with person(admin, first):
        await admin.execute(leave)
        leaving = asyncio.create_task(second_leaves())
        await _until_it_waits(database_urls[0], elsewhere.get_server_pid())
    with pytest.raises(asyncpg.CheckViolationError, match="last owner"):
        await leaving
    assert await roles_in(admin, account) == {second: "owner"}
    await elsewhere.close()


async def _until_it_waits(url: str, pid: int) -> None:
    watcher = await asyncpg.connect(url)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await watcher.fetchval(
            "select wait_event_type = 'Lock' from pg_stat_activity where pid = $1", pid
        ):
            await watcher.execute("select pg_sleep(0.01)")
    await watcher.close()


async def test_of_two_agents_one_gets_the_handoff(
    admin: Connection, maker: RowMaker, database_urls: tuple[str, str]
) -> None:
    account = (await maker.insert("public.accounts", None))["id"]
    handoff = (await maker.insert("public.handoff_requests", account))["id"]
    agents = [await member(admin, account, "agent") for _ in range(8)]

    async def claim(agent: UUID) -> str:
        connection = await asyncpg.connect(database_urls[0])
        try:
            async with person(connection, agent):
                row = await connection.fetchrow("select * from claim_handoff($1)", handoff)
                assert row is not None
                return str(row["status"])
        except asyncpg.ObjectNotInPrerequisiteStateError as error:
            return str(error)
        finally:
            await connection.close()

    answers = await asyncio.gather(*map(claim, agents))
    assert sorted(answers) == ["claimed"] + ["this hand-off is claimed already"] * 7
    winner = agents[answers.index("claimed")]
    assert await claim(winner) == "claimed", "asking twice is no mistake"
    loser = next(agent for agent in agents if agent != winner)
    with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError, match="claim it first"):
        async with person(admin, loser):
            await admin.execute("select resolve_handoff($1)", handoff)
    async with person(admin, winner):
        row = await admin.fetchrow("select * from resolve_handoff($1)", handoff)
    assert row is not None and row["status"] == "resolved" and row["resolved_at"] is not None


async def test_a_stranger_finds_no_handoff_to_claim(admin: Connection, maker: RowMaker) -> None:
    account, elsewhere = [(await maker.insert("public.accounts", None))["id"] for _ in range(2)]
    handoff = (await maker.insert("public.handoff_requests", account))["id"]
    stranger = await member(admin, elsewhere, "owner")
    with pytest.raises(asyncpg.PostgresError, match="no such hand-off"):
        async with person(admin, stranger):
            await admin.execute("select claim_handoff($1)", handoff)
    assert await admin.fetchval("select status from handoff_requests") == "pending"


STATES: dict[str, tuple[str, set[str]]] = {
    "accounts": ("active suspended closed",
                 {"active>suspended", "suspended>active", "active>closed", "suspended>closed"}),
    "campaigns": ("draft active paused archived",
                  {"draft>active", "active>paused", "paused>active", "draft>archived",
                   "active>archived", "paused>archived"}),
    "knowledge_documents": ("pending indexed failed",
                            {"pending>indexed", "pending>failed", "indexed>pending",
                             "failed>pending"}),
    "call_sessions": ("connecting active completed failed abandoned",
                      {"connecting>active", "connecting>failed", "connecting>abandoned",
                       "active>completed", "active>failed", "active>abandoned"}),
    "leads": ("new contacted qualified converted unqualified",
              {"new>contacted", "contacted>qualified", "contacted>converted",
               "contacted>unqualified"}),
    "handoff_requests": ("pending claimed resolved", {"pending>claimed", "claimed>resolved"}),
    "deliveries": ("pending delivered failed",
                   {"pending>delivered", "pending>failed", "failed>pending"}),
}  # fmt: skip


async def test_every_table_with_a_status_has_a_state_machine(maker: RowMaker) -> None:
    with_status = {
        table.removeprefix("public.")
        for table, columns in maker.catalogue.columns.items()
        if "status" in columns
    }
    assert with_status == set(STATES)


@pytest.mark.parametrize("table", STATES)
async def test_illegal_status_changes_are_refused_whoever_asks(
    admin: Connection, maker: RowMaker, table: str
) -> None:
    states, legal = STATES[table]
    account = (await maker.insert("public.accounts", None))["id"]
    for old in states.split():
        for new in states.split():
            if old == new:
                continue
            parents = None if table == "accounts" else account
            values: dict[str, Any] = await maker.values(f"public.{table}", parents)
            sql, *arguments = maker.statement(f"public.{table}", {**values, "status": old})
            row = await admin.fetchrow(f"{sql} returning id", *arguments)
            assert row is not None
            change = admin.execute(f"update {table} set status = $1 where id = $2", new, row["id"])
            if f"{old}>{new}" in legal:
                assert await change == "UPDATE 1"
            else:
                with pytest.raises(asyncpg.CheckViolationError, match=f"from {old} to {new}"):
                    await change


async def test_what_calls_ran_can_not_change(admin: Connection, maker: RowMaker) -> None:
    account = (await maker.insert("public.accounts", None))["id"]
    flow = (await maker.insert("public.flows", account))["id"]
    with pytest.raises(asyncpg.CheckViolationError, match="make a new one"):
        await admin.execute("""update flows set definition = '{"v": 2}' where id = $1""", flow)
    await admin.execute("update flows set name = 'renamed' where id = $1", flow)


async def test_a_deleted_login_leaves_its_work(admin: Connection, maker: RowMaker) -> None:
    account = (await maker.insert("public.accounts", None))["id"]
    await member(admin, account, "owner")
    agent = await member(admin, account, "agent")
    handoff = (await maker.insert("public.handoff_requests", account))["id"]
    async with person(admin, agent):
        await admin.execute("select claim_handoff($1)", handoff)
    await admin.execute("delete from auth.users where id = $1", agent)
    assert await admin.fetchval("select assigned_to_user_id is not null from handoff_requests")
    async with person(admin, agent):
        assert await admin.fetchval("select count(*) from accounts") == 0
