"""What of a decoder's text is believed: loops, hints, dictated letters and digits."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.engine.belief import sounds_alike, used
from pipelines.engine.dictation import ALPHABETS, runs_on, symbols
from pipelines.engine.ending import Ending, features


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("8 8 4 3 6 4 8 8 4 3 6 4 8 8 4 3 6 4 8 8", 4.0),
        ("5, 2, 9, 8, 1, 5, 9, 8, 7, 6, 7, 6, 7, 6, 7, 6, 7, 6", 6.5),
        ("4 6 4 6 5 6 9 1 5 4 6 5 6 9 1 5 4", 6.6),
        ("-- -- -- -- --", 3.0),
        ("1 2 3 4 5 6 7 8 9 0 1 3", 0.5),
    ],
)
def test_a_dictation_that_runs_on_is_seen(text: str, seconds: float) -> None:
    assert runs_on(text, seconds)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5 5 5 5 1 2 1 2", 4.0),
        ("M-I-S-S-I-S-S-I-P-P-I", 4.0),
        ("3, 3, 0, 7, 3, 8, 4, 8, 1, 1.", 7.0),
        ("7", 0.6),
    ],
)
def test_what_people_dictate_is_left_alone(text: str, seconds: float) -> None:
    assert not runs_on(text, seconds)


def test_only_single_symbols_and_separators_can_be_dictated() -> None:
    assert [bool(ALPHABETS["letters"].fullmatch(t)) for t in (" W", "-I", ",", "Will", "7")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert [bool(ALPHABETS["digits"].fullmatch(t)) for t in (" 7", "-", "77", "O")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert symbols("W-I-L, l.") == "WILL"


def test_a_hint_is_believed_where_something_like_it_was_heard() -> None:
    hints = ("Kowalczyk", "Enphase")
    assert used(hints, "Do you install enphase?") == ["Enphase"]
    assert sounds_alike("Kowalczyk", "my name is co wall check")
    assert not sounds_alike("Kowalczyk", "thank you very much")
    assert not sounds_alike("Enphase", "")


def test_an_ending_reads_the_states_around_the_last_sound() -> None:
    states = np.zeros((500, 4), dtype=np.float32)
    vector = features(states, 3 * 16_000)
    assert vector.shape == (12,)
    judge = Ending(np.ones(12, dtype=np.float32), bias=-2.0)
    quiet = judge.probability(states, 3 * 16_000)
    states[140:150] = 1.0  # the last tenths of a second before 3 s
    assert quiet < 0.2 < judge.probability(states, 3 * 16_000)
    # Much earlier sound, and an audio too short for all pools, are no matter.
    assert judge.probability(states, 8 * 16_000) == pytest.approx(quiet)
    assert 0 <= judge.probability(states[:20], 1000) <= 1
