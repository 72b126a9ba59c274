"""A voice behind HTTP, through pipecat's own service: used while it works, else replaced."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipelines.prompt_cache import PromptCache
from pipelines.remote_voice import RemoteSynthesiser, RemoteVoice
from pipelines.speech import Manner, SpeechPiece
from tests.support.patience import PATIENCE_SECONDS

TEXT = "We are open all day. Come and see us."
REMOTE_LEVEL, LOCAL_LEVEL = 9000, 300


class SpeechServer:
    """Answers as OpenAI's speech endpoint does, or misbehaves."""

    def __init__(self) -> None:
        self.mode = "speak"
        self.asked = 0
        self.url = ""


@pytest.fixture
def server() -> Iterator[SpeechServer]:
    state = SpeechServer()
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            state.asked += 1
            tone = np.full(24_000, REMOTE_LEVEL, dtype="<i2").tobytes()
            body = {"garbage": b"<html>busy</html>", "nothing": b""}.get(state.mode, tone)
            if state.mode == "hang":
                over.wait(20)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(500 if state.mode == "refuse" else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    state.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}).start()
    yield state
    over.set()
    http.shutdown()
    http.server_close()


class LocalVoice:
    async def speak(self, text: str, *, rate: int, **_: Any) -> AsyncGenerator[SpeechPiece, None]:
        yield SpeechPiece(
            np.full(rate // 2, LOCAL_LEVEL, "<i2").tobytes(), ((len(text), rate // 2),)
        )


@pytest.fixture
async def made(
    server: SpeechServer, tmp_path: Path
) -> AsyncIterator[tuple[RemoteSynthesiser, list[str]]]:
    faults: list[str] = []
    voice = RemoteVoice(
        "openai",
        "pipecat.services.openai.tts.OpenAITTSService",
        {"api_key": "none", "base_url": server.url},
        {"voice": "alloy", "model": "tts-1"},
        first_audio_ms=1500,
    )
    synthesiser = RemoteSynthesiser(
        voice, LocalVoice(), PromptCache(tmp_path, max_bytes=1 << 24),  # type: ignore[arg-type]
        lambda code, message: faults.append(code),
    )  # fmt: skip
    yield synthesiser, faults
    await synthesiser.close()


async def speak(synthesiser: RemoteSynthesiser) -> tuple[np.ndarray, list[str], int]:
    pieces = [
        piece
        async for piece in synthesiser.speak(TEXT, manner=Manner(), rate=16_000, cacheable=True)
    ]
    sound = np.frombuffer(b"".join(piece.pcm for piece in pieces), dtype="<i2")
    words = [TEXT[:end].split()[-1] for piece in pieces for end, _ in piece.words]
    return sound, words, sum(piece.characters for piece in pieces)


async def test_the_remote_voice_speaks_and_is_paid_once(
    server: SpeechServer, made: tuple[RemoteSynthesiser, list[str]]
) -> None:
    sound, words, paid = await speak(made[0])
    assert np.median(sound) > REMOTE_LEVEL / 2 and len(sound) == pytest.approx(32_000, rel=0.05)
    assert words == TEXT.split()
    assert paid == len(TEXT) - 1 and server.asked == 2
    again, _, paid = await speak(made[0])
    assert len(again) == len(sound) and paid == 0 and server.asked == 2
    assert made[1] == []


@pytest.mark.parametrize("mode", ["hang", "refuse", "garbage", "nothing"])
async def test_the_workers_own_voice_speaks_when_it_fails(
    server: SpeechServer, made: tuple[RemoteSynthesiser, list[str]], mode: str
) -> None:
    server.mode = mode
    async with asyncio.timeout(PATIENCE_SECONDS):
        sound, _, paid = await speak(made[0])
    assert set(sound) == {LOCAL_LEVEL} and len(sound) == 16_000
    assert made[1] == ["remote_voice_failed"], "tried once, then left alone"
    assert paid == 0


async def test_a_class_from_elsewhere_is_not_loaded(tmp_path: Path) -> None:
    faults: list[str] = []
    synthesiser = RemoteSynthesiser(
        RemoteVoice("odd", "subprocess.Popen"), LocalVoice(),  # type: ignore[arg-type]
        PromptCache(tmp_path, max_bytes=1 << 20), lambda code, message: faults.append(message),
    )  # fmt: skip
    sound, _, _ = await speak(synthesiser)
    assert set(sound) == {LOCAL_LEVEL} and "pipecat.services" in faults[0]
