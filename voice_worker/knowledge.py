"""Knowledge on its way from the database to the index."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from pipelines.errors import EngineRefused
from pipelines.knowledge import LocalKnowledge
from voice_worker.store.knowledge import Source

log = logging.getLogger(__name__)


async def index(knowledge: LocalKnowledge, sources: Iterable[Source]) -> int:
    """Bring the index up to date; returns how many passages it has of these sources.

    What is indexed already is left alone, and a source that is malformed does not keep the worker
    from its calls.
    """
    passages = 0
    for source in sources:
        try:
            passages += await knowledge.ingest(
                source.account_id, source.id, source.name, source.contents
            )
        except EngineRefused as error:
            log.error(
                "knowledge source %s (%s): %s", source.name, source.id, error,
                extra={"action": "knowledge_invalid"},
            )  # fmt: skip
    return passages
