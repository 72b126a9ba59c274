"""Recognition by somebody else's server, and never depending on it.

Two dialects cover the field: OpenAI's `/audio/transcriptions` (also spoken by most self-hosted
servers) and Deepgram's `/v1/listen`. When the server fails, is late or talks nonsense the local
recogniser answers the same turn; a server that keeps failing is left alone for a while.
"""

from __future__ import annotations

import asyncio
import io
import logging
import math
import time
import wave
from typing import Any

import httpx

from config.settings import CloudRecogniser as CloudSettings
from flows import Word
from pipelines.errors import RecogniserUnusable
from pipelines.recogniser import Recogniser, Recognition, RecognitionRequest

log = logging.getLogger(__name__)

FAILURES_TO_PAUSE = 3
PAUSE_SECONDS = 30.0
"""A server that failed that often in a row is not asked for this long."""


class CloudRecogniser:
    """A client of one server."""

    def __init__(self, name: str, settings: CloudSettings, client: httpx.AsyncClient) -> None:
        self._name = name
        self._settings = settings
        self._client = client

    def expected_wait_ms(self) -> int:
        """None of ours."""
        return 0

    async def recognise(self, request: RecognitionRequest) -> Recognition:
        """See `Recogniser`. Raises `RecogniserUnusable` for any answer but a good one."""
        try:
            if self._settings.dialect == "openai":
                found = await self._openai(request)
            else:
                found = await self._deepgram(request)
        except (
            httpx.HTTPError,
            ValueError,
            KeyError,
            IndexError,
            TypeError,
            AttributeError,
        ) as error:
            raise RecogniserUnusable(
                f"The recogniser {self._name} at {self._settings.url} gave no usable answer: "
                f"{type(error).__name__}: {error}"
            ) from error
        return found

    async def _openai(self, request: RecognitionRequest) -> Recognition:
        form = {"model": self._settings.model, "response_format": "json"}
        if request.language:
            form["language"] = request.language
        if request.hints:
            form["prompt"] = ", ".join(request.hints)
        answer = await self._client.post(
            f"{self._settings.url.rstrip('/')}/audio/transcriptions",
            headers=self._headers("Bearer"),
            data=form,
            files={"file": ("turn.wav", _wav(request.pcm, request.rate), "audio/wav")},
        )
        answer.raise_for_status()
        return self._recognition(_text(answer.json()["text"]), 1.0, [])

    async def _deepgram(self, request: RecognitionRequest) -> Recognition:
        query: dict[str, Any] = {
            "model": self._settings.model,
            "encoding": "linear16",
            "sample_rate": request.rate,
            "channels": 1,
            "smart_format": "true",
            "alternatives": 4 if request.alternatives else 1,
            "keyterm": list(request.hints),
        }
        query |= {"language": request.language} if request.language else {"detect_language": "true"}
        answer = await self._client.post(
            f"{self._settings.url.rstrip('/')}/v1/listen",
            params=query,
            headers={**self._headers("Token"), "Content-Type": "audio/raw"},
            content=request.pcm,
        )
        answer.raise_for_status()
        best, *others = answer.json()["results"]["channels"][0]["alternatives"]
        return self._recognition(
            _text(best["transcript"]),
            float(best.get("confidence", 1.0)),
            best.get("words", []),
            tuple(_text(other["transcript"]) for other in others),
        )

    def _headers(self, scheme: str) -> dict[str, str]:
        key = self._settings.api_key
        return {"Authorization": f"{scheme} {key}"} if key else {}

    def _recognition(
        self, text: str, confidence: float, words: list[Any], others: tuple[str, ...] = ()
    ) -> Recognition:
        if not math.isfinite(confidence):
            raise ValueError(f"confidence {confidence}")
        return Recognition(
            text=text,
            confidence=min(1.0, max(0.0, confidence)),
            words=tuple(
                Word(
                    text=_text(word.get("punctuated_word") or word["word"]),
                    start_ms=round(word["start"] * 1000),
                    end_ms=round(word["end"] * 1000),
                    confidence=min(1.0, max(0.0, float(word.get("confidence", 1.0)))),
                )
                for word in words
            ),
            cpu_seconds=0.0,
            alternatives=others,
            provider=self._name,
        )


class WithFallback:
    """Asks a cloud recogniser; the local one answers when it fails or is late."""

    def __init__(self, cloud: Recogniser, local: Recogniser, *, patience_seconds: float) -> None:
        """After `patience_seconds` the local one begins; whoever has words first is believed."""
        self._cloud = cloud
        self._local = local
        self._patience = patience_seconds
        self._failures = 0
        self._paused_until = 0.0

    def expected_wait_ms(self) -> int:
        """The cloud's: the local one is the exception."""
        return self._cloud.expected_wait_ms()

    async def recognise(self, request: RecognitionRequest) -> Recognition:
        """See `Recogniser`."""
        if time.monotonic() < self._paused_until:
            return await self._local.recognise(request)
        cloud = asyncio.create_task(self._cloud.recognise(request))
        local: asyncio.Task[Recognition] | None = None
        try:
            await asyncio.wait({cloud}, timeout=self._patience)
            if not cloud.done():
                local = asyncio.create_task(self._local.recognise(request))
                await asyncio.wait({cloud, local}, return_when=asyncio.FIRST_COMPLETED)
            if cloud.done() and not self._failed(cloud.exception()):
                return cloud.result()
            if not cloud.done():
                self._failed(TimeoutError(f"no answer within {self._patience:g} s"))
            return await (local or self._local.recognise(request))
        finally:
            for task in (cloud, local):
                if task and not task.done():
                    task.cancel()

    def _failed(self, error: BaseException | None) -> bool:
        """Note how the server did; True when it failed."""
        if error is None:
            self._failures = 0
            return False
        self._failures += 1
        log.warning("recognising locally: %s", error, extra={"action": "recogniser_fallback"})
        if self._failures >= FAILURES_TO_PAUSE:
            self._failures = 0
            self._paused_until = time.monotonic() + PAUSE_SECONDS
        return True


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text is {type(value).__name__}")
    # Half a character, which JSON allows, could neither be recorded nor shown.
    value.encode()
    return value.strip()


def _wav(pcm: bytes, rate: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)
    return out.getvalue()
