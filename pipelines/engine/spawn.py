"""How an engine's processes come to life: each as a program of its own, or forked from one.

Either way the worker gets a process it can kill and wait for, and talks to it over a socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from typing import Protocol

ENVIRONMENT = {
    # The products outside the models are small: more BLAS threads only spin beside the model's.
    "OPENBLAS_NUM_THREADS": "1",
    # Threads of the tokenizer would not live through a fork.
    "TOKENIZERS_PARALLELISM": "false",
    # glibc would keep a heap for each thread,
    "MALLOC_ARENA_MAX": "2",
    # and give large pieces back at once, only to fetch and clear them again for the next sentence.
    # What is not needed for seconds is given back by the engine itself.
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(128 << 20),
}


class Process(Protocol):
    """A process that was started."""

    def born(self, pid: int) -> None:
        """It has said who it is."""
        ...

    def kill(self) -> None: ...

    async def wait(self) -> None:
        """Returns when it is gone."""
        ...


class Spawner(Protocol):
    async def spawn(self, line: socket.socket) -> Process:
        """A process that talks over `line`."""
        ...

    async def stop(self) -> None:
        """Forget what is kept for spawning; the next `spawn` begins anew."""
        ...


async def _run(module: str, line: socket.socket, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, "--fd", str(line.fileno()), *arguments,
        pass_fds=(line.fileno(),),
        env={**os.environ, **ENVIRONMENT},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=None,
    )  # fmt: skip


class _Program:
    """A child of ours."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def born(self, pid: int) -> None:
        pass

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def wait(self) -> None:
        await self._process.wait()


class Programs:
    """Every process is a program started for it."""

    def __init__(self, module: str) -> None:
        self._module = module

    async def spawn(self, line: socket.socket) -> Process:
        return _Program(await _run(self._module, line))

    async def stop(self) -> None:
        pass


class _Forked:
    """A child of the template; before it is born, closing its line ends it."""

    def __init__(self) -> None:
        self._pidfd: int | None = None

    def born(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._pidfd = os.pidfd_open(pid)

    def kill(self) -> None:
        if self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    async def wait(self) -> None:
        if self._pidfd is None:
            return
        loop = asyncio.get_running_loop()
        gone = asyncio.Event()
        # Readable once the process has ended (pidfd_open(2)).
        loop.add_reader(self._pidfd, gone.set)
        try:
            await gone.wait()
        finally:
            loop.remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = None


class Forks:
    """One program gets ready what all can share, and forks: see `process.serve`."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._template: asyncio.subprocess.Process | None = None
        self._control: socket.socket | None = None
        self._starting = asyncio.Lock()

    async def spawn(self, line: socket.socket) -> Process:
        async with self._starting:
            if self._template is None or self._template.returncode is not None:
                await self._start()
            assert self._control is not None
            try:
                socket.send_fds(self._control, [b"f"], [line.fileno()])
            except OSError:
                await self._start()
                socket.send_fds(self._control, [b"f"], [line.fileno()])
        return _Forked()

    async def _start(self) -> None:
        await self.stop()
        self._control, theirs = socket.socketpair()
        self._control.setblocking(False)
        with theirs:
            self._template = await _run(self._module, theirs, "--fork")

    async def stop(self) -> None:
        if self._control:
            self._control.close()
            self._control = None
        if self._template:
            with contextlib.suppress(ProcessLookupError):
                self._template.kill()
            await self._template.wait()
            self._template = None
