"""Who gets in: places, and a worker that is pressed though it has places left."""

from __future__ import annotations

from uuid import uuid4

import pytest

from voice_worker.admission import Admission
from voice_worker.errors import CallRefused
from voice_worker.pressure import Pressure


class Engine:
    def __init__(self) -> None:
        self.wait = 0

    def expected_wait_ms(self) -> int:
        return self.wait


async def test_the_place_after_the_last_is_refused_with_a_time_to_come_back() -> None:
    admission = Admission(1, idle_seconds=60)
    first = uuid4()
    admission.reserve(first, lambda: None)
    with pytest.raises(CallRefused) as refusal:
        admission.check()
    assert (refusal.value.status, refusal.value.code) == (503, "at_capacity")
    assert refusal.value.retry_after_seconds
    admission.leave(first)
    admission.check()


async def test_while_calls_wait_for_the_engines_nobody_is_added() -> None:
    wait = 0.0
    admission = Admission(8, idle_seconds=60, most_wait_ms=300, wait_ms=lambda: wait)
    wait = 500
    admission.check()  # an empty worker is never too busy
    call = uuid4()
    admission.reserve(call, lambda: None)
    with pytest.raises(CallRefused):
        admission.check()
    wait = 100
    admission.check()
    admission.leave(call)


def test_pressure_follows_what_lasts_and_forgives_a_peak() -> None:
    engine = Engine()
    pressure = Pressure([engine])
    engine.wait = 2000
    pressure.sample(0.0)
    assert pressure.wait_ms < 300
    for _ in range(100):
        pressure.sample(0.0)
    assert pressure.wait_ms > 1500
    engine.wait = 0
    for _ in range(100):
        pressure.sample(0.05)
    assert 40 < pressure.wait_ms < 100
