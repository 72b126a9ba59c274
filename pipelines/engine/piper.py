"""The voice: Piper in a program of its own.

piper-tts (with the espeak-ng inside it) is GPL-3. This file is the only one that imports it, and
it runs only as a separate process that takes text over a socket and gives PCM back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.engine.process import Handler, serve

PEAK = 0.72
"""Loudest sample of a sentence, of full scale: as loud as telephone speech is, with headroom."""
SENTENCE_GAP_SECONDS = 0.12
SILENCE_BELOW = 0.004
LEAD_SECONDS = 0.02
"""Piper begins with some tens of milliseconds of nothing; this much of it is kept."""


class Piper:
    """A loaded voice."""

    def __init__(self, model: str, threads: int) -> None:
        import onnxruntime
        from piper import PiperVoice
        from piper.config import PiperConfig

        path = _onnx_file(Path(model))
        config = PiperConfig.from_dict(json.loads(Path(f"{path}.json").read_text("utf-8")))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._voice = PiperVoice(session=session, config=config)
        self._rate = int(config.sample_rate)

    def speak(self, text: str, rate: int, speed: float) -> Iterator[bytes]:
        """PCM16LE mono at `rate` Hz, a piece per sentence."""
        import soxr
        from piper.config import SynthesisConfig

        settings = SynthesisConfig(length_scale=1.0 / speed, normalize_audio=True, volume=PEAK)
        first = True
        for chunk in self._voice.synthesize(text, settings):
            audio = _trimmed(chunk.audio_float_array, self._rate)
            if not first:
                gap = np.zeros(int(SENTENCE_GAP_SECONDS * self._rate), dtype=np.float32)
                audio = np.concatenate([gap, audio])
            first = False
            resampled = soxr.resample(audio, self._rate, rate, quality="HQ")
            yield (np.clip(resampled, -1.0, 1.0) * 32767).astype("<i2").tobytes()


def _onnx_file(path: Path) -> Path:
    if path.is_dir():
        found = sorted(path.glob("*.onnx"))
        if len(found) != 1:
            raise SystemExit(
                f"{path} holds {len(found)} .onnx voices; name one of them in models.voice."
            )
        path = found[0]
    if not Path(f"{path}.json").is_file():
        raise SystemExit(f"{path}.json, the voice's description, is missing beside {path.name}.")
    return path


def _trimmed(audio: npt.NDArray[np.float32], rate: int) -> npt.NDArray[np.float32]:
    """Without the silence before the first sound, which the caller would hear as delay."""
    loud = np.flatnonzero(np.abs(audio) > SILENCE_BELOW)
    if not len(loud):
        return audio
    return audio[max(0, int(loud[0]) - int(LEAD_SECONDS * rate)) :]


def load(options: dict[str, Any]) -> Handler:
    """Speech synthesis (Piper)."""
    engine = Piper(options["model"], options["threads"])
    for _ in engine.speak("Ready.", 16_000, 1.0):
        pass

    def handle(op: str, args: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if op != "speak":
            raise ValueError(f"unknown operation {op}")
        for pcm in engine.speak(args["text"], args["rate"], args.get("speed", 1.0)):
            yield {"pcm": pcm}

    return handle


if __name__ == "__main__":
    serve(load)
