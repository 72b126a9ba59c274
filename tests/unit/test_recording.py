"""Recordings: both sides where they sounded, unreadable on disk, refused when tampered with."""

from __future__ import annotations

import resource
import signal
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
from cryptography.fernet import Fernet

from voice_worker import recording
from voice_worker.errors import SecretsUnreadable
from voice_worker.recording import Recording, RecordingUnfinished, RecordingUnreadable
from voice_worker.store.secrets import Keyring

RATE = 8000
FRAME = RATE // 50


def frame(value: int) -> bytes:
    return np.full(FRAME, value, dtype="<i2").tobytes()


@pytest.fixture
def keyring() -> Keyring:
    return Keyring([Fernet.generate_key().decode()])


def recorded(folder: Path, keyring: Keyring) -> tuple[Path, UUID]:
    """Five seconds of a caller; the agent speaks from 1.0 to 1.2 s and from 3.1 s to the end."""
    call_id = uuid4()
    path = recording.path_of(folder, call_id)
    record = Recording(path, keyring, call_id, RATE)
    for number in range(250):
        at = number * 20
        # Frames arrive a little late, as they do.
        record.add("caller", frame(100), at + number % 7)
        if 1000 <= at < 1200 or at >= 3100:
            record.add("agent", frame(-900), at)
    record.close()
    recording.flush()
    return path, call_id


def played(path: Path, keyring: Keyring, call_id: UUID) -> np.ndarray:
    rate, segments = recording.read(path, keyring, call_id)
    assert rate == RATE
    return np.frombuffer(b"".join(segments), dtype="<i2").reshape(-1, 2)


def test_both_sides_lie_where_they_sounded(tmp_path: Path, keyring: Keyring) -> None:
    sound = played(*_in_order(recorded(tmp_path, keyring), keyring))
    assert len(sound) == 5 * RATE
    assert set(sound[:, 0]) == {100}
    agent = np.flatnonzero(sound[:, 1])
    assert set(agent) == {*range(RATE, RATE * 12 // 10), *range(RATE * 31 // 10, 5 * RATE)}


def _in_order(made: tuple[Path, UUID], keyring: Keyring) -> tuple[Path, Keyring, UUID]:
    return made[0], keyring, made[1]


def test_nothing_can_be_read_without_the_key(tmp_path: Path, keyring: Keyring) -> None:
    path, call_id = recorded(tmp_path, keyring)
    assert frame(100)[:32] not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(SecretsUnreadable, match="SECRET_KEYS"):
        recording.read(path, Keyring([Fernet.generate_key().decode()]), call_id)
    other = uuid4()
    with pytest.raises(SecretsUnreadable, match="another call"):
        recording.read(path, keyring, other)


SEGMENT = 4 + 4 * RATE + 16
"""Bytes of a second in the file: length, both sides, seal."""


@pytest.mark.parametrize("harm", ["flip", "swap", "append", "splice"])
def test_a_changed_file_is_refused(tmp_path: Path, keyring: Keyring, harm: str) -> None:
    path, call_id = recorded(tmp_path, keyring)
    content = bytearray(path.read_bytes())
    last = bytes(content[-SEGMENT:])
    if harm == "flip":
        content[-100] ^= 1
    elif harm == "swap":
        content[-2 * SEGMENT :] = last + content[-2 * SEGMENT : -SEGMENT]
    elif harm == "append":
        content += last
    else:
        del content[-2 * SEGMENT : -SEGMENT]
    path.write_bytes(content)
    with pytest.raises(RecordingUnreadable, match="was changed after"):
        played(path, keyring, call_id)


@pytest.mark.parametrize("lost", [1, SEGMENT, SEGMENT + 7, 3 * SEGMENT])
def test_what_a_dying_worker_leaves_is_read_as_far_as_it_goes(
    tmp_path: Path, keyring: Keyring, lost: int
) -> None:
    path, call_id = recorded(tmp_path, keyring)
    whole = played(path, keyring, call_id)
    path.write_bytes(path.read_bytes()[:-lost])
    _, segments = recording.read(path, keyring, call_id)
    found = []
    with pytest.raises(RecordingUnfinished, match="lacks its end"):
        found.extend(segments)
    assert len(found) == 5 - -(-lost // SEGMENT)
    sound = np.frombuffer(b"".join(found), dtype="<i2").reshape(-1, 2)
    assert np.array_equal(sound, whole[: len(sound)])


def test_a_recording_ends_where_the_disk_is_full(tmp_path: Path, keyring: Keyring) -> None:
    call_id = uuid4()
    path = recording.path_of(tmp_path, call_id)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        record = Recording(path, keyring, call_id, RATE)
        for number in range(250):
            if number == 150:
                recording.flush()
                resource.setrlimit(resource.RLIMIT_FSIZE, (2 * SEGMENT, before[1]))
            if number == 200:
                recording.flush()
                resource.setrlimit(resource.RLIMIT_FSIZE, before)
            record.add("caller", frame(100), 20 * number)
        record.close()
        recording.flush()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    _, segments = recording.read(path, keyring, call_id)
    assert len(next(segments)) == 4 * RATE
    with pytest.raises(RecordingUnfinished):
        list(segments)


def test_what_was_erased_stays_erased(tmp_path: Path, keyring: Keyring) -> None:
    call_id = uuid4()
    path = recording.path_of(tmp_path, call_id)
    record = Recording(path, keyring, call_id, RATE)
    recording.flush()
    recording.forget(tmp_path, [call_id])
    record.add("caller", frame(1), 0)
    record.close()
    recording.flush()
    assert not path.exists()
    with pytest.raises(RecordingUnreadable, match="no recording"):
        recording.read(path, keyring, call_id)
