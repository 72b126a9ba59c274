"""Files made from a model's file: once, by a program that ends, and kept by what they were made of.

Taking a network apart needs libraries and memory that running it does not. What comes out is kept
under the data home, named by the digest of the source and the maker's version, so it is never stale
and a second start finds it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from config.children import dying_with_parent
from config.errors import ModelUnusable

MAKE_SECONDS = 120.0
"""Longest a maker may take; seconds are usual."""
SIZES = "sizes.json"
"""What was made, by name: a full disk or a power cut leaves files that are shorter."""


def derived(source: Path, home: Path, module: str, version: int) -> Path:
    """The folder `python -m MODULE SOURCE FOLDER` fills, filled now when that was not done before.

    Raises:
        ModelUnusable: the maker can't do anything with this file; says why.
    """
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    folder = home / "cache" / "models" / f"{module.rpartition('.')[2]}-{version}-{digest[:24]}"
    if folder.is_dir():
        if _is_whole(folder):
            return folder
        shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _clear_away(folder.parent)
    made = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
    try:
        done = subprocess.run(
            [*dying_with_parent(signal.SIGKILL), sys.executable, "-m", module, source, made],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, timeout=MAKE_SECONDS, check=False,
        )  # fmt: skip
        if done.returncode:
            raise ModelUnusable(_last_line(done.stderr) or f"{module} failed on {source}")
        sizes = {file.name: file.stat().st_size for file in made.iterdir()}
        (made / SIZES).write_text(json.dumps(sizes))
        made.chmod(0o755)
        try:
            os.rename(made, folder)
        except OSError:
            # Another process made the same meanwhile.
            if not folder.is_dir():
                raise
    except subprocess.TimeoutExpired:
        raise ModelUnusable(
            f"{source.name} was not ready after {MAKE_SECONDS:g} s; is the machine overloaded?"
        ) from None
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def _is_whole(folder: Path) -> bool:
    try:
        sizes = json.loads((folder / SIZES).read_text())
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError):
        return False


def _clear_away(folder: Path) -> None:
    """Remove what makers left that were killed."""
    for left in folder.glob(".making-*"):
        if left.stat().st_mtime < time.time() - MAKE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""
