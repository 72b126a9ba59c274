"""Engine processes with real models: they answer, are replaced when they die, can be cancelled."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config import load_settings
from pipelines.engine.client import Engine, Priority
from pipelines.errors import EngineFailedToStart, EngineRefused, EngineTimeout
from pipelines.recogniser import LocalRecogniser
from pipelines.speech import LocalSynthesiser, PromptCache
from voice_worker.engines import recogniser_engine, voice_engine

TEXT = "We install everywhere in Oregon and Washington."


@pytest.fixture
async def voice(tmp_path: Path) -> AsyncIterator[Engine]:
    engine = voice_engine(load_settings(home=tmp_path))
    await engine.start()
    yield engine
    await engine.stop()


@pytest.fixture
async def recogniser(tmp_path: Path) -> AsyncIterator[Engine]:
    engine = recogniser_engine(load_settings(home=tmp_path))
    await engine.start()
    yield engine
    await engine.stop()


async def speak(engine: Engine, text: str, rate: int = 16_000) -> bytes:
    pieces = [
        value["pcm"] async for value, _ in engine.stream("speak", {"text": text, "rate": rate})
    ]
    return b"".join(pieces)


async def speak_with_patience(engine: Engine) -> bytes:
    """Asks again while the replacement still loads its model."""
    for _ in range(10):
        try:
            return await speak(engine, "Yes.")
        except EngineTimeout:
            continue
    raise AssertionError("the engine was not replaced")


async def test_what_the_voice_says_the_ears_understand(voice: Engine, recogniser: Engine) -> None:
    pcm = await speak(voice, TEXT)
    found = await LocalRecogniser(recogniser).recognise(
        pcm, rate=16_000, language="en", hints=(), priority=Priority.FINAL, with_words=True
    )
    assert "We install everywhere in Oregon" in found.text
    assert found.cpu_seconds > 0
    assert [word.text for word in found.words][-1].startswith("Washington")
    ends = [word.end_ms for word in found.words]
    assert ends == sorted(ends) and ends[-1] <= len(pcm) / 32 + 500


async def test_telephone_audio_is_understood_as_well(voice: Engine, recogniser: Engine) -> None:
    pcm = await speak(voice, TEXT, rate=8000)
    found = await LocalRecogniser(recogniser).recognise(
        pcm, rate=8000, language="en", hints=(), priority=Priority.FINAL
    )
    assert "Washington" in found.text


async def test_silence_holds_no_words(recogniser: Engine) -> None:
    found, _ = await recogniser.call("recognise", {"pcm": bytes(64_000)})
    assert found["text"] == ""


async def test_a_killed_engine_is_replaced_and_the_request_answered(voice: Engine) -> None:
    assert voice.pid is not None
    os.kill(voice.pid, signal.SIGKILL)
    assert len(await speak(voice, TEXT)) > 32_000
    assert voice.restarts == 1


async def test_an_engine_that_hangs_is_replaced(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path, speech={"engine_deadline_ms": 1500})
    engine = voice_engine(settings)
    await engine.start()
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGSTOP)
    with pytest.raises(EngineTimeout):
        await speak(engine, TEXT)
    # The next request waits for the replacement; more patience than the hang was given.
    assert len(await speak_with_patience(engine)) > 3200
    assert engine.restarts == 1
    await engine.stop()


async def test_a_request_nobody_waits_for_is_withdrawn(voice: Engine) -> None:
    long = asyncio.create_task(speak(voice, "One sentence. " * 60))
    waiting = asyncio.create_task(speak(voice, "Withdrawn. " * 60))
    await asyncio.sleep(0)
    for task in (long, waiting):
        task.cancel()
    await asyncio.gather(long, waiting, return_exceptions=True)
    assert len(await speak(voice, "Yes.")) > 3200
    assert voice.queue_depth == 0


async def test_what_an_engine_can_not_do_is_refused(voice: Engine) -> None:
    with pytest.raises(EngineRefused, match="unknown operation"):
        await voice.call("dance", {})
    assert len(await speak(voice, "Still here.")) > 3200


async def test_an_engine_without_its_model_says_so(tmp_path: Path) -> None:
    engine = Engine(
        "voice", "pipelines.engine.piper", {"model": str(tmp_path), "threads": 1},
        deadline_seconds=2,
    )  # fmt: skip
    with pytest.raises(EngineFailedToStart, match="doctor"):
        await engine.start()
    await engine.stop()


async def test_a_prompt_is_rendered_once(voice: Engine, tmp_path: Path) -> None:
    synthesiser = LocalSynthesiser(voice, PromptCache(tmp_path / "prompts", "joe"))
    assert await synthesiser.warm(("Hello.", "Goodbye."), 16_000) == 2
    again = LocalSynthesiser(voice, PromptCache(tmp_path / "prompts", "joe"))
    assert await again.warm(("Hello.", "Goodbye."), 16_000) == 0
    pieces = [p async for p in again.speak("Hello.", rate=16_000, cacheable=True)]
    assert len(pieces) == 1 and pieces[0].cpu_seconds == 0 and len(pieces[0].pcm) > 3200
