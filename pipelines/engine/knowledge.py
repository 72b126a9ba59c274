"""The knowledge engine: embedder and vector index in one process, which is their single opener.

The embedded index holds the interpreter lock while it searches, and torch is large: neither belongs
into the process that paces audio.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from config import load_settings
from pipelines.engine.process import Handler, serve
from rag.knowledge import Knowledge


def load(options: dict[str, Any]) -> Handler:
    """Knowledge look-ups (sentence-transformers and Qdrant)."""
    settings = load_settings(home=Path(options["home"]))
    questions = options.get("question_model")
    knowledge = Knowledge.open(
        settings, model=options["model"], question_model=Path(questions) if questions else None
    )
    knowledge.warm()

    def handle(op: str, args: dict[str, Any]) -> dict[str, Any]:
        if op == "likeness":
            return {"scores": knowledge.likeness(args["text"], args["options"])}
        account_id = UUID(args["account_id"])
        if op == "ask":
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
        if op == "ingest_qna":
            count = knowledge.ingest_qna(
                account_id,
                source_id=UUID(args["source_id"]),
                source_name=args["source_name"],
                items=args["items"],
            )
            return {"passages": count}
        raise ValueError(f"unknown operation {op}")

    return handle


if __name__ == "__main__":
    serve(load)
