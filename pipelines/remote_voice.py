"""Any voice pipecat can speak with, and the worker's own when that one fails.

A pipecat service wants a pipeline around it, so it gets one of its own: a text goes in, its audio
comes out at the other end. What it says is kept and timed as the local voice's is.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import soxr
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InterruptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStoppedFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.tts_service import TTSService
from pipecat.workers.runner import WorkerRunner

from pipelines.clauses import sentences
from pipelines.engine.client import Priority
from pipelines.errors import PipelineError
from pipelines.prompt_cache import Kept, PromptCache, Words
from pipelines.speech import LocalSynthesiser, Manner, SpeechPiece

log = logging.getLogger(__name__)

PACKAGE = "pipecat.services."
"""Only classes of this package are loaded by name."""
SECONDS_A_LETTER = 0.02
"""Nobody speaks faster: audio shorter than this is no speech but an error's text, or nothing."""
REST_SECONDS = 30.0
"""A service that failed is left alone for so long."""
FIRST_SOUND_BYTES = 3200
"""Audio held back until it is plausible (0.1 s at 16 kHz)."""


class VoiceFailed(PipelineError):
    """A remote voice said nothing usable in time."""

    code = "remote_voice_failed"


@dataclass(frozen=True)
class RemoteVoice:
    """A pipecat text-to-speech service, as the operator set it up."""

    name: str
    service: str
    """Dotted name of the class, under `pipecat.services`."""
    arguments: dict[str, Any] = field(default_factory=dict)
    """Its constructor's arguments."""
    settings: dict[str, Any] = field(default_factory=dict)
    """Its `Settings`, such as voice and model."""
    first_audio_ms: int = 1500
    """Longest wait for the next sound of it."""

    def make(self) -> TTSService:
        """A fresh service.

        Raises:
            VoiceFailed: there is no such class, or it can't be made so.
        """
        try:
            if not self.service.startswith(PACKAGE):
                raise ValueError(f"the class must lie in {PACKAGE}*")
            module, _, name = self.service.rpartition(".")
            kind = getattr(importlib.import_module(module), name)
            if not issubclass(kind, TTSService):
                raise ValueError("it is no text-to-speech service")
            arguments = dict(self.arguments)
            if self.settings:
                arguments["settings"] = kind.Settings(**self.settings)
            service: TTSService = kind(**arguments)
            return service
        except Exception as error:
            raise VoiceFailed(f"The voice {self.name} ({self.service}): {error}") from error


class _Collector(FrameProcessor):
    """The end of the service's pipeline."""

    def __init__(self) -> None:
        super().__init__(name="collector")
        self.frames: asyncio.Queue[Frame] = asyncio.Queue()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame | TTSStoppedFrame):
            self.frames.put_nowait(frame)
        await self.push_frame(frame, direction)


class _Errors(FrameProcessor):
    """The beginning: where the service's errors come back to."""

    def __init__(self, frames: asyncio.Queue[Frame]) -> None:
        super().__init__(name="errors")
        self._frames = frames

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, ErrorFrame):
            self._frames.put_nowait(frame)
            return
        await self.push_frame(frame, direction)


class _Studio:
    """One service in its pipeline; speaks one text at a time."""

    def __init__(self, voice: RemoteVoice) -> None:
        self._voice = voice
        self._collector = _Collector()
        self._worker = PipelineWorker(
            Pipeline([_Errors(self._collector.frames), voice.make(), self._collector]),
            params=PipelineParams(),
            enable_rtvi=False,
            enable_turn_tracking=False,
            idle_timeout_secs=None,
        )
        self._running: asyncio.Task[None] | None = None
        self.busy = asyncio.Lock()

    async def _run(self) -> None:
        runner = WorkerRunner(handle_sigint=False, handle_sigterm=False)
        await runner.add_workers(self._worker)
        await runner.run()

    async def speak(self, text: str) -> AsyncGenerator[TTSAudioRawFrame, None]:
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name=f"voice-{self._voice.name}")
        frames = self._collector.frames
        while not frames.empty():
            frames.get_nowait()
        await self._worker.queue_frame(TTSSpeakFrame(text, append_to_context=False))
        while True:
            try:
                async with asyncio.timeout(self._voice.first_audio_ms / 1000):
                    frame = await frames.get()
            except TimeoutError as error:
                raise VoiceFailed(
                    f"The voice {self._voice.name} said nothing for "
                    f"{self._voice.first_audio_ms} ms."
                ) from error
            if isinstance(frame, TTSAudioRawFrame):
                yield frame
            elif isinstance(frame, ErrorFrame):
                raise VoiceFailed(f"The voice {self._voice.name} failed: {frame.error}")
            else:
                return

    async def quiet(self) -> None:
        """What is being said is not wanted any more."""
        with contextlib.suppress(Exception):
            await self._worker.queue_frame(InterruptionFrame())

    async def close(self) -> None:
        if self._running:
            await self._worker.cancel()
            await asyncio.gather(self._running, return_exceptions=True)


class RemoteSynthesiser:
    """Speaks with a remote voice, sentence by sentence; with the local one where that fails."""

    def __init__(
        self,
        voice: RemoteVoice,
        local: LocalSynthesiser,
        cache: PromptCache,
        on_fault: Callable[[str, str], None] = lambda code, message: None,
    ) -> None:
        self._voice = voice
        self._local = local
        self._cache = cache
        self._on_fault = on_fault
        self._studio: _Studio | None = None
        self._rest_until = 0.0

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
        position = samples = 0
        for sentence in sentences(text, manner.language):
            position = text.index(sentence, position)
            begun = samples
            async with aclosing(
                self._sentence(sentence, manner, rate, cacheable, priority, call)
            ) as pieces:
                async for piece in pieces:
                    samples += len(piece.pcm) // 2
                    words = tuple((position + end, begun + at) for end, at in piece.words)
                    yield SpeechPiece(
                        piece.pcm, words, piece.cpu_seconds, piece.provider, piece.characters
                    )
            position += len(sentence)

    async def _sentence(
        self, text: str, manner: Manner, rate: int, keep: bool, priority: Priority, call: str
    ) -> AsyncGenerator[SpeechPiece, None]:
        key = PromptCache.key(f"{self._voice.name}:{self._voice.settings}", 1.0, rate, text)
        if (kept := self._cache.get(key)) is not None:
            yield SpeechPiece(kept.pcm, kept.words)
            return
        now = asyncio.get_running_loop().time
        if now() >= self._rest_until:
            made = bytearray()
            try:
                async with aclosing(self._remote(text, rate)) as pieces:
                    async for pcm in pieces:
                        made += pcm
                        yield SpeechPiece(pcm)
                words = _spread(text, len(made) // 2)
                yield SpeechPiece(b"", words, 0.0, self._voice.name, len(text))
                if keep:
                    self._cache.put(key, Kept(bytes(made), words))
                return
            except VoiceFailed as error:
                log.error("%s", error, extra={"action": error.code})
                self._on_fault(error.code, str(error))
                self._rest_until = now() + REST_SECONDS
                await self.close()
                if made:
                    # Half a sentence was heard; said again it would only confuse.
                    return
        async with aclosing(
            self._local.speak(
                text, manner=manner, rate=rate, cacheable=keep, priority=priority, call=call
            )
        ) as pieces_of_ours:
            async for piece in pieces_of_ours:
                yield piece

    async def _remote(self, text: str, rate: int) -> AsyncGenerator[bytes, None]:
        """The service's audio at our rate, once there is enough of it to be speech."""
        if self._studio is None:
            self._studio = _Studio(self._voice)
        studio = self._studio
        held = bytearray()
        begun = False
        stream: Any = None
        async with studio.busy:
            finished = False
            try:
                async with aclosing(studio.speak(text)) as frames:
                    async for frame in frames:
                        if stream is None:
                            stream = soxr.ResampleStream(frame.sample_rate, rate, 1, dtype="int16")
                        whole = frame.audio[: len(frame.audio) // 2 * 2]
                        audio = np.frombuffer(whole, dtype="<i2")
                        held += stream.resample_chunk(audio).tobytes()
                        begun = begun or len(held) >= FIRST_SOUND_BYTES
                        if begun and held:
                            yield bytes(held)
                            held.clear()
                if stream is not None:
                    held += stream.resample_chunk(np.zeros(0, np.int16), last=True).tobytes()
                finished = True
            finally:
                if not finished:
                    await studio.quiet()
        if not begun and len(held) / 2 / rate < SECONDS_A_LETTER * len(text):
            raise VoiceFailed(f"The voice {self._voice.name} sent no speech for “{text[:40]}”.")
        if held:
            yield bytes(held)

    async def close(self) -> None:
        """The call is over."""
        studio, self._studio = self._studio, None
        if studio:
            await studio.close()


def _spread(text: str, samples: int) -> Words:
    """Word timings by length, for a voice that gives none."""
    found = []
    position = 0
    for word in text.split():
        position = text.index(word, position) + len(word)
        found.append((position, samples * position // max(1, len(text))))
    return tuple(found)
