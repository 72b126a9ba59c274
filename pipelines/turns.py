"""When is it the agent's turn? A pure policy over audio time; no clock, no model, no I/O.

Silence alone is a poor judge: "yes." is complete at once, "my number is five five five" is not.
So the patience depends on what the question invites and on how the words so far end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flows import Expectation

WINDOW_MS = 32
"""Length of one voice-activity decision (512 samples at 16 kHz, 256 at 8 kHz)."""

_PATIENCE_MS: dict[Expectation, tuple[int, int]] = {
    # (words that look finished, words that look unfinished)
    Expectation.YES_NO: (350, 900),
    Expectation.CHOICE: (450, 1000),
    Expectation.OPEN: (550, 1200),
    Expectation.NAME: (650, 1200),
    Expectation.EMAIL: (900, 1800),
    Expectation.PHONE: (900, 1600),
    Expectation.DIGITS: (900, 1600),
    Expectation.LETTERS: (900, 1600),
    Expectation.DATE: (650, 1200),
    Expectation.NUMBER: (600, 1200),
}
"""Silence after which the turn ends."""

_UNFINISHED = re.compile(
    r"(?:\b(?:and|or|but|so|um|uh|er|because|the|a|an|my|is|it's|at|to|for|of|with|dot|number|email"
    r"|address|name)|,|\.\.\.|…|-)\s*[.]?$",
    re.IGNORECASE,
)
_EMAIL_COMPLETE = re.compile(
    r"@[\w-]+(?:\.[\w-]+)+[.]?$|\bdot\s+(?:com|net|org|edu|gov|io|co)[.]?$", re.I
)


def patience_ms(expect: Expectation, text: str) -> int:
    """Silence (ms of audio) that ends the turn, given the words so far."""
    finished, unfinished = _PATIENCE_MS[expect]
    if not text or _UNFINISHED.search(text.strip()):
        return unfinished
    if expect is Expectation.EMAIL and _EMAIL_COMPLETE.search(text.strip()):
        return 500
    if expect in (Expectation.PHONE, Expectation.DIGITS):
        digits = sum(character.isdigit() for character in text)
        return 500 if digits >= 10 else unfinished
    return finished


@dataclass
class VoiceActivity:
    """Speech or not, with the two delays that keep a click from opening or a stop from closing it.

    Feed it one probability per window; read `speaking`, `silence_ms` and the edges it returns.
    """

    start_ms: int
    stop_ms: int
    confidence: float
    speaking: bool = False
    silence_ms: int = 0
    """Silence since the last speech window; 0 while speech goes on."""
    _run_ms: int = field(default=0, repr=False)

    def feed(self, probability: float, loud_enough: bool) -> bool | None:
        """True when speech begins, False when a pause of `stop_ms` begins, None otherwise."""
        if probability >= self.confidence and loud_enough:
            self.silence_ms = 0
            self._run_ms += WINDOW_MS
            if not self.speaking and self._run_ms >= self.start_ms:
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
