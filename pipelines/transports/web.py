"""The browser's line: the pcm wire on a WebSocket."""

from __future__ import annotations

from typing import Any

from pipecat.processors.frame_processor import FrameProcessor
from pipecat.transports.websocket.fastapi import (
    FastAPIWebsocketOutputTransport,
    FastAPIWebsocketParams,
    FastAPIWebsocketTransport,
)

from pipelines.line import CHUNK_MS, Line
from pipelines.transports.pcm_wire import RATE, PcmWireSerializer


class _Output(FastAPIWebsocketOutputTransport):
    """Sends at once: the player keeps the pace, and a second clock would only drift from it."""

    async def _write_audio_sleep(self) -> None:
        pass


class _Transport(FastAPIWebsocketTransport):
    def __init__(self, websocket: Any, params: FastAPIWebsocketParams) -> None:
        super().__init__(websocket, params)
        self._output = _Output(self, self._client, self._params)


class WebLine(Line):
    """A call on an accepted WebSocket."""

    transport = "web"
    caller_ducks = True

    def __init__(self, websocket: Any) -> None:
        super().__init__(rate=RATE, provider="web")
        self._websocket = websocket
        self._serializer = PcmWireSerializer()
        self._transport = _Transport(
            websocket,
            FastAPIWebsocketParams(
                audio_in_enabled=True,
                audio_out_enabled=True,
                audio_in_sample_rate=RATE,
                audio_out_sample_rate=RATE,
                audio_out_10ms_chunks=CHUNK_MS // 10,
                audio_out_end_silence_secs=0,
                serializer=self._serializer,
            ),
        )

        @self._transport.event_handler("on_client_disconnected")  # type: ignore[untyped-decorator]
        async def on_client_disconnected(*_: object) -> None:
            self.left.set()

    def input(self) -> FrameProcessor:
        return self._transport.input()

    def output(self) -> FrameProcessor:
        return self._transport.output()

    async def close(self) -> None:
        if violation := self._serializer.violation:
            await self._websocket.close(violation.close_code, str(violation))
