"""Synthesis as a call sees it: text in, PCM out, with the audio of fixed prompts kept on disk."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipelines.engine.client import Engine, Priority

MEMORY_BYTES = 32 << 20
"""Prompt audio kept in memory: about 17 minutes at 16 kHz."""


@dataclass(frozen=True)
class SpeechPiece:
    """A stretch of speech, 16-bit mono; CPU seconds stand on the last piece."""

    pcm: bytes
    cpu_seconds: float = 0.0


class Synthesiser(Protocol):
    def speak(
        self, text: str, *, rate: int, cacheable: bool, priority: Priority = Priority.SPEECH
    ) -> AsyncGenerator[SpeechPiece, None]:
        """Speak `text` at `rate` Hz, piece by piece as it is made."""
        ...


class PromptCache:
    """Audio by what makes it: voice, rate and text. Content-addressed, so never stale."""

    def __init__(self, folder: Path, voice: str) -> None:
        self._folder = folder
        self._voice = voice
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        folder.mkdir(parents=True, exist_ok=True)

    def _key(self, text: str, rate: int) -> str:
        return hashlib.sha256(f"{self._voice}\0{rate}\0{text}".encode()).hexdigest()

    def get(self, text: str, rate: int) -> bytes | None:
        key = self._key(text, rate)
        if (pcm := self._memory.get(key)) is not None:
            self._memory.move_to_end(key)
            return pcm
        path = self._folder / f"{key}.pcm"
        if not path.is_file():
            return None
        pcm = path.read_bytes()
        self._remember(key, pcm)
        return pcm

    def put(self, text: str, rate: int, pcm: bytes) -> None:
        key = self._key(text, rate)
        self._remember(key, pcm)
        partial = self._folder / f"{key}.partial"
        partial.write_bytes(pcm)
        partial.rename(self._folder / f"{key}.pcm")

    def _remember(self, key: str, pcm: bytes) -> None:
        self._memory[key] = pcm
        self._size += len(pcm)
        while self._size > MEMORY_BYTES:
            _, dropped = self._memory.popitem(last=False)
            self._size -= len(dropped)


class LocalSynthesiser:
    """Piper in its engine process, behind the prompt cache."""

    def __init__(self, engine: Engine, cache: PromptCache) -> None:
        self._engine = engine
        self._cache = cache

    async def speak(
        self, text: str, *, rate: int, cacheable: bool, priority: Priority = Priority.SPEECH
    ) -> AsyncGenerator[SpeechPiece, None]:
        if (kept := self._cache.get(text, rate)) is not None:
            yield SpeechPiece(kept)
            return
        made = bytearray()
        async with aclosing(
            self._engine.stream("speak", {"text": text, "rate": rate}, priority)
        ) as pieces:
            async for value, cpu_seconds in pieces:
                pcm = value.get("pcm", b"")
                made += pcm
                yield SpeechPiece(pcm, cpu_seconds)
        if cacheable and made:
            self._cache.put(text, rate, bytes(made))

    async def warm(self, texts: tuple[str, ...], rate: int) -> int:
        """Render prompts not in the cache yet; returns how many were made."""
        made = 0
        for text in texts:
            if await asyncio.to_thread(self._cache.get, text, rate) is None:
                async for _ in self.speak(
                    text, rate=rate, cacheable=True, priority=Priority.BACKGROUND
                ):
                    pass
                made += 1
        return made
