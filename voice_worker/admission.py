"""Who gets in: capacity, calls that were made but never opened, and draining."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from voice_worker.errors import CallRefused

RETRY_AFTER_SECONDS = 15


@dataclass
class Place:
    """A place taken by a call; `opened` once its caller connected."""

    opened: bool = False
    expiry: asyncio.TimerHandle | None = None


class Admission:
    """Counts places. A call takes its place when it is made, so that its caller finds it free."""

    def __init__(
        self,
        capacity: int,
        *,
        idle_seconds: float,
        most_wait_ms: float = float("inf"),
        wait_ms: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """A call more is refused while `wait_ms()`, what calls wait for engines, is over
        `most_wait_ms`: those on the line keep their latency."""
        self._capacity = capacity
        self._most_wait_ms = most_wait_ms
        self._wait_ms = wait_ms
        self._idle_seconds = idle_seconds
        self._places: dict[UUID, Place] = {}
        self.draining = False

    @property
    def active(self) -> int:
        """Places taken."""
        return len(self._places)

    def check(self) -> None:
        """Raises `CallRefused` when no further call can be taken now."""
        if self.draining:
            raise CallRefused(
                "draining", "This worker is shutting down. Please try again in a moment.",
                status=503, retry_after_seconds=RETRY_AFTER_SECONDS,
            )  # fmt: skip
        if len(self._places) >= self._capacity or (
            self._places and self._wait_ms() > self._most_wait_ms
        ):
            raise CallRefused(
                "at_capacity", "All lines are busy. Please try again in a moment.",
                status=503, retry_after_seconds=RETRY_AFTER_SECONDS,
            )  # fmt: skip

    def reserve(self, call_id: UUID, on_expired: Callable[[], None]) -> None:
        """Take a place; `on_expired` is called when nobody opens the call in time."""
        self.check()
        place = Place()

        def expire() -> None:
            self.leave(call_id)
            on_expired()

        place.expiry = asyncio.get_running_loop().call_later(self._idle_seconds, expire)
        self._places[call_id] = place

    def open(self, call_id: UUID) -> bool | None:
        """The caller connects: True once, False when it was opened before, None when unknown."""
        place = self._places.get(call_id)
        if place is None:
            return None
        if place.opened:
            return False
        place.opened = True
        if place.expiry:
            place.expiry.cancel()
        return True

    def leave(self, call_id: UUID) -> None:
        """The call is over."""
        place = self._places.pop(call_id, None)
        if place and place.expiry:
            place.expiry.cancel()
