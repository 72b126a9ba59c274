"""One call's life in the worker: made, opened, held, closed; every step of it in the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from flows import CallStarted
from pipelines import events as call_events
from voice_worker.store.campaigns import Campaign
from voice_worker.store.journal import Journal


class CallLog:
    """Numbers a call's events and puts them into the journal."""

    def __init__(
        self, journal: Journal, account_id: UUID, call_id: UUID, *, next_seq: int = 0
    ) -> None:
        self._journal = journal
        self._account_id = account_id
        self._call_id = call_id
        self._next_seq = next_seq
        self._active_since: float | None = None

    def __call__(
        self, event: type[call_events.CallEvent], /, *, offset_ms: int, **fields: Any
    ) -> None:
        self._journal.put(
            event(
                account_id=self._account_id,
                call_id=self._call_id,
                seq=self._next_seq,
                offset_ms=offset_ms,
                **fields,
            )
        )
        self._next_seq += 1

    def activated(self) -> None:
        """The clock for events from outside the conversation starts."""
        self._active_since = asyncio.get_running_loop().time()

    def charge_compute(self, cpu_seconds: float) -> None:
        """This call's share of the worker's own processor time."""
        if self._active_since is None:
            return
        elapsed = asyncio.get_running_loop().time() - self._active_since
        self(
            call_events.Used,
            offset_ms=round(elapsed * 1000),
            component="compute",
            provider="local",
            unit="cpu_second",
            quantity=Decimal(f"{cpu_seconds:.6f}"),
        )

    def never_opened(self) -> None:
        """Nobody came: the call ends before it began."""
        self._abandoned("never_connected", 0)

    def worker_died(self, last_offset_ms: int) -> None:
        """The worker that held this call is gone."""
        self._abandoned("worker_died", last_offset_ms)

    def _abandoned(self, outcome: str, at_ms: int) -> None:
        self(
            call_events.CallEnded,
            offset_ms=at_ms,
            status="abandoned",
            outcome=outcome,
            duration_ms=at_ms,
        )


def start_of(
    campaign: Campaign,
    *,
    region: str,
    fields: Mapping[str, str],
    language: str,
    channels: tuple[Literal["keypad", "page"], ...] = ("keypad", "page"),
) -> CallStarted:
    """What is known before the first word."""
    return CallStarted(
        known_fields=dict(fields),
        facts={
            "campaign.name": campaign.name,
            "account.name": campaign.account_name,
            # What "next Tuesday" counts from.
            "call.date": datetime.now(UTC).date().isoformat(),
        },
        language=language,
        region=campaign.settings.get("region", region),
        channels=channels,
    )
