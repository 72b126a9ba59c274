"""The engine's side: one thread reads requests, one shows signs of life, the main thread works.

An engine is a callable `handle(op, args)` returning a dict, or an iterator of dicts of which the
last one is the final value. It runs one request at a time, so libraries that are not thread-safe
(espeak inside Piper) are safe here.

A program started with `--fork` does no work itself: it gets ready what all processes of this engine
can share (`prepare`) and forks one for each socket it is handed. They load only what is their own,
so a replacement is there in a fraction of the time, and the rest is in memory once.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import gc
import os
import queue
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from config.errors import ConfigError
from pipelines.engine import wire

Handler = Callable[[str, dict[str, Any]], "dict[str, Any] | Iterator[dict[str, Any]]"]

BEAT_SECONDS = 0.15
IDLE_BEAT_SECONDS = 0.5
"""Without work nobody waits, and waking up is most of what an idle worker uses."""
IDLE_SECONDS = 2.0
"""Without a request for this long, memory that requests needed is given back."""
REST_SECONDS = 120.0
"""And after this much longer what only some requests need."""
MOST_SPARE_BYTES = 48 << 20
"""More than this above what is kept was for a rare long request, and is given back after it; the
others find again what they need, which costs a tenth of their time."""
_at_rest: list[Callable[[], None]] = []


def when_resting(give_back: Callable[[], None]) -> None:
    """Have `give_back` called when no request has come for `REST_SECONDS`."""
    _at_rest.append(give_back)


def rest() -> None:
    """Give back what only some requests need."""
    for give_back in _at_rest:
        give_back()


class _Steps:
    """How far the work is, for the thread that shows signs of life."""

    number = 0
    allowed_seconds = 0.0
    withdrawn: Callable[[], bool] = staticmethod(lambda: False)
    """True when nobody waits for the answer any more."""


class _Withdrawn(Exception):
    """The work is given up: nobody waits for its answer."""


def progress(allow_seconds: float = 0.0) -> None:
    """Say that the work goes on: a step is done, another begins.

    The process is replaced when a step takes longer than one usually may; `allow_seconds` is for
    steps that are known to be longer. A request that was withdrawn ends here: most that are made in
    a caller's pause are, and what is left of them would keep the next one waiting.
    """
    if _Steps.withdrawn():
        raise _Withdrawn
    _Steps.number += 1
    _Steps.allowed_seconds = allow_seconds


class _Line:
    """The socket to the worker, shared by the thread that works and the one that beats."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self.requests: queue.SimpleQueue[wire.Request] = queue.SimpleQueue()
        self.cancelled: set[int] = set()
        self.working = threading.Event()

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

    def read(self) -> wire.ToEngine:
        (length,) = wire.HEADER.unpack(self._receive(wire.HEADER.size))
        message: wire.ToEngine = wire.to_engine_decoder.decode(self._receive(length))
        return message

    def read_forever(self) -> None:
        try:
            while True:
                message = self.read()
                if isinstance(message, wire.Cancel):
                    self.cancelled.add(message.id)
                elif isinstance(message, wire.Work):
                    for request in message.requests:
                        self.requests.put(request)
        except (EOFError, OSError):
            # The worker is gone, whatever is being worked on: nobody is left to hear the answer.
            os._exit(0)

    def beat_forever(self) -> None:
        try:
            while True:
                self.send(wire.Beat(time.process_time(), _Steps.number, _Steps.allowed_seconds))
                if self.working.is_set():
                    time.sleep(BEAT_SECONDS)
                else:
                    self.working.wait(IDLE_BEAT_SECONDS)
        except OSError:
            os._exit(0)

    def next_request(self, memory: _Memory) -> wire.Request:
        with contextlib.suppress(queue.Empty):
            return self.requests.get(timeout=IDLE_SECONDS)
        memory.give_back()
        with contextlib.suppress(queue.Empty):
            return self.requests.get(timeout=REST_SECONDS)
        rest()
        memory.give_back()
        return self.requests.get()


def _answer(request: wire.Request, handle: Handler, line: _Line) -> Iterator[wire.FromEngine]:
    started = time.process_time()
    _Steps.withdrawn = lambda: request.id in line.cancelled
    try:
        progress()
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
    except _Withdrawn:
        yield wire.Done(request.id, {}, time.process_time() - started)
    except Exception as error:
        # The request's own fault or the model's: the worker decides, the engine lives on.
        yield wire.Failed(request.id, f"{type(error).__name__}: {error}")


def _stand_back(nice: int) -> None:
    """Lower the priority of every thread; Linux keeps one for each, `os.nice` sets one."""
    for thread in (
        os.listdir("/proc/self/task") if nice and os.path.isdir("/proc/self/task") else ()
    ):
        os.setpriority(os.PRIO_PROCESS, int(thread), nice)


class _Memory:
    """Returns what was needed for a moment: tens of megabytes that glibc would keep."""

    def __init__(self) -> None:
        self._kept_bytes = 0
        self.give_back()

    def give_back(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
        self._kept_bytes = self._resident_bytes()

    def bound(self) -> None:
        """Give back what a long request needed."""
        if self._resident_bytes() - self._kept_bytes > MOST_SPARE_BYTES:
            self.give_back()

    def _resident_bytes(self) -> int:
        try:
            with open("/proc/self/statm") as facts:
                return int(facts.read().split()[1]) * resource.getpagesize()
        except OSError:
            return 0


def _work(connection: socket.socket, load: Callable[[dict[str, Any]], Handler]) -> None:
    """Answer what comes over `connection`, until the worker goes away."""
    line = _Line(connection)
    try:
        line.send(wire.Born(os.getpid()))
        start = line.read()
    except (EOFError, OSError):
        sys.exit(0)
    assert isinstance(start, wire.Start), start
    started = time.monotonic()
    try:
        handle = load(start.options)
    except ConfigError as error:
        sys.exit(str(error))
    except Exception as error:
        # A file that is cut short or none of its kind: what a library says of it is all there is.
        model = start.options.get("model")
        sys.exit(f"{model} can't be loaded ({type(error).__name__}: {error}).")
    memory = _Memory()
    # Loading is not held back: a caller may be waiting for a replacement.
    _stand_back(start.nice)
    try:
        line.send(wire.Ready(time.monotonic() - started))
    except OSError:
        sys.exit(0)
    for work in (line.read_forever, line.beat_forever):
        threading.Thread(target=work, daemon=True).start()
    while True:
        request = line.next_request(memory)
        line.working.set()
        try:
            for message in _answer(request, handle, line):
                line.send(message)
        except OSError:
            sys.exit(0)
        finally:
            line.cancelled.discard(request.id)
            line.working.clear()
        memory.bound()


def _fork_forever(control: socket.socket, load: Callable[[dict[str, Any]], Handler]) -> None:
    """Fork a process for every socket that is handed over, until the worker goes away."""
    # Nobody waits for the processes here: the kernel takes them away.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # What is there now stays; the collector must not touch, and so copy, every page of it.
    gc.freeze()
    while True:
        _, handed, _, _ = socket.recv_fds(control, 1, 1)
        if not handed:
            return
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            control.close()
            _work(socket.socket(fileno=handed[0]), load)
        os.close(handed[0])


def serve(
    load: Callable[[dict[str, Any]], Handler], prepare: Callable[[], None] = lambda: None
) -> None:
    """Run an engine program: load the model, announce it, answer until the worker goes away.

    `prepare` gets ready, without starting a thread, what processes can share. On the command line
    stands `--fd N`, the inherited socket, and `--fork` when sockets are to come over it.
    """
    parser = argparse.ArgumentParser(description=load.__doc__)
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--fork", action="store_true")
    arguments = parser.parse_args()
    # Ctrl-C reaches the whole process group; the worker stops its engines itself, in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = socket.socket(fileno=arguments.fd)
    prepare()
    if arguments.fork:
        _fork_forever(connection, load)
    else:
        _work(connection, load)
