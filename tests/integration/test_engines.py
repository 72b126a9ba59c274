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
from pipelines.errors import EngineFailedToStart, EngineRefused
from pipelines.prompt_cache import PromptCache
from pipelines.recogniser import LocalRecogniser
from pipelines.speech import LocalSynthesiser, Manner
from voice_worker.engines import Voices, recogniser_engine, voice_engine

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


async def test_one_killed_at_work_is_replaced_and_the_request_answered(voice: Engine) -> None:
    speaking = asyncio.create_task(speak(voice, TEXT))
    await asyncio.sleep(0.05)
    assert voice.pid is not None
    os.kill(voice.pid, signal.SIGKILL)
    assert len(await speaking) > 32_000


async def test_an_engine_that_hangs_is_replaced_and_the_request_answered(voice: Engine) -> None:
    assert voice.pid is not None
    os.kill(voice.pid, signal.SIGSTOP)
    assert len(await speak(voice, TEXT)) > 32_000
    assert voice.restarts == 1


async def test_one_of_two_recognisers_hangs_and_callers_are_served_by_the_other(
    recogniser: Engine,
) -> None:
    first, second = recogniser.pids
    os.kill(first, signal.SIGSTOP)
    audio = {"pcm": bytes(32_000)}
    answers = [await recogniser.call("recognise", audio) for _ in range(3)]
    assert [found["text"] for found, _ in answers] == ["", "", ""]
    assert second in recogniser.pids and first not in recogniser.pids


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


def synthesiser(voice: Engine, folder: Path) -> LocalSynthesiser:
    cache = PromptCache(folder, max_bytes=1 << 24)
    return LocalSynthesiser(voice, cache, Voices(load_settings(home=folder)))


async def test_a_prompt_is_rendered_once_for_every_rate(voice: Engine, tmp_path: Path) -> None:
    first = synthesiser(voice, tmp_path)
    texts = ("Hello. How are you?", "Goodbye.")
    assert await first.warm(texts, manner=Manner(), rates=(16_000, 8_000)) == 2
    again = synthesiser(voice, tmp_path)
    assert await again.warm(texts, manner=Manner(), rates=(16_000, 8_000)) == 0
    lengths = {}
    for rate in (16_000, 8_000):
        pieces = [
            piece async for piece in again.speak(
                texts[0], manner=Manner(), rate=rate, cacheable=True
            )
        ]  # fmt: skip
        assert not any(piece.cpu_seconds for piece in pieces)
        words = [word for piece in pieces for word in piece.words]
        assert [texts[0][:end].split()[-1] for end, _ in words] == texts[0].split()
        lengths[rate] = sum(len(piece.pcm) for piece in pieces) // 2 / rate
        assert words[-1][1] / rate == pytest.approx(lengths[rate], abs=0.1)
    assert lengths[8_000] == pytest.approx(lengths[16_000], abs=0.01)


async def test_words_are_timed_where_they_sound(voice: Engine, recogniser: Engine) -> None:
    pieces = [
        value async for value, _ in voice.stream("speak", {"text": TEXT, "rate": 16_000})
    ]  # fmt: skip
    pcm = b"".join(piece.get("pcm", b"") for piece in pieces)
    words = [tuple(word) for piece in pieces for word in piece.get("words", ())]
    assert [TEXT[:end].split()[-1] for end, _ in words] == TEXT.split()
    # Cut where "Oregon" ends: the ears hear it, and nothing of what follows.
    oregon = next(at for end, at in words if TEXT[:end].endswith("Oregon"))
    found = await LocalRecogniser(recogniser).recognise(
        pcm[: 2 * oregon], rate=16_000, language="en", hints=(), priority=Priority.FINAL
    )
    assert "Oregon" in found.text and "Washington" not in found.text


async def test_a_faster_voice_takes_less_time(voice: Engine) -> None:
    async def seconds(speed: float) -> float:
        request = {"text": TEXT, "rate": 8000, "speed": speed}
        pieces = [value["pcm"] async for value, _ in voice.stream("speak", request) if value]
        return len(b"".join(pieces)) / 16_000

    assert await seconds(1.5) < 0.8 * await seconds(1.0)
