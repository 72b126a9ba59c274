"""Lines on a WebSocket: the browser's (the pcm wire) and those of carriers' media streams."""

from __future__ import annotations

from typing import Any, ClassVar

from pipecat.frames.frames import Frame, InputAudioRawFrame, OutputAudioRawFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.serializers.base_serializer import FrameSerializer
from pipecat.transports.websocket.fastapi import (
    FastAPIWebsocketInputTransport,
    FastAPIWebsocketOutputTransport,
    FastAPIWebsocketParams,
    FastAPIWebsocketTransport,
)

from pipelines.line import CHUNK_MS, Line
from pipelines.transports.pcm_wire import RATE, PcmWireSerializer


class _Input(FastAPIWebsocketInputTransport):
    """Pushes audio at once: pipecat's way leads over a queue and a timer for every 20 ms."""

    async def push_audio_frame(self, frame: InputAudioRawFrame) -> None:
        if not self._paused:
            await self.push_frame(frame)


class _Output(FastAPIWebsocketOutputTransport):
    """Sends at once: the player keeps the pace, and a second clock would only drift from it.

    Sound is sent by the task that made it; pipecat's way is three queues with a task each. Texts
    that are in line behind sound still are: the player passes them on when it is their turn.
    """

    def __init__(self, transport: FastAPIWebsocketTransport, client: Any, params: Any) -> None:
        super().__init__(transport, client, params, enable_direct_mode=True)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        if isinstance(frame, OutputAudioRawFrame):
            await self._write_frame(frame)
        else:
            await super().process_frame(frame, direction)


class _SoundOnly(_Output):
    """For wires that know no captions."""

    async def send_message(self, frame: Frame) -> None:
        pass


class _Transport(FastAPIWebsocketTransport):
    def __init__(self, websocket: Any, params: FastAPIWebsocketParams, *, shows_text: bool) -> None:
        super().__init__(websocket, params)
        output = _Output if shows_text else _SoundOnly
        self._input = _Input(self, self._client, self._params)
        self._output = output(self, self._client, self._params)


class SocketLine(Line):
    """A call on an accepted WebSocket; the serializer knows its wire."""

    shows_text: ClassVar[bool] = False
    """Captions and other messages have a place on the wire."""

    def __init__(
        self, websocket: Any, serializer: FrameSerializer, *, rate: int, provider: str
    ) -> None:
        super().__init__(rate=rate, provider=provider)
        self._websocket = websocket
        self._transport = _Transport(
            websocket,
            FastAPIWebsocketParams(
                audio_in_enabled=True,
                audio_out_enabled=True,
                audio_in_sample_rate=rate,
                audio_out_sample_rate=rate,
                audio_out_10ms_chunks=CHUNK_MS // 10,
                audio_out_end_silence_secs=0,
                serializer=serializer,
            ),
            shows_text=self.shows_text,
        )

        @self._transport.event_handler("on_client_disconnected")  # type: ignore[untyped-decorator]
        async def on_client_disconnected(*_: object) -> None:
            self.left.set()

    def input(self) -> FrameProcessor:
        return self._transport.input()

    def output(self) -> FrameProcessor:
        return self._transport.output()


class WebLine(SocketLine):
    """The browser's line."""

    transport = "web"
    caller_ducks = True
    shows_text = True

    def __init__(self, websocket: Any) -> None:
        self._wire = PcmWireSerializer()
        super().__init__(websocket, self._wire, rate=RATE, provider="web")

    async def close(self) -> None:
        if violation := self._wire.violation:
            await self._websocket.close(violation.close_code, str(violation))
