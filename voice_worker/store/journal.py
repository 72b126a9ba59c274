"""The journal: call events on local disk before anything else sees them.

SQLite in WAL mode, written inline (some 20 µs a row) and checkpointed from a thread, so that a
slow disk never reaches the audio path. It survives the worker's death; rows leave only after
Postgres has committed them. When the disk takes nothing any more, events wait in memory and go to
Postgres from there: running calls go on, new ones are refused.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError

from pipelines.events import CallEvent, call_event_adapter
from voice_worker.errors import JournalFull, JournalUnreadable
from voice_worker.store.database import without_nul

log = logging.getLogger(__name__)

MAX_ROWS = 500_000
"""About 300 MB, and hours of calls: beyond it new calls are refused, running ones go on."""
CHECKPOINT_EVERY_ROWS = 500
IN_MEMORY = 1 << 62
"""Positions from here on are not on disk."""
_TABLES = """
create table if not exists outbox (
  position integer primary key autoincrement, account_id text not null, body text not null
);
create table if not exists quarantine (
  position integer primary key, body text not null, error text not null
);
"""


class Journal:
    """Single writer (the event loop's thread) and single reader (the recorder), one connection."""

    def __init__(self, path: Path, *, max_rows: int = MAX_ROWS) -> None:
        """Open the journal at `path`, or begin one.

        Raises:
            JournalUnreadable: what is there is none, or is damaged.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        # Callers' words are nobody else's to read; SQLite gives its other files the same mode.
        path.touch(mode=0o600)
        path.chmod(0o600)
        self._path = path
        self._max_rows = max_rows
        try:
            self._connection = self._connect()
            self._connection.executescript(_TABLES)
            (rows,) = self._connection.execute("select count(*) from outbox").fetchone()
        except sqlite3.DatabaseError as error:
            raise JournalUnreadable(
                f"The journal {path} can't be read ({error}). Move it and the files beside it "
                "elsewhere to start without the call events it holds."
            ) from error
        self._on_disk = int(rows)
        # What the disk did not take, in order; and rows it did not let go of, safe in Postgres.
        self._in_memory: dict[int, tuple[str, str]] = {}
        self._undeleted: set[int] = set()
        self._next_in_memory = IN_MEMORY
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
        return self._on_disk - len(self._undeleted) + len(self._in_memory)

    @property
    def full(self) -> bool:
        """True when new calls must be refused."""
        return bool(self._in_memory) or self.depth >= self._max_rows

    def check_room(self) -> None:
        """Raises `JournalFull` when a new call could not be recorded."""
        if self._in_memory:
            raise JournalFull(
                f"The journal {self._path} can't be written. New calls are refused until it can: "
                "make room on its disk."
            )
        if self.full:
            raise JournalFull(
                f"{self.depth} call events wait for the database. New calls are refused until "
                "it takes them: check that Postgres is up."
            )

    def put(self, event: CallEvent) -> None:
        """Write one event; it is kept in memory while the disk takes none."""
        row = str(event.account_id), without_nul(event.model_dump_json())
        if not self._save_waiting() or not self._insert(row):
            if not self._in_memory:
                log.error(
                    "the journal %s can't be written: events wait in memory", self._path,
                    extra={"action": "journal_unwritable"},
                )  # fmt: skip
            self._in_memory[self._next_in_memory] = row
            self._next_in_memory += 1

    def _save_waiting(self) -> bool:
        """Bring what waits in memory to disk, oldest first; true when nothing waits any more."""
        while self._in_memory:
            position, row = next(iter(self._in_memory.items()))
            if not self._insert(row):
                return False
            del self._in_memory[position]
        return True

    def _insert(self, row: tuple[str, str]) -> bool:
        try:
            self._connection.execute("insert into outbox (account_id, body) values (?, ?)", row)
        except sqlite3.OperationalError:
            return False
        self._on_disk += 1
        self._unsynced += 1
        if self._unsynced >= CHECKPOINT_EVERY_ROWS:
            self._unsynced = 0
            threading.Thread(target=self._checkpoint, daemon=True).start()
        return True

    def batch(self, limit: int) -> list[tuple[int, CallEvent]]:
        """The oldest events with their positions.

        What can't be read, as an event that only another version knows, is set aside: it would
        keep all that follow from being stored.
        """
        rows = self._connection.execute(
            "select position, body from outbox order by position limit ?",
            (limit + len(self._undeleted),),
        ).fetchall()
        found = [(position, body) for position, body in rows if position not in self._undeleted]
        found += [(position, body) for position, (_, body) in self._in_memory.items()]
        events: list[tuple[int, CallEvent]] = []
        for position, body in found[:limit]:
            try:
                events.append((position, call_event_adapter.validate_json(body)))
            except ValidationError as error:
                log.error("an event in %s can't be read: %s", self._path, error,
                          extra={"action": "event_quarantined"})  # fmt: skip
                self._set_aside(position, body, str(error))
        return events

    def delete(self, positions: Iterable[int]) -> None:
        """Forget events that are safe in Postgres."""
        for position in positions:
            if position < IN_MEMORY:
                self._undeleted.add(position)
            else:
                # Gone from memory already: it went to disk meanwhile, and is sent from there again.
                self._in_memory.pop(position, None)
        self._delete_from_disk()

    def quarantine(self, position: int, event: CallEvent, error: str) -> None:
        """Set an event aside that Postgres will never take, so that it blocks nobody."""
        self._set_aside(position, event.model_dump_json(), error)

    def _set_aside(self, position: int, body: str, error: str) -> None:
        self._connection.execute(
            "insert or replace into quarantine values (?, ?, ?)",
            (position if position < IN_MEMORY else None, body, error),
        )
        self.delete([position])

    def _delete_from_disk(self) -> None:
        gone = [(position,) for position in self._undeleted]
        try:
            self._connection.execute("begin")
            self._connection.executemany("delete from outbox where position = ?", gone)
            self._connection.execute("commit")
        except sqlite3.OperationalError:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
            return  # Remembered: they are not sent again, and deleted with the next ones.
        self._on_disk -= len(gone)
        self._undeleted.clear()

    def _checkpoint(self) -> None:
        connection = self._connect()
        try:
            connection.execute("pragma wal_checkpoint(passive)")
        except sqlite3.OperationalError as error:
            log.warning("the journal could not be checkpointed: %s", error)
        finally:
            connection.close()

    def close(self) -> None:
        if not self._save_waiting():
            log.critical(
                "%d call events are lost: neither Postgres nor the disk took them",
                len(self._in_memory),
                extra={"action": "events_lost"},
            )
        self._connection.execute("pragma wal_checkpoint(truncate)")
        self._connection.close()


def forget_quarantined(path: Path, call_ids: Iterable[UUID]) -> int:
    """Delete set-aside events of calls, also while a worker uses the journal; returns how many."""
    if not path.is_file():
        return 0
    connection = sqlite3.connect(path)
    try:
        with connection:
            return sum(
                connection.execute(
                    "delete from quarantine where json_valid(body) "
                    "and json_extract(body, '$.call_id') = ?",
                    (str(call_id),),
                ).rowcount
                for call_id in call_ids
            )
    finally:
        connection.close()
