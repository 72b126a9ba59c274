"""The record against a real Postgres: tenancy, state machines, and nothing lost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from pipelines.events import CallerSpoke
from tests.support.patience import PATIENCE_SECONDS
from tests.support.record import Tenant, make_tenant, record, recorder, whole_call
from voice_worker.errors import EmbeddedPostgresFailed, JournalUnreadable, MigrationRefused
from voice_worker.store.calls import open_calls, show_call
from voice_worker.store.database import Database
from voice_worker.store.embedded_postgres import EmbeddedPostgres, find_binaries
from voice_worker.store.journal import Journal
from voice_worker.store.migrate import SUPABASE, migrate


async def test_a_call_becomes_its_rows_and_twice_is_once(
    database: Database, tmp_path: Path
) -> None:
    tenant = await make_tenant(database)
    events = whole_call(tenant)
    assert (await record(database, tmp_path, [*events, *events])).depth == 0
    call = await show_call(database, tenant.account, tenant.call, with_events=True)
    assert call is not None
    assert (call["status"], call["duration_ms"]) == ("completed", 62_000)
    assert [(line["speaker"], line["text"]) for line in call["transcript"]] == [
        ("ai_agent", "Hello there"), ("caller", "jane at example dot com"),
    ]  # fmt: skip
    (lead,) = call["leads"]
    assert call["lead_id"] == lead["id"]
    assert lead["email"] == "jane@example.com"
    assert lead["fields"]["email"]["raw"] == "jane at example dot com"
    assert [handoff["status"] for handoff in call["handoffs"]] == ["pending"]
    assert [row["minute"] for row in call["costs"]] == [1]
    assert call["cost_cents"] * 10_000 == sum(row["micro_dollars"] for row in call["costs"])
    assert len(call["events"]) == len(events)


async def test_a_row_postgres_refuses_blocks_nobody(database: Database, tmp_path: Path) -> None:
    tenant = await make_tenant(database)
    stranger = CallerSpoke(account_id=tenant.account, call_id=uuid4(), seq=0, text="no such call")
    journal = await record(database, tmp_path, [stranger, *whole_call(tenant)])
    call = await show_call(database, tenant.account, tenant.call)
    assert call is not None and call["status"] == "completed"
    assert journal.depth == 0


async def test_writing_into_another_account_is_refused(database: Database) -> None:
    mine, other = await make_tenant(database), await make_tenant(database)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.tenant(mine.account) as connection:
            await connection.execute(
                "insert into campaigns (id, account_id, name, slug) values ($1, $2, 'x', 'x')",
                uuid4(), other.account,
            )  # fmt: skip
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with database.tenant(mine.account) as connection:
            await connection.execute(
                "insert into call_events (id, account_id, call_session_id, seq, type, offset_ms,"
                " at, body) values ($1, $2, $3, 0, 'x', 0, now(), '{}')",
                uuid4(), mine.account, other.call,
            )  # fmt: skip
    async with database.tenant(mine.account) as connection:
        changed = await connection.execute(
            "update call_sessions set outcome = 'stolen' where id = $1", other.call
        )
    assert changed == "UPDATE 0"


@pytest.mark.parametrize(
    "statement",
    ["delete from call_sessions", "update audit_logs set actor = 'x'", "truncate leads",
     "insert into audit_logs (account_id, actor, event_type, entity_type, entity_id)"
     " values (gen_random_uuid(), 'x', 'x', 'x', gen_random_uuid())",
     "update call_events set type = 'x'", "alter table leads disable row level security"],
)  # fmt: skip
async def test_the_worker_may_not_erase_or_forge(database: Database, statement: str) -> None:
    tenant = await make_tenant(database)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.tenant(tenant.account) as connection:
            await connection.execute(statement)


async def test_a_connection_forgets_its_account(database_urls: tuple[str, str]) -> None:
    database = await Database.open(database_urls[1], pool_size=1)
    tenant = await make_tenant(database)
    async with database.tenant(tenant.account) as connection:
        assert await connection.fetchval("select count(*) from call_sessions") == 1
    async with database.system() as connection:
        assert await connection.fetchval("select count(*) from call_sessions") == 0
    await database.close()


async def test_the_owner_acting_as_worker_is_bound_as_well(database_urls: tuple[str, str]) -> None:
    database = await Database.open(database_urls[0], pool_size=1)
    mine, other = await make_tenant(database), await make_tenant(database)
    async with database.tenant(mine.account) as connection:
        assert await connection.fetchval("select array_agg(id) from accounts") == [mine.account]
    assert other.account != mine.account
    await database.close()


async def test_a_finished_call_can_not_go_on(database: Database, tmp_path: Path) -> None:
    tenant = await make_tenant(database)
    await record(database, tmp_path, whole_call(tenant))
    with pytest.raises(asyncpg.CheckViolationError, match="can't go from completed to active"):
        async with database.tenant(tenant.account) as connection:
            await connection.execute("update call_sessions set status = 'active'")


async def test_state_changes_are_audited(database: Database, tmp_path: Path) -> None:
    tenant = await make_tenant(database)
    await record(database, tmp_path, whole_call(tenant))
    async with database.tenant(tenant.account) as connection:
        rows = await connection.fetch("select entity_type, event_type, after from audit_logs")
    seen = {(row["entity_type"], row["event_type"]) for row in rows}
    assert {
        ("call_sessions", "update"),
        ("leads", "insert"),
        ("handoff_requests", "insert"),
    } <= seen


async def test_every_foreign_key_has_an_index(database_urls: tuple[str, str]) -> None:
    admin = await asyncpg.connect(database_urls[0])
    missing = await admin.fetch(
        """
        select c.conrelid::regclass::text as tab, c.conname
        from pg_constraint c
        where c.contype = 'f' and c.connamespace = 'public'::regnamespace and not exists (
          select from pg_index i where i.indrelid = c.conrelid
          and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)
        """
    )
    await admin.close()
    assert not [dict(row) for row in missing]


async def test_an_edited_migration_is_refused(
    database_urls: tuple[str, str], tmp_path: Path
) -> None:
    assert await migrate(database_urls[0]) == []
    (tmp_path / "migrations").mkdir()
    (tmp_path / "plain_shim.sql").write_text("")
    for path in (SUPABASE / "migrations").glob("*.sql"):
        (tmp_path / "migrations" / path.name).write_text(path.read_text() + "\n-- edited")
    with pytest.raises(MigrationRefused, match="edited after"):
        await migrate(database_urls[0], folder=tmp_path)


async def test_events_outlive_a_killed_postgres(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path)
    await server.start()
    await migrate(server.url("postgres"))
    database = await Database.open(server.url("voice_worker"), pool_size=2)
    tenant = await make_tenant(database)
    journal = Journal(tmp_path / "j.db")
    running = recorder(journal, database)
    running.start()
    events = whole_call(tenant)
    for event in events[:3]:
        journal.put(event)
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    for event in events[3:]:
        journal.put(event)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await running.drained()
    call = await show_call(database, tenant.account, tenant.call)
    assert call is not None and call["status"] == "completed"
    await running.stop(patience_seconds=5)
    journal.close()
    await database.close()
    await server.stop()


_OWNER = """
import asyncio, sys
from pathlib import Path
from voice_worker.store.embedded_postgres import EmbeddedPostgres, find_binaries
async def own():
    server = EmbeddedPostgres(Path(sys.argv[1]))
    await server.start()
    print(server.pid, flush=True)
    await asyncio.Event().wait()
asyncio.run(own())
"""


async def test_a_server_starts_where_the_last_is_still_shutting_down(tmp_path: Path) -> None:
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _OWNER, str(tmp_path), stdout=subprocess.PIPE
    )
    assert owner.stdout is not None
    last = int(await owner.stdout.readline())
    # Stopped first, so that it certainly outlives its owner for a while.
    os.kill(last, signal.SIGSTOP)
    owner.kill()
    await owner.wait()
    server = EmbeddedPostgres(tmp_path)
    starting = asyncio.create_task(server.start())
    await asyncio.sleep(0)
    os.kill(last, signal.SIGCONT)
    await starting
    assert server.pid not in (None, last)
    await server.stop()


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="of a worker that is root")


@as_root
async def test_a_root_whose_folders_are_closed_has_a_database_all_the_same(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "bin").symlink_to(find_binaries())
    server = EmbeddedPostgres(closed / "home", closed / "bin")
    await server.start()
    assert server.pid is not None
    status = await asyncio.to_thread(Path(f"/proc/{server.pid}/status").read_text)
    assert "\nUid:\t0\t" not in status
    # What lets it search folders lets it do nothing else.
    assert "\nCapEff:\t0000000000000004\n" in status
    assert (closed / "home" / "postgres" / "PG_VERSION").is_file()
    await server.stop()


@as_root
def test_a_root_that_may_not_open_its_folders_to_the_database_is_told(tmp_path: Path) -> None:
    bounded = ["setpriv", "--bounding-set=-dac_read_search,-dac_override", "--"]
    done = subprocess.run(
        [*bounded, sys.executable, "-c", _OWNER, str(tmp_path)], capture_output=True, text=True
    )
    assert "closed. Run the worker as an ordinary user" in done.stderr


@pytest.fixture
def killed_initdb() -> Iterator[Path]:
    """Programs of which initdb comes as far as the real one does until its terminal is closed."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "initdb"
        program.write_text('#!/bin/sh\necho 18 > "$2/PG_VERSION"\nkill -9 $$\n')
        for path in (Path(folder), program):
            # Whoever the server runs as has to reach it.
            path.chmod(0o755)
        yield Path(folder)


async def test_a_first_start_that_was_killed_half_way_leaves_no_half_database(
    tmp_path: Path, killed_initdb: Path
) -> None:
    with pytest.raises(EmbeddedPostgresFailed, match="initdb failed"):
        await EmbeddedPostgres(tmp_path, killed_initdb).start()
    server = EmbeddedPostgres(tmp_path)
    await server.start()
    await server.stop()


def test_a_journal_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "j.db").write_text("not a database, but long enough to be taken for one" * 50)
    with pytest.raises(JournalUnreadable, match=r"j\.db can't be read"):
        Journal(tmp_path / "j.db")


async def test_an_event_of_another_version_blocks_none_behind_it(
    database: Database, tmp_path: Path
) -> None:
    tenant = await make_tenant(database)
    path = tmp_path / "j.db"
    Journal(path).close()
    body = json.dumps({"type": "thought_of_later", "call_id": str(tenant.call)})
    with sqlite3.connect(path) as other:
        other.execute("insert into outbox (account_id, body) values ('', ?)", (body,))
    journal = Journal(path)
    for event in whole_call(tenant):
        journal.put(event)
    await recorder(journal, database).flush()
    assert journal.depth == 0
    call = await show_call(database, tenant.account, tenant.call)
    assert call is not None and call["status"] == "completed"
    journal.close()
    with sqlite3.connect(path) as left:
        assert left.execute("select body from quarantine").fetchall() == [(body,)]


_WRITER = """
import sys
from pathlib import Path
from uuid import UUID
from pipelines.events import CallerSpoke
from voice_worker.store.journal import Journal
journal = Journal(Path(sys.argv[1]))
for seq in range(1, 100_000):
    journal.put(CallerSpoke(account_id=UUID(sys.argv[2]), call_id=UUID(sys.argv[3]), seq=seq,
                            text=f"line {seq}"))
    print(seq, flush=True)
"""


def start_writer(path: Path, tenant: Tenant) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _WRITER, path, str(tenant.account), str(tenant.call)],
        stdout=subprocess.PIPE,
        text=True,
    )


async def test_events_outlive_a_killed_worker(database: Database, tmp_path: Path) -> None:
    tenant = await make_tenant(database)
    writer = start_writer(tmp_path / "j.db", tenant)
    assert writer.stdout is not None
    said = 0
    while said < 200:
        said = int(writer.stdout.readline())
    writer.kill()
    rest, _ = writer.communicate()
    said = max([said, *(int(line) for line in rest.split())])
    journal = Journal(tmp_path / "j.db")
    await recorder(journal, database).flush()
    journal.close()
    call = await show_call(database, tenant.account, tenant.call)
    assert call is not None
    recorded = [line["seq"] for line in call["transcript"]]
    assert recorded[:said] == list(range(1, said + 1))
    (left,) = await open_calls(database, "w1")
    assert (left.id, left.last_seq) == (tenant.call, recorded[-1])


@as_root
async def test_a_strict_umask_shuts_the_server_out_of_nothing(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        server = EmbeddedPostgres(tmp_path / "home")
        await server.start()
    finally:
        os.umask(before)
    assert await migrate(server.url("postgres"))
    await server.stop()
