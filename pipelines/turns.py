"""When is it the agent's turn? A pure policy over audio time; no clock, no model, no I/O.

Silence alone is a poor judge: "yes." is complete at once, "my number is five five five" is not.
So the patience depends on what the question invites, on whether the words so far are a whole
answer, and on how the voice fell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

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
ABOVE_ROOM = 2.0
"""And 6 dB above what the microphone hears of the room."""
NO_SPEECH, ROOM = 0.3, 0.05
"""Windows less likely speech tell of the room, each with this weight: some 0.6 s are remembered."""
LONGEST_LOUD_MS = 480
"""Loud sound that the detector takes for anything but speech for longer is not a word."""

_PATIENCE_MS: dict[Expectation, tuple[int, int, int]] = {
    # (surely finished, in doubt, unfinished)
    # "Yes, that's right": many pause at the comma.
    Expectation.YES_NO: (280, 448, 1400),
    Expectation.EMAIL: (320, 900, 1600),
    Expectation.PHONE: (256, 700, 1400),
    Expectation.DIGITS: (224, 512, 1400),
    Expectation.LETTERS: (224, 512, 1400),
}
"""Silence after which the turn ends."""
_DEFAULT = (224, 480, 1400)

# In log odds, ends and pauses being equally frequent. The weights of the words are those a logistic
# regression gave them beside the ear, on speakers it had not heard.
SURELY_FINISHED = 3.0
"""From here on the turn ends as soon as its words are known; so do half of all turns."""
LIKELY = 1.5
"""Below it patience is that of doubt."""
DOUBT = -0.3
"""Below are about one in forty ends, and nine in ten pauses."""
UNFINISHED = -1.3
WHOLE_WORDS, UNFINISHED_WORDS = 2.5, -2.5
WHOLE_VALUE, PART_OF_VALUE = 4.0, -4.0
"""The same of what was asked for: a whole address or a yes; four digits of a phone number."""
_VALUES = (Expectation.YES_NO, Expectation.EMAIL, Expectation.PHONE)


@dataclass(frozen=True)
class Evidence:
    """What is known about a turn whose words cover all speech heard so far."""

    text: str
    completeness: Completeness
    finished: float | None = None
    """How much it sounds like an end (0..1), when that was judged."""


def log_odds(expect: Expectation, evidence: Evidence) -> float:
    """That the caller is finished: the words shift the odds that the ear gives."""
    odds = 0.0
    if evidence.finished is not None:
        ear = min(0.999, max(0.001, evidence.finished))
        odds = math.log(ear / (1 - ear))
    if not evidence.text:
        odds += UNFINISHED_WORDS
    elif evidence.completeness is Completeness.COMPLETE:
        odds += WHOLE_VALUE if expect in _VALUES else WHOLE_WORDS
    elif evidence.completeness is Completeness.PART:
        odds += PART_OF_VALUE
    elif evidence.completeness is Completeness.UNFINISHED:
        odds += PART_OF_VALUE if expect in _VALUES else UNFINISHED_WORDS
    return odds


def patience_ms(expect: Expectation, evidence: Evidence, asked_ms: int | None = None) -> int:
    """Silence (ms of audio) that ends the turn.

    Waiting costs a caller who is finished what it lasts, and cutting in costs one who is not. What
    callers are promised is a bound that nineteen in twenty answers keep, so whoever may be going on
    is given most of the time that it leaves, and only the likeliest ends are answered sooner. Below
    doubt, where few ends are, patience soon grows to longer than nearly all pauses last.

    `asked_ms` is the author's wish for this question; somebody who is clearly not finished still
    gets the longer patience, because an answer over their words helps nobody.
    """
    sure, doubtful, unfinished = _PATIENCE_MS.get(expect, _DEFAULT)
    odds = log_odds(expect, evidence)
    if odds < UNFINISHED:
        return max(asked_ms or 0, unfinished)
    if asked_ms is not None:
        return asked_ms
    limits = (UNFINISHED, DOUBT, LIKELY, SURELY_FINISHED)
    return round(float(np.interp(odds, limits, (unfinished, doubtful, doubtful, sure))))


@dataclass
class VoiceActivity:
    """Speech or not, with the delays that keep a click from opening or a stop from closing it.

    Feed it one window after the other; read `speaking`, `silence_ms` and the edges it returns.

    Silero goes deaf for whole words of some callers, over telephones most of all, and a turn would
    end in the middle of their sentence. So inside a turn, sound about as loud as the caller's own
    voice goes on with it whatever the detector says, for as long as a word lasts; unless it is as
    loud where they are, or a street would never let a turn end.
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
    _room: float = field(default=0.0, repr=False)
    """What is heard while nobody speaks, RMS."""
    _loud_ms: int = field(default=0, repr=False)
    """How long only loudness has spoken for speech."""

    @property
    def resuming(self) -> bool:
        """True in a pause after a window of speech: one may be a click, but a turn must not end on
        what may be its next word."""
        return not self.speaking and self._run_ms > 0

    def feed(self, probability: float, loudness: float, *, in_turn: bool = False) -> bool | None:
        """True when speech begins or goes on, False when a pause begins, None otherwise."""
        if not in_turn and probability < NO_SPEECH:
            self._room += ROOM * (loudness - self._room)
        sure = probability >= self.confidence and loudness >= self.min_rms
        if sure:
            weight = LOUDER if loudness > self._level else QUIETER
            self._level += weight * (loudness - self._level)
            self._loud_ms = 0
        elif in_turn and self._is_like_voice(loudness):
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

    def _is_like_voice(self, loudness: float) -> bool:
        return loudness >= max(self.min_rms, LIKE_VOICE * self._level, ABOVE_ROOM * self._room)
