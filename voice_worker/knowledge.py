"""Knowledge on its way from the database to the index, also while calls are held."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from pipelines.errors import PipelineError
from pipelines.knowledge import LocalKnowledge
from rag.errors import SourceInvalid
from rag.sources import manual_qna
from voice_worker.store.database import Database
from voice_worker.store.knowledge import (
    Source,
    Version,
    note_indexed,
    source_versions,
    sources_of,
)
from voice_worker.upkeep import keep_at

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""How long an account's new knowledge waits at most until a worker takes it up. Being notified by
Postgres would need a connection of our own, which a transaction pooler in between does not give."""
RETRY_SECONDS = 60.0
"""The same after something could not be indexed that may be another time."""
LONGEST_PROBLEM = 2000


def check_contents(contents: str | list[Any]) -> None:
    """Look whether a source can be indexed at all.

    Raises:
        SourceInvalid: a pair lacks something; says which.
    """
    if not isinstance(contents, str):
        # Only to find what is wrong: passages are made where they are indexed.
        manual_qna.passages(UUID(int=0), "", contents)


class Indexing:
    """Brings the index up to date with the database, and says there what it made of each source."""

    def __init__(self, database: Database, knowledge: LocalKnowledge) -> None:
        self._database = database
        self._knowledge = knowledge
        self._done: dict[UUID, datetime] = {}
        """By source, the version that needs nothing more."""
        self._task: asyncio.Task[None] | None = None
        self.passages: dict[UUID, int] = {}
        """By source, how many the index has of it."""

    async def catch_up(self, *, beside_calls: bool = True) -> bool:
        """Index what is new or changed, source by source; True when nothing is left to do.

        What is indexed already is left alone, and a source that is malformed keeps nobody from
        being answered.
        """
        new = [
            version
            for version in await source_versions(self._database)
            if self._done.get(version.source_id) != version.updated_at
        ]

        def account(version: Version) -> UUID:
            return version.account_id

        complete = True
        for account_id, versions in groupby(sorted(new, key=account), account):
            ids = [version.source_id for version in versions]
            for source in await sources_of(self._database, account_id, ids):
                complete &= await self._take_up(source, beside_calls=beside_calls)
        return complete

    async def _take_up(self, source: Source, *, beside_calls: bool) -> bool:
        try:
            check_contents(source.contents)
        except SourceInvalid as error:
            await self._refuse(source, error)
        else:
            try:
                passages = await self._knowledge.ingest(
                    source.account_id, source.id, source.name, source.contents,
                    beside_calls=beside_calls,
                )  # fmt: skip
            except PipelineError as error:
                # The engine's or the index's fault, not the source's.
                await self._refuse(source, error)
                return False
            self.passages[source.id] = passages
            await note_indexed(self._database, source, passages=passages)
        self._done[source.id] = source.updated_at
        return True

    async def _refuse(self, source: Source, error: Exception) -> None:
        log.error(
            "knowledge source %s (%s): %s", source.name, source.id, error,
            extra={"action": "knowledge_not_indexed"},
        )  # fmt: skip
        await note_indexed(self._database, source, problem=str(error)[:LONGEST_PROBLEM])

    def start(self) -> None:
        """Keep looking for what is new."""
        self._task = asyncio.create_task(keep_at("the index", self._keep_up), name="knowledge")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep_up(self) -> None:
        complete = await self.catch_up()
        await asyncio.sleep(LOOK_SECONDS if complete else RETRY_SECONDS)
