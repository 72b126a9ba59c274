"""Audio files: whatever a user brings, as the PCM the worker works with."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

from voice_worker.errors import VoiceWorkerError

RATE = 16_000


class AudioUnreadable(VoiceWorkerError):
    code = "audio_unreadable"


def _segments() -> Any:
    # Imported where files are read: a serving worker, which reads none, is spared 15 MB.
    with warnings.catch_warnings():
        # pydub looks for an ffmpeg program at import; it is not needed here.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
    return AudioSegment


def read_pcm(path: Path, rate: int = RATE) -> bytes:
    """16-bit mono PCM at `rate` Hz of any audio file.

    Raises:
        AudioUnreadable: it is missing or holds no audio.
    """
    import av

    try:
        # pydub reads WAV itself; for all else it would need an ffmpeg on the machine.
        segment = (
            _segments().from_wav(io.BytesIO(path.read_bytes()))
            if path.suffix.lower() == ".wav"
            else _decoded(path)
        )
    except FileNotFoundError as error:
        raise AudioUnreadable(f"There is no file {path}.") from error
    except (av.error.FFmpegError, OSError, EOFError, ValueError, IndexError) as error:
        raise AudioUnreadable(f"{path} can't be read as audio: {error}") from error
    return bytes(segment.set_channels(1).set_sample_width(2).set_frame_rate(rate).raw_data)


def write_wav(path: Path, pcm: bytes, rate: int = RATE) -> None:
    """Write 16-bit mono PCM as a WAV file."""
    segment = _segments()(data=pcm, sample_width=2, frame_rate=rate, channels=1)
    segment.export(path, format="wav").close()


def _decoded(path: Path) -> Any:
    import av

    with av.open(str(path)) as container:
        if not container.streams.audio:
            raise ValueError("it holds no audio")
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="s16", layout="mono", rate=stream.rate)
        parts = [
            out.to_ndarray().tobytes()
            for frame in (*container.decode(stream), None)
            for out in resampler.resample(frame)
        ]
        return _segments()(data=b"".join(parts), sample_width=2, frame_rate=stream.rate, channels=1)
