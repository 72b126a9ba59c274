"""Synthesis as a call sees it: text in, PCM with word timings out, whoever does the work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import soxr

from pipelines.clauses import stretches
from pipelines.engine.client import Engine, Priority
from pipelines.prompt_cache import Kept, PromptCache, Words
from pipelines.spoken_form import spoken_form

SENTENCE_GAP_SECONDS = 0.16
CLAUSE_GAP_SECONDS = 0.06
PORTION_SECONDS = 0.05
"""Processor time after which the engine may serve somebody else. The pieces it makes are longer
(about a second of speech each), so this is one piece."""


@dataclass(frozen=True)
class Manner:
    """How a campaign's agent speaks."""

    voice: str = ""
    """A Piper voice (bundled name or path); empty means the worker's."""
    speed: float = 1.0
    """1 is the voice's own pace."""
    language: str = "en"


@dataclass(frozen=True)
class SpeechPiece:
    """A stretch of speech, 16-bit mono."""

    pcm: bytes
    words: Words = ()
    """(end of a word in the text spoken, end of its sound in samples since the first piece)."""
    cpu_seconds: float = 0.0
    """Processor time used since the piece before."""
    provider: str = "local"
    characters: int = 0
    """Text spoken by a provider that is paid by it."""


class Synthesiser(Protocol):
    def speak(
        self,
        text: str,
        *,
        manner: Manner,
        rate: int,
        cacheable: bool,
        priority: Priority = Priority.SPEECH,
        call: str = "",
    ) -> AsyncGenerator[SpeechPiece, None]:
        """Speak `text` at `rate` Hz on behalf of a `call`, piece by piece as it is made.

        Raises:
            PipelineError: it can't be spoken (any more).
        """
        ...


class LocalSynthesiser:
    """Piper in its engine process, behind the prompt cache."""

    def __init__(self, engine: Engine, cache: PromptCache, fingerprints: VoiceFiles) -> None:
        self._engine = engine
        self._cache = cache
        self._voices = fingerprints

    async def speak(
        self,
        text: str,
        *,
        manner: Manner,
        rate: int,
        cacheable: bool,
        priority: Priority = Priority.SPEECH,
        call: str = "",
    ) -> AsyncGenerator[SpeechPiece, None]:
        position = 0
        samples = 0
        for number, stretch in enumerate(stretches(text, fixed=cacheable)):
            if number:
                ended = text[:position].rstrip()[-1:] in ".!?"
                gap = SENTENCE_GAP_SECONDS if ended else CLAUSE_GAP_SECONDS
                silence = bytes(2 * int(gap * rate))
                samples += len(silence) // 2
                yield SpeechPiece(silence)
            position = text.index(stretch, position)
            async with aclosing(
                self._stretch(stretch, manner, rate, cacheable, priority, call)
            ) as pieces:
                begun = samples
                async for piece in pieces:
                    samples += len(piece.pcm) // 2
                    words = tuple((position + end, begun + at) for end, at in piece.words)
                    yield SpeechPiece(piece.pcm, words, piece.cpu_seconds)
            position += len(stretch)

    async def _stretch(
        self, text: str, manner: Manner, rate: int, keep: bool, priority: Priority, call: str
    ) -> AsyncGenerator[SpeechPiece, None]:
        voice = self._voices.of(manner.voice)
        key = PromptCache.key(voice.fingerprint, manner.speed, rate, text)
        if (kept := self._cache.get(key)) is not None:
            yield SpeechPiece(kept.pcm, kept.words)
            return
        form = spoken_form(text, manner.language)
        request = {"text": form.text, "rate": rate, "speed": manner.speed, "model": voice.model}
        made = bytearray()
        timings: Words = ()
        async with aclosing(self._portions(request, priority, call)) as pieces:
            async for value, cpu_seconds in pieces:
                pcm = value.get("pcm", b"")
                words = tuple((form.written_end(end), at) for end, at in value.get("words", ()))
                timings += words
                made += pcm
                yield SpeechPiece(pcm, words, cpu_seconds)
        if keep and made:
            self._cache.put(key, Kept(bytes(made), timings))

    async def _portions(
        self, request: dict[str, Any], priority: Priority, call: str
    ) -> AsyncGenerator[tuple[dict[str, Any], float], None]:
        """A text's pieces. Others get their turn between two portions of it."""
        op, args = "speak", request | {"seconds": PORTION_SECONDS}
        while True:
            more: int | None = None
            async with aclosing(self._engine.stream(op, args, priority, call=call)) as pieces:
                async for value, cpu_seconds in pieces:
                    more = value.get("more")
                    yield value, cpu_seconds
            if more is None:
                return
            op, args = "speak_on", {"more": more, "seconds": PORTION_SECONDS}

    def is_ready(self, text: str, *, manner: Manner, rate: int) -> bool:
        """True when all of a fixed text is rendered."""
        voice = self._voices.of(manner.voice)
        return all(
            PromptCache.key(voice.fingerprint, manner.speed, rate, stretch) in self._cache
            for stretch in stretches(text, fixed=True)
        )

    async def warm(self, texts: tuple[str, ...], *, manner: Manner, rates: tuple[int, ...]) -> int:
        """Render texts that are not kept yet, at every rate; returns how many were made."""
        highest = max(rates)
        made = 0
        for text in texts:
            if not self.is_ready(text, manner=manner, rate=highest):
                async for _ in self.speak(
                    text, manner=manner, rate=highest, cacheable=True, priority=Priority.BACKGROUND
                ):
                    await asyncio.sleep(0)
                made += 1
            for rate in rates:
                if not self.is_ready(text, manner=manner, rate=rate):
                    await asyncio.to_thread(self._derive, text, manner, highest, rate)
        return made

    def _derive(self, text: str, manner: Manner, source: int, rate: int) -> None:
        """The same speech at a lower rate, without making it again."""
        fingerprint = self._voices.of(manner.voice).fingerprint
        for stretch in stretches(text, fixed=True):
            kept = self._cache.read(PromptCache.key(fingerprint, manner.speed, source, stretch))
            if kept is None:
                continue
            audio = np.frombuffer(kept.pcm, dtype="<i2")
            pcm = soxr.resample(audio, source, rate).astype("<i2").tobytes()
            words = tuple((end, at * rate // source) for end, at in kept.words)
            self._cache.put(
                PromptCache.key(fingerprint, manner.speed, rate, stretch), Kept(pcm, words)
            )


@dataclass(frozen=True)
class VoiceFile:
    """A voice the engine can load."""

    model: str
    """Path of its file or folder; empty is the engine's own."""
    fingerprint: str
    """Names it by what it is: another file under the same name has other audio."""


class VoiceFiles(Protocol):
    def of(self, name: str) -> VoiceFile:
        """The voice of this name; the worker's own when it is empty or can't be used."""
        ...
