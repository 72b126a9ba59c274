"""The sound of one text, usable while it is still being made."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from pipelines.engine.client import Priority
from pipelines.errors import PipelineError
from pipelines.prompt_cache import Words
from pipelines.speech import Manner, SpeechPiece, Synthesiser

log = logging.getLogger(__name__)

MOST_PREPARED = 6
"""Renditions prepared and not used yet; more are guesses about guesses."""

Spawn = Callable[[Coroutine[Any, Any, None], str], "asyncio.Task[None]"]
OnMade = Callable[[SpeechPiece], None]


class Rendition:
    """PCM that grows until `done`. Times are those of the loop, 0 when it has not happened."""

    def __init__(self, speech: str) -> None:
        self.speech = speech
        self.pcm = bytearray()
        self.words: Words = ()
        self.done = False
        self.error: PipelineError | None = None
        self.begun_at = 0.0
        """First sample made."""
        self._grown = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    @property
    def started(self) -> bool:
        """True once any of it was made."""
        return bool(self.pcm) or self.done

    def add(self, piece: SpeechPiece, now: float) -> None:
        """More of it was made."""
        self.words += piece.words
        if piece.pcm:
            self.begun_at = self.begun_at or now
            self.pcm += piece.pcm
            self._grown.set()

    def finish(self, error: PipelineError | None = None) -> None:
        """Nothing more will come."""
        self.error = error
        self.done = True
        self._grown.set()

    async def reach(self, size: int) -> bool:
        """Wait until there are `size` bytes; False when it ended before."""
        while len(self.pcm) < size and not self.done:
            self._grown.clear()
            await self._grown.wait()
        return len(self.pcm) >= size


class Studio:
    """Makes a call's renditions, ahead of time where the text can be foreseen."""

    def __init__(
        self,
        *,
        synthesiser: Synthesiser,
        manner: Manner,
        rate: int,
        spawn: Spawn,
        on_made: OnMade,
        call: str = "",
    ) -> None:
        self._synthesiser = synthesiser
        self._manner = manner
        self._rate = rate
        self._spawn = spawn
        self._on_made = on_made
        self._call = call
        self._prepared: dict[tuple[str, bool, str], Rendition] = {}

    def prepare(self, speech: str, *, cacheable: bool, language: str) -> None:
        """Begin to make what will probably be said soon."""
        key = (speech, cacheable, language)
        if key in self._prepared:
            return
        while len(self._prepared) >= MOST_PREPARED:
            self.cancel(self._prepared.pop(next(iter(self._prepared))))
        self._prepared[key] = self._make(*key, Priority.SPECULATIVE)

    def take(self, speech: str, *, cacheable: bool, language: str) -> Rendition:
        """The sound of what is said now: the prepared one where there is one."""
        key = (speech, cacheable, language)
        ready = self._prepared.pop(key, None)
        if ready and ready.started and not ready.error:
            return ready
        if ready:
            # Still in line as a guess, or failed as one: ask again, as what it is now.
            self.cancel(ready)
        return self._make(*key, Priority.SPEECH)

    def forget(self) -> None:
        """What was prepared will not be needed."""
        for rendition in self._prepared.values():
            self.cancel(rendition)
        self._prepared.clear()

    @staticmethod
    def cancel(rendition: Rendition) -> None:
        """Stop making it."""
        if rendition.task and not rendition.done:
            rendition.task.cancel()
        rendition.finish(rendition.error)

    def _make(self, speech: str, cacheable: bool, language: str, priority: Priority) -> Rendition:
        rendition = Rendition(speech)
        manner = replace(self._manner, language=language)
        rendition.task = self._spawn(self._fill(rendition, cacheable, manner, priority), "render")
        return rendition

    async def _fill(
        self, rendition: Rendition, cacheable: bool, manner: Manner, priority: Priority
    ) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with aclosing(
                self._synthesiser.speak(
                    rendition.speech,
                    manner=manner,
                    rate=self._rate,
                    cacheable=cacheable,
                    priority=priority,
                    call=self._call,
                )
            ) as pieces:
                async for piece in pieces:
                    rendition.add(piece, loop.time())
                    self._on_made(piece)
        except PipelineError as error:
            log.error("synthesis failed: %s", error, extra={"action": "synthesis_failed"})
            rendition.finish(error)
        else:
            rendition.finish()
