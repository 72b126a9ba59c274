"""One call's life in the worker: made, opened, held, closed; every step of it in the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from flows import CallStarted
from pipelines import events as call_events
from pipelines.reporter import Reporter
from voice_worker.campaign_settings import today
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

    def never_opened(
        self,
        outcome: str = "never_connected",
        status: Literal["abandoned", "failed"] = "abandoned",
    ) -> None:
        """Nobody came: the call ends before it began."""
        self._ended(status, outcome, 0)

    def worker_died(self, last_offset_ms: int, component: str, provider: str) -> None:
        """The worker that held this call is gone; its line was open to the last that is known."""
        if component:
            Reporter(self).used_line(component, provider, last_offset_ms)
        self._ended("abandoned", "worker_died", last_offset_ms)

    def _ended(self, status: Literal["abandoned", "failed"], outcome: str, at_ms: int) -> None:
        self(
            call_events.CallEnded,
            offset_ms=at_ms,
            status=status,
            outcome=outcome,
            duration_ms=at_ms,
        )


@dataclass(frozen=True)
class Known:
    """What is known of a caller before the first word."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """Lead fields, by name."""
    caller_number: str | None = None
    """E.164."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Values for placeholders of the flow."""
    language: str = ""
    """What the caller would rather speak, as `de-AT`; empty: the flow's own."""
    channels: tuple[Literal["keypad", "page"], ...] = ("keypad", "page")
    """How the caller can enter what is hard to say."""


def start_of(campaign: Campaign, known: Known, *, region: str, now: datetime) -> CallStarted:
    """What the flow is told first, of a call that begins `now`."""
    return CallStarted(
        caller_number=known.caller_number,
        known_fields=dict(known.fields),
        facts={
            **known.facts,
            "campaign.name": campaign.name,
            "account.name": campaign.account_name,
            # What "next Tuesday" counts from.
            "call.date": today(campaign.settings, now).isoformat(),
        },
        language=known.language,
        region=campaign.settings.get("region", region),
        channels=known.channels,
    )
