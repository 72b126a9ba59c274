"""Audio files: whatever a user brings, as the PCM the worker works with."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice_worker.errors import VoiceWorkerError

RATE = 16_000
STEP = RATE // 100
"""Samples of the 10 ms that loudness is told of."""
AUDIBLE = 0.004
"""RMS (0..1 of full scale) of a step from which a caller hears something: -48 dBFS."""


def waveform(pcm: bytes) -> npt.NDArray[np.float32]:
    """Samples (-1..1) of 16-bit audio."""
    return (np.frombuffer(pcm, "<i2") / 32768).astype(np.float32)


def levels(audio: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """RMS of every whole step of `audio` (-1..1)."""
    steps = audio[: len(audio) // STEP * STEP].reshape(-1, STEP)
    result: npt.NDArray[np.float32] = np.sqrt(np.mean(steps**2, axis=1))
    return result


class AudioUnreadable(VoiceWorkerError):
    code = "audio_unreadable"


def read_pcm(path: Path, rate: int = RATE) -> bytes:
    """16-bit mono PCM at `rate` Hz of any audio file.

    Raises:
        AudioUnreadable: it is missing or holds no audio.
    """
    # FFmpeg's libraries as a package: pydub would want the program for all but plain WAV, and a
    # recorded telephone call is mu-law.
    import av

    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise AudioUnreadable(f"{path} holds no audio.")
            resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
            return b"".join(
                out.to_ndarray().tobytes()
                for frame in (*container.decode(container.streams.audio[0]), None)
                for out in resampler.resample(frame)
            )
    except FileNotFoundError as error:
        raise AudioUnreadable(f"There is no file {path}.") from error
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise AudioUnreadable(f"{path} can't be read as audio: {error}") from error


def write_wav(path: Path, pcm: bytes, rate: int = RATE) -> None:
    """Write 16-bit mono PCM as a WAV file."""
    with warnings.catch_warnings():
        # pydub looks for an ffmpeg program at import; it is not needed here.
        warnings.simplefilter("ignore")
        # Imported where files are written: a serving worker, which writes none, is spared 15 MB.
        from pydub import AudioSegment
    segment = AudioSegment(data=pcm, sample_width=2, frame_rate=rate, channels=1)
    segment.export(path, format="wav").close()
