"""Phones heard in the encoder's states, without the decoder.

A decoder writes what people write, and over a telephone makes a sentence of a name. Networks over
the same states (`networks`), trained by connectionist temporal classification like those of
`letters`, know nothing but the sounds of English. `sounding` finds what is said in them.

The weights are made by `python -m bench.phones`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipelines.engine.recognition.layers import Floats
from pipelines.engine.recognition.networks import Networks

PHONES = (
    "", "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "HH",
    "IH", "IY", "JH", "K", "L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T", "TH", "UH",
    "UW", "V", "W", "Y", "Z", "ZH",
)  # fmt: skip
"""None, and the phones of the CMU Pronouncing Dictionary."""
FAINTEST = 1e-5
"""Least probability of a phone at a state."""
NOTHING = -0.01
"""Log probability of no phone above which a state holds none."""


class Phones(Networks):
    """The networks for one model."""

    FOLDER = Path(__file__).with_name("phones_heard")

    def hear(self, states: Floats, samples: int) -> Floats:
        """Log probability of each of `PHONES` in encoder `states` (frames x width) of audio
        `samples` long; neighbouring ones that hold none are one."""
        likely = np.log(np.maximum(self.probabilities(states, samples), FAINTEST))
        empty = likely[:, 0] > NOTHING
        begins = np.flatnonzero(~(empty & np.append(False, empty[:-1])))
        found: Floats = likely[begins]
        found[:, 0] = np.add.reduceat(likely[:, 0], begins)
        return found
