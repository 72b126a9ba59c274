"""Engines for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pipelines.engine.client import Engine

TEXT = "We install everywhere in Oregon and Washington."


@asynccontextmanager
async def running(engine: Engine) -> AsyncIterator[Engine]:
    """The engine, started; stopped in the end."""
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()


async def speak(engine: Engine, text: str, rate: int = 16_000) -> bytes:
    pieces = [
        value["pcm"] async for value, _ in engine.stream("speak", {"text": text, "rate": rate})
    ]
    return b"".join(pieces)
