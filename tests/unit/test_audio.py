"""Audio files: what users bring, and how long ones are cut."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from voice_worker.audio import AudioUnreadable, read_pcm, write_wav
from voice_worker.cli.speech import LONGEST_PIECE_SECONDS, pieces

RATE = 16_000
MU_LAW = 7
"""Format tag of ITU-T G.711 mu-law in a WAV file."""


def _wav(tag: int, rate: int, bits: int, data: bytes) -> bytes:
    frame = bits // 8
    header = struct.pack("<HHIIHH", tag, 1, rate, rate * frame, frame, bits)
    body = b"WAVEfmt " + struct.pack("<I", len(header)) + header
    body += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _tone(hertz: int, rate: int, seconds: float) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


def _mu_law(samples: np.ndarray) -> bytes:
    squeezed = np.sign(samples) * np.log1p(255 * np.abs(samples)) / np.log1p(255)
    code = np.where(squeezed >= 0, 0xFF, 0x7F) - np.round(np.abs(squeezed) * 127)
    return bytes(code.astype(np.uint8))


def test_a_recorded_telephone_call_is_read(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(_wav(MU_LAW, 8000, 8, _mu_law(_tone(1000, 8000, 1.0))))
    audio = np.frombuffer(read_pcm(path), "<i2") / 32768
    assert len(audio) == pytest.approx(RATE, abs=32)
    spectrum = np.abs(np.fft.rfft(audio[:RATE]))
    assert int(np.argmax(spectrum)) == pytest.approx(1000, abs=2)
    assert np.max(np.abs(audio)) == pytest.approx(0.5, abs=0.05)


def test_plain_wav_comes_back_sample_by_sample(tmp_path: Path) -> None:
    pcm = (_tone(440, RATE, 0.51) * 32767).astype("<i2").tobytes()
    write_wav(tmp_path / "tone.wav", pcm)
    assert read_pcm(tmp_path / "tone.wav") == pcm


@pytest.mark.parametrize("content", [b"", b"no audio in here", bytes(5000)])
def test_what_is_no_audio_is_said_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.wav"
    path.write_bytes(content)
    with pytest.raises(AudioUnreadable, match=r"letter\.wav"):
        read_pcm(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AudioUnreadable, match=r"There is no file .*gone\.wav"):
        read_pcm(tmp_path / "gone.wav")


def test_a_long_recording_is_cut_in_its_silences() -> None:
    noise = np.random.default_rng(1).integers(-9000, 9000, 60 * RATE).astype(np.int16)
    silences = [(18, 19), (40, 41)]
    for begin, end in silences:
        noise[begin * RATE : end * RATE] = 0
    found = pieces(noise)
    assert [begin for begin, _ in found[1:]] == [end for _, end in found[:-1]]
    assert (found[0][0], found[-1][1]) == (0, len(noise))
    assert all(end - begin <= LONGEST_PIECE_SECONDS * RATE for begin, end in found)
    for (_, cut), (begin, end) in zip(found, silences, strict=False):
        assert begin * RATE <= cut <= end * RATE


def test_a_short_recording_stays_whole() -> None:
    assert pieces(np.zeros(RATE, np.int16)) == [(0, RATE)]
    assert pieces(np.zeros(0, np.int16)) == [(0, 0)]
