"""What a caller of the load test hears, and what it makes of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from voice_worker.client import RATE
from voice_worker.loadtest import Ear, Waits, run, without_edges


def tone(seconds: float) -> bytes:
    return (3000 * np.sin(np.arange(round(RATE * seconds)))).astype("<i2").tobytes()


def silence(seconds: float) -> bytes:
    return bytes(2 * round(RATE * seconds))


def test_a_turn_begins_and_ends_with_sound() -> None:
    turn = silence(0.5) + tone(1.0) + silence(0.3) + tone(0.2) + silence(0.8)
    assert without_edges(turn) == tone(1.0) + silence(0.3) + tone(0.2)
    assert without_edges(silence(1.0)) == b"" and without_edges(b"") == b""


def test_sound_is_heard_when_it_comes_or_after_what_came_before() -> None:
    now = 10.0
    ear = Ear(lambda: now)
    ear.hear(silence(0.2) + tone(0.5))  # 10.2 to 10.7
    now = 10.3
    ear.hear(tone(0.5))  # waits for the first: 10.7 to 11.2
    assert ear.first_sound(10.0) == 10.2
    assert round(ear.sounding_seconds(10.0, 12.0), 2) == 1.0
    now = 13.0
    ear.hear(silence(0.25) + tone(0.1))
    assert ear.first_sound(11.5) == 13.25
    ear.forget()
    assert ear.first_sound(0.0) is None


def test_who_was_not_answered_has_no_wait() -> None:
    assert Waits().percentile(0.95) is None
    assert Waits(seconds=[0.2, 0.4, 0.3]).percentile(0.5) == 0.3


@contextmanager
def full_worker(retry_after: list[str]) -> Iterator[str]:
    """Its address: it refuses each call, and says in turn when to call again, or nothing."""

    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(503)
            if wait := retry_after.pop(0):
                self.send_header("Retry-After", wait)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


@pytest.mark.parametrize(
    ("retry_after", "redial_seconds", "redialled"),
    [(["0", "0", ""], 3600, 2), (["1"], 0, 0), ([""], 3600, 0)],
)
async def test_who_is_turned_away_calls_again_when_they_are_told_to(
    retry_after: list[str], redial_seconds: float, redialled: int
) -> None:
    with full_worker(retry_after) as url:
        waits = await run(url, "demo", [tone(0.1)], calls=1, turns=1, redial_seconds=redial_seconds)
    assert (waits.calls, waits.refused, waits.redialled) == (0, 1, redialled)
    assert not retry_after
