"""Teach the recogniser to hear spelled letters: networks for `engine/recognition/letters.py`.

    python -m bench.letters --folder RECORDINGS --names LIST [--begin NPZ] [--output NPZ]

Learns from recordings whose text holds letters and digits said one by one, and from synthetic
voices (Piper, flite, espeak-ng) that spell names, letters at random and codes, dictate numbers and
addresses, often after other words ("my number is"). Each is heard as it is and several times more:
faster and higher or slower and deeper, over noise or a street, with another microphone, louder and
softer, clean and through G.711, later in the window. First prints how many spellings networks that
know half of the speakers get exactly right of the others' (greedily, without the decoder and
without what is usual), then learns from all. With `--begin` it only goes on from networks that
were learned before, for fewer epochs.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import soxr
import torch
from rich.progress import track
from torch import nn

from bench.clips import espeak, flite, street
from bench.recordings import Audio, Recording, recordings, telephone
from bench.report import report
from bench.spelling import words
from config import load_settings
from config.models import resolve
from pipelines.engine.piper import Piper
from pipelines.engine.recognition.layers import Floats
from pipelines.engine.recognition.letters import (
    DIGITS,
    LETTERS,
    NUMBERS,
    OTHER,
    SYMBOLS,
    TEENS,
    TENS,
    Letters,
)
from pipelines.engine.recognition.networks import FRAME_SAMPLES, TAIL_FRAMES
from pipelines.engine.whisper import Whisper
from voice_worker.audio import RATE, waveform

UNITS = 128
STATES_SEEN = (1, 7, 3)
"""By the layers: together 180 ms."""
NETWORKS = 3
EPOCHS = 14
BATCH = 32
RATE_OF_LEARNING = 3e-3
DECAY = 1e-2
MORE_EPOCHS = 4
MORE_RATE = 1.5e-3
"""To go on with."""
DROPPED = 0.2
DROPPED_OF_STATES = 0.1
COPIES = 6
COPIES_OF_NUMBERS = 3
"""Of a recording with letters, of one with digits and numbers alone."""
IN_STREET = 0.25
STREET_DECIBELS = (8, 22)
"""Share of the copies that a street is heard in, and how far it is below the speech."""
SPEEDS = (0.84, 1.2)
QUIET = 0.003
"""Of full scale: less is no speech."""
LONGEST_SECONDS = 12
SPELLED = 2000
"""What synthetic voices say."""
LEADS = (
    "my name is", "it's", "the last name is", "no, it's", "that's", "my number is", "the code is",
    "order", "erase", "enter", "yes, it's", "the number is", "you can reach me at", "sure",
    "okay, so it's", "reference", "my phone number is", "please enter", "and then", "postcode",
)  # fmt: skip
LED_IN = 0.3
SIGNS = ("dot", "at", "underscore", "dash")
DOMAINS = (
    "gmail dot com", "yahoo dot com", "hotmail dot com", "outlook dot com", "greenwood dot org",
    "riverside dot co dot U K",
)  # fmt: skip
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
    if random.random() < IN_STREET:
        loud = np.sqrt(np.mean(changed[np.abs(changed) > QUIET] ** 2)) if changed.any() else 0.0
        rms = loud * 10 ** (-random.uniform(*STREET_DECIBELS) / 20)
        changed = changed + street(len(changed), rms, int(random.integers(1000)))
    elif random.random() < 0.5:
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


Word = tuple[str, str]
"""How a voice is told to say something, and which of `SYMBOLS` that is."""


def letter(one: str) -> Word:
    # "A" alone would be read as the article.
    return ("ay" if one == "A" else one), one


def digit(one: str) -> Word:
    return DIGITS[int(one)], one


def others(text: str) -> list[Word]:
    """Words that are no letters; but single ones in them are ("dot U K")."""
    return [(word, word if len(word) == 1 else OTHER) for word in text.split()]


def code(random: np.random.Generator) -> list[Word]:
    """Letters, digits after them, or both mixed."""
    found = [letter(one) for one in random.choice(LETTERS, random.integers(1, 6))]
    found += [digit(one) for one in random.choice([*"0123456789"], random.integers(1, 5))]
    if random.random() < 0.3:
        found = [found[at] for at in random.permutation(len(found))]
    return found


def spelling(name: str, random: np.random.Generator) -> list[Word]:
    """A name, which may be said first."""
    said = [(f"{name.capitalize()},", OTHER)] if random.random() < 0.35 else []
    return [*said, *map(letter, name.upper())]


def digits(random: np.random.Generator) -> list[Word]:
    """Three to ten, of which some zeros are "oh"."""
    found = map(digit, random.choice([*"0123456789"], random.integers(3, 11)))
    return [("oh", "O") if one == "0" and random.random() < 0.4 else (word, one)
            for word, one in found]  # fmt: skip


def numbers(random: np.random.Generator) -> list[Word]:
    """Fifty two, nineteen, four."""
    found: list[Word] = []
    for _ in range(int(random.integers(1, 5))):
        which = random.random()
        if which < 0.6:
            tens = str(random.choice(TENS))
            found.append((tens, tens))
        if which < 0.2:
            continue
        teen = str(random.choice(TEENS))
        found.append((teen, teen) if which > 0.8 else digit(str(random.integers(1, 10))))
    return found


def address(first: str, last: str, random: np.random.Generator) -> list[Word]:
    """An email address, said or spelled before its domain."""
    local = (
        [*map(letter, last.upper())]
        if random.random() < 0.5
        else others(f"{first.capitalize()} {random.choice(SIGNS)} {last.capitalize()}")
    )
    return [*local, *others(f"at {random.choice(DOMAINS)}")]


def synthetic(home: Path, names: Sequence[str]) -> Iterator[tuple[list[str], Audio]]:
    """Codes, letters, names, digits, numbers and addresses, said by synthetic voices."""
    random = np.random.default_rng(3)
    piper = Piper(resolve("joe", "voice", home), threads=1, home=home)
    for number in range(SPELLED):
        first, last = (str(random.choice(names)) for _ in range(2))
        which = int(random.integers(12))
        if which < 2:
            said = code(random)
        elif which < 5:
            said = [letter(one) for one in random.choice(LETTERS, random.integers(2, 10))]
        elif which < 8:
            said = spelling(last, random)
        elif which < 10:
            said = digits(random)
        elif which == 10:
            said = numbers(random)
        else:
            said = address(first, last, random)
        if random.random() < LED_IN:
            said = [*others(str(random.choice(LEADS))), *said]
        between = str(random.choice([", ", " ", ", "]))
        spoken = "".join(
            word + (" " if OTHER == symbol == following else between)
            for (word, symbol), (_, following) in pairwise([*said, ("", "")])
        )
        symbols = [symbol for _, symbol in said]
        yield symbols, spell(f"{spoken.strip(', ')}.", number, piper, random)


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
        numbered = set(said) <= {"O", *"0123456789", *NUMBERS, OTHER} and set(said) != {OTHER}
        for _ in range(COPIES if spelled else COPIES_OF_NUMBERS if numbered else 1):
            yield Example("copy", recording.half, said, states(copy(recording.audio, random)))
    for said, audio in track(synthetic(home, names), "spelling", SPELLED):
        if len(audio) < LONGEST_SECONDS * RATE:
            yield Example("copy", None, said, states(copy(audio, random)))


class Network(nn.Module):
    """Convolutions over states, rectified but the last."""

    def __init__(self, width: int, symbols: int, seen: Sequence[int]) -> None:
        """`seen` is how many states each layer sees at once."""
        super().__init__()
        widths = [width, UNITS, UNITS, symbols]
        self.seen = seen
        self.layers = nn.ModuleList(
            nn.Conv1d(ins, outs, many, padding=many // 2)
            for ins, outs, many in zip(widths, widths[1:], seen, strict=False)
        )

    def begin(self, layers: Sequence[tuple[Floats, Floats]]) -> None:
        """Go on from what was learned before."""
        for layer, seen, (weights, bias) in zip(self.layers, self.seen, layers, strict=True):
            stored = weights.reshape(len(weights), seen, -1).transpose(0, 2, 1)
            layer.weight.data = torch.from_numpy(np.ascontiguousarray(stored))
            layer.bias.data = torch.from_numpy(bias.copy())

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Scores (batch x symbols x frames) of states (batch x width x frames)."""
        states = nn.functional.dropout(states, DROPPED_OF_STATES, self.training)
        for layer in self.layers[:-1]:
            states = nn.functional.dropout(torch.relu(layer(states)), DROPPED, self.training)
        scores: torch.Tensor = self.layers[-1](states)
        return scores


def learnt(chosen: Sequence[Example], networks: int = NETWORKS, epochs: int = EPOCHS) -> Letters:
    """Networks that hear what is said in these examples."""
    return Letters(*learned(chosen, SYMBOLS, STATES_SEEN, networks, epochs))


def learnt_more(begin: Letters, chosen: Sequence[Example]) -> Letters:
    """The same networks, which also know these examples."""
    layers = [
        _learned(
            chosen, SYMBOLS, STATES_SEEN, begin.mean, begin.scale, seed, MORE_EPOCHS, MORE_RATE,
            layers,
        )
        for seed, layers in enumerate(begin.layers)
    ]  # fmt: skip
    return Letters(begin.mean, begin.scale, layers)


Weights = list[tuple[Floats, Floats]]


def learned(
    chosen: Sequence[Example],
    symbols: Sequence[str],
    seen: Sequence[int],
    networks: int,
    epochs: int,
) -> tuple[Floats, Floats, list[Weights]]:
    """Mean and scale of the states, and networks that hear which of the `symbols` (first none) are
    said in these examples; each of their layers sees so many states."""
    some = np.concatenate([one.states for one in chosen[::5]]).astype(np.float32)
    mean, scale = some.mean(axis=0), 1 / (some.std(axis=0) + 1e-3)
    layers = [
        _learned(chosen, symbols, seen, mean, scale, seed, epochs, RATE_OF_LEARNING)
        for seed in range(networks)
    ]
    return mean, scale, layers


def _learned(
    chosen: Sequence[Example],
    symbols: Sequence[str],
    seen: Sequence[int],
    mean: Floats,
    scale: Floats,
    seed: int,
    epochs: int,
    rate: float,
    known: Sequence[tuple[Floats, Floats]] | None = None,
) -> Weights:
    torch.set_num_threads(1)  # The layers are too small to share.
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    network = Network(len(mean), len(symbols), seen)
    if known:
        network.begin(known)
    batches = -(-len(chosen) // BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=epochs * batches)
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
            said = [[symbols.index(symbol) for symbol in one.said] for one in rows]
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
    parser.add_argument("--begin", type=Path, help="networks to go on from")
    parser.add_argument("--output", type=Path, help="default: beside the recogniser's others")
    arguments = parser.parse_args()
    settings = load_settings()
    chosen = [
        one
        for one in recordings(arguments.folder)
        if not one.text.startswith("{")  # slots
    ]
    found = list(examples(chosen, settings.home, list(words(arguments.names))))
    output = arguments.output or Letters.FOLDER / f"{settings.models.recogniser}.npz"
    if arguments.begin:
        learnt_more(Letters.load(arguments.begin), found).save(output)
        return
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
    learnt(found).save(output)


if __name__ == "__main__":
    main()
