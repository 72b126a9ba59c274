"""Engines that die, hang or are given up: they are replaced, and their callers answered."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pipelines.engine.client import Engine, Priority
from pipelines.errors import EngineFailedToStart, EngineLost, EngineRefused
from pipelines.recogniser import LocalRecogniser, RecognitionRequest
from tests.support.engines import TEXT, running, speak
from tests.support.patience import PATIENCE_SECONDS


async def test_a_killed_engine_is_replaced_and_the_request_answered(voice: Engine) -> None:
    assert voice.pid is not None
    os.kill(voice.pid, signal.SIGKILL)
    assert len(await speak(voice, TEXT)) > 32_000
    assert voice.restarts == 1


async def test_one_killed_at_work_is_replaced_and_the_request_answered(voice: Engine) -> None:
    assert voice.pid is not None
    # Stopped, so that it has the request and can't have begun to answer it.
    os.kill(voice.pid, signal.SIGSTOP)
    speaking = asyncio.create_task(speak(voice, TEXT))
    await asyncio.sleep(0)
    assert voice.queue_depth == 1
    os.kill(voice.pid, signal.SIGKILL)
    assert len(await speaking) > 32_000
    assert voice.restarts == 1


async def test_an_engine_that_hangs_is_replaced_and_the_request_answered(voice: Engine) -> None:
    assert voice.pid is not None
    os.kill(voice.pid, signal.SIGSTOP)
    assert len(await speak(voice, TEXT)) > 32_000
    assert voice.restarts == 1


async def test_two_callers_are_recognised_at_once_and_a_hang_costs_neither_the_answer(
    voice: Engine, recogniser: Engine
) -> None:
    ears = LocalRecogniser(recogniser)
    pcm = await speak(voice, TEXT)

    async def heard() -> bool:
        found = await ears.recognise(RecognitionRequest(pcm, rate=16_000))
        # How thoroughly it is read depends on who waits, and so does a word in doubt ("in", "and").
        return "everywhere in Oregon" in found.text and "Washington" in found.text

    assert await heard()
    assert await asyncio.gather(*(heard() for _ in range(4))) == [True] * 4
    assert recogniser.pid is not None and recogniser.restarts == 0
    # Stopped, so that it has both requests and can't have begun to answer them.
    os.kill(recogniser.pid, signal.SIGSTOP)
    assert await asyncio.gather(heard(), heard()) == [True] * 2
    assert recogniser.restarts == 1


async def test_a_request_nobody_waits_for_is_withdrawn(voice: Engine) -> None:
    long = asyncio.create_task(speak(voice, "One sentence. " * 12))
    waiting = asyncio.create_task(speak(voice, "Withdrawn. " * 12))
    await asyncio.sleep(0)
    for task in (long, waiting):
        task.cancel()
    await asyncio.gather(long, waiting, return_exceptions=True)
    assert len(await speak(voice, "Yes.")) > 3200
    assert voice.queue_depth == 0


async def test_what_an_engine_can_not_do_is_refused(voice: Engine) -> None:
    with pytest.raises(EngineRefused, match="unknown operation"):
        await voice.call("dance", {})
    assert len(await speak(voice, "Still here.")) > 3200


async def test_an_engine_without_its_model_says_so(tmp_path: Path) -> None:
    engine = Engine(
        "voice", "pipelines.engine.piper",
        {"model": str(tmp_path), "threads": 1, "home": str(tmp_path)},
        deadline_seconds=PATIENCE_SECONDS,
    )  # fmt: skip
    with pytest.raises(EngineFailedToStart, match="doctor"):
        await engine.start()
    await engine.stop()


@pytest.fixture
async def odd() -> AsyncIterator[Engine]:
    """An engine that does what it is told: sleep, spin, answer late, answer nothing, die."""
    engine = Engine(
        "odd", "tests.support.odd_engine", {}, deadline_seconds=PATIENCE_SECONDS, busy_seconds=1.0
    )
    await engine.start()
    yield engine
    await engine.stop()


@pytest.mark.parametrize("op", ["sleep", "spin"])
async def test_a_wedged_engine_is_replaced(odd: Engine, op: str) -> None:
    before = odd.pid
    with pytest.raises(EngineLost):
        await odd.call(op, {"seconds": 60})
    found, _ = await odd.call("echo", {"word": "back"})
    assert found == {"word": "back"} and odd.pid != before


async def test_long_work_that_goes_on_is_let_be(odd: Engine) -> None:
    # Longer than a step may take, in steps; and one step that was said to be long.
    await odd.call("steps", {"seconds": 0.6, "count": 4})
    await odd.call("allowed", {"seconds": 1.6, "op": "spin"})
    await odd.call("allowed", {"seconds": 1.6, "op": "sleep"})
    assert odd.restarts == 0
    # What was allowed once is not allowed for good.
    with pytest.raises(EngineLost):
        await odd.call("spin", {"seconds": 60})


@pytest.fixture
async def two_handed() -> AsyncIterator[Engine]:
    """An odd engine that works on two requests at once."""
    engine = Engine(
        "odd",
        "tests.support.odd_engine",
        {},
        deadline_seconds=PATIENCE_SECONDS,
        busy_seconds=1.0,
        at_once=2,
    )
    async with running(engine):
        yield engine


async def test_two_requests_are_worked_on_at_once(two_handed: Engine) -> None:
    # Each waits for the other: one at a time would wait for ever.
    met = [two_handed.call("meet", {}) for _ in range(2)]
    assert [value for value, _ in await asyncio.gather(*met)] == [{}, {}]
    assert two_handed.restarts == 0


async def test_what_two_requests_use_together_is_divided_between_them(two_handed: Engine) -> None:
    spun = [two_handed.call("steps", {"seconds": 0.02, "count": 20}) for _ in range(2)]
    used = [cpu for _, cpu in await asyncio.gather(*spun)]
    # `spin` waits for the processor time of the process, which both use.
    assert 0.4 <= sum(used) < 1.0


@pytest.mark.parametrize("op", ["spin", "in_model"])
async def test_who_waits_is_not_charged_what_another_request_uses(
    two_handed: Engine, op: str
) -> None:
    (_, waited), (_, used) = await asyncio.gather(
        two_handed.call("pauses", {"seconds": 0.1, "count": 8}),
        two_handed.call(op, {"seconds": 0.5}),
    )
    assert waited < 0.2 and 0.4 < used < 1.0


@pytest.mark.parametrize("op", ["sleep", "spin"])
async def test_a_request_that_is_stuck_is_found_beside_one_that_works(
    two_handed: Engine, op: str
) -> None:
    before = two_handed.pid
    # What both use together is far more than a step may take: each is judged by its own.
    working = asyncio.create_task(two_handed.call("steps", {"seconds": 0.1, "count": 60}))
    with pytest.raises(EngineLost):
        await two_handed.call(op, {"seconds": 60})
    # The innocent one is begun anew, and nobody is asked to wait for the guilty one.
    await working
    assert two_handed.pid != before and two_handed.restarts == 1


async def test_a_request_that_sleeps_is_found_while_the_model_works_for_another() -> None:
    engine = Engine(
        "odd",
        "tests.support.odd_engine",
        {},
        deadline_seconds=PATIENCE_SECONDS,
        busy_seconds=20.0,
        at_once=2,
    )
    async with running(engine):
        working = asyncio.create_task(engine.call("in_model", {"seconds": 6}))
        with pytest.raises(EngineLost):
            await engine.call("sleep", {"seconds": 60})
        # By its share of what the process uses it would have been as busy as the other.
        assert not working.done()
        working.cancel()
        assert (await engine.call("echo", {"word": "back"}))[0] == {"word": "back"}


async def test_giving_one_request_up_leaves_the_other(two_handed: Engine) -> None:
    left = asyncio.create_task(two_handed.call("steps", {"seconds": 0.01, "count": 1000}))
    while not two_handed.queue_depth:
        await asyncio.sleep(0)
    kept = asyncio.create_task(two_handed.call("steps", {"seconds": 0.01, "count": 30}))
    left.cancel()
    await kept
    assert 30 <= (await two_handed.call("steps_done", {}))[0]["steps"] < 1000
    assert two_handed.restarts == 0


async def test_an_engine_that_dies_of_a_request_is_asked_twice_and_lives_on(odd: Engine) -> None:
    with pytest.raises(EngineLost):
        await odd.call("die", {})
    assert odd.restarts == 2
    assert (await odd.call("echo", {"word": "back"}))[0] == {"word": "back"}


async def test_an_empty_answer_is_an_answer(odd: Engine) -> None:
    assert (await odd.call("nothing", {}))[0] == {}


async def test_a_late_answer_reaches_nobody_else(odd: Engine) -> None:
    late = asyncio.create_task(odd.call("sleep", {"seconds": 0.3}))
    await asyncio.sleep(0.1)
    late.cancel()
    assert (await odd.call("echo", {"word": "mine"}))[0] == {"word": "mine"}
    assert odd.restarts == 0


async def test_work_nobody_waits_for_any_more_is_given_up(odd: Engine) -> None:
    count = 1000
    left = asyncio.create_task(odd.call("steps", {"seconds": 0.01, "count": count}))
    while not odd.queue_depth:
        await asyncio.sleep(0)
    left.cancel()
    # The next in line is served before the work could have been done.
    assert 0 <= (await odd.call("steps_done", {}))[0]["steps"] < count
    assert odd.restarts == 0


async def test_the_wait_to_expect_is_known(odd: Engine) -> None:
    assert odd.expected_wait_ms() == 0
    begun = time.monotonic()
    await odd.call("sleep", {"seconds": 0.2})
    took_ms = 1000 * (time.monotonic() - begun)
    waiting = [asyncio.create_task(odd.call("sleep", {"seconds": 0.2})) for _ in range(4)]
    await asyncio.sleep(0)
    # The one that is worked on may be nearly done, three wait.
    assert 3 * 200 <= odd.expected_wait_ms() <= round(4 * took_ms)
    assert odd.expected_wait_ms(Priority.BACKGROUND) >= odd.expected_wait_ms()
    await asyncio.gather(*waiting)
    assert odd.expected_wait_ms() == 0
