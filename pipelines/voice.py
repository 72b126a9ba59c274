"""The processor that speaks: utterances in, paced audio for the transport out."""

from __future__ import annotations

import logging
from contextlib import aclosing

from pipecat.frames.frames import Frame, TTSAudioRawFrame, TTSStoppedFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from pipelines.errors import PipelineError
from pipelines.frames import (
    SpeechFailed,
    SpeechMade,
    UtteranceBegins,
    UtteranceFrame,
    UtteranceLength,
)
from pipelines.speech import Synthesiser

log = logging.getLogger(__name__)


class Voice(FrameProcessor):
    """Synthesises each utterance and marks where it begins and ends in the audio.

    An interruption cancels the utterance being made: pipecat cancels this processor's task, which
    closes the stream, which withdraws the request from the engine.
    """

    def __init__(self, *, synthesiser: Synthesiser, rate: int, chunk_ms: int) -> None:
        super().__init__(name="voice")
        self._synthesiser = synthesiser
        self._rate = rate
        self._chunk_bytes = 2 * rate * chunk_ms // 1000

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, UtteranceFrame):
            await self._speak(frame)
        else:
            await self.push_frame(frame, direction)

    async def _speak(self, utterance: UtteranceFrame) -> None:
        await self._push_in_line(utterance, UtteranceBegins(utterance.utterance_id))
        samples = 0
        cpu_seconds = 0.0
        try:
            async with aclosing(
                self._synthesiser.speak(
                    utterance.speech, rate=self._rate, cacheable=utterance.cacheable
                )
            ) as pieces:
                async for piece in pieces:
                    cpu_seconds += piece.cpu_seconds
                    if not piece.pcm:
                        continue
                    # Whole chunks only: the transport drops a partial one when the utterance
                    # before this ends.
                    pcm = piece.pcm + bytes(-len(piece.pcm) % self._chunk_bytes)
                    samples += len(pcm) // 2
                    await self._push_in_line(
                        utterance,
                        TTSAudioRawFrame(pcm, self._rate, 1, context_id=utterance.utterance_id),
                    )
        except PipelineError as error:
            log.error("synthesis failed: %s", error, extra={"action": "synthesis_failed"})
            await self.push_frame(
                SpeechFailed(utterance.utterance_id, error.code, str(error)),
                FrameDirection.UPSTREAM,
            )
        await self.push_frame(UtteranceLength(utterance.utterance_id, samples))
        await self._push_in_line(utterance, TTSStoppedFrame(context_id=utterance.utterance_id))
        if cpu_seconds:
            await self.push_frame(SpeechMade(cpu_seconds), FrameDirection.UPSTREAM)

    async def _push_in_line(self, utterance: UtteranceFrame, frame: Frame) -> None:
        frame.interruptible = utterance.interruptible
        await self.push_frame(frame)
