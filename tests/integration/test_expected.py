"""Names and addresses in their usual form, by their sound."""

from __future__ import annotations

import numpy as np
import pytest

from bench.recordings import telephone
from config import load_settings
from config.models import resolve
from pipelines.engine.recognition.decoder import Audio
from pipelines.engine.recognition.letters import Letters
from pipelines.engine.recognition.phones import Phones
from pipelines.engine.whisper import Whisper
from tests.support.voices import espeak


@pytest.fixture(scope="module")
def model() -> str:
    return resolve("tiny.en", "recogniser", load_settings().home)


@pytest.fixture(scope="module")
def ears(model: str) -> Whisper:
    return Whisper(model, threads=1, phones=Phones.of_model("tiny.en"))


def speech(text: str, voice: str = "en-us") -> Audio:
    pcm = np.frombuffer(espeak(text, voice), dtype="<i2").astype(np.float32)
    return pcm / np.float32(32768)


@pytest.mark.parametrize(
    ("form", "said", "voice"),
    [
        ("spelled", "David Wilson.", "en-gb-x-rp"),
        ("email", "It's john dot smith at gmail dot com.", "en-gb"),
    ],
)
def test_what_was_asked_for_is_among_the_readings(
    ears: Whisper, form: str, said: str, voice: str
) -> None:
    audio = telephone(speech(said, voice))
    assert said.strip(".").casefold() not in ears.recognise(audio)["text"].casefold()
    found = ears.recognise(audio, form=form, alternatives=True)
    readings = [one.casefold().strip(".") for one in (found["text"], *found["alternatives"])]
    assert said.casefold().strip(".") in readings


@pytest.mark.parametrize("form", ["spelled", "email"])
@pytest.mark.parametrize(
    "said", ["I'd rather not say.", "What are your opening hours?", "Thank you."]
)
def test_a_sentence_is_no_name_and_no_address(ears: Whisper, form: str, said: str) -> None:
    audio = speech(said)
    text = ears.recognise(audio)["text"]
    assert ears._expected
    states, samples = ears.encode(audio), len(audio)
    found = ears._expected.reading(form, text, states, samples, "en")
    assert found is None


@pytest.mark.parametrize(
    ("form", "said", "voice"),
    [
        ("spelled", "David Wilson.", "en-gb-x-rp"),
        ("spelled", "Richard Phillips", "en-029"),
        # Nothing is written of it.
        ("spelled", "Elizabeth White", "en-gb"),
        ("email", "mary dot jones eighty four at yahoo dot com", "en-gb"),
        ("email", "My email is robert underscore wilson at outlook dot com.", "en-gb-x-rp"),
    ],
)
def test_what_surely_was_said_is_the_text(ears: Whisper, form: str, said: str, voice: str) -> None:
    found = ears.recognise(telephone(speech(said, voice)), form=form, alternatives=True)
    assert found["text"].casefold() == said.strip(".").casefold()


def test_a_spelled_name_that_the_decoder_goes_round_over_is_its_letters(model: str) -> None:
    ears = Whisper(model, threads=1, letters=Letters.of_model("tiny.en"))
    audio = telephone(speech("Kowalski, K, O, W, A, L, S, K, I.", "en-gb-scotland"))
    assert ears.recognise(audio)["text"] == ""
    found = ears.recognise(audio, form="spelled", alternatives=True)
    assert found["text"] == "K, O, W, A, L, S, K, I" and found["alternatives"] == []
