"""Is the caller taking the floor? A pure policy over audio windows; no clock, no model, no I/O.

While the agent speaks, every window of the caller's audio moves a decision in stages that can all
be taken back but the last. At the first sign of speech the agent turns its voice down. When the
sound goes on, it falls silent and keeps its place. Only then is the question settled: by the
sound going on for longer than any "mm-hm", or by the words once the caller pauses. What was a
backchannel, a cough, an echo or the television lets the agent go on from the word it stopped at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from flows import Expectation
from flows.spoken.yesno import parse_yes_no
from pipelines.turns import WINDOW_MS

DUCK_MS = 64
"""Speech this long turns the agent down."""
SURE = 0.9
"""A single window this certain does so at once."""
HOLD_MS = 160
"""Speech this long silences the agent, still to be decided."""
UNHEARD_MS = 250
"""What has sounded for less than this nobody answers yet: a caller who speaks then goes on with
what they were saying, and the agent falls silent as soon as it would be turned down."""
TAKE_MS = 900
"""Speech this long takes the floor, whatever the words: backchannels are over by then."""
LET_GO_MS = 160
"""Silence this long before the agent was held: it was a noise."""
SHORT_MS = 480
"""Speech no longer than this may be an "mm-hm": the agent need not wait for its words."""
SHORT_OVER_MS = 192
"""Silence after which short speech is over."""
NO_WORDS_MS = 900
"""Silence this long while held without any words found: it was no speech."""
HUM_MS = 640
"""A hum is no longer than this."""
UNSURE = 0.36
"""Of a hum the recogniser makes several words, and believes in them less than this (0..1)."""
FAR_BELOW_CALLER = 0.2
"""Sound this much quieter than the caller's own voice (-14 dB) is somebody else, or the room."""
LOUDER, QUIETER = 0.3, 0.02
"""Weights of a window in what is known of the caller's loudness: their loud sounds count."""

_HOLDS_DIGITS = re.compile(r"\d")
"""A number sounds like a hum ("ten"), and no hum is written as one."""
_BACKCHANNEL = re.compile(
    r"^(?:\W*\b(?:m+|mhm+|m+-?h?m+|mm+-?hmm+|hm+|uh-?huh|ah-?ha|aha|uh|um|ah|oh|yeah|yep|yes|yup|ya|ok"
    r"|okay|right|sure|fine|good|great|nice|cool|alright|all right|i see|got it|exactly|true"
    r"|you|thank you|thanks|huh|wow|really)\b)+\W*$",
    re.IGNORECASE,
)
"""Words that keep a conversation going. "You" and "thank you" are what Whisper makes of breath."""


class Stage(Enum):
    """How far the caller's claim to the floor has got."""

    QUIET = "quiet"
    DUCKED = "ducked"
    HELD = "held"
    TAKEN = "taken"


def is_backchannel(text: str) -> bool:
    """True for words that ask the speaker to go on, and for none."""
    return not text.strip(" .,!?-…") or _BACKCHANNEL.match(text) is not None


def is_hum(text: str, confidence: float) -> bool:
    """True for the words a recogniser makes of a short "mm-hmm": "in Emma", "hey, no, mom".

    A single word ("stop") or a number scores low however clear it is; short phrases ("hold on",
    "no, wait") don't.
    """
    several = len(text.split()) > 1 and not _HOLDS_DIGITS.search(text)
    return several and confidence < UNSURE


@dataclass
class BargeIn:
    """Feed it every window while the agent speaks; act when the stage it returns has changed."""

    confidence: float
    """Speech probability from which a window counts (0..1)."""
    stage: Stage = Stage.QUIET
    reason: str = ""
    """Why the last stage was entered."""
    _speech_ms: int = field(default=0, repr=False)
    _silence_ms: int = field(default=0, repr=False)
    _caller_level: float = field(default=0.0, repr=False)
    _doubt: bool = field(default=False, repr=False)
    """The agent went on before the words of a short sound were known."""

    def learn(self, probability: float, loudness: float) -> None:
        """A window of a caller who speaks while the agent is silent: this is how loud they are."""
        if probability >= self.confidence:
            weight = LOUDER if loudness > self._caller_level else QUIETER
            self._caller_level += weight * (loudness - self._caller_level)

    def hear(
        self, probability: float, loudness: float, *, echo: bool = False, unheard: bool = False
    ) -> Stage:
        """A window heard while the agent speaks or is about to; `echo` when it is the agent's own
        voice, `unheard` while the caller can't have heard anything to answer (`UNHEARD_MS`)."""
        if self.stage is Stage.TAKEN:
            return self.stage
        far = loudness < self._caller_level * FAR_BELOW_CALLER
        if probability >= self.confidence and not far and not echo:
            self._silence_ms = 0
            self._speech_ms += WINDOW_MS
            self._rise(probability, unheard)
        else:
            self._silence_ms += WINDOW_MS
            self._fall(echo)
        return self.stage

    def _rise(self, probability: float, unheard: bool) -> None:
        like_speech = self._speech_ms >= DUCK_MS or probability >= SURE
        if self._speech_ms >= TAKE_MS:
            self._enter(Stage.TAKEN, "the caller went on speaking")
        elif self.stage is Stage.HELD:
            return
        elif self._speech_ms >= HOLD_MS:
            self._enter(Stage.HELD, "speech")
        elif unheard and like_speech:
            self._enter(Stage.HELD, "the caller goes on")
        elif self.stage is Stage.QUIET and like_speech:
            self._enter(Stage.DUCKED, "a sound like speech")

    def _fall(self, echo: bool) -> None:
        if echo and self.stage is not Stage.QUIET:
            self._release("the agent's own echo")
        elif (
            self.stage is Stage.HELD
            and self._speech_ms <= SHORT_MS
            and self._silence_ms >= SHORT_OVER_MS
        ):
            self._release("a short sound")
            self._doubt = True
        elif self.stage is Stage.HELD and self._silence_ms >= NO_WORDS_MS:
            self._release("no words")
        elif self.stage is not Stage.HELD and self._silence_ms >= LET_GO_MS:
            self._release("a noise")

    def words(
        self,
        text: str,
        expect: Expectation | None = None,
        confidence: float = 1.0,
        *,
        hum: bool = False,
    ) -> Stage:
        """What the caller said up to a pause, and how sure the recogniser is of it (0..1); `expect`
        when the agent is asking for something, `hum` when it sounds like one."""
        if self.stage in (Stage.DUCKED, Stage.HELD) or self._doubt:
            short = self._doubt or self._speech_ms <= HUM_MS
            hum = short and (is_hum(text, confidence) or (hum and not _HOLDS_DIGITS.search(text)))
            self._doubt = False
            answers = expect is Expectation.YES_NO and parse_yes_no(text) is not None
            if (is_backchannel(text) or hum) and not answers:
                self._release(f"a backchannel: {text.strip() or 'no words'}")
            else:
                self._enter(Stage.TAKEN, f"words: {text.strip()}")
        return self.stage

    def reset(self) -> None:
        """The agent has stopped or finished."""
        self.stage = Stage.QUIET
        self._doubt = False
        self._speech_ms = self._silence_ms = 0

    def _enter(self, stage: Stage, reason: str) -> None:
        self.stage, self.reason = stage, reason

    def _release(self, reason: str) -> None:
        if self.stage is not Stage.QUIET:
            self._enter(Stage.QUIET, reason)
        self._speech_ms = self._silence_ms = 0
