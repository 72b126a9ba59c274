"""A sentence embedder of BERT's kind (Devlin et al. 2019; Reimers and Gurevych 2019) in NumPy.

Questions come one at a time in the middle of calls. sentence-transformers needs half a gigabyte
for them, ONNX Runtime 30 MB; this maps the weights, in 8 bits, and gives them back after each text:
5 ms of processor time where ONNX Runtime took 1.4.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from rag.bert_weights import MATRICES, SMALL, WORDS, Floats, weights
from rag.model import Vectors

MODEL = "model.safetensors"
POOLINGS = ("mean_tokens", "cls_token")


@dataclass(frozen=True)
class Shape:
    """What a model's folder says of it, as sentence-transformers writes it."""

    heads: int
    epsilon: float
    """Of its normalisations."""
    longest: int
    """Tokens; the rest of a text is cut off."""
    pooling: str
    """Of `POOLINGS`: a text's vector is the mean of its tokens', or its first's."""


def shape(folder: Path) -> Shape | None:
    """None where the model is of another kind, or does more than is done here."""
    try:
        config = _read(folder / "config.json")
        steps = [step["type"].rpartition(".")[2] for step in _read(folder / "modules.json")]
        pooling = _read(folder / "1_Pooling" / "config.json")
        limits = _read(folder / "sentence_bert_config.json")
        heads, epsilon = config["num_attention_heads"], config["layer_norm_eps"]
        longest = limits.get("max_seq_length") or config["max_position_embeddings"]
    except (OSError, ValueError, KeyError):
        return None
    used = [name for name in pooling if name.startswith("pooling_mode_") and pooling[name]]
    known = [name for name in POOLINGS if used == [f"pooling_mode_{name}"]]
    if (
        config.get("model_type") != "bert"
        or config.get("hidden_act") != "gelu"
        or config.get("position_embedding_type", "absolute") != "absolute"
        or steps not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
        or not (folder / MODEL).is_file()
        or not known
    ):
        return None
    return Shape(int(heads), float(epsilon), int(longest), known[0])


class BertEmbedder:
    """Texts to unit vectors with the model in `folder`.

    Raises:
        ModelUnusable: its file can't be read.
    """

    def __init__(self, folder: Path, shape: Shape, home: Path) -> None:
        from tokenizers import Tokenizer

        taken = weights(folder / MODEL, home)
        self._shape = shape
        self._mapped = {name: _Mapped(taken / f"{name}.npy") for name in (WORDS, *MATRICES)}
        with np.load(taken / SMALL) as small:
            self._small: Mapping[str, Floats] = dict(small)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(shape.longest)
        self._tokenizer.no_padding()

    @property
    def dimensions(self) -> int:
        return int(self._mapped[WORDS].array.shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row a text.

        The tokens of all texts go through a layer together; only attention takes them one by one.
        """
        tokens = [item.ids for item in self._tokenizer.encode_batch(list(texts))]
        ends = np.cumsum([0, *map(len, tokens)])
        spans = [slice(begin, end) for begin, end in pairwise(ends)]
        states = self._embeddings(tokens)
        for layer in range(len(self._mapped["wide"].array)):
            states = self._through(layer, states, spans)
        for mapped in self._mapped.values():
            mapped.give_back()
        first = self._shape.pooling == "cls_token"
        pooled = [states[span][0] if first else states[span].mean(axis=0) for span in spans]
        rows: Vectors = np.stack(pooled)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows

    def _embeddings(self, tokens: Sequence[Sequence[int]]) -> Floats:
        ids = np.concatenate([np.asarray(row) for row in tokens])
        places = np.concatenate([np.arange(len(row)) for row in tokens])
        words = self._mapped[WORDS].array[ids].astype(np.float32)
        words *= self._small[f"{WORDS}.scale"][ids]
        return self._normal(
            words + self._small["places"][places],
            self._small["norm.weight"], self._small["norm.bias"],
        )  # fmt: skip

    def _through(self, layer: int, states: Floats, spans: Sequence[slice]) -> Floats:
        """One layer's states (tokens, width) from those of the layer before."""
        heads, width = self._shape.heads, states.shape[1]
        size = width // heads
        projected = self._product("projections", layer, states).reshape(-1, 3, heads, size)
        attended = np.empty_like(states)
        for span in spans:
            query, key, value = projected[span].transpose(1, 2, 0, 3)
            scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(size))
            scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
            scores /= scores.sum(axis=-1, keepdims=True)
            attended[span] = (scores @ value).transpose(1, 0, 2).reshape(-1, width)
        states = states + self._product("attended", layer, attended)
        states = self._layer_normal("norm_attended", layer, states)
        wide = _gelu(self._product("wide", layer, states))
        states = states + self._product("narrow", layer, wide)
        return self._layer_normal("norm_narrow", layer, states)

    def _product(self, name: str, layer: int, states: Floats) -> Floats:
        product: Floats = states @ self._mapped[name].array[layer].astype(np.float32)
        product *= self._small[f"{name}.scale"][layer]
        product += self._small[f"{name}.bias"][layer]
        return product

    def _layer_normal(self, name: str, layer: int, states: Floats) -> Floats:
        weight, bias = self._small[f"{name}.weight"], self._small[f"{name}.bias"]
        return self._normal(states, weight[layer], bias[layer])

    def _normal(self, states: Floats, weight: Floats, bias: Floats) -> Floats:
        centred = states - states.mean(axis=-1, keepdims=True)
        spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + self._shape.epsilon)
        normal: Floats = centred / spread * weight + bias
        return normal


class _Mapped:
    """An array of a file, read into memory as it is needed."""

    def __init__(self, path: Path) -> None:
        self.array = np.load(path, mmap_mode="r")
        self._pages: mmap.mmap = self.array.base

    def give_back(self) -> None:
        """Free what reading took; the array stays valid."""
        self._pages.madvise(mmap.MADV_DONTNEED)


def _gelu(x: Floats) -> Floats:
    """Gaussian error linear units by their usual approximation (Hendrycks and Gimpel 2016), which
    is within 0.0005."""
    inner = np.float32(0.7978846) * (x + np.float32(0.044715) * x * x * x)
    gated: Floats = np.float32(0.5) * x * (1 + np.tanh(inner))
    return gated


def _read(path: Path) -> Any:
    return json.loads(path.read_text())
