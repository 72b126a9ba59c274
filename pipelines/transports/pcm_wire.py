"""The pcm wire (docs/protocol.md): raw PCM in binary messages, JSON in text messages."""

from __future__ import annotations

import json
from typing import Any

from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InputDTMFFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    OutputTransportMessageFrame,
    OutputTransportMessageUrgentFrame,
)
from pipecat.serializers.base_serializer import FrameSerializer

from pipelines.errors import ProtocolViolation
from pipelines.frames import FieldEnteredFrame, HangUpFrame

RATE = 16_000
MAX_BINARY_BYTES = 64 << 10
MAX_TEXT_BYTES = 4 << 10
MAX_INPUT_CHARACTERS = 500
"""As for the fields a call may start with."""

CLOSE_INVALID_DATA = 1007
CLOSE_TOO_BIG = 1009


class PcmWireSerializer(FrameSerializer):
    """Frames to messages and back; a message the wire does not allow ends the call.

    pipecat logs what `deserialize` raises and goes on as if the client had left, so the violation
    is kept in `violation` for the one who closes the socket.
    """

    def __init__(self) -> None:
        super().__init__(name="pcm-wire")
        self.violation: ProtocolViolation | None = None

    async def serialize(self, frame: Frame) -> str | bytes | None:
        if isinstance(frame, OutputAudioRawFrame):
            return frame.audio
        if isinstance(frame, InterruptionFrame):
            return json.dumps({"type": "clear"})
        if isinstance(frame, (OutputTransportMessageFrame, OutputTransportMessageUrgentFrame)):
            return json.dumps(frame.message, ensure_ascii=False)
        return None

    async def deserialize(self, data: str | bytes) -> Frame | None:
        try:
            if isinstance(data, bytes):
                return _audio(data)
            return _message(data)
        except ProtocolViolation as violation:
            self.violation = violation
            raise


def _audio(data: bytes) -> Frame:
    if len(data) > MAX_BINARY_BYTES:
        raise ProtocolViolation(CLOSE_TOO_BIG, f"audio message over {MAX_BINARY_BYTES} bytes")
    if len(data) % 2:
        raise ProtocolViolation(CLOSE_INVALID_DATA, "audio message of an odd number of bytes")
    return InputAudioRawFrame(audio=data, sample_rate=RATE, num_channels=1)


def _message(data: str) -> Frame | None:
    if len(data.encode()) > MAX_TEXT_BYTES:
        raise ProtocolViolation(CLOSE_TOO_BIG, f"text message over {MAX_TEXT_BYTES} bytes")
    try:
        message: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ProtocolViolation(CLOSE_INVALID_DATA, "text message is not JSON") from error
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise ProtocolViolation(CLOSE_INVALID_DATA, "text message has no type")
    if message["type"] == "hangup":
        return HangUpFrame()
    if message["type"] == "key":
        try:
            return InputDTMFFrame(button=KeypadEntry(str(message.get("key"))))
        except ValueError as error:
            raise ProtocolViolation(CLOSE_INVALID_DATA, "no such key") from error
    if message["type"] == "input":
        field, value = message.get("field"), message.get("value")
        if not isinstance(field, str) or not isinstance(value, str):
            raise ProtocolViolation(CLOSE_INVALID_DATA, "input needs a field and a value")
        try:
            (field + value).encode()
        except UnicodeEncodeError as error:
            # Half a character, which JSON allows, could neither be recorded nor shown.
            raise ProtocolViolation(CLOSE_INVALID_DATA, "input is no Unicode text") from error
        return FieldEnteredFrame(field=field, value=value[:MAX_INPUT_CHARACTERS])
    return None
