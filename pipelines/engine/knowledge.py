"""The knowledge engine: embedder and vector index in one process, which is their single opener.

The embedded index holds the interpreter lock while it searches, and torch is large: neither belongs
into the process that paces audio.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pipelines.engine.process import Handler, progress, serve
from rag.knowledge import Knowledge
from rag.model import Shelf

INGEST_SECONDS = 120.0
"""Passages are embedded, some tens at a time, perhaps by a program that loads torch first."""
SERVER_SECONDS = 5.0
"""A remote index may be slow."""
EXAMPLE_SECONDS = 0.05
"""Most processor time to embed what somebody may say; 4 ms are usual."""


def load(options: dict[str, Any]) -> Handler:
    """Knowledge look-ups (embedder and Qdrant)."""
    knowledge = Knowledge.open(Shelf(**options["shelf"]), model=options["model"])
    knowledge.warm()

    remote = bool(options["shelf"]["qdrant_url"])

    def handle(op: str, args: dict[str, Any]) -> dict[str, Any]:
        if op == "likeness":
            progress(1.0 + EXAMPLE_SECONDS * sum(map(len, args["options"].values())))
            return {"scores": knowledge.likeness(args["text"], args["options"])}
        account_id = UUID(args["account_id"])
        if op == "ask":
            progress(SERVER_SECONDS if remote else 0.0)
            answer = knowledge.ask(
                account_id,
                args["question"],
                sources=tuple(args["sources"]),
                threshold=args["threshold"],
            )
            return {
                "text": answer.text,
                "score": answer.score,
                "passage_ids": [str(passage) for passage in answer.passage_ids],
            }
        if op == "ingest":
            progress(INGEST_SECONDS)
            count = knowledge.ingest(
                account_id,
                source_id=UUID(args["source_id"]),
                source_name=args["source_name"],
                contents=args["contents"],
                beside_calls=args["beside_calls"],
                progress=lambda done, total: progress(INGEST_SECONDS),
            )
            return {"passages": count}
        raise ValueError(f"unknown operation {op}")

    return handle


if __name__ == "__main__":
    serve(load)
