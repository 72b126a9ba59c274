"""Engine processes with real models: they answer, are replaced when they die, can be cancelled."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from config import load_settings
from config.errors import ModelUnusable
from config.models import resolve
from flows import Expectation
from pipelines.engine import process, whisper
from pipelines.engine.belief import used
from pipelines.engine.client import Engine, Priority
from pipelines.engine.decoder import FULL_WINDOW_SECONDS, SAMPLE_RATE, Audio, Decoder
from pipelines.engine.dictation import symbols
from pipelines.engine.halves import halves
from pipelines.engine.larger import Larger
from pipelines.engine.whisper import Whisper
from pipelines.errors import EngineFailedToStart, EngineLost, EngineRefused
from pipelines.recogniser import LocalRecogniser, Recognition, RecognitionRequest
from tests.support.engines import running
from tests.support.voices import espeak
from voice_worker.engines import recogniser_engine, voice_engine

TEXT = "We install everywhere in Oregon and Washington."
PATIENT = {"engine_deadline_ms": 20_000}
"""As a machine is slow: these tests are about what happens, not how soon."""


@pytest.fixture
async def voice(tmp_path: Path) -> AsyncIterator[Engine]:
    engine = voice_engine(load_settings(home=tmp_path, speech=PATIENT))
    await engine.start()
    yield engine
    await engine.stop()


@pytest.fixture
async def recogniser(tmp_path: Path) -> AsyncIterator[Engine]:
    engine = recogniser_engine(load_settings(home=tmp_path, speech=PATIENT))
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
        RecognitionRequest(pcm, rate=16_000, with_words=True)
    )
    assert "We install everywhere in Oregon" in found.text
    assert found.cpu_seconds > 0
    assert [word.text for word in found.words][-1].startswith("Washington")
    ends = [word.end_ms for word in found.words]
    assert ends == sorted(ends) and ends[-1] <= len(pcm) / 32 + 500


async def test_telephone_audio_is_understood_as_well(voice: Engine, recogniser: Engine) -> None:
    pcm = await speak(voice, TEXT, rate=8000)
    found = await LocalRecogniser(recogniser).recognise(RecognitionRequest(pcm, rate=8000))
    assert "Washington" in found.text


async def test_letters_and_digits_are_written_one_by_one_where_they_were_asked_for(
    voice: Engine, recogniser: Engine
) -> None:
    ears = LocalRecogniser(recogniser)

    async def heard(text: str, expect: Expectation) -> Recognition:
        pcm = await speak(voice, text)
        return await ears.recognise(
            RecognitionRequest(pcm, rate=16_000, expect=expect, alternatives=True)
        )

    spelled = await heard("J, A, M, E, S.", Expectation.LETTERS)
    assert symbols(spelled.text) == "JAMES"
    led_in = await heard("It's J, A, M, E, S.", Expectation.LETTERS)
    assert symbols(led_in.text) == "ITSJAMES"
    # The voice never says it twice alike.
    codes = [await heard("R, A, 5, 98.", Expectation.LETTERS) for _ in range(3)]
    assert "RA598" in [symbols(code.text) for code in codes]
    number = await heard("seven one eight two nine", Expectation.DIGITS)
    assert symbols(number.text) == "71829"
    # What is none is left as it was said.
    sentence = await heard("I would rather talk to a person.", Expectation.LETTERS)
    assert "person" in sentence.text


async def test_a_larger_model_comes_when_something_is_in_doubt_and_goes(
    voice: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings()
    model = resolve("tiny.en", "recogniser", settings.home)
    larger = Larger(model, threads=1)
    ears = Whisper(model, threads=1, larger=larger)
    pcm = await speak(voice, "It's john dot smith at gmail dot com.")
    audio = np.frombuffer(pcm, dtype="<i2").astype(np.float32) / 32768

    def used(*, thorough: bool, form: str = "email") -> bool:
        """Whether the larger model was asked."""
        decoder = larger.decoder()
        asked = []
        if decoder:
            encode = decoder.encode
            decoder.encode = lambda *given: asked.append(given) or encode(*given)  # type: ignore
        found = ears.recognise(audio, form=form, with_words=True, thorough=thorough)
        assert "smith" in found["text"].lower() and found["words"]
        return bool(asked)

    assert larger.decoder() is None
    assert not used(thorough=True)  # the small one alone, while it loads
    larger.wait()
    assert used(thorough=True)
    assert not used(thorough=False)
    monkeypatch.setattr(whisper, "SURE_LOG_PROBABILITY", -9.0)
    assert not used(thorough=True, form="")
    monkeypatch.setattr(whisper, "SURE_LOG_PROBABILITY", 0.0)
    assert used(thorough=True, form="")
    assert not used(thorough=False, form="")
    process.rest()
    assert larger.decoder() is None


def test_silence_after_the_speech_looks_as_if_it_had_been_transformed() -> None:
    decoder = Decoder(resolve("tiny.en", "recogniser", load_settings().home), threads=1)
    whole = FeatureExtractor()
    noise = np.random.default_rng(1).normal(0, 0.05, 12 * SAMPLE_RATE).astype(np.float32)
    for samples in (0, 1, 159, 160, 8001, 16_000, 159_999, 160_000, len(noise)):
        for window in (10.0, 11.234, 30.0):
            padded = np.zeros(int(window * SAMPLE_RATE), dtype=np.float32)
            heard = noise[: min(samples, len(padded))]
            padded[: len(heard)] = heard
            expected = whole(padded)[:, : int(window * 100)]
            found = decoder.spectrogram(noise[:samples], window)
            np.testing.assert_allclose(found, expected, atol=1e-5)


async def test_a_sentence_in_doubt_is_read_in_the_full_window_while_nobody_waits(
    voice: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows: list[float] = []
    encode = Decoder.encode

    def kept(decoder: Decoder, audio: Audio, window: float) -> object:
        windows.append(window)
        return encode(decoder, audio, window)

    monkeypatch.setattr(Decoder, "encode", kept)
    ears = Whisper(resolve("tiny.en", "recogniser", load_settings().home), threads=1)
    audio = np.frombuffer(await speak(voice, TEXT), dtype="<i2").astype(np.float32) / 32768

    def full_windows(*, below: float, thorough: bool, answer: bool = False) -> int:
        windows.clear()
        monkeypatch.setattr(whisper, "SURE_LOG_PROBABILITY", below)
        found = ears.recognise(audio, thorough=thorough, answer=answer, with_words=True)
        assert "Washington" in found["text"] and found["words"]
        return windows.count(FULL_WINDOW_SECONDS)

    assert full_windows(below=0.0, thorough=True) == 1
    assert full_windows(below=0.0, thorough=False) == 0
    assert full_windows(below=-9.0, thorough=True) == 0
    # A yes or no has to come soon, whatever else was said.
    assert full_windows(below=0.0, thorough=True, answer=True) == 0


@pytest.mark.parametrize(
    ("said", "accent"),
    [
        ("five", "en-gb-x-rp"),
        ("oil change", "en-us"),
        ("oil change", "en-gb-x-rp"),
    ],
)
async def test_a_choice_is_heard_among_what_was_offered(
    recogniser: Engine, said: str, accent: str
) -> None:
    # Alone this model hears "oil cage" and "I'll change".
    options = ("one", "five", "a repair", "oil change")
    found = await LocalRecogniser(recogniser).recognise(
        RecognitionRequest(espeak(said, accent), rate=16_000, options=options)
    )
    assert found.text.casefold().strip(".") in {said, {"one": "1", "five": "5"}.get(said)}


async def test_a_pause_sounds_less_final_than_the_end(voice: Engine, recogniser: Engine) -> None:
    ears = LocalRecogniser(recogniser)
    silence = bytes(2 * 64 * 16)

    async def finished(audio: bytes) -> float:
        found = await ears.recognise(RecognitionRequest(audio + silence, rate=16_000))
        assert found.finished is not None
        return found.finished

    # The voice never says it twice alike, so the middle of five counts.
    text = "I would like to know how much a new roof would cost me."
    spoken = [await speak(voice, text) for _ in range(5)]
    ends = [await finished(pcm) for pcm in spoken]
    pauses = [await finished(pcm[: len(pcm) // 4 * 2]) for pcm in spoken]
    assert median(ends) > 0.5 > median(pauses), (ends, pauses)


async def test_hints_are_not_heard_where_nobody_said_them(
    voice: Engine, recogniser: Engine
) -> None:
    hints = ("Enphase", "SolarEdge", "Kowalczyk")
    for text in ("How much is it?", "Yes, please.", "I would like to talk to somebody."):
        found = await LocalRecogniser(recogniser).recognise(
            RecognitionRequest(await speak(voice, text), rate=16_000, hints=hints)
        )
        assert found.text and not used(hints, found.text)


async def test_silence_holds_no_words(recogniser: Engine) -> None:
    found, _ = await recogniser.call("recognise", {"pcm": bytes(64_000)})
    assert found["text"] == ""


async def test_a_killed_engine_is_replaced_and_the_request_answered(voice: Engine) -> None:
    assert voice.pid is not None
    os.kill(voice.pid, signal.SIGKILL)
    assert len(await speak(voice, TEXT)) > 32_000
    assert voice.restarts == 1


async def test_one_killed_at_work_is_replaced_and_the_request_answered(voice: Engine) -> None:
    assert voice.pid is not None
    # Stopped, so that it has the request and can't have begun to answer it.
    os.kill(voice.pid, signal.SIGSTOP)
    speaking = asyncio.create_task(speak(voice, TEXT))
    await asyncio.sleep(0)
    assert voice.queue_depth == 1
    os.kill(voice.pid, signal.SIGKILL)
    assert len(await speaking) > 32_000
    assert voice.restarts == 1


async def test_an_engine_that_hangs_is_replaced_and_the_request_answered(voice: Engine) -> None:
    assert voice.pid is not None
    os.kill(voice.pid, signal.SIGSTOP)
    assert len(await speak(voice, TEXT)) > 32_000
    assert voice.restarts == 1


async def test_two_callers_are_recognised_at_once_and_a_hang_costs_neither_the_answer(
    voice: Engine, recogniser: Engine
) -> None:
    ears = LocalRecogniser(recogniser)
    pcm = await speak(voice, TEXT)

    async def heard() -> str:
        return (await ears.recognise(RecognitionRequest(pcm, rate=16_000))).text

    alone = await heard()
    assert await asyncio.gather(*(heard() for _ in range(4))) == [alone] * 4
    assert recogniser.pid is not None and recogniser.restarts == 0
    # Stopped, so that it has both requests and can't have begun to answer them.
    os.kill(recogniser.pid, signal.SIGSTOP)
    assert await asyncio.gather(heard(), heard()) == [alone] * 2
    assert recogniser.restarts == 1


async def test_a_request_nobody_waits_for_is_withdrawn(voice: Engine) -> None:
    long = asyncio.create_task(speak(voice, "One sentence. " * 12))
    waiting = asyncio.create_task(speak(voice, "Withdrawn. " * 12))
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
        "voice", "pipelines.engine.piper",
        {"model": str(tmp_path), "threads": 1, "home": str(tmp_path)}, deadline_seconds=2,
    )  # fmt: skip
    with pytest.raises(EngineFailedToStart, match="doctor"):
        await engine.start()
    await engine.stop()


@pytest.fixture
async def odd() -> AsyncIterator[Engine]:
    """An engine that does what it is told: sleep, spin, answer late, answer nothing, die."""
    engine = Engine("odd", "tests.support.odd_engine", {}, deadline_seconds=30, busy_seconds=1.0)
    await engine.start()
    yield engine
    await engine.stop()


@pytest.mark.parametrize("op", ["sleep", "spin"])
async def test_a_wedged_engine_is_replaced(odd: Engine, op: str) -> None:
    before = odd.pid
    with pytest.raises(EngineLost):
        await odd.call(op, {"seconds": 60})
    found, _ = await odd.call("echo", {"word": "back"})
    assert found == {"word": "back"} and odd.pid != before


async def test_long_work_that_goes_on_is_let_be(odd: Engine) -> None:
    # Longer than a step may take, in steps; and one step that was said to be long.
    await odd.call("steps", {"seconds": 0.6, "count": 4})
    await odd.call("allowed", {"seconds": 1.6, "op": "spin"})
    await odd.call("allowed", {"seconds": 1.6, "op": "sleep"})
    assert odd.restarts == 0
    # What was allowed once is not allowed for good.
    with pytest.raises(EngineLost):
        await odd.call("spin", {"seconds": 60})


@pytest.fixture
async def two_handed() -> AsyncIterator[Engine]:
    """An odd engine that works on two requests at once."""
    engine = Engine(
        "odd", "tests.support.odd_engine", {}, deadline_seconds=120, busy_seconds=1.0, at_once=2
    )
    async with running(engine):
        yield engine


async def test_two_requests_are_worked_on_at_once(two_handed: Engine) -> None:
    # Each waits for the other: one at a time would wait for ever.
    met = [two_handed.call("meet", {}) for _ in range(2)]
    assert [value for value, _ in await asyncio.gather(*met)] == [{}, {}]
    assert two_handed.restarts == 0


async def test_what_two_requests_use_together_is_divided_between_them(two_handed: Engine) -> None:
    spun = [two_handed.call("steps", {"seconds": 0.02, "count": 20}) for _ in range(2)]
    used = [cpu for _, cpu in await asyncio.gather(*spun)]
    # `spin` waits for the processor time of the process, which both use.
    assert 0.4 <= sum(used) < 1.0


@pytest.mark.parametrize("op", ["spin", "in_model"])
async def test_who_waits_is_not_charged_what_another_request_uses(
    two_handed: Engine, op: str
) -> None:
    (_, waited), (_, used) = await asyncio.gather(
        two_handed.call("pauses", {"seconds": 0.1, "count": 8}),
        two_handed.call(op, {"seconds": 0.5}),
    )
    assert waited < 0.2 and 0.4 < used < 1.0


@pytest.mark.parametrize("op", ["sleep", "spin"])
async def test_a_request_that_is_stuck_is_found_beside_one_that_works(
    two_handed: Engine, op: str
) -> None:
    before = two_handed.pid
    # What both use together is far more than a step may take: each is judged by its own.
    working = asyncio.create_task(two_handed.call("steps", {"seconds": 0.1, "count": 60}))
    with pytest.raises(EngineLost):
        await two_handed.call(op, {"seconds": 60})
    # The innocent one is begun anew, and nobody is asked to wait for the guilty one.
    await working
    assert two_handed.pid != before and two_handed.restarts == 1


async def test_a_request_that_sleeps_is_found_while_the_model_works_for_another() -> None:
    engine = Engine(
        "odd", "tests.support.odd_engine", {}, deadline_seconds=30, busy_seconds=20.0, at_once=2
    )
    async with running(engine):
        working = asyncio.create_task(engine.call("in_model", {"seconds": 6}))
        with pytest.raises(EngineLost):
            await engine.call("sleep", {"seconds": 60})
        # By its share of what the process uses it would have been as busy as the other.
        assert not working.done()
        working.cancel()
        assert (await engine.call("echo", {"word": "back"}))[0] == {"word": "back"}


async def test_giving_one_request_up_leaves_the_other(two_handed: Engine) -> None:
    left = asyncio.create_task(two_handed.call("steps", {"seconds": 0.01, "count": 1000}))
    while not two_handed.queue_depth:
        await asyncio.sleep(0)
    kept = asyncio.create_task(two_handed.call("steps", {"seconds": 0.01, "count": 30}))
    left.cancel()
    await kept
    assert 30 <= (await two_handed.call("steps_done", {}))[0]["steps"] < 1000
    assert two_handed.restarts == 0


async def test_a_voice_is_cut_once_and_found_again(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    made: list[dict[str, int]] = []
    for _ in range(2):
        async with running(voice_engine(settings)) as engine:
            assert len(await speak(engine, "Yes.")) > 3200
        (folder,) = (tmp_path / "cache" / "models").iterdir()
        made.append({file.name: file.stat().st_mtime_ns for file in folder.iterdir()})
    assert made[0] == made[1]
    halved = {"encoder.onnx", "encoder.weights", "decoder.onnx", "decoder.weights"}
    assert made[0].keys() >= halved


async def test_what_is_no_voice_can_not_be_cut(tmp_path: Path) -> None:
    (tmp_path / "voice.onnx").write_bytes(b"nothing")
    with pytest.raises(ModelUnusable):
        halves(tmp_path / "voice.onnx", tmp_path)
    assert not list((tmp_path / "cache" / "models").iterdir())


async def test_an_engine_that_dies_of_a_request_is_asked_twice_and_lives_on(odd: Engine) -> None:
    with pytest.raises(EngineLost):
        await odd.call("die", {})
    assert odd.restarts == 2
    assert (await odd.call("echo", {"word": "back"}))[0] == {"word": "back"}


async def test_an_empty_answer_is_an_answer(odd: Engine) -> None:
    assert (await odd.call("nothing", {}))[0] == {}


async def test_a_late_answer_reaches_nobody_else(odd: Engine) -> None:
    late = asyncio.create_task(odd.call("sleep", {"seconds": 0.3}))
    await asyncio.sleep(0.1)
    late.cancel()
    assert (await odd.call("echo", {"word": "mine"}))[0] == {"word": "mine"}
    assert odd.restarts == 0


async def test_work_nobody_waits_for_any_more_is_given_up(odd: Engine) -> None:
    count = 1000
    left = asyncio.create_task(odd.call("steps", {"seconds": 0.01, "count": count}))
    while not odd.queue_depth:
        await asyncio.sleep(0)
    left.cancel()
    # The next in line is served before the work could have been done.
    assert 0 <= (await odd.call("steps_done", {}))[0]["steps"] < count
    assert odd.restarts == 0


async def test_the_wait_to_expect_is_known(odd: Engine) -> None:
    assert odd.expected_wait_ms() == 0
    await odd.call("sleep", {"seconds": 0.2})
    waiting = [asyncio.create_task(odd.call("sleep", {"seconds": 0.2})) for _ in range(4)]
    await asyncio.sleep(0)
    assert 500 < odd.expected_wait_ms() < 1200
    assert odd.expected_wait_ms(Priority.BACKGROUND) >= odd.expected_wait_ms()
    await asyncio.gather(*waiting)
    assert odd.expected_wait_ms() == 0
