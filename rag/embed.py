"""Texts to vectors.

Passages are embedded with sentence-transformers. It needs torch, which is slow to load and takes
half a gigabyte, so it runs in a program of its own (`rag.embed_passages`) that ends with the
ingestion. Questions come one at a time in the middle of calls: where the model is of BERT's kind
`rag.bert` embeds them in the knowledge engine's own process, else the library does.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Protocol

import numpy as np

from config.errors import ModelUnusable
from rag.bert import BertEmbedder, shape
from rag.errors import EmbeddingFailed
from rag.model import Vectors

log = logging.getLogger(__name__)

BATCH = 32


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


def question_embedder(model: str, home: Path) -> Embedder:
    """What embeds questions alike with the passages of `model` (a folder, or a hub's name)."""
    folder = Path(model)
    if found := shape(folder):
        try:
            return BertEmbedder(folder, found, home)
        except ModelUnusable as error:
            log.warning("questions are embedded by the library, in half a gigabyte: %s", error)
    return SentenceTransformerEmbedder(model)


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
