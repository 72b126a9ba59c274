"""The processor after the transport: sees audio as it is sent, so it knows what was played."""

from __future__ import annotations

from dataclasses import dataclass

from pipecat.frames.frames import Frame, InterruptionFrame, OutputAudioRawFrame, TTSStoppedFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from pipelines.frames import (
    UtteranceAudible,
    UtteranceBegins,
    UtteranceLength,
    UtterancePlayed,
)


@dataclass
class _Playing:
    utterance_id: str
    samples: int = 0


class Playout(FrameProcessor):
    """Counts the samples of each utterance that went out and reports back to the dialog."""

    def __init__(self) -> None:
        super().__init__(name="playout")
        self._playing: _Playing | None = None
        self._lengths: dict[str, int] = {}

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, UtteranceBegins):
            self._playing = _Playing(frame.utterance_id)
        elif isinstance(frame, UtteranceLength):
            self._lengths[frame.utterance_id] = frame.samples
        elif isinstance(frame, OutputAudioRawFrame):
            await self._sent(len(frame.audio) // 2)
        elif isinstance(frame, TTSStoppedFrame):
            await self._finish(complete=True)
        elif isinstance(frame, InterruptionFrame):
            await self._finish(complete=False)
            await self.push_frame(frame, direction)
        else:
            await self.push_frame(frame, direction)

    async def _sent(self, samples: int) -> None:
        if self._playing is None:
            return
        if self._playing.samples == 0:
            await self.push_frame(
                UtteranceAudible(self._playing.utterance_id), FrameDirection.UPSTREAM
            )
        self._playing.samples += samples

    async def _finish(self, *, complete: bool) -> None:
        playing, self._playing = self._playing, None
        if playing is None:
            return
        total = self._lengths.pop(playing.utterance_id, 0)
        await self.push_frame(
            UtterancePlayed(playing.utterance_id, playing.samples, total, complete),
            FrameDirection.UPSTREAM,
        )
