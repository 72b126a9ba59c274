"""Every table, every verb, everybody: what docs/data-model.md allows works, all else is refused.

Tables come from the catalogue and rows are made from their columns, so a table added later is tried
without anyone remembering it.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.support.rows import Catalogue, RowMaker
from voice_worker.store.database import Database

MATRIX = Path(__file__).parent.parent.parent / "docs" / "data-model.md"
ROLES = ("agent", "member", "admin", "owner")
VERBS = "SIUD"


def allowed() -> dict[tuple[str, str], str]:
    """(table, role) → verbs, as the document says."""
    found: dict[tuple[str, str], str] = {}
    for line in MATRIX.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 6 and (name := re.fullmatch(r"`(\S+)`", cells[0])):
            table = name[1] if "." in name[1] else f"public.{name[1]}"
            for role, verbs in zip((*ROLES, "worker"), cells[1:], strict=True):
                assert re.fullmatch(r"-|S?I?U?D?", verbs), line
                found[table, role] = verbs.replace("-", "")
    return found


@dataclass
class Tenant:
    account: UUID
    logins: dict[str, UUID] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass
class World:
    """Two accounts with a row in every table, and a user of each role in each."""

    admin: asyncpg.Connection[asyncpg.Record]
    catalogue: Catalogue
    maker: RowMaker
    mine: Tenant
    other: Tenant


async def _tenant(
    admin: asyncpg.Connection[asyncpg.Record], catalogue: Catalogue, maker: RowMaker
) -> Tenant:
    account = await maker.insert("public.accounts", None)
    tenant = Tenant(account["id"])
    for role in ROLES:
        login = uuid4()
        await admin.execute(
            "insert into auth.users (id, email) values ($1, $2)", login, f"{login}@example.com"
        )
        await admin.execute(
            "insert into account_memberships (account_id, user_id, role)"
            " select $1, id, $2 from users where auth_user_id = $3",
            tenant.account, role, login,
        )  # fmt: skip
        tenant.logins[role] = login
    for table in catalogue.tables:
        if table not in ("public.accounts", "public.users", "public.audit_logs",
                         "app_private.audit_heads"):  # fmt: skip
            await maker.insert(table, tenant.account)
    for table in catalogue.tables:
        tenant.rows[table] = await catalogue.rows_of(table, tenant.account)
        assert tenant.rows[table], f"no row of {table} was made for the account"
    return tenant


@pytest.fixture
async def world(database_urls: tuple[str, str]) -> AsyncIterator[World]:
    admin = await asyncpg.connect(database_urls[0])
    catalogue = await Catalogue.read(admin)
    maker = RowMaker(admin, catalogue)
    mine = await _tenant(admin, catalogue, maker)
    other = await _tenant(admin, catalogue, maker)
    yield World(admin, catalogue, maker, mine, other)
    await admin.close()


@asynccontextmanager
async def acting(
    connection: Any, role: str, settings: dict[str, str]
) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A transaction as a database role with settings, rolled back in the end."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(f"set local role {role}")
        for name, value in settings.items():
            await connection.execute("select set_config($1, $2, true)", name, value)
        yield connection
    finally:
        await transaction.rollback()


def signed_in(login: UUID) -> dict[str, str]:
    return {"request.jwt.claims": json.dumps({"sub": str(login), "role": "authenticated"})}


async def verbs_on(
    world: World, table: str, tenant: Tenant, role: str, settings: dict[str, str]
) -> str:
    """The verbs that work for somebody on an account's rows of a table."""
    fresh = await world.maker.values(table, tenant.account)
    return "".join(
        [verb for verb in VERBS if await _works(world, verb, table, tenant, role, settings, fresh)]
    )


async def _works(
    world: World, verb: str, table: str, tenant: Tenant, role: str, settings: dict[str, str],
    fresh: dict[str, Any],
) -> bool:  # fmt: skip
    key = world.catalogue.key(table)
    where = " and ".join(
        f"{column} = any(${n}::{kind}[])" for n, (column, kind) in enumerate(key, 1)
    )
    keys = [[row[column] for row in tenant.rows[table]] for column, _ in key]
    async with acting(world.admin, role, settings) as connection:
        columns = await connection.fetch(
            "select attname as name, has_column_privilege(attrelid, attnum, 'select') as readable,"
            " has_column_privilege(attrelid, attnum, 'update') as writable"
            " from pg_attribute where attrelid = $1::oid and attnum > 0"
            " and not attisdropped and attgenerated = '' and attidentity = ''",
            world.catalogue.oids[table],
        )
        readable = [row["name"] for row in columns if row["readable"]] or ["*"]
        writable = [row["name"] for row in columns if row["writable"]]
        changed = writable[0] if writable else columns[-1]["name"]
        try:
            match verb:
                case "S":
                    listed = ", ".join(readable)
                    return bool(
                        await connection.fetch(f"select {listed} from {table} where {where}", *keys)
                    )
                case "I":
                    await connection.execute(*world.maker.statement(table, fresh))
                    return True
                case "U":
                    change = f"update {table} set {changed} = {changed} where {where}"
                    return bool(await connection.execute(change, *keys) != "UPDATE 0")
                case _:
                    removal = f"delete from {table} where {where}"
                    return bool(await connection.execute(removal, *keys) != "DELETE 0")
        except asyncpg.InsufficientPrivilegeError:
            return False
        except asyncpg.IntegrityConstraintViolationError:
            # Allowed to try; something still holds on to the row, as it should.
            assert verb == "D", (table, verb)
            return True


async def test_the_matrix_speaks_of_every_table(world: World) -> None:
    assert {table for table, _ in allowed()} == set(world.catalogue.tables)


async def test_every_table_forces_row_level_security(world: World) -> None:
    open_tables = await world.admin.fetch(
        "select oid::regclass::text as name from pg_class where relkind in ('r', 'p')"
        " and relnamespace in ('public'::regnamespace, 'app_private'::regnamespace)"
        " and not (relrowsecurity and relforcerowsecurity)"
    )
    assert not [row["name"] for row in open_tables]


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_may_do_what_the_matrix_says(world: World, role: str) -> None:
    for table in world.catalogue.tables:
        settings = signed_in(world.mine.logins[role])
        found = await verbs_on(world, table, world.mine, "authenticated", settings)
        assert found == allowed()[table, role], (table, role)


@pytest.mark.parametrize("role", ROLES)
async def test_no_role_of_another_account_gets_anything(world: World, role: str) -> None:
    for table in world.catalogue.tables:
        settings = signed_in(world.other.logins[role])
        found = await verbs_on(world, table, world.mine, "authenticated", settings)
        assert found == "", (table, role)


@pytest.mark.parametrize(
    ("who", "role", "settings"),
    [
        ("anonymous", "anon", {}),
        ("anonymous with a forged login", "anon", "mine"),
        ("signed in, member of nothing", "authenticated", signed_in(uuid4())),
        ("signed in as nobody", "authenticated", {}),
        ("worker without an account", "voice_worker", {}),
        ("worker set to another account", "voice_worker", "other"),
    ],
)
async def test_strangers_get_nothing(
    world: World, who: str, role: str, settings: dict[str, str] | str
) -> None:
    if settings == "mine":
        settings = signed_in(world.mine.logins["owner"])
    elif settings == "other":
        settings = {"app.account_id": str(world.other.account)}
    assert isinstance(settings, dict)
    for table in world.catalogue.tables:
        found = await verbs_on(world, table, world.mine, role, settings)
        assert found == "", (table, who)


async def test_the_worker_may_do_what_the_matrix_says(world: World) -> None:
    settings = {"app.account_id": str(world.mine.account)}
    for table in world.catalogue.tables:
        found = await verbs_on(world, table, world.mine, "voice_worker", settings)
        if table == "public.accounts":
            # An account inserts itself: the fresh row has another id than the one that is set.
            assert found == "SU"
            continue
        assert found == allowed()[table, "worker"], table


async def test_a_reused_connection_remembers_nobody(
    world: World, database_urls: tuple[str, str]
) -> None:
    database = await Database.open(database_urls[1], pool_size=1)
    visible = [table for table in world.catalogue.tables if "S" in allowed()[table, "worker"]]
    for table in visible:
        async with database.tenant(world.mine.account) as connection:
            backend = await connection.fetchval("select pg_backend_pid()")
            assert await connection.fetchval(f"select count(*) from {table}") > 0, table
        column = "id" if table == "public.accounts" else "account_id"
        async with database.tenant(world.other.account) as connection:
            assert await connection.fetchval("select pg_backend_pid()") == backend
            seen = await connection.fetch(f"select distinct {column} as account from {table}")
            assert [row["account"] for row in seen] == [world.other.account], table
        async with database.system() as connection:
            assert await connection.fetchval(f"select count(*) from {table}") == 0, table
    await database.close()


async def test_a_row_can_not_move_to_another_account(world: World) -> None:
    for table in world.catalogue.tables:
        if "account_id" not in world.catalogue.columns[table]:
            continue
        for role, settings in (
            ("authenticated", signed_in(world.mine.logins["owner"])),
            ("voice_worker", {"app.account_id": str(world.mine.account)}),
        ):
            async with acting(world.admin, role, settings) as connection:
                with pytest.raises(
                    (asyncpg.InsufficientPrivilegeError, asyncpg.IntegrityConstraintViolationError)
                ):
                    await connection.execute(
                        f"update {table} set account_id = $1", world.other.account
                    )


async def test_no_child_points_into_another_account(world: World) -> None:
    """Even whoever is bound by no policy can't tie a row to another account's parent."""
    tried = 0
    for table in world.catalogue.tables:
        for key in world.catalogue.foreign_keys[table]:
            if "account_id" not in key.columns or len(key.columns) < 2:
                continue
            values = await world.maker.values(table, world.mine.account)
            parent = world.other.rows[key.target][0]
            (child,) = [c for c in key.columns if c != "account_id"]
            (target,) = [c for c in key.target_columns if c != "account_id"]
            values[child] = parent[target]
            with pytest.raises(asyncpg.ForeignKeyViolationError):
                async with world.admin.transaction():
                    await world.admin.execute(*world.maker.statement(table, values))
            tried += 1
    assert tried >= 15


async def test_references_between_tenant_tables_are_composite(world: World) -> None:
    for table in world.catalogue.tables:
        for key in world.catalogue.foreign_keys[table]:
            if "account_id" in world.catalogue.columns.get(key.target, {}):
                assert "account_id" in key.columns, f"{table} {key.columns} may cross accounts"
