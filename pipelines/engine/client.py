"""The worker's side of an engine: ask it, and never know that a process behind it died.

An engine is one process, which works on one request at a time or on a few. What waits is kept here
and served by priority, each call in its turn. A request whose process is lost is given to the next
one once, so a crash costs a caller a pause and not the call. A request that is cancelled (the
caller went on speaking) is withdrawn.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from pipelines.engine import wire
from pipelines.engine.child import Child, Program
from pipelines.engine.schedule import Priority, Schedule
from pipelines.errors import EngineFailedToStart, EngineLost, EngineRefused, EngineTimeout

__all__ = ["Engine", "Priority"]

log = logging.getLogger(__name__)

RESTART_PAUSE_SECONDS = 0.2
RESTART_PAUSE_LIMIT_SECONDS = 10.0
BACKGROUND_PATIENCE = 20
"""Deadlines that background work may wait for its turn."""
LEARN = 0.2
"""Weight of the newest request in what a request is expected to take."""


@dataclass(eq=False)
class _Job:
    """A request and whoever waits for it."""

    request: wire.Request
    priority: Priority
    call: str
    answers: asyncio.Queue[wire.Item | wire.Done | wire.Failed | EngineLost] = field(
        default_factory=asyncio.Queue
    )
    begun: float = 0.0
    lost: int = 0
    answered: bool = False
    withdrawn: bool = False
    """Nobody waits for it any more."""


class Engine:
    """A process with a model, and the requests to it."""

    def __init__(
        self,
        name: str,
        module: str,
        options: dict[str, Any],
        *,
        deadline_seconds: float,
        at_once: int = 1,
        nice: int = 0,
        idle_seconds: float = 1.0,
        busy_seconds: float = 1.2,
    ) -> None:
        """`deadline_seconds` bounds the wait for the next word of an answer; `at_once` requests are
        worked on at a time; `idle_seconds` and `busy_seconds` tell a wedged process (see
        `Program`)."""
        self.name = name
        self.options = options
        program = Program(name, module, options, at_once, nice, idle_seconds, busy_seconds)
        self._child = Child(program, self._deliver)
        self._at_once = at_once
        self._deadline = deadline_seconds
        self._schedule: Schedule[_Job] = Schedule()
        self._running: dict[int, _Job] = {}
        self._ids = itertools.count(1)
        self._supervisor: asyncio.Task[None] | None = None
        self._seconds = 0.0
        self.restarts = 0
        """How often a process was replaced since `start`."""

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._child.pid

    @property
    def queue_depth(self) -> int:
        """Requests sent and not yet answered."""
        return len(self._schedule) + len(self._running)

    def expected_wait_ms(self, priority: Priority = Priority.FINAL) -> int:
        """How long a request made now will probably wait before it is worked on."""
        if self._child.ready and len(self._running) < self._at_once:
            return 0
        now = time.monotonic()
        ahead = sum(1 for _ in self._schedule.ahead_of(priority)) * self._seconds
        ahead += sum(max(0.0, self._seconds - (now - job.begun)) for job in self._running.values())
        return round(1000 * ahead / self._at_once)

    async def start(self) -> float:
        """Start the process and wait until its model is loaded; returns the seconds.

        Raises:
            EngineFailedToStart: it exited or did not become ready in time.
        """
        first: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._supervisor = asyncio.create_task(self._supervise(first), name=f"engine-{self.name}")
        return await first

    async def stop(self) -> None:
        """End the process; requests still open fail with `EngineLost`."""
        if self._supervisor:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)
            self._supervisor = None
        for job in [*self._running.values(), *self._schedule]:
            job.answers.put_nowait(self._lost())

    async def call(
        self,
        op: str,
        args: dict[str, Any],
        priority: Priority = Priority.FINAL,
        *,
        call: str = "",
    ) -> tuple[dict[str, Any], float]:
        """Ask for one value on behalf of a `call`; returns it with the CPU seconds it took.

        Raises:
            EngineLost: the process died of it, or two did. EngineTimeout: no answer in time.
            EngineRefused: the engine can't do this.
        """
        async with contextlib.aclosing(self._exchange(op, args, priority, call)) as messages:
            async for message in messages:
                if isinstance(message, wire.Done):
                    return message.value, message.cpu_seconds
        raise self._lost()

    async def stream(
        self,
        op: str,
        args: dict[str, Any],
        priority: Priority = Priority.SPEECH,
        *,
        call: str = "",
    ) -> AsyncGenerator[tuple[dict[str, Any], float], None]:
        """Ask for a series of values, each with its CPU seconds (0 for all but the last).

        Lost before the first value, the request is retried once; later it raises `EngineLost`.
        """
        async with contextlib.aclosing(self._exchange(op, args, priority, call)) as messages:
            async for message in messages:
                cpu = message.cpu_seconds if isinstance(message, wire.Done) else 0.0
                yield message.value, cpu

    def _lost(self) -> EngineLost:
        return EngineLost(f"The {self.name} engine was lost.")

    async def _exchange(
        self, op: str, args: dict[str, Any], priority: Priority, call: str
    ) -> AsyncGenerator[wire.Item | wire.Done, None]:
        job = _Job(wire.Request(next(self._ids), op, args), priority, call)
        self._schedule.put(job, priority, call)
        self._serve()
        # What no caller waits for may wait for everybody.
        deadline = self._deadline * (BACKGROUND_PATIENCE if priority is Priority.BACKGROUND else 1)
        try:
            while True:
                async with asyncio.timeout(deadline):
                    message = await job.answers.get()
                if isinstance(message, EngineLost):
                    raise message
                if isinstance(message, wire.Failed):
                    raise EngineRefused(f"The {self.name} engine refused: {message.message}")
                yield message
                if isinstance(message, wire.Done):
                    return
        except TimeoutError:
            raise EngineTimeout(
                f"The {self.name} engine gave no answer within {self._deadline:g} s."
            ) from None
        finally:
            if not self._schedule.withdraw(job) and job.request.id in self._running:
                job.answered = job.withdrawn = True
                self._child.cancel(job.request.id)

    def _serve(self) -> None:
        """Give waiting jobs to the process."""
        while self._child.ready and len(self._running) < self._at_once:
            job = self._schedule.take()
            if job is None:
                return
            job.begun = time.monotonic()
            self._running[job.request.id] = job
            self._child.send(job.request)

    def _deliver(self, message: wire.FromEngine) -> None:
        if not isinstance(message, wire.Item | wire.Done | wire.Failed):
            return
        job = self._running.get(message.id)
        if job:
            job.answered = True
            job.answers.put_nowait(message)
        if not isinstance(message, wire.Item):
            self._running.pop(message.id, None)
            # What was given up says nothing about what a request takes.
            if job and not job.withdrawn:
                seconds = time.monotonic() - job.begun
                weight = LEARN if self._seconds else 1.0
                self._seconds += weight * (seconds - self._seconds)
            self._serve()

    async def _supervise(self, first: asyncio.Future[float]) -> None:
        child = self._child
        pause = RESTART_PAUSE_SECONDS

        def ready(seconds: float) -> None:
            nonlocal pause
            pause = RESTART_PAUSE_SECONDS
            if not first.done():
                first.set_result(seconds)
            self._serve()

        try:
            while True:
                served = False
                try:
                    await child.live(ready)
                    served = True
                except (EngineFailedToStart, OSError) as error:
                    if not first.done():
                        # Reaped first: whoever learns of the failure may stop us at once.
                        await child.reap()
                        first.set_exception(error)
                        return
                    log.error("%s", error, extra={"action": "engine_start_failed"})
                await child.reap()
                self._rescue()
                self.restarts += 1
                log.warning("restarting engine %s", self.name, extra={"action": "engine_restart"})
                if not served:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, RESTART_PAUSE_LIMIT_SECONDS)
        finally:
            await child.reap()

    def _rescue(self) -> None:
        """Have what a dead process was working on done by the next, once."""
        lost, self._running = self._running, {}
        # The last comes first again before the others.
        for job in reversed(lost.values()):
            job.lost += 1
            if job.answered or job.lost > 1 or job.request.id == self._child.blamed:
                job.answers.put_nowait(self._lost())
            else:
                self._schedule.put(job, job.priority, job.call, first=True)
