"""What the audio of running calls feels of a Postgres in trouble.

Calls tick every 20 ms, as audio does, in the loop the recorder runs in, and journal events more
often than real calls do. For each trouble: how late the ticks came, and that no event is missing
afterwards.

    python -m bench.recorder --json recorder.json
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.report import percentile, report
from tests.support.calls import assert_whole, call_events, recorded
from tests.support.proxy import slow_answers
from tests.support.record import Tenant, make_call, make_tenant, recorder
from voice_worker.store.database import Database
from voice_worker.store.embedded_postgres import EmbeddedPostgres
from voice_worker.store.journal import Journal
from voice_worker.store.migrate import migrate
from voice_worker.store.owner import owner_connection

SCENARIOS = (
    "undisturbed",
    "stopped",
    "answering late",
    "restarted",
    "killed",
    "stopped and disk full",
    "undisturbed again",
)
FRAME_SECONDS = 0.020
SOCKET = ".s.PGSQL.5432"


async def tick(until: Callable[[], bool], late_ms: list[float]) -> None:
    """One call's pacing: a deadline every 20 ms, none skipped."""
    due = time.perf_counter() + FRAME_SECONDS
    while not until():
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        late_ms.append((time.perf_counter() - due) * 1000)
        due = max(due + FRAME_SECONDS, time.perf_counter() - 1)


async def hold(journal: Journal, account: UUID, call: UUID, seconds: float) -> None:
    """One call's events, spread over its time."""
    events = list(call_events(account, call))
    for event in events:
        journal.put(event)
        await asyncio.sleep(seconds / len(events))


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(other for child in children for other in family(int(child)))]


class Troubles:
    """What can befall the server while calls go on; each takes its time and ends."""

    def __init__(self, server: EmbeddedPostgres, journal: Journal, seconds: float) -> None:
        self._server = server
        self._journal = journal
        self._seconds = seconds

    async def undisturbed(self) -> None:
        await asyncio.sleep(self._seconds)

    async def stopped(self) -> None:
        assert self._server.pid
        frozen = family(self._server.pid)
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(self._seconds)
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)

    async def stopped_and_disk_full(self) -> None:
        limit = "pragma max_page_count = {}"
        self._journal._connection.execute(limit.format(1))
        await self.stopped()
        self._journal._connection.execute(limit.format(1 << 30))

    async def restarted(self) -> None:
        await self._server.stop()
        await asyncio.sleep(self._seconds / 4)
        await self._server.start()

    async def killed(self) -> None:
        assert self._server.pid
        os.kill(self._server.pid, signal.SIGKILL)
        await asyncio.sleep(self._seconds / 4)


@asynccontextmanager
async def front_of(server: EmbeddedPostgres, home: Path, seconds: float) -> AsyncIterator[str]:
    url = server.url("voice_worker")
    if not seconds:
        yield url
        return
    folder = url.partition("?host=")[2]
    front = Path(tempfile.mkdtemp(dir=home))
    async with slow_answers(Path(folder) / SOCKET, front / SOCKET, seconds=seconds):
        yield url.replace(folder, str(front))


async def run(
    name: str, server: EmbeddedPostgres, home: Path, *, calls: int, seconds: float,
    trouble_seconds: float, answer_seconds: float,
) -> dict[str, Any]:  # fmt: skip
    direct = await Database.open(server.url("voice_worker"), pool_size=2)
    tenant: Tenant = await make_tenant(direct)
    ids = [(await make_call(direct, tenant)).call for _ in range(calls)]
    await direct.close()
    journal = Journal(home / f"{name.replace(' ', '-')}.db")
    async with front_of(server, home, answer_seconds) as url:
        database = await Database.open(url, pool_size=2)
        running = recorder(journal, database)
        running.start()
        late_ms: list[float] = []
        over = False
        ticking = [asyncio.create_task(tick(lambda: over, late_ms)) for _ in ids]
        troubles = Troubles(server, journal, trouble_seconds)
        trouble = getattr(troubles, name.replace(" ", "_"), troubles.undisturbed)
        deepest = 0

        async def watch() -> None:
            nonlocal deepest
            while True:
                deepest = max(deepest, journal.depth)
                await asyncio.sleep(0.05)

        watching = asyncio.create_task(watch())
        holding = [
            asyncio.create_task(hold(journal, tenant.account, call, seconds)) for call in ids
        ]
        await asyncio.sleep(seconds / 10)
        await trouble()
        await asyncio.gather(*holding)
        ended = time.perf_counter()
        await running.drained()
        catch_up = time.perf_counter() - ended
        over = True
        await asyncio.gather(*ticking)
        watching.cancel()
        await running.stop(patience_seconds=30)
        await database.close()
    journal.close()
    async with owner_connection(server.url("postgres")) as owner:
        rows = await recorded(owner, ids)
    for call in ids:
        assert_whole(call, rows[call])
    return {
        "Postgres": name,
        "events": calls * len(list(call_events(tenant.account, ids[0]))),
        "lost": 0,
        "waiting at most": deepest,
        "caught up s": round(catch_up, 1),
        "late p50 ms": round(percentile(late_ms, 0.5), 2),
        "late p99 ms": round(percentile(late_ms, 0.99), 2),
        "late max ms": round(max(late_ms), 1),
    }


async def main(arguments: argparse.Namespace) -> None:
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        server = EmbeddedPostgres(home)
        await server.start()
        await migrate(server.url("postgres"))
        try:
            for name in arguments.only or SCENARIOS:
                late = name == "answering late"
                troubled = not late and not name.startswith("undisturbed")
                trouble_seconds = arguments.trouble_seconds if troubled else 0.0
                answer_seconds = arguments.answer_seconds if late else 0.0
                rows.append(
                    await run(name, server, home, calls=arguments.calls,
                              seconds=max(arguments.seconds, trouble_seconds * 1.2),
                              trouble_seconds=trouble_seconds, answer_seconds=answer_seconds)
                )  # fmt: skip
                print(rows[-1], flush=True)
        finally:
            await server.stop()
    report("Journalled calls beside a Postgres in trouble", rows, arguments.json,
           calls=arguments.calls)  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=25, help="calls at once")
    parser.add_argument("--seconds", type=float, default=20, help="length of a call")
    parser.add_argument("--trouble-seconds", type=float, default=60, help="how long a stop lasts")
    parser.add_argument("--answer-seconds", type=float, default=5, help="how late answers come")
    parser.add_argument("--only", nargs="*", choices=SCENARIOS, help="these troubles only")
    parser.add_argument("--json", type=Path, help="write the figures here")
    asyncio.run(main(parser.parse_args()))
