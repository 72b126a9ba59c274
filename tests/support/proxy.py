"""A server's socket behind one that answers late."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path


@contextlib.asynccontextmanager
async def slow_answers(server: Path, front: Path, *, seconds: float) -> AsyncIterator[None]:
    """Listen at `front`, pass everything on to `server`, hold each answer back for a while."""
    open_pipes: set[asyncio.Task[None]] = set()

    async def pipe(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float
    ) -> None:
        try:
            with contextlib.suppress(OSError):
                while chunk := await reader.read(1 << 16):
                    await asyncio.sleep(delay)
                    writer.write(chunk)
                    await writer.drain()
        finally:
            writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await asyncio.open_unix_connection(server)
        for task in (
            asyncio.create_task(pipe(reader, behind_writer, 0)),
            asyncio.create_task(pipe(behind_reader, writer, seconds)),
        ):
            open_pipes.add(task)
            task.add_done_callback(open_pipes.discard)

    listener = await asyncio.start_unix_server(connected, front)
    try:
        yield
    finally:
        listener.close()
        for task in list(open_pipes):
            task.cancel()
        await asyncio.gather(*open_pipes, return_exceptions=True)
        await asyncio.sleep(0)  # Closed writers let go of their sockets in the loop's next round.
