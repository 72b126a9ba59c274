"""Teach the recogniser to hear spelled letters: networks for `pipelines/engine/letters.py`.

    python -m bench.letters --folder RECORDINGS --names LIST [--output NPZ]

Learns from recordings whose text holds letters and digits said one by one, and from synthetic
voices (Piper, flite, espeak-ng) that spell names, letters at random and codes. Each is heard as it
is and several times more: faster and higher or slower and deeper, over noise, with another
microphone, louder and softer, clean and through G.711, later in the window. First prints how many
spellings networks that know half of the speakers get exactly right of the others' (greedily,
without the decoder and without what is usual), then learns from all.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import soxr
import torch
from rich.progress import track
from torch import nn

from bench.clips import espeak, flite
from bench.recordings import Audio, Recording, recordings, telephone, waveform
from bench.report import report
from bench.spelling import words
from config import load_settings
from config.models import resolve
from pipelines.engine.letters import (
    DIGITS,
    FOLDER,
    FRAME_SAMPLES,
    LETTERS,
    NUMBERS,
    OTHER,
    SYMBOLS,
    TAIL_FRAMES,
    Floats,
    Letters,
)
from pipelines.engine.piper import Piper
from pipelines.engine.whisper import Whisper
from voice_worker.audio import RATE

UNITS = 128
STATES_SEEN = (1, 7, 3)
"""By the layers: together 180 ms."""
NETWORKS = 3
EPOCHS = 14
BATCH = 32
RATE_OF_LEARNING = 3e-3
DECAY = 1e-2
DROPPED = 0.2
DROPPED_OF_STATES = 0.1
COPIES = 6
"""Of a recording with letters."""
SPEEDS = (0.84, 1.2)
LONGEST_SECONDS = 12
SPELLED = 1400
"""Words that synthetic voices spell."""
ESPEAK_VOICES = (
    "en-us", "en-gb", "en-us+f3", "en-us+m5", "en-gb-scotland", "en-029", "en-us+f4", "en-gb+m3",
    "en-us+m7", "en-gb+f2",
)  # fmt: skip
FLITE_VOICES = ("slt", "rms", "awb", "kal16")


@dataclass(frozen=True)
class Example:
    """What one hearing of an utterance holds (`SYMBOLS`), and the encoder states of it."""

    kind: str
    """"as it is", "G.711", or "copy"."""
    half: int | None
    """Of the speakers; None for a synthetic voice."""
    said: Sequence[str]
    states: Floats


def symbols(text: str) -> list[str]:
    """ "ENTER S F NINETY EIGHT OH" -> * S F ninety 8 O."""
    found = []
    for word in text.casefold().split():
        if len(word) == 1 and word.upper() in LETTERS:
            found.append(word.upper())
        elif word == "oh":
            found.append("O")
        elif word in DIGITS:
            found.append(str(DIGITS.index(word)))
        else:
            found.append(word if word in NUMBERS else OTHER)
    return found


def copy(audio: Audio, random: np.random.Generator) -> Audio:
    """`audio` as somebody else might have said it, somewhere else."""
    changed = soxr.resample(audio, RATE * float(random.uniform(*SPEEDS)), RATE).astype(np.float64)
    if random.random() < 0.5:
        noise = random.standard_normal(len(changed))
        if random.random() < 0.5:
            noise = np.cumsum(noise)
            noise -= noise.mean()
        level = np.sqrt(np.mean(changed**2)) * 10 ** (-random.uniform(12, 35) / 20)
        changed = changed + level * noise / np.sqrt(np.mean(noise**2))
    if random.random() < 0.3:
        changed = np.convolve(changed, [1, random.uniform(-0.6, 0.6)])
    changed = changed / (np.abs(changed).max() + 1e-6) * 10 ** (random.uniform(-20, -1) / 20)
    later = np.zeros(int(random.choice([0, 0, random.uniform(0, 0.5)]) * RATE))
    heard = np.concatenate([later, changed]).astype(np.float32)
    return telephone(heard) if random.random() < 0.5 else heard


def spell(text: str, engine: int, piper: Piper, random: np.random.Generator) -> Audio:
    """`text` in one of the synthetic voices; `engine` counts through espeak-ng, flite and Piper."""
    match engine % 3:
        case 0:
            pace = int(random.integers(110, 190))
            return waveform(espeak(text, str(random.choice(ESPEAK_VOICES)), pace).tobytes())
        case 1:
            stretch = float(random.uniform(0.8, 1.4))
            return waveform(flite(text, str(random.choice(FLITE_VOICES)), stretch).tobytes())
        case _:
            speed = float(random.uniform(0.8, 1.2))
            return waveform(b"".join(piece.pcm for piece in piper.speak(text, RATE, speed)))


def synthetic(home: Path, names: Sequence[str]) -> Iterator[tuple[list[str], Audio]]:
    """Names, letters and codes, spelled by synthetic voices."""
    random = np.random.default_rng(3)
    piper = Piper(resolve("joe", "voice", home), threads=1, home=home)
    for number in range(SPELLED):
        if number % 5 == 0:
            word = "".join(random.choice([*LETTERS, *"0123456789"], random.integers(3, 8)))
        elif number % 2:
            word = "".join(random.choice(LETTERS, random.integers(2, 10)))
        else:
            word = str(random.choice(names)).upper()
        between = str(random.choice([", ", " ", ", ", ". "]))
        # "A" alone would be read as the article.
        spoken = between.join(
            "ay" if one == "A" else DIGITS[int(one)] if one.isdecimal() else one for one in word
        )
        yield list(word), spell(f"{spoken}.", number, piper, random)


def examples(chosen: Sequence[Recording], home: Path, names: Sequence[str]) -> Iterator[Example]:
    """Every recording and voice in the ways it is heard."""
    settings = load_settings()
    whisper = Whisper(resolve(settings.models.recogniser, "recogniser", home), 1)
    random = np.random.default_rng(1)

    def states(audio: Audio) -> Floats:
        end = len(audio) // FRAME_SAMPLES + TAIL_FRAMES
        return whisper.encode(audio)[:end]

    for recording in track(chosen, "hearing"):
        said = symbols(recording.text)
        if len(recording.audio) > LONGEST_SECONDS * RATE:
            continue
        yield Example("as it is", recording.half, said, states(recording.audio))
        yield Example("G.711", recording.half, said, states(telephone(recording.audio)))
        spelled = sum(symbol.isalpha() and len(symbol) == 1 for symbol in said) > 1
        for _ in range(COPIES if spelled else 1):
            yield Example("copy", recording.half, said, states(copy(recording.audio, random)))
    for said, audio in track(synthetic(home, names), "spelling", SPELLED):
        if len(audio) < LONGEST_SECONDS * RATE:
            yield Example("copy", None, said, states(copy(audio, random)))


class Network(nn.Module):
    """Convolutions over states, rectified but the last."""

    def __init__(self, width: int) -> None:
        super().__init__()
        widths = [width, UNITS, UNITS, len(SYMBOLS)]
        self.layers = nn.ModuleList(
            nn.Conv1d(ins, outs, seen, padding=seen // 2)
            for ins, outs, seen in zip(widths, widths[1:], STATES_SEEN, strict=False)
        )

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Scores (batch x symbols x frames) of states (batch x width x frames)."""
        states = nn.functional.dropout(states, DROPPED_OF_STATES, self.training)
        for layer in self.layers[:-1]:
            states = nn.functional.dropout(torch.relu(layer(states)), DROPPED, self.training)
        scores: torch.Tensor = self.layers[-1](states)
        return scores


def learnt(chosen: Sequence[Example], networks: int = NETWORKS, epochs: int = EPOCHS) -> Letters:
    """Networks that hear what is said in these examples."""
    torch.set_num_threads(1)  # The layers are too small to share.
    some = np.concatenate([one.states for one in chosen[::5]]).astype(np.float32)
    mean, scale = some.mean(axis=0), 1 / (some.std(axis=0) + 1e-3)
    return Letters(mean, scale, [_network(chosen, mean, scale, n, epochs) for n in range(networks)])


def _network(
    chosen: Sequence[Example], mean: Floats, scale: Floats, seed: int, epochs: int
) -> list[tuple[Floats, Floats]]:
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    network = Network(len(mean))
    batches = -(-len(chosen) // BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE_OF_LEARNING, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE_OF_LEARNING, total_steps=epochs * batches
    )
    loss_of = nn.CTCLoss(zero_infinity=True)
    for _ in track(range(epochs), f"learning, network {seed}"):
        # Of about the same length, so that little is padding.
        order = np.argsort([len(one.states) + random.uniform(0, 60) for one in chosen])
        for batch in random.permutation(batches):
            rows = [chosen[at] for at in order[batch * BATCH : (batch + 1) * BATCH]]
            longest = max(len(one.states) for one in rows)
            inputs = np.zeros((len(rows), len(mean), longest), dtype=np.float32)
            for into, one in zip(inputs, rows, strict=True):
                into[:, : len(one.states)] = ((one.states - mean) * scale).T
                if random.random() < 0.5:
                    begin = int(random.integers(longest))
                    into[:, begin : begin + int(random.integers(1, 4))] = 0
            logs = torch.log_softmax(network(torch.from_numpy(inputs)), 1).permute(2, 0, 1)
            said = [[SYMBOLS.index(symbol) for symbol in one.said] for one in rows]
            loss = loss_of(
                logs,
                torch.tensor([symbol for one in said for symbol in one]),
                torch.tensor([len(one.states) for one in rows]),
                torch.tensor([len(one) for one in said]),
            )
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            schedule.step()
    stored = [one.detach().numpy() for one in network.parameters()]
    return [
        # Outputs x inputs x states seen, as outputs x (inputs of one state after another).
        (weights.transpose(0, 2, 1).reshape(len(weights), -1), bias)
        for weights, bias in zip(stored[::2], stored[1::2], strict=True)
    ]


def read(letters: Letters, states: Floats) -> str:
    """The likeliest letter at each state, repetitions and none left out."""
    heard = letters.hear(states, len(states) * FRAME_SAMPLES).likely.argmax(axis=1)
    return "".join(chr(64 + at) for at, _ in groupby(heard) if at)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True, help="recordings with manifest.tsv")
    parser.add_argument("--names", type=Path, required=True, help="a list of names, one a line")
    parser.add_argument("--output", type=Path, help="default: beside the recogniser's others")
    arguments = parser.parse_args()
    settings = load_settings()
    chosen = [
        one
        for one in recordings(arguments.folder)
        if not one.text.startswith("{")  # slots
    ]
    found = list(examples(chosen, settings.home, list(words(arguments.names))))
    rows = []
    for half in (0, 1):
        letters = learnt([one for one in found if one.half != half])
        for kind in ("as it is", "G.711"):
            asked = [
                one for one in found
                if one.half == half and one.kind == kind and set(one.said) <= set(LETTERS)
            ]  # fmt: skip
            right = sum(read(letters, one.states) == "".join(one.said) for one in asked)
            rows.append({"half": half, "heard": kind, "spellings": len(asked), "right": right})
    report("letters heard by networks that don't know the speaker", rows, None)
    output = arguments.output or FOLDER / f"{settings.models.recogniser}.npz"
    learnt(found).save(output)


if __name__ == "__main__":
    main()
