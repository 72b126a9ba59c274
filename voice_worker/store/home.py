"""The data folder, and the lock that keeps it to one worker."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import TextIO

from voice_worker.errors import HomeInUse, HomeUnusable


class HomeLock:
    """Held for as long as the worker runs; the kernel lets go of it however the worker dies."""

    def __init__(self, home: Path) -> None:
        self._path = home / "worker.lock"
        self._file: TextIO | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            HomeInUse: another worker has it; names its process.
            HomeUnusable: there can be no such folder, or nothing can be written there.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._path.open("a+")
        except OSError as error:
            raise HomeUnusable(
                f"{self._path.parent} can't hold the worker's data ({error.strerror}). Choose "
                "another folder with VOICE_WORKER_HOME."
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            pid = file.read().strip() or "unknown"
            file.close()
            raise HomeInUse(
                f"Another worker (process {pid}) uses {self._path.parent}. Stop it, or give this "
                "one its own folder with VOICE_WORKER_HOME."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release(self) -> None:
        if self._file:
            self._file.close()
            self._file = None
