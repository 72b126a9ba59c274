"""Does it sound like the end of what somebody wanted to say?

The recogniser's encoder has heard the whole turn by the time its words are known. A small network
(one hidden layer) over its states around the last sound tells a finished sentence from a pause
inside one: the fall of the voice, the drawn-out last syllable, and what was said. It costs a tenth
of a millisecond. (smart-turn reads the states of another Whisper encoder, at 0.1 s of processor
time a pause.)

The weights belong to one model each and are made by `python -m bench.ending`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

FRAME_SAMPLES = 320
"""Samples (16 kHz) per encoder state."""
TAIL_FRAMES = 3
"""States after the last sample still see it."""
POOLS = ((-54, -36), (-36, -24), (-24, -15), (-15, -9), (-9, -6), (-6, -3), (-3, 0), (0, 3))
"""Ranges of states (20 ms each), counted from the end, that are averaged: the last second step by
step, finer towards the last sound, and the silence after it."""
FOLDER = Path(__file__).with_name("endings")

Floats = npt.NDArray[np.float32]


def features(states: Floats, samples: int) -> Floats:
    """What is read from encoder `states` (frames x width) of audio `samples` long."""
    end = min(len(states), round(samples / FRAME_SAMPLES) + TAIL_FRAMES)
    # A turn shorter than the ranges had silence before it, as its first state has.
    rows = [
        states[np.clip(np.arange(end + first, end + last), 0, len(states) - 1)].mean(axis=0)
        for first, last in POOLS
    ]
    return np.concatenate(rows).astype(np.float32)


@dataclass(frozen=True)
class Ending:
    """The network for one model: rectified hidden units, and their weighted sum as log odds."""

    hidden: Floats
    """Units x features."""
    hidden_bias: Floats
    output: Floats
    output_bias: float

    @classmethod
    def load(cls, path: Path) -> Ending:
        with np.load(path) as stored:
            return cls(
                stored["hidden"].astype(np.float32),
                stored["hidden_bias"],
                stored["output"],
                float(stored["output_bias"]),
            )

    @classmethod
    def of_model(cls, name: str) -> Ending | None:
        """That of a bundled model; None when it has none."""
        path = FOLDER / f"{name}.npz"
        return cls.load(path) if path.is_file() else None

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            path,
            hidden=self.hidden.astype(np.float16),
            hidden_bias=self.hidden_bias,
            output=self.output,
            output_bias=np.float32(self.output_bias),
        )

    def log_odds(self, vector: Floats) -> float:
        """Of an end against a pause, were both equally frequent."""
        units = np.maximum(0, self.hidden @ vector + self.hidden_bias)
        return float(units @ self.output) + self.output_bias

    def probability(self, states: Floats, samples: int) -> float:
        """How likely (0..1) the turn is over, were ends and pauses equally frequent."""
        score = self.log_odds(features(states, samples))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
