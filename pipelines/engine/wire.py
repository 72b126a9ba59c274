"""How the worker and an engine talk: length-prefixed MessagePack over one Unix socket.

    worker -> engine   Request(id, op, args, priority) ... Cancel(id)
    engine -> worker   Ready | Item(id, value)* then Done(id, value) or Failed(id, message)

A request is answered by any number of items and exactly one `Done` or `Failed`; a cancelled one by
nothing the worker still cares about.
"""

from __future__ import annotations

import struct
from typing import Any

import msgspec

HEADER = struct.Struct(">I")
MAX_FRAME_BYTES = 64 << 20
"""Far above the longest turn (25 s of 16 kHz PCM is 0.8 MB): a larger frame is a broken peer."""


class Request(msgspec.Struct, tag="request", frozen=True):
    id: int
    op: str
    args: dict[str, Any]
    priority: int


class Cancel(msgspec.Struct, tag="cancel", frozen=True):
    id: int


class Ready(msgspec.Struct, tag="ready", frozen=True):
    """The engine has loaded and warmed its model."""

    load_seconds: float


class Item(msgspec.Struct, tag="item", frozen=True):
    id: int
    value: dict[str, Any]


class Done(msgspec.Struct, tag="done", frozen=True):
    id: int
    value: dict[str, Any]
    cpu_seconds: float
    """Processor time this request took in the engine, for the books."""


class Failed(msgspec.Struct, tag="failed", frozen=True):
    id: int
    message: str


ToEngine = Request | Cancel
FromEngine = Ready | Item | Done | Failed

_encoder = msgspec.msgpack.Encoder()
to_engine_decoder = msgspec.msgpack.Decoder(ToEngine)
from_engine_decoder = msgspec.msgpack.Decoder(FromEngine)


def frame(message: ToEngine | FromEngine) -> bytes:
    """The bytes of one message, header included."""
    body = _encoder.encode(message)
    return HEADER.pack(len(body)) + body
