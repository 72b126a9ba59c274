"""The line of a carrier's media stream: its audio and keys as JSON on a WebSocket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipecat.serializers.base_serializer import FrameSerializer
from pipecat.serializers.plivo import PlivoFrameSerializer
from pipecat.serializers.telnyx import TelnyxFrameSerializer
from pipecat.serializers.twilio import TwilioFrameSerializer

from pipelines.errors import ProtocolViolation
from pipelines.transports.web import SocketLine

MEDIA_RATE = 8000
PROVIDERS = ("twilio", "telnyx", "plivo")
CLOSE_INVALID_DATA = 1007


@dataclass(frozen=True)
class StreamStart:
    """What a provider's first messages say of the call."""

    stream_id: str
    call_id: str
    encoding: str = "PCMU"
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case; `campaign`, `to` and `from` are looked at."""


def stream_start(provider: str, message: Mapping[str, Any]) -> StreamStart | None:
    """The start message of a stream, None for any other.

    Raises:
        ProtocolViolation: it is a start message, but not this provider's.
    """
    if message.get("event") != "start":
        return None
    start = message.get("start")
    if not isinstance(start, dict):
        raise ProtocolViolation(CLOSE_INVALID_DATA, "the start message has no start")
    keys = {
        "twilio": ("streamSid", "callSid", "customParameters"),
        "telnyx": ("stream_id", "call_control_id", "custom_parameters"),
        "plivo": ("streamId", "callId", "extra_headers"),
    }[provider]
    stream_id, call_id, given = (start.get(key, message.get(key)) for key in keys)
    if not isinstance(stream_id, str) or not isinstance(call_id, str):
        raise ProtocolViolation(CLOSE_INVALID_DATA, "the start message names no stream or no call")
    form = start.get("media_format")
    parameters = {**_parameters(start), **_parameters(given)}
    return StreamStart(
        stream_id,
        call_id,
        str(form.get("encoding", "PCMU")) if isinstance(form, dict) else "PCMU",
        parameters,
    )


def _parameters(given: object) -> dict[str, str]:
    """Plivo writes its headers as `{X-PH-campaign: demo}` text, the others as an object."""
    if isinstance(given, str):
        pairs = (item.partition(":")[::2] for item in given.strip("{} ").split(","))
        given = {key: value.strip() for key, value in pairs}
    if not isinstance(given, dict):
        return {}
    return {
        str(key).strip(" \"'").lower().removeprefix("x-ph-"): value.strip(" \"'")
        for key, value in given.items()
        if isinstance(value, str)
    }


class MediaLine(SocketLine):
    """A call whose audio a carrier streams to us; closing the socket hangs up."""

    transport = "media"
    component = "trunk"

    def __init__(self, websocket: Any, provider: str, start: StreamStart, price: str) -> None:
        super().__init__(websocket, _serializer(provider, start), rate=MEDIA_RATE, provider=price)


def _serializer(provider: str, start: StreamStart) -> FrameSerializer:
    # Hanging up by the provider's own HTTP interface would need the account's keys here.
    if provider == "twilio":
        return TwilioFrameSerializer(
            start.stream_id, params=TwilioFrameSerializer.InputParams(auto_hang_up=False)
        )
    if provider == "plivo":
        return PlivoFrameSerializer(
            start.stream_id, params=PlivoFrameSerializer.InputParams(auto_hang_up=False)
        )
    return TelnyxFrameSerializer(
        start.stream_id,
        outbound_encoding=start.encoding,
        inbound_encoding=start.encoding,
        params=TelnyxFrameSerializer.InputParams(auto_hang_up=False),
    )
