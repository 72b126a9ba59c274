"""What the bench's callers say: recordings from a folder, or voices made here."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr

from bench.phone import Audio
from bench.recordings import Recording, recordings
from config import load_settings
from voice_worker.audio import RATE, read_pcm
from voice_worker.engines import voice_engine

SPEECH_RMS = 2000.0
"""Loudness everything spoken is brought to, of 32767: -24 dBFS, a close microphone."""
LONGEST_SECONDS = 8
"""A recording that a caller's turn may be."""
TV_BELOW_DB = 22.0
ACTIVE = 0.02
"""Share of a clip's peak under which 10 ms at its ends count as silence."""

SENTENCES = (
    "I would like to know how much it costs.",
    "Please send somebody to have a look at the roof.",
    "We moved into the new house last summer.",
    "My order has not arrived yet.",
    "Can you tell me when you are open on Saturday?",
    "The invoice was sent to the wrong address.",
    "It is about the heating in the kitchen.",
    "I want to change my appointment to next week.",
    "There is a problem with the battery.",
    "Could somebody call me back this afternoon?",
)
HALVES = (
    ("I would like to know", "how much a new battery costs."),
    ("Please send the invoice", "to my sister in Portland."),
    ("The thing is that we", "already paid for it in March."),
    ("I am calling because", "the heating stopped working."),
    ("Could you tell me whether", "somebody is coming on Monday?"),
    ("We have three people and", "two dogs living in the house."),
)
INTERRUPTIONS = (
    "Wait a moment, I have to ask you something else first.",
    "Sorry, can I just stop you there for a second?",
    "No, that is not what I meant to say at all.",
)
BACKCHANNELS = ("Mm-hmm.", "Yeah.", "Uh-huh.", "Okay.", "Right.")


@dataclass(frozen=True)
class Clip:
    name: str
    pcm: Audio


@dataclass(frozen=True)
class Clips:
    """Everything a caller can utter."""

    names: tuple[Clip, ...]
    fluent: tuple[Clip, ...]
    paused: tuple[Clip, ...]
    interruptions: tuple[Clip, ...]
    backchannels: tuple[Clip, ...]


def trimmed(pcm: Audio) -> Audio:
    """From the first to the last active 10 ms, so that the end of the speech is the clip's end."""
    step = RATE // 100
    blocks = pcm[: len(pcm) // step * step].reshape(-1, step).astype(np.float64)
    level = np.sqrt(np.mean(blocks**2, axis=1))
    active = np.flatnonzero(level > max(ACTIVE * level.max(), 60))
    if not len(active):
        return pcm
    return pcm[active[0] * step : (active[-1] + 1) * step]


def levelled(pcm: Audio, rms: float = SPEECH_RMS) -> Audio:
    """At the loudness of a caller close to the microphone."""
    loud = np.sqrt(np.mean(pcm.astype(np.float64) ** 2)) or 1.0
    return np.clip(pcm * (rms / loud), -32000, 32000).astype(np.int16)


def with_pause(pcm: Audio, seconds: float) -> Audio:
    """A pause put where the clip is quietest in its middle part."""
    step = RATE // 50
    blocks = pcm[: len(pcm) // step * step].reshape(-1, step).astype(np.float64)
    level = np.mean(blocks**2, axis=1)
    low, high = int(len(level) * 0.35), max(int(len(level) * 0.7), int(len(level) * 0.35) + 1)
    cut = (low + int(np.argmin(level[low:high]))) * step + step // 2
    return np.concatenate([pcm[:cut], np.zeros(int(seconds * RATE), dtype=np.int16), pcm[cut:]])


def telephone(pcm: Audio) -> Audio:
    """Through 8 kHz G.711 mu-law (ITU-T G.711) and back."""
    narrow = soxr.resample(pcm.astype(np.float32) / 32768, RATE, 8000)
    mu = 255.0
    companded = np.sign(narrow) * np.log1p(mu * np.abs(np.clip(narrow, -1, 1))) / np.log1p(mu)
    coded = np.round(companded * 127) / 127
    expanded = np.sign(coded) * np.expm1(np.abs(coded) * np.log1p(mu)) / mu
    wide = soxr.resample(expanded, 8000, RATE)
    return (np.clip(wide, -1, 1) * 32767).astype(np.int16)


def street(samples: int, rms: float, seed: int) -> npt.NDArray[np.float64]:
    """Traffic through an open window: loud low frequencies, slowly rising and falling."""
    random = np.random.default_rng(seed)
    noise = np.cumsum(random.normal(0, 1, samples))
    noise -= np.convolve(noise, np.ones(801) / 801, "same")
    time = np.arange(samples) / RATE
    noise = (noise / noise.std() + 0.3 * random.normal(0, 1, samples)) * (
        1 + 0.4 * np.sin(2 * np.pi * time / 1.7 + seed)
    )
    return noise * rms / noise.std()


def cough(seed: int) -> Audio:
    """A burst of breath noise: sharp attack, two humps."""
    random = np.random.default_rng(seed)
    length = int(0.38 * RATE)
    time = np.arange(length) / RATE
    envelope = np.exp(-time / 0.05) + 0.5 * np.exp(-(((time - 0.22) / 0.06) ** 2))
    noise = np.convolve(random.normal(0, 1, length), np.ones(4) / 4, "same")
    return (envelope * noise * 9000).clip(-32000, 32000).astype(np.int16)


def keyboard(seed: int) -> Audio:
    """Two seconds of typing."""
    random = np.random.default_rng(seed)
    audio = np.zeros(2 * RATE)
    for begin in np.cumsum(random.uniform(0.08, 0.2, 14)):
        at = int(begin * RATE)
        if at + 400 < len(audio):
            audio[at : at + 400] += random.normal(0, 1, 400) * np.exp(-np.arange(400) / 60) * 5000
    return audio.clip(-32000, 32000).astype(np.int16)


def television(pcm: Audio) -> Audio:
    """Speech of somebody else, far away."""
    far = levelled(pcm, SPEECH_RMS * 10 ** (-TV_BELOW_DB / 20))
    return far[: 4 * RATE]


def espeak(text: str, voice: str, speed: int) -> Audio:
    """Speak with espeak-ng, `speed` words a minute."""
    return _spoken("espeak-ng", "-v", voice, "-s", str(speed), text, "-w")


def flite(text: str, voice: str, stretch: float) -> Audio:
    """Speak with flite, `stretch` times as long as usual."""
    return _spoken("flite", "-voice", voice, "--setf", f"duration_stretch={stretch:.2f}",
                   "-t", text, "-o")  # fmt: skip


def _spoken(*command: str) -> Audio:
    """What a program speaks into the file that is named last."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run([*command, file.name], check=True)
        return np.frombuffer(read_pcm(Path(file.name)), dtype="<i2")


async def synthesised(texts: tuple[str, ...], names: tuple[str, ...]) -> dict[str, Audio]:
    """Speak with Piper, in its own process."""
    engine = voice_engine(load_settings())
    await engine.start()
    found: dict[str, Audio] = {}
    try:
        for text in (*texts, *names):
            pieces = [
                value["pcm"]
                async for value, _ in engine.stream("speak", {"text": text, "rate": RATE})
                if "pcm" in value
            ]
            found[text] = np.frombuffer(b"".join(pieces), dtype="<i2")
    finally:
        await engine.stop()
    return found


async def load(folder: Path | None, names: tuple[str, ...], limit: int) -> Clips:
    """The clips of a run.

    With a folder (a `manifest.tsv` beside the recordings, columns path and text) its recordings are
    what the callers say in their turns; their names, interruptions and backchannels are always
    spoken by Piper.
    """
    halves = tuple(half for pair in HALVES for half in pair)
    voice = await synthesised(
        (*SENTENCES, *halves, *INTERRUPTIONS, *BACKCHANNELS),
        tuple(f"My name is {name}." for name in names),
    )

    def clip(name: str, pcm: Audio) -> Clip:
        return Clip(name, levelled(trimmed(pcm)))

    random = np.random.default_rng(7)
    if folder:
        usable = _usable(folder, limit)
        fluent = tuple(_spoken_part(one) for one in usable)
        paused = tuple(
            Clip(f"{item.name}+{pause:.1f}s", with_pause(item.pcm, pause))
            for one, item, pause in zip(
                usable, fluent, random.uniform(0.3, 0.9, len(usable)), strict=True
            )
            if one.may_pause
        )
        other = fluent[0].pcm
    else:
        fluent = (
            *(clip(text, voice[text]) for text in SENTENCES),
            *(clip(f"espeak: {text}", espeak(text, "en-us", 150)) for text in SENTENCES[:5]),
        )
        paused = tuple(
            Clip(
                f"{first} … {second}",
                levelled(_joined(trimmed(voice[first]), trimmed(voice[second]), pause)),
            )
            for (first, second), pause in zip(
                HALVES, np.linspace(0.3, 0.9, len(HALVES)), strict=True
            )
        )
        other = espeak(" ".join(SENTENCES[:3]), "en-gb", 160)
    noises = {"cough": cough, "keyboard": keyboard}
    return Clips(
        names=tuple(clip(name, voice[f"My name is {name}."]) for name in names),
        fluent=fluent,
        paused=paused,
        interruptions=tuple(clip(text, voice[text]) for text in INTERRUPTIONS),
        backchannels=(
            *(clip(text, voice[text]) for text in BACKCHANNELS),
            *(
                Clip(f"{name} {seed}", make(seed))
                for name, make in noises.items()
                for seed in (1, 2)
            ),
            Clip("television", television(other)),
        ),
    )


def _joined(first: Audio, second: Audio, pause: float) -> Audio:
    return np.concatenate([first, np.zeros(int(pause * RATE), dtype=np.int16), second])


def _usable(folder: Path, limit: int) -> list[Recording]:
    """Recordings of at most eight seconds of speech."""
    found = []
    for one in chosen(list(recordings(folder)), limit):
        begin, end = one.speech
        if end - begin <= LONGEST_SECONDS * RATE:
            found.append(one)
    return found


def _spoken_part(recording: Recording) -> Clip:
    """Cut to its speech: a noisy room goes on after it."""
    begin, end = recording.speech
    pcm = (recording.audio[begin:end] * 32767).astype(np.int16)
    return Clip(recording.name, levelled(pcm))


def chosen(every: list[Recording], limit: int) -> list[Recording]:
    """`limit` of them, evenly from all sets, in an order that mixes them."""
    some = every[:: max(1, len(every) // limit)][:limit]
    return [some[number] for number in np.random.default_rng(7).permutation(len(some))]


Through = Callable[[Audio], Audio]
