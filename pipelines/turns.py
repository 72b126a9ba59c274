"""When is it the agent's turn? A pure policy over audio time; no clock, no model, no I/O.

Silence alone is a poor judge: "yes." is complete at once, "my number is five five five" is not.
So the patience depends on what the question invites, on whether the words so far are a whole
answer, and on how the voice fell.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flows import Expectation
from flows.spoken.complete import Completeness

WINDOW_MS = 32
"""Length of one voice-activity decision (512 samples at 16 kHz, 256 at 8 kHz)."""
RESUME_MS = 64
"""Speech this long after a pause goes on with the turn; one window is a click or a breath."""

_PATIENCE_MS: dict[Expectation, tuple[int, int, int]] = {
    # (a whole answer, can't tell from the words, clearly unfinished)
    Expectation.YES_NO: (250, 500, 1000),
    Expectation.CHOICE: (300, 450, 1100),
    Expectation.OPEN: (300, 500, 1200),
    Expectation.NAME: (350, 600, 1200),
    Expectation.EMAIL: (400, 900, 1800),
    Expectation.PHONE: (350, 900, 1500),
    Expectation.DIGITS: (400, 900, 1500),
    Expectation.LETTERS: (400, 900, 1500),
    Expectation.DATE: (350, 600, 1200),
    Expectation.NUMBER: (350, 600, 1200),
}
"""Silence after which the turn ends."""
_DEFAULT = _PATIENCE_MS[Expectation.OPEN]
_COLUMN = {Completeness.COMPLETE: 0, Completeness.OPEN: 1, Completeness.UNFINISHED: 2}


@dataclass(frozen=True)
class Evidence:
    """What is known about a turn whose words cover all speech heard so far."""

    text: str
    completeness: Completeness
    finished: float | None = None
    """How much it sounds like an end (0..1), when that was judged."""


def patience_ms(expect: Expectation, evidence: Evidence, asked_ms: int | None = None) -> int:
    """Silence (ms of audio) that ends the turn.

    `asked_ms` is the author's wish for this question; words that are clearly unfinished still get
    the longer patience, because an answer over them helps nobody.
    """
    whole, unsure, unfinished = _PATIENCE_MS.get(expect, _DEFAULT)
    if not evidence.text:
        return max(unfinished, asked_ms or 0)
    column = _COLUMN[evidence.completeness]
    if asked_ms is not None:
        return asked_ms if column < 2 else max(asked_ms, unfinished)
    return (whole, unsure, unfinished)[column]


@dataclass
class VoiceActivity:
    """Speech or not, with the delays that keep a click from opening or a stop from closing it.

    Feed it one probability per window; read `speaking`, `silence_ms` and the edges it returns.
    """

    start_ms: int
    """Speech this long opens a turn."""
    stop_ms: int
    """Silence this long is a pause."""
    confidence: float
    speaking: bool = False
    silence_ms: int = 0
    """Silence since the last speech window; 0 while speech goes on."""
    _run_ms: int = field(default=0, repr=False)

    def feed(self, probability: float, loud_enough: bool, *, in_turn: bool = False) -> bool | None:
        """True when speech begins or goes on, False when a pause begins, None otherwise."""
        if probability >= self.confidence and loud_enough:
            self.silence_ms = 0
            self._run_ms += WINDOW_MS
            if not self.speaking and self._run_ms >= (RESUME_MS if in_turn else self.start_ms):
                self.speaking = True
                return True
            return None
        # One window's doubt inside a word must not restart the count towards speech.
        self._run_ms = max(0, self._run_ms - 2 * WINDOW_MS)
        self.silence_ms += WINDOW_MS
        if self.speaking and self.silence_ms >= self.stop_ms:
            self.speaking = False
            self._run_ms = 0
            return False
        return None
