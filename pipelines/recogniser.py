"""Recognition as a call sees it: PCM in, words out, whoever does the work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import soxr

from flows import Word
from pipelines.engine.client import Engine, Priority

MODEL_RATE = 16_000


@dataclass(frozen=True)
class Recognition:
    """What was recognised; word times are milliseconds from the first sample."""

    text: str
    confidence: float
    words: tuple[Word, ...]
    cpu_seconds: float
    alternatives: tuple[str, ...] = ()
    """Other readings of the same audio, best first, when they were asked for."""


class Recogniser(Protocol):
    async def recognise(
        self,
        pcm: bytes,
        *,
        rate: int,
        language: str,
        hints: tuple[str, ...],
        priority: Priority,
        with_words: bool = False,
    ) -> Recognition:
        """Words in `pcm` (16-bit mono at `rate` Hz)."""
        ...


class LocalRecogniser:
    """faster-whisper in its engine process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def recognise(
        self,
        pcm: bytes,
        *,
        rate: int,
        language: str,
        hints: tuple[str, ...],
        priority: Priority,
        with_words: bool = False,
    ) -> Recognition:
        if rate != MODEL_RATE:
            audio = np.frombuffer(pcm, dtype="<i2")
            pcm = soxr.resample(audio, rate, MODEL_RATE).astype("<i2").tobytes()
        arguments: dict[str, Any] = {
            "pcm": pcm,
            "language": language,
            "hints": hints,
            "with_words": with_words,
        }
        found, cpu_seconds = await self._engine.call("recognise", arguments, priority)
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
        )
