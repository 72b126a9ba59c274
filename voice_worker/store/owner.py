"""The database owner's connection: for migrations and for keeping the record in order.

No policy binds it. Calls never use it; they have `Database`, which gives nothing but one account's
transactions.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg

from voice_worker.store.database import reaching

OwnerConnection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@asynccontextmanager
async def owner_connection(
    url: str, *, patience_seconds: float = 60.0
) -> AsyncIterator[OwnerConnection]:
    """One connection, closed in the end.

    Raises:
        DatabaseUnreachable: there is no server, or it does not let us in.
    """
    with reaching(url):
        connection = await asyncpg.connect(url, statement_cache_size=0, timeout=patience_seconds)
    try:
        await connection.set_type_codec(
            "jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog"
        )
        yield connection
    finally:
        await connection.close()
