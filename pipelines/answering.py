"""Who answered an outbound call, a person or a machine, from the sound of the first seconds. Pure.

People say a word or two and wait; machines talk on, use certain phrases, and end with a tone. What
the length leaves open the words decide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

import numpy as np

WINDOW_MS = 32
DECIDE_MS = 3_360
"""With what is known by then a verdict is sought, so that one is there within four seconds."""
SILENT_MS = 2_600
"""Somebody picked up and says nothing: a person who waits for us."""
PAUSE_MS = 700
"""Silence that ends a greeting."""
SHORT_MS = 1_200
"""A greeting with less speech than this and a pause after it is a person's."""
LONG_MS = 2_400
"""A greeting with more speech than this is a machine's, whatever the words."""

_MACHINE_WORDS = re.compile(
    r"\b(leave (?:me |us )?(?:a|your) (?:short |brief |detailed )?(?:message|name|number)|"
    r"(?:after|at) the (?:tone|beep)|record your message|voice ?mail|mail ?box|"
    r"(?:not|n't) (?:available|(?:be )?able to (?:take|answer|come))|"
    r"can(?:not|'?t| not) (?:take|answer|come)|unavailable|you(?:'ve| have) reached|"
    r"forwarded to|person you are (?:calling|trying)|please try again later|get back to you)\b",
    re.IGNORECASE,
)

TONE_RANGE_HZ = (350, 2_500)
TONE_SHARE = 0.75
"""Share of the sound's energy in one narrow line that makes it a tone."""
TONE_MS = 160
TONE_DRIFT_HZ = 45.0
TONE_RMS = 0.01
FLOOR = 1e-9


class Verdict(Enum):
    HUMAN = "human"
    MACHINE = "machine"
    WORDS = "words"
    """The length leaves it open: ask what was said."""


@dataclass
class Greeting:
    """Follows a greeting window by window."""

    elapsed_ms: int = 0
    spoken_ms: int = 0
    quiet_ms: int = 0

    def feed(self, speech: bool) -> Verdict | None:
        """One window of 32 ms; a verdict once there is one."""
        self.elapsed_ms += WINDOW_MS
        if speech:
            self.spoken_ms += WINDOW_MS
            self.quiet_ms = 0
        else:
            self.quiet_ms += WINDOW_MS
        if self.spoken_ms >= LONG_MS:
            return Verdict.MACHINE
        if self.spoken_ms == 0:
            return Verdict.HUMAN if self.elapsed_ms >= SILENT_MS else None
        if self.quiet_ms >= PAUSE_MS:
            return Verdict.HUMAN if self.spoken_ms < SHORT_MS else Verdict.WORDS
        return Verdict.WORDS if self.elapsed_ms >= DECIDE_MS else None


def machine_says(text: str) -> bool:
    """True for what only a machine says."""
    return bool(_MACHINE_WORDS.search(text.replace("’", "'")))


class ToneDetector:
    """Hears the tone after a machine's greeting, and that it is over."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._size = rate * WINDOW_MS // 1000
        self._rest = np.zeros(0, dtype=np.float64)
        self._shape = np.hanning(self._size)
        self._hertz = 0.0
        self._lasted_ms = 0

    def feed(self, pcm: bytes) -> bool:
        """16-bit audio; True when a tone has just ended."""
        self._rest = np.concatenate([self._rest, np.frombuffer(pcm, dtype="<i2") / 32768.0])
        ended = False
        while len(self._rest) >= self._size:
            window, self._rest = self._rest[: self._size], self._rest[self._size :]
            ended = self._window(window) or ended
        return ended

    def _window(self, window: np.typing.NDArray[np.float64]) -> bool:
        hertz = self._pitch(window)
        if hertz and (not self._lasted_ms or abs(hertz - self._hertz) <= TONE_DRIFT_HZ):
            self._hertz = hertz
            self._lasted_ms += WINDOW_MS
            return False
        ended = self._lasted_ms >= TONE_MS
        self._hertz, self._lasted_ms = hertz, WINDOW_MS if hertz else 0
        return ended

    def _pitch(self, window: np.typing.NDArray[np.float64]) -> float:
        """The frequency nearly all of the energy is at, 0 when there is none."""
        if float(np.sqrt(np.mean(window * window))) < TONE_RMS:
            return 0.0
        energy = np.abs(np.fft.rfft(window * self._shape)) ** 2
        peak = int(np.argmax(energy))
        share = float(energy[max(0, peak - 2) : peak + 3].sum() / (energy.sum() + FLOOR))
        hertz = peak * self._rate / self._size
        low, high = TONE_RANGE_HZ
        return hertz if share >= TONE_SHARE and low <= hertz <= high else 0.0
