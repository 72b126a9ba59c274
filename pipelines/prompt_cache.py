"""Rendered speech on disk, named by what made it, so never stale; bounded, least recent out."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import struct
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

MEMORY_BYTES = 16 << 20
"""What was said is kept in memory: about 8 minutes at 16 kHz."""
_LENGTH = struct.Struct(">I")
_SUFFIX = ".speech"
VERSION = 2
"""Counts up when the same text would be rendered differently."""

Words = tuple[tuple[int, int], ...]
"""(end of a word in the text, end of its sound in samples)."""


@dataclass(frozen=True)
class Kept:
    """PCM16LE mono and the word timings."""

    pcm: bytes
    words: Words


class PromptCache:
    """Speech by voice, speed, rate and text."""

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._memory: OrderedDict[str, Kept] = OrderedDict()
        self._memory_bytes = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._disk: OrderedDict[str, int] = OrderedDict(
            (path.stem, stat.st_size)
            for stat, path in sorted(
                ((path.stat(), path) for path in folder.glob(f"*{_SUFFIX}")),
                key=lambda item: item[0].st_mtime,
            )
        )
        self._disk_bytes = sum(self._disk.values())

    @staticmethod
    def key(voice: str, speed: float, rate: int, text: str) -> str:
        """The name of a piece of speech."""
        content = f"{VERSION}\0{voice}\0{speed:.3f}\0{rate}\0{text}"
        return hashlib.sha256(content.encode()).hexdigest()

    def __contains__(self, key: str) -> bool:
        return key in self._memory or key in self._disk

    def get(self, key: str) -> Kept | None:
        """The speech, or None when it is not kept (or its file is damaged)."""
        kept = self.read(key)
        if kept is not None:
            self._remember(key, kept)
        return kept

    def read(self, key: str) -> Kept | None:
        """The same for a use that says nothing of the next: what was on disk stays there."""
        if (kept := self._memory.get(key)) is not None:
            return kept
        if key not in self._disk:
            return None
        try:
            content = self._path(key).read_bytes()
            (length,) = _LENGTH.unpack_from(content)
            body = _LENGTH.size + length
            words = tuple((int(a), int(b)) for a, b in json.loads(content[_LENGTH.size : body]))
        except (OSError, ValueError, struct.error):
            self._forget(key)
            return None
        with contextlib.suppress(OSError):
            os.utime(self._path(key))
        self._disk.move_to_end(key)
        return Kept(content[body:], words)

    def put(self, key: str, kept: Kept) -> None:
        """Keep speech; where the disk is full, in memory."""
        head = json.dumps(kept.words).encode()
        content = _LENGTH.pack(len(head)) + head + kept.pcm
        partial = self._folder / f"{key}.{os.getpid()}.partial"
        try:
            partial.write_bytes(content)
            partial.rename(self._path(key))
        except OSError:
            partial.unlink(missing_ok=True)
            self._remember(key, kept)
            return
        self._disk_bytes += len(content) - self._disk.pop(key, 0)
        self._disk[key] = len(content)
        while self._disk_bytes > self._max_bytes and len(self._disk) > 1:
            self._forget(next(iter(self._disk)))

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}{_SUFFIX}"

    def _forget(self, key: str) -> None:
        self._disk_bytes -= self._disk.pop(key, 0)
        self._path(key).unlink(missing_ok=True)

    def _remember(self, key: str, kept: Kept) -> None:
        if old := self._memory.pop(key, None):
            self._memory_bytes -= len(old.pcm)
        self._memory[key] = kept
        self._memory_bytes += len(kept.pcm)
        while self._memory_bytes > MEMORY_BYTES and len(self._memory) > 1:
            _, dropped = self._memory.popitem(last=False)
            self._memory_bytes -= len(dropped.pcm)
