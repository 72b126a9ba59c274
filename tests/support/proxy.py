"""A server's socket behind one that answers late."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path


@contextlib.asynccontextmanager
async def slow_answers(server: Path, front: Path, *, seconds: float) -> AsyncIterator[None]:
    """Listen at `front`, pass everything on to `server`, hold each answer back for a while."""
    loop = asyncio.get_running_loop()
    open_pipes: set[asyncio.Task[None]] = set()

    async def take(
        reader: asyncio.StreamReader, due: asyncio.Queue[tuple[float, bytes]], delay: float
    ) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(1 << 16):
                due.put_nowait((loop.time() + delay, chunk))
        due.put_nowait((loop.time() + delay, b""))

    async def give(writer: asyncio.StreamWriter, due: asyncio.Queue[tuple[float, bytes]]) -> None:
        try:
            with contextlib.suppress(OSError):
                while True:
                    at, chunk = await due.get()
                    await asyncio.sleep(at - loop.time())
                    if not chunk:
                        return
                    writer.write(chunk)
                    await writer.drain()
        finally:
            writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await asyncio.open_unix_connection(server)
        for source, target, delay in (
            (reader, behind_writer, 0.0),
            (behind_reader, writer, seconds),
        ):
            due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
            for task in (
                asyncio.create_task(take(source, due, delay)),
                asyncio.create_task(give(target, due)),
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
