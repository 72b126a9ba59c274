"""Callers' voices."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from voice_worker.audio import read_pcm


def espeak(text: str, voice: str = "en-us", speed: int = 145) -> bytes:
    """16-bit mono at 16 kHz of `text` in a voice of espeak-ng, `speed` words a minute."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(
            ["espeak-ng", "-v", voice, "-s", str(speed), "-w", file.name, text], check=True
        )
        return read_pcm(Path(file.name))
