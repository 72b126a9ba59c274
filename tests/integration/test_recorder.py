"""Nothing finished is lost: with Postgres frozen, slow, restarted; with the disk full; with the
worker killed in the middle, again and again."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID

import pytest

from tests.support.calls import assert_begun, assert_whole, call_events, recorded
from tests.support.patience import PATIENCE_SECONDS
from tests.support.proxy import slow_answers
from tests.support.record import Tenant, make_call, make_tenant, recorder
from voice_worker.errors import JournalFull
from voice_worker.store.database import Database
from voice_worker.store.embedded_postgres import EmbeddedPostgres
from voice_worker.store.journal import Journal
from voice_worker.store.migrate import migrate
from voice_worker.store.owner import owner_connection
from voice_worker.store.recorder import Recorder

CALLS = 5
KILLS = 200


class Bench:
    """A server, a journal and a running recorder of our own, with calls to put into them."""

    def __init__(self, server: EmbeddedPostgres, journal: Journal) -> None:
        self.server = server
        self.journal = journal
        self.tenant: Tenant
        self.calls: list[UUID] = []
        self.recorder: Recorder

    async def prepare(self, url: str, *, command_seconds: float) -> Database:
        direct = await Database.open(self.server.url("voice_worker"), pool_size=1)
        self.tenant = await make_tenant(direct)
        self.calls = [(await make_call(direct, self.tenant)).call for _ in range(CALLS)]
        await direct.close()
        database = await Database.open(url, pool_size=2, command_seconds=command_seconds)
        self.recorder = recorder(self.journal, database)
        return database

    def put(self, part: slice) -> None:
        """A part of every call's events, the calls taking turns."""
        scripts = [list(call_events(self.tenant.account, call))[part] for call in self.calls]
        for step in zip(*scripts, strict=True):
            for event in step:
                self.journal.put(event)

    async def assert_nothing_lost(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.recorder.drained()
        async with owner_connection(self.server.url("postgres")) as owner:
            rows = await recorded(owner, self.calls)
        for call in self.calls:
            assert_whole(call, rows[call])


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    server = EmbeddedPostgres(tmp_path)
    await server.start()
    await migrate(server.url("postgres"))
    made = Bench(server, Journal(tmp_path / "journal.db"))
    yield made
    made.journal.close()
    await server.stop()


def family(pid: int) -> list[int]:
    """A process and its descendants, parents first."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(other for child in children for other in family(int(child)))]


FIRST, SECOND, LAST = slice(0, 12), slice(12, 24), slice(24, None)


async def test_postgres_frozen_during_calls(bench: Bench) -> None:
    database = await bench.prepare(bench.server.url("voice_worker"), command_seconds=0.5)
    bench.recorder.start()
    bench.put(FIRST)
    assert bench.server.pid
    frozen = family(bench.server.pid)
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    bench.put(SECOND)
    depth = bench.journal.depth
    # Long enough for commands to time out and be tried again.
    await asyncio.sleep(3)
    bench.put(LAST)
    assert bench.journal.depth >= depth > 0, "nobody took them meanwhile"
    for pid in frozen:
        os.kill(pid, signal.SIGCONT)
    await bench.assert_nothing_lost()
    await bench.recorder.stop(patience_seconds=5)
    await database.close()


async def test_postgres_restarted_during_calls(bench: Bench) -> None:
    database = await bench.prepare(bench.server.url("voice_worker"), command_seconds=5)
    bench.recorder.start()
    bench.put(FIRST)
    await bench.server.stop()
    bench.put(SECOND)
    await bench.server.start()
    bench.put(LAST)
    await bench.assert_nothing_lost()
    await bench.recorder.stop(patience_seconds=5)
    await database.close()


async def test_postgres_answering_late(bench: Bench, tmp_path: Path) -> None:
    front = tmp_path / "slow"
    front.mkdir()
    url = bench.server.url("voice_worker")
    folder = url.partition("?host=")[2]
    socket = ".s.PGSQL.5432"
    async with slow_answers(Path(folder) / socket, front / socket, seconds=0.2):
        database = await bench.prepare(url.replace(folder, str(front)), command_seconds=20)
        bench.recorder.start()
        for part in (FIRST, SECOND, LAST):
            bench.put(part)
            await asyncio.sleep(0)
        await bench.assert_nothing_lost()
        await bench.recorder.stop(patience_seconds=5)
        await database.close()


def let_grow(journal: Journal, pages: int) -> None:
    """Limit the journal's size: SQLite then says, as on a full disk, that there is no room."""
    journal._connection.execute(f"pragma max_page_count = {pages}")


async def test_the_journals_disk_full(bench: Bench) -> None:
    database = await bench.prepare(bench.server.url("voice_worker"), command_seconds=5)
    bench.put(FIRST)
    bench.journal.check_room()
    let_grow(bench.journal, 1)
    bench.put(SECOND)
    bench.put(LAST)
    with pytest.raises(JournalFull, match="make room"):
        bench.journal.check_room()
    assert bench.journal.depth == CALLS * len(list(call_events(bench.tenant.account, UUID(int=1))))
    bench.recorder.start()
    await bench.assert_nothing_lost()
    bench.journal.check_room()
    await bench.recorder.stop(patience_seconds=5)
    await database.close()


async def test_what_waited_in_memory_goes_to_disk_when_there_is_room(bench: Bench) -> None:
    database = await bench.prepare(bench.server.url("voice_worker"), command_seconds=5)
    let_grow(bench.journal, 1)
    bench.put(FIRST)
    bench.put(SECOND)
    let_grow(bench.journal, 1_000_000)
    bench.put(LAST)
    bench.journal.check_room()
    await bench.recorder.stop(patience_seconds=0)  # As if Postgres were away.
    left = sqlite3.connect(bench.journal._path).execute("select count(*) from outbox").fetchone()[0]
    assert left in (0, CALLS * len(list(call_events(bench.tenant.account, UUID(int=1)))))
    bench.recorder.start()
    await bench.assert_nothing_lost()
    await bench.recorder.stop(patience_seconds=5)
    await database.close()


async def test_an_event_that_goes_to_disk_while_it_is_sent_is_counted_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    events = list(call_events(UUID(int=1), UUID(int=2)))
    let_grow(journal, 1)
    while not journal.full:
        journal.put(events[0])
    sent = journal.batch(10_000)
    let_grow(journal, 1_000_000)
    journal.put(events[1])
    journal.delete(position for position, _ in sent)
    left = journal.batch(10_000)
    assert [event.seq for _, event in left] == [0, 1]
    assert journal.depth == len(left)
    journal.close()


async def test_at_its_bound_new_calls_are_refused_and_running_ones_go_on(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db", max_rows=10)
    events = list(call_events(UUID(int=1), UUID(int=2)))
    for event in events[:9]:
        journal.put(event)
    journal.check_room()
    for event in events[9:]:
        journal.put(event)
    with pytest.raises(JournalFull, match="wait for the database"):
        journal.check_room()
    assert [event.seq for _, event in journal.batch(1000)] == [event.seq for event in events]
    journal.delete(position for position, _ in journal.batch(len(events) - 5))
    journal.check_room()
    journal.close()


class CrashingWorker:
    """Runs `tests/support/crash_worker.py` and kills its children."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.crash_worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    async def live(self, task: dict[str, object], seconds: float) -> None:
        """Work on a task until it says so and for some seconds more, then die."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        loop = asyncio.get_running_loop()
        child = int(await loop.run_in_executor(None, self._process.stdout.readline))
        await asyncio.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        assert (await loop.run_in_executor(None, self._process.stdout.readline)) == "gone\n"

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture
def crashing() -> AsyncIterator[Callable[[], CrashingWorker]]:
    worker = CrashingWorker()
    yield worker  # type: ignore[misc]
    worker.close()


async def test_the_worker_killed_at_200_points(
    database: Database, database_urls: tuple[str, str], crashing: CrashingWorker, tmp_path: Path
) -> None:
    chance = random.Random(20261123)
    tenant = await make_tenant(database)
    acknowledged = tmp_path / "acknowledged"
    acknowledged.touch()
    calls: list[UUID] = []
    most = 3 * len(list(call_events(tenant.account, UUID(int=1))))
    for seed in range(KILLS):
        mine = [(await make_call(database, tenant)).call for _ in range(3)]
        calls += mine
        task: dict[str, object] = {
            "journal": str(tmp_path / "journal.db"),
            "acknowledged": str(acknowledged),
            "url": database_urls[1],
            "account": str(tenant.account),
            "calls": [str(call) for call in mine],
            "seed": seed,
            "pause_seconds": chance.choice((0.0, 0.005, 0.02)),
            # Before the first, after the last, or somewhere between.
            "events": chance.choice((0, most, chance.randrange(most), chance.randrange(most))),
        }
        await crashing.live(task, chance.uniform(0, 0.03))
    journal = Journal(tmp_path / "journal.db")
    await recorder(journal, database).flush()
    assert journal.depth == 0
    journal.close()

    last: dict[UUID, int] = {}
    for line in acknowledged.read_text().splitlines():
        call, seq = line.split()
        last[UUID(call)] = int(seq)
    async with owner_connection(database_urls[0]) as owner:
        rows = await recorded(owner, calls)
    for call in calls:
        assert_begun(call, rows[call], last.get(call, -1))
    states = Counter(rows[call].status for call in calls)
    assert min(states["connecting"], states["active"], states["completed"]) > KILLS // 20, states
