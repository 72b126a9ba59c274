"""Does it sound like the end of what somebody wanted to say?

The recogniser's encoder has heard the whole turn by the time its words are known. A linear reading
of its states around the last sound tells a finished sentence from a pause inside one: the fall of
the voice, the drawn-out last syllable, and what was said. It costs a dot product. (smart-turn reads
the states of another Whisper encoder, at 0.1 s of processor time a pause.)

The weights belong to one model each and are made by `python -m bench.ending`.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt

FRAME_SAMPLES = 320
"""Samples (16 kHz) per encoder state."""
TAIL_FRAMES = 3
"""States after the last sample still see it."""
POOLS = ((-30, -15), (-15, -9), (-9, -6), (-6, -3), (-3, 0), (0, 3))
"""Ranges of states (20 ms each), counted from the end, that are averaged: the last words, the last
sound, and the silence after it step by step."""
FOLDER = Path(__file__).with_name("endings")

Vector = npt.NDArray[np.float32]


def features(states: npt.NDArray[np.float32], samples: int) -> Vector:
    """What is read from encoder `states` (frames x width) of audio `samples` long."""
    end = min(len(states), round(samples / FRAME_SAMPLES) + TAIL_FRAMES)
    rows = []
    for first, last in POOLS:
        low, high = max(0, end + first), max(1, min(len(states), end + last))
        rows.append(states[min(low, high - 1) : high].mean(axis=0))
    return np.concatenate(rows).astype(np.float32)


class Ending:
    """The weights for one model."""

    def __init__(self, weights: Vector, bias: float) -> None:
        self._weights = weights
        self._bias = bias

    @classmethod
    def load(cls, path: Path) -> Ending:
        with np.load(path) as stored:
            return cls(stored["weights"], float(stored["bias"]))

    @classmethod
    def of_model(cls, name: str) -> Ending | None:
        """Those of a bundled model; None when it has none."""
        path = FOLDER / f"{name}.npz"
        return cls.load(path) if path.is_file() else None

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, weights=self._weights, bias=np.float32(self._bias))

    def probability(self, states: npt.NDArray[np.float32], samples: int) -> float:
        """How likely (0..1) the turn is over, were ends and pauses equally frequent."""
        score = float(features(states, samples) @ self._weights) + self._bias
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
