"""The telephone's line: a SIP call's audio and keys, between the stack's buffers and the pipeline.

The stack's own thread sends a packet every 20 ms whatever Python does; here only its buffer is kept
short: little is ever in it when an interruption empties it. Its jitter buffer is off (it deletes
what comes late, which costs the recogniser words): audio is taken as it arrives.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from array import array
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import soxr
from baresip import AudioNotActive, AudioRestarted, BaresipError, Event
from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InputDTMFFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    StartFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams

from pipelines.errors import TransferFailed
from pipelines.line import CHUNK_MS, Line

LEAD_SECONDS = 0.06
"""Most audio in the stack's buffer ahead of the wire: little to flush when we are interrupted."""
CUSHION_SECONDS = 0.04
"""Silence before the first sound, so that the buffer rides out a late loop: it comes as it is
played, never ahead."""
CHUNK_SECONDS = CHUNK_MS / 1000
READ_BYTES = 1 << 16
HOLD_SECONDS = 86_400.0
DRAIN_SECONDS = 1.0
"""Longest wait for the last words to leave before the line is closed."""
COMFORT_PERIOD_SECONDS = 4.0

Consult = Callable[[str], Awaitable[Any]]
"""Dials a target for an attended transfer and returns its established call."""


class SipLine(Line):
    """One established SIP call.

    Audio of the wire (8 kHz for G.711, 16 for G.722) is the pipeline's; only Opus, which is 48 kHz
    and stereo on every wire, is converted.
    """

    transport = "sip"
    component = "trunk"

    def __init__(
        self,
        call: Any,
        *,
        provider: str = "sip",
        consult: Consult | None = None,
        transfer_uri: Callable[[str], str] = str,
        transfer_seconds: float = 30.0,
    ) -> None:
        info = call.audio.info()
        super().__init__(rate=8000 if info.rx_sample_rate == 8000 else 16_000, provider=provider)
        self._call = call
        self._consult = consult
        self._transfer_uri = transfer_uri
        self._transfer_seconds = transfer_seconds
        self._pressed: list[KeypadEntry] = []
        self._coder = _Coder(self.rate)
        self._input = SipInput(self)
        self._output = SipOutput(self)
        call.on(self._on_event)
        if call.state.value == "closed":
            self.left.set()

    def input(self) -> FrameProcessor:
        return self._input

    def output(self) -> FrameProcessor:
        return self._output

    def _on_event(self, event: Any) -> None:
        if event.event is Event.CALL_CLOSED:
            self.left.set()
        elif event.event in (Event.CALL_HOLD, Event.CALL_RESUME):
            self.on_hold = event.event is Event.CALL_HOLD
        elif event.event is Event.CALL_DTMF_START and event.text:
            # A to D are on no telephone a caller has.
            with contextlib.suppress(ValueError):
                self._pressed.append(KeypadEntry(event.text))

    def pressed(self) -> list[KeypadEntry]:
        """Keys pressed (RFC 4733 or INFO) since this was last asked."""
        found, self._pressed = self._pressed, []
        return found

    def hear(self) -> bytes:
        """What has arrived since the last call: 16-bit mono at the line's rate."""
        audio = self._call.audio
        # A renegotiation replaced the streams: the next read is of the new ones.
        with contextlib.suppress(AudioNotActive, AudioRestarted):
            pcm = audio.read(READ_BYTES)
            if pcm:
                info = audio.info()
                return self._coder.from_wire(pcm, info.rx_sample_rate, info.rx_channels)
        return b""

    async def play(self, pcm: bytes) -> bool:
        """Send audio at the pace of the wire; False when nobody is there to hear it."""
        audio = self._call.audio
        wire = b""
        while not self.left.is_set():
            try:
                info = audio.info()
                if info.tx_ready and not self.on_hold:
                    if not wire:
                        wire = self._coder.to_wire(pcm, info.tx_sample_rate, info.tx_channels)
                    second = 2 * info.tx_sample_rate * info.tx_channels
                    ahead = info.tx_buffered / second - LEAD_SECONDS
                    if ahead > CHUNK_SECONDS / 2:
                        await asyncio.sleep(min(ahead, CHUNK_SECONDS))
                        continue
                    if not info.tx_buffered:
                        audio.write(bytes(int(CUSHION_SECONDS * second) // 4 * 4))
                    wire = wire[audio.write(wire) :]
                    if not wire:
                        return True
            except (AudioNotActive, AudioRestarted):
                wire = b""  # the new streams may have another form: this piece goes again
            await asyncio.sleep(CHUNK_SECONDS)
        return False

    def flush(self) -> None:
        """Drop what has not left yet."""
        with contextlib.suppress(AudioNotActive, AudioRestarted):
            self._call.audio.flush_tx()

    async def finish(self) -> None:
        """Let the last sample leave, then hang up."""
        with contextlib.suppress(AudioNotActive, AudioRestarted):
            for _ in range(int(DRAIN_SECONDS / CHUNK_SECONDS)):
                if self.left.is_set() or not self._call.audio.info().tx_buffered:
                    break
                await asyncio.sleep(CHUNK_SECONDS)
        # The buffer is empty; its last frame may be with the encoder.
        await asyncio.sleep(CHUNK_SECONDS)
        await self.hang_up()

    async def hang_up(self) -> None:
        """End the call now; nothing happens when it has ended."""
        if self._call.state.value != "closed":
            with contextlib.suppress(BaresipError):
                await self._call.hangup()

    async def transfer(self, target: str, mode: Literal["blind", "attended"]) -> None:
        """Ask the caller's side to call `target` instead (REFER, RFC 3515 and RFC 3891).

        Attended: the target is called first and must answer; the caller hears a quiet tone
        meanwhile, and is back with the agent when nobody answers.

        Raises:
            TransferFailed: says why; the call goes on.
        """
        try:
            uri = self._transfer_uri(target)
            if mode == "blind" or self._consult is None:
                await self._call.transfer(uri, timeout=self._transfer_seconds)
                return
            comfort = asyncio.create_task(self._comfort(), name="comfort")
            try:
                consulted = await self._consult(target)
            finally:
                comfort.cancel()
                await asyncio.gather(comfort, return_exceptions=True)
            try:
                await self._call.attended_transfer(consulted, timeout=self._transfer_seconds)
            except BaseException:
                with contextlib.suppress(BaresipError):
                    await consulted.hangup()
                with contextlib.suppress(BaresipError):
                    await self._call.resume()
                raise
        except (BaresipError, ValueError) as error:
            raise TransferFailed(f"{target} could not be reached: {error}.") from error

    async def _comfort(self) -> None:
        """Two soft notes now and then, so that waiting does not sound like a dead line."""
        notes = _tone(440, 0.15, self.rate) + _tone(554, 0.25, self.rate)
        while True:
            await asyncio.sleep(COMFORT_PERIOD_SECONDS / 2)
            for begin in range(0, len(notes), 2 * self.rate // 50):
                await self.play(notes[begin : begin + 2 * self.rate // 50])
            await asyncio.sleep(COMFORT_PERIOD_SECONDS / 2)


class SipInput(BaseInputTransport):
    """Takes what has arrived every 20 ms; frames go straight on, there is nothing to filter."""

    def __init__(self, line: SipLine) -> None:
        super().__init__(TransportParams(), name="sip-input")
        self._line = line
        self._reading: asyncio.Task[None] | None = None

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)
        self._line.hear()  # what came while the pipeline was made is old
        self._reading = self.create_task(self._read(), "read")

    async def stop(self, frame: EndFrame) -> None:
        await self._stop_reading()
        await super().stop(frame)

    async def cancel(self, frame: CancelFrame) -> None:
        await self._stop_reading()
        await super().cancel(frame)

    async def _stop_reading(self) -> None:
        if self._reading:
            await self.cancel_task(self._reading)
            self._reading = None

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due = max(due + CHUNK_SECONDS, loop.time())
            await asyncio.sleep(due - loop.time())
            for key in self._line.pressed():
                await self.push_frame(InputDTMFFrame(button=key))
            if pcm := self._line.hear():
                await self.push_frame(InputAudioRawFrame(pcm, self._line.rate, 1))


class SipOutput(BaseOutputTransport):
    """Writes at the pace of the wire; hangs up after the last word."""

    def __init__(self, line: SipLine) -> None:
        super().__init__(
            TransportParams(
                audio_out_enabled=True,
                audio_out_10ms_chunks=CHUNK_MS // 10,
                audio_out_end_silence_secs=0,
                # On hold nothing can be sent for as long as the caller likes.
                audio_out_write_timeout_secs=HOLD_SECONDS,
            ),
            name="sip-output",
        )
        self._line = line

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            self._line.flush()

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        return await self._line.play(frame.audio)

    async def stop(self, frame: EndFrame) -> None:
        await super().stop(frame)
        await self._line.finish()

    async def cancel(self, frame: CancelFrame) -> None:
        await super().cancel(frame)
        await self._line.hang_up()


class _Coder:
    """Between the wire's form and mono at the line's rate; does nothing where they are the same."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._streams: dict[tuple[str, int, int], soxr.ResampleStream] = {}

    def from_wire(self, pcm: bytes, rate: int, channels: int) -> bytes:
        if (rate, channels) == (self._rate, 1):
            return pcm
        audio = np.frombuffer(pcm, dtype="<i2")
        if channels > 1:
            audio = audio.reshape(-1, channels).mean(axis=1).astype("<i2")
        return self._resampled("in", audio, rate, self._rate).tobytes()

    def to_wire(self, pcm: bytes, rate: int, channels: int) -> bytes:
        if (rate, channels) == (self._rate, 1):
            return pcm
        audio = self._resampled("out", np.frombuffer(pcm, dtype="<i2"), self._rate, rate)
        return np.repeat(audio, channels).tobytes()

    def _resampled(
        self, way: str, audio: npt.NDArray[np.int16], rate: int, to: int
    ) -> npt.NDArray[np.int16]:
        if rate == to:
            return audio
        # LQ holds back one packet; better ones prime for up to 100 ms.
        stream = self._streams.get((way, rate, to))
        if stream is None:
            stream = soxr.ResampleStream(rate, to, 1, dtype="int16", quality="LQ")
            self._streams[way, rate, to] = stream
        resampled: npt.NDArray[np.int16] = stream.resample_chunk(audio)
        return resampled


def _tone(hertz: float, seconds: float, rate: int) -> bytes:
    count = int(rate * seconds)
    step = 2 * math.pi * hertz / rate
    return array(
        "h", (int(1200 * math.sin(step * n) * math.sin(math.pi * n / count)) for n in range(count))
    ).tobytes()
