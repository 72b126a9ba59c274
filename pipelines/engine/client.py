"""The worker's side of an engine: start it, ask it, replace it when it dies or hangs.

Requests are retried once on a fresh process when theirs was lost, so a crash costs a caller a
pause and not the call. A request that is cancelled (the caller went on speaking) is withdrawn.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import socket
import sys
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from pipelines.engine import wire
from pipelines.errors import EngineFailedToStart, EngineLost, EngineRefused, EngineTimeout

log = logging.getLogger(__name__)

LOAD_SECONDS = 90.0
"""Longest a model may take to load; importing torch alone has been seen to take 12 s."""

RESTART_PAUSE_SECONDS = 0.2
RESTART_PAUSE_LIMIT_SECONDS = 10.0


class Priority(IntEnum):
    """Lower goes first."""

    FINAL = 0
    SPEECH = 1
    SPECULATIVE = 2
    BACKGROUND = 3


@dataclass
class _Pending:
    queue: asyncio.Queue[wire.Item | wire.Done | wire.Failed | EngineLost] = field(
        default_factory=asyncio.Queue
    )


class Engine:
    """One engine process and the requests it is working on."""

    def __init__(
        self, name: str, module: str, options: dict[str, Any], *, deadline_seconds: float
    ) -> None:
        self.name = name
        self._module = module
        self.options = options
        self._deadline = deadline_seconds
        self._ids = itertools.count(1)
        self._pending: dict[int, _Pending] = {}
        self._ready = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._first_start: asyncio.Future[float] | None = None
        self._last_heard = 0.0
        self.restarts = 0
        """How often the process was replaced since `start`."""

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process else None

    @property
    def queue_depth(self) -> int:
        """Requests sent and not yet answered."""
        return len(self._pending)

    async def start(self) -> float:
        """Start the process and wait until its model is loaded; returns the seconds that took.

        Raises:
            EngineFailedToStart: it exited or did not become ready in time.
        """
        self._first_start = asyncio.get_running_loop().create_future()
        self._supervisor = asyncio.create_task(self._supervise(), name=f"engine-{self.name}")
        return await self._first_start

    async def stop(self) -> None:
        """End the process; requests still open fail with `EngineLost`."""
        if self._supervisor:
            self._supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervisor
            self._supervisor = None

    async def call(
        self, op: str, args: dict[str, Any], priority: Priority = Priority.FINAL
    ) -> tuple[dict[str, Any], float]:
        """Ask for one value; returns it with the CPU seconds it took.

        Raises:
            EngineLost: the engine died twice. EngineTimeout: no answer in time.
            EngineRefused: the engine can't do this.
        """
        for attempt in (1, 2):
            try:
                async for message in self._exchange(op, args, priority):
                    if isinstance(message, wire.Done):
                        return message.value, message.cpu_seconds
            except EngineLost:
                if attempt == 2:
                    raise
        raise EngineLost(f"The {self.name} engine was lost.")

    async def stream(
        self, op: str, args: dict[str, Any], priority: Priority = Priority.SPEECH
    ) -> AsyncGenerator[tuple[dict[str, Any], float], None]:
        """Ask for a series of values, each with its CPU seconds (0 for all but the last).

        Lost before the first value, the request is retried once; later it raises `EngineLost`.
        """
        for attempt in (1, 2):
            begun = False
            try:
                async for message in self._exchange(op, args, priority):
                    begun = True
                    cpu = message.cpu_seconds if isinstance(message, wire.Done) else 0.0
                    yield message.value, cpu
                return
            except EngineLost:
                if begun or attempt == 2:
                    raise

    async def _exchange(
        self, op: str, args: dict[str, Any], priority: Priority
    ) -> AsyncGenerator[wire.Item | wire.Done, None]:
        request = wire.Request(next(self._ids), op, args, int(priority))
        pending = _Pending()
        finished = False
        try:
            async with asyncio.timeout(self._deadline):
                await self._ready.wait()
            self._pending[request.id] = pending
            self._send(request)
            while True:
                async with asyncio.timeout(self._deadline):
                    message = await pending.queue.get()
                if isinstance(message, EngineLost):
                    finished = True
                    raise message
                if isinstance(message, wire.Failed):
                    finished = True
                    raise EngineRefused(f"The {self.name} engine refused: {message.message}")
                if isinstance(message, wire.Done):
                    finished = True
                    yield message
                    return
                yield message
        except TimeoutError:
            self._replace_if_wedged()
            raise EngineTimeout(
                f"The {self.name} engine gave no answer within {self._deadline:.0f} s."
            ) from None
        finally:
            if self._pending.pop(request.id, None) and not finished:
                self._send(wire.Cancel(request.id))

    def _send(self, message: wire.ToEngine) -> None:
        if self._writer and not self._writer.is_closing():
            self._writer.write(wire.frame(message))

    def _replace_if_wedged(self) -> None:
        """Kill a process that has answered nobody for a whole deadline; a merely busy one stays."""
        loading = not self._ready.is_set()
        silent_for = time.monotonic() - self._last_heard
        if self._process and not loading and silent_for >= self._deadline:
            log.error(
                "engine %s is silent, replacing it", self.name, extra={"action": "engine_wedged"}
            )
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def _supervise(self) -> None:
        pause = RESTART_PAUSE_SECONDS
        try:
            while True:
                try:
                    reader = await self._spawn()
                    pause = RESTART_PAUSE_SECONDS
                    await self._read(reader)
                except (EngineFailedToStart, OSError) as error:
                    if self._first_start and not self._first_start.done():
                        # Reaped first: whoever learns of the failure may stop us at once.
                        await self._reap()
                        self._first_start.set_exception(error)
                        return
                    log.error("%s", error, extra={"action": "engine_start_failed"})
                    pause = min(pause * 2, RESTART_PAUSE_LIMIT_SECONDS)
                await self._reap()
                self.restarts += 1
                log.warning("restarting engine %s", self.name, extra={"action": "engine_restart"})
                await asyncio.sleep(pause)
        finally:
            await self._reap()

    async def _spawn(self) -> asyncio.StreamReader:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                self._module,
                "--fd",
                str(theirs.fileno()),
                "--options",
                json.dumps(self.options),
                pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=None,
            )
        ours.setblocking(False)
        reader, self._writer = await asyncio.open_connection(sock=ours)
        try:
            async with asyncio.timeout(LOAD_SECONDS):
                message = await self._next(reader)
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            raise EngineFailedToStart(
                f"The {self.name} engine did not start; its own message stands above. "
                "`voice-worker doctor` says what is missing."
            ) from error
        assert isinstance(message, wire.Ready), message
        self._last_heard = time.monotonic()
        self._ready.set()
        if self._first_start and not self._first_start.done():
            self._first_start.set_result(message.load_seconds)
        return reader

    @staticmethod
    async def _next(reader: asyncio.StreamReader) -> wire.FromEngine:
        (length,) = wire.HEADER.unpack(await reader.readexactly(wire.HEADER.size))
        if length > wire.MAX_FRAME_BYTES:
            raise ConnectionError(f"frame of {length} bytes")
        message: wire.FromEngine = wire.from_engine_decoder.decode(await reader.readexactly(length))
        return message

    async def _read(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                message = await self._next(reader)
                self._last_heard = time.monotonic()
                if not isinstance(message, wire.Ready) and (
                    pending := self._pending.get(message.id)
                ):
                    pending.queue.put_nowait(message)

    async def _reap(self) -> None:
        self._ready.clear()
        for pending in self._pending.values():
            pending.queue.put_nowait(EngineLost(f"The {self.name} engine was lost."))
        if self._writer:
            self._writer.close()
            self._writer = None
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None
