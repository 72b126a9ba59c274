"""Telephone calls as a caller's side sees them, and the rows they leave."""

from __future__ import annotations

import asyncio
import json
import re
from decimal import Decimal
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np

from tests.acceptance.conftest import RunningWorker, Speak
from tests.support.patience import PATIENCE_SECONDS
from tests.support.telephone import QUIET, converse, heard_something, my_turn, narrow, say
from voice_worker.audio import write_wav
from voice_worker.sip.handset import RATE
from voice_worker.sip.phone import Phone, ask_options


def newest_call(worker: RunningWorker) -> dict[str, Any]:
    listed = worker.command("calls", "--limit", "1", "--json")
    assert listed.returncode == 0, listed.stderr
    found: dict[str, Any] = json.loads(listed.stdout.splitlines()[0])
    return found


async def ended_call(worker: RunningWorker) -> dict[str, Any]:
    """The newest call with everything it left, once its end is recorded."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            call = await asyncio.to_thread(newest_call, worker)
            if call["status"] in ("completed", "failed", "abandoned"):
                shown = await asyncio.to_thread(
                    worker.command, "calls", "show", call["id"], "--events", "--json"
                )
                return dict(json.loads(shown.stdout))
            await asyncio.sleep(0.3)


def events(call: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [event["body"] for event in call["events"] if event["type"] == kind]


IN_FIGURES = ("ten", "kilowatt", "hour", "eight", "thousand", "dollars")
"""What may be heard as 10 kWh and $8,000."""


def words(text: str) -> list[str]:
    """Words as two who write the same sentence differently have them in common."""
    return re.findall(r"[a-z]{3,}", text.lower().replace("'", ""))


def missed(spoken: list[str], heard: list[str]) -> list[str]:
    """What was said and not heard, in order."""
    same = SequenceMatcher(None, spoken, heard, autojunk=False).get_matching_blocks()
    kept = {block.a + step for block in same for step in range(block.size)}
    return [word for place, word in enumerate(spoken) if place not in kept]


async def test_a_conversation_by_telephone_and_its_rows(
    worker: RunningWorker, piper: Speak, tmp_path: Path
) -> None:
    turns = [
        narrow(piper(text)) for text in ("How much does a battery cost?", "No thanks, that's all.")
    ]
    async with Phone() as phone:
        async with phone.call(worker.sip, caller="sip:+15035550142@carrier.test") as leg:
            assert leg.answer is not None and leg.answer.status == 200
            await converse(leg, turns)
            await leg.wait_ended()
        # We were hung up on, after the last word: the goodbye is whole.
        write_wav(tmp_path / "heard.wav", bytes(leg.heard), RATE)
    hearing = worker.command("hear", str(tmp_path / "heard.wav"), "--json")
    assert hearing.returncode == 0, hearing.stderr
    heard = json.loads(hearing.stdout)["text"]
    assert "".join(words(heard)).endswith("goodbye")
    # Between ACK and BYE the worker asks nothing of the caller's phone.
    assert [message.method for message in leg.messages if not message.status] == ["BYE"]
    # In order, none twice. Whether a busy machine dropped one shows in what was heard, below.
    sequence = [packet.sequence for packet in leg.packets]
    assert sequence == sorted(set(sequence))

    call = await ended_call(worker)
    assert (call["transport"], call["status"], call["outcome"]) == ("sip", "completed", "completed")
    assert call["metadata"]["dialled"] == "demo"
    (active,) = events(call, "call_active")
    assert active["transport"] == "sip"
    steps = events(call, "flow_stepped")
    assert steps[0]["event"]["caller_number"] == "+15035550142"
    spoken = " ".join(row["heard_text"] or "" for row in call["transcript"])
    assert "eight thousand dollars" in spoken
    # Every word of the agent's reached the caller's ear, none was cut.
    missing = [word for word in missed(words(spoken), words(heard)) if word not in IN_FIGURES]
    assert len(missing) <= len(words(spoken)) // 10, missing
    assert re.search("8,?000|eight thousand", heard.lower()), heard
    trunk = [row for row in call["costs"] if row["component"] == "trunk"]
    assert trunk and all(row["priced"] for row in trunk)
    minutes = sum(Decimal(row["quantity"]) for row in trunk)
    assert abs(minutes * 60_000 - call["duration_ms"]) < 1


async def test_speech_and_keys_stop_the_agent(worker: RunningWorker, piper: Speak) -> None:
    async with Phone() as phone, phone.call(worker.sip) as leg:
        await heard_something(leg)
        await leg.press("0")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while leg.loudness(0.2) > QUIET:
                await asyncio.sleep(0.02)
        since = len(leg.heard)
        await my_turn(leg, since=since)
        await leg.hang_up()
    call = await ended_call(worker)
    assert [step["event"]["key"] for step in events(call, "flow_stepped")
            if step["event"]["type"] == "key_pressed"] == ["0"]  # fmt: skip
    assert any(row["interrupted"] for row in call["transcript"] if row["speaker"] == "ai_agent")


async def test_hold_resume_update_info_and_options(worker: RunningWorker) -> None:
    async with Phone() as phone, phone.call(worker.sip) as leg:
        await heard_something(leg)
        held = await leg.request("INVITE", phone.sdp(leg.media_port, direction="sendonly"))
        assert held.status == 200 and "a=recvonly" in held.body
        told = len(leg.heard)
        async with asyncio.timeout(PATIENCE_SECONDS):
            before = -1
            while leg.loudness(0.4) >= 0.001 and len(leg.packets) != before:
                before = len(leg.packets)
                await asyncio.sleep(0.5)
        # Silent because it is held, not because it had said everything.
        after = np.frombuffer(bytes(leg.heard[told:]), dtype="<i2")
        assert np.count_nonzero(np.abs(after) > 200) < RATE
        resumed = await leg.request("INVITE", phone.sdp(leg.media_port))
        assert resumed.status == 200 and "a=sendrecv" in resumed.body
        since = len(leg.heard)
        # What was being said when we put it on hold goes on.
        await heard_something(leg, since=since)
        assert (await leg.request("UPDATE", phone.sdp(leg.media_port))).status == 200
        info = await leg.request(
            "INFO", "Signal=5\r\nDuration=160\r\n", {"Content-Type": "application/dtmf-relay"}
        )
        assert info.status == 200
        assert (await leg.request("OPTIONS")).status == 200
        async with asyncio.timeout(PATIENCE_SECONDS):
            while leg.loudness(0.2) > QUIET:
                await asyncio.sleep(0.02)
        await leg.hang_up()
    call = await ended_call(worker)
    keys = [step["event"]["key"] for step in events(call, "flow_stepped")
            if step["event"]["type"] == "key_pressed"]  # fmt: skip
    assert keys == ["5"]
    answer = await ask_options(worker.sip)
    assert answer.status == 200


async def test_a_delayed_offer_is_made_by_us(worker: RunningWorker) -> None:
    async with Phone() as phone, phone.call(worker.sip, sdp="") as leg:
        assert leg.answer is not None
        assert leg.answer.status == 200 and "m=audio" in leg.answer.body
        await heard_something(leg)


async def test_what_can_t_be_is_refused_with_the_right_answer(worker: RunningWorker) -> None:
    async with Phone() as phone:
        # A codec nobody has: 488. An extension nobody has: 420. A call nobody has: 481.
        strange = phone.sdp(4000).replace("RTP/AVP 0 8 101", "RTP/AVP 96").replace(
            "a=rtpmap:101 telephone-event/8000", "a=rtpmap:96 NOTHING/8000"
        )  # fmt: skip
        async with phone.call(worker.sip, sdp=strange) as leg:
            assert leg.answer is not None and leg.answer.status == 488
        async with phone.call(worker.sip, headers={"Require": "nothing-like-it"}) as leg:
            assert leg.answer is not None and leg.answer.status == 420
            assert "nothing-like-it" in leg.answer["unsupported"]
        stray = phone.leg(worker.sip)
        stray.remote += ";tag=unknown"
        message = stray.compose("BYE", 7)
        phone.send(message, stray.peer)
        assert (await stray.final(message)).status == 481
        async with phone.call(worker.sip.replace("demo@", "15035559999@")) as leg:
            assert leg.answer is not None and leg.answer.status == 404


async def test_a_cancelled_call_leaves_the_line_free(worker: RunningWorker) -> None:
    async with Phone() as phone:
        for delay in (0.0, 0.002, 0.01, 0.03):
            leg = phone.leg(worker.sip)
            port = await leg.open_media(phone.host)
            invite = leg.compose("INVITE", 1, phone.sdp(port))
            phone.send(invite, leg.peer)
            await asyncio.sleep(delay)
            branch = invite["via"].split("branch=")[1].split(";")[0]
            cancel = leg.compose("CANCEL", 1, branch=branch)
            phone.send(cancel, leg.peer)
            await phone.established(leg, invite)
            assert leg.answer is not None
            # Either the cancel came in time (487), or it crossed our answer, which we hang up.
            assert leg.answer.status in (200, 487)
            if leg.answer.status == 200:
                await leg.hang_up()
            leg.close()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while json.loads(worker.get("/readyz"))["calls"]:
            await asyncio.sleep(0.1)


async def test_a_repeated_invite_is_one_call(worker: RunningWorker) -> None:
    async with Phone() as phone:
        leg = phone.leg(worker.sip)
        port = await leg.open_media(phone.host)
        invite = leg.compose("INVITE", 1, phone.sdp(port))
        for _ in range(3):
            phone.send(invite, leg.peer)
        await phone.established(leg, invite)
        await heard_something(leg)
        assert json.loads(worker.get("/readyz"))["calls"] == 1
        tags = {message["to"] for message in leg.messages if message.status == 200}
        assert len(tags) == 1
        await leg.hang_up()


async def test_two_calls_are_apart(worker: RunningWorker, piper: Speak) -> None:
    question, goodbye = (
        narrow(piper(text)) for text in ("How much does a battery cost?", "No thanks, that's all.")
    )
    async with Phone() as one, Phone() as other, one.call(worker.sip) as first:
        async with other.call(worker.sip) as second:
            await asyncio.gather(my_turn(first), my_turn(second))
            silence_from = len(second.heard)
            since = await say(first, question)
            await my_turn(first, since=since)
            # What one caller is told the other does not hear.
            heard = np.frombuffer(bytes(second.heard[silence_from:]), dtype="<i2")
            assert not heard[: 2 * RATE].any()
        await say(first, goodbye)
        await first.wait_ended()
