"""Recognition as calls get it beside the same model decoded the stock way (30 s window, beam 5).

    python -m bench.recogniser --folder RECORDINGS [--model base] [--json FILE]

Word errors of read sentences and commands, exactly right letters and digits (with what was asked
for known to ours, as in a call, and without), clean and through a telephone; then 450 clips without
speech, through voice activity and recogniser: how many yield words. CPU seconds are an utterance's.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from bench.recordings import Audio, Recording, recordings, room, telephone
from bench.report import report
from bench.turns import expectation
from config import load_settings
from config.models import resolve
from flows import Expectation
from flows.spoken.phone.numbers import spoken_digits
from pipelines.engine.whisper import Whisper
from pipelines.recogniser import ALPHABETS
from pipelines.turns import VoiceActivity
from pipelines.vad import SharedSilero
from voice_worker.audio import RATE

NON_SPEECH = 450
COUNTED = ("clips", "taken for speech", "words, recogniser alone", "words in a call")

Recognise = Callable[[Audio, str], str]


def word_errors(said: str, heard: str) -> tuple[int, int]:
    """(Levenshtein distance in words, words said); numbers and hyphens as they are spoken."""
    a, b = _words(said), _words(heard)
    row = list(range(len(b) + 1))
    for i, word in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            previous, row[j] = row[j], min(
                row[j] + 1, row[j - 1] + 1, previous + (word != other)
            )  # fmt: skip
    return row[-1], len(a)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower().replace("-", " "))


def exact(recording: Recording, heard: str) -> bool:
    """True when every letter or digit is right."""
    said = recording.text
    if expectation(recording) is Expectation.LETTERS:
        return re.sub(r"[^A-Z]", "", said.upper()) == re.sub(r"[^A-Z0-9]", "", heard.upper())
    return spoken_digits(said) == (spoken_digits(heard) or re.sub(r"\D", "", heard))


def non_speech(random: np.random.Generator) -> Iterator[tuple[str, Audio]]:
    """(kind, audio): what lines and rooms sound like when nobody speaks."""
    makers = [
        noise, hum, tones, ringing, chords, clicks, breaths, keys, babble, silence,
        siren, coughs, barks, melody, humming,
    ]  # fmt: skip
    for number in range(NON_SPEECH):
        make = makers[number % len(makers)]
        samples = int(random.choice([0.1, 0.4, 1, 2, 4, 8]) * random.uniform(0.8, 1) * RATE)
        audio = make(samples, random)
        level = 10 ** (random.uniform(-45, -12) / 20)
        peak = float(np.abs(audio).max()) or 1.0
        clip = (audio / peak * level).astype(np.float32)
        yield make.__name__, telephone(clip) if number % 3 == 0 else clip


def _time(samples: int) -> Any:
    return np.arange(samples) / RATE


def noise(samples: int, random: np.random.Generator) -> Audio:
    """White to brown."""
    spectrum = np.fft.rfft(random.standard_normal(samples))
    colour = np.maximum(1, np.arange(len(spectrum))) ** -random.uniform(0, 1)
    return np.fft.irfft(spectrum * colour, samples).astype(np.float32)


def hum(samples: int, random: np.random.Generator) -> Audio:
    """Mains and its harmonics."""
    base = float(random.choice([50, 60]))
    waves = [np.sin(2 * np.pi * base * n * _time(samples)) / n for n in range(1, 9)]
    return (sum(waves) + 0.02 * random.standard_normal(samples)).astype(np.float32)


def tones(samples: int, random: np.random.Generator) -> Audio:
    """Keys pressed (DTMF, ITU-T Q.23)."""
    t, out = _time(samples), np.zeros(samples)
    for begin in np.arange(0, samples / RATE, 0.25):
        low, high = random.choice([697, 770, 852, 941]), random.choice([1209, 1336, 1477, 1633])
        on = (t >= begin) & (t < begin + 0.12)
        out[on] = np.sin(2 * np.pi * low * t[on]) + np.sin(2 * np.pi * high * t[on])
    return out.astype(np.float32)


def ringing(samples: int, random: np.random.Generator) -> Audio:
    """Ring-back, busy and attention tones."""
    low, high, on, off = [(440, 480, 2, 4), (480, 620, 0.5, 0.5), (425, 425, 1, 4),
                          (950, 1400, 0.33, 0.1)][random.integers(4)]  # fmt: skip
    t = _time(samples)
    return ((t % (on + off) < on) * (np.sin(2 * np.pi * low * t) + np.sin(2 * np.pi * high * t))
            ).astype(np.float32)  # fmt: skip


def chords(samples: int, random: np.random.Generator) -> Audio:
    """Music on hold."""
    t, out = _time(samples), np.zeros(samples)
    for begin in np.arange(0, samples / RATE, 0.5):
        root = 220 * 2 ** (random.integers(0, 12) / 12)
        on = t >= begin
        fade = np.exp(-3 * (t[on] - begin))
        for step in (0, 4, 7, 12):
            for harmonic in (1, 2, 3):
                wave = np.sin(2 * np.pi * root * 2 ** (step / 12) * harmonic * t[on])
                out[on] += fade * wave / harmonic
    return out.astype(np.float32)


def _bursts(
    samples: int, random: np.random.Generator, every: float, decay_ms: float, soft: float
) -> Audio:
    out = np.zeros(samples)
    at = 0.0
    while (at := at + random.exponential(every) + 0.03) < samples / RATE:
        begin = int(at * RATE)
        length = min(samples - begin, int(RATE * decay_ms / 1000 * 5))
        burst = random.standard_normal(length) * np.exp(-np.arange(length) / RATE * 1000 / decay_ms)
        if soft:
            burst = np.convolve(burst, np.ones(int(soft)) / soft, mode="same")
        out[begin : begin + length] += burst * random.uniform(0.3, 1)
    return out.astype(np.float32)


def clicks(samples: int, random: np.random.Generator) -> Audio:
    """A bad contact, a mouse."""
    return _bursts(samples, random, 0.5, 2, 0)


def keys(samples: int, random: np.random.Generator) -> Audio:
    """Typing."""
    return _bursts(samples, random, 0.15, 12, 4) + 0.3 * _bursts(samples, random, 0.15, 3, 0)


def breaths(samples: int, random: np.random.Generator) -> Audio:
    """Breathing, wind on the microphone."""
    slow = np.maximum(0, np.sin(2 * np.pi * random.uniform(0.3, 0.8) * _time(samples))) ** 2
    return np.convolve(noise(samples, random) * slow, [1, -0.7], mode="same").astype(np.float32)


def babble(samples: int, random: np.random.Generator) -> Audio:
    """A room full of people, too many and too far to be understood: voiced noise."""
    t, out = _time(samples), np.zeros(samples)
    for _ in range(14):
        pitch = random.uniform(90, 240) * (1 + 0.05 * np.sin(2 * np.pi * random.uniform(1, 4) * t))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        voice = sum(np.sin(n * phase) * np.exp(-((n * 150 - random.uniform(300, 2500)) ** 2) / 4e5)
                    for n in range(1, 16))  # fmt: skip
        syllables = np.maximum(
            0, np.sin(2 * np.pi * random.uniform(2, 5) * t + random.uniform(0, 6))
        )
        out += voice * syllables
    return out.astype(np.float32)


def silence(samples: int, random: np.random.Generator) -> Audio:
    """A quiet line."""
    return room(samples, 10 ** (random.uniform(-80, -55) / 20), random)


def siren(samples: int, random: np.random.Generator) -> Audio:
    """Rising and falling."""
    swing = np.sin(2 * np.pi * random.uniform(0.2, 3) * _time(samples))
    pitch = random.uniform(500, 900) + random.uniform(150, 400) * swing
    return np.asarray(np.sin(2 * np.pi * np.cumsum(pitch) / RATE), dtype=np.float32)


def coughs(samples: int, random: np.random.Generator) -> Audio:
    """Short bursts through a throat: noise with formants."""
    t = _time(samples)
    throat = 1 + 0.5 * sum(np.sin(2 * np.pi * formant * t) for formant in (650, 1200, 2500))
    return (_bursts(samples, random, 0.8, 80, 3) * throat).astype(np.float32)


def barks(samples: int, random: np.random.Generator) -> Audio:
    """A dog: voiced, without words."""
    out = np.zeros(samples)
    for begin in np.arange(0.02, samples / RATE, random.uniform(0.4, 1)):
        t = _time(min(samples - int(begin * RATE), int(0.18 * RATE)))
        rise = np.sin(np.pi * t / 0.18)
        phase = 2 * np.pi * np.cumsum(random.uniform(350, 700) * (1 + 0.4 * rise)) / RATE
        voice = sum(np.sin(n * phase) / n for n in range(1, 7)) * rise
        out[int(begin * RATE) :][: len(t)] += voice
    return out.astype(np.float32)


def melody(samples: int, random: np.random.Generator) -> Audio:
    """An instrument with vibrato, and a drum."""
    t, out, step = _time(samples), np.zeros(samples), random.uniform(0.15, 0.5)
    for begin in np.arange(0, samples / RATE, step):
        on = (t >= begin) & (t < begin + step)
        pitch = 196 * 2 ** (random.integers(0, 24) / 12) * (1 + 0.01 * np.sin(34 * t[on]))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        out[on] += sum(np.sin(n * phase) / n**1.5 for n in range(1, 6)) * np.exp(begin - t[on])
    return (out + _bursts(samples, random, 2 * step, 40, 10)).astype(np.float32)


def humming(samples: int, random: np.random.Generator) -> Audio:
    """With closed lips."""
    swing = np.sin(2 * np.pi * random.uniform(0.3, 2) * _time(samples))
    phase = 2 * np.pi * np.cumsum(random.uniform(90, 220) * (1 + 0.03 * swing)) / RATE
    return np.asarray(sum(np.sin(n * phase) / n**2 for n in range(1, 8)), dtype=np.float32)


class Stock:
    """faster-whisper as it comes."""

    def __init__(self, path: str) -> None:
        from faster_whisper import WhisperModel

        self._model = WhisperModel(path, device="cpu", compute_type="int8", cpu_threads=1)

    def recognise(self, audio: Audio) -> str:
        segments, _ = self._model.transcribe(audio, language="en", beam_size=5)
        return " ".join(segment.text.strip() for segment in segments)


def accuracy(name: str, recognise: Recognise, items: list[Recording]) -> list[dict[str, Any]]:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for recording in track(items, name):
        expect = expectation(recording)
        measure = expect.value if expect.value in ("letters", "digits", "phone") else "words"
        for line in ("clean", "G.711"):
            audio = recording.audio if line == "clean" else telephone(recording.audio)
            started = time.process_time()
            heard = recognise(audio, ALPHABETS.get(expect, ""))
            cpu = time.process_time() - started
            row = rows.setdefault((measure, line), {
                "what": measure, "line": line, "decoded": name, "utterances": 0,
                "exact %": 0.0, "word errors %": 0.0, "words": 0, "cpu s": 0.0,
            })  # fmt: skip
            wrong, words = word_errors(recording.text, heard)
            row["utterances"] += 1
            row["words"] += words
            row["word errors %"] += wrong
            row["exact %"] += wrong == 0 if measure == "words" else exact(recording, heard)
            row["cpu s"] += cpu
    for row in rows.values():
        row["exact %"] *= 100 / row["utterances"]
        # Spelled forms differ between decoders; only sentences are compared by the word.
        errors = 100 * row["word errors %"] / row.pop("words")
        row["word errors %"] = errors if row["what"] == "words" else "-"
        row["cpu s"] /= row["utterances"]
    return list(rows.values())


def inventions(whisper: Whisper) -> list[dict[str, Any]]:
    """Clips without speech that yield words all the same."""
    settings = load_settings()
    speech = settings.speech
    silero = SharedSilero(settings.home)
    counts: dict[str, dict[str, Any]] = {}
    random = np.random.default_rng(1)
    for kind, clip in track(list(non_speech(random)), "without speech"):
        audio = np.concatenate([clip, np.zeros(RATE // 2, dtype=np.float32)])
        activity = VoiceActivity(
            speech.vad_start_ms, speech.vad_stop_ms, speech.vad_confidence, speech.vad_min_rms
        )
        pcm = (np.clip(audio, -1, 1) * 32767).astype(np.int16)
        turn = any(
            activity.feed(probability, loudness)
            for probability, loudness in silero.listener(RATE).feed(pcm)
        )
        text = whisper.recognise(audio)["text"]
        row = counts.setdefault(kind, dict.fromkeys(COUNTED, 0))
        seen = (True, turn, bool(text), bool(turn and text))
        counts[kind] = {key: row[key] + yes for key, yes in zip(COUNTED, seen, strict=True)}
    totals = {key: sum(row[key] for row in counts.values()) for key in COUNTED}
    return [{"without speech": kind, **row} for kind, row in [*counts.items(), ("all", totals)]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True, help="recordings with manifest.tsv")
    parser.add_argument("--model", default="", help="a recogniser; default: the settings'")
    parser.add_argument("--every", type=int, default=1, help="only each n-th recording")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    settings = load_settings()
    name = arguments.model or settings.models.recogniser
    path = resolve(name, "recogniser", settings.home)
    whisper, stock = Whisper(path, 1), Stock(path)
    items = [
        one for one in recordings(arguments.folder)
        if not one.text.startswith("{")  # slots, not words
    ][:: arguments.every]  # fmt: skip
    rows = accuracy("stock", lambda audio, alphabet: stock.recognise(audio), items)
    rows += accuracy("ours", lambda audio, alphabet: whisper.recognise(audio)["text"], items)
    rows += accuracy(
        "ours, asked for",
        lambda audio, alphabet: whisper.recognise(audio, alphabet=alphabet)["text"],
        [one for one in items if expectation(one) in ALPHABETS],
    )
    rows.sort(key=lambda row: (row["what"], row["line"], row["decoded"]))
    silent = inventions(whisper)
    report(f"{name}: recognised", rows, arguments.json, without_speech=silent)
    report(f"{name}: clips without speech", silent, None)


if __name__ == "__main__":
    main()
