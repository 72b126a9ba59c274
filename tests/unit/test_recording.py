"""Recordings: both sides where they sounded, unreadable on disk, refused when tampered with."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
from cryptography.fernet import Fernet

from voice_worker import recording
from voice_worker.errors import SecretsUnreadable
from voice_worker.recording import Recording, RecordingUnreadable
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


@pytest.mark.parametrize("harm", ["flip", "cut"])
def test_a_changed_file_is_refused(tmp_path: Path, keyring: Keyring, harm: str) -> None:
    path, call_id = recorded(tmp_path, keyring)
    content = bytearray(path.read_bytes())
    if harm == "flip":
        content[-100] ^= 1
    else:
        segment = 4 + 4 * RATE + 16
        del content[-segment:]
    path.write_bytes(content)
    with pytest.raises(RecordingUnreadable, match="changed or cut short"):
        played(path, keyring, call_id)


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
