"""How loud both sides of a call were, ten times a second: enough to see who spoke when."""

from __future__ import annotations

import base64
import math

import numpy as np

STEP_MS = 100
FLOOR_DB = -60.0
"""Quieter than this is drawn as nothing."""


def level(pcm: bytes) -> int:
    """0 (-60 dBFS and less) to 255 (full scale) of 16-bit audio."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
    if not len(samples):
        return 0
    mean = float(samples @ samples) / len(samples) / 32768**2
    decibels = 10 * math.log10(mean) if mean > 0 else FLOOR_DB
    return round(255 * max(0.0, 1 - decibels / FLOOR_DB))


class Envelope:
    """Gathers levels; `drain` what is complete."""

    def __init__(self) -> None:
        self._sides = {"caller": bytearray(), "agent": bytearray()}
        self._begin = 0
        """Steps drained before."""

    def add(self, side: str, pcm: bytes, offset_ms: int) -> None:
        """Audio of the `caller` or the `agent` that sounded at an offset into the call."""
        step = offset_ms // STEP_MS - self._begin
        if step < 0:
            return
        levels = self._sides[side]
        if len(levels) <= step:
            levels += bytes(step + 1 - len(levels))
        levels[step] = max(levels[step], level(pcm))

    def drain(self, until_ms: int) -> tuple[int, dict[str, str]]:
        """Everything before `until_ms` as (where it begins, levels by side in base64)."""
        begin = self._begin
        steps = max(0, until_ms // STEP_MS - begin)
        found = {}
        for side, levels in self._sides.items():
            part = bytes(levels[:steps])
            found[side] = base64.b64encode(part + bytes(steps - len(part))).decode()
            del levels[:steps]
        self._begin += steps
        return begin * STEP_MS, found
