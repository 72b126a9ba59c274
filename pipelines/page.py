"""What a caller's page is told besides the sound (docs/protocol.md); other lines ignore it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from pipecat.frames.frames import (
    Frame,
    OutputTransportMessageFrame,
    OutputTransportMessageUrgentFrame,
)

from flows import actions

_FAREWELLS = {
    "completed": "Thank you for calling.",
    "failed": "The call ended because something went wrong on our side.",
}


class Page:
    """Sends the messages of one call."""

    def __init__(self, push: Callable[[Frame], Awaitable[None]]) -> None:
        self._push = push
        self._state = ""

    async def show(self, state: Literal["speaking", "listening", "thinking"]) -> None:
        """What the agent does now; told when it changes."""
        if state != self._state:
            self._state = state
            await self._send({"type": "state", "state": state})

    async def caption(
        self, speaker: str, caption_id: str, text: str, *, heard: str | None = None
    ) -> None:
        """Words; with `heard`, how much of them was played before an interruption."""
        message: dict[str, Any] = {
            "type": "caption",
            "speaker": speaker,
            "id": caption_id,
            "text": text,
            "final": True,
        }
        if heard is not None:
            message["heard"] = heard
        await self._send(message)

    async def ask(self, action: actions.AskOnPage) -> None:
        """Show a text box for a field, or take it away."""
        message: dict[str, Any] = {"type": "ask", "field": action.field}
        if action.field is not None:
            message |= {"kind": action.kind, "label": action.label}
        await self._send(message)

    @staticmethod
    def farewell(status: Literal["completed", "failed"], outcome: str) -> Frame:
        """The last message; in line behind what is still to be said."""
        return OutputTransportMessageFrame(
            message={
                "type": "ended",
                "status": status,
                "outcome": outcome,
                "message": _FAREWELLS[status],
            }
        )

    async def _send(self, message: dict[str, Any]) -> None:
        await self._push(OutputTransportMessageUrgentFrame(message=message))
