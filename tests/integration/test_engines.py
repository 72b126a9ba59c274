"""Engine processes with real models: what they say and hear."""

from __future__ import annotations

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
from pipelines.engine.client import Engine
from pipelines.engine.halves import halves
from pipelines.engine.recognition.belief import used
from pipelines.engine.recognition.decoder import FULL_WINDOW_SECONDS, SAMPLE_RATE, Audio, Decoder
from pipelines.engine.recognition.dictation import symbols
from pipelines.engine.recognition.larger import Larger
from pipelines.engine.whisper import Whisper
from pipelines.recogniser import LocalRecogniser, RecognitionRequest
from tests.support.engines import TEXT, running, speak
from tests.support.voices import espeak
from voice_worker.engines import unhurried, voice_engine


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

    async def heard(text: str, expect: Expectation) -> str:
        request = RecognitionRequest(
            await speak(voice, text), rate=16_000, expect=expect, alternatives=True
        )
        return (await ears.recognise(request)).text

    for said, expect, written in (
        ("J, A, M, E, S.", Expectation.LETTERS, "JAMES"),
        ("It's J, A, M, E, S.", Expectation.LETTERS, "ITSJAMES"),
        ("R, A, 5, 98.", Expectation.LETTERS, "RA598"),
        ("seven one eight two nine", Expectation.DIGITS, "71829"),
    ):
        # The voice never says it twice alike, and one time in thirty not clearly.
        tries = [symbols(await heard(said, expect)) for _ in range(3)]
        assert written in tries
    # What is none is left as it was said.
    assert "person" in await heard("I would rather talk to a person.", Expectation.LETTERS)


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


async def test_a_voice_is_cut_once_and_found_again(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    made: list[dict[str, int]] = []
    for _ in range(2):
        async with running(voice_engine(unhurried(settings))) as engine:
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
