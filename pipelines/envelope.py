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


class _Side:
    """One side's levels, and the sound of the step that is not over."""

    def __init__(self) -> None:
        self.levels = bytearray()
        self._step = 0
        self._sound: list[bytes] = []

    def add(self, step: int, pcm: bytes) -> None:
        if step != self._step:
            self.settle()
            self._step = step
        self._sound.append(pcm)

    def settle(self) -> None:
        """Level of what has been gathered: one look at a step costs less than one at each piece."""
        if self._sound:
            self.levels += bytes(max(0, self._step + 1 - len(self.levels)))
            loud = level(b"".join(self._sound))
            self.levels[self._step] = max(self.levels[self._step], loud)
            self._sound.clear()

    def drain(self, steps: int) -> bytes:
        self.settle()
        self._step -= steps
        part = bytes(self.levels[:steps])
        del self.levels[:steps]
        return part + bytes(steps - len(part))


class Envelope:
    """Gathers levels; `drain` what is complete."""

    def __init__(self) -> None:
        self._sides = {"caller": _Side(), "agent": _Side()}
        self._begin = 0
        """Steps drained before."""

    def add(self, side: str, pcm: bytes, offset_ms: int) -> None:
        """Audio of the `caller` or the `agent` that sounded at an offset into the call."""
        step = offset_ms // STEP_MS - self._begin
        if step >= 0:
            self._sides[side].add(step, pcm)

    def drain(self, until_ms: int) -> tuple[int, dict[str, str]]:
        """Everything before `until_ms` as (where it begins, levels by side in base64)."""
        begin = self._begin
        steps = max(0, until_ms // STEP_MS - begin)
        found = {
            name: base64.b64encode(side.drain(steps)).decode() for name, side in self._sides.items()
        }
        self._begin += steps
        return begin * STEP_MS, found
