"""When a turn ends: the policy, and the ears that follow it, with a scripted recogniser."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import load_settings
from flows import Expectation
from flows.actions import Listen
from flows.spoken.complete import Completeness, completeness
from pipelines.ears import Ears, Likely, Turn, is_noise
from pipelines.errors import EngineTimeout
from pipelines.recogniser import Recognition, RecognitionRequest
from pipelines.turns import WINDOW_MS, Evidence, patience_ms

RATE = 16_000
WINDOW = 512


@pytest.mark.parametrize(
    ("expect", "finished", "unfinished"),
    [
        (Expectation.YES_NO, "Yes.", "Yes, but"),
        (Expectation.OPEN, "How much is it?", "I would like to"),
        (Expectation.EMAIL, "john at gmail dot com", "john at"),
        (Expectation.PHONE, "503 555 0142", "503 555"),
    ],
)
def test_unfinished_words_get_more_patience(
    expect: Expectation, finished: str, unfinished: str
) -> None:
    def patience(text: str) -> int:
        return patience_ms(expect, Evidence(text, completeness(expect, text, "US")))

    assert patience(finished) < 500
    assert patience(unfinished) >= 1000


def test_the_voice_decides_where_words_can_not() -> None:
    def patience(text: str, finished: float | None, expect: Expectation = Expectation.OPEN) -> int:
        evidence = Evidence(text, completeness(expect, text, "US"), finished)
        return patience_ms(expect, evidence)

    falls, unheard, hangs = (patience("A coffee with milk.", ear) for ear in (0.9, None, 0.1))
    assert falls < unheard < hangs
    # What can't be a whole answer is waited for, however it sounds.
    assert patience("I would like to", 0.8) >= 1000
    # A whole number said with an open voice may have an extension coming.
    number = "503 555 0142"
    assert patience(number, 0.5, Expectation.PHONE) < patience(number, 0.02, Expectation.PHONE)


def test_patience_falls_from_doubt_to_certainty() -> None:
    def patience(finished: float) -> int:
        evidence = Evidence("A coffee with milk.", Completeness.OPEN, finished)
        return patience_ms(Expectation.OPEN, evidence)

    steps = [patience(finished) for finished in (0.05, 0.25, 0.3, 0.5, 0.85, 0.9, 0.95, 0.99)]
    assert steps == sorted(steps, reverse=True)
    assert len(set(steps)) >= 5
    # Longer than people pause for, and as short as recognition takes.
    assert steps[0] >= 1200 and steps[-1] <= 250
    # Who may be going on is given most of what nineteen in twenty answers may take.
    assert 400 <= patience(0.8) <= patience(0.5) <= 480


def test_a_whole_number_is_one_whatever_its_punctuation() -> None:
    listed, half = "5, 0, 3, 5, 5, 5, 0, 1, 4, 2,", "5, 0, 3, 5, 5, 5, 0,"

    def patience(text: str) -> int:
        evidence = Evidence(text, completeness(Expectation.OPEN, text, "US"), 0.5)
        return patience_ms(Expectation.OPEN, evidence)

    assert patience(listed) < 350 < patience(half)


@given(
    st.sampled_from(Expectation),
    st.text(max_size=40),
    st.one_of(st.none(), st.floats(0, 1)),
    st.one_of(st.none(), st.integers(100, 5000)),
)
def test_every_pause_ends_and_no_turn_is_taken_at_once(
    expect: Expectation, text: str, finished: float | None, asked: int | None
) -> None:
    evidence = Evidence(text, completeness(expect, text, "US"), finished)
    assert 100 <= patience_ms(expect, evidence, asked) <= max(2000, asked or 0)


def test_the_author_may_ask_for_another_pause_but_not_to_cut_in() -> None:
    def patience(text: str) -> int:
        evidence = Evidence(text, completeness(Expectation.OPEN, text, "US"))
        return patience_ms(Expectation.OPEN, evidence, 700)

    assert patience("How much is it?") == 700
    assert patience("I would like to") >= 1000


class ScriptedDetector:
    """Any sound is speech, digital silence is not."""

    pending = 0

    def feed(self, pcm: npt.NDArray[np.int16]) -> Iterator[tuple[float, float]]:
        for window in pcm.reshape(-1, WINDOW):
            yield (1.0, 0.1) if window.any() else (0.0, 0.0)


class ScriptedRecogniser:
    """Writes down how much audio it was given; answers when told to, with the next line."""

    def __init__(self, *lines: str | Exception) -> None:
        self.lines = list(lines)
        self.heard_ms: list[int] = []
        self.release = asyncio.Event()
        self.release.set()
        self.wait_ms = 0
        self.provider = "local"

    def expected_wait_ms(self) -> int:
        return self.wait_ms

    async def recognise(self, request: RecognitionRequest) -> Recognition:
        self.heard_ms.append(len(request.pcm) // 2 * 1000 // request.rate)
        await self.release.wait()
        line = self.lines.pop(0)
        if isinstance(line, Exception):
            raise line
        return Recognition(line, 0.9, (), 0.1, provider=self.provider)


class Call:
    """A call's ears and what they told."""

    def __init__(self, recogniser: ScriptedRecogniser, **settings: int) -> None:
        self.recogniser = recogniser
        self.turns: list[Turn] = []
        self.likely: list[Likely] = []
        self.began = 0
        self.tasks: set[asyncio.Task[None]] = set()
        self.ears = Ears(
            rate=RATE,
            settings=load_settings(speech=settings).speech,
            detector=ScriptedDetector(),  # type: ignore[arg-type]
            recogniser=recogniser,
            spawn=self.spawn,
            on_speech=self.speech,
            on_turn=self.turns.append,
            on_likely=self.likely.append,
        )

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self.tasks.add(task)
        return task

    def speech(self) -> None:
        self.began += 1

    async def hear(self, voiced: bool, milliseconds: int) -> None:
        """Audio window by window, with the loop running in between as it does in a call."""
        for _ in range(round(milliseconds / WINDOW_MS)):
            self.ears.feed(np.full(WINDOW, 1000 * voiced, dtype="<i2").tobytes())
            for _ in range(4):
                await asyncio.sleep(0)


async def test_a_whole_answer_ends_the_turn_early() -> None:
    call = Call(ScriptedRecogniser("Yes."))
    call.ears.expect(Listen(expect=Expectation.YES_NO))
    await call.hear(True, 500)
    await call.hear(False, 400)
    (turn,) = call.turns
    assert call.began == 1 and turn.text == "Yes."
    assert turn.committed_ms - turn.end_ms <= 300
    assert [likely.text for likely in call.likely] == ["Yes."]


async def test_an_unfinished_one_is_waited_for_and_its_early_words_are_not_used() -> None:
    call = Call(ScriptedRecogniser("My number is", "My number is 503 555 0142."))
    call.ears.expect(Listen(expect=Expectation.PHONE))
    await call.hear(True, 800)
    await call.hear(False, 900)
    assert not call.turns
    await call.hear(True, 2000)
    await call.hear(False, 500)
    (turn,) = call.turns
    assert turn.text == "My number is 503 555 0142."
    assert [thought.text for thought in turn.thoughts] == [likely.text for likely in call.likely]
    assert len(turn.thoughts) == 2
    assert turn.cpu_seconds == pytest.approx(0.2)


async def test_words_that_do_not_cover_the_last_sound_never_end_a_turn() -> None:
    recogniser = ScriptedRecogniser("Not today.")
    call = Call(recogniser)
    call.ears.expect(Listen(expect=Expectation.YES_NO))
    recogniser.release.clear()
    await call.hear(True, 400)
    await call.hear(False, 130)  # "Yes" is being recognised,
    await call.hear(True, 96)  # and the caller says "but".
    recogniser.release.set()
    await call.hear(False, 1500)
    assert [turn.text for turn in call.turns] == ["Not today."]
    assert len(recogniser.heard_ms) == 2 and recogniser.heard_ms[1] >= recogniser.heard_ms[0] + 220


async def test_one_window_of_noise_in_the_pause_costs_no_second_recognition() -> None:
    call = Call(ScriptedRecogniser("Tomorrow at nine."))
    await call.hear(True, 500)
    await call.hear(False, 130)
    await call.hear(True, 32)
    await call.hear(False, 600)
    assert [turn.text for turn in call.turns] == ["Tomorrow at nine."]


async def test_no_turn_ends_on_a_window_that_may_be_the_next_word() -> None:
    call = Call(ScriptedRecogniser("Tomorrow", "Tomorrow at nine."))
    await call.hear(True, 500)
    while not call.likely:
        await call.hear(False, 32)
    (thought,) = call.ears._turn.thoughts  # type: ignore[union-attr]
    silent_ms = call.ears.silence_ms
    await call.hear(False, thought.patience_ms - silent_ms - 32)
    await call.hear(True, 32)  # Patience is over here,
    assert not call.turns
    await call.hear(True, 400)  # and the caller goes on.
    await call.hear(False, 600)
    assert [turn.text for turn in call.turns] == ["Tomorrow at nine."]


async def test_slow_words_are_waited_for() -> None:
    recogniser = ScriptedRecogniser("Yes.")
    call = Call(recogniser)
    recogniser.release.clear()
    await call.hear(True, 500)
    await call.hear(False, 3000)
    assert not call.turns
    recogniser.release.set()
    await call.hear(False, 64)
    assert [turn.text for turn in call.turns] == ["Yes."]


async def test_a_failed_recogniser_still_ends_the_turn() -> None:
    call = Call(ScriptedRecogniser(EngineTimeout("no answer")))
    await call.hear(True, 500)
    await call.hear(False, 2000)
    (turn,) = call.turns
    assert turn.text == "" and turn.failed == "no answer" and not is_noise(turn)


async def test_a_click_without_words_is_noise() -> None:
    call = Call(ScriptedRecogniser(""))
    await call.hear(True, 192)
    await call.hear(False, 2000)
    (turn,) = call.turns
    assert is_noise(turn)


async def test_a_caller_who_never_pauses_is_answered() -> None:
    call = Call(ScriptedRecogniser("On and on."), max_turn_ms=3000)
    await call.hear(True, 4000)
    assert [turn.text for turn in call.turns] == ["On and on."]


async def test_a_busy_recogniser_is_asked_about_long_pauses_only() -> None:
    recogniser = ScriptedRecogniser("Tomorrow at nine.")
    recogniser.wait_ms = 500
    call = Call(recogniser)
    await call.hear(True, 500)
    await call.hear(False, 130)
    await call.hear(True, 500)
    assert not recogniser.heard_ms
    await call.hear(False, 1500)
    assert [turn.text for turn in call.turns] == ["Tomorrow at nine."]
    # However late it was asked, it heard the same silence after the speech.
    assert recogniser.heard_ms == [call.turns[0].end_ms - call.turns[0].start_ms + 64]


async def test_audio_heard_elsewhere_is_counted_for_the_books() -> None:
    recogniser = ScriptedRecogniser("My number is", "My number is 503 555 0142.")
    recogniser.provider = "nova"
    call = Call(recogniser)
    await call.hear(True, 800)
    await call.hear(False, 600)
    await call.hear(True, 800)
    await call.hear(False, 1500)
    (turn,) = call.turns
    assert turn.remote_seconds == {"nova": pytest.approx(sum(recogniser.heard_ms) / 1000, abs=0.01)}
