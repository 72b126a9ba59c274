"""Connections, and the one way to get one: inside a transaction, as the worker, for one account."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg

from voice_worker.errors import DatabaseUnreachable

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[asyncpg.Record]

Result = TypeVar("Result")

LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.InsufficientResourcesError,  # disk full, out of memory, too many connections
    asyncpg.OperatorInterventionError,  # shutting down, starting up, cancelled
    asyncpg.TransactionRollbackError,  # deadlock, serialization
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby, until it is promoted
    OSError,
    TimeoutError,
)
"""What it looks like when the server is away, going or out of breath; worth trying again."""

REFUSED = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
    asyncpg.InsufficientPrivilegeError,
)
"""What it looks like when these very rows will never be taken."""

COMMAND_SECONDS = 30.0
CALLER_SECONDS = 5.0
"""How long somebody who calls, or opens a line's page, waits for the record."""

# The escape itself, not a backslash that is escaped and stands before "u0000".
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def without_nul(document: str) -> str:
    """JSON without the one character Postgres refuses in text; nobody says or sends it."""
    return _NUL.sub(r"\1", document)


def _encode(value: Any) -> str:
    return without_nul(json.dumps(value, ensure_ascii=False))


async def _prepare(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    await connection.set_type_codec(
        "jsonb", encoder=_encode, decoder=json.loads, schema="pg_catalog"
    )


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """Connect inside.

    Raises:
        DatabaseUnreachable: no server answers at `url`, or it does not let us in.
    """
    try:
        yield
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        # Without the password that stands before the host.
        server = urlsplit(url).netloc.rpartition("@")[2]
        # Our own is reached through a socket; a worker that starts or stops says so in `reason`.
        place, hint = (f"at {server}", " Is DATABASE_URL right?") if server else ("here", "")
        reason = str(error) or "no answer in time"
        raise DatabaseUnreachable(
            f"The database {place} can't be reached: {reason}.{hint}"
        ) from error


async def within(seconds: float, work: Coroutine[Any, Any, Result]) -> Result:
    """What `work` returns, for somebody who waits for it.

    Raises:
        TimeoutError: it takes longer, as a server does that hangs. The work is left to end by
            itself: taking a query back would wait for that server, too.
    """
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        task.add_done_callback(lambda late: late.cancelled() or late.exception())
        raise TimeoutError("the database does not answer")
    return task.result()


class Database:
    """A pool that gives nothing but scoped transactions."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._pool = pool

    @classmethod
    async def open(
        cls, url: str, *, pool_size: int, command_seconds: float = COMMAND_SECONDS
    ) -> Database:
        """Connect. Prepared statements are off, so a transaction pooler may stand in between.

        Raises:
            DatabaseUnreachable: there is no server, or it does not let us in.
        """
        with reaching(url):
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=pool_size,
                statement_cache_size=0,
                timeout=command_seconds,
                command_timeout=command_seconds,
                init=_prepare,
            )
        return cls(pool)

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def tenant(self, account_id: UUID) -> AsyncIterator[Connection]:
        """A transaction that sees and writes this account's rows only.

        Role and account are set for the transaction, never for the connection, so nothing leaks
        to whoever borrows it next.
        """
        async with self._scoped(account_id) as connection:
            yield connection

    @asynccontextmanager
    async def system(self) -> AsyncIterator[Connection]:
        """A transaction without an account: sees no rows, may call the look-up functions."""
        async with self._scoped(None) as connection:
            yield connection

    @asynccontextmanager
    async def _scoped(self, account_id: UUID | None) -> AsyncIterator[Connection]:
        async with self._pool.acquire() as connection, connection.transaction():
            # One round trip; a UUID needs no quoting.
            await connection.execute(
                f"set local role voice_worker; set local app.account_id = '{account_id or ''}'"
            )
            yield connection
