"""Running the worker: start it, say where it is, serve until asked to stop."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import logging
import signal
import socket

import uvicorn

from config import Settings
from voice_worker.address import line_url, qr_text, who_reaches_it
from voice_worker.app import Report, Worker
from voice_worker.demo import CAMPAIGN_SLUG
from voice_worker.errors import VoiceWorkerError
from voice_worker.web.server import build_server

M_ARENA_MAX = -8
"""mallopt(3): glibc keeps a heap for every thread unless it is told otherwise."""
REST_SECONDS = 20.0
"""How often a worker without a call gives back what calls and prompts needed."""


class PortInUse(VoiceWorkerError):
    code = "port_in_use"


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: the worker drains its calls first."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]  # uvicorn gives no type either
        yield


async def serve(settings: Settings, report: Report) -> None:
    """Serve until SIGINT or SIGTERM; a second one ends without waiting for calls.

    Raises:
        VoiceWorkerError: the worker can't start; says why.
    """
    listener = _listen(settings)
    worker = Worker(settings)
    stopping = asyncio.Event()
    serving: asyncio.Task[None] | None = None
    resting: asyncio.Task[None] | None = None
    loop = asyncio.get_running_loop()

    def on_signal() -> None:
        if stopping.is_set():
            worker.cut_calls()
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal)
    starting = asyncio.create_task(worker.start(report), name="start")
    stop_asked = asyncio.create_task(stopping.wait(), name="stop-asked")
    try:
        await asyncio.wait({starting, stop_asked}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            report("stopping")
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return
        await starting
        _settle_memory()
        server = _Server(
            uvicorn.Config(
                build_server(worker),
                log_config=None,
                access_log=False,
                ws_max_size=128 << 10,
                # Audio does not compress; trying to costs time and memory on every call.
                ws_per_message_deflate=False,
                ws_ping_interval=20,
                ws_ping_timeout=20,
                timeout_graceful_shutdown=2,
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[listener]), name="http")
        resting = asyncio.create_task(_rest(worker), name="rest")
        _announce(settings, report)
        await asyncio.wait({serving, stop_asked}, return_when=asyncio.FIRST_COMPLETED)
        report("stopping")
        await worker.drain(report)
        server.should_exit = True
        await serving
    finally:
        stop_asked.cancel()
        if resting:
            resting.cancel()
        await worker.stop()
        listener.close()
    report("stopped")


def _settle_memory() -> None:
    """What is loaded stays: give back what loading needed, and collect only what calls leave."""
    gc.collect()
    gc.freeze()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
    _give_back_memory()


def _give_back_memory() -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


async def _rest(worker: Worker) -> None:
    """Keep an idle worker small: glibc holds on to what was freed between live pieces."""
    while True:
        await asyncio.sleep(REST_SECONDS)
        if not worker.admission.active:
            _give_back_memory()


def _listen(settings: Settings) -> socket.socket:
    """Bind before anything is started: a taken port is known at once, not after the models."""
    server = settings.server
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((server.host, server.port))
    except OSError as error:
        listener.close()
        raise PortInUse(
            f"{server.host}:{server.port} can't be used ({error.strerror}). "
            "Choose another port with VOICE_WORKER_PORT, or another address with "
            "VOICE_WORKER__SERVER__HOST."
        ) from error
    return listener


def _announce(settings: Settings, report: Report) -> None:
    url = line_url(settings, CAMPAIGN_SLUG)
    report(f"\nCall it: {url}\n\n{qr_text(url)}\nCtrl-C stops the worker.")
    if hint := who_reaches_it(settings):
        report(hint)
    logging.getLogger(__name__).info("serving %s", url, extra={"action": "serving"})
