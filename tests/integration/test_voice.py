"""Piper in its engine process: streamed, timed word by word, kept for every rate."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from config import load_settings
from pipelines.engine.client import Engine
from pipelines.errors import EngineRefused
from pipelines.prompt_cache import PromptCache
from pipelines.recogniser import LocalRecogniser, RecognitionRequest
from pipelines.speech import LocalSynthesiser, Manner
from tests.support.engines import TEXT
from voice_worker.engines import Voices


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


async def test_a_long_text_lets_another_call_s_begin(voice: Engine, tmp_path: Path) -> None:
    ours = synthesiser(voice, tmp_path)
    sounds: list[str] = []

    async def say(call: str, text: str) -> tuple[int, int]:
        samples, last = 0, 0
        async for piece in ours.speak(
            text, manner=Manner(), rate=16_000, cacheable=False, call=call
        ):
            if piece.pcm:
                sounds.append(call)
            samples += len(piece.pcm) // 2
            last = piece.words[-1][1] if piece.words else last
        return samples, last

    # No comma to cut it at.
    long = "The installation of a larger battery for your house in the mountains takes nine days."
    (samples, last), _ = await asyncio.gather(say("long", long), say("short", "Yes."))
    assert sounds.index("short") < len(sounds) - 1 - sounds[::-1].index("long")
    assert last == pytest.approx(samples, abs=4000)


async def test_what_a_lost_process_had_begun_can_not_be_gone_on_with(voice: Engine) -> None:
    with pytest.raises(EngineRefused):
        async for _ in voice.stream("speak_on", {"more": 7}):
            pass


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
        RecognitionRequest(pcm[: 2 * oregon], rate=16_000)
    )
    assert "Oregon" in found.text and "Washington" not in found.text


async def test_a_faster_voice_takes_less_time(voice: Engine) -> None:
    async def seconds(speed: float) -> float:
        request = {"text": TEXT, "rate": 8000, "speed": speed}
        pieces = [value["pcm"] async for value, _ in voice.stream("speak", request) if value]
        return len(b"".join(pieces)) / 16_000

    assert await seconds(1.5) < 0.8 * await seconds(1.0)
