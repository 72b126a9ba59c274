"""Who the embedded Postgres runs as: it refuses to be root, whose folders are often closed."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from voice_worker.errors import EmbeddedPostgresFailed

UNPRIVILEGED = ("postgres", "nobody")
"""Whom a worker that is root has it run as, the first there is."""
OPENS_FOLDERS, OPENS_ALL = "dac_read_search", "dac_override"
"""Capabilities (capabilities(7))."""
_BITS = {OPENS_FOLDERS: 2, OPENS_ALL: 1}


@dataclass(frozen=True)
class Owner:
    """A user without privileges."""

    name: str
    uid: int
    gid: int

    @classmethod
    def beside_root(cls) -> Owner | None:
        """None where the worker isn't root, and the server runs as the same user.

        Raises:
            EmbeddedPostgresFailed: there is no such user, or no program to become one.
        """
        if os.geteuid():
            return None
        if not shutil.which("setpriv"):
            raise EmbeddedPostgresFailed(
                "Postgres does not run as root, and setpriv (of util-linux), which makes another "
                "user of it, is not installed. Install it, run the worker as an ordinary user, or "
                "set DATABASE_URL."
            )
        for name in UNPRIVILEGED:
            with contextlib.suppress(KeyError):
                user = pwd.getpwnam(name)
                return cls(name, user.pw_uid, user.pw_gid)
        raise EmbeddedPostgresFailed(
            "Postgres does not run as root and there is no user postgres or nobody. "
            "Run the worker as an ordinary user, or set DATABASE_URL."
        )

    def acting(self, program: Path, folder: Path) -> list[str]:
        """What to put before a command line so that this user runs it, with the least power that
        lets it use `program` and walk to `folder`.

        Raises:
            EmbeddedPostgresFailed: it can't, and root may not grant it that.
        """
        command = [
            "setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups",
        ]  # fmt: skip
        closed = [
            place for place in (*program.parents, folder, *folder.parents) if self._shut(place)
        ]
        if shut := self._shut(program):
            closed.append(program)
        if closed:
            held = _held_capabilities()
            wanted = (OPENS_ALL,) if shut else (OPENS_FOLDERS, OPENS_ALL)
            granted = [name for name in wanted if name in held]
            if not granted:
                raise EmbeddedPostgresFailed(
                    f"The worker is root, so Postgres runs as {self.name}, to whom {closed[0]} is "
                    "closed. Run the worker as an ordinary user, move that to where everybody can "
                    "go, or set DATABASE_URL."
                )
            command += [f"--{kind}-caps=-all,+{granted[0]}" for kind in ("inh", "ambient")]
            # Else access(2), which initdb asks, answers as if it had none.
            command.append("--securebits=+no_setuid_fixup")
        return [*command, "--"]

    def give(self, path: Path) -> None:
        """Make it this user's."""
        os.chown(path, self.uid, self.gid)

    def _shut(self, place: Path) -> bool:
        """May this user not enter this folder, or not run this program?"""
        info = place.stat()
        wanted = 0o001
        if info.st_uid == self.uid:
            wanted = 0o100
        elif info.st_gid == self.gid:
            wanted = 0o010
        return not info.st_mode & wanted


def _held_capabilities() -> set[str]:
    """Which of them this process has; a container's root may have none."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            bits = int(line.split()[1], 16)
            return {name for name, bit in _BITS.items() if bits >> bit & 1}
    return set()
