"""Texts to vectors.

Passages are embedded with sentence-transformers. It needs torch, which is slow to load and takes
half a gigabyte, so it runs in a program of its own (`rag.embed_passages`) that ends with the
ingestion. Questions come one at a time in the middle of calls: where the model also exists as ONNX
they are embedded with that, in the knowledge engine's own process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Protocol

import numpy as np
import numpy.typing as npt

from rag.errors import EmbeddingFailed

Vectors = npt.NDArray[np.float32]

BATCH = 32
LONGEST_TOKENS = 256
"""What MiniLM was trained with; sentence-transformers cuts there as well."""


class Embedder(Protocol):
    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row a text."""
        ...


class SentenceTransformerEmbedder:
    """A model from a folder (never the network), or by its hub name."""

    def __init__(self, model: str, *, threads: int = 1) -> None:
        if Path(model).exists():
            os.environ["HF_HUB_OFFLINE"] = "1"
            os.environ["TRANSFORMERS_OFFLINE"] = "1"
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        os.environ.setdefault("TQDM_DISABLE", "1")
        import torch
        from sentence_transformers import SentenceTransformer

        # With its default thread count torch spins on every core and starves the calls.
        torch.set_num_threads(threads)
        self._model = SentenceTransformer(model, device="cpu")

    @property
    def dimensions(self) -> int:
        return int(self._model.get_embedding_dimension() or 0)

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False, batch_size=BATCH
        )
        return np.asarray(vectors, dtype=np.float32)


class OnnxEmbedder:
    """The same kind of model as ONNX: mean of the tokens' states, made a unit vector."""

    def __init__(self, model: Path, tokenizer: Path, *, threads: int = 1) -> None:
        """`model` is the .onnx file, `tokenizer` a tokenizer.json."""
        from onnxruntime import InferenceSession, SessionOptions
        from tokenizers import Tokenizer

        options = SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # An arena keeps the memory of the longest text for good, a pattern one for each length.
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        self._session = InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._wanted = [item.name for item in self._session.get_inputs()]
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(LONGEST_TOKENS)
        self._tokenizer.enable_padding()
        self._dimensions = int(self.embed(["dimensions"]).shape[1])

    @property
    def dimensions(self) -> int:
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(list(texts))
        ids = np.array([item.ids for item in encoded], dtype=np.int64)
        mask = np.array([item.attention_mask for item in encoded], dtype=np.int64)
        given = {
            "input_ids": ids,
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(ids),
        }
        states = self._session.run(None, {name: given[name] for name in self._wanted})[0]
        weights = mask[:, :, np.newaxis].astype(np.float32)
        means = (states * weights).sum(axis=1) / weights.sum(axis=1)
        unit: Vectors = (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)
        return unit


def embed_elsewhere(model: str, texts: Sequence[str]) -> Iterator[Vectors]:
    """Unit vectors of passages, `BATCH` rows at a time, made by a program that ends with the last.

    Raises:
        EmbeddingFailed: with what the program said.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "rag.embed_passages", model],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin and process.stdout
        try:
            with process.stdin as stdin:
                stdin.write(json.dumps(list(texts)).encode())
            yield from _batches(process.stdout, len(texts))
        except (EOFError, OSError) as error:
            raise EmbeddingFailed(
                f"The embedder {model} gave no vectors; its own message stands above. "
                "`voice-worker doctor` says what is missing."
            ) from error


def _batches(stream: IO[bytes], count: int) -> Iterator[Vectors]:
    dimensions = int.from_bytes(_exactly(stream, 4), "little")
    for start in range(0, count, BATCH):
        rows = min(BATCH, count - start)
        data = _exactly(stream, rows * dimensions * 4)
        yield np.frombuffer(data, dtype="<f4").reshape(rows, dimensions)


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data
