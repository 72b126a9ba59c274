"""The engine's side: the main thread reads requests, one shows signs of life, others work.

An engine is a callable `handle(op, args)` returning a dict, or an iterator of dicts of which the
last one is the final value. It runs one request at a time, so libraries that are not thread-safe
(espeak inside Piper) are safe here. One that is started for several at once has a thread for each:
its model is in memory once.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import queue
import resource
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from config.errors import ConfigError
from pipelines.engine import wire
from rag.errors import RagError

Handler = Callable[[str, dict[str, Any]], "dict[str, Any] | Iterator[dict[str, Any]]"]

BEAT_SECONDS = 0.15
IDLE_BEAT_SECONDS = 0.5
"""Without work nobody waits, and waking up is most of what an idle worker uses."""
IDLE_SECONDS = 2.0
"""Without a request for this long, memory that requests needed is given back."""
REST_SECONDS = 120.0
"""And after this long what only some requests need, too."""
MOST_SPARE_BYTES = 24 << 20
"""More than this above what an idle process keeps is given back after a request. Others find what
they need again, which costs them some milliseconds."""
_at_rest: list[Callable[[], None]] = []


def when_resting(give_back: Callable[[], None]) -> None:
    """Have `give_back` called when no request has come for `REST_SECONDS`."""
    _at_rest.append(give_back)


def rest() -> None:
    """Give back what only some requests need."""
    for give_back in _at_rest:
        give_back()


class _Withdrawn(Exception):
    """The work is given up: nobody waits for its answer."""


class _Task:
    """A request under way, and how far it is."""

    def __init__(self, request: wire.Request) -> None:
        self.request = request
        self.step = 0
        self.allowed_seconds = 0.0
        self.cpu_seconds = 0.0
        self.thread: _Clock | None = None
        """Of the thread that works on it, once one does."""
        self.in_model = False
        """That thread waits for the model's own."""
        self.withdrawn = False
        """Nobody waits for the answer any more."""


class _Clock:
    """Processor time of the thread that makes it, for others to read; none where the system has no
    such clock."""

    def __init__(self) -> None:
        of_thread = getattr(time, "pthread_getcpuclockid", None)
        self._clock = of_thread(threading.get_ident()) if of_thread else None
        self._read = self._now()

    def _now(self) -> float:
        return time.clock_gettime(self._clock) if self._clock is not None else 0.0

    def lap(self) -> float:
        """Seconds since the last lap."""
        before, self._read = self._read, self._now()
        return self._read - before


class _Here(threading.local):
    """What the present thread works on, and where that is written down."""

    task: _Task | None = None
    desk: _Desk | None = None


_here = _Here()


def progress(allow_seconds: float = 0.0) -> None:
    """Say that the work goes on: a step is done, another begins.

    The process is replaced when a step takes longer than one usually may; `allow_seconds` is for
    steps that are known to be longer. A request that was withdrawn ends here: most that are made in
    a caller's pause are, and what is left of them would keep the next one waiting.
    """
    task = _here.task
    if task is None:
        return
    if task.withdrawn:
        raise _Withdrawn
    task.allowed_seconds = allow_seconds
    task.step += 1


@contextlib.contextmanager
def in_model() -> Iterator[None]:
    """Say that the thread waits for threads of the model, which use the processor in its stead."""
    task, desk = _here.task, _here.desk
    if task is None or desk is None:
        yield
        return
    desk.enters_model(task, True)
    try:
        yield
    finally:
        desk.enters_model(task, False)


class _Desk:
    """The requests under way, and what each has used of the processor.

    What a request's own thread uses is its own. A model's threads don't tell for whom they work:
    what they use, and the rest of the process, is divided equally among the requests that are in
    the model, or among all when none is. The shares add up to the whole.
    """

    def __init__(self) -> None:
        self._tasks: dict[int, _Task] = {}
        self._lock = threading.Lock()
        self._divided = time.process_time()
        self.working = threading.Event()
        """Set while there is a request."""

    def _divide(self) -> None:
        now = time.process_time()
        rest, self._divided = now - self._divided, now
        tasks = list(self._tasks.values())
        for task in tasks:
            if task.thread:
                own = task.thread.lap()
                task.cpu_seconds += own
                rest -= own
        sharing = [task for task in tasks if task.in_model] or tasks
        for task in sharing:
            task.cpu_seconds += max(0.0, rest) / len(sharing)

    def begin(self, request: wire.Request) -> _Task:
        with self._lock:
            self._divide()
            task = self._tasks[request.id] = _Task(request)
            self.working.set()
            return task

    def take(self, task: _Task) -> None:
        """The present thread begins to work on it."""
        with self._lock:
            self._divide()
            task.thread = _Clock()

    def enters_model(self, task: _Task, enters: bool) -> None:
        with self._lock:
            self._divide()
            task.in_model = enters

    def end(self, task: _Task) -> None:
        with self._lock:
            self._divide()
            del self._tasks[task.request.id]
            if not self._tasks:
                self.working.clear()

    def withdraw(self, request_id: int) -> None:
        with self._lock:
            if request_id in self._tasks:
                self._tasks[request_id].withdrawn = True

    def steps(self) -> list[wire.Step]:
        """Where everybody is."""
        with self._lock:
            self._divide()
            return [
                wire.Step(number, task.step, task.allowed_seconds, task.cpu_seconds)
                for number, task in self._tasks.items()
            ]


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
        """For a process without work: what is left then is needed."""
        self._trim()
        self._kept_bytes = self._resident_bytes()

    def bound(self) -> None:
        """Give back what a request needed, when that was much; others may be under way."""
        if self._resident_bytes() - self._kept_bytes > MOST_SPARE_BYTES:
            self._trim()

    def _trim(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)

    def _resident_bytes(self) -> int:
        try:
            with open("/proc/self/statm") as facts:
                return int(facts.read().split()[1]) * resource.getpagesize()
        except OSError:
            return 0


class _Line:
    """The socket to the worker, and the threads that serve it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._tasks: queue.SimpleQueue[_Task] = queue.SimpleQueue()
        self._desk = _Desk()

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

    def serve(self, handle: Handler, at_once: int) -> NoReturn:
        """Answer what comes, so many requests at a time, until the worker goes away."""
        memory = _Memory()
        for _ in range(at_once):
            self._start(self._work_forever, handle, memory)
        self._start(self._beat_forever, memory)
        self._end_with(self._read_forever)

    def _start(self, work: Callable[..., NoReturn], *given: Any) -> None:
        threading.Thread(target=self._end_with, args=(work, *given), daemon=True).start()

    def _end_with(self, work: Callable[..., NoReturn], *given: Any) -> NoReturn:
        """The process ends when one of its threads does."""
        try:
            work(*given)
        except (EOFError, OSError):
            # The worker is gone, whatever is being worked on: nobody is left to hear the answer.
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)

    def _read_forever(self) -> NoReturn:
        while True:
            message = self.read()
            if isinstance(message, wire.Cancel):
                self._desk.withdraw(message.id)
            elif isinstance(message, wire.Work):
                for request in message.requests:
                    # At once, so that what is withdrawn the next moment is known.
                    self._tasks.put(self._desk.begin(request))

    def _beat_forever(self, memory: _Memory) -> NoReturn:
        worked = time.monotonic()
        given_back = 0
        while True:
            self.send(wire.Beat(self._desk.steps()))
            if self._desk.working.is_set():
                worked = time.monotonic()
                given_back = 0
                time.sleep(BEAT_SECONDS)
                continue
            idle_seconds = time.monotonic() - worked
            if given_back == 0 and idle_seconds > IDLE_SECONDS:
                memory.give_back()
                given_back = 1
            elif given_back == 1 and idle_seconds > REST_SECONDS:
                rest()
                memory.give_back()
                given_back = 2
            self._desk.working.wait(IDLE_BEAT_SECONDS)

    def _work_forever(self, handle: Handler, memory: _Memory) -> NoReturn:
        while True:
            for message in self._answer(self._tasks.get(), handle):
                self.send(message)
            memory.bound()

    def _answer(self, task: _Task, handle: Handler) -> Iterator[wire.FromEngine]:
        _here.task, _here.desk = task, self._desk
        self._desk.take(task)
        request = task.request
        final: dict[str, Any] | None = None
        fault = ""
        try:
            progress()
            result = handle(request.op, request.args)
            for value in (result,) if isinstance(result, dict) else result:
                if task.withdrawn:
                    break
                if final is not None:
                    yield wire.Item(request.id, final)
                final = value
        except _Withdrawn:
            pass
        except Exception as error:
            # The request's own fault or the model's: the worker decides, the engine lives on.
            fault = f"{type(error).__name__}: {error}"
        _here.task = None
        # Before the worker learns of it, which sends the next request at once.
        self._desk.end(task)
        if fault:
            yield wire.Failed(request.id, fault)
        else:
            yield wire.Done(request.id, final or {}, task.cpu_seconds)


def serve(load: Callable[[dict[str, Any]], Handler]) -> NoReturn:
    """Run an engine program: load the model, announce it, answer until the worker goes away.

    On the command line stands `--fd N`, the inherited socket to the worker. `load` is given the
    engine's options, and under `at_once` how many requests will be worked on at a time.
    """
    parser = argparse.ArgumentParser(description=load.__doc__)
    parser.add_argument("--fd", type=int, required=True)
    arguments = parser.parse_args()
    # Ctrl-C reaches the whole process group; the worker stops its engines itself, in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = _Line(socket.socket(fileno=arguments.fd))
    try:
        line.send(wire.Born(os.getpid()))
        start = line.read()
    except (EOFError, OSError):
        sys.exit(0)
    assert isinstance(start, wire.Start), start
    started = time.monotonic()
    try:
        handle = load(start.options | {"at_once": start.at_once})
    except (ConfigError, RagError) as error:
        sys.exit(str(error))
    except Exception as error:
        # A file that is cut short or none of its kind: what a library says of it is all there is.
        model = start.options.get("model")
        sys.exit(f"{model} can't be loaded ({type(error).__name__}: {error}).")
    # Loading is not held back: a caller may be waiting for a replacement.
    _stand_back(start.nice)
    try:
        line.send(wire.Ready(time.monotonic() - started))
    except OSError:
        sys.exit(0)
    line.serve(handle, start.at_once)
