"""Whisper's encoder over the full window, in a third of the time and of the memory.

Whisper was trained on windows of 30 s and reads best in them, but of a turn's window most is
silence, which differs from place to place by nothing but its position. Eight positions of silence
go through the network as one here, which the attention counts eight times ("proportional
attention": Bolya et al. 2023, Token Merging), and stand for eight again in the end. The states of
the speech differ from the whole window's by a twentieth of what they measure; when its weights have
8 bits, as CTranslate2's have, they do as well.

It is in NumPy because CTranslate2's encoder can't count a position twice. Queries are taken some at
a time, so that no head's scores (1500 x 1500) are ever held at once; weights are read from the
model's file as each layer needs them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipelines.engine.process import progress
from pipelines.engine.recognition.layers import Floats, gelu, normal
from pipelines.engine.recognition.model_file import ModelFile

FRAMES_PER_POSITION = 2
SILENT_SECONDS = 0.5
"""Silence after the speech that keeps all of its positions."""
POSITIONS_AS_ONE = 8
EDGE_POSITIONS = 4
"""So many before the end of what is heard may feel that there is an end."""
ROWS = 125
"""Positions worked on at once: what they need stays in the processor's cache."""


class FullWindow:
    """The encoder of a model; may be used by several threads."""

    def __init__(self, weights: ModelFile) -> None:
        """Raises: ValueError, when this is no Whisper model, or its weights are no floats."""
        self._weights = weights
        named = weights.arrays
        try:
            self._heads = int(named["encoder/num_heads"])
            self._positions = self._array("position_encodings/encodings")
            self._array("layer_norm/gamma")
        except KeyError as missing:
            raise ValueError(f"the model has no {missing}") from missing
        self._layers = 0
        while f"encoder/layer_{self._layers}/ffn/linear_0/weight" in named:
            self._layers += 1
        floats = (np.float16, np.float32)
        if any(one.dtype not in floats for name, one in named.items() if name.endswith("/weight")):
            raise ValueError("the model's weights are no floats")

    @classmethod
    def of_model(cls, folder: Path) -> FullWindow | None:
        """That of a model's folder; None where its file has another layout."""
        try:
            return cls(ModelFile.of(folder / "model.bin"))
        except (OSError, ValueError):
            return None

    def states(self, spectrogram: Floats, window: float) -> Floats:
        """Encoder states (positions x width) of `window` seconds, which begin with what is in the
        `spectrogram` (log mel bands x frames, the last `SILENT_SECONDS` or all of them silent) and
        go on in silence."""
        heard = self._stem(spectrogram)
        positions = min(round(window * 50), len(self._positions))
        counts = np.ones(min(len(heard), positions), dtype=np.intp)
        if len(heard) < positions:
            silence = heard[-EDGE_POSITIONS - 1]
            heard = heard[:-EDGE_POSITIONS]
            starts = np.arange(len(heard), positions, POSITIONS_AS_ONE)
            counts = np.diff([*range(len(heard)), *starts, positions])
            places = np.add.reduceat(self._positions[:positions], starts)
            places /= counts[len(heard) :, np.newaxis].astype(np.float32)
            heard = np.concatenate([heard + self._positions[: len(heard)], places + silence])
        else:
            heard = heard[:positions] + self._positions[:positions]
        states = heard
        of_count = np.log(counts).astype(np.float32)
        for layer in range(self._layers):
            # The caller may have gone on: then it is given up here.
            progress()
            self._attend(states, of_count, f"layer_{layer}/self_attention")
            self._transform(states, f"layer_{layer}/ffn")
        states = self._normal(states, "layer_norm")
        self._weights.give_back()
        return np.repeat(states, counts, axis=0)

    def _array(self, name: str) -> Floats:
        return self._weights.arrays[f"encoder/{name}"].astype(np.float32)

    def _stem(self, spectrogram: Floats) -> Floats:
        """Two convolutions over three frames each, the second of which takes every other one."""
        first = self._convolved(spectrogram, "conv1", 1)
        return np.ascontiguousarray(self._convolved(first, "conv2", FRAMES_PER_POSITION).T)

    def _convolved(self, frames: Floats, name: str, stride: int) -> Floats:
        weights, bias = self._array(f"{name}/weight"), self._array(f"{name}/bias")
        padded = np.pad(frames, ((0, 0), (1, 1)))
        many = (frames.shape[1] - 1) // stride + 1
        sums = np.repeat(bias[:, np.newaxis], many, axis=1)
        for tap in range(weights.shape[2]):
            sums += weights[:, :, tap] @ padded[:, tap : tap + stride * (many - 1) + 1 : stride]
        return gelu(sums)

    def _normal(self, states: Floats, name: str) -> Floats:
        return normal(states, self._array(f"{name}/gamma"), self._array(f"{name}/beta"))

    def _attend(self, states: Floats, of_count: Floats, name: str) -> None:
        """Add to each position what it takes from the others; `of_count` is the logarithm of how
        many positions each stands for."""
        many, width = states.shape
        each = width // self._heads
        inputs = self._normal(states, f"{name}/layer_norm")
        weights = self._array(f"{name}/linear_0/weight").reshape(3, self._heads, each, width)
        biases = self._array(f"{name}/linear_0/bias").reshape(3, self._heads, each)
        weights[0] *= np.float32(each**-0.5)
        biases[0] *= np.float32(each**-0.5)
        taken = np.empty_like(states)
        for head in range(self._heads):
            # A last dimension adds the count to the scores, and sums the shares up.
            queries, keys, values = (np.ones((many, each + 1), np.float32) for _ in range(3))
            for part, rows in enumerate((queries, keys, values)):
                rows[:, :each] = inputs @ weights[part, head].T + biases[part, head]
            keys[:, each] = of_count
            columns = slice(head * each, (head + 1) * each)
            for at in range(0, many, ROWS):
                shares = queries[at : at + ROWS] @ keys.T
                shares -= shares.max(axis=1, keepdims=True)
                np.exp(shares, out=shares)
                sums = shares @ values
                taken[at : at + ROWS, columns] = sums[:, :each] / sums[:, each:]
        states += taken @ self._array(f"{name}/linear_1/weight").T
        states += self._array(f"{name}/linear_1/bias")

    def _transform(self, states: Floats, name: str) -> None:
        """Add to each position what the layer makes of it."""
        up, up_bias = (self._array(f"{name}/linear_0/{kind}") for kind in ("weight", "bias"))
        down, down_bias = (self._array(f"{name}/linear_1/{kind}") for kind in ("weight", "bias"))
        inputs = self._normal(states, f"{name}/layer_norm")
        for at in range(0, len(states), ROWS):
            hidden = gelu(inputs[at : at + ROWS] @ up.T + up_bias)
            states[at : at + ROWS] += hidden @ down.T + down_bias
