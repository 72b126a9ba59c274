"""The engine's side: one thread reads requests, one shows signs of life, the main thread works.

An engine is a callable `handle(op, args)` returning a dict, or an iterator of dicts of which the
last one is the final value. It runs one request at a time, so libraries that are not thread-safe
(espeak inside Piper) are safe here.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import queue
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from pipelines.engine import wire

Handler = Callable[[str, dict[str, Any]], "dict[str, Any] | Iterator[dict[str, Any]]"]

BEAT_SECONDS = 0.15


class _Line:
    """The socket to the worker, shared by the thread that works and the one that beats."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self.requests: queue.SimpleQueue[wire.Request] = queue.SimpleQueue()
        self.cancelled: set[int] = set()

    def send(self, message: wire.FromEngine) -> None:
        with self._sending:
            self._connection.sendall(wire.frame(message))

    def _receive(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            part = self._connection.recv(count - len(parts))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    def read_forever(self) -> None:
        try:
            while True:
                (length,) = wire.HEADER.unpack(self._receive(wire.HEADER.size))
                message = wire.to_engine_decoder.decode(self._receive(length))
                if isinstance(message, wire.Cancel):
                    self.cancelled.add(message.id)
                else:
                    for request in message.requests:
                        self.requests.put(request)
        except (EOFError, OSError):
            # The worker is gone, whatever is being worked on: nobody is left to hear the answer.
            os._exit(0)

    def beat_forever(self) -> None:
        try:
            while True:
                self.send(wire.Beat(time.process_time()))
                time.sleep(BEAT_SECONDS)
        except OSError:
            os._exit(0)


def _answer(request: wire.Request, handle: Handler, line: _Line) -> Iterator[wire.FromEngine]:
    started = time.process_time()
    try:
        result = handle(request.op, request.args)
        final: dict[str, Any] | None = None
        if isinstance(result, dict):
            final = result
        else:
            for value in result:
                if request.id in line.cancelled:
                    break
                if final is not None:
                    yield wire.Item(request.id, final)
                final = value
        yield wire.Done(request.id, final or {}, time.process_time() - started)
    except Exception as error:
        # The request's own fault or the model's: the worker decides, the engine lives on.
        yield wire.Failed(request.id, f"{type(error).__name__}: {error}")


def _stand_back(nice: int) -> None:
    """Lower the priority of every thread; Linux keeps one for each, `os.nice` sets one."""
    for thread in (
        os.listdir("/proc/self/task") if nice and os.path.isdir("/proc/self/task") else ()
    ):
        os.setpriority(os.PRIO_PROCESS, int(thread), nice)


def _give_back_memory() -> None:
    """Return what loading needed for a moment: tens of megabytes that glibc would keep."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def serve(load: Callable[[dict[str, Any]], Handler]) -> None:
    """Run an engine program: load the model, announce it, answer until the worker goes away.

    Arguments on the command line: `--fd N` the inherited socket, `--options JSON` for `load`,
    `--nice N` how far to stand back behind the process that paces audio.
    """
    parser = argparse.ArgumentParser(description=load.__doc__)
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--options", type=json.loads, default={})
    parser.add_argument("--nice", type=int, default=0)
    arguments = parser.parse_args()
    # Ctrl-C reaches the whole process group; the worker stops its engines itself, in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = _Line(socket.socket(fileno=arguments.fd))
    started = time.monotonic()
    handle = load(arguments.options)
    _give_back_memory()
    # Loading is not held back: a caller may be waiting for a replacement.
    _stand_back(arguments.nice)
    line.send(wire.Ready(time.monotonic() - started))
    for work in (line.read_forever, line.beat_forever):
        threading.Thread(target=work, daemon=True).start()
    while True:
        request = line.requests.get()
        try:
            for message in _answer(request, handle, line):
                line.send(message)
        except OSError:
            sys.exit(0)
        finally:
            line.cancelled.discard(request.id)
