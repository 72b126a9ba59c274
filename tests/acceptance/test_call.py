"""Whole calls over a real socket: real models, a real database, callers who speak."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import websockets

from flows.library import DEMO_FLOW
from tests.acceptance.conftest import RunningWorker, Speak
from tests.support.patience import PATIENCE_SECONDS
from voice_worker.audio import write_wav
from voice_worker.client import Caller, CallFailed, Conversation, replay


def captions(conversation: Conversation, speaker: str) -> list[str]:
    return [
        message["text"]
        for message in conversation.messages
        if message["type"] == "caption" and message["speaker"] == speaker
    ]


def rows(worker: RunningWorker, call_id: str) -> dict[str, Any]:
    shown = worker.command("calls", "show", call_id, "--events", "--json")
    assert shown.returncode == 0, shown.stderr
    found: dict[str, Any] = json.loads(shown.stdout)
    return found


async def ended_rows(worker: RunningWorker, call_id: str) -> dict[str, Any]:
    """The rows once the recorder has seen the end."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = await asyncio.to_thread(rows, worker, call_id)
            if found["ended_at"]:
                return found


def transcribed(worker: RunningWorker, pcm: bytes, path: Path) -> str:
    """What the worker's own ears make of some audio."""
    write_wav(path, pcm)
    heard = worker.command("hear", str(path), "--json")
    assert heard.returncode == 0, heard.stderr
    return str(json.loads(heard.stdout)["text"]).lower()


async def test_the_demo_flow_from_question_to_handover(
    worker: RunningWorker, espeak: Speak, tmp_path: Path
) -> None:
    conversation = await replay(
        worker.url,
        "demo",
        [
            espeak("What are your opening hours?"),
            espeak("Please call me back."),
            espeak("My name is David Stone."),
            espeak("my email is david at gmail dot com"),
            espeak("Yes, that's right."),
            espeak("five zero three, five five five, zero one four two"),
            espeak("Yes, that's right."),
        ],
    )
    assert conversation.ended is not None, captions(conversation, "agent")
    assert conversation.ended["status"] == "completed"
    assert conversation.close_code == 1000
    agent = captions(conversation, "agent")
    assert agent[-1] == "Thank you for calling Northwind Solar. Goodbye."
    assert any("Monday to Friday" in line for line in agent)

    call = await ended_rows(worker, conversation.call_id)
    assert (call["status"], call["outcome"]) == ("completed", "completed")
    (lead,) = call["leads"]
    assert lead["email"] == "david@gmail.com"
    assert lead["phone"] == "+15035550142"
    assert lead["fields"]["email"]["confirmed"] and lead["fields"]["phone"]["confirmed"]
    assert call["lead_id"] == lead["id"] and lead["completed_at"]
    (handoff,) = call["handoffs"]
    assert handoff["payload"]["phone"] == "+15035550142"
    spoken = [line["text"] for line in call["transcript"] if line["speaker"] == "ai_agent"]
    assert spoken == agent
    offsets = [line["offset_ms"] for line in call["transcript"]]
    assert offsets == sorted(offsets)
    assert {row["component"] for row in call["costs"]} >= {"stt", "compute", "transport"}
    assert Decimal(call["cost_cents"]) * 10_000 == sum(
        row["micro_dollars"] for row in call["costs"]
    )
    assert float(call["cost_cents"]) / (call["duration_ms"] / 60_000) < 3.1
    assert [event["seq"] for event in call["events"]] == list(range(len(call["events"])))

    # What was audible is what was captioned: the worker's own ears understand its first words.
    first = bytes(conversation.heard)[: 2 * 16_000 * 6]
    assert "automated assistant" in await asyncio.to_thread(
        transcribed, worker, first, tmp_path / "first.wav"
    )


async def test_a_second_voice_is_understood_as_well(worker: RunningWorker, piper: Speak) -> None:
    question = await asyncio.to_thread(piper, "How much does a battery cost?")
    conversation = await replay(worker.url, "demo", [question])
    assert any("eight thousand dollars" in line for line in captions(conversation, "agent"))


async def test_a_running_worker_takes_up_a_new_account_and_what_it_knows(
    worker: RunningWorker, espeak: Speak, tmp_path: Path
) -> None:
    known = tmp_path / "prices.yaml"
    pair = {"question": "How much does a battery cost?", "answer": "Two hundred pounds."}
    known.write_text(json.dumps({"name": "prices", "items": [pair]}))

    def command(*arguments: str) -> str:
        done = worker.command(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def add() -> None:
        command("accounts", "add", "bikes", "--name", "Bikes")
        command("knowledge", "add", str(known), "--account", "bikes")
        command("campaigns", "add", "bikes", "--flow", str(DEMO_FLOW), "--account", "bikes")

    await asyncio.to_thread(add)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            listed = await asyncio.to_thread(command, "knowledge", "--account", "bikes", "--json")
            if json.loads(listed)["passages"] == 1:
                break
            await asyncio.sleep(1)
    conversation = await replay(worker.url, "bikes", [espeak("How much does a battery cost?")])
    assert "Two hundred pounds." in captions(conversation, "agent")


def test_callers_at_once_are_told_how_long_they_waited(worker: RunningWorker) -> None:
    done = worker.command("loadtest", "--calls", "2", "--turns", "2", "--json")
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert (row["calls"], row["refused"], row["broken"], row["turns"]) == (2, 0, 0, 4)
    assert row["missed"] + row["spoken_over"] < 4 and row["p50_s"] <= row["p95_s"]
    refused = worker.command("loadtest", "--calls", "1", "--campaign", "nope", "--say", "Hello")
    assert refused.returncode == 1 and "1 call: The worker refused" in refused.stderr


async def test_what_goes_wrong_in_a_caller_s_own_block_is_told_as_it_is(
    worker: RunningWorker,
) -> None:
    caller = Caller()
    with pytest.raises(CallFailed, match="mine"):
        async with caller.place(worker.url, "demo"):
            raise CallFailed("mine")
    assert caller.conversation.close_code == 1000, "and the caller hangs up"
    assert not caller.conversation.cut


async def test_the_agent_falls_silent_when_the_caller_speaks(
    worker: RunningWorker, espeak: Speak
) -> None:
    caller = Caller()
    async with caller.place(worker.url, "demo"):
        await caller.wait_until(lambda: len(caller.conversation.heard) > 2 * 16_000)
        await caller.say(espeak("Hello, I want a call back please."))
        assert await caller.wait_for_turn()
        await caller.hang_up()
        await caller.wait_for_end()
    kinds = [message["type"] for message in caller.conversation.messages]
    assert "clear" in kinds
    call = await ended_rows(worker, caller.conversation.call_id)
    greeting = call["transcript"][0]
    assert greeting["interrupted"]
    assert greeting["text"].startswith(greeting["heard_text"])
    assert len(greeting["heard_text"]) < len(greeting["text"])
    assert call["status"] == "abandoned"


async def test_a_call_whose_caller_vanishes_is_abandoned(worker: RunningWorker) -> None:
    caller = Caller()
    async with caller.place(worker.url, "demo"):
        await caller.wait_until(lambda: len(caller.conversation.heard) > 3200)
        await caller.drop()
    call = await ended_rows(worker, caller.conversation.call_id)
    assert (call["status"], call["outcome"]) == ("abandoned", "abandoned")


async def test_noise_is_not_taken_for_words(worker: RunningWorker) -> None:
    noise = (np.random.default_rng(1).normal(0, 800, 16_000 * 2)).astype("<i2").tobytes()
    caller = Caller()
    async with caller.place(worker.url, "demo"):
        assert await caller.wait_for_turn()
        await caller.say(noise)
        await caller.hang_up()
        await caller.wait_for_end()
    assert captions(caller.conversation, "caller") == []


async def new_call(worker: RunningWorker, **body: Any) -> httpx.Response:
    async with httpx.AsyncClient(base_url=worker.url, timeout=PATIENCE_SECONDS) as http:
        return await http.post("/api/calls", **body)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"json": {"campaign": "nobody"}}, 404, "campaign_unknown"),
        ({"json": {"campaign": "../etc"}}, 422, "invalid"),
        ({"json": {}}, 422, "invalid"),
        ({"json": {"campaign": "demo", "fields": {"x": "y" * 600}}}, 422, "invalid"),
        ({"content": b"\xff\x00"}, 422, "invalid"),
        (
            {"json": {"campaign": "demo"}, "headers": {"Origin": "https://evil.example"}},
            403,
            "origin_refused",
        ),
    ],
)
async def test_calls_that_may_not_be_made_are_refused(
    worker: RunningWorker, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await new_call(worker, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"]


async def close_code(url: str, **options: Any) -> int | None:
    async with websockets.connect(url, **options) as socket:
        with pytest.raises(websockets.ConnectionClosed):
            while True:
                await socket.recv()
        return socket.close_code


async def test_sockets_that_may_not_be_opened_are_closed_with_a_reason(
    worker: RunningWorker,
) -> None:
    made = (await new_call(worker, json={"campaign": "demo"})).json()
    base = f"ws://127.0.0.1:{worker.port}/ws/calls"
    assert await close_code(f"{base}/{made['call_id']}?token=wrong") == 4401
    other = (await new_call(worker, json={"campaign": "demo"})).json()
    assert await close_code(f"{base}/{other['call_id']}?token={made['token']}") == 4401
    assert await close_code(made["ws_url"], origin="https://evil.example") == 4403
    async with websockets.connect(made["ws_url"]) as first:
        await first.recv()
        assert await close_code(made["ws_url"]) == 4409
        await first.send(b"\0")
        with pytest.raises(websockets.ConnectionClosed):
            while True:
                await first.recv()
        assert first.close_code == 1007
    await (await websockets.connect(other["ws_url"])).close()


async def test_a_worker_killed_in_a_call_loses_no_finished_turn(
    tmp_path: Path, espeak: Speak
) -> None:
    worker = RunningWorker(tmp_path / "home", VOICE_WORKER__CALLS__CAPACITY="1")
    worker.start()
    caller = Caller()
    async with caller.place(worker.url, "demo"):
        assert await caller.wait_for_turn()
        full = await new_call(worker, json={"campaign": "demo"})
        assert (full.status_code, full.json()["code"]) == (503, "at_capacity")
        assert int(full.headers["Retry-After"]) > 0
        await caller.say(espeak("What are your opening hours?"))
        await caller.wait_for_reply()
        assert await caller.wait_for_turn()
        os.kill(worker.process.pid, signal.SIGKILL)
        worker.process.wait()
        await caller.wait_for_end()
    assert caller.conversation.cut
    said = captions(caller.conversation, "caller")
    await asyncio.to_thread(worker.start)
    call = await ended_rows(worker, caller.conversation.call_id)
    assert (call["status"], call["outcome"]) == ("abandoned", "worker_died")
    lines = [line["text"] for line in call["transcript"]]
    assert [line for line in lines if line in said] == said
    assert any("Monday to Friday" in line for line in lines)
    # Its line was paid for all the same.
    (line,) = [row for row in call["costs"] if row["component"] == "transport"]
    assert (line["provider"], line["minute"], line["priced"]) == ("web", 0, True)
    assert float(line["quantity"]) == pytest.approx(call["duration_ms"] / 60_000, abs=1e-5)
    assert worker.stop() == 0
