"""What a caller's telephone speaks, keys and hears: one call's audio in G.711, with its times."""

from __future__ import annotations

import asyncio
import random
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from voice_worker.sip.g711 import ulaw_decode, ulaw_encode

RATE = 8000
PACKET_SAMPLES = 160
PACKET_SECONDS = 0.02
EVENT_TYPE = 101
"""Payload type of keys (RFC 4733) in the offers made here."""


@dataclass(frozen=True)
class Packet:
    """A received RTP packet."""

    at: float
    """Monotonic seconds."""
    sequence: int
    type: int
    payload: bytes


class Datagrams(asyncio.DatagramProtocol):
    """Hands what comes to a function."""

    def __init__(self, received: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._received = received

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._received(data, addr)


@dataclass(kw_only=True)
class Handset:
    """The audio of one call."""

    packets: list[Packet] = field(default_factory=list)
    heard: bytearray = field(default_factory=bytearray)
    """All audio received, 16-bit at 8 kHz, end to end."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    muted: bool = False
    """Send nothing at all, as a phone does that has lost its network."""
    _outgoing: bytearray = field(default_factory=bytearray)
    _media: asyncio.DatagramTransport | None = None
    _media_peer: tuple[str, int] | None = None
    _sending: asyncio.Task[None] | None = None
    _sequence: int = field(default_factory=lambda: random.randrange(1 << 15))
    _timestamp: int = 0

    async def open_media(self, host: str) -> int:
        """A port for audio at a local address."""
        loop = asyncio.get_running_loop()
        self._media, _ = await loop.create_datagram_endpoint(
            lambda: Datagrams(self._on_rtp), local_addr=(host, 0)
        )
        return int(self._media.get_extra_info("sockname")[1])

    def start_media(self, sdp: str) -> None:
        """Send to where a session description says."""
        port = re.search(r"^m=audio (\d+)", sdp, re.M)
        host = re.search(r"^c=IN IP4 (\S+)", sdp, re.M)
        if port and host and int(port[1]):
            self._media_peer = (host[1], int(port[1]))
            if self._sending is None:
                self._sending = asyncio.create_task(self._send_forever())

    async def _send_forever(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            if not self.muted:
                size = 2 * PACKET_SAMPLES
                pcm = bytes(self._outgoing[:size])
                del self._outgoing[:size]
                pcm += bytes(size - len(pcm))
                self.put_on_the_wire(self.packet(0, ulaw_encode(np.frombuffer(pcm, dtype="<i2"))))
            self._timestamp += PACKET_SAMPLES
            due += PACKET_SECONDS
            await asyncio.sleep(max(0.0, due - loop.time()))

    def packet(self, kind: int, payload: bytes, *, timestamp: int | None = None) -> bytes:
        """The next packet of a payload type, not sent yet."""
        stamp = self._timestamp if timestamp is None else timestamp
        head = struct.pack(
            "!BBHII", 0x80, kind, self._sequence & 0xFFFF, stamp & 0xFFFFFFFF, 0x5109
        )
        self._sequence += 1
        return head + payload

    def put_on_the_wire(self, packet: bytes) -> None:
        """Send a packet to the other side."""
        if self._media is not None and self._media_peer is not None:
            self._media.sendto(packet, self._media_peer)

    def _on_rtp(self, data: bytes, _: tuple[str, int]) -> None:
        if len(data) < 12:
            return
        packet = Packet(
            asyncio.get_running_loop().time(),
            int.from_bytes(data[2:4], "big"),
            data[1] & 0x7F,
            data[12:],
        )
        self.packets.append(packet)
        if packet.type == 0:
            self.heard += ulaw_decode(packet.payload).astype("<i2").tobytes()

    async def say(self, pcm: bytes) -> None:
        """Speak 16-bit audio at 8 kHz; returns when the last sample has been sent."""
        self._outgoing += pcm
        for _ in range(len(pcm) // (2 * PACKET_SAMPLES) + 50):
            if not self._outgoing or self.ended.is_set():
                return
            await asyncio.sleep(PACKET_SECONDS)

    async def press(self, keys: str) -> None:
        """Press keys, as named events in the media (RFC 4733)."""
        for key in keys:
            code = "0123456789*#ABCD".index(key)
            start = self._timestamp
            for duration in range(160, 961, 160):
                event = struct.pack("!BBH", code, 10, duration)
                self.put_on_the_wire(self.packet(EVENT_TYPE, event, timestamp=start))
                await asyncio.sleep(PACKET_SECONDS)
            for _ in range(3):
                event = struct.pack("!BBH", code, 0x80 | 10, 960)
                self.put_on_the_wire(self.packet(EVENT_TYPE, event, timestamp=start))
            await asyncio.sleep(0.1)

    def loudness(self, seconds: float) -> float:
        """RMS (0..1) of the last seconds heard."""
        tail = np.frombuffer(bytes(self.heard[-int(2 * RATE * seconds) :]), dtype="<i2")
        return float(np.sqrt(np.mean((tail / 32768.0) ** 2))) if len(tail) else 0.0

    @property
    def media_port(self) -> int:
        return int(self._media.get_extra_info("sockname")[1]) if self._media else 9

    def close(self) -> None:
        """Stop sending and receiving."""
        if self._sending:
            self._sending.cancel()
        if self._media:
            self._media.close()
