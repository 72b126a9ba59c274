"""Recognition as a call sees it: PCM in, words out, whoever does the work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import soxr

from flows import Expectation, Word
from pipelines.engine.client import Engine, Priority

MODEL_RATE = 16_000
LOCAL = "local"
"""The provider that costs processor time instead of audio seconds."""

ALPHABETS = {
    Expectation.LETTERS: "letters",
    Expectation.DIGITS: "digits",
    Expectation.PHONE: "digits",
}
"""Where the decoder may be held to one kind of symbol; free text is kept where that fits badly."""
FORMS = {Expectation.EMAIL: "email", Expectation.NAME: "spelled"}
SPELLED_FORMS = {**FORMS, Expectation.NAME: "name"}
"""Where the decoder is shown what an answer looks like, a name when it is likely to be spelled;
"spelled" where it may be, too."""

USUAL_ANSWERS = {
    Expectation.YES_NO: ("yes", "yeah", "yep", "no", "nope", "correct", "that's right"),
    Expectation.NUMBER: (
        *("one", "two", "three", "four", "five", "six"),
        *("seven", "eight", "nine", "ten", "eleven", "twelve"),
    ),
}
"""Most answers to a question of this kind, in English."""


@dataclass(frozen=True)
class RecognitionRequest:
    """Audio to be recognised, and what is known about it."""

    pcm: bytes
    """16-bit mono."""
    rate: int
    """Hz."""
    language: str = "en"
    """An ISO 639-1 code, "" to find it out."""
    hints: tuple[str, ...] = ()
    expect: Expectation = Expectation.OPEN
    """What form the words have."""
    about: Expectation | None = None
    """What a yes-or-no question is about, or what is to be spelled (`flows.Listen`)."""
    options: tuple[str, ...] = ()
    """How the choices are said, where one of a few things was asked for."""
    alternatives: bool = False
    with_words: bool = False
    """True to learn each word's time and confidence."""
    call: str = ""
    """The call it is heard for: each has its turn."""


@dataclass(frozen=True)
class Recognition:
    """What was recognised; word times are milliseconds from the first sample."""

    text: str
    confidence: float
    words: tuple[Word, ...]
    cpu_seconds: float
    alternatives: tuple[str, ...] = ()
    """Other readings of the same audio, best first, when they were asked for."""
    finished: float | None = None
    """How much it sounds like the end of a turn (0..1), when the recogniser can tell."""
    hum: bool = False
    """True where it sounds like "mm-hmm", whatever words were made of it."""
    provider: str = LOCAL
    """Who recognised, for the books."""


class Recogniser(Protocol):
    async def recognise(self, request: RecognitionRequest) -> Recognition:
        """The words in a request's audio. Raises `PipelineError` when there is no answer."""
        ...

    def expected_wait_ms(self) -> int:
        """How long a request made now would wait before it is worked on."""
        ...


class LocalRecogniser:
    """faster-whisper in its engine process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def expected_wait_ms(self) -> int:
        return self._engine.expected_wait_ms()

    async def recognise(self, request: RecognitionRequest) -> Recognition:
        pcm, expect, about = request.pcm, request.expect, request.about
        invited = USUAL_ANSWERS.get(expect, ()) if request.language == "en" else ()
        if request.rate != MODEL_RATE:
            audio = np.frombuffer(pcm, dtype="<i2")
            pcm = soxr.resample(audio, request.rate, MODEL_RATE).astype("<i2").tobytes()
        arguments: dict[str, Any] = {
            "pcm": pcm,
            "language": request.language,
            "hints": request.hints,
            "alphabet": ALPHABETS.get(about or expect, ""),
            "form": SPELLED_FORMS.get(about, "") if about else FORMS.get(expect, ""),
            "answer": expect is Expectation.YES_NO,
            "phrases": request.options or invited,
            "alternatives": request.alternatives,
            "with_words": request.with_words,
            # The smaller model alone is best when a larger one would keep others waiting.
            "thorough": self._engine.expected_wait_ms() == 0,
        }
        found, cpu_seconds = await self._engine.call(
            "recognise", arguments, Priority.FINAL, call=request.call
        )
        return Recognition(
            text=found["text"],
            confidence=found["confidence"],
            words=tuple(
                Word(
                    text=word["text"],
                    start_ms=round(word["start"] * 1000),
                    end_ms=round(word["end"] * 1000),
                    confidence=min(1.0, word["confidence"]),
                )
                for word in found["words"]
            ),
            cpu_seconds=cpu_seconds,
            alternatives=tuple(found["alternatives"]),
            finished=found["finished"],
            hum=found["hum"],
        )
