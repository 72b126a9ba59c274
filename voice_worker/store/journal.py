"""The journal: call events on local disk before anything else sees them.

SQLite in WAL mode, written inline (some 20 µs a row) and checkpointed from a thread, so that a
slow disk never reaches the audio path. It survives the worker's death; rows leave only after
Postgres has committed them.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path

from pipelines.events import CallEvent, call_event_adapter
from voice_worker.errors import JournalFull

MAX_ROWS = 500_000
"""About 300 MB, and hours of calls: beyond it new calls are refused, running ones go on."""
CHECKPOINT_EVERY_ROWS = 500


class Journal:
    """Single writer (the event loop's thread) and single reader (the recorder), one connection."""

    def __init__(self, path: Path, *, max_rows: int = MAX_ROWS) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._max_rows = max_rows
        self._connection = self._connect()
        self._connection.executescript(
            """
            create table if not exists outbox (
              position integer primary key autoincrement,
              account_id text not null,
              body text not null
            );
            create table if not exists quarantine (
              position integer primary key, body text not null, error text not null
            );
            """
        )
        self._depth = int(self._connection.execute("select count(*) from outbox").fetchone()[0])
        self._unsynced = 0

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=normal")
        connection.execute("pragma wal_autocheckpoint=0")
        return connection

    @property
    def depth(self) -> int:
        """Events not in Postgres yet."""
        return self._depth

    @property
    def full(self) -> bool:
        """True when new calls must be refused."""
        return self._depth >= self._max_rows

    def check_room(self) -> None:
        """Raises `JournalFull` when a new call could not be recorded."""
        if self.full:
            raise JournalFull(
                f"{self._depth} call events wait for the database. New calls are refused until "
                "it takes them: check that Postgres is up."
            )

    def put(self, event: CallEvent) -> None:
        """Write one event."""
        self._connection.execute(
            "insert into outbox (account_id, body) values (?, ?)",
            (str(event.account_id), event.model_dump_json()),
        )
        self._depth += 1
        self._unsynced += 1
        if self._unsynced >= CHECKPOINT_EVERY_ROWS:
            self._unsynced = 0
            threading.Thread(target=self._checkpoint, daemon=True).start()

    def batch(self, limit: int) -> list[tuple[int, CallEvent]]:
        """The oldest events with their positions."""
        rows = self._connection.execute(
            "select position, body from outbox order by position limit ?", (limit,)
        ).fetchall()
        return [(position, call_event_adapter.validate_json(body)) for position, body in rows]

    def delete(self, positions: Iterable[int]) -> None:
        """Forget events that are safe in Postgres."""
        gone = [(position,) for position in positions]
        self._connection.execute("begin")
        self._connection.executemany("delete from outbox where position = ?", gone)
        self._connection.execute("commit")
        self._depth -= len(gone)

    def quarantine(self, position: int, event: CallEvent, error: str) -> None:
        """Set an event aside that Postgres will never take, so that it blocks nobody."""
        self._connection.execute("begin")
        self._connection.execute(
            "insert or replace into quarantine values (?, ?, ?)",
            (position, event.model_dump_json(), error),
        )
        self._connection.execute("delete from outbox where position = ?", (position,))
        self._connection.execute("commit")
        self._depth -= 1

    def _checkpoint(self) -> None:
        connection = self._connect()
        try:
            connection.execute("pragma wal_checkpoint(passive)")
        finally:
            connection.close()

    def close(self) -> None:
        self._connection.execute("pragma wal_checkpoint(truncate)")
        self._connection.close()
