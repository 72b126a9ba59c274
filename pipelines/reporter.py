"""A call's clock and its pen: every call event of a conversation is written through here."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipelines import events as call_events
from pipelines.plan import Emit

log = logging.getLogger(__name__)

MINUTE_MS = 60_000


@dataclass
class TurnClock:
    """When the parts of the current answer happened; monotonic seconds, 0 when they did not."""

    speech_end: float
    committed: float
    recognition_ms: int
    stepped: float = 0.0
    answered: float = 0.0
    """The knowledge answered."""
    said: float = 0.0
    """The first words of the answer were given to the voice."""


class Reporter:
    """Knows how long the call has been active, and writes what happens with that offset."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._started: float | None = None

    def begin(self) -> None:
        """The call is active from now on."""
        self._started = self.now()

    @property
    def begun(self) -> bool:
        """True from then on."""
        return self._started is not None

    def now(self) -> float:
        """Monotonic seconds; the one place that asks the loop for the time."""
        return asyncio.get_running_loop().time()

    def offset_ms(self) -> int:
        """Milliseconds since the call became active; 0 before."""
        return 0 if self._started is None else max(0, round((self.now() - self._started) * 1000))

    def emit(
        self, event: type[call_events.CallEvent], /, *, offset_ms: int | None = None, **fields: Any
    ) -> None:
        self._emit(event, offset_ms=self.offset_ms() if offset_ms is None else offset_ms, **fields)

    def used(
        self,
        component: str,
        unit: str,
        quantity: float,
        *,
        provider: str = "local",
        offset_ms: int | None = None,
    ) -> None:
        """Something that costs money was used."""
        self.emit(
            call_events.Used,
            offset_ms=offset_ms,
            component=component,
            provider=provider,
            unit=unit,
            quantity=Decimal(f"{quantity:.6f}"),
        )

    def used_line(self, component: str, provider: str, duration_ms: int) -> None:
        """The line itself (`Line` says what and whose), charged to each minute it was open."""
        for begin_ms in range(0, duration_ms, MINUTE_MS):
            minutes = min(MINUTE_MS, duration_ms - begin_ms) / MINUTE_MS
            self.used(component, "minute", minutes, provider=provider, offset_ms=begin_ms)

    def fault(self, code: str, message: str) -> None:
        """Something went wrong; the call may go on."""
        log.warning("call fault %s: %s", code, message, extra={"action": code})
        self.emit(call_events.CallFaulted, code=code, message=message)

    def turn(self, clock: TurnClock, made: float, audible: float) -> None:
        """Where the time went between the caller's last word and the agent's first sound.

        `made` is when the first sample existed: before the turn ended, when it was foreseen.
        """
        said = clock.said or audible
        moments = (
            ("end_of_turn", clock.committed),
            ("flow", clock.stepped or said),
            ("retrieval", clock.answered or clock.stepped or said),
            ("flow", said),
            ("synthesis", made or said),
            ("output", audible),
        )
        parts: dict[str, int] = {}
        before = clock.speech_end
        for name, moment in moments:
            # What was ready before its turn came took no time of the caller's.
            moment = min(audible, max(before, moment))
            parts[name] = parts.get(name, 0) + round((moment - before) * 1000)
            before = moment
        self.emit(
            call_events.TurnTimed,
            total_ms=sum(parts.values()),
            parts=parts,
            overlapped={"recognition": clock.recognition_ms},
        )
