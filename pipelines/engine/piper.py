"""The voice: Piper in a program of its own.

piper-tts (with the espeak-ng inside it) is GPL-3. This file is the only one that imports it, and
it runs only as a separate process that takes text over a socket and gives PCM back.

A voice runs in two halves (`halves.py`). The decoder looks only a few frames to either side, so it
runs piece by piece and the first sound is there after a fraction of the time; the encoder's
durations tell when each word is spoken.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from config.derived import MAKE_SECONDS
from config.errors import ModelUnusable
from pipelines.engine.halves import LATENT, halves
from pipelines.engine.process import Handler, progress, serve

Audio = npt.NDArray[np.float32]

SPEECH_RMS = 0.075
"""Loudness of active speech, of full scale (-22.5 dBFS): what telephone networks expect."""
CEILING = 0.9
SILENCE_BELOW = 0.004
LEAD_SECONDS = 0.02
"""Piper begins with some tens of milliseconds of nothing; this much of it is kept."""
FIRST_FRAMES = 30
PIECE_FRAMES = 50
"""Latent frames decoded at a time (11.6 ms each at 22 050 Hz): a small piece first. Pieces of 80
would take a tenth less time and 20 MB more."""
CONTEXT_FRAMES = 10
"""Frames decoded on either side and thrown away: with these the pieces equal the whole."""
MOST_UNFINISHED = 32
UNFINISHED_SECONDS = 60.0
"""Nobody comes back later for the rest of a text; the sound of ten seconds is 0.7 MB until then."""
LETTER_SECONDS = 0.005
"""Most processor time for a letter to be encoded; 1 to 2 ms are usual."""
GAIN = "gain-1.txt"
"""Named anew when `CALIBRATION` or `SPEECH_RMS` change."""
CALIBRATION = "We will call you back between nine and eleven on Tuesday morning."


@dataclass(frozen=True)
class Spoken:
    """A piece of speech: PCM16LE, and, on the first, when each word of the text ends."""

    pcm: bytes
    words: tuple[tuple[int, int], ...] = ()
    """(end of the word in the text, end of its sound in samples)."""


class Piper:
    """A loaded voice."""

    def __init__(self, model: str, threads: int, home: Path) -> None:
        """`model` is the voice's .onnx file or a folder with one; its halves are kept in `home`."""
        from piper import PiperVoice
        from piper.config import PiperConfig

        path = _onnx_file(Path(model))
        config = PiperConfig.from_dict(json.loads(Path(f"{path}.json").read_text("utf-8")))
        cut = halves(path, home)
        self._encoder, self._decoder = (_session(half, threads) for half in cut)
        self._voice = PiperVoice(session=self._encoder, config=config)
        self._config = config
        self._rate = int(config.sample_rate)
        self._hop = int(config.hop_length)
        self._gain = 1.0
        self._gain = self._kept_gain(cut[0].with_name(GAIN))

    def _kept_gain(self, file: Path) -> float:
        """The voice's gain, measured when it is first loaded: a replacement is there sooner."""
        with contextlib.suppress(OSError, ValueError):
            return float(file.read_text())
        gain = self._calibrated_gain()
        partial = file.with_suffix(f".{os.getpid()}")
        partial.write_text(f"{gain:.4f}")
        partial.rename(file)
        return gain

    def _calibrated_gain(self) -> float:
        """One gain for everything this voice says: levels between sentences stay natural."""
        audio = np.concatenate(list(self._decode(self._encode(CALIBRATION, 1.0)[0])))
        active = audio[np.abs(audio) > SILENCE_BELOW]
        return float(SPEECH_RMS / np.sqrt(np.mean(active**2)))

    def speak(self, text: str, rate: int, speed: float) -> Iterator[Spoken]:
        """Speak `text` at `rate` Hz, piece by piece as it is made."""
        import soxr

        latent, words = self._encode(text, speed)
        if latent.shape[2] == 0:
            return
        stream = soxr.ResampleStream(self._rate, rate, 1, dtype="float32", quality="HQ")
        trimmed = 0
        begun = False
        for audio in self._decode(latent):
            if not begun:
                skip = _leading_silence(audio, self._rate)
                trimmed += skip
                if skip == len(audio):
                    continue
                begun = True
                audio = audio[skip:]
                yield Spoken(b"", _moved(words, trimmed, rate / self._rate))
            yield Spoken(self._finished(stream.resample_chunk(audio)))
        yield Spoken(self._finished(stream.resample_chunk(np.zeros(0, np.float32), last=True)))

    def _finished(self, audio: Audio) -> bytes:
        loud = audio * self._gain
        # Soft above the ceiling: a rare peak is rounded instead of clipped.
        over = np.abs(loud) > CEILING
        if np.any(over):
            excess = np.abs(loud[over]) - CEILING
            loud[over] = np.sign(loud[over]) * (CEILING + (1 - CEILING) * np.tanh(excess))
        return bytes((np.clip(loud, -1.0, 1.0) * 32767).astype("<i2").tobytes())

    def _encode(self, text: str, speed: float) -> tuple[Audio, tuple[tuple[int, int], ...]]:
        """Latent frames (1 x channels x frames) and when each word ends, in source samples."""
        ids: list[int] = []
        for sentence in self._voice.phonemize(text):
            ids += self._voice.phonemes_to_ids(sentence)
        if not ids:
            return np.zeros((1, 1, 0), dtype=np.float32), ()
        inputs: dict[str, Any] = {
            "input": np.array([ids], dtype=np.int64),
            "input_lengths": np.array([len(ids)], dtype=np.int64),
            "scales": np.array(
                [self._config.noise_scale, self._config.length_scale / speed,
                 self._config.noise_w_scale],
                dtype=np.float32,
            ),
        }  # fmt: skip
        if self._config.num_speakers > 1:
            inputs["sid"] = np.array([0], dtype=np.int64)
        latent, durations = self._encoder.run(None, inputs)
        samples = np.cumsum(durations.reshape(-1)) * self._hop
        return latent, _word_ends(self._weights(text), samples)

    def _weights(self, text: str) -> list[tuple[int, int]]:
        """(end in the text, phoneme ids so far) of each word, the words phonemised one by one."""
        found = []
        total = 0
        position = 0
        for word in text.split():
            position = text.index(word, position) + len(word)
            total += 2 * sum(len(part) for part in self._voice.phonemize(word))
            found.append((position, total))
        return found

    def _decode(self, latent: Audio) -> Iterator[Audio]:
        """Samples, piece by piece."""
        frames = latent.shape[2]
        begin = 0
        size = FIRST_FRAMES
        while begin < frames:
            end = min(frames, begin + size)
            left = max(0, begin - CONTEXT_FRAMES)
            right = min(frames, end + CONTEXT_FRAMES)
            (audio,) = self._decoder.run(None, {LATENT: latent[:, :, left:right]})
            flat = audio.reshape(-1)
            yield flat[(begin - left) * self._hop : (end - left) * self._hop]
            begin, size = end, PIECE_FRAMES


def _word_ends(
    weights: list[tuple[int, int]], samples: npt.NDArray[Any]
) -> tuple[tuple[int, int], ...]:
    """When each word ends, from how far into the phonemes it reaches."""
    if not weights:
        return ()
    total = max(1, weights[-1][1])
    last = len(samples) - 1
    return tuple(
        (end, int(samples[min(last, round(weight / total * last))])) for end, weight in weights
    )


def _moved(
    words: tuple[tuple[int, int], ...], trimmed: int, ratio: float
) -> tuple[tuple[int, int], ...]:
    return tuple((end, max(0, round((sample - trimmed) * ratio))) for end, sample in words)


def _session(half: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # It was optimised when it was cut.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    # An arena would keep the memory of the longest text for good, a pattern one for each length.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    # Weights stay where they are mapped, and 16 bits wide; copies in another order save no time.
    options.add_session_config_entry("session.disable_prepacking", "1")
    return onnxruntime.InferenceSession(
        str(half), sess_options=options, providers=["CPUExecutionProvider"]
    )


def _onnx_file(path: Path) -> Path:
    if path.is_dir():
        found = sorted(path.glob("*.onnx"))
        if len(found) != 1:
            raise ModelUnusable(
                f"{path} holds {len(found)} .onnx voices; name one of them in models.voice."
            )
        path = found[0]
    if not Path(f"{path}.json").is_file():
        raise ModelUnusable(f"{path}.json, the voice's description, is missing beside {path.name}.")
    return path


def _leading_silence(audio: Audio, rate: int) -> int:
    """Samples before the first sound, which the caller would hear as delay."""
    loud = np.flatnonzero(np.abs(audio) > SILENCE_BELOW)
    if not len(loud):
        return len(audio)
    return max(0, int(loud[0]) - int(LEAD_SECONDS * rate))


class Unfinished:
    """Texts whose sound is made in portions, so that another call's need not wait for all of one.

    A caller who went away leaves theirs behind: the oldest are forgotten.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._kept: dict[int, tuple[float, Iterator[Spoken]]] = {}
        self._numbers = itertools.count(1)
        self._now = now

    def portion(self, pieces: Iterator[Spoken], seconds: float) -> Iterator[dict[str, Any]]:
        """Pieces until `seconds` of work are done; the last one says how to go on."""
        begun = time.process_time()
        for piece in pieces:
            progress()
            made = {"pcm": piece.pcm, "words": piece.words}
            if piece.pcm and time.process_time() - begun > seconds:
                yield made | {"more": self._keep(pieces)}
                return
            yield made

    def _keep(self, pieces: Iterator[Spoken]) -> int:
        self._forget_old()
        number = next(self._numbers)
        self._kept[number] = self._now(), pieces
        return number

    def _forget_old(self) -> None:
        expired = self._now() - UNFINISHED_SECONDS
        while self._kept:
            oldest = next(iter(self._kept))
            if len(self._kept) < MOST_UNFINISHED and self._kept[oldest][0] > expired:
                break
            del self._kept[oldest]

    def take(self, number: int) -> Iterator[Spoken]:
        if number not in self._kept:
            raise ValueError("that text was begun by a process that is gone, or too long ago")
        return self._kept.pop(number)[1]


def load(options: dict[str, Any]) -> Handler:
    """Speech synthesis (Piper)."""

    def voice(model: str) -> Piper:
        progress(allow_seconds=MAKE_SECONDS)
        return Piper(model, options["threads"], Path(options["home"]))

    voices = {options["model"]: voice(options["model"])}
    unfinished = Unfinished()

    def handle(op: str, args: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if op == "speak_on":
            pieces = unfinished.take(args["more"])
        elif op == "speak":
            model = args.get("model") or options["model"]
            if model not in voices:
                voices[model] = voice(model)
            # A sentence of a minute is encoded at once.
            progress(1.0 + LETTER_SECONDS * len(args["text"]))
            pieces = voices[model].speak(args["text"], args["rate"], args.get("speed", 1.0))
        else:
            raise ValueError(f"unknown operation {op}")
        yield from unfinished.portion(pieces, args.get("seconds", math.inf))

    return handle


if __name__ == "__main__":
    serve(load)
