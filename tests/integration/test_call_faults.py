"""Whatever hangs, breaks, is silent or late: the caller hears something, and it is known."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from pipelines import events as call_events
from pipelines.engine.client import Priority
from pipelines.errors import EngineLost
from pipelines.runtime_prompts import ENGLISH, GERMAN
from pipelines.speech import SpeechPiece
from tests.support.patience import PATIENCE_SECONDS
from tests.support.scripted_call import (
    FLOW,
    RATE,
    SILENCE,
    SPEECH,
    Call,
    Faults,
    ScriptedVoice,
    SilentVoice,
    scripted_call,
)

BOUND_MS = 500


async def hang() -> None:
    await asyncio.Event().wait()


async def crash() -> None:
    raise EngineLost("it died")


async def late() -> None:
    await asyncio.sleep(1.6 * BOUND_MS / 1000)


async def late_words() -> None:
    await asyncio.sleep(2.4)


KINDS = {"hangs": hang, "crashes": crash, "is late": late}
"""Words are waited for as long as a caller may pause; what comes after them is not."""


async def ask(call: Call) -> int:
    """Let the agent finish its question and speak; returns how many captions there were."""
    line = call.line
    await line.until(lambda: any(m.get("state") == "listening" for m in line.messages))
    before = len(line.captions())

    async def speak() -> None:
        await line.speak(*[SPEECH] * 30, *[SILENCE] * 400)

    call.speaking = asyncio.create_task(speak())
    return before


@pytest.mark.parametrize("engine", ["recognition", "retrieval", "synthesis"])
@pytest.mark.parametrize("kind", KINDS)
async def test_the_caller_is_never_left_in_silence(tmp_path: Path, engine: str, kind: str) -> None:
    faults = Faults()
    fault = late_words if (engine, kind) == ("recognition", "is late") else KINDS[kind]
    setattr(faults, engine, fault)
    async with scripted_call(tmp_path, faults, answer_within_ms=BOUND_MS) as call:
        before = await ask(call)
        await call.line.until(lambda: len(call.line.captions()) > before)
        said = call.line.captions()[before:]
        if kind == "is late":
            await call.line.until(
                lambda: (
                    "It costs five dollars." in call.line.captions()
                    or ENGLISH.apology in call.line.captions()
                )
            )
        call.stop_speaking()
    if kind != "crashes":
        assert said[0] == ENGLISH.fillers[0]
        assert "answer_late" in [fault.code for fault in call.of(call_events.CallFaulted)]
    else:
        assert call.of(call_events.CallFaulted), "the cause is in the record"


async def test_a_voice_without_sound_is_noticed(tmp_path: Path) -> None:
    async with scripted_call(
        tmp_path, Faults(), voice=SilentVoice, answer_within_ms=BOUND_MS
    ) as call:
        before = await ask(call)
        await call.line.until(lambda: ENGLISH.fillers[0] in call.line.captions()[before:])
        call.stop_speaking()
    unheard = [e for e in call.of(call_events.AgentSpoke) if e.text == "It costs five dollars."]
    assert unheard and unheard[0].heard_text == ""


async def test_a_late_answer_is_excused_in_the_language_of_the_call(tmp_path: Path) -> None:
    faults = Faults()
    faults.synthesis = hang  # type: ignore[method-assign]
    german = {**FLOW, "language": "de"}
    async with scripted_call(tmp_path, faults, flow=german, answer_within_ms=BOUND_MS) as call:
        await ask(call)
        await call.line.until(lambda: any(m["type"] == "ended" for m in call.line.messages))
        call.stop_speaking()
    assert call.line.captions()[-3:] == [*GERMAN.fillers, GERMAN.apology]


async def test_what_never_comes_ends_the_call_politely(tmp_path: Path) -> None:
    faults = Faults()
    faults.synthesis = hang  # type: ignore[method-assign]
    async with scripted_call(tmp_path, faults, answer_within_ms=BOUND_MS) as call:
        await ask(call)
        await call.line.until(lambda: any(m["type"] == "ended" for m in call.line.messages))
        call.stop_speaking()
    assert call.line.captions()[-3:] == [*ENGLISH.fillers, ENGLISH.apology]
    assert call.result and (call.result.status, call.result.outcome) == ("failed", "no_answer")


@pytest.mark.parametrize("bounds", [4.0, 9.0])
async def test_who_waits_for_another_system_hears_that_it_goes_on(
    tmp_path: Path, bounds: float
) -> None:
    sending = {"type": "dispatch", "kind": "integration", "success": "It is there.", "next": "over"}
    flow = {
        "name": "sends",
        "start": "hello",
        "nodes": {
            "hello": {"type": "start", "say": "Hello there.", "next": "send"},
            "send": sending,
            "over": {"type": "end", "say": "Goodbye."},
        },
    }

    async def deliver(request_id: UUID, target: str) -> str:
        await asyncio.sleep(bounds * BOUND_MS / 1000)
        return ""

    async with scripted_call(
        tmp_path, Faults(), flow=flow, deliver=deliver, answer_within_ms=BOUND_MS
    ) as call:
        await call.line.until(lambda: any(m["type"] == "ended" for m in call.line.messages))
    first, filler, *_, sent, last = call.line.captions()
    assert (first, filler, sent, last) == (
        "Hello there.",
        ENGLISH.fillers[0],
        "It is there.",
        "Goodbye.",
    )
    assert call.result and call.result.status == "completed", "a system's own time is not a fault"


async def test_the_answer_is_ready_before_the_turn_is_over(tmp_path: Path) -> None:
    async with scripted_call(tmp_path, Faults()) as call:
        before = await ask(call)
        await call.line.until(lambda: "It costs five dollars." in call.line.captions()[before:])
        call.stop_speaking()
    assert ("It costs five dollars.", Priority.SPECULATIVE) in call.voice.asked
    assert ("It costs five dollars.", Priority.SPEECH) not in call.voice.asked
    assert call.knowledge.questions == ["How much is it?"], "looked up once"
    (turn,) = call.of(call_events.TurnTimed)
    assert sum(turn.parts.values()) == turn.total_ms
    assert turn.parts["retrieval"] + turn.parts["synthesis"] <= turn.parts["end_of_turn"]
    assert len(call.of(call_events.Retrieved)) == 1


async def test_words_that_go_on_leave_no_trace_of_the_guess(tmp_path: Path) -> None:
    async with scripted_call(tmp_path, Faults()) as call:
        line = call.line
        await line.until(lambda: any(m.get("state") == "listening" for m in line.messages))
        call.recogniser.text = "I wanted to know"
        await line.speak(*[SPEECH] * 20, *[SILENCE] * 12)
        call.recogniser.text = "I wanted to know how much it is."
        await line.speak(*[SPEECH] * 20, *[SILENCE] * 100)
        await line.until(lambda: "It costs five dollars." in line.captions())
    (asked,) = call.of(call_events.Retrieved)
    assert asked.question == "I wanted to know how much it is."
    assert [event.text for event in call.of(call_events.CallerSpoke)] == [asked.question]


async def test_who_goes_on_before_the_answer_sounds_is_not_spoken_over(tmp_path: Path) -> None:
    faults, ready = Faults(), asyncio.Event()

    async def late() -> None:
        await ready.wait()

    faults.synthesis = late  # type: ignore[method-assign]
    async with scripted_call(tmp_path, faults) as call:
        line = call.line
        await line.until(lambda: any(m.get("state") == "listening" for m in line.messages))
        sound = len(line.sound)
        await line.speak(*[SPEECH] * 20)
        while not call.of(call_events.CallerSpoke):
            await line.speak(SILENCE)
        call.recogniser.text = "with milk?"
        await line.speak(*[SPEECH] * 12)
        ready.set()
        await line.speak(*[SPEECH] * 12)
        assert len(line.sound) == sound, "the answer waits"
        await line.speak(*[SILENCE] * 100)
        await line.until(lambda: "It costs five dollars." in line.captions())
    assert line.captions().count("It costs five dollars.") == 1
    first, second = (e for e in call.of(call_events.AgentSpoke) if e.text.startswith("It costs"))
    assert (first.heard_text, first.interrupted) == ("", True) and not second.interrupted
    assert call.knowledge.questions == ["How much is it?", "How much is it with milk?"]
    assert not call.of(call_events.CallFaulted)


async def test_who_goes_on_into_the_first_words_of_the_answer_is_answered_as_a_whole(
    tmp_path: Path,
) -> None:
    async with scripted_call(tmp_path, Faults()) as call:
        line, answer = call.line, "It costs five dollars."
        await line.until(lambda: any(m.get("state") == "listening" for m in line.messages))
        await line.speak(*[SPEECH] * 20)
        while answer not in line.captions():
            await line.speak(SILENCE)
        call.recogniser.text = "with milk?"
        await line.speak(*[SILENCE] * 10, *[SPEECH] * 48, *[SILENCE] * 100)
        await line.until(lambda: line.captions().count(answer) == 2)
    assert call.knowledge.questions == ["How much is it?", "How much is it with milk?"]
    *_, step = (e for e in call.of(call_events.FlowStepped) if e.event["type"] == "caller_said")
    assert (step.event["text"], step.replaces) == ("How much is it with milk?", 2)
    first, second = (e for e in call.of(call_events.AgentSpoke) if e.text == answer)
    assert first.interrupted and not second.interrupted


async def test_a_backchannel_makes_the_agent_pause_and_go_on(tmp_path: Path) -> None:
    async with scripted_call(tmp_path, Faults()) as call:
        line = call.line
        call.recogniser.text = "Mm-hmm."
        await line.until(lambda: "Hello there." in line.captions())
        await line.speak(*[SPEECH] * 12, *[SILENCE] * 60)
        await line.until(lambda: any(m.get("state") == "listening" for m in line.messages))
        assert line.cleared == 0
        gains = [message["gain"] for message in line.messages if message["type"] == "duck"]
        assert gains[:2] == [0.25, 0.0] and gains[-1] == 1.0
    first = call.of(call_events.AgentSpoke)[0]
    assert (first.heard_text, first.interrupted) == ("Hello there.", False)
    (claim,) = call.of(call_events.FloorClaimed)
    assert not claim.taken and claim.moments[-1].reason == "a backchannel: Mm-hmm."


async def test_what_is_said_as_the_agent_is_interrupted_is_heard(tmp_path: Path) -> None:
    faults, heard = Faults(), asyncio.Event()

    async def late() -> None:
        await heard.wait()

    faults.recognition = late  # type: ignore[method-assign]
    async with scripted_call(tmp_path, faults, voice=SlowVoice) as call:
        line = call.line
        call.recogniser.text = "No thanks, that's all."
        await line.until(lambda: "Hello there." in line.captions())
        # Too short to stop the agent by itself; its words come when the turn is over as well.
        await line.speak(*[SPEECH] * 12, *[SILENCE] * 60)
        assert not line.cleared
        heard.set()
        await line.until(lambda: any(m["type"] == "ended" for m in line.messages))
    assert line.cleared == 1
    spoken = {event.text: event for event in call.of(call_events.AgentSpoke)}
    assert spoken["Hello there."].interrupted
    assert not spoken["Goodbye."].interrupted and spoken["Goodbye."].heard_text == "Goodbye."
    assert call.result and call.result.status == "completed"


async def ended(call: Call) -> None:
    """Wait until the call is over without its caller's doing."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not call.of(call_events.CallEnded):
            await asyncio.sleep(0.02)


class SlowVoice(ScriptedVoice):
    """Takes ten seconds for a greeting, and says its own prompts as ever."""

    async def speak(self, text: str, **more: Any) -> AsyncGenerator[SpeechPiece, None]:
        async for piece in super().speak(text, **more):
            yield replace(piece, pcm=piece.pcm * (1 if text in ENGLISH.texts else 25))


async def test_a_call_that_lasts_too_long_is_told_so_before_all_else_is_said(
    tmp_path: Path,
) -> None:
    async with scripted_call(tmp_path, Faults(), voice=SlowVoice, max_duration_seconds=1) as call:
        await call.line.until(lambda: ENGLISH.time_is_up in call.line.captions())
        await ended(call)
    assert "What is it?" not in call.line.captions()
    assert call.result and call.result.outcome == "max_duration"


async def test_a_call_on_hold_ends_in_time_though_nobody_hears_the_goodbye(tmp_path: Path) -> None:
    async with scripted_call(tmp_path, Faults(), max_duration_seconds=1) as call:
        call.line.hold()
        await ended(call)
    assert call.result and (call.result.status, call.result.outcome) == (
        "completed",
        "max_duration",
    )


@pytest.mark.parametrize("presses", [True, False])
async def test_who_hangs_up_is_spoken_to_no_more(tmp_path: Path, presses: bool) -> None:
    async with scripted_call(tmp_path, Faults(), voice=SlowVoice) as call:
        line = call.line
        await line.until(lambda: len(line.sound) > 2 * RATE)
        if presses:
            await line.hang_up()
            await ended(call)
    assert len(line.sound) < 2 * RATE * 5
    (spoken,) = call.of(call_events.AgentSpoke)
    assert (spoken.text, spoken.interrupted) == ("Hello there.", True)
    assert 500 < spoken.duration_ms < 5000
    assert call.result and call.result.status == "abandoned"


async def test_the_word_the_caller_left_at_is_the_last_of_the_record(tmp_path: Path) -> None:
    async with scripted_call(tmp_path, Faults()) as call:
        await call.line.until(lambda: "What is it?" in call.line.captions())
        begun = len(call.line.sound)
        await call.line.until(lambda: len(call.line.sound) > begun + 2 * RATE * 0.3)
    whole, cut = call.of(call_events.AgentSpoke)
    assert (whole.heard_text, whole.interrupted) == ("Hello there.", False)
    assert (cut.heard_text, cut.interrupted) == ("What", True)
