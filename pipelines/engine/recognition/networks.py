"""Small networks over the encoder's states: what is said at each, by its sound.

The encoder has run anyway. Three layers of convolutions tell how likely each of some symbols is
heard at a state, or none; several such networks are averaged. They belong to one model each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from pipelines.engine.recognition.layers import Floats

FRAME_SAMPLES = 320
"""Samples (16 kHz) per encoder state."""
TAIL_FRAMES = 20
"""States after the last sample that are read, too."""


@dataclass(frozen=True)
class Networks:
    """Their weights, each layer's stored as outputs x (inputs of one state after another)."""

    FOLDER: ClassVar[Path]
    """Where those of the bundled models are."""

    mean: Floats
    scale: Floats
    """Of the states, by which they are brought to about one."""
    layers: Sequence[Sequence[tuple[Floats, Floats]]]
    """Of each network: weights and biases."""

    @classmethod
    def load(cls, path: Path) -> Self:
        with np.load(path) as stored:
            networks = range(int(stored["networks"]))
            layers = range(int(stored["layers"]))
            return cls(
                stored["mean"].astype(np.float32),
                stored["scale"].astype(np.float32),
                [
                    [
                        (
                            stored[f"weights {network} {layer}"].astype(np.float32),
                            stored[f"bias {network} {layer}"].astype(np.float32),
                        )
                        for layer in layers
                    ]
                    for network in networks
                ],
            )

    @classmethod
    def of_model(cls, name: str) -> Self | None:
        """Those of a bundled model; None when it has none."""
        path = cls.FOLDER / f"{name}.npz"
        return cls.load(path) if path.is_file() else None

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        stored: dict[str, npt.NDArray[np.generic]] = {
            "networks": np.array(len(self.layers)),
            "layers": np.array(len(self.layers[0])),
            "mean": self.mean.astype(np.float16),
            "scale": self.scale.astype(np.float16),
        }
        for network, layers in enumerate(self.layers):
            for layer, (weights, bias) in enumerate(layers):
                stored[f"weights {network} {layer}"] = weights.astype(np.float16)
                stored[f"bias {network} {layer}"] = bias.astype(np.float16)
        np.savez_compressed(path, **stored)  # type: ignore[arg-type]

    def probabilities(self, states: Floats, samples: int) -> Floats:
        """Of each symbol, the first of which is none, in encoder `states` (frames x width) of audio
        `samples` long (frames x symbols)."""
        end = min(len(states), samples // FRAME_SAMPLES + TAIL_FRAMES)
        inputs = (states[:end] - self.mean) * self.scale
        likely: Floats = np.mean([_network(layers, inputs) for layers in self.layers], axis=0)
        return likely


def _network(layers: Sequence[tuple[Floats, Floats]], inputs: Floats) -> Floats:
    """Probabilities (frames x outputs)."""
    *hidden, (weights, bias) = layers
    for its_weights, its_bias in hidden:
        inputs = np.maximum(0, _beside(inputs, its_weights) @ its_weights.T + its_bias)
    scores = _beside(inputs, weights) @ weights.T + bias
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: Floats = likely / likely.sum(axis=1, keepdims=True)
    return found


def _beside(inputs: Floats, weights: Floats) -> Floats:
    """Each state with its neighbours, as many as the weights see; silence beyond the ends."""
    seen = weights.shape[1] // inputs.shape[1]
    padded = np.pad(inputs, ((seen // 2, seen // 2), (0, 0)))
    return np.hstack([padded[at : at + len(inputs)] for at in range(seen)])
