"""Recordings of calls: stereo, streamed to disk while the call goes on, encrypted at rest.

A file is a line of JSON and then segments of a second, each sealed with AES-256-GCM in the STREAM
construction (Hoang, Reyhanitabar, Rogaway and Vizár 2015, section 7): the nonce counts the segments
and marks the last, so a file can't be reordered, spliced or cut short unnoticed. One without its
last segment, as a worker leaves it that dies in a call, is read as far as it goes and says so. The
key is the call's own and lies in the first line, wrapped with the keys integrations' secrets are
kept with.
"""

from __future__ import annotations

import json
import logging
import os
import struct
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from voice_worker.errors import VoiceWorkerError
from voice_worker.store.secrets import Keyring

log = logging.getLogger(__name__)

SEGMENT_SECONDS = 1.0
SETTLE_SECONDS = 0.5
"""Audio this recent may still get its other side."""
PREFIX_BYTES = 7
_NONCE = struct.Struct(">IB")
_LENGTH = struct.Struct(">I")
SUFFIX = ".recording"

_disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recordings")
"""One thread writes all recordings, so that a slow disk never holds up a call."""


class RecordingUnreadable(VoiceWorkerError):
    """There is no recording, it is damaged, or the key is another."""

    code = "recording_unreadable"


class RecordingUnfinished(VoiceWorkerError):
    """All there is was read, and the end is missing."""

    code = "recording_unfinished"


def path_of(home: Path, call_id: UUID) -> Path:
    """Where a call's recording lies."""
    return home / "recordings" / f"{call_id}{SUFFIX}"


class Recording:
    """Takes both sides of a call as they sound; `close` when it ends."""

    def __init__(self, path: Path, keyring: Keyring, call_id: UUID, rate: int) -> None:
        key = AESGCM.generate_key(256)
        self._cipher = AESGCM(key)
        self._prefix = os.urandom(PREFIX_BYTES)
        self._rate = rate
        self._sides = {"caller": bytearray(), "agent": bytearray()}
        self._begin = 0
        self._ends = {"caller": 0, "agent": 0}
        self._segment = 0
        self._path = path
        self._torn = False
        head = {
            "call": str(call_id),
            "rate": rate,
            "prefix": self._prefix.hex(),
            "key": keyring.wrap(call_id, key).decode(),
        }
        self._write(json.dumps(head).encode() + b"\n", new=True)

    def add(self, side: str, pcm: bytes, offset_ms: int) -> None:
        """Audio of the `caller` or the `agent`, 16-bit mono, at an offset into the call."""
        wanted = offset_ms * self._rate // 1000
        end = self._ends[side]
        # Pieces follow each other; only a real gap leaves silence.
        start = end if abs(wanted - end) < self._rate // 5 else max(end, wanted)
        samples = self._sides[side]
        position = 2 * (start - self._begin)
        if position < 0:
            return
        if len(samples) < position:
            samples += bytes(position - len(samples))
        samples[position : position + len(pcm)] = pcm
        self._ends[side] = start + len(pcm) // 2
        segment = int(SEGMENT_SECONDS * self._rate)
        while max(self._ends.values()) - self._begin > segment + int(SETTLE_SECONDS * self._rate):
            self._seal(segment, last=False)

    def close(self) -> None:
        """Write what is left; the file is whole after that."""
        rest = max(len(samples) for samples in self._sides.values()) // 2
        self._seal(rest, last=True)

    def _seal(self, count: int, *, last: bool) -> None:
        channels = []
        for samples in self._sides.values():
            part = bytes(samples[: 2 * count])
            channels.append(np.frombuffer(part + bytes(2 * count - len(part)), dtype="<i2"))
            del samples[: 2 * count]
        self._begin += count
        nonce = self._prefix + _NONCE.pack(self._segment, last)
        sealed = self._cipher.encrypt(nonce, np.stack(channels, axis=1).tobytes(), None)
        self._segment += 1
        self._write(_LENGTH.pack(len(sealed)) + sealed)

    def _write(self, content: bytes, *, new: bool = False) -> None:
        _disk.submit(self._append, content, new)

    def _append(self, content: bytes, new: bool) -> None:
        """In the disk's thread."""
        path = self._path
        try:
            if new:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                path.touch(mode=0o600)
            elif self._torn or not path.exists():
                # Erased while the call went on: nothing of it comes back. Or a segment is missing,
                # and what follows a hole can't be told from a forgery.
                return
            with path.open("ab") as file:
                file.write(content)
        except OSError as error:
            self._torn = True
            log.error(
                "the recording %s ends here: %s", path, error, extra={"action": "recording_failed"}
            )


def flush() -> None:
    """Wait until everything given to the disk so far is there."""
    _disk.submit(lambda: None).result()


def read(path: Path, keyring: Keyring, call_id: UUID) -> tuple[int, Iterator[bytes]]:
    """A recording's rate and its audio (16-bit stereo, caller left), second by second.

    Raises:
        RecordingUnreadable: there is none, or the key is another; the iterator raises it too,
            where the file was changed.
        RecordingUnfinished: by the iterator, after all there is: the call goes on, its worker died
            in it, or the file was cut short.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise RecordingUnreadable(f"There is no recording of call {call_id}.") from error
    with file:
        try:
            head = json.loads(file.readline())
            cipher = AESGCM(keyring.unwrap(call_id, head["key"].encode()))
            rate, prefix = int(head["rate"]), bytes.fromhex(head["prefix"])
        except (ValueError, KeyError) as error:
            raise RecordingUnreadable(f"The recording of call {call_id} is damaged.") from error
        begin = file.tell()
    return rate, _segments(path, begin, cipher, prefix, call_id)


def _segments(
    path: Path, begin: int, cipher: AESGCM, prefix: bytes, call_id: UUID
) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begin)
        number, finished = 0, False
        while (sealed := _next(file)) is not None:
            nonce = prefix + _NONCE.pack(number, False)
            audio = None if finished else _opened(cipher, nonce, sealed)
            if audio is None:
                # The last, which nothing follows, was sealed as such.
                finished = True
                audio = _opened(cipher, prefix + _NONCE.pack(number, True), sealed)
            if audio is None:
                raise RecordingUnreadable(
                    f"The recording of call {call_id} was changed after {number} s."
                )
            yield audio
            number += 1
    if not finished:
        raise RecordingUnfinished(
            f"The recording of call {call_id} lacks its end: the call goes on, its worker died in "
            "it, or the file was cut short."
        )


def _opened(cipher: AESGCM, nonce: bytes, sealed: bytes) -> bytes | None:
    try:
        return cipher.decrypt(nonce, sealed, None)
    except InvalidTag:
        return None


def _next(file: BinaryIO) -> bytes | None:
    """The next segment; None at the end, and where one was being written when the worker died."""
    head = file.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    sealed = file.read(length)
    return sealed if len(sealed) == length else None


def forget(home: Path, calls: Iterable[UUID]) -> None:
    """Remove the recordings of calls."""
    for call_id in calls:
        path_of(home, call_id).unlink(missing_ok=True)
