"""The programs under test: started, watched from outside through /proc, stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from bench import scripts
from config import load_settings
from pipelines.events import new_id
from voice_worker.cli.store import open_database
from voice_worker.demo import ACCOUNT_ID, ensure_demo
from voice_worker.store import campaigns

START_SECONDS = 120
SETTLED_SECONDS = 2.0
SETTLED_LOAD = 0.15
"""Share of a core an idle system may use."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Holding:
    """What one process of a server holds."""

    name: str
    """Its part: worker, an engine's module, or postgres."""
    pss_mb: float
    files: int
    threads: int


class Server:
    """A process and its children."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], url: str) -> None:
        self.name = name
        self.url = url
        self._process = process

    def _tree(self) -> list[int]:
        parents: dict[int, list[int]] = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    after_name = (folder / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                parents.setdefault(int(after_name[1]), []).append(int(folder.name))
        found, todo = [], [self._process.pid]
        while todo:
            pid = todo.pop()
            found.append(pid)
            todo += parents.get(pid, [])
        return found

    def cpu_seconds(self) -> float:
        """User and system time of the whole tree so far; Postgres backends that ended included."""
        return sum(self.cpu_by_part().values())

    def cpu_by_part(self) -> dict[str, float]:
        """The same for each part of the system, by its name (see `Holding`)."""
        found: dict[str, float] = {}
        for pid in self._tree():
            folder = Path(f"/proc/{pid}")
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                part = _part_of(folder)
            except OSError:
                continue
            ticks = sum(int(fields[number]) for number in (11, 12, 13, 14))
            found[part] = found.get(part, 0.0) + ticks / TICKS
        return found

    def pss_mb(self) -> float:
        """Proportional memory of the whole tree."""
        return sum(one.pss_mb for one in self.holdings())

    def holdings(self) -> list[Holding]:
        """What each process of the tree holds."""
        found = []
        for pid in self._tree():
            folder = Path(f"/proc/{pid}")
            try:
                part = _part_of(folder)
                rollup = (folder / "smaps_rollup").read_text().splitlines()
                pss = next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
                files = len(list((folder / "fd").iterdir()))
                threads = len(list((folder / "task").iterdir()))
            except (OSError, StopIteration):
                continue
            found.append(Holding(part, pss / 1024, files, threads))
        return found


def _part_of(process: Path) -> str:
    """What a process is for; `process` is its folder in /proc."""
    command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    if "postgres" in command:
        return "postgres"
    engine = command.partition("pipelines.engine.")[2].split()
    return engine[0] if engine else "worker"


@contextmanager
def launched(name: str, command: list[str], port: int, log: Path, **env: str) -> Iterator[Server]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], env={**os.environ, **env}, stdout=out, stderr=out
        )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START_SECONDS
    try:
        while True:
            try:
                if httpx.get(f"{url}/readyz", timeout=2).status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{name} did not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.2)
        started = Server(name, process, url)
        _settle(started)
        yield started
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _settle(started: Server) -> None:
    """Wait until it has done what it does after a start, such as rendering prompts."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        before = started.cpu_seconds()
        time.sleep(SETTLED_SECONDS)
        if started.cpu_seconds() - before < SETTLED_LOAD * SETTLED_SECONDS:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _publish(home: Path) -> None:
    async with open_database(load_settings(home=home)) as database:
        await ensure_demo(database)
        for slug in scripts.CAMPAIGNS:
            campaign_id = new_id()
            await campaigns.add_campaign(database, ACCOUNT_ID, campaign_id, slug, slug)
            await campaigns.publish_flow(
                database,
                ACCOUNT_ID,
                campaign_id,
                flow_id=new_id(),
                name=slug,
                definition=scripts.flow(slug),
                checked_at=datetime.now(UTC),
            )


@contextmanager
def server(system: str, scratch: Path, capacity: int, **settings: str) -> Iterator[Server]:
    """A system under test: `worker` (with more settings), `stock-timeout` or `stock-smart`."""
    port = _free_port()
    log = scratch / f"{system}.log"
    if system == "worker":
        home = scratch / "home"
        asyncio.run(_publish(home))
        settings |= {
            "VOICE_WORKER_HOME": str(home),
            "VOICE_WORKER_PORT": str(port),
            "VOICE_WORKER__CALLS__CAPACITY": str(capacity),
        }
        with launched(system, ["voice_worker", "serve"], port, log, **settings) as running:
            yield running
    else:
        turn = system.removeprefix("stock-")
        command = ["bench.stock_pipecat", "--port", str(port), "--turn", turn]
        with launched(system, command, port, log) as running:
            yield running
