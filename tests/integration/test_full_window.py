"""The encoder over the full window beside CTranslate2's own, of the same model."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from ctranslate2 import StorageView
from faster_whisper import WhisperModel

from config import load_settings
from config.models import resolve
from pipelines.engine.recognition.decoder import FULL_WINDOW_SECONDS, SAMPLE_RATE, Audio, Decoder
from pipelines.engine.recognition.full_window import SILENT_SECONDS, FullWindow
from pipelines.engine.recognition.layers import Floats
from tests.support.voices import espeak

TEXT = "I would like to know how much a new roof would cost me."


@pytest.fixture(scope="module")
def model() -> str:
    return resolve("tiny.en", "recogniser", load_settings().home)


@pytest.fixture(scope="module")
def decoder(model: str) -> Decoder:
    return Decoder(model, threads=1)


@pytest.fixture(scope="module")
def whole(model: str) -> WhisperModel:
    return WhisperModel(model, device="cpu", compute_type="float32")


@pytest.fixture(scope="module")
def ours(model: str) -> FullWindow:
    found = FullWindow.of_model(Path(model))
    assert found
    return found


@pytest.fixture(scope="module")
def speech() -> Audio:
    return np.frombuffer(espeak(TEXT, "en-us"), dtype="<i2").astype(np.float32) / 32768


def expected(whole: WhisperModel, spectrogram: Floats) -> Floats:
    states: Floats = np.array(whole.model.encode(StorageView.from_array(spectrogram[np.newaxis])))[
        0
    ]
    return states


@pytest.mark.parametrize("window", [4.0, 17.31, FULL_WINDOW_SECONDS])
def test_states_are_the_same_where_nothing_is_left_out(
    decoder: Decoder, whole: WhisperModel, ours: FullWindow, speech: Audio, window: float
) -> None:
    spectrogram = decoder.spectrogram(speech, window)
    np.testing.assert_allclose(
        ours.states(spectrogram, window), expected(whole, spectrogram), atol=0.15
    )


def test_silence_as_a_few_positions_changes_the_speech_little(
    decoder: Decoder, whole: WhisperModel, ours: FullWindow, speech: Audio
) -> None:
    seconds = len(speech) / SAMPLE_RATE
    full = expected(whole, decoder.spectrogram(speech, FULL_WINDOW_SECONDS))
    for heard in (seconds + SILENT_SECONDS, seconds + 3, FULL_WINDOW_SECONDS - 0.1):
        found = ours.states(decoder.spectrogram(speech, heard), FULL_WINDOW_SECONDS)
        assert found.shape == full.shape
        spoken = slice(0, int(seconds * 50))
        rounded = np.sqrt(np.square(found - full)[spoken].mean()) / full[spoken].std()
        assert rounded < 0.1
        # Silence itself holds what the decoder looks for there, too.
        assert np.corrcoef(found.ravel(), full.ravel())[0, 1] > 0.97


def test_a_sentence_is_read_in_the_full_window(decoder: Decoder, speech: Audio) -> None:
    encoded = decoder.encode(speech, FULL_WINDOW_SECONDS)
    found = decoder.decode(encoded, len(speech) / SAMPLE_RATE, "en", beam=5)
    assert found.text == TEXT


def test_no_more_memory_is_taken_than_a_short_window_needs(
    decoder: Decoder, ours: FullWindow, speech: Audio
) -> None:
    spectrogram = decoder.spectrogram(speech, len(speech) / SAMPLE_RATE + SILENT_SECONDS)
    tracemalloc.start()
    try:
        ours.states(spectrogram, FULL_WINDOW_SECONDS)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # All heads' scores at once would be 54 MB.
    assert most < 16 << 20


def test_a_model_of_another_layout_is_encoded_by_its_own_program(
    decoder: Decoder, speech: Audio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder, "_full_window", None)
    encoded = decoder.encode(speech, FULL_WINDOW_SECONDS)
    found = decoder.decode(encoded, len(speech) / SAMPLE_RATE, "en", beam=5)
    assert np.array(encoded).shape[1] == 1500 and "roof" in found.text
