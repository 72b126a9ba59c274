"""The processor that speaks: utterances in, audio for the transport out, at the pace it sounds.

It paces the audio itself, a piece at a time, so it can turn the voice down, hold it in the middle
of a word and take it up again, and so it knows to the piece what was played.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from pipecat.frames.frames import (
    Frame,
    InterruptionFrame,
    OutputTransportMessageUrgentFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from pipelines.frames import (
    FillerFrame,
    SpeakingVolume,
    SpeechFailed,
    UtteranceAudible,
    UtteranceFrame,
    UtterancePlayed,
)
from pipelines.heard import word_start
from pipelines.rendition import Rendition

DEVICE_SECONDS = 0.06
"""Audio sent and not yet heard: the caller's jitter buffer."""


@dataclass
class _Playing:
    frame: UtteranceFrame
    position: int = 0
    """Samples sent."""
    furthest: int = 0
    """Samples sent before the voice was held and went back."""


class Player(FrameProcessor):
    """Plays renditions one after the other.

    An interruption cancels the utterance being played: pipecat cancels this processor's task.
    """

    def __init__(
        self,
        *,
        rate: int,
        chunk_ms: int,
        caller_ducks: bool,
        on_sent: Callable[[bytes], None] = lambda pcm: None,
    ) -> None:
        """`caller_ducks`: the wire has a message that turns the caller's loudspeaker down."""
        super().__init__(name="player")
        self._rate = rate
        self._chunk_bytes = 2 * rate * chunk_ms // 1000
        self._chunk_seconds = chunk_ms / 1000
        self._caller_ducks = caller_ducks
        self.on_sent = on_sent
        self._playing: _Playing | None = None
        self._gain = 1.0
        self._applied = 1.0
        self._sounding = asyncio.Event()
        self._sounding.set()
        self._fillers: deque[UtteranceFrame] = deque()
        self._filler_came = asyncio.Event()
        self._waiting_for_sound = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, UtteranceFrame):
            await self._play(frame)
        elif isinstance(frame, SpeakingVolume):
            await self._set_volume(frame.gain)
        elif isinstance(frame, FillerFrame):
            await self._fill(UtteranceFrame(frame.utterance_id, frame.rendition))
        elif isinstance(frame, InterruptionFrame):
            await self.push_frame(frame, direction)
            if self._playing is None or self._playing.frame.interruptible:
                await self._finish(complete=False)
        else:
            await self.push_frame(frame, direction)

    async def _set_volume(self, gain: float) -> None:
        if gain == self._gain:
            return
        held, self._gain = self._gain == 0.0, gain
        if self._caller_ducks:
            message = {"type": "duck", "gain": gain}
            await self.push_frame(OutputTransportMessageUrgentFrame(message=message))
        if gain == 0.0:
            self._sounding.clear()
        elif held:
            self._go_back()
            self._sounding.set()

    def _go_back(self) -> None:
        """To the word that was being heard when the voice fell silent."""
        if playing := self._playing:
            heard = playing.position - int(DEVICE_SECONDS * self._rate)
            playing.furthest = max(playing.furthest, playing.position)
            playing.position = word_start(playing.frame.rendition.words, max(0, heard))

    async def _fill(self, filler: UtteranceFrame) -> None:
        """Before what has no sound yet; behind what is sounding, or when nothing waits."""
        if self._waiting_for_sound:
            self._fillers.append(filler)
            self._filler_came.set()
        else:
            await self.queue_frame(filler)

    async def _first_sound(self, rendition: Rendition) -> None:
        """Wait until it can begin, saying the fillers that come meanwhile."""
        outer, self._waiting_for_sound = self._waiting_for_sound, True
        try:
            while not rendition.started:
                await self._sound_or_filler(rendition)
                while self._fillers:
                    waiting = self._playing
                    await self._play(self._fillers.popleft())
                    self._playing = waiting
        finally:
            self._waiting_for_sound = outer

    async def _sound_or_filler(self, rendition: Rendition) -> None:
        waits = {
            asyncio.ensure_future(rendition.reach(1)),
            asyncio.ensure_future(self._filler_came.wait()),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self._filler_came.clear()

    async def _play(self, frame: UtteranceFrame) -> None:
        playing = self._playing = _Playing(frame)
        rendition = frame.rendition
        loop = asyncio.get_running_loop()
        due = 0.0
        await self._first_sound(rendition)
        while True:
            if not self._sounding.is_set():
                await self._fade_out(playing)
                await self._sounding.wait()
                due = 0.0
            begin = 2 * playing.position
            whole = await rendition.reach(begin + self._chunk_bytes)
            if not self._sounding.is_set():
                continue
            pcm = bytes(rendition.pcm[begin : begin + self._chunk_bytes])
            if not pcm:
                break
            if not playing.position and not playing.furthest:
                await self.push_frame(
                    UtteranceAudible(frame.utterance_id, rendition.begun_at),
                    FrameDirection.UPSTREAM,
                )
            playing.position += len(pcm) // 2
            await self._send(pcm + bytes(self._chunk_bytes - len(pcm)), frame.interruptible)
            if not whole:
                break
            now = loop.time()
            # A late piece is followed by an early one; a long gap starts the clock anew.
            due = max(due, now - 2 * self._chunk_seconds) if due else now
            due += self._chunk_seconds
            await asyncio.sleep(max(0.0, due - now))
        if rendition.error:
            await self.push_frame(
                SpeechFailed(frame.utterance_id, rendition.error.code, str(rendition.error)),
                FrameDirection.UPSTREAM,
            )
        stopped = TTSStoppedFrame(context_id=frame.utterance_id)
        stopped.interruptible = frame.interruptible
        await self.push_frame(stopped)
        await self._finish(complete=True)

    async def _send(self, pcm: bytes, interruptible: bool) -> None:
        """One piece, at the volume wanted where the caller's side can't do that itself."""
        if not self._caller_ducks and (self._gain != 1.0 or self._applied != 1.0):
            samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
            ramp = np.linspace(self._applied, self._gain, len(samples), dtype=np.float32)
            pcm = (samples * ramp).astype("<i2").tobytes()
            self._applied = self._gain
        self.on_sent(pcm)
        audio = TTSAudioRawFrame(pcm, self._rate, 1)
        audio.interruptible = interruptible
        await self.push_frame(audio)

    async def _fade_out(self, playing: _Playing) -> None:
        """The last piece before silence, so that it does not end in a click."""
        if self._caller_ducks or self._applied == 0.0:
            return
        begin = 2 * playing.position
        pcm = bytes(playing.frame.rendition.pcm[begin : begin + self._chunk_bytes])
        if len(pcm) == self._chunk_bytes:
            await self._send(pcm, playing.frame.interruptible)

    async def _finish(self, *, complete: bool) -> None:
        if self._gain != 1.0:
            await self._set_volume(1.0)
            self._sounding.set()
        if played := self._stop(complete=complete):
            await self.push_frame(played, FrameDirection.UPSTREAM)

    def cut_off(self) -> UtterancePlayed | None:
        """The line closed: what was being played, and how much of it the caller had heard."""
        return self._stop(complete=False)

    def _stop(self, *, complete: bool) -> UtterancePlayed | None:
        playing, self._playing = self._playing, None
        if playing is None:
            return None
        played = max(playing.position, playing.furthest)
        if not complete:
            played = max(0, played - math.floor(DEVICE_SECONDS * self._rate))
        return UtterancePlayed(playing.frame.utterance_id, played, complete)
