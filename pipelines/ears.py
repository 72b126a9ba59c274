"""A call's hearing: audio in, finished turns out.

Recognition starts at the first short pause, on the audio so far, while the policy still waits to
see whether the caller goes on. If they do, that result is thrown away; if not, the words are there
when the turn ends, and whoever prepares the answer has known them since.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from config.settings import Speech
from flows import Word
from flows.actions import Listen
from flows.spoken.complete import Completeness, completeness
from pipelines.errors import PipelineError
from pipelines.recogniser import LOCAL, Recogniser, Recognition, RecognitionRequest
from pipelines.turns import WINDOW_MS, Evidence, VoiceActivity, patience_ms
from pipelines.vad import SpeechProbability

log = logging.getLogger(__name__)

PRE_ROLL_MS = 320
"""Audio kept from before speech was noticed, so that the first consonant is not lost."""
BUSY_MS = 120
"""When recognition would have to wait longer than this, short pauses are not worth one."""
LONG_PAUSE_MS = 192
"""Worth one even then; most pauses inside a sentence are shorter."""
NOISE_MS = 250
"""Speech-like sound shorter than this that holds no words was a click or a cough."""

Spawn = Callable[[Coroutine[Any, Any, None], str], "asyncio.Task[None]"]


@dataclass(frozen=True)
class Likely:
    """What the turn will hold if the caller says nothing more; they may well go on."""

    text: str
    words: tuple[Word, ...]
    confidence: float
    alternatives: tuple[str, ...]
    hum: bool
    """It sounds like "mm-hmm", whatever the words."""


@dataclass(frozen=True)
class Thought:
    """What the turn policy made of a pause."""

    at_ms: int
    """Milliseconds of received audio."""
    silence_ms: int
    text: str
    completeness: Completeness
    finished: float | None
    patience_ms: int

    def as_dict(self) -> dict[str, Any]:
        """For the record."""
        return {
            "at_ms": self.at_ms,
            "silence_ms": self.silence_ms,
            "text": self.text,
            "completeness": self.completeness.value,
            "finished": self.finished,
            "patience_ms": self.patience_ms,
        }


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
    """How long the recogniser took for these words, by the clock."""
    cpu_seconds: float
    """Of every recognition the turn needed, the superseded ones included."""
    remote_seconds: dict[str, float] = field(default_factory=dict)
    """Audio sent to recognisers elsewhere, by provider; they charge for it."""
    alternatives: tuple[str, ...] = ()
    """Other readings of the same audio, best first."""
    thoughts: tuple[Thought, ...] = ()
    """One for each pause whose words were known."""
    failed: str = ""
    """Why there are no words, when the recogniser failed."""


@dataclass
class _OpenTurn:
    """A turn that is still being heard."""

    audio: list[npt.NDArray[np.int16]]
    start_ms: int
    speech_end_ms: int = 0
    recognising: asyncio.Task[None] | None = None
    """Working on all speech so far; cancelled when the caller goes on."""
    found: Recognition | None = None
    recognition_ms: int = 0
    cpu_seconds: float = 0.0
    remote_seconds: dict[str, float] = field(default_factory=dict)
    failure: str = ""
    patience_ms: int = 0
    thoughts: list[Thought] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        """True when the words of all speech so far are known, or can't be."""
        return self.found is not None or bool(self.failure)

    def forget(self) -> None:
        """More was said than the words cover."""
        if self.recognising and not self.recognising.done():
            self.recognising.cancel()
        self.recognising = None
        self.found = None
        self.failure = ""


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
        on_likely: Callable[[Likely], None] = lambda likely: None,
        on_window: Callable[[float, float], None] = lambda probability, loudness: None,
        region: str = "US",
        call: str = "",
    ) -> None:
        """`on_likely` hears the words of every pause before it is known to be the end of the turn:
        time to prepare an answer, none to say it."""
        self._rate = rate
        self._settings = settings
        self._detector = detector
        self._recogniser = recogniser
        self._spawn = spawn
        self._on_speech = on_speech
        self._on_turn = on_turn
        self._on_likely = on_likely
        self._on_window = on_window
        self._region = region
        self._call = call
        self._activity = VoiceActivity(
            start_ms=settings.vad_start_ms,
            stop_ms=settings.vad_stop_ms,
            confidence=settings.vad_confidence,
            min_rms=settings.vad_min_rms,
        )
        self._listen = Listen()
        self._samples = 0
        self._pre_roll: deque[npt.NDArray[np.int16]] = deque()
        self._pre_roll_samples = 0
        self._turn: _OpenTurn | None = None

    @property
    def now_ms(self) -> int:
        """Milliseconds of audio received."""
        return self._samples * 1000 // self._rate

    @property
    def in_turn(self) -> bool:
        """True from the first speech until its turn is handed over."""
        return self._turn is not None

    @property
    def silence_ms(self) -> int:
        """Silence since the caller's last sound."""
        return self._activity.silence_ms

    def expect(self, listen: Listen) -> None:
        """What the next words are likely to be."""
        self._listen = listen

    def feed(self, pcm: bytes) -> None:
        """Hear 16-bit mono audio."""
        audio = np.frombuffer(pcm, dtype="<i2")
        self._samples += len(audio)
        self._keep(audio)
        for probability, loudness in self._detector.feed(audio):
            self._on_window(probability, loudness)
            edge = self._activity.feed(probability, loudness, in_turn=self.in_turn)
            if edge is True:
                self._speech_began()
            elif edge is False and self._turn:
                self._turn.forget()
            if self._turn:
                self._follow(self._turn)

    def feed_silence(self, milliseconds: int) -> None:
        """Stand in for audio that should have arrived, so that an open turn can end."""
        self.feed(bytes(2 * (milliseconds * self._rate // 1000)))

    def _keep(self, audio: npt.NDArray[np.int16]) -> None:
        if self._turn:
            self._turn.audio.append(audio)
            return
        self._pre_roll.append(audio)
        self._pre_roll_samples += len(audio)
        longest = (PRE_ROLL_MS + self._settings.vad_start_ms) * self._rate // 1000
        while self._pre_roll_samples - len(self._pre_roll[0]) >= longest:
            self._pre_roll_samples -= len(self._pre_roll.popleft())

    def _speech_began(self) -> None:
        if self._turn:
            self._turn.forget()
            return
        before = self._pre_roll_samples * 1000 // self._rate
        self._turn = _OpenTurn(list(self._pre_roll), max(0, self.now_ms - before))
        self._pre_roll.clear()
        self._pre_roll_samples = 0
        self._on_speech()

    def _recognise(self, turn: _OpenTurn) -> None:
        # The same silence after the speech, whenever this is asked: an end is judged by it.
        late_ms = max(0, self._activity.silence_ms - self._settings.vad_stop_ms)
        surplus = self._detector.pending + late_ms * self._rate // 1000
        heard = np.concatenate(turn.audio)
        pcm = heard[: len(heard) - surplus].tobytes()
        turn.recognising = self._spawn(self._run_recognition(turn, pcm), "recognise")

    async def _run_recognition(self, turn: _OpenTurn, pcm: bytes) -> None:
        loop = asyncio.get_running_loop()
        started = loop.time()
        listen = self._listen
        try:
            turn.found = await self._recogniser.recognise(
                RecognitionRequest(
                    pcm,
                    self._rate,
                    language=listen.language.partition("-")[0],
                    hints=listen.hints,
                    expect=listen.expect,
                    about=listen.about,
                    options=tuple(chain.from_iterable(listen.options.values())),
                    alternatives=listen.alternatives,
                    with_words=listen.alternatives,
                    call=self._call,
                )
            )
            if turn.found.provider != LOCAL:
                sent = turn.remote_seconds.get(turn.found.provider, 0.0)
                turn.remote_seconds[turn.found.provider] = sent + len(pcm) / 2 / self._rate
        except PipelineError as error:
            log.error("recognition failed: %s", error, extra={"action": "recognition_failed"})
            turn.failure = str(error)
        turn.recognition_ms = round((loop.time() - started) * 1000)
        self._consider(turn)
        self._follow(turn)

    def _consider(self, turn: _OpenTurn) -> None:
        """Decide how long to wait now that the words are known."""
        found = turn.found
        text = found.text if found else ""
        expect = self._listen.expect
        whole = completeness(expect, text, self._region, self._listen.language)
        evidence = Evidence(text, whole, found.finished if found else None)
        turn.patience_ms = patience_ms(expect, evidence, self._listen.patience_ms)
        turn.thoughts.append(
            Thought(
                at_ms=self.now_ms,
                silence_ms=self._activity.silence_ms,
                text=text,
                completeness=evidence.completeness,
                finished=evidence.finished,
                patience_ms=turn.patience_ms,
            )
        )
        if found:
            turn.cpu_seconds += found.cpu_seconds
            self._on_likely(
                Likely(found.text, found.words, found.confidence, found.alternatives, found.hum)
            )

    def _follow(self, turn: _OpenTurn) -> None:
        """End the turn when the policy says so and its words are there."""
        if turn is not self._turn:
            return
        if self._activity.silence_ms == 0:
            turn.speech_end_ms = self.now_ms
        too_long = self.now_ms - turn.start_ms >= self._settings.max_turn_ms
        if not turn.settled:
            if turn.recognising is None and (too_long or self._worth_asking()):
                self._recognise(turn)
        elif too_long or self._is_over(turn):
            self._commit(turn)

    def _is_over(self, turn: _OpenTurn) -> bool:
        return self._activity.silence_ms >= turn.patience_ms and not self._activity.resuming

    def _worth_asking(self) -> bool:
        """True in a pause that may be the end, as far as the recogniser has time for it."""
        if self._activity.speaking:
            return False
        silence_ms = self._activity.silence_ms
        if silence_ms >= LONG_PAUSE_MS:
            return True
        idle = self._recogniser.expected_wait_ms() <= BUSY_MS
        return idle and silence_ms >= self._settings.vad_stop_ms

    def _commit(self, turn: _OpenTurn) -> None:
        found = turn.found
        self._turn = None
        self._on_turn(
            Turn(
                text=found.text if found else "",
                words=found.words if found else (),
                confidence=found.confidence if found else 0.0,
                start_ms=turn.start_ms,
                end_ms=turn.speech_end_ms,
                committed_ms=self.now_ms,
                recognition_ms=turn.recognition_ms,
                cpu_seconds=turn.cpu_seconds,
                remote_seconds=turn.remote_seconds,
                alternatives=found.alternatives if found else (),
                thoughts=tuple(turn.thoughts),
                failed=turn.failure,
            )
        )


def is_noise(turn: Turn) -> bool:
    """True for a click or cough: too short for a word, and none was found in it."""
    voiced = turn.end_ms - turn.start_ms - PRE_ROLL_MS
    return not turn.text and not turn.failed and voiced < NOISE_MS + WINDOW_MS
