"""Whisper's decoder one token at a time, for searches that CTranslate2 can't be told of.

CTranslate2 may be told which tokens are forbidden, but not which may follow which. Here the caller
chooses after each token: the weights are those of the same file, and one step of a dozen readings
takes some milliseconds, because what was heard is prepared once for all of them. Likelihoods are
over the rows of the vocabulary that were asked for, which hold the commonest tokens too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from pipelines.engine.layers import Floats, gelu, normal
from pipelines.engine.model_file import ModelFile

HEAD = 64
"""Width of an attention head in every size of Whisper."""
COMMONEST = 4096
"""Tokens are numbered by how common they are: the first ones stand for all that might be said
instead."""
_NORM = ("gamma", "beta")

Weights = dict[str, Floats]


class Steps:
    """The weights of a decoder, with the rows of the vocabulary for some tokens."""

    def __init__(self, weights: ModelFile, tokens: Iterable[int]) -> None:
        """Raises: ValueError, when this is no Whisper model, or its weights are no floats."""
        wanted = np.array(sorted({*range(COMMONEST), *tokens}))
        named = {
            name.removeprefix("decoder/"): values
            for name, values in weights.arrays.items()
            if name.startswith("decoder/") and values.dtype in (np.float16, np.float32)
        }
        try:
            self.embeddings = named["embeddings/weight"][wanted].astype(np.float32)
            self.positions = named["position_encodings/encodings"].astype(np.float32)
            self.last = [named[f"layer_norm/{kind}"].astype(np.float32) for kind in _NORM]
        except KeyError as missing:
            raise ValueError(f"the model has no {missing} in floats") from missing
        self.row = {int(token): row for row, token in enumerate(wanted)}
        self.layers: list[Weights] = []
        while f"layer_{len(self.layers)}/ffn/linear_0/weight" in named:
            prefix = f"layer_{len(self.layers)}/"
            self.layers.append(
                {
                    name.removeprefix(prefix): values.astype(np.float32)
                    for name, values in named.items()
                    if name.startswith(prefix)
                }
            )
        weights.give_back()

    @classmethod
    def of_model(cls, folder: Path, tokens: Iterable[int]) -> Steps | None:
        """Those of a model's folder; None where its file has another layout."""
        try:
            return cls(ModelFile.of(folder / "model.bin"), tokens)
        except (OSError, ValueError):
            return None


class Readings:
    """Several readings of one encoding, each a token longer with every step."""

    def __init__(self, steps: Steps, states: Floats) -> None:
        """`states` are the encoder's (frames x width)."""
        self._steps = steps
        self._heard = [
            tuple(_heads(half)[0] for half in np.split(both[np.newaxis], 2, axis=-1))
            for both in (_linear(states, layer, "attention/linear_1") for layer in steps.layers)
        ]
        self._said: list[tuple[Floats, Floats]] = []
        self._length = 0

    def go_on(self, tokens: Sequence[Sequence[int]], after: Sequence[int] = ()) -> Floats:
        """Log probability of each row (readings x rows) after new `tokens` (readings x new);
        `after` says which of the readings so far each goes on from."""
        steps = self._steps
        rows = np.array([[steps.row[token] for token in one] for one in tokens])
        end = self._length + rows.shape[1]
        states = steps.embeddings[rows] + steps.positions[self._length : end]
        before = list(after)
        said = []
        for at, layer in enumerate(steps.layers):
            inputs = _linear(
                _normal(states, layer, "self_attention"), layer, "self_attention/linear_0"
            )
            query, key, value = (_heads(part) for part in np.split(inputs, 3, axis=-1))
            if self._said:
                key = np.concatenate([self._said[at][0][before], key], axis=2)
                value = np.concatenate([self._said[at][1][before], value], axis=2)
            said.append((key, value))
            likeness = query @ key.transpose(0, 1, 3, 2) / HEAD**0.5
            likeness += np.triu(np.full(likeness.shape[2:], -1e9, np.float32), 1 + self._length)
            states = states + _linear(
                _joined(_shares(likeness) @ value), layer, "self_attention/linear_1"
            )
            query = _heads(
                _linear(_normal(states, layer, "attention"), layer, "attention/linear_0")
            )
            states = states + _linear(_joined(self._listen(query, at)), layer, "attention/linear_2")
            inputs = _linear(_normal(states, layer, "ffn"), layer, "ffn/linear_0")
            states = states + _linear(gelu(inputs), layer, "ffn/linear_1")
        self._said, self._length = said, end
        scores = normal(states[:, -1], *steps.last)
        scores = scores @ steps.embeddings.T
        scores -= scores.max(axis=1, keepdims=True)
        found: Floats = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return found

    def _listen(self, query: Floats, layer: int) -> Floats:
        """What each query (readings x heads x new x HEAD) finds in what was heard."""
        key, value = self._heard[layer]
        count, heads, new, _ = query.shape
        asked = query.transpose(1, 0, 2, 3).reshape(heads, count * new, HEAD)
        found = _shares(asked @ key.transpose(0, 2, 1) / HEAD**0.5) @ value
        listened: Floats = found.reshape(heads, count, new, HEAD).transpose(1, 0, 2, 3)
        return listened


def _linear(inputs: Floats, layer: Weights, name: str) -> Floats:
    found: Floats = inputs @ layer[f"{name}/weight"].T + layer[f"{name}/bias"]
    return found


def _normal(states: Floats, layer: Weights, name: str) -> Floats:
    norm = f"{name}/layer_norm"
    return normal(states, layer[f"{norm}/gamma"], layer[f"{norm}/beta"])


def _heads(states: Floats) -> Floats:
    """Readings x tokens x width, as readings x heads x tokens x HEAD."""
    count, length, width = states.shape
    return states.reshape(count, length, width // HEAD, HEAD).transpose(0, 2, 1, 3)


def _joined(states: Floats) -> Floats:
    count, heads, length, _ = states.shape
    return states.transpose(0, 2, 1, 3).reshape(count, length, heads * HEAD)


def _shares(scores: Floats) -> Floats:
    likely = np.exp(scores - scores.max(axis=-1, keepdims=True))
    found: Floats = likely / likely.sum(axis=-1, keepdims=True)
    return found
