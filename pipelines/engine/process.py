"""The engine's side: one thread reads requests, the main thread works through them by priority.

An engine is a callable `handle(op, args)` returning a dict, or an iterator of dicts of which the
last one is the final value. It runs one request at a time, so libraries that are not thread-safe
(espeak inside Piper) are safe here.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from pipelines.engine import wire

Handler = Callable[[str, dict[str, Any]], "dict[str, Any] | Iterator[dict[str, Any]]"]


class _Inbox:
    """Requests in order of priority, then arrival; a cancelled request is never handed out."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, wire.Request]] = []
        self._condition = threading.Condition()
        self._cancelled: set[int] = set()
        self._known: set[int] = set()

    def put(self, request: wire.Request) -> None:
        with self._condition:
            self._known.add(request.id)
            heapq.heappush(self._heap, (request.priority, request.id, request))
            self._condition.notify()

    def cancel(self, request_id: int) -> None:
        with self._condition:
            if request_id in self._known:
                self._cancelled.add(request_id)

    def get(self) -> wire.Request:
        with self._condition:
            while True:
                while not self._heap:
                    self._condition.wait()
                _, _, request = heapq.heappop(self._heap)
                if request.id not in self._cancelled:
                    return request
                self._forget(request.id)

    def is_cancelled(self, request_id: int) -> bool:
        return request_id in self._cancelled

    def finished(self, request_id: int) -> None:
        with self._condition:
            self._forget(request_id)

    def _forget(self, request_id: int) -> None:
        self._cancelled.discard(request_id)
        self._known.discard(request_id)


def _read_exactly(connection: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(count - len(parts))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def _read_forever(connection: socket.socket, inbox: _Inbox) -> None:
    try:
        while True:
            (length,) = wire.HEADER.unpack(_read_exactly(connection, wire.HEADER.size))
            message = wire.to_engine_decoder.decode(_read_exactly(connection, length))
            if isinstance(message, wire.Cancel):
                inbox.cancel(message.id)
            else:
                inbox.put(message)
    except (EOFError, OSError):
        # The worker is gone, whatever is being worked on: nobody is left to hear the answer.
        os._exit(0)


def _answer(request: wire.Request, handle: Handler, inbox: _Inbox) -> Iterator[wire.FromEngine]:
    started = time.process_time()
    try:
        result = handle(request.op, request.args)
        final: dict[str, Any] | None = None
        if isinstance(result, dict):
            final = result
        else:
            for value in result:
                if inbox.is_cancelled(request.id):
                    return
                if final is not None:
                    yield wire.Item(request.id, final)
                final = value
        yield wire.Done(request.id, final or {}, time.process_time() - started)
    except Exception as error:
        # The request's own fault or the model's: the worker decides, the engine lives on.
        yield wire.Failed(request.id, f"{type(error).__name__}: {error}")


def serve(load: Callable[[dict[str, Any]], Handler]) -> None:
    """Run an engine program: load the model, announce it, answer until the worker goes away.

    Arguments on the command line: `--fd N` the inherited socket, `--options JSON` for `load`.
    """
    parser = argparse.ArgumentParser(description=load.__doc__)
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--options", type=json.loads, default={})
    arguments = parser.parse_args()
    # Ctrl-C reaches the whole process group; the worker stops its engines itself, in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = socket.socket(fileno=arguments.fd)
    started = time.monotonic()
    handle = load(arguments.options)
    inbox = _Inbox()
    connection.sendall(wire.frame(wire.Ready(time.monotonic() - started)))
    threading.Thread(target=_read_forever, args=(connection, inbox), daemon=True).start()
    while True:
        request = inbox.get()
        try:
            for message in _answer(request, handle, inbox):
                connection.sendall(wire.frame(message))
        except OSError:
            sys.exit(0)
        finally:
            inbox.finished(request.id)
