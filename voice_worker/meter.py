"""Processor time nobody else accounts for: the worker's own, shared among the calls it serves."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

SAMPLE_SECONDS = 5.0

Charge = Callable[[float], None]


class ComputeMeter:
    """Every few seconds divides the CPU seconds this process used among the active calls."""

    def __init__(self) -> None:
        self._calls: dict[object, Charge] = {}
        self._last = time.process_time()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="compute-meter")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def join(self, call: object, charge: Charge) -> None:
        """A call begins: it pays its share from now on."""
        self.settle()
        self._calls[call] = charge

    def leave(self, call: object) -> None:
        """A call ends: it pays up to now."""
        self.settle()
        self._calls.pop(call, None)

    def settle(self) -> None:
        now = time.process_time()
        used, self._last = now - self._last, now
        for charge in self._calls.values():
            charge(used / len(self._calls))

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            self.settle()
