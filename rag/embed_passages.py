"""A program that embeds passages and ends: a JSON list of texts on stdin, vectors on stdout.

On stdout come the vectors' length (4 bytes, little-endian) and then, row by row as they are made,
their 32-bit floats.
"""

from __future__ import annotations

import contextlib
import json
import sys

from rag.embed import BATCH, SentenceTransformerEmbedder


def main() -> None:
    texts: list[str] = json.load(sys.stdin)
    embedder = SentenceTransformerEmbedder(sys.argv[1])
    out = sys.stdout.buffer
    out.write(embedder.dimensions.to_bytes(4, "little"))
    for start in range(0, len(texts), BATCH):
        out.write(embedder.embed(texts[start : start + BATCH]).astype("<f4").tobytes())
        out.flush()


if __name__ == "__main__":
    # Whoever asked may have gone.
    with contextlib.suppress(BrokenPipeError):
        main()
