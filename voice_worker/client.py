"""A caller that is a program: places a call as a browser would and replays audio as its turns."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import websockets
from websockets.asyncio.client import ClientConnection

from voice_worker.errors import VoiceWorkerError

RATE = 16_000
CLOSE_NORMAL = 1000
CHUNK_MS = 32
"""As the page sends: docs/protocol.md."""
CHUNK_BYTES = 2 * RATE * CHUNK_MS // 1000
PATIENCE_SECONDS = 60.0
"""How long a caller waits for the agent before it gives up; what it has to say first counts."""
SETTLE_SECONDS = 0.3
LEAVE_SECONDS = 10.0


class CallFailed(VoiceWorkerError):
    code = "call_failed"


class CallTurnedAway(CallFailed):
    """The worker is there and did not take the call."""

    code = "call_turned_away"

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
        """When to call again, as the worker says; None when it says nothing."""


@dataclass
class Conversation:
    """What the caller received."""

    call_id: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    heard: bytearray = field(default_factory=bytearray)
    """All audio received, end to end."""
    ended: dict[str, Any] | None = None
    close_code: int | None = None

    @property
    def cut(self) -> bool:
        """True when the line broke: neither side ended the call."""
        return self.ended is None and self.close_code != CLOSE_NORMAL


class Caller:
    """One call: `place` it, `say` audio and `wait_for_turn`, `hang_up` or `wait_for_end`."""

    def __init__(
        self,
        on_message: Callable[[dict[str, Any]], None] = lambda message: None,
        on_audio: Callable[[bytes], None] = lambda pcm: None,
    ) -> None:
        self.conversation = Conversation()
        self._on_message = on_message
        self._on_audio = on_audio
        self._socket: ClientConnection
        self._outgoing = bytearray()
        self._state = asyncio.Condition()
        self._agent_state = ""
        self._over = False

    @contextlib.asynccontextmanager
    async def place(self, url: str, campaign: str) -> AsyncIterator[Caller]:
        """Call a campaign of the worker at `url`.

        Raises:
            CallFailed: the worker is not there. CallTurnedAway: it refuses, with its reason.
        """
        async with httpx.AsyncClient(base_url=url, timeout=15) as http:
            try:
                answer = await http.post("/api/calls", json={"campaign": campaign, "consent": True})
            except httpx.HTTPError as error:
                raise CallFailed(
                    f"No worker answers at {url} ({error}). Start one with `make run`."
                ) from error
        if answer.status_code != 201:
            wait = answer.headers.get("retry-after")
            raise CallTurnedAway(
                f"The worker refused the call: {_reason(answer)}", float(wait) if wait else None
            )
        made = answer.json()
        self.conversation.call_id = made["call_id"]
        async with contextlib.AsyncExitStack() as line:
            try:
                socket = await line.enter_async_context(
                    websockets.connect(made["ws_url"], max_size=1 << 20)
                )
            except (OSError, websockets.InvalidHandshake) as error:
                raise CallFailed(
                    f"The worker took the call, but its WebSocket can't be opened ({error}). "
                    "Does a proxy between pass WebSockets on, and is server.public_url right?"
                ) from error
            self._socket = socket
            # No task group: it would wrap what goes wrong in the caller's own block.
            speaking = asyncio.create_task(self._speak())
            listening = asyncio.create_task(self._listen())
            try:
                yield self
            except BaseException:
                with contextlib.suppress(websockets.ConnectionClosed):
                    await self.hang_up()
                raise
            finally:
                speaking.cancel()
                await asyncio.wait({listening}, timeout=LEAVE_SECONDS)
                listening.cancel()
                outcomes = await asyncio.gather(speaking, listening, return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, Exception):
                    raise outcome

    async def say(self, pcm: bytes) -> None:
        """Speak; returns when the last sample has been sent."""
        self._outgoing += pcm
        async with self._state:
            await self._state.wait_for(lambda: self._over or not self._outgoing)

    async def press(self, keys: str) -> None:
        """Press keys."""
        for key in keys:
            await self._socket.send(json.dumps({"type": "key", "key": key}))

    async def wait_for_turn(self) -> bool:
        """Wait until the agent listens; False when the call ended instead."""
        await self.wait_until(lambda: self._agent_state == "listening")
        await asyncio.sleep(SETTLE_SECONDS)
        return not self._over

    async def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is true of what was received, or the call is over.

        Raises:
            CallFailed: neither came about within `PATIENCE_SECONDS`. So do all that wait.
        """
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._state:
                await self._state.wait_for(lambda: self._over or condition())
        except TimeoutError:
            raise CallFailed(f"The agent did not answer within {PATIENCE_SECONDS:.0f} s.") from None

    async def wait_for_reply(self) -> None:
        """Wait until the agent has taken notice of what was just said."""
        await self.wait_until(lambda: self._agent_state != "listening")

    async def wait_for_end(self) -> None:
        """Wait until the worker ends the call."""
        await self.wait_until(lambda: self._over)

    async def drop(self) -> None:
        """Lose the connection without a word, as a phone in a tunnel does."""
        self._socket.transport.abort()

    async def hang_up(self) -> None:
        """End the call from this side."""
        if not self._over:
            await self._socket.send(json.dumps({"type": "hangup"}))

    async def _speak(self) -> None:
        """Send audio in real time, silence included, as a microphone does."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                chunk = bytes(self._outgoing[:CHUNK_BYTES])
                if chunk:
                    del self._outgoing[:CHUNK_BYTES]
                    async with self._state:
                        self._state.notify_all()
                await self._socket.send(chunk + bytes(CHUNK_BYTES - len(chunk)))
                due += CHUNK_MS / 1000
                await asyncio.sleep(max(0.0, due - loop.time()))

    async def _listen(self) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for message in self._socket:
                if isinstance(message, bytes):
                    self.conversation.heard += message
                    self._on_audio(message)
                    async with self._state:
                        self._state.notify_all()
                else:
                    await self._receive(json.loads(message))
        self.conversation.close_code = self._socket.close_code
        async with self._state:
            self._over = True
            self._state.notify_all()

    async def _receive(self, message: dict[str, Any]) -> None:
        self.conversation.messages.append(message)
        self._on_message(message)
        async with self._state:
            if message["type"] == "state":
                self._agent_state = message["state"]
            elif message["type"] == "ended":
                self.conversation.ended = message
            self._state.notify_all()


async def replay(
    url: str,
    campaign: str,
    turns: Sequence[bytes],
    on_message: Callable[[dict[str, Any]], None] = lambda message: None,
) -> Conversation:
    """Call, say each turn when the agent listens, and stay to the end or hang up after the last."""
    caller = Caller(on_message)
    async with caller.place(url, campaign):
        for pcm in turns:
            if not await caller.wait_for_turn():
                break
            await caller.say(pcm)
            await caller.wait_for_reply()
        if await caller.wait_for_turn():
            await caller.hang_up()
    return caller.conversation


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError):
        return f"status {answer.status_code}"
