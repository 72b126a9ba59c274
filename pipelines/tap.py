"""Both sides of a call's sound, for those who listen in: echo guard, loudness, recording."""

from __future__ import annotations

from pipelines import events as call_events
from pipelines.echo import EchoGuard
from pipelines.envelope import STEP_MS, Envelope
from pipelines.plan import Recorder
from pipelines.reporter import Reporter

ENVELOPE_MS = 30_000
"""Loudness is written down in stretches of this length."""


class Tap:
    """Passes audio on, with the time it sounded."""

    def __init__(self, report: Reporter, echo: EchoGuard, recorder: Recorder | None) -> None:
        self._report = report
        self._echo = echo
        self._recorder = recorder
        self._envelope = Envelope()
        self._due_ms = ENVELOPE_MS

    @property
    def records(self) -> bool:
        """True when the call is recorded."""
        return self._recorder is not None

    def heard(self, pcm: bytes) -> None:
        """Audio from the caller."""
        self._echo.heard(pcm)
        self._sounded("caller", pcm)

    def sent(self, pcm: bytes) -> None:
        """Audio on its way to the caller."""
        self._echo.sent(pcm)
        self._sounded("agent", pcm)

    def _sounded(self, side: str, pcm: bytes) -> None:
        offset_ms = self._report.offset_ms()
        self._envelope.add(side, pcm, offset_ms)
        if self._recorder:
            self._recorder.add(side, pcm, offset_ms)
        if offset_ms >= self._due_ms:
            self._write(offset_ms)

    def _write(self, offset_ms: int) -> None:
        begin_ms, levels = self._envelope.drain(offset_ms)
        self._report.emit(
            call_events.Sounded, offset_ms=offset_ms, begin_ms=begin_ms, step_ms=STEP_MS, **levels
        )
        self._due_ms = offset_ms + ENVELOPE_MS

    def close(self) -> None:
        """The call is over: write what is left."""
        self._write(self._report.offset_ms())
        if self._recorder:
            self._recorder.close()
