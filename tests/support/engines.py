"""Engines for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pipelines.engine.client import Engine


@asynccontextmanager
async def running(engine: Engine) -> AsyncIterator[Engine]:
    """The engine, started; stopped in the end."""
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()
