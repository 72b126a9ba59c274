"""Callers with a telephone: what they say, and when it is their turn."""

from __future__ import annotations

import asyncio

import numpy as np
import soxr

from tests.support.patience import PATIENCE_SECONDS
from voice_worker.sip.handset import RATE
from voice_worker.sip.phone import Leg

QUIET = 0.004
"""RMS (0..1) under which the agent says nothing."""
STEP = RATE // 25
PAUSE_SECONDS = 0.9
"""Longer than any pause inside what the agent says."""


def narrow(pcm: bytes) -> bytes:
    """16 kHz audio as a telephone carries it."""
    audio = np.frombuffer(pcm, dtype="<i2")
    return bytes(soxr.resample(audio, 2 * RATE, RATE).astype("<i2").tobytes())


def _spoke(leg: Leg, since: int) -> bool:
    """Whether the agent was heard after `since` bytes: a line is not silent to the last bit."""
    audio = np.frombuffer(bytes(leg.heard[since:]), dtype="<i2") / 32768
    steps = audio[: len(audio) // STEP * STEP].reshape(-1, STEP)
    return bool((np.sqrt(np.mean(steps**2, axis=1)) > QUIET).any())


async def heard_something(leg: Leg, *, since: int = 0) -> None:
    """Wait until the agent is heard, after `since` bytes."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(leg.heard) <= since or leg.loudness(0.04) < QUIET:
            await asyncio.sleep(0.02)


async def my_turn(leg: Leg, *, since: int = 0) -> None:
    """Wait until the agent has spoken and now listens, or has hung up."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not leg.ended.is_set() and not (
            _spoke(leg, since)
            and len(leg.heard) - since > 2 * RATE * PAUSE_SECONDS
            and leg.loudness(PAUSE_SECONDS) < QUIET
        ):
            await asyncio.sleep(0.05)


async def say(leg: Leg, pcm: bytes) -> int:
    """Say something of 8 kHz audio; returns how much had been heard by then."""
    await leg.say(pcm)
    return len(leg.heard)


async def converse(leg: Leg, turns: list[bytes]) -> None:
    """Say each turn when the agent listens."""
    since = 0
    for turn in turns:
        await my_turn(leg, since=since)
        if leg.ended.is_set():
            return
        since = await say(leg, turn)
