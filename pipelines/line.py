"""A line: how one caller is connected, and what can be done with the connection."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import ClassVar, Literal

from pipecat.processors.frame_processor import FrameProcessor

from pipelines.errors import TransferFailed

CHUNK_MS = 20
"""Audio leaves in pieces of this length; an interruption is late by at most one of them."""


class Line(ABC):
    """What the pipeline needs from a transport.

    The whole call runs at the line's own rate: a detour over another would cost time and sound.
    """

    transport: ClassVar[Literal["web", "sip", "media"]]
    """What the record calls it."""
    component: ClassVar[Literal["transport", "trunk"]] = "transport"
    """What its minutes are in the books."""

    caller_ducks: ClassVar[bool] = False
    """True when the wire can tell the caller's side to turn its loudspeaker down."""

    def __init__(self, *, rate: int, provider: str) -> None:
        self.rate = rate
        """Samples a second, in both directions: 8000 or 16000."""
        self.provider = provider
        """Whose minutes they are: a key of the price sheet."""
        self.left = asyncio.Event()
        """Set when the caller is gone."""
        self.on_hold = False
        """True while the caller has put us on hold: nobody listens, and silence means nothing."""

    @abstractmethod
    def input(self) -> FrameProcessor:
        """Where the caller's audio and keys enter the pipeline."""

    @abstractmethod
    def output(self) -> FrameProcessor:
        """Where the agent's audio leaves it."""

    async def close(self) -> None:  # noqa: B027  # most lines are closed by their pipeline
        """The caller is gone: say why to the connection, if there is something to say."""

    async def transfer(self, target: str, mode: Literal["blind", "attended"]) -> None:
        """Connect the caller to somebody else and leave; returns when that has worked.

        Raises:
            TransferFailed: the caller is still here; says why.
        """
        raise TransferFailed(f"A {self.transport} call can't be transferred to {target}.")
