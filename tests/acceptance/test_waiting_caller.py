"""A caller waits on the line for a person, and somebody takes them from the command line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import RunningWorker
from tests.acceptance.test_telephone import ended_call
from tests.integration.test_transfer import referred_to, reporting
from tests.support.patience import PATIENCE_SECONDS
from tests.support.telephone import heard_something
from voice_worker.sip.phone import Phone

FLOW = """
name: Front desk
start: hello
nodes:
  hello: {type: start, say: Welcome., next: person}
  person:
    type: dispatch
    mode: wait
    reason: a question for the desk
    waiting: Please hold on.
    success: Putting you through.
    next: bye
  bye: {type: end, say: Goodbye.}
"""


@pytest.fixture
def front_desk(worker: RunningWorker, tmp_path: Path) -> Iterator[RunningWorker]:
    """The demo line, with a flow that waits for somebody at once."""
    mine, before = tmp_path / "mine.yaml", tmp_path / "before.yaml"
    mine.write_text(FLOW)
    assert worker.command("flow", "pull", "-o", str(before)).returncode == 0
    assert worker.command("flow", "push", str(mine)).returncode == 0
    yield worker
    assert worker.command("flow", "push", str(before)).returncode == 0


async def open_handoff(worker: RunningWorker) -> str:
    """The id of the hand-off of the caller who is on the line."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            listed = await asyncio.to_thread(worker.command, "handoffs", "--json")
            assert listed.returncode == 0, listed.stderr
            rows = [json.loads(line) for line in listed.stdout.splitlines()]
            if waiting := [row for row in rows if row["on_the_line"]]:
                assert waiting[0]["reason"] == "a question for the desk"
                return str(waiting[0]["id"])
            await asyncio.sleep(0.3)


async def claim(worker: RunningWorker, *options: str) -> None:
    handoff = await open_handoff(worker)
    claimed = await asyncio.to_thread(worker.command, "handoffs", "claim", handoff, *options)
    assert claimed.returncode == 0, claimed.stderr


async def test_a_waiting_caller_is_put_through_to_whoever_takes_them(
    front_desk: RunningWorker,
) -> None:
    async with Phone() as phone:
        phone.on_refer = reporting("SIP/2.0 200 OK")
        async with phone.call(front_desk.sip) as leg:
            await heard_something(leg)
            await claim(front_desk, "--to", "+15035550150")
            await leg.wait_ended()
        assert "+15035550150" in referred_to(leg)
    call = await ended_call(front_desk)
    assert (call["status"], call["outcome"]) == ("completed", "handed_off")
    spoken = [row["text"] for row in call["transcript"]]
    assert spoken[-1] == "Putting you through."
    assert [row["status"] for row in call["handoffs"]] == ["claimed"]


async def test_a_caller_who_is_taken_without_a_number_is_told_so(front_desk: RunningWorker) -> None:
    async with Phone() as phone:
        async with phone.call(front_desk.sip) as leg:
            await heard_something(leg)
            await claim(front_desk)
            await leg.wait_ended()
        assert not [message for message in leg.messages if message.method == "REFER"]
    call = await ended_call(front_desk)
    spoken = [row["text"] for row in call["transcript"]]
    assert spoken[-2:] == [
        "Somebody has taken your request, and will get in touch with you.",
        "Goodbye.",
    ]
