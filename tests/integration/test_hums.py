"""Hums, by their sound: synthetic voices' own, of which the decoder makes words."""

from __future__ import annotations

import numpy as np
import pytest

from bench.clips import espeak, flite
from config import load_settings
from config.models import resolve
from pipelines.engine.recognition.phones import Phones
from pipelines.engine.whisper import Whisper


@pytest.fixture(scope="module")
def ears() -> Whisper:
    model = resolve("tiny.en", "recogniser", load_settings().home)
    return Whisper(model, threads=1, phones=Phones.of_model("tiny.en"))


@pytest.mark.parametrize(
    ("text", "voice", "hum"),
    [
        ("Uh-huh.", "kal16", True),
        ("Uh-huh.", "slt", True),
        ("Mm.", "en-gb-scotland", True),
        ("Stop.", "slt", False),
        ("Hold on.", "kal16", False),
        ("Hello?", "rms", False),
        ("No, wait.", "en-us", False),
        ("Help.", "en-gb", False),
        ("Uh-huh, and then we all went on to the station and waited there.", "slt", False),
    ],
)
def test_a_hum_is_told_by_its_phones(ears: Whisper, text: str, voice: str, hum: bool) -> None:
    said = espeak(text, voice, 150) if voice.startswith("en") else flite(text, voice, 1.0)
    speech = np.asarray(said).astype(np.float32) / 32768
    silence = np.zeros(1600, np.float32)
    heard = ears.recognise(np.concatenate([silence, speech, silence]))
    assert heard["hum"] is hum
