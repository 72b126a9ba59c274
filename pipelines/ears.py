"""A call's hearing: audio in, finished turns out.

Recognition starts at the first short pause, on the audio so far, while the policy still waits to
see whether the caller goes on. If they do, that result is thrown away; if not, the words are there
when the turn ends.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from config.settings import Speech
from flows import Expectation, Word
from pipelines.engine.client import Priority
from pipelines.errors import PipelineError
from pipelines.recogniser import Recogniser, Recognition
from pipelines.turns import WINDOW_MS, VoiceActivity, patience_ms
from pipelines.vad import SpeechProbability

log = logging.getLogger(__name__)

PRE_ROLL_MS = 320
"""Audio kept from before speech was noticed, so that the first consonant is not lost."""
NOISE_MS = 250
"""Speech-like sound shorter than this that holds no words was a click or a cough."""

_EXPECTED_FORM: dict[Expectation, tuple[str, ...]] = {
    Expectation.EMAIL: ("john dot smith at gmail dot com",),
}
"""Said to the recogniser as if it had come before: it then writes addresses out as spoken, which
reads better than its guesses at written ones (5 of 18 synthetic addresses right instead of 3)."""

Spawn = Callable[[Coroutine[Any, Any, None], str], "asyncio.Task[None]"]


@dataclass(frozen=True)
class Turn:
    """What the caller said, and when, in milliseconds of received audio."""

    text: str
    words: tuple[Word, ...]
    confidence: float
    start_ms: int
    end_ms: int
    """End of the last speech."""
    committed_ms: int
    recognition_ms: int
    """How long the recogniser took, by the clock."""
    cpu_seconds: float
    failed: str = ""
    """Why there are no words, when the recogniser failed."""


class Ears:
    """Feeds on a call's audio; calls back when speech begins and when a turn is finished."""

    def __init__(
        self,
        *,
        rate: int,
        settings: Speech,
        detector: SpeechProbability,
        recogniser: Recogniser,
        spawn: Spawn,
        on_speech: Callable[[], None],
        on_turn: Callable[[Turn], None],
        language: str = "en",
    ) -> None:
        self._rate = rate
        self._settings = settings
        self._detector = detector
        self._recogniser = recogniser
        self._spawn = spawn
        self._on_speech = on_speech
        self._on_turn = on_turn
        self._language = language
        self._activity = VoiceActivity(
            start_ms=settings.vad_start_ms,
            stop_ms=settings.vad_stop_ms,
            confidence=settings.vad_confidence,
        )
        self._expect = Expectation.OPEN
        self._hints: tuple[str, ...] = ()
        self._samples = 0
        self._pre_roll: deque[npt.NDArray[np.int16]] = deque()
        self._pre_roll_samples = 0
        self._turn_audio: list[npt.NDArray[np.int16]] | None = None
        self._turn_start_ms = 0
        self._speech_end_ms = 0
        self._recognising: asyncio.Task[None] | None = None
        self._recognised: Recognition | None = None
        self._recognition_ms = 0
        self._failure = ""

    @property
    def now_ms(self) -> int:
        """Milliseconds of audio received."""
        return self._samples * 1000 // self._rate

    @property
    def in_turn(self) -> bool:
        """True from the first speech until its turn is handed over."""
        return self._turn_audio is not None

    def expect(self, expect: Expectation, hints: tuple[str, ...]) -> None:
        """What the next words are likely to be."""
        self._expect = expect
        self._hints = hints

    def feed(self, pcm: bytes) -> None:
        """Hear 16-bit mono audio."""
        audio = np.frombuffer(pcm, dtype="<i2")
        self._samples += len(audio)
        self._keep(audio)
        for probability, loudness in self._detector.feed(audio):
            edge = self._activity.feed(probability, loudness >= self._settings.vad_min_rms)
            if edge is True:
                self._speech_began()
            elif edge is False:
                self._recognise()
            if self.in_turn:
                self._follow()

    def feed_silence(self, milliseconds: int) -> None:
        """Stand in for audio that should have arrived, so that an open turn can end."""
        self.feed(bytes(2 * (milliseconds * self._rate // 1000)))

    def _keep(self, audio: npt.NDArray[np.int16]) -> None:
        if self._turn_audio is not None:
            self._turn_audio.append(audio)
            return
        self._pre_roll.append(audio)
        self._pre_roll_samples += len(audio)
        longest = (PRE_ROLL_MS + self._settings.vad_start_ms) * self._rate // 1000
        while self._pre_roll_samples - len(self._pre_roll[0]) >= longest:
            self._pre_roll_samples -= len(self._pre_roll.popleft())

    def _speech_began(self) -> None:
        self._forget_recognition()
        if self._turn_audio is None:
            self._turn_audio = list(self._pre_roll)
            before = self._pre_roll_samples * 1000 // self._rate
            self._turn_start_ms = max(0, self.now_ms - before)
            self._pre_roll.clear()
            self._pre_roll_samples = 0
            self._on_speech()

    def _forget_recognition(self) -> None:
        if self._recognising and not self._recognising.done():
            self._recognising.cancel()
        self._recognising = None
        self._recognised = None
        self._failure = ""

    def _recognise(self) -> None:
        if self._turn_audio is None:
            return
        self._forget_recognition()
        pcm = np.concatenate(self._turn_audio).tobytes()
        self._recognising = self._spawn(self._run_recognition(pcm), "recognise")

    async def _run_recognition(self, pcm: bytes) -> None:
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            self._recognised = await self._recogniser.recognise(
                pcm,
                rate=self._rate,
                language=self._language,
                hints=(*_EXPECTED_FORM.get(self._expect, ()), *self._hints),
                priority=Priority.FINAL,
            )
        except PipelineError as error:
            log.error("recognition failed: %s", error, extra={"action": "recognition_failed"})
            self._failure = str(error)
        self._recognition_ms = round((loop.time() - started) * 1000)
        self._follow()

    def _follow(self) -> None:
        """End the turn when the policy says so and its words are there."""
        if self._turn_audio is None:
            return
        if self._activity.silence_ms == 0:
            self._speech_end_ms = self.now_ms
        turn_ms = self.now_ms - self._turn_start_ms
        if self._recognised is None and not self._failure:
            if turn_ms >= self._settings.max_turn_ms and self._recognising is None:
                self._recognise()
            return
        text = self._recognised.text if self._recognised else ""
        waited = self._activity.silence_ms >= patience_ms(self._expect, text)
        if waited or turn_ms >= self._settings.max_turn_ms:
            self._commit()

    def _commit(self) -> None:
        found = self._recognised
        turn = Turn(
            text=found.text if found else "",
            words=found.words if found else (),
            confidence=found.confidence if found else 0.0,
            start_ms=self._turn_start_ms,
            end_ms=self._speech_end_ms,
            committed_ms=self.now_ms,
            recognition_ms=self._recognition_ms,
            cpu_seconds=found.cpu_seconds if found else 0.0,
            failed=self._failure,
        )
        self._turn_audio = None
        self._recognising = None
        self._recognised = None
        self._failure = ""
        self._on_turn(turn)


def is_noise(turn: Turn) -> bool:
    """True for a click or cough: too short for a word, and none was found in it."""
    voiced = turn.end_ms - turn.start_ms - PRE_ROLL_MS
    return not turn.text and not turn.failed and voiced < NOISE_MS + WINDOW_MS
