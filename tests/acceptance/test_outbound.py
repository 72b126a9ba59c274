"""Calls that go out, with a telephone at the other end that answers, or does not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import numpy as np
import pytest

from tests.acceptance.conftest import RunningWorker, Speak
from tests.support.patience import PATIENCE_SECONDS
from tests.support.telephone import my_turn, narrow
from voice_worker.audio import write_wav
from voice_worker.sip.handset import RATE
from voice_worker.sip.phone import Leg, Phone
from voice_worker.store.embedded_postgres import EmbeddedPostgres

CALLEE = "+15035550177"


@pytest.fixture
async def carrier(worker: RunningWorker) -> AsyncIterator[Phone]:
    """A carrier that hands every call to one telephone, and a trunk to it."""
    async with Phone() as phone:
        added = worker.command(
            "trunks", "add", "acme", "--kind", "address",
            "--config", f"host={phone.address}", "--config", "caller_id=+15035550100",
        )  # fmt: skip
        assert added.returncode == 0, added.stderr
        yield phone
        removed = worker.command("trunks", "remove", "acme")
        assert removed.returncode == 0, removed.stderr


async def configure(worker: RunningWorker, **outbound: str) -> None:
    owner = await asyncpg.connect(EmbeddedPostgres(worker.home).url("postgres"))
    await owner.execute(
        "update campaigns set settings = settings || $1::jsonb where slug = 'demo'",
        json.dumps({"outbound": {"hours": "always", **outbound}}),
    )
    await owner.close()


class Dialling:
    """`voice-worker dial` on its way."""

    def __init__(self, worker: RunningWorker, *arguments: str, campaign: str = "demo") -> None:
        self._task = asyncio.create_task(
            asyncio.to_thread(
                worker.command, "dial", CALLEE, "--campaign", campaign, "--json", *arguments
            )
        )

    async def outcome(self) -> tuple[int, dict[str, Any], str]:
        """Exit status, the call's rows, and what was said on stderr."""
        done = await self._task
        return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr


async def test_somebody_answers_and_speaks(
    worker: RunningWorker, carrier: Phone, piper: Speak
) -> None:
    await configure(worker)
    hello, no = narrow(piper("Hello?")), narrow(piper("No thanks, that's all."))
    dialling = Dialling(worker, "--field", "company=Acme")
    leg = await carrier.ring(timeout_seconds=PATIENCE_SECONDS)
    assert leg.answer is not None
    assert CALLEE in leg.answer.start
    assert "+15035550100" in leg.answer["p-asserted-identity"]
    await carrier.pick_up(leg)
    await leg.say(bytes(RATE))  # half a second
    await leg.say(hello)
    await my_turn(leg)
    await leg.say(no)
    await leg.wait_ended()
    code, call, said = await dialling.outcome()
    assert code == 0, said
    assert (call["transport"], call["status"]) == ("sip", "completed")
    assert call["metadata"]["direction"] == "outbound"
    assert any(row["component"] == "trunk" for row in call["costs"])


@pytest.mark.parametrize(
    ("status", "reason", "outcome"),
    [
        (486, "Busy Here", "busy"), (603, "Decline", "declined"), (480, "Gone", "no_answer"),
        (404, "Not Found", "number_unknown"), (503, "No Circuit", "trunk_failed"),
    ],
)  # fmt: skip
async def test_nobody_answers(
    worker: RunningWorker, carrier: Phone, status: int, reason: str, outcome: str
) -> None:
    await configure(worker)
    dialling = Dialling(worker)
    carrier.refuse(await carrier.ring(timeout_seconds=PATIENCE_SECONDS), status, reason)
    code, call, said = await dialling.outcome()
    assert (code, call["status"], call["outcome"]) == (1, "failed", outcome), said


async def test_the_campaign_names_the_trunk(worker: RunningWorker, carrier: Phone) -> None:
    async with Phone() as other:
        added = worker.command(
            "trunks", "add", "other", "--kind", "address", "--config", f"host={other.address}"
        )
        assert added.returncode == 0, added.stderr
        try:
            for name, rung, quiet in (("other", other, carrier), ("acme", carrier, other)):
                await configure(worker, trunk=name)
                dialling = Dialling(worker)
                rung.refuse(await rung.ring(timeout_seconds=PATIENCE_SECONDS), 486, "Busy Here")
                _, call, said = await dialling.outcome()
                assert (call["outcome"], call["metadata"]["trunk"]) == ("busy", name), said
                assert quiet.rings.empty()
            await configure(worker, trunk="nobody's")
            code, _, said = await Dialling(worker).outcome()
            assert code == 1 and "no trunk nobody's" in said
        finally:
            assert worker.command("trunks", "remove", "other").returncode == 0


async def play_machine(carrier: Phone, leg: Leg, greeting: bytes) -> int:
    """A machine's greeting and its tone; returns how much had been heard before the tone's end."""
    await carrier.pick_up(leg)
    beep = 9000 * np.sin(2 * np.pi * 1000 * np.arange(RATE // 2) / RATE)
    await leg.say(bytes(RATE) + greeting + bytes(RATE) + beep.astype("<i2").tobytes())
    return len(leg.heard)


async def test_a_machine_is_left_a_message_after_the_tone(
    worker: RunningWorker, carrier: Phone, piper: Speak, tmp_path: Path
) -> None:
    message = "This is Northwind Solar. Please call us back about your battery."
    await configure(worker, machine="message", message=message)
    greeting = narrow(
        piper("You have reached the mailbox of Jane Doe. Please leave a message after the tone.")
    )
    dialling = Dialling(worker)
    leg = await carrier.ring(timeout_seconds=PATIENCE_SECONDS)
    before = await play_machine(carrier, leg, greeting)
    assert not np.frombuffer(bytes(leg.heard[:before]), "<i2").any(), "spoke into the greeting"
    await leg.wait_ended()
    code, call, said = await dialling.outcome()
    assert (code, call["outcome"]) == (0, "message_left"), said
    write_wav(tmp_path / "left.wav", bytes(leg.heard[before:]), RATE)
    heard = worker.command("hear", str(tmp_path / "left.wav"), "--json")
    assert "battery" in json.loads(heard.stdout)["text"].lower()
    assert [row["text"] for row in call["transcript"]] == [message]


async def test_a_machine_is_hung_up_on_while_it_still_speaks(
    worker: RunningWorker, carrier: Phone, piper: Speak
) -> None:
    await configure(worker, machine="hang_up")
    # Long enough for a busy machine: that it takes four seconds of sound is the unit tests' to say.
    greeting = 12 * narrow(
        piper("Hello. We are closed today. Our hours are nine to five every weekday.")
    )
    dialling = Dialling(worker)
    leg = await carrier.ring(timeout_seconds=PATIENCE_SECONDS)
    await carrier.pick_up(leg)
    speaking = asyncio.create_task(leg.say(greeting))
    await leg.wait_ended()
    left = len(leg._outgoing)
    await speaking
    assert left, "it was let finish its greeting"
    code, call, said = await dialling.outcome()
    assert (code, call["status"], call["outcome"]) == (0, "completed", "answering_machine"), said


async def test_whom_not_to_call_and_when(worker: RunningWorker, carrier: Phone) -> None:
    there = datetime.now(ZoneInfo("America/Los_Angeles"))
    window = "-".join((there + timedelta(hours=hours)).strftime("%H:%M") for hours in (2, 3))
    await configure(worker, hours=window)
    code, _, said = await Dialling(worker).outcome()
    assert code == 1 and "outside" in said

    await configure(worker)
    assert worker.command("numbers", "block", CALLEE, "--reason", "asked").returncode == 0
    code, _, said = await Dialling(worker).outcome()
    assert code == 1 and "do-not-call" in said
    assert worker.command("numbers", "unblock", CALLEE).returncode == 0

    code, _, said = await Dialling(worker, "--url", "http://127.0.0.1:9").outcome()
    assert code == 1 and "No worker answers" in said
    body = {"campaign": "demo", "number": CALLEE}
    async with httpx.AsyncClient(base_url=worker.url, timeout=PATIENCE_SECONDS) as http:
        assert (await http.post("/api/dial", json=body)).status_code == 401
    assert carrier.rings.empty()
