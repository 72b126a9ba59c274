"""Names and addresses in their usual form, and the decoder in NumPy that finds them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.recordings import telephone
from config import load_settings
from config.models import resolve
from pipelines.engine.decoder import Audio, Decoder, window_seconds
from pipelines.engine.letters import Letters
from pipelines.engine.stepping import Readings, Steps
from pipelines.engine.whisper import Whisper
from tests.support.voices import espeak

TEXT = "I would like to know how much a new roof would cost me."


@pytest.fixture(scope="module")
def model() -> str:
    return resolve("tiny.en", "recogniser", load_settings().home)


@pytest.fixture(scope="module")
def ears(model: str) -> Whisper:
    return Whisper(model, threads=1)


def speech(text: str, voice: str = "en-us") -> Audio:
    pcm = np.frombuffer(espeak(text, voice), dtype="<i2").astype(np.float32)
    return pcm / np.float32(32768)


def test_a_token_at_a_time_reads_what_the_whole_decoder_does(model: str) -> None:
    decoder = Decoder(model, threads=1)
    audio = speech(TEXT)
    seconds = len(audio) / 16_000
    encoded = decoder.encode(audio, window_seconds(seconds))
    read = decoder.decode(encoded, seconds, "en")
    end, prompt = decoder.end_of_text("en"), decoder.prompt("en")
    steps = Steps.of_model(Path(model), [*prompt, *read.tokens, end])
    assert steps
    tokens = {row: token for token, row in steps.row.items()}
    readings = Readings(steps, np.array(encoded)[0])
    # Two readings at once, of which the second is gone on with.
    log = readings.go_on([prompt, prompt])
    said: list[int] = []
    while len(said) < 40 and (best := tokens[int(log[-1].argmax())]) != end:
        said.append(best)
        log = readings.go_on([[best]], [len(log) - 1])
    assert said == read.tokens


def test_a_model_in_another_layout_has_no_steps(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"\x06\0\0\0")
    assert Steps.of_model(tmp_path, []) is None


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
    encoded = ears._decoder.encode(audio, window_seconds(len(audio) / 16_000))
    text = ears.recognise(audio)["text"]
    assert ears._expected.reading(form, text, encoded, len(audio), "en") is None


def test_a_spelled_name_that_the_decoder_goes_round_over_is_its_letters(model: str) -> None:
    ears = Whisper(model, threads=1, letters=Letters.of_model("tiny.en"))
    audio = telephone(speech("Kowalski, K, O, W, A, L, S, K, I.", "en-gb-scotland"))
    assert ears.recognise(audio)["text"] == ""
    found = ears.recognise(audio, form="spelled", alternatives=True)
    assert found["text"] == "K, O, W, A, L, S, K, I" and found["alternatives"] == []
