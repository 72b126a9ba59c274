"""Work that goes on for as long as the worker does: it may fail, it does not end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from voice_worker.store.database import LOST

log = logging.getLogger(__name__)

RETRY_SECONDS = 2.0
"""After something went wrong."""


def say_if_broken(task: asyncio.Task[None]) -> None:
    """As a task's done callback: log what ended it, when that was an error nobody thought of."""
    if not task.cancelled() and (error := task.exception()):
        log.error("%s broke", task.get_name(), exc_info=error, extra={"action": "task_broke"})


async def keep_at(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do `work`, which waits by itself for its next time, again and again.

    A failure that nobody thought of is logged with where it came from, and tried again as well:
    what one account or receiver brought about must not stop what is done for the others.
    """
    while True:
        try:
            await work()
        except LOST as error:
            log.warning("%s waits: the database is away (%s)", name, error,
                        extra={"action": "upkeep_waits"})  # fmt: skip
            await asyncio.sleep(RETRY_SECONDS)
        except Exception:
            log.exception("%s failed, and goes on", name, extra={"action": "upkeep_failed"})
            await asyncio.sleep(RETRY_SECONDS)
