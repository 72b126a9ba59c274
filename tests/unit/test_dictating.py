"""Which reading of digits is believed where the networks heard others than the decoder."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.engine.decoder import Decoded
from pipelines.engine.dictating import believed, outvoted, sound_alike
from pipelines.engine.dictation import symbols
from pipelines.engine.letters import Heard


def read(text: str) -> Decoded:
    return Decoded(text, -0.3, 0.1, [])


def heard(said: str) -> Heard:
    return Heard(np.zeros((1, 27)), said.split())


@pytest.mark.parametrize(
    ("best", "second", "free", "by_sound", "believed"),
    [
        # Another window, or free text, agrees with the sound.
        ("8 2 6 8 6 8 8 7", "8 2 6 8 6 8 7", "826 8887", "8 2 6 8 6 8 7", "8268687"),
        ("1 0 0 7 0 8", "1 0 7 8", "10708", "1 0 7 0 8", "10708"),
        # Two windows are as many as free text and the sound.
        ("1 5 2 3 9", "1 5 2 3 9", "1523.", "1 5 2 3", None),
        # Nobody else heard that.
        ("2 6 8 3", "2 6 8 3", "2683", "2 6 3", None),
        ("2 6 8 3", "6 8 3", "2681", "2 6 3", None),
        # Numbers lose digits where each is written by itself, in every window.
        ("5", "5", "5, 10.", "5 ten", "510"),
        ("5 6 6 9", "5 6 6 9", "51669", "5 sixty sixty 9", None),
        ("6 6 4 7 2 9 3", "6 6 4 7 2 9 3", "6641793", "6 6 4 seventeen 9 3", None),
        # Rows are miscounted by the decoder.
        ("4 2 2 2 2 0 8 9", "4 2 2 2 8 9", "422289", "4 2 2 2 0 8 9", "4222089"),
    ],
)
def test_the_sound_of_digits_has_a_vote(
    best: str, second: str, free: str, by_sound: str, believed: str | None
) -> None:
    windows = [read(best), read(second)]
    other = outvoted(windows[0], heard(by_sound), windows, read(free))
    assert (symbols(other.text) if other else None) == believed


def test_letters_that_sound_as_they_were_read_are_spelled() -> None:
    assert sound_alike(read("N-E-L-S-O-N"), [heard("N E L S O N")])
    assert sound_alike(read("N-E-W-Y-O-R-K"), [heard("E W Y O R K")])
    assert not sound_alike(read("N-E-L-S-O-N"), [heard("A N L E S O N")])
    assert sound_alike(read("N-E-L-S-O-N"), [heard("* * N E L S O N")])
    assert not sound_alike(read("N-E-L-S-O-N"), [heard("N E L * S O N")])
    assert not sound_alike(read("I-C-U"), [heard("I C U")])
    assert not sound_alike(read("I-C-U-A"), [])


@pytest.mark.parametrize(
    ("readings", "by_sound", "free", "code"),
    [
        # As many say the one as the other: the networks.
        (["B-A-I-Q-W-A-T"], ["BAIQW8"], "by queue", "BAIQW8"),
        # The decoder's three against their one, and against their two.
        (["M-F-G-I-K-260", "M-F-G-I-K-260"], ["MSGIK260"], "MFGIK 260", "MFGIK260"),
        (["M-F-G-I-K-260", "M-F-G-I-K-260"], ["MSGIK260", "MSGIK260"], "MFGIK 260", "MFGIK260"),
        # Each heard otherwise the second time.
        (["W-P-F-J-D-26"], ["WPSFJD26", "WPFJD26"], "WPSJD 26", "WPFJD26"),
        (["S-F-Q-6881", "S-F-Q-681"], ["SFQ6881", "SFQ6881"], "SFQ 681", "SFQ6881"),
        # Something else altogether was said than the networks know of.
        (["X-K-720"], ["A8"], "order", "XK720"),
        (["X-K-720"], [], "X K 7 20", "XK720"),
    ],
)
def test_a_code_is_what_most_hear(
    readings: list[str], by_sound: list[str], free: str, code: str
) -> None:
    found = believed([read(one) for one in readings], by_sound, read(free))
    assert found
    assert symbols(found.text) == code


def test_no_reading_is_no_code() -> None:
    assert believed([], ["X7"], read("order")) is None
