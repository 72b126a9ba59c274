"""When is it the agent's turn? A pure policy over audio time; no clock, no model, no I/O.

Silence alone is a poor judge: "yes." is complete at once, "my number is five five five" is not.
So the patience depends on what the question invites, on whether the words so far are a whole
answer, and on how the voice fell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import IntEnum

from flows import Expectation
from flows.spoken.complete import Completeness

WINDOW_MS = 32
"""Length of one voice-activity decision (512 samples at 16 kHz, 256 at 8 kHz)."""
RESUME_MS = 64
"""Speech this long after a pause goes on with the turn; one window is a click or a breath."""
LIKE_VOICE = 0.25
"""As loud as the caller's voice, give or take 12 dB."""
LOUDER, QUIETER = 0.3, 0.02
"""Weights of a window in what is known of the caller's voice: their loud sounds count."""
LONGEST_LOUD_MS = 480
"""Loud sound that the detector takes for anything but speech for longer is not a word."""

_PATIENCE_MS: dict[Expectation, tuple[int, int, int]] = {
    # (finished, can't tell, unfinished)
    Expectation.YES_NO: (190, 450, 1000),
    Expectation.EMAIL: (320, 900, 1600),
    Expectation.PHONE: (256, 700, 1300),
    Expectation.DIGITS: (220, 600, 1200),
    Expectation.LETTERS: (220, 600, 1200),
}
"""Silence after which the turn ends; the detector sees it begin about 50 ms late."""
_DEFAULT = (200, 480, 1000)

# In log odds. The weights of the words are those a logistic regression gave them beside the ear, on
# speakers it had not heard; the limits are a choice of latency against cut-offs (bench.turns).
FINISHED_ABOVE = 1.5
UNFINISHED_BELOW = -1.0
COMPLETE_WORDS = 1.7
VALID_VALUE = 4.0
"""Complete words that are also what was asked for: a whole address, a yes."""
UNFINISHED_WORDS = -3.0
_VALUES = (Expectation.YES_NO, Expectation.EMAIL, Expectation.PHONE)


class Standing(IntEnum):
    """What is made of a pause; the column of the patience table."""

    FINISHED = 0
    UNSURE = 1
    UNFINISHED = 2


@dataclass(frozen=True)
class Evidence:
    """What is known about a turn whose words cover all speech heard so far."""

    text: str
    completeness: Completeness
    finished: float | None = None
    """How much it sounds like an end (0..1), when that was judged."""


def standing(expect: Expectation, evidence: Evidence) -> Standing:
    """Is the caller finished? The words shift the odds that the ear gives."""
    if not evidence.text:
        return Standing.UNFINISHED
    odds = 0.0
    if evidence.finished is not None:
        ear = min(0.999, max(0.001, evidence.finished))
        odds = math.log(ear / (1 - ear))
    if evidence.completeness is Completeness.COMPLETE:
        odds += VALID_VALUE if expect in _VALUES else COMPLETE_WORDS
    elif evidence.completeness is Completeness.UNFINISHED:
        odds += UNFINISHED_WORDS
    if odds >= FINISHED_ABOVE:
        return Standing.FINISHED
    return Standing.UNFINISHED if odds <= UNFINISHED_BELOW else Standing.UNSURE


def patience_ms(expect: Expectation, evidence: Evidence, asked_ms: int | None = None) -> int:
    """Silence (ms of audio) that ends the turn.

    `asked_ms` is the author's wish for this question; somebody who is clearly not finished still
    gets the longer patience, because an answer over their words helps nobody.
    """
    patience = _PATIENCE_MS.get(expect, _DEFAULT)
    stands = standing(expect, evidence)
    if asked_ms is None:
        return patience[stands]
    return max(asked_ms, patience[stands]) if stands is Standing.UNFINISHED else asked_ms


@dataclass
class VoiceActivity:
    """Speech or not, with the delays that keep a click from opening or a stop from closing it.

    Feed it one window after the other; read `speaking`, `silence_ms` and the edges it returns.

    Silero goes deaf for whole words of some callers, over telephones most of all, and a turn would
    end in the middle of their sentence. So inside a turn, sound about as loud as the caller's own
    voice goes on with it whatever the detector says, for as long as a word lasts.
    """

    start_ms: int
    """Speech this long opens a turn."""
    stop_ms: int
    """Silence this long is a pause."""
    confidence: float
    """Probability from which a window is speech."""
    min_rms: float = 0.0
    """Quieter sound is never speech (0..1 of full scale)."""
    speaking: bool = False
    silence_ms: int = 0
    """Silence since the last speech window; 0 while speech goes on."""
    _run_ms: int = field(default=0, repr=False)
    _level: float = field(default=0.0, repr=False)
    """The caller's voice, RMS."""
    _loud_ms: int = field(default=0, repr=False)
    """How long only loudness has spoken for speech."""

    def feed(self, probability: float, loudness: float, *, in_turn: bool = False) -> bool | None:
        """True when speech begins or goes on, False when a pause begins, None otherwise."""
        sure = probability >= self.confidence and loudness >= self.min_rms
        if sure:
            weight = LOUDER if loudness > self._level else QUIETER
            self._level += weight * (loudness - self._level)
            self._loud_ms = 0
        elif in_turn and loudness >= max(self.min_rms, LIKE_VOICE * self._level):
            self._loud_ms += WINDOW_MS
        else:
            self._loud_ms = 0
        if sure or 0 < self._loud_ms <= LONGEST_LOUD_MS:
            self._run_ms += WINDOW_MS
            begins = not self.speaking and self._run_ms >= (RESUME_MS if in_turn else self.start_ms)
            # A single loud window in a pause is a click until another one follows.
            self.silence_ms = 0 if sure or self.speaking or begins else self.silence_ms + WINDOW_MS
            if begins:
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
