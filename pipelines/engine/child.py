"""One engine process as the worker sees it: started, fed, watched, killed.

A process is killed when it is *hung* (no sign of life although it could run), *wedged* (a request
uses no processor) or *lost in a loop* (far more processor time than any answer takes). A process
that merely does not get its turn on a busy machine is none of these. Of several requests each is
judged by what its own thread uses; two that are in the model at once, by an equal share of that.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.engine import wire
from pipelines.errors import EngineFailedToStart

log = logging.getLogger(__name__)

BIRTH_SECONDS = 30.0
"""Longest a process may take to say who it is: what it imports before is read from a cold disk."""
LOAD_SECONDS = 90.0
"""Longest a model may take to load; importing torch alone has been seen to take 12 s."""
WATCH_SECONDS = 0.1
IDLE_WATCH_SECONDS = 0.5
HUNG_SECONDS = 0.6
"""Four missed beats of a process that works and is not waiting for a processor."""
IDLE_HUNG_SECONDS = 1.5
"""Three missed beats of one without work."""
STARVED_SECONDS = 2.0
"""Missed beats of one that waits: longer than a busy machine keeps anybody waiting."""
CPU_STEP_SECONDS = 0.002
"""Less processor time than this between looks is the heartbeat's own."""
ENVIRONMENT = {
    # The products outside the models are small: more BLAS threads only spin beside the model's.
    "OPENBLAS_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    # glibc would keep a heap for each thread, with holes of its own,
    "MALLOC_ARENA_MAX": "1",
    # and give large pieces back at once, only to fetch and clear them again for the next sentence.
    # What is not needed for seconds is given back by the engine itself.
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(128 << 20),
}


@dataclass(frozen=True)
class Program:
    """What to run and what to expect of it."""

    name: str
    module: str
    options: dict[str, Any]
    at_once: int = 1
    """Requests it works on at a time."""
    nice: int = 0
    idle_seconds: float = 1.0
    """Longest a step of a request may go without using the processor."""
    busy_seconds: float = 1.2
    """Most processor time a step may take; the engine says when one is known to need more."""


class _Given:
    """A request the process was given, as its beats tell of it."""

    def __init__(self, now: float) -> None:
        self._step = 0
        self._allowed = 0.0
        self._cpu = 0.0
        self._cpu_moved = now
        self._cpu_at_progress = 0.0

    def take(self, step: wire.Step, now: float) -> None:
        if step.cpu_seconds - self._cpu > CPU_STEP_SECONDS:
            self._cpu_moved = now
        self._cpu = step.cpu_seconds
        if step.number != self._step:
            self._step = step.number
            self._allowed = step.allowed_seconds
            self.progressed(now)

    def progressed(self, now: float) -> None:
        self._cpu_moved = now
        self._cpu_at_progress = self._cpu

    def trouble(self, now: float, program: Program) -> str:
        if now - self._cpu_moved > max(program.idle_seconds, self._allowed):
            return "wedged"
        if self._cpu - self._cpu_at_progress > max(program.busy_seconds, self._allowed):
            return "lost in a loop"
        return ""


class Child:
    """One process, from start to death, and another after it."""

    def __init__(self, program: Program, on_message: Callable[[wire.FromEngine], None]) -> None:
        self._program = program
        self._on_message = on_message
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._given: dict[int, _Given] = {}
        self._heard = 0.0
        self._busy = asyncio.Event()
        self.pid: int | None = None
        self.ready = False
        self.blamed: int | None = None
        """The request it was killed for: don't try that again."""

    def send(self, request: wire.Request) -> None:
        """Give a ready process something to do."""
        now = time.monotonic()
        if not self._given:
            # Without work it beats less often.
            self._heard = max(self._heard, now - WATCH_SECONDS)
        self._given[request.id] = _Given(now)
        self._busy.set()
        self._write(wire.Work([request]))

    def cancel(self, request_id: int) -> None:
        self._write(wire.Cancel(request_id))

    def _write(self, message: wire.ToEngine) -> None:
        if self._writer and not self._writer.is_closing():
            self._writer.write(wire.frame(message))

    async def live(self, on_ready: Callable[[float], None]) -> None:
        """Start, call `on_ready` with the load seconds, serve until the process dies.

        Raises:
            EngineFailedToStart: it exited or did not become ready in time.
        """
        program = self._program
        self.blamed = None
        reader = await self._spawn()
        try:
            async with asyncio.timeout(BIRTH_SECONDS):
                born = await _next(reader)
            assert isinstance(born, wire.Born), born
            self.pid = born.pid
            self._write(wire.Start(program.options, program.nice, program.at_once))
            async with asyncio.timeout(LOAD_SECONDS):
                message = await _next(reader)
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            raise EngineFailedToStart(
                f"The {program.name} engine did not start; its own message stands above. "
                "`voice-worker doctor` says what is missing."
            ) from error
        assert isinstance(message, wire.Ready), message
        self.ready = True
        self._heard = time.monotonic()
        on_ready(message.load_seconds)
        watching = asyncio.create_task(self._watch(), name=f"watch-{self._program.name}")
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    self._take(await _next(reader))
        finally:
            watching.cancel()

    async def _spawn(self) -> asyncio.StreamReader:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self._program.module, "--fd", str(theirs.fileno()),
                pass_fds=(theirs.fileno(),),
                env={**os.environ, **ENVIRONMENT},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=None,
            )  # fmt: skip
        ours.setblocking(False)
        reader, self._writer = await asyncio.open_connection(sock=ours)
        return reader

    def _take(self, message: wire.FromEngine) -> None:
        now = self._heard = time.monotonic()
        if isinstance(message, wire.Beat):
            for step in message.steps:
                if step.id in self._given:
                    self._given[step.id].take(step, now)
            return
        if isinstance(message, wire.Done | wire.Failed):
            self._given.pop(message.id, None)
            if not self._given:
                self._busy.clear()
        elif isinstance(message, wire.Item) and message.id in self._given:
            self._given[message.id].progressed(now)
        self._on_message(message)

    async def _watch(self) -> None:
        while True:
            asked = time.monotonic()
            pause = WATCH_SECONDS if self._given else IDLE_WATCH_SECONDS
            if self._given:
                await asyncio.sleep(pause)
            else:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        # Work ends the long pause.
                        await self._busy.wait()
            now = time.monotonic()
            if now - asked > pause + 2 * WATCH_SECONDS:
                # Our own loop was held up: beats may be waiting unread.
                continue
            if trouble := self._trouble(now):
                log.error("engine %s is %s, replacing it", self._program.name, trouble,
                          extra={"action": "engine_wedged"})  # fmt: skip
                self.kill()
                return

    def _trouble(self, now: float) -> str:
        silent = now - self._heard
        patience = HUNG_SECONDS if self._given else IDLE_HUNG_SECONDS
        if silent > STARVED_SECONDS or (silent > patience and not self._wants_processor()):
            return "hung"
        for number, given in self._given.items():
            if trouble := given.trouble(now, self._program):
                self.blamed = number
                return trouble
        return ""

    def _wants_processor(self) -> bool:
        """True when any of its threads runs, or waits for its turn to (proc(5), state R): the one
        that beats may be kept from it by those that work."""
        try:
            stats = [one.read_text() for one in Path(f"/proc/{self.pid}/task").glob("*/stat")]
        except OSError:
            return False
        return any(stat.rpartition(")")[2].split()[0] == "R" for stat in stats)

    def kill(self) -> None:
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def reap(self) -> None:
        """Make sure that the process is gone."""
        self.ready = False
        self._given.clear()
        self._busy.clear()
        if self._writer:
            self._writer.close()
            self._writer = None
        if self._process:
            self.kill()
            await self._process.wait()
            self._process = None
        self.pid = None


async def _next(reader: asyncio.StreamReader) -> wire.FromEngine:
    (length,) = wire.HEADER.unpack(await reader.readexactly(wire.HEADER.size))
    if length > wire.MAX_FRAME_BYTES:
        raise ConnectionError(f"frame of {length} bytes")
    message: wire.FromEngine = wire.from_engine_decoder.decode(await reader.readexactly(length))
    return message
