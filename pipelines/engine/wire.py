"""How the worker and an engine process talk: length-prefixed MessagePack over one Unix socket.

    worker -> engine   Start(options, nice, at_once), Work([Request(id, op, args)]) ... Cancel(id)
    engine -> worker   Born, Ready, Beat | Item(id, value)* then Done(id, value) or
                       Failed(id, message)

The worker sends no more than is worked on at once, so what waits can still be withdrawn. Each
request is answered by any number of items and exactly one `Done` or `Failed`; a cancelled one by
nothing the worker still cares about.
"""

from __future__ import annotations

import struct
from typing import Any

import msgspec

HEADER = struct.Struct(">I")
MAX_FRAME_BYTES = 64 << 20
"""Far above the longest turn (25 s of 16 kHz PCM is 0.8 MB): a larger frame is a broken peer."""


class Start(msgspec.Struct, tag="start", frozen=True):
    """What to load. Not an argument of the program: those are for all on the machine to read."""

    options: dict[str, Any]
    nice: int
    """How far to stand back behind the process that paces audio."""
    at_once: int
    """Requests to work on at a time."""


class Request(msgspec.Struct, frozen=True):
    id: int
    op: str
    args: dict[str, Any]


class Work(msgspec.Struct, tag="work", frozen=True):
    """Requests to be answered in any order; an engine that gains nothing takes them singly."""

    requests: list[Request]


class Cancel(msgspec.Struct, tag="cancel", frozen=True):
    id: int


class Born(msgspec.Struct, tag="born", frozen=True):
    """The first message: who answers."""

    pid: int


class Ready(msgspec.Struct, tag="ready", frozen=True):
    """The engine has loaded and warmed its model."""

    load_seconds: float


class Step(msgspec.Struct, frozen=True):
    """Where the work on a request is."""

    id: int
    number: int
    """Counts the steps of the work: another number is progress."""
    allowed_seconds: float
    """Processor time, or time without any, the present step may take; 0 is as long as usual."""
    cpu_seconds: float
    """Processor time the request has used, where several are worked on its share."""


class Beat(msgspec.Struct, tag="beat", frozen=True):
    """A sign of life, from a thread of its own."""

    steps: list[Step]


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


ToEngine = Start | Work | Cancel
FromEngine = Born | Ready | Beat | Item | Done | Failed

_encoder = msgspec.msgpack.Encoder()
to_engine_decoder = msgspec.msgpack.Decoder(ToEngine)
from_engine_decoder = msgspec.msgpack.Decoder(FromEngine)


def frame(message: ToEngine | FromEngine) -> bytes:
    """The bytes of one message, header included."""
    body = _encoder.encode(message)
    return HEADER.pack(len(body)) + body
