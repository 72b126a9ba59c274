"""Teach the recogniser's encoder what the end of a turn sounds like: makes the weights that
`pipelines/engine/ending.py` uses, and says how good they are on speakers they have not heard.

    python -m bench.ending --folder RECORDINGS [--half 0] [--output FILE]

Ends are the ends of the recordings and of sentences spoken by two synthetic voices; pauses are real
ones inside them and cuts between words. Each is heard at a random level, over a random background,
cut hard or softly, clean and through a telephone, as a call's ears would cut it. `--half` trains on
half of the speakers, for measuring turns with `bench.turns` on the other half.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bench.recordings import Audio, Recording, recordings, room, telephone
from bench.report import report
from config import load_settings
from config.models import resolve
from pipelines.engine.ending import FOLDER, Ending, features
from pipelines.engine.piper import Piper
from pipelines.engine.whisper import Whisper
from pipelines.vad import SharedSilero, SpeechProbability
from voice_worker.audio import RATE, read_pcm

PRE_ROLL = RATE * 320 // 1000
STRENGTH = 0.003
"""Of the regularisation: the best of a sweep over whole powers, on speakers left out."""
CALLERS_SAY = """\
I'd like to know how much a new roof costs.|Can you tell me what your opening hours are?
Yes, please.|No, thank you.|Yes.|No.|That's right.|My name is Jane Miller.|It's Peter Harrison.
My email is jane dot miller at gmail dot com.|peter at harrison roofing dot co dot uk
My number is five oh three, five five five, oh one four two.|five five five, two three six eight
The best time would be Tuesday afternoon, after three.|Do you also work on weekends?
I need somebody to look at my heating, it stopped working last night.|Around two thousand dollars.
I'm calling about an invoice that I received last week.|I would like to speak to a person.
Could somebody call me back tomorrow morning?|We have about twelve employees and two offices.
How long does the installation usually take?|I'm not sure, maybe in March.|Okay, that sounds good.
Sorry, can you repeat that?|The address is forty two Baker Street in Portland.|S M I T H
What does it cost per month?|I want to cancel my appointment for Friday.|Nothing else, thanks.
We are looking for a system that works with our existing panels.|Is there a warranty on the parts?
It's for my mother, she lives alone and needs some help in the house.|next Monday at ten thirty
No, that's wrong, it's with two l's.|b as in bravo, r, o, w, n|Yes, but not before noon.
Could you send me the details by email?|I think the second option is better for us.
We had a problem with the last delivery, two boxes were missing.|nine seven oh one, triple four
You can reach me at my office until five.|I saw your ad and wanted to ask what exactly is included.
Let me think, I believe it was in two thousand nineteen.|Everything else is fine.
It depends on the price, to be honest.|How do I change my password?|Thank you, goodbye."""
ESPEAK_VOICES = ("en-us", "en-gb", "en-us+f3", "en-us+m5", "en-gb-scotland")


@dataclass(frozen=True)
class Point:
    """A silence a call's ears might hear, and whether it was the end."""

    group: str
    kind: str
    how: str
    vector: Any


def synthetic(home: Path) -> Iterator[Recording]:
    """What callers say, in two synthetic voices."""
    sentences = CALLERS_SAY.replace("\n", "|").split("|")
    voice = Piper(resolve("joe", "voice", home), threads=1, home=home)
    for number, text in enumerate(sentences):
        pcm = b"".join(voice.speak(text, RATE, (0.9, 1.0, 1.1)[number % 3]))
        audio = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
        yield Recording(f"piper {number}", text, f"piper {number % 8}", "piper", audio)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.wav"
        for number, text in enumerate(sentences):
            name = ESPEAK_VOICES[number % len(ESPEAK_VOICES)]
            speed = str((135, 150, 165)[number % 3])
            subprocess.run(["espeak-ng", "-v", name, "-s", speed, "-w", path, text], check=True)
            audio = np.frombuffer(read_pcm(path), "<i2").astype(np.float32) / 32768
            yield Recording(f"espeak {number}", text, name, "espeak", audio)


def word_gaps(recording: Recording, whisper: Whisper) -> list[int]:
    """Samples between two words, where there is least sound."""
    audio = recording.audio[: 28 * RATE]
    begin, end = recording.speech
    words = whisper.recognise(audio, with_words=True)["words"]
    spans = [
        (max(a["end"] - 0.12, a["start"] + 0.05), b["start"] + 0.12) for a, b in pairwise(words)
    ]
    said = recording.text.split()
    if recording.text.isupper() and len(said) > len(words) + 1:
        # Spelled: the recogniser's words are whole names. The letters are about equally long.
        step = (end - begin) / len(said) / RATE
        spans = [(begin / RATE + n * step - 0.15, begin / RATE + n * step + 0.15)
                 for n in range(1, len(said))]  # fmt: skip
    gaps = []
    for low, high in spans:
        first, last = max(begin + 3200, int(low * RATE)), min(end - 1600, int(high * RATE))
        if last - first > 800:
            power = np.convolve(audio[first:last] ** 2, np.ones(320) / 320, mode="valid")
            gaps.append(first + int(np.argmin(power)) + 160)
    return sorted(set(gaps))


def as_heard(audio: Audio, vad: SpeechProbability, confidence: float, tail_ms: int) -> Audio | None:
    """What the ears would send to the recogniser at this silence."""
    pcm = (np.clip(audio, -1, 1) * 32767).astype(np.int16)
    voiced = [n for n, (p, _) in enumerate(vad.feed(pcm)) if p >= confidence]
    if len(voiced) < 5:
        return None
    begin = max(0, voiced[0] * vad.window_samples - PRE_ROLL)
    end = (voiced[-1] + 1) * vad.window_samples + tail_ms * RATE // 1000
    return audio[begin:end]


def points(folder: Path, half: int | None) -> Iterator[Point]:
    settings = load_settings()
    speech = settings.speech
    name = settings.models.recogniser
    whisper = Whisper(resolve(name, "recogniser", settings.home), speech.recogniser_threads)
    silero = SharedSilero()
    random = np.random.default_rng(11)
    everything = [*recordings(folder), *synthetic(settings.home)]
    chosen = [
        one for one in everything
        if half is None or one.kind in ("piper", "espeak") or one.half == half
    ]  # fmt: skip
    for recording in track(chosen, "hearing"):
        begin, end = recording.speech
        gaps = word_gaps(recording, whisper)
        most = max(4, round((end - begin) / RATE))
        silences = [(end, "end")] * 3
        silences += [(int(at), "cut") for at in random.permutation(gaps)[:most]]
        silences += [(at, "pause") for at, _ in recording.pauses(120)[:5] for _ in range(2)]
        for number, (at, how) in enumerate(silences):
            speech_audio = recording.audio[max(0, begin - 1600) : at].copy()
            fade = min(int(random.choice([32, 160, 320, 640])), len(speech_audio) // 2)
            speech_audio[-fade:] *= np.linspace(1, 0, fade)
            level = 10 ** (random.uniform(-75, -48) / 20)
            line = np.concatenate([room(9600, level, random), speech_audio,
                                   room(RATE, level, random)])  # fmt: skip
            line *= random.uniform(0.3, 0.8) / max(0.05, float(np.abs(line).max()))
            if (number + len(recording.name)) % 2:
                line = telephone(line)
            heard = as_heard(line, silero.listener(RATE), speech.vad_confidence, speech.vad_stop_ms)
            if heard is not None:
                vector = features(whisper.encode(heard), len(heard))
                yield Point(recording.speaker, recording.kind, how, vector)


def train(found: list[Point], output: Path, json: Path | None) -> None:
    vectors = np.array([point.vector for point in found])
    ends = np.array([point.how == "end" for point in found])
    groups = np.unique([point.group for point in found], return_inverse=True)[1]

    def fitted(rows: Any) -> Any:
        model = make_pipeline(
            StandardScaler(),
            LogisticRegression(C=STRENGTH, max_iter=500, class_weight="balanced"),
        )
        return model.fit(vectors[rows], ends[rows])

    scores = np.zeros(len(found))
    for seen, unseen in GroupKFold(10).split(vectors, ends, groups):
        scores[unseen] = fitted(seen).decision_function(vectors[unseen])
    kinds = np.array([point.kind for point in found])
    hows = np.array([point.how for point in found])
    rows = []
    for kind in ("all", *sorted(set(kinds))):
        of_kind = np.ones(len(kinds), bool) if kind == "all" else kinds == kind
        row: dict[str, Any] = {"recordings": kind, "ends": int((of_kind & ends).sum())}
        for how in ("cut", "pause"):
            here = of_kind & (ends | (hows == how))
            row[how] = int((here & ~ends).sum())
            row[f"auc {how}"] = float(roc_auc_score(ends[here], scores[here])) if row[how] else "-"
        rows.append(row)
    report("Ends told from pauses, speakers not trained on (1 is perfect, 0.5 chance)", rows, json)
    scaler, model = (step for _, step in fitted(np.arange(len(found))).steps)
    weights = (model.coef_[0] / scaler.scale_).astype(np.float32)
    bias = float(model.intercept_[0] - weights @ scaler.mean_)
    Ending(weights, bias).save(output)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True, help="recordings with manifest.tsv")
    parser.add_argument("--half", type=int, choices=(0, 1), help="train on these speakers only")
    parser.add_argument("--output", type=Path, help="weights file; default: the packaged one")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    name = load_settings().models.recogniser
    found = list(points(arguments.folder, arguments.half))
    train(found, arguments.output or FOLDER / f"{name}.npz", arguments.json)


if __name__ == "__main__":
    main()
