"""Teach the recogniser's encoder what the end of a turn sounds like: makes the weights that
`engine/recognition/ending.py` uses, and says how good they are on speakers they have not heard.

    python -m bench.ending --folder RECORDINGS [--folder MORE] [--without SPEAKER] [--half 0]

Ends are the ends of the recordings and of sentences spoken by synthetic voices; pauses are real
ones inside them, cuts between words, and a cut where it is quietest near the middle. Each is heard
at a random level, over a random background, cut hard or softly, clean or through a telephone, as a
call's ears would cut it; of people's recordings also faster and higher copies, or slower and deeper
ones, which are nearly as good as other speakers. `--half` trains on half of the speakers, for
measuring turns with `bench.turns` on the other half.
"""

from __future__ import annotations

import argparse
import math
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr
import torch
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from torch import nn

from bench.clips import espeak, flite
from bench.recordings import Audio, Recording, recordings, room, telephone
from bench.report import report
from config import load_settings
from config.models import resolve
from pipelines.engine.piper import Piper
from pipelines.engine.recognition.ending import FOLDER, Ending, Floats, features
from pipelines.engine.whisper import Whisper
from pipelines.vad import SharedSilero, SpeechProbability
from voice_worker.audio import RATE, waveform

Bools = npt.NDArray[np.bool_]

PRE_ROLL = RATE * 320 // 1000
LINES = ("clean", "G.711")
"""What speech is heard through."""
LONGEST_SECONDS = 12
"""Longer recordings hold several turns."""
NETWORKS, UNITS = 2, 32
"""Networks that are averaged, and hidden units of each."""
EPOCHS, BATCH, RATE_OF_LEARNING, DECAY = 25, 128, 1e-3, 1e-2
NOISE, DROPPED = 0.5, 0.4
"""Spread of noise on the (standardised) inputs, and share of units left out: the best of a sweep,
on speakers left out."""
SYNTHETIC_WEIGHT, COPY_WEIGHT = 0.4, 0.7
"""Synthetic voices say what no recording does, but not as people do; copies are not quite people
either."""
MIXED = 0.3
"""Two silences are mixed for each that is learned from, by a share from Beta(0.3, 0.3)."""
SPEEDS = (0.85, 0.9, 1.1, 1.17)
"""A copy is played at one of these."""
FOLDS = 3
SYNTHETIC = ("piper", "espeak", "flite")
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
    line: str
    copied: bool
    vector: Any


def synthetic(home: Path) -> Iterator[Recording]:
    """What callers say, in synthetic voices."""
    sentences = CALLERS_SAY.replace("\n", "|").split("|")
    voice = Piper(resolve("joe", "voice", home), threads=1, home=home)
    for number, text in enumerate(sentences):
        pcm = b"".join(piece.pcm for piece in voice.speak(text, RATE, (0.9, 1.0, 1.1)[number % 3]))
        yield Recording(f"piper {number}", text, f"piper {number % 8}", "piper", waveform(pcm))
    for number, text in enumerate(sentences):
        name = ESPEAK_VOICES[number % len(ESPEAK_VOICES)]
        pcm = espeak(text, name, (135, 150, 165)[number % 3]).tobytes()
        yield Recording(f"espeak {number}", text, name, "espeak", waveform(pcm))
        name = FLITE_VOICES[number % len(FLITE_VOICES)]
        pcm = flite(text, name, (0.9, 1.0, 1.15)[number % 3]).tobytes()
        yield Recording(f"flite {number}", text, name, "flite", waveform(pcm))


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


def silences(
    recording: Recording, whisper: Whisper, random: np.random.Generator
) -> Iterator[tuple[int, str, str]]:
    """Where (sample) a silence is made of a recording, what it is, and the line it is heard on."""
    _, end = recording.speech
    middle = quietest(recording)
    for line in LINES:
        yield end, "end", line
        yield middle, "middle", line
    gaps = word_gaps(recording, whisper)
    pauses = [at for at, _ in recording.pauses(120)]
    for found, how in ((gaps, "words"), (pauses, "pause")):
        for at in random.permutation(np.array(found, dtype=int))[:2]:
            yield int(at), how, str(random.choice(LINES))


class Listener:
    """Hears a silence as a call's ears would."""

    def __init__(self, home: Path) -> None:
        settings = load_settings()
        self._speech = settings.speech
        model = resolve(settings.models.recogniser, "recogniser", home)
        self.whisper = Whisper(model, settings.speech.recogniser_threads)
        self._silero = SharedSilero(home)

    def hear(self, speech: Audio, line: str, random: np.random.Generator) -> Floats | None:
        """What the ear is told of `speech` and the silence after it; None: nothing was heard."""
        cut = speech.copy()
        fade = min(int(random.choice([1, 32, 160, 320, 640])), len(cut) // 2)
        cut[-fade:] *= np.linspace(1, 0, fade)
        level = 10 ** (random.uniform(-75, -48) / 20)
        audio = np.concatenate([room(9600, level, random), cut, room(RATE, level, random)])
        audio *= random.uniform(0.2, 0.8) / max(0.05, float(np.abs(audio).max()))
        if line == "G.711":
            audio = telephone(audio)
        heard = as_heard(
            audio,
            self._silero.listener(RATE),
            self._speech.vad_confidence,
            self._speech.vad_stop_ms,
        )
        return None if heard is None else features(self.whisper.encode(heard), len(heard))


def points(chosen: Sequence[Recording], home: Path) -> Iterator[Point]:
    """Every silence made of the recordings, and of copies of those that people made."""
    listener = Listener(home)
    for number, recording in enumerate(track(chosen, "hearing")):
        begin, end = recording.speech
        if end - begin > LONGEST_SECONDS * RATE:
            continue
        random = np.random.default_rng([11, number])
        places: dict[str, list[int]] = {}
        for at, how, line in silences(recording, listener.whisper, random):
            vector = listener.hear(recording.audio[max(0, begin - 1600) : at], line, random)
            if vector is not None:
                yield Point(recording.speaker, recording.kind, how, line, False, vector)
                places.setdefault(how, []).append(at)
        if recording.kind in SYNTHETIC:
            continue
        random = np.random.default_rng([13, number])
        speed = float(random.choice(SPEEDS))
        copy = soxr.resample(recording.audio, RATE * speed, RATE)
        for how in ("end", "middle", "words"):
            if how in places:
                some = list(dict.fromkeys(places[how]))
                at = int(some[int(random.integers(len(some)))] / speed)
                line = str(random.choice(LINES))
                speech = copy[max(0, int(begin / speed) - 1600) : at]
                vector = listener.hear(speech, line, random)
                if vector is not None:
                    yield Point(recording.speaker, recording.kind, how, line, True, vector)


def learnt(vectors: Floats, ends: Bools, weights: Floats) -> Ending:
    """The network that tells these ends from these pauses.

    Noise on what it reads, units left out, and silences mixed of two keep it from learning the
    speakers by heart.
    """
    torch.set_num_threads(1)  # The layers are too small to share.
    mean, spread = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
    inputs = torch.tensor((vectors - mean) / spread)
    wanted = torch.tensor((0.98 * ends + 0.01).astype(np.float32))
    balance = 2 * np.where(ends, (~ends).mean(), ends.mean())
    weight = torch.tensor((balance * weights).astype(np.float32))
    random = np.random.default_rng(0)
    hidden, bias, output, last = [], [], [], 0.0
    for seed in range(NETWORKS):
        torch.manual_seed(seed)
        network = nn.Sequential(
            nn.Dropout(DROPPED), nn.Linear(inputs.shape[1], UNITS), nn.ReLU(),
            nn.Dropout(DROPPED), nn.Linear(UNITS, 1),
        )  # fmt: skip
        optimizer = torch.optim.AdamW(network.parameters(), lr=RATE_OF_LEARNING, weight_decay=DECAY)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, RATE_OF_LEARNING, total_steps=EPOCHS * math.ceil(len(inputs) / BATCH)
        )
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(inputs)).split(BATCH):
                others = rows[torch.randperm(len(rows))]
                part = torch.tensor(random.beta(MIXED, MIXED, len(rows)).astype(np.float32))
                share = part[:, None]
                mixed = share * inputs[rows] + (1 - share) * inputs[others]
                noisy = mixed + NOISE * torch.randn(len(rows), inputs.shape[1])
                loss = nn.functional.binary_cross_entropy_with_logits(
                    network(noisy)[:, 0],
                    part * wanted[rows] + (1 - part) * wanted[others],
                    weight=part * weight[rows] + (1 - part) * weight[others],
                )
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
        first, second = (layer for layer in network if isinstance(layer, nn.Linear))
        scaled = (first.weight.detach().numpy() / spread).astype(np.float16).astype(np.float32)
        hidden.append(scaled)
        bias.append(first.bias.detach().numpy() - scaled @ mean)
        output.append(second.weight.detach().numpy()[0] / NETWORKS)
        last += float(second.bias.detach()) / NETWORKS
    return Ending(np.concatenate(hidden), np.concatenate(bias), np.concatenate(output), last)


def train(found: list[Point], output: Path, json: Path | None) -> None:
    vectors = np.array([point.vector for point in found], dtype=np.float32)
    hows = np.array([point.how for point in found])
    ends = hows == "end"
    groups = np.unique([point.group for point in found], return_inverse=True)[1]
    kinds = np.array([point.kind for point in found])
    people = ~np.isin(kinds, SYNTHETIC)
    copied = np.array([point.copied for point in found])
    weights = np.where(people, np.where(copied, COPY_WEIGHT, 1), SYNTHETIC_WEIGHT)
    scores = np.zeros(len(found))
    folds = list(GroupKFold(FOLDS).split(vectors, ends, groups))
    for seen, unseen in track(folds, "learning"):
        ending = learnt(vectors[seen], ends[seen], weights[seen])
        scores[unseen] = [ending.log_odds(vector) for vector in vectors[unseen]]
    rows = []
    for kind in ("people", *sorted(set(kinds))):
        of_kind = (people if kind == "people" else kinds == kind) & ~copied
        row: dict[str, Any] = {"recordings": kind, "ends": int((of_kind & ends).sum())}
        # Where 19 of 20 ends are taken for such.
        threshold = np.percentile(scores[of_kind & ends], 5)
        for how in ("middle", "words", "pause"):
            here = of_kind & (ends | (hows == how))
            some = bool((here & ~ends).any())
            row[how] = int((here & ~ends).sum())
            row["auc " + how] = float(roc_auc_score(ends[here], scores[here])) if some else "-"
            taken = scores[here & ~ends] > threshold
            row[f"taken {how} %"] = 100 * float(taken.mean()) if some else "-"
        rows.append(row)
    report(
        "Ends told from pauses, speakers not trained on (area under the ROC curve, and the share "
        "of pauses taken for ends where 95 % of ends are)",
        rows,
        json,
    )
    # What is sure of speakers it knows is less so of others: brought to their scale.
    own = people & ~copied
    scale = LogisticRegression(class_weight="balanced").fit(scores[own, None], ends[own])
    slope, shift = float(scale.coef_[0, 0]), float(scale.intercept_[0])
    ending = learnt(vectors, ends, weights)
    replace(
        ending, output=slope * ending.output, output_bias=slope * ending.output_bias + shift
    ).save(output)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--folder", type=Path, required=True, action="append",
        help="recordings with manifest.tsv; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--without", action="append", default=[], metavar="SPEAKER",
        help="somebody to leave out, to be measured with later; may be given several times",
    )  # fmt: skip
    parser.add_argument("--half", type=int, choices=(0, 1), help="train on these speakers only")
    parser.add_argument("--output", type=Path, help="weights file; default: the packaged one")
    parser.add_argument("--keep", type=Path, help="file to keep what was heard in, to learn again")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    settings = load_settings()
    chosen = [
        one
        for folder in arguments.folder
        for one in recordings(folder)
        if arguments.half in (None, one.half) and one.speaker not in arguments.without
    ]
    keep: Path | None = arguments.keep
    if keep and keep.is_file():
        found: list[Point] = pickle.loads(keep.read_bytes())
    else:
        found = list(points([*chosen, *synthetic(settings.home)], settings.home))
    if keep:
        keep.write_bytes(pickle.dumps(found))
    train(found, arguments.output or FOLDER / f"{settings.models.recogniser}.npz", arguments.json)


if __name__ == "__main__":
    main()
