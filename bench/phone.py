"""A caller with a virtual sound device: what is measured is what a person would have heard.

Audio that arrives is put where it would have sounded: at its arrival, or at the end of what was put
there before it. `clear` empties the device from that moment on, `duck` turns it down. The result
is the call's far end as one stretch of audio, in the same clock as the microphone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt
import websockets
from websockets.asyncio.client import ClientConnection

from voice_worker.audio import AUDIBLE, RATE, levels

CHUNK_MS = 32
"""As the page sends: docs/protocol.md."""
CHUNK = RATE * CHUNK_MS // 1000
ROOM_SECONDS = 20
ROOM_RMS = 12.0
"""The microphone's own noise between utterances, of 32767: -69 dBFS."""

Audio = npt.NDArray[np.int16]


class CallRefused(Exception):
    """The worker has no place for another call."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


@dataclass
class Device:
    """The loudspeaker. Positions are samples since the call was opened."""

    heard: npt.NDArray[np.float32] = field(
        default_factory=lambda: np.zeros(RATE * 60, dtype=np.float32)
    )
    end: int = 0
    clears: list[int] = field(default_factory=list)
    ducks: list[tuple[int, float]] = field(default_factory=list)

    def play(self, pcm: bytes, now: int) -> None:
        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32) / 32768
        begin = max(now, self.end)
        self.end = begin + len(samples)
        while self.end > len(self.heard):
            self.heard = np.concatenate([self.heard, np.zeros(RATE * 60, dtype=np.float32)])
        self.heard[begin : self.end] = samples

    def clear(self, now: int) -> None:
        self.clears.append(now)
        if now < self.end:
            self.heard[now : self.end] = 0
            self.end = now

    def duck(self, gain: float, now: int) -> None:
        self.ducks.append((now, gain))

    def as_heard(self) -> npt.NDArray[np.float32]:
        """Everything that sounded, ducking applied."""
        audio = self.heard[: self.end].copy()
        for number, (begin, gain) in enumerate(self.ducks):
            until = self.ducks[number + 1][0] if number + 1 < len(self.ducks) else len(audio)
            audio[begin:until] *= gain
        return audio

    def audible_until(self, now: int, within_seconds: float) -> bool:
        """True when something audible sounds between now - within and the end of the queue."""
        begin = max(0, now - round(within_seconds * RATE))
        if self.ducks and self.ducks[-1][1] == 0.0:
            return False
        part = self.heard[begin : self.end]
        return bool(len(part)) and bool(np.any(levels(part) > AUDIBLE))


@dataclass
class Mark:
    """One thing the caller did, as samples since the call was opened."""

    kind: str
    clip: str
    onset: int
    """First sample spoken."""
    end: int = 0
    """Last sample sent."""


class Phone:
    """One call. `open` it, `say` clips, then look at `device` and `marks`."""

    def __init__(
        self,
        through: Callable[[Audio], Audio],
        seed: int,
        room: npt.NDArray[np.float64] | None = None,
    ) -> None:
        """`through` is the line; `room` what the microphone picks up beside the voice, over and
        over (of 32767)."""
        self._through = through
        quiet = np.random.default_rng(seed).normal(0, ROOM_RMS, RATE * ROOM_SECONDS)
        self._room = quiet if room is None else room
        self.device = Device()
        self.marks: list[Mark] = []
        self.messages: list[tuple[int, dict[str, Any]]] = []
        self.over = asyncio.Event()
        self._socket: ClientConnection
        self._started = 0.0
        self._outgoing: list[Audio] = []
        self._spoken = asyncio.Event()

    def now(self) -> int:
        """Samples since the call was opened."""
        return round((asyncio.get_running_loop().time() - self._started) * RATE)

    @contextlib.asynccontextmanager
    async def open(self, url: str, campaign: str, name: str) -> AsyncIterator[Phone]:
        """Make a call and hold it open.

        Raises:
            CallRefused: there was no place.
        """
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            answer = await http.post(
                "/api/calls",
                json={"campaign": campaign, "consent": True, "fields": {"name": name}},
            )
        if answer.status_code != 201:
            raise CallRefused(answer.status_code, str(answer.json().get("code")))
        async with websockets.connect(
            answer.json()["ws_url"], max_size=1 << 20, compression=None
        ) as socket:
            self._socket = socket
            self._started = asyncio.get_running_loop().time()
            tasks = [asyncio.create_task(self._microphone()), asyncio.create_task(self._receive())]
            try:
                yield self
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                with contextlib.suppress(websockets.ConnectionClosed):
                    await socket.send(json.dumps({"type": "hangup"}))

    async def say(self, kind: str, clip: str, pcm: Audio) -> Mark:
        """Speak; returns when the last sample was sent, or the call is over."""
        audio = self._through(pcm)
        if not self.over.is_set():
            # Nobody would tell any more.
            self._spoken.clear()
        mark = Mark(kind, clip, onset=self.now())
        self._outgoing = [audio[begin : begin + CHUNK] for begin in range(0, len(audio), CHUNK)]
        self.marks.append(mark)
        await self._spoken.wait()
        # The last piece is filled up with the room's noise.
        mark.end = self.now() - (-len(audio)) % CHUNK
        return mark

    async def _microphone(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        sent = 0
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                due += CHUNK_MS / 1000
                await asyncio.sleep(max(0.0, due - loop.time()))
                room = self._room.take(range(sent, sent + CHUNK), mode="wrap")
                sent += CHUNK
                speaking = bool(self._outgoing)
                if speaking:
                    chunk = self._outgoing.pop(0)
                    room[: len(chunk)] += chunk
                await self._socket.send(np.clip(room, -32768, 32767).astype("<i2").tobytes())
                if speaking and not self._outgoing:
                    self._spoken.set()
        self.over.set()
        self._spoken.set()

    async def _receive(self) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for message in self._socket:
                now = self.now()
                if isinstance(message, bytes):
                    self.device.play(message, now)
                    continue
                content = json.loads(message)
                self.messages.append((now, content))
                if content["type"] == "clear":
                    self.device.clear(now)
                elif content["type"] == "duck":
                    self.device.duck(float(content["gain"]), now)
        self.over.set()

    async def quiet(self, seconds: float, *, within: float) -> bool:
        """Wait until the agent has been quiet for `seconds`; False when it did not happen."""
        return await self._until(lambda: not self.device.audible_until(self.now(), seconds), within)

    async def audible(self, since: int, *, within: float) -> bool:
        """Wait until the agent sounds after `since`; False when it did not happen."""

        def sounding() -> bool:
            part = self.device.heard[since : max(since, min(self.now(), self.device.end))]
            return bool(np.any(levels(part) > AUDIBLE))

        return await self._until(sounding, within)

    async def _until(self, condition: Callable[[], bool], within: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not self.over.is_set():
                    if condition():
                        return True
                    await asyncio.sleep(0.03)
        return False
