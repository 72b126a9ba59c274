"""The agent interrupted, encouraged and recorded: what the caller hears, what is written down."""

from __future__ import annotations

import asyncio
import json
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rapidfuzz.distance import Levenshtein

from tests.acceptance.conftest import RunningWorker, Speak
from tests.acceptance.test_call import ended_rows, transcribed
from voice_worker.client import Caller

GREETING = "you've reached Northwind Solar"


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWorker]:
    """A worker that records its calls."""
    running = RunningWorker(tmp_path_factory.mktemp("recorder"), VOICE_WORKER__CALLS__RECORD="true")
    running.start()
    yield running
    assert running.stop() == 0, running.log.read_text()[-3000:]


class Listener(Caller):
    """Knows how much audio had come when each message did."""

    def __init__(self) -> None:
        self.marks: list[tuple[int, dict[str, Any]]] = []
        super().__init__(lambda message: self.marks.append(self._mark(message)))

    def _mark(self, message: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return len(self.conversation.heard), message

    def at(self, **content: Any) -> int:
        """Bytes of audio that had come with the first message of this content."""
        return next(length for length, message in self.marks if content.items() <= message.items())

    async def hears(self, seconds: float) -> None:
        """Wait until the greeting has sounded for so long."""
        await self.wait_until(lambda: any(GREETING in str(m.get("text")) for _, m in self.marks))
        begun = len(self.conversation.heard)
        await self.wait_until(lambda: len(self.conversation.heard) - begun > seconds * 2 * 16_000)


def words(text: str) -> list[str]:
    return "".join(c for c in text.lower().replace("-", " ") if c.isalpha() or c in " '").split()


def words_in(text: str, heard: str) -> int:
    """How many words of `text` were heard, however the recogniser divides them ("north wind")."""
    said = words(text)

    def differ(count: int) -> int:
        return int(Levenshtein.distance("".join(said[:count]), "".join(words(heard))))

    return min(range(len(said) + 1), key=differ)


async def test_what_is_written_as_heard_is_what_the_caller_received(
    recorder: RunningWorker, espeak: Speak, tmp_path: Path
) -> None:
    caller = Listener()
    async with caller.place(recorder.url, "demo"):
        await caller.hears(1.8)
        await caller.say(espeak("Wait a moment please, I have to ask something else first."))
        await caller.wait_until(lambda: any(m["type"] == "clear" for _, m in caller.marks))
        assert await caller.wait_for_turn()
        await caller.hang_up()
        await caller.wait_for_end()
    call = await ended_rows(recorder, caller.conversation.call_id)
    announced, greeting = call["transcript"][:2]
    assert announced["text"] == "This call is recorded." and not announced["interrupted"]
    assert greeting["interrupted"] and greeting["text"].startswith(greeting["heard_text"])

    # Turned down first, then held, then stopped.
    begun = caller.at(type="caption", text=greeting["text"])
    ducked, held = caller.at(type="duck", gain=0.25), caller.at(type="duck", gain=0.0)
    # On a busy machine both may come between two pieces of audio.
    gains = [message["gain"] for _, message in caller.marks if message["type"] == "duck"]
    assert gains[:2] == [0.25, 0.0]
    assert begun < ducked <= held <= caller.at(type="clear")
    received = bytes(caller.conversation.heard)[begun:held]
    heard = await asyncio.to_thread(transcribed, recorder, received, tmp_path / "heard.wav")
    assert abs(words_in(greeting["text"], heard) - len(words(greeting["heard_text"]))) <= 1, (
        heard, greeting["heard_text"],
    )  # fmt: skip


async def test_a_backchannel_makes_the_agent_pause_and_go_on(
    recorder: RunningWorker, espeak: Speak, tmp_path: Path
) -> None:
    caller = Listener()
    async with caller.place(recorder.url, "demo"):
        await caller.hears(1.0)
        await caller.say(espeak("Yeah."))
        assert await caller.wait_for_turn()
        await caller.hang_up()
        await caller.wait_for_end()
    assert not any(message["type"] == "clear" for _, message in caller.marks)
    call = await ended_rows(recorder, caller.conversation.call_id)
    said = [line for line in call["transcript"] if line["speaker"] == "ai_agent"]
    assert not any(line["interrupted"] for line in said)
    everything = bytes(caller.conversation.heard)
    heard = await asyncio.to_thread(transcribed, recorder, everything, tmp_path / "all.wav")
    assert "being transcribed" in heard and "call back" in heard.replace("callback", "call back")


async def test_a_recorded_call_can_be_heard_and_seen_again(
    recorder: RunningWorker, espeak: Speak, tmp_path: Path
) -> None:
    caller = Listener()
    async with caller.place(recorder.url, "demo"):
        assert await caller.wait_for_turn()
        await caller.say(espeak("What are your opening hours?"))
        await caller.wait_for_reply()
        assert await caller.wait_for_turn()
        await caller.hang_up()
        await caller.wait_for_end()
    call_id = caller.conversation.call_id
    call = await ended_rows(recorder, call_id)

    wav = tmp_path / "call.wav"
    done = recorder.command("calls", "recording", call_id, "-o", str(wav), "--json")
    assert done.returncode == 0, done.stderr
    assert abs(json.loads(done.stdout)["seconds"] - call["duration_ms"] / 1000) < 1.5
    with wave.open(str(wav)) as file:
        sound = file.readframes(file.getnframes())
    caller_side = b"".join(sound[at : at + 2] for at in range(0, len(sound), 4))
    heard = await asyncio.to_thread(transcribed, recorder, caller_side, tmp_path / "left.wav")
    assert "opening hours" in heard

    shown = recorder.command("calls", "show", call_id, "--timeline", "--json")
    rows = [json.loads(line) for line in shown.stdout.splitlines()]
    wait = next(number for number, row in enumerate(rows) if row["what"] == "wait")
    parts = [row for row in rows[wait + 1 :] if row["what"].strip() in
             ("end_of_turn", "flow", "retrieval", "synthesis", "output")]  # fmt: skip
    assert sum(row["ms"] for row in parts) == rows[wait]["ms"]
    page = tmp_path / "call.html"
    assert recorder.command("calls", "show", call_id, "--html", str(page)).returncode == 0
    assert "opening hours" in page.read_text("utf-8").lower()

    gone = recorder.command("db", "purge", "--older-than", "0.001 seconds", "--yes")
    assert gone.returncode == 0, gone.stderr
    refused = recorder.command("calls", "recording", call_id, "-o", str(wav))
    assert refused.returncode != 0 and "no recording" in refused.stderr
