"""Many callers at once: how long they wait for answers, told by what each of them hears."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

import numpy as np

from voice_worker.audio import AUDIBLE, STEP, levels, waveform
from voice_worker.client import RATE, Caller, CallFailed, CallTurnedAway

MISS_SECONDS = 12.0
SPOKEN_OVER_SECONDS = 0.08
"""The agent sounding for this long before a caller has finished interrupts them."""
LOOK_SECONDS = 0.02
ARRIVE_SECONDS = 1.0
"""Between one caller and the next: people do not all ring at the same moment."""


@dataclass
class Waits:
    """What the callers met with."""

    calls: int = 0
    """That were taken."""
    refused: int = 0
    redialled: int = 0
    """How often somebody who was turned away called again."""
    turns: int = 0
    seconds: list[float] = field(default_factory=list)
    """From the end of a caller's words to the first sound of the answer."""
    missed: int = 0
    """Turns without an answer."""
    spoken_over: int = 0
    broken: int = 0
    """Calls that ended before their time."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Why calls were refused or broke."""

    def percentile(self, share: float) -> float | None:
        """Seconds that this share (0..1) of the answered turns waited at most."""
        return round(float(np.quantile(self.seconds, share)), 3) if self.seconds else None


class Ear:
    """When the agent sounded: audio that arrives is heard at once, or after what came before."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._played_until = 0.0
        self._sounds: list[float] = []

    def hear(self, pcm: bytes) -> None:
        """Audio of the agent has come."""
        begin = max(self._clock(), self._played_until)
        steps = levels(waveform(pcm))
        self._played_until = begin + len(pcm) / 2 / RATE
        self._sounds += [begin + number / 100 for number in np.flatnonzero(steps > AUDIBLE)]

    def first_sound(self, since: float) -> float | None:
        """When it first sounded from a moment on."""
        return next((moment for moment in self._sounds if moment >= since), None)

    def sounding_seconds(self, begin: float, end: float) -> float:
        """For how long it sounded in between."""
        return sum(begin <= moment < end for moment in self._sounds) / 100

    def forget(self) -> None:
        """What was heard so far no longer matters."""
        self._sounds.clear()


def without_edges(pcm: bytes) -> bytes:
    """A turn from its first audible moment to its last: waits count from the last."""
    audible = np.flatnonzero(levels(waveform(pcm)) > AUDIBLE)
    return pcm[2 * STEP * audible[0] : 2 * STEP * (audible[-1] + 1)] if len(audible) else b""


async def run(
    url: str,
    campaign: str,
    script: Sequence[bytes],
    *,
    calls: int,
    turns: int,
    redial_seconds: float = 0.0,
) -> Waits:
    """Place calls that begin shortly one after the other; each says `turns` turns of the script,
    beginning at another of its lines. Who is turned away calls again when the worker says, for
    `redial_seconds`.

    Raises:
        CallFailed: no worker answers.
    """
    waits, clock = Waits(), asyncio.get_running_loop().time

    async def caller(number: int) -> None:
        await asyncio.sleep(number * ARRIVE_SECONDS)
        lines = islice(cycle(script), number % len(script), None)
        give_up = clock() + redial_seconds
        while True:
            try:
                return await _call(url, campaign, islice(lines, turns), waits)
            except CallTurnedAway as refused:
                wait = refused.retry_after_seconds
                if wait is None or clock() + wait > give_up:
                    raise
                waits.redialled += 1
                await asyncio.sleep(wait)

    outcomes = await asyncio.gather(*map(caller, range(calls)), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, CallTurnedAway):
            waits.refused += 1
        elif isinstance(outcome, CallFailed) and waits.calls:
            waits.broken += 1
        elif outcome:
            raise outcome
        if outcome:
            waits.reasons[str(outcome)] += 1
    return waits


async def _call(url: str, campaign: str, script: islice[bytes], waits: Waits) -> None:
    clock = asyncio.get_running_loop().time
    ear = Ear(clock)
    caller = Caller(on_audio=ear.hear)
    async with caller.place(url, campaign):
        waits.calls += 1
        for pcm in script:
            if not await caller.wait_for_turn():
                break
            ear.forget()
            began = clock()
            await caller.say(pcm)
            waits.turns += 1
            if await _answered(ear, began, clock(), clock, waits):
                await caller.wait_for_reply()
        await caller.hang_up()
    if caller.conversation.cut:
        raise CallFailed("The line was cut.")


async def _answered(
    ear: Ear, began: float, ended: float, clock: Callable[[], float], waits: Waits
) -> bool:
    """Count the turn that was said from `began` to `ended`; False when nothing answered it."""
    if ear.sounding_seconds(began, ended) >= SPOKEN_OVER_SECONDS:
        waits.spoken_over += 1
        return True
    while clock() < ended + MISS_SECONDS:
        first = ear.first_sound(ended)
        if first is not None:
            waits.seconds.append(first - ended)
            return True
        await asyncio.sleep(LOOK_SECONDS)
    waits.missed += 1
    return False
