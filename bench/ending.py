"""Teach the recogniser's encoder what the end of a turn sounds like: makes the weights that
`pipelines/engine/ending.py` uses, and says how good they are on speakers they have not heard.

    python -m bench.ending --folder RECORDINGS [--half 0] [--output FILE]

Ends are the ends of the recordings and of sentences spoken by synthetic voices; pauses are real
ones inside them, cuts between words, and a cut where it is quietest near the middle. Each is heard
at a random level, over a random background, cut hard or softly, clean and through a telephone, as a
call's ears would cut it; recordings also slower and faster, which makes other speakers of them.
`--half` trains on half of the speakers, for measuring turns with `bench.turns` on the other half.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import soxr
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
STRENGTH = 0.002
"""Of the regularisation: the best of a sweep, on speakers left out."""
VARIED = "other speeds"
SPEEDS = (0.87, 1.14)
"""Lengths of a recording as another speaker's; pitch and formants move with it."""
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
It depends on the price, to be honest.|How do I change my password?|Thank you, goodbye.
My number is five five five, eight six seven, five three oh nine.|nine oh two one oh|one two three
It's four one five, two two eight, nine six zero one.|seven|forty two|H A R R I S O N|B R O W N
A large cappuccino with oat milk and two sugars, please.|I'll have a small decaf latte to go.
Can I get an iced americano with a splash of cream?|Stop.|Help.|Go back.|Next.|Start over.
My name is Maria Gonzalez, that's g o n z a l e z.|Seventeen hundred and twenty.|Maybe later.
April the third, nineteen eighty two.|twelve oaks drive, number eleven|zip one five two one three
He walked slowly down the hill, and the dog followed him without a sound.|Of course.|Absolutely.
In the morning the streets were wet, because it had rained all night.|Hold on, let me find it.
The report, which was published last year, shows that prices have doubled since then.
She asked me whether I had seen the letter on the kitchen table.|It is order number six six one."""
FLITE_VOICES = ("slt", "rms", "awb", "kal16")
ESPEAK_VOICES = ("en-us", "en-gb", "en-us+f3", "en-us+m5", "en-gb-scotland")


@dataclass(frozen=True)
class Point:
    """A silence a call's ears might hear, and whether it was the end."""

    group: str
    kind: str
    how: str
    vector: Any


def synthetic(home: Path) -> Iterator[Recording]:
    """What callers say, in synthetic voices."""
    sentences = CALLERS_SAY.replace("\n", "|").split("|")
    voice = Piper(resolve("joe", "voice", home), threads=1, home=home)
    for number, text in enumerate(sentences):
        pcm = b"".join(piece.pcm for piece in voice.speak(text, RATE, (0.9, 1.0, 1.1)[number % 3]))
        audio = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
        yield Recording(f"piper {number}", text, f"piper {number % 8}", "piper", audio)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.wav"
        for number, text in enumerate(sentences):
            name = ESPEAK_VOICES[number % len(ESPEAK_VOICES)]
            speed = str((135, 150, 165)[number % 3])
            subprocess.run(["espeak-ng", "-v", name, "-s", speed, "-w", path, text], check=True)
            yield Recording(f"espeak {number}", text, name, "espeak", _audio(path))
            name = FLITE_VOICES[number % len(FLITE_VOICES)]
            stretch = f"duration_stretch={(0.9, 1.0, 1.15)[number % 3]}"
            subprocess.run(
                ["flite", "-voice", name, "--setf", stretch, "-t", text, "-o", path], check=True
            )
            yield Recording(f"flite {number}", text, name, "flite", _audio(path))


def _audio(path: Path) -> Audio:
    return np.frombuffer(read_pcm(path), "<i2").astype(np.float32) / 32768


def as_others(recording: Recording) -> Iterator[Recording]:
    """The recording, and what it would be from people with other voices."""
    yield recording
    for speed in SPEEDS:
        audio = np.asarray(soxr.resample(recording.audio, RATE, RATE * speed), dtype=np.float32)
        yield replace(recording, name=f"{recording.name} x{speed}", audio=audio)


def quietest(recording: Recording) -> int:
    """The sample near the middle of the speech where a pause would be put by ear."""
    begin, end = recording.speech
    step = RATE // 50
    blocks = recording.audio[begin:end][: (end - begin) // step * step].reshape(-1, step)
    level = np.mean(blocks**2, axis=1)
    low = int(len(level) * 0.35)
    high = max(int(len(level) * 0.7), low + 1)
    return begin + (low + int(np.argmin(level[low:high]))) * step + step // 2


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
    silero = SharedSilero(settings.home)
    random = np.random.default_rng(11)
    real = [one for one in recordings(folder) if half is None or one.half == half]
    chosen = [other for one in real for other in as_others(one)]
    chosen += synthetic(settings.home)
    for recording in track(chosen, "hearing"):
        begin, end = recording.speech
        gaps = word_gaps(recording, whisper)
        most = max(3, round(0.7 * (end - begin) / RATE))
        silences = [(end, "end"), (end, "end"), (quietest(recording), "cut")]
        silences += [(int(at), "cut") for at in random.permutation(gaps)[:most]]
        silences += [(at, "pause") for at, _ in recording.pauses(120)[:4]]
        for number, (at, how) in enumerate(silences):
            speech_audio = recording.audio[max(0, begin - 1600) : at].copy()
            fade = min(int(random.choice([1, 32, 160, 320, 640])), len(speech_audio) // 2)
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
                kind = recording.kind if " x" not in recording.name else VARIED
                yield Point(recording.speaker, kind, how, vector)


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
    people = ~np.isin(kinds, (VARIED, "piper", "espeak", "flite"))
    hows = np.array([point.how for point in found])
    rows = []
    for kind in ("people", *sorted(set(kinds))):
        of_kind = people if kind == "people" else kinds == kind
        row: dict[str, Any] = {"recordings": kind, "ends": int((of_kind & ends).sum())}
        for how in ("cut", "pause"):
            here = of_kind & (ends | (hows == how))
            row[how] = int((here & ~ends).sum())
            row[f"auc {how}"] = float(roc_auc_score(ends[here], scores[here])) if row[how] else "-"
        rows.append(row)
    report("Ends told from pauses, speakers not trained on (1 is perfect, 0.5 chance)", rows, json)
    # What is sure of speakers it knows is less so of others: brought to their scale.
    scale = LogisticRegression(class_weight="balanced").fit(scores[people, None], ends[people])
    scaler, model = (step for _, step in fitted(np.arange(len(found))).steps)
    slope = float(scale.coef_[0, 0])
    weights = (slope * model.coef_[0] / scaler.scale_).astype(np.float32)
    bias = slope * float(model.intercept_[0]) + float(scale.intercept_[0])
    bias -= float(weights @ scaler.mean_)
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
