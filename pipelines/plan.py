"""What a call needs to know before it starts, and what it leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from uuid import UUID

from config import Settings
from flows import CallStarted, Flow
from pipelines.events import CallEvent
from pipelines.knowledge import Knowledge
from pipelines.recogniser import Recogniser
from pipelines.speech import Manner, Synthesiser
from pipelines.vad import SharedSilero


@dataclass(frozen=True)
class Engines:
    """What every call of a worker shares."""

    recogniser: Recogniser
    synthesiser: Synthesiser
    knowledge: Knowledge
    silero: SharedSilero


class Emit(Protocol):
    """Writes a call event to the journal; fills in account, call, sequence and time."""

    def __call__(self, event: type[CallEvent], /, *, offset_ms: int, **fields: Any) -> None: ...


Deliver = Callable[[UUID, str], Awaitable[str]]
"""Given a dispatch request's id and its target: "" once every integration has it, or why not."""


UntilClaimed = Callable[[UUID], Awaitable[str]]
"""Waits until somebody takes a hand-off, given its request's id; returns the number or address its
caller is to be connected to, or ""."""


async def nowhere(request_id: UUID, target: str) -> str:
    """For a worker without an outbox."""
    return "no integration is connected"


async def nobody(request_id: UUID) -> str:
    """For a worker without a record: nobody ever takes a hand-off."""
    never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    return await never


OnFault = Callable[[str, str], None]
"""Told the code and the message of what went wrong."""


class RemoteSynthesiser(Synthesiser, Protocol):
    async def close(self) -> None:
        """The call is over."""
        ...


class Recorder(Protocol):
    """Keeps a call's sound."""

    def add(self, side: str, pcm: bytes, offset_ms: int) -> None:
        """Audio of the `caller` or the `agent` at an offset into the call."""
        ...

    def close(self) -> None:
        """The call is over."""
        ...


@dataclass(frozen=True)
class CallPlan:
    """One call: who it belongs to, the flow version it keeps, and how to report."""

    call_id: UUID
    account_id: UUID
    flow: Flow
    start: CallStarted
    settings: Settings
    emit: Emit
    worker: str
    manner: Manner = field(default_factory=Manner)
    remote_voice: Callable[[OnFault], RemoteSynthesiser] | None = None
    """Makes the voice of a campaign that has chosen a remote one."""
    record: Callable[[int], Recorder] | None = None
    """Makes a recorder for audio at a rate; None when the call is not recorded."""
    on_active: Callable[[], None] = lambda: None
    before_end: Callable[[], None] = lambda: None
    """Called before the last event is emitted, for whatever must stand before it."""
    deliver: Deliver = nowhere
    until_claimed: UntilClaimed = nobody


@dataclass(frozen=True)
class CallResult:
    status: Literal["completed", "failed", "abandoned"]
    outcome: str
    duration_ms: int
