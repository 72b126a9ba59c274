"""Recognisers behind HTTP: both dialects, and every way of failing ends in a local answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from config.settings import CloudRecogniser as CloudSettings
from pipelines.cloud import FAILURES_TO_PAUSE, CloudRecogniser, WithFallback
from pipelines.errors import RecogniserUnusable
from pipelines.recogniser import Recognition, RecognitionRequest
from tests.support.patience import PATIENCE_SECONDS
from tests.support.transcriber import DEEPGRAM, Transcriber, transcriber

PCM = bytes(16_000)


@pytest.fixture
def server() -> Iterator[Transcriber]:
    with transcriber() as state:
        yield state


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=None) as opened:
        yield opened


class Local:
    """Counts how often it had to answer."""

    def __init__(self) -> None:
        self.answers = 0

    def expected_wait_ms(self) -> int:
        return 0

    async def recognise(self, request: RecognitionRequest) -> Recognition:
        self.answers += 1
        return Recognition("heard here", 0.8, (), 0.1)


def cloud(server: Transcriber, client: httpx.AsyncClient, dialect: str) -> CloudRecogniser:
    settings = CloudSettings(
        dialect=dialect, url=server.url, model="nova", api_key_env="A_TEST_KEY"  # type: ignore[arg-type]
    )  # fmt: skip
    return CloudRecogniser("away", settings, client)


async def ask(recogniser: Any, hints: tuple[str, ...] = ("Enphase",)) -> Recognition:
    found: Recognition = await recogniser.recognise(
        RecognitionRequest(PCM, rate=8000, hints=hints, alternatives=True)
    )
    return found


async def test_an_openai_server_is_asked_as_it_wants(
    server: Transcriber, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_TEST_KEY", "s3cret")
    found = await ask(cloud(server, client, "openai"))
    assert found.text == "Two coffees, please." and found.provider == "away"
    ((path, headers, body),) = server.asked
    assert path == "/audio/transcriptions" and headers["Authorization"] == "Bearer s3cret"
    assert b"RIFF" in body and b"nova" in body and b"Enphase" in body and PCM in body


async def test_a_deepgram_server_is_asked_as_it_wants(
    server: Transcriber, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_TEST_KEY", "s3cret")
    server.answer = DEEPGRAM
    found = await ask(cloud(server, client, "deepgram"))
    assert found.text == "two coffees please" and found.alternatives == ("to coffees please",)
    assert [(word.text, word.start_ms) for word in found.words] == [("Two", 100), ("coffees", 300)]
    ((path, headers, body),) = server.asked
    assert path.startswith("/v1/listen?") and "sample_rate=8000" in path and "Enphase" in path
    assert headers["Authorization"] == "Token s3cret" and body == PCM


@pytest.mark.parametrize("dialect", ["openai", "deepgram"])
@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, b"oops"),
        (401, {"error": "no key"}),
        (200, b"<html>not JSON"),
        (200, {}),
        (200, []),
        (200, {"text": None}),
        (200, {"results": {"channels": []}}),
        (200, {"results": {"channels": [{"alternatives": [{"transcript": 7}]}]}}),
    ],
)
async def test_what_is_no_recognition_is_answered_locally(
    server: Transcriber, client: httpx.AsyncClient, dialect: str, status: int, answer: object
) -> None:
    server.status, server.answer = status, answer
    with pytest.raises(RecogniserUnusable, match="away"):
        await ask(cloud(server, client, dialect))
    local = Local()
    both = WithFallback(cloud(server, client, dialect), local, patience_seconds=PATIENCE_SECONDS)  # type: ignore[arg-type]
    assert (await ask(both)).text == "heard here"


async def test_a_server_that_hangs_is_not_waited_for(
    server: Transcriber, client: httpx.AsyncClient
) -> None:
    server.hangs = True
    local = Local()
    both = WithFallback(cloud(server, client, "openai"), local, patience_seconds=0.1)  # type: ignore[arg-type]
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert (await ask(both)).text == "heard here"


async def test_a_server_that_is_gone_is_left_alone_for_a_while(client: httpx.AsyncClient) -> None:
    with transcriber() as server:
        pass
    local = Local()
    both = WithFallback(cloud(server, client, "openai"), local, patience_seconds=PATIENCE_SECONDS)  # type: ignore[arg-type]
    for _ in range(FAILURES_TO_PAUSE):
        assert (await ask(both)).text == "heard here"
    with transcriber() as again:
        revived = CloudSettings(dialect="openai", url=again.url, model="nova")
        both._cloud = CloudRecogniser("away", revived, client)
        assert (await ask(both)).text == "heard here" and not again.asked


async def test_a_good_answer_is_used_and_costs_no_local_work(
    server: Transcriber, client: httpx.AsyncClient
) -> None:
    local = Local()
    both = WithFallback(cloud(server, client, "openai"), local, patience_seconds=PATIENCE_SECONDS)  # type: ignore[arg-type]
    assert (await ask(both)).text == "Two coffees, please." and local.answers == 0
