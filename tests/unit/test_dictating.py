"""Which code is believed where the networks heard another than the decoder."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.engine.recognition.decoder import Decoded
from pipelines.engine.recognition.dictating import believed, is_about, is_dictation, sound_alike
from pipelines.engine.recognition.dictation import symbols
from pipelines.engine.recognition.letters import Heard


def read(text: str) -> Decoded:
    return Decoded(text, -0.3, 0.1, [])


def heard(said: str) -> Heard:
    return Heard(np.zeros((1, 27)), said.split())


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
        # Two hearings of the networks against two readings.
        (["B-A-I-Q-W-A-T", "B-A-I-Q-W-8"], ["BAIQW8"], "by queue", "BAIQW8"),
        (["5 0 3 3 0 7 1", "3 3 0 7 1"], ["5503933071", "5503933071"], "5.0, 3.3", "5503933071"),
        # Three readings against one hearing.
        (["M-F-G-I-K-260", "M-F-G-I-K-260"], ["MSGIK260"], "MFGIK 260", "MFGIK260"),
        # Three against two: of one length they are right, else who left nothing out.
        (["M-F-G-I-K-260", "M-F-G-I-K-260"], ["MSGIK260", "MSGIK260"], "MFGIK260", "MFGIK260"),
        (["8 0 1 6 8 8 6", "8 0 1 6 8 8 6"], ["80016886", "80016886"], "8016886", "80016886"),
        (["7 5 5 8 4 9 8 3", "7 5 5 8 4 9 8 3"], ["7558498", "7558498"], "75584983", "75584983"),
        # Decoders write too many in a row.
        (["4, 4, 4, 4, 7", "4, 4, 4, 4, 7"], ["4447", "4447"], "44447", "4447"),
        # Each heard otherwise the second time.
        (["W-P-F-J-D-26", "W-P-F-J-D-26"], ["WPSFJD26", "WPFJD26"], "WPSJD 26", "WPFJD26"),
        (["X-K-720"], [], "X K 7 20", "XK720"),
    ],
)
def test_a_code_is_what_most_hear(
    readings: list[str], by_sound: list[str], free: str, code: str
) -> None:
    found = believed([read(one) for one in readings], by_sound, read(free))
    assert found
    assert symbols(found.text) == code


def test_what_nobody_else_hears_is_none_where_two_have_to() -> None:
    readings = [read("5 1 2"), read("5 1 3")]
    assert believed(readings, ["5"], read("5 12 4"), least=2.0) is None
    assert believed(readings, ["5", "5"], read("5 12 4"), least=2.0)


def test_one_of_other_words_is_no_code() -> None:
    assert not is_dictation(heard("* * * 2"), "I would rather talk to a person.")
    assert is_dictation(heard("* 7 2 0"), "Order 720")
    assert is_dictation(heard("J A M E S"), "James")
    # So many digits are no accident.
    assert is_dictation(heard("* 3 0 8 5 5 5 1 6"), "It's pre-neer late, time time time")


def test_a_code_is_about_what_was_read() -> None:
    assert is_about("BAIQWAT", "BAIQW8")
    assert not is_about("I", "2")
    assert not is_about("XK720", "A8")
