"""How hard the worker is pressed: what a call would wait for besides its own work."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Protocol

SAMPLE_SECONDS = 0.25
SMOOTHING = 0.12
"""Weight of the newest sample: a peak of a second counts little, ten seconds count."""


class Queue(Protocol):
    def expected_wait_ms(self) -> int:
        """How long a request made now will probably wait."""
        ...


class Pressure:
    """The smoothed wait (ms) for the slowest engine plus the event loop's lateness."""

    def __init__(self, engines: Sequence[Queue]) -> None:
        self._engines = engines
        self._task: asyncio.Task[None] | None = None
        self.wait_ms = 0.0

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="pressure")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def sample(self, late_seconds: float) -> None:
        """Take in how late the loop was, and ask the engines."""
        waits = [engine.expected_wait_ms() for engine in self._engines]
        now = max(waits, default=0) + 1000 * late_seconds
        self.wait_ms += SMOOTHING * (now - self.wait_ms)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + SAMPLE_SECONDS
            await asyncio.sleep(SAMPLE_SECONDS)
            self.sample(max(0.0, loop.time() - due))
