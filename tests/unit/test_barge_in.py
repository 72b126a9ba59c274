"""Taking the floor: what stops the agent, what only makes it pause, and what it ignores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from flows import Expectation
from pipelines.barge_in import BargeIn, Stage, is_backchannel
from pipelines.echo import EchoGuard
from pipelines.turns import WINDOW_MS

LOUD = 0.1


def hear(policy: BargeIn, milliseconds: int, *, speech: bool = True, **more: Any) -> list[Stage]:
    values = {"probability": 0.8 if speech else 0.1, "loudness": LOUD, **more}
    return [policy.hear(**values) for _ in range(round(milliseconds / WINDOW_MS))]


def policy() -> BargeIn:
    return BargeIn(confidence=0.6)


def test_speech_ducks_then_holds_then_takes_the_floor() -> None:
    stages = hear(policy(), 1200)
    firsts = {stage: (stages.index(stage) + 1) * WINDOW_MS for stage in Stage if stage in stages}
    assert firsts[Stage.DUCKED] <= 64
    assert firsts[Stage.HELD] <= 200
    assert 600 < firsts[Stage.TAKEN] <= 1000
    assert stages[-1] is Stage.TAKEN


def test_one_certain_window_ducks() -> None:
    assert policy().hear(0.97, LOUD) is Stage.DUCKED


def test_a_caller_who_goes_on_before_anything_was_heard_silences_the_agent_at_once() -> None:
    ears = policy()
    assert hear(ears, 64, unheard=True)[-1] is Stage.HELD
    assert ears.words("and two sugars") is Stage.TAKEN
    assert policy().hear(0.97, LOUD, unheard=True) is Stage.HELD


def test_a_click_before_anything_was_heard_keeps_the_agent_a_moment() -> None:
    ears = policy()
    hear(ears, 64, unheard=True)
    assert hear(ears, 224, speech=False, unheard=True)[-1] is Stage.QUIET


def test_a_short_noise_is_over_before_the_agent_falls_silent() -> None:
    ears = policy()
    assert Stage.HELD not in hear(ears, 96)
    assert hear(ears, 320, speech=False)[-1] is Stage.QUIET


@pytest.mark.parametrize(
    "text", ["Mm-hmm.", "Yeah.", "Uh-huh", "Okay, right.", "", "I see.", "..."]
)
def test_backchannels_let_the_agent_go_on(text: str) -> None:
    ears = policy()
    hear(ears, 300)
    assert ears.stage is Stage.HELD
    assert is_backchannel(text) and ears.words(text) is Stage.QUIET


@pytest.mark.parametrize("text", ["Stop.", "No.", "Wait a moment", "Yeah but how much is it?"])
def test_short_words_that_mean_something_take_the_floor(text: str) -> None:
    ears = policy()
    hear(ears, 300)
    assert ears.words(text) is Stage.TAKEN


def test_yes_is_an_answer_where_one_is_asked_for() -> None:
    ears = policy()
    hear(ears, 300)
    assert ears.words("Yeah.", Expectation.YES_NO) is Stage.TAKEN


@pytest.mark.parametrize(
    ("text", "confidence", "milliseconds", "stage"),
    [
        ("Hey, no, mom.", 0.31, 480, Stage.QUIET),
        ("in Emma.", 0.2, 480, Stage.QUIET),
        ("Hold on.", 0.6, 480, Stage.TAKEN),
        ("Stop", 0.1, 300, Stage.TAKEN),
        ("Enter 15.", 0.3, 480, Stage.TAKEN),
        ("is it for the", 0.3, 800, Stage.TAKEN),
    ],
)
def test_several_words_hardly_heard_in_a_short_sound_are_a_hum(
    text: str, confidence: float, milliseconds: int, stage: Stage
) -> None:
    ears = policy()
    hear(ears, milliseconds)
    assert ears.words(text, confidence=confidence) is stage


@pytest.mark.parametrize(
    ("text", "milliseconds", "stage"),
    [
        ("in my mom.", 480, Stage.QUIET),
        ("10.", 480, Stage.TAKEN),
        ("and may Chen.", 800, Stage.TAKEN),
    ],
)
def test_what_sounds_like_a_hum_is_one_whatever_its_words(
    text: str, milliseconds: int, stage: Stage
) -> None:
    ears = policy()
    hear(ears, milliseconds)
    assert ears.words(text, confidence=0.9, hum=True) is stage


def test_after_a_short_sound_the_agent_goes_on_until_its_words_say_otherwise() -> None:
    for text, stage in (("Mm-hmm.", Stage.QUIET), ("Stop!", Stage.TAKEN)):
        ears = policy()
        hear(ears, 300)
        assert hear(ears, 224, speech=False)[-1] is Stage.QUIET
        assert ears.words(text) is stage


def test_after_longer_speech_the_agent_waits_for_the_words() -> None:
    ears = policy()
    hear(ears, 640)
    assert hear(ears, 500, speech=False)[-1] is Stage.HELD


def test_sound_without_words_is_let_go_in_the_end() -> None:
    ears = policy()
    hear(ears, 300)
    assert hear(ears, 1000, speech=False)[-1] is Stage.QUIET


def test_a_voice_far_below_the_callers_is_the_television() -> None:
    ears = policy()
    for _ in range(30):
        ears.learn(0.9, LOUD)
    assert set(hear(ears, 2000, loudness=LOUD / 10)) == {Stage.QUIET}
    assert hear(ears, 300, loudness=LOUD * 0.7)[-1] is Stage.HELD


def test_the_agents_own_echo_lets_it_go_on() -> None:
    ears = policy()
    hear(ears, 100)
    assert ears.hear(0.9, LOUD, echo=True) is Stage.QUIET


def speechlike(seed: int, samples: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    noise = np.convolve(random.normal(0, 1, samples), np.ones(8) / 8, "same")
    swell = 1 + np.sin(np.arange(samples) / 1500 + seed)
    return (noise * swell * 4000).astype("<i2")


@pytest.mark.parametrize("rate", [8000, 16_000])
def test_an_echo_is_known_by_its_likeness_and_another_voice_is_not(rate: int) -> None:
    agent = speechlike(1, rate)
    delayed = agent[rate // 2 - rate // 5 : rate // 2].astype(float) * 0.3
    for heard, echo in ((delayed + speechlike(3, len(delayed)) * 0.02, True),
                        (speechlike(2, rate // 5), False)):  # fmt: skip
        guard = EchoGuard(rate)
        guard.sent(agent.tobytes())
        guard.heard(heard.astype("<i2").tobytes())
        assert guard.is_echo() is echo


def test_silence_is_no_echo() -> None:
    guard = EchoGuard(8000)
    assert not guard.is_echo()
    guard.sent(bytes(16_000))
    guard.heard(bytes(3200))
    assert not guard.is_echo()
