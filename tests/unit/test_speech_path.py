"""The pure parts of hearing and speaking: turns, loops, heard text, the silence bound, the wire."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from pipecat.audio.vad.silero import SileroOnnxModel
from pipecat.frames.frames import InputAudioRawFrame, InterruptionFrame, OutputAudioRawFrame

from pipelines.engine.recognition.belief import first_loop, is_too_fast
from pipelines.errors import ProtocolViolation
from pipelines.frames import FieldEnteredFrame, HangUpFrame
from pipelines.heard import heard_text, word_start
from pipelines.transports.pcm_wire import PcmWireSerializer
from pipelines.turns import WINDOW_MS, VoiceActivity
from pipelines.utterances import Utterance, Utterances
from pipelines.vad import ASLEEP_AFTER_WINDOWS, RESET_AFTER_WINDOWS, SharedSilero, SpeechProbability
from pipelines.watchdog import Verdict, Watchdog


def activity() -> VoiceActivity:
    return VoiceActivity(start_ms=160, stop_ms=160, confidence=0.6, min_rms=0.002)


@pytest.mark.parametrize("rate", [8000, 16_000])
def test_the_detector_hears_what_pipecat_s_own_hears(rate: int, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 300, rate * 3).cumsum()
    audio = (noise - noise.mean()).clip(-20_000, 20_000).astype(np.int16)
    path = resources.files("pipecat.audio.vad.data") / "silero_vad.onnx"
    theirs = SileroOnnxModel(str(path))  # type: ignore[no-untyped-call]
    ours = SharedSilero(tmp_path).listener(rate)
    # In pieces of 20 ms, as they come.
    heard = [
        probability
        for begin in range(0, len(audio), rate // 50)
        for probability, _ in ours.feed(audio[begin : begin + rate // 50])
    ]
    # Longer than this without speech and ours begins anew.
    windows = audio[: RESET_AFTER_WINDOWS * ours.window_samples].reshape(-1, ours.window_samples)
    expected = [float(theirs(w.astype(np.float32) / 32768, rate)[0][0]) for w in windows]
    # Processors round differently, and a recurrent network carries that on.
    assert heard[: len(expected)] == pytest.approx(expected, abs=1e-3)
    assert max(expected) > 0.01


def test_a_click_opens_no_turn() -> None:
    ears = activity()
    assert [ears.feed(p, 0.1) for p in (0.9, 0.9, 0.1, 0.1, 0.9)] == [None] * 5


def test_speech_opens_and_a_pause_closes() -> None:
    ears = activity()
    edges = [ears.feed(0.9, 0.1) for _ in range(5)] + [ears.feed(0.1, 0.001) for _ in range(5)]
    assert edges.index(True) == 4 and edges.index(False) == 9
    assert ears.silence_ms == 5 * WINDOW_MS


def test_what_is_too_quiet_is_not_speech() -> None:
    ears = activity()
    assert not any(ears.feed(0.9, 0.001) for _ in range(20))


def test_a_voice_the_detector_loses_goes_on_by_its_loudness() -> None:
    ears = activity()
    for _ in range(10):
        ears.feed(0.9, 0.1)
    assert all(ears.feed(0.05, 0.06, in_turn=True) is None for _ in range(12))
    assert ears.speaking and ears.silence_ms == 0
    for _ in range(6):
        ears.feed(0.05, 0.003, in_turn=True)
    assert not ears.speaking
    assert [ears.feed(0.05, 0.06, in_turn=True) for _ in range(2)] == [None, True]


def test_a_loud_noise_keeps_no_turn_open() -> None:
    ears = activity()
    for _ in range(10):
        ears.feed(0.9, 0.1)
    edges = [ears.feed(0.05, 0.2, in_turn=True) for _ in range(30)]
    assert False in edges and ears.silence_ms >= 300


def test_a_turn_ends_on_a_street_that_is_nearly_as_loud_as_the_caller() -> None:
    ears = activity()
    street = [0.03, 0.06, 0.05, 0.02] * 10
    for loudness in street:
        ears.feed(0.1, loudness)
    for _ in range(10):
        ears.feed(0.9, 0.1)
    # The detector is deaf for a word of it, and hears that it is over.
    assert [ears.feed(0.1, 0.1, in_turn=True) for _ in range(8)] == [None] * 8
    assert ears.silence_ms == 0
    for loudness in street[:10]:
        ears.feed(0.1, loudness, in_turn=True)
    assert not ears.speaking and ears.silence_ms == 10 * WINDOW_MS


def test_a_click_in_a_pause_does_not_prolong_it() -> None:
    ears = activity()
    for _ in range(10):
        ears.feed(0.9, 0.1)
    for loudness in (*[0.003] * 6, 0.2, *[0.003] * 3):
        ears.feed(0.05, loudness, in_turn=True)
    assert ears.silence_ms == 10 * WINDOW_MS


def test_loud_sound_opens_no_turn() -> None:
    ears = activity()
    assert not any(ears.feed(0.3, 0.5) for _ in range(20))


@pytest.mark.parametrize(
    "text", ["Enter 91 69 Enter 91 69 Enter 91 69", "fail better fail better fail better"]
)
def test_decoder_loops_are_found(text: str) -> None:
    cut = first_loop(text)
    assert cut is not None and 0 < cut < len(text) / 2 + 2


@pytest.mark.parametrize(
    "text", ["no no no", "five five five one two one two", "yes that is right", ""]
)
def test_honest_repetition_is_left_alone(text: str) -> None:
    assert first_loop(text) is None


def test_nobody_says_fifty_words_in_a_second() -> None:
    assert is_too_fast("word " * 50, 1.0)
    assert not is_too_fast("five words in one second", 1.0)


WORDS = ((3, 20), (7, 50), (13, 70), (18, 100))
"""When the words of "one two three four" end, in samples."""


@pytest.mark.parametrize(
    ("played", "heard"),
    [
        (0, ""),
        (9, ""),
        (11, "one"),
        (50, "one two"),
        (62, "one two three"),
        (100, "one two three four"),
    ],
)
def test_heard_text_follows_what_was_played(played: int, heard: str) -> None:
    text = "one two three four"
    assert heard_text(text, text, WORDS, played) == heard


def test_of_a_spelled_text_the_same_share_counts_as_heard() -> None:
    assert heard_text("Is it ab@c.de right", "one two three four", WORDS, 50) == "Is it"
    assert heard_text("ab@c.de", "one two three four", WORDS, 100) == "ab@c.de"


def test_after_a_false_alarm_the_voice_goes_back_to_the_word_it_was_in() -> None:
    assert [word_start(WORDS, at) for at in (0, 19, 20, 55, 99)] == [0, 0, 20, 50, 70]


def test_an_interruption_leaves_what_was_heard_and_drops_what_was_waiting() -> None:
    utterances = Utterances(rate=100)
    utterances.add(Utterance("a", "one two three four"))
    utterances.add(Utterance("b", "never begun"))
    utterances.add(Utterance("c", "to its end", interruptible=False))
    utterances.begin("a", 10)
    utterances.revoke()
    utterances.add(Utterance("d", "the answer to what interrupted"))
    cut = utterances.finish("a", 50, WORDS, complete=False, now_ms=600)
    assert cut is not None
    assert (cut.heard_text, cut.duration_ms, cut.interrupted) == ("one two", 500, True)
    assert [(s.text, s.heard_text) for s in utterances.drop_unbegun(600)] == [("never begun", "")]
    for left in ("c", "d"):
        assert utterances.begin(left, 700)


def test_silence_is_filled_twice_and_then_ended() -> None:
    watchdog = Watchdog(bound_seconds=3)
    assert watchdog.check(100) is Verdict.WAIT
    watchdog.owe(10)
    verdicts = [watchdog.check(now) for now in (12.9, 13, 15, 16, 19)]
    assert verdicts == [Verdict.WAIT, Verdict.FILL, Verdict.WAIT, Verdict.FILL, Verdict.GIVE_UP]


def test_an_answer_settles_what_was_owed() -> None:
    watchdog = Watchdog(bound_seconds=3)
    watchdog.owe(10)
    watchdog.heard()
    assert watchdog.check(100) is Verdict.WAIT


async def test_the_wire_carries_audio_and_commands() -> None:
    wire = PcmWireSerializer()
    frame = await wire.deserialize(b"\x01\x00" * 320)
    assert isinstance(frame, InputAudioRawFrame) and frame.sample_rate == 16_000
    assert isinstance(await wire.deserialize('{"type":"hangup"}'), HangUpFrame)
    typed = await wire.deserialize('{"type":"input","field":"email","value":"a@b.example"}')
    assert isinstance(typed, FieldEnteredFrame)
    assert (typed.field, typed.value) == ("email", "a@b.example")
    assert await wire.deserialize('{"type":"from the future"}') is None
    assert await wire.serialize(OutputAudioRawFrame(b"\0\0", 16_000, 1)) == b"\0\0"
    cleared = await wire.serialize(InterruptionFrame())
    assert json.loads(cleared or "") == {"type": "clear"}


@pytest.mark.parametrize(
    ("message", "close_code"),
    [
        (b"\0", 1007),
        (bytes(65_538), 1009),
        ("nonsense", 1007),
        ("[]", 1007),
        ('{"type":"key","key":"x"}', 1007),
        ('{"type":"input","field":"email"}', 1007),
        (r'{"type":"input","field":"email","value":"\ud800"}', 1007),
        ("[" * 4000, 1007),
        ('{"type":"' + "x" * 5000 + '"}', 1009),
    ],
)
async def test_what_the_wire_does_not_allow_is_a_violation(
    message: str | bytes, close_code: int
) -> None:
    wire = PcmWireSerializer()
    with pytest.raises(ProtocolViolation):
        await wire.deserialize(message)
    assert wire.violation is not None and wire.violation.close_code == close_code


class Counting:
    """A network that finds speech in everything, and counts its windows."""

    def __init__(self) -> None:
        self.windows = 0

    def hear(self, window: object) -> float:
        self.windows += 1
        return 0.9

    def forget(self) -> None:
        pass


def test_the_detector_rests_where_nothing_is_audible_and_hears_the_next_sound() -> None:
    network = Counting()
    ears = SpeechProbability(network, 16_000, inaudible=0.002)  # type: ignore[arg-type]
    silence, sound = np.zeros(512, np.int16), np.full(512, 3000, np.int16)
    heard = [p for _ in range(20) for p, _ in ears.feed(silence)]
    assert network.windows == ASLEEP_AFTER_WINDOWS
    assert heard == [0.9] * ASLEEP_AFTER_WINDOWS + [0.0] * (20 - ASLEEP_AFTER_WINDOWS)
    assert [p for p, _ in ears.feed(sound)] == [0.9]
