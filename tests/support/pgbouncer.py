"""A real pgbouncer in transaction mode, in front of a server on a Unix socket."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from tests.support.patience import PATIENCE_SECONDS
from voice_worker.store.postgres_owner import Owner

PORT = 6432
"""Names the socket; nothing listens on the network."""


def _start(url: str, home: Path, server_connections: int) -> tuple[subprocess.Popen[bytes], str]:
    parts = urlsplit(url)
    sockets = parse_qs(parts.query)["host"][0]
    database, user = parts.path.lstrip("/"), parts.username
    (home / "users.txt").write_text(f'"{user}" ""\n')
    (home / "pgbouncer.ini").write_text(
        f"""[databases]
{database} = host={sockets} dbname={database}
[pgbouncer]
listen_addr =
listen_port = {PORT}
unix_socket_dir = {home}
auth_type = trust
auth_file = {home}/users.txt
pool_mode = transaction
default_pool_size = {server_connections}
ignore_startup_parameters = extra_float_digits
logfile = {home}/pgbouncer.log
"""
    )
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    as_owner: list[str] = []
    if owner := Owner.beside_root():
        # As the user the server runs as: its sockets are closed to everybody else.
        as_owner = owner.acting(Path(program), Path(sockets))
        owner.give(home)
    process = subprocess.Popen(
        [*as_owner, program, str(home / "pgbouncer.ini")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return process, f"postgresql://{user}@/{database}?host={home}&port={PORT}"


@asynccontextmanager
async def pgbouncer(url: str, *, server_connections: int) -> AsyncIterator[str]:
    """A URL for the same user and database through the pooler.

    All its clients share `server_connections` connections, each for one transaction at a time.
    """
    # A short path: it names a socket.
    home = Path(tempfile.mkdtemp(prefix="pgbouncer-"))
    process, through = _start(url, home, server_connections)
    try:
        async for attempt in AsyncRetrying(
            stop=stop_after_delay(PATIENCE_SECONDS),
            wait=wait_fixed(0.05),
            retry=retry_if_exception_type((OSError, asyncpg.PostgresError)),
            reraise=True,
        ):
            with attempt:
                connection = await asyncpg.connect(through, statement_cache_size=0)
                await connection.close()
        yield through
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(home)
