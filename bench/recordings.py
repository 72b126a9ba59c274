"""Recorded speech for benches: a folder with a `manifest.tsv` (path, text, speaker, set)."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr

from voice_worker.audio import RATE, read_pcm, waveform

Audio = npt.NDArray[np.float32]

FRAME = RATE // 100


@dataclass(frozen=True)
class Recording:
    """An utterance; `audio` is mono 16 kHz, -1..1."""

    name: str
    text: str
    speaker: str
    kind: str
    audio: Audio

    @property
    def half(self) -> int:
        """0 or 1, the same for everything a speaker said: tune on one, report on the other."""
        return zlib.crc32(self.speaker.encode()) % 2

    @property
    def speech(self) -> tuple[int, int]:
        """First and last sample of the speech, by loudness in steps of 10 ms."""
        loud = np.flatnonzero(_loud(self.audio))
        return int(loud[0]) * FRAME, int(loud[-1] + 1) * FRAME

    @property
    def may_pause(self) -> bool:
        """False for a single word: silence put inside it is no pause that anybody makes."""
        return len(self.text.split()) > 1

    def pauses(self, least_ms: int) -> list[tuple[int, int]]:
        """(first sample, ms) of the silences of at least `least_ms` between its first and last."""
        begin, end = self.speech
        found, run = [], 0
        for frame, loud in enumerate(_loud(self.audio)[begin // FRAME : end // FRAME]):
            if loud and run * 10 >= least_ms:
                found.append((begin + (frame - run) * FRAME, run * 10))
            run = 0 if loud else run + 1
        return found


def _loud(audio: Audio) -> npt.NDArray[np.bool_]:
    frames = audio[: len(audio) // FRAME * FRAME].reshape(-1, FRAME)
    level = 20 * np.log10(np.sqrt(np.mean(frames**2, axis=1)) + 1e-9)
    peak, floor = np.percentile(level, 97), np.percentile(level, 5)
    return np.asarray(level > max(peak - 30, min(floor + 8, peak - 15)))


def recordings(folder: Path, kinds: tuple[str, ...] = ()) -> Iterator[Recording]:
    """Every recording of the manifest, or those of some sets."""
    with (folder / "manifest.tsv").open(encoding="utf-8") as manifest:
        for row in csv.DictReader(manifest, delimiter="\t"):
            if kinds and row["set"] not in kinds:
                continue
            yield Recording(
                name=row["path"],
                text=row["text"],
                speaker=row["path"] if row["speaker"] in ("?", "") else row["speaker"],
                kind=row["set"],
                audio=waveform(read_pcm(folder / row["path"])),
            )


def telephone(audio: Audio) -> Audio:
    """`audio` as a G.711 line carries it (ITU-T G.711 µ-law at 8 kHz), brought back to 16 kHz."""
    narrow = np.clip(soxr.resample(audio, RATE, 8000), -1, 1)
    squeezed = np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log1p(255)
    squeezed = np.round(squeezed * 127) / 127
    heard = np.sign(squeezed) * (256 ** np.abs(squeezed) - 1) / 255
    return np.asarray(soxr.resample(heard, 8000, RATE), dtype=np.float32)


def room(samples: int, level: float, random: np.random.Generator) -> Audio:
    """A quiet line: noise at `level` (RMS, of full scale)."""
    return (random.standard_normal(samples) * level).astype(np.float32)
