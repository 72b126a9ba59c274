"""The recorder: drains the journal into Postgres, in order, each event once."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable

from tenacity import AsyncRetrying, RetryCallState, wait_random_exponential

from pipelines.events import CallEvent
from voice_worker.store.database import LOST, REFUSED, Database
from voice_worker.store.journal import Journal
from voice_worker.store.projection import Projector

log = logging.getLogger(__name__)

BATCH = 250
"""Events at once: taking more from the journal would be felt by the audio of running calls."""
PAUSE_SECONDS = 0.2
"""Between batches: one commit for what a few calls said in that time."""
LONGEST_PAUSE_SECONDS = 10


class Recorder:
    """Runs beside the calls; never awaited by them."""

    def __init__(
        self,
        journal: Journal,
        database: Database,
        projector: Projector,
        on_written: Callable[[list[CallEvent]], None] = lambda events: None,
    ) -> None:
        """`on_written` hears of events once their transaction has been committed."""
        self._journal = journal
        self._database = database
        self._projector = projector
        self._on_written = on_written
        self._task: asyncio.Task[None] | None = None
        self._draining = asyncio.Lock()
        self._idle = asyncio.Condition()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="recorder")

    async def stop(self, *, patience_seconds: float) -> None:
        """Drain what is left, within patience; what remains is drained at the next start."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        try:
            async with asyncio.timeout(patience_seconds):
                await self.flush()
        except (TimeoutError, *LOST):
            log.warning(
                "%d events stay in the journal for the next start",
                self._journal.depth,
                extra={"action": "journal_left"},
            )

    async def flush(self) -> None:
        """Returns when everything put so far is in Postgres."""
        async with self._draining:
            while await self._drain_batch():
                pass

    async def drained(self) -> None:
        """Returns when the running recorder has put everything into Postgres."""
        async with self._idle:
            await self._idle.wait_for(lambda: self._journal.depth == 0)

    async def _run(self) -> None:
        while True:
            if self._journal.depth:
                await self._flush_at_last()
            async with self._idle:
                self._idle.notify_all()
            await asyncio.sleep(PAUSE_SECONDS)

    async def _flush_at_last(self) -> None:
        """Whatever goes wrong, the events are in the journal: say so and try again."""
        async for attempt in AsyncRetrying(
            wait=wait_random_exponential(multiplier=0.2, max=LONGEST_PAUSE_SECONDS),
            before_sleep=self._say_why,
        ):
            with attempt:
                await self.flush()

    def _say_why(self, attempt: RetryCallState) -> None:
        assert attempt.outcome and attempt.next_action
        error = attempt.outcome.exception()
        log.warning(
            "Postgres takes no events (%s: %s); %d wait, trying again in %.1f s",
            type(error).__name__, error, self._journal.depth, attempt.next_action.sleep,
            extra={"action": "recorder_waits"},
        )  # fmt: skip

    async def _drain_batch(self) -> bool:
        batch = self._journal.batch(BATCH)
        by_account = itertools.groupby(
            sorted(batch, key=lambda item: (str(item[1].account_id), item[0])),
            key=lambda item: item[1].account_id,
        )
        for _, items in by_account:
            await self._write(list(items))
        return bool(batch)

    async def _write(self, items: list[tuple[int, CallEvent]]) -> None:
        try:
            async with self._database.tenant(items[0][1].account_id) as connection:
                await self._projector.apply(connection, [event for _, event in items])
        except REFUSED as error:
            if len(items) > 1:
                # The culprit is in one of the halves.
                middle = len(items) // 2
                await self._write(items[:middle])
                await self._write(items[middle:])
                return
            position, event = items[0]
            log.error(
                "Postgres refuses event %s (%s): %s", event.id, event.type, error,
                extra={"action": "event_quarantined", "call_id": str(event.call_id)},
            )  # fmt: skip
            self._journal.quarantine(position, event, str(error))
            return
        self._journal.delete(position for position, _ in items)
        self._on_written([event for _, event in items])
