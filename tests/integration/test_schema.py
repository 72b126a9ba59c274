"""Migrations, the schema they make, and what is generated from it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from tests.support.record import make_tenant, record, whole_call
from tests.support.rows import Catalogue, RowMaker
from voice_worker.errors import MigrationRefused
from voice_worker.store.audit import verify
from voice_worker.store.check import check
from voice_worker.store.database import Database
from voice_worker.store.embedded_postgres import EmbeddedPostgres, installed_binaries
from voice_worker.store.migrate import SUPABASE, migrate, migrations
from voice_worker.store.owner import OwnerConnection, owner_connection
from voice_worker.store.typescript import generate

OLDEST_POSTGRES = 15
ROOT = SUPABASE.parent
FILES = sorted((SUPABASE / "migrations").glob("*.sql"))


@pytest.fixture
async def owner(database_urls: tuple[str, str]) -> AsyncIterator[OwnerConnection]:
    async with owner_connection(database_urls[0]) as connection:
        yield connection


@pytest.fixture
async def empty(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """URL of a database that nobody has migrated, without Supabase's parts."""
    name = f"e{uuid4().hex}"
    admin = await asyncpg.connect(postgres.url("postgres"))
    await admin.execute(f"create database {name} template template0")
    base, _, query = postgres.url("postgres").partition("?")
    yield f"{base.rpartition('/')[0]}/{name}?{query}"
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


async def description(connection: OwnerConnection) -> list[str]:
    """Everything the catalogue says of our schemas, in an order that does not depend on history."""
    queries = (
        "select 'table', c.oid::regclass::text, relrowsecurity, relforcerowsecurity, relacl::text"
        " from pg_class c where relkind = 'r' and relnamespace = any($1::regnamespace[])",
        "select 'column', attrelid::regclass::text, attname, format_type(atttypid, atttypmod),"
        " attnotnull, attidentity, attacl::text, attnum, pg_get_expr(adbin, adrelid)"
        " from pg_attribute join pg_class c on c.oid = attrelid"
        " left join pg_attrdef on adrelid = attrelid and adnum = attnum"
        " where attnum > 0 and not attisdropped and relkind = 'r'"
        " and relnamespace = any($1::regnamespace[])",
        "select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
        # "not null" is told of with the columns; from version 18 on it is a constraint as well.
        " from pg_constraint where contype <> 'n' and connamespace = any($1::regnamespace[])",
        "select 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index"
        " join pg_class c on c.oid = indrelid where relnamespace = any($1::regnamespace[])",
        "select 'trigger', pg_get_triggerdef(t.oid) from pg_trigger t"
        " join pg_class c on c.oid = tgrelid"
        " where not tgisinternal and relnamespace = any($1::regnamespace[])",
        "select 'policy', tablename, policyname, permissive, roles::text, cmd, qual, with_check"
        " from pg_policies where schemaname::regnamespace = any($1::regnamespace[])",
        "select 'function', oid::regprocedure::text, md5(pg_get_functiondef(oid)), proacl::text"
        " from pg_proc where pronamespace = any($1::regnamespace[]) and prokind = 'f'",
        "select 'enum', enumtypid::regtype::text, enumlabel, enumsortorder from pg_enum",
    )
    found: list[str] = []
    for query in queries:
        schemas = [["public", "app_private"]] if "$1" in query else []
        found += [str(tuple(row)) for row in await connection.fetch(query, *schemas)]
    return sorted(found)


async def test_step_by_step_with_data_is_the_same_as_from_scratch(
    empty: str, owner: OwnerConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "supabase"
    (folder / "migrations").mkdir(parents=True)
    shutil.copy(SUPABASE / "plain_shim.sql", folder)
    rows: dict[str, int] = {}
    for path in FILES:
        shutil.copy(path, folder / "migrations")
        assert await migrate(empty, folder=folder) == [path.name]
        async with owner_connection(empty) as connection:
            catalogue = await Catalogue.read(connection)
            maker = RowMaker(connection, catalogue)
            account = (await maker.insert("public.accounts", None))["id"]
            for table in catalogue.tables:
                count = await connection.fetchval(f"select count(*) from {table}")
                assert count >= rows.get(table, 0), f"{path.name} lost rows of {table}"
                if table in ("public.accounts", "public.audit_logs", "app_private.audit_heads"):
                    continue
                await maker.insert(table, account)
            for table in catalogue.tables:
                rows[table] = await connection.fetchval(f"select count(*) from {table}")
                assert rows[table], f"no row of {table} to carry over"
    async with owner_connection(empty) as connection:
        assert await description(connection) == await description(owner)
        assert not [finding for finding in await check(connection) if finding.problems]
        assert not [chain for chain in await verify(connection) if chain.problems]


def of_any_version(line: str) -> str:
    """Without what newer servers add by themselves: the right to maintain a table (17)."""
    return line.replace("arwdDxtm", "arwdDxt")


async def test_every_installed_postgres_gets_the_same(
    owner: OwnerConnection, tmp_path: Path
) -> None:
    """`make tools` brings the oldest server we promise; the embedded one is the newest."""
    expected = await description(owner)
    versions: set[int] = set()
    for number, binaries in enumerate(installed_binaries()):
        server = EmbeddedPostgres(tmp_path / str(number), binaries)
        await server.start()
        try:
            await migrate(server.url("postgres"))
            async with owner_connection(server.url("postgres")) as connection:
                versions.add(connection.get_server_version().major)
                found = sorted(map(of_any_version, await description(connection)))
                assert found == sorted(map(of_any_version, expected))
            database = await Database.open(server.url("voice_worker"), pool_size=2)
            tenant = await make_tenant(database)
            await record(database, tmp_path / str(number), whole_call(tenant))
            async with owner_connection(server.url("postgres")) as connection:
                assert not [chain for chain in await verify(connection) if chain.problems]
                assert await connection.fetchval("select count(*) from call_transcripts") == 2
            await database.close()
        finally:
            await server.stop()
    assert min(versions) == OLDEST_POSTGRES


async def test_a_failing_migration_leaves_nothing_behind(empty: str, tmp_path: Path) -> None:
    folder = tmp_path / "supabase"
    shutil.copytree(SUPABASE, folder)
    (folder / "migrations" / "9999_broken.sql").write_text(
        "create table public.half (id int); select 1/0;"
    )
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty, folder=folder)
    async with owner_connection(empty) as connection:
        assert await connection.fetchval("select to_regclass('public.half')") is None
        states = {item.name: item.state for item in await migrations(connection, folder=folder)}
        assert states.pop("9999_broken.sql") == "pending"
        assert set(states.values()) == {"applied"}


async def test_edited_and_unknown_migrations_are_told_apart(
    database_urls: tuple[str, str], owner: OwnerConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "supabase"
    shutil.copytree(SUPABASE, folder)
    edited = folder / "migrations" / FILES[0].name
    edited.write_text(edited.read_text() + "\n-- edited")
    (folder / "migrations" / FILES[-1].name).unlink()
    states = {item.name: item.state for item in await migrations(owner, folder=folder)}
    assert states[FILES[0].name] == "edited"
    assert states[FILES[-1].name] == "unknown"
    assert states[FILES[1].name] == "applied"
    with pytest.raises(MigrationRefused, match="edited after"):
        await migrate(database_urls[0], folder=folder)


@pytest.mark.parametrize(
    ("damage", "check_name", "told"),
    [
        ("alter table leads no force row level security", "forced on every table", "leads"),
        ("create table fresh (id int)", "forced on every table", "fresh"),
        ("create role bound nologin; grant create on schema public to bound;"
         " alter function get_user_account_ids() owner to bound", "can't recurse",
         "get_user_account_ids"),
        ("alter function has_account_role(uuid, account_role) reset search_path",
         "fixed search path", "has_account_role"),
        ("alter role voice_worker bypassrls", "bypasses nothing", "may bypass"),
        ("grant select on leads to anon", "anonymous", "anon may select leads"),
        ("drop index leads_account_id_campaign_id_idx", "has an index", "leads"),
        ("update call_sessions set cost_cents = cost_cents + 0.0001", "add up", "micro-dollars"),
        ("insert into supabase_migrations.schema_migrations (version, name) values ('9', 'new')",
         "migrations", "9_new.sql is unknown"),
    ],
)  # fmt: skip
async def test_the_check_finds_what_is_wrong(
    owner: OwnerConnection, database: Database, tmp_path: Path, damage: str, check_name: str,
    told: str,
) -> None:  # fmt: skip
    tenant = await make_tenant(database)
    await record(database, tmp_path, whole_call(tenant))
    assert not [finding for finding in await check(owner) if finding.problems]
    transaction = owner.transaction()  # Roles are the server's, not this database's.
    await transaction.start()
    await owner.execute(damage)
    (found,) = [finding for finding in await check(owner) if finding.problems]
    await transaction.rollback()
    assert check_name in found.check
    assert any(told in problem for problem in found.problems), found


async def test_migrations_refuse_an_owner_that_policies_bind(
    empty: str, postgres: EmbeddedPostgres
) -> None:
    async with owner_connection(empty) as connection:
        name = f"bound{uuid4().hex[:8]}"
        await connection.execute(f"create role {name} login createrole")
        await connection.execute((SUPABASE / "plain_shim.sql").read_text())
        database = await connection.fetchval("select current_database()")
        await connection.execute(f"grant all on database {database} to {name}")
        await connection.execute(f"grant all on schema public, auth to {name}")
    with pytest.raises(asyncpg.RaiseError, match="BYPASSRLS"):
        await migrate(empty.replace("postgres@", f"{name}@"))
    async with owner_connection(empty) as connection:
        await connection.execute(f"drop owned by {name}; drop role {name}")


async def test_the_types_are_those_of_the_schema(owner: OwnerConnection) -> None:
    text = await generate(owner)
    assert (ROOT / "types" / "db.ts").read_text() == text, "run `voice-worker db types`"
    assert 'export type CampaignStatus = "draft" | "active" | "paused" | "archived";' in text
    assert 'export type AccountRole = "agent" | "member" | "admin" | "owner";' in text
    assert "export interface CampaignWithFlow extends Campaign {\n  flow: Flow | null;\n}" in text
    await owner.execute("alter table leads add column fresh text")
    changed = await generate(owner)
    assert changed.count("fresh") == text.count("fresh") + 2


def test_the_types_compile_strictly_and_serve_an_application(tmp_path: Path) -> None:
    web = ROOT / "web"
    if not (web / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=web, check=True)
    use = tmp_path / "use.ts"
    use.write_text(
        f"""
import type {{ CampaignWithFlow, Database, LeadUpdate }} from "{ROOT}/types/db";
type Row = Database["public"]["Tables"]["call_sessions"]["Row"];
export const cost = (row: Row): number => row.cost_cents ?? 0;
export const version = (campaign: CampaignWithFlow): number | undefined => campaign.flow?.version;
export const change: LeadUpdate = {{ status: "contacted" }};
// @ts-expect-error: not one of the words
export const wrong: LeadUpdate = {{ status: "lost" }};
// @ts-expect-error: a name is needed
export const missing: Database["public"]["Tables"]["campaigns"]["Insert"] = {{ slug: "x" }};
"""
    )
    done = subprocess.run(
        [web / "node_modules" / ".bin" / "tsc", "--noEmit", "--strict", "--skipLibCheck",
         "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--module", "esnext",
         "--moduleResolution", "bundler", "--target", "es2022", str(use)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


async def rights(connection: OwnerConnection) -> set[str]:
    """What each role may do with each table, column and function."""
    rows = await connection.fetch(
        """
        select role || ' ' || verb || ' ' || c.oid::regclass || coalesce('.' || attname, '')
        from pg_class c join pg_attribute a on attrelid = c.oid and attnum > 0 and not attisdropped,
          unnest(array['anon', 'authenticated', 'voice_worker']) role,
          unnest(array['select', 'insert', 'update']) verb
        where relkind = 'r'
          and relnamespace in ('public'::regnamespace, 'app_private'::regnamespace)
          and has_schema_privilege(role, relnamespace, 'usage')
          and has_column_privilege(role, c.oid, attnum, verb)
        union all
        select role || ' ' || verb || ' ' || c.oid::regclass
        from pg_class c, unnest(array['anon', 'authenticated', 'voice_worker']) role,
          unnest(array['delete', 'truncate', 'references', 'trigger']) verb
        where relkind = 'r'
          and relnamespace in ('public'::regnamespace, 'app_private'::regnamespace)
          and has_table_privilege(role, c.oid, verb)
        union all
        select role || ' calls ' || p.oid::regprocedure
        from pg_proc p, unnest(array['anon', 'authenticated', 'voice_worker']) role
        where pronamespace in ('public'::regnamespace, 'app_private'::regnamespace)
          and has_function_privilege(role, p.oid, 'execute')
        """
    )
    return {row[0] for row in rows}


async def test_supabase_gets_the_same_and_no_gifts(empty: str, owner: OwnerConnection) -> None:
    """Where the owner is no superuser and every new table and function is granted to everybody."""
    name = f"supa{uuid4().hex[:8]}"
    async with owner_connection(empty) as admin:
        await admin.execute((SUPABASE / "plain_shim.sql").read_text())
        database = await admin.fetchval("select current_database()")
        await admin.execute(
            f"create role {name} login createrole bypassrls;"
            f" grant voice_worker, anon, authenticated to {name} with admin option;"
            f" grant all on database {database} to {name};"
            f" grant all on schema public, auth to {name};"
            f" grant all on auth.users to {name};"
            f" grant execute on function auth.uid() to {name};"
            f" alter default privileges for role {name} in schema public"
            "  grant all on tables to anon, authenticated, service_role;"
            f" alter default privileges for role {name} in schema public"
            "  grant all on functions to anon, authenticated, service_role"
        )
    try:
        await migrate(empty.replace("postgres@", f"{name}@"))
        async with owner_connection(empty) as connection:
            assert await rights(connection) == await rights(owner)
            assert not [finding for finding in await check(connection) if finding.problems]
            await connection.execute(
                "insert into auth.users (id, email) values (gen_random_uuid(), 'a@b.example')"
            )
            assert await connection.fetchval("select email from users") == "a@b.example"
    finally:
        async with owner_connection(empty) as admin:
            await admin.execute(f"drop owned by {name} cascade; drop role {name}")
