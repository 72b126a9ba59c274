"""Letters among words, taken from the networks where the decoder guessed."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.engine.recognition.letters import LETTERS, Heard
from pipelines.engine.recognition.respelling import respelled
from pipelines.engine.recognition.spelling import Spelling


def heard(said: str, *, doubtful: str = "") -> Heard:
    """A state for each of what is said and one of none after it; `doubtful` letters ("MN") sound
    like one another."""
    rows = []
    for one in said.split():
        row = np.full(1 + len(LETTERS), 1e-6)
        row[1 + LETTERS.index(one) if one in LETTERS else 0] = 1.0
        if one in doubtful:
            for other in doubtful:
                row[1 + LETTERS.index(other)] = 1.0
        rows += [row, np.eye(1 + len(LETTERS))[0] + 1e-6]
    likely = np.array(rows)
    likely /= likely.sum(axis=1, keepdims=True)
    return Heard(np.log(likely), said.split(), [2 * at for at in range(len(said.split()))])


@pytest.mark.parametrize(
    ("text", "said", "found"),
    [
        # Words come from the text, letters from the networks.
        ("J, O, A, N, dot, L, P, E.", "J O H N * L E E", "J, O, H, N, dot, L, E, E"),
        ("Nunn, N-U-N.", "* N U N N", "Nunn, N, U, N, N"),
        # Letters written as a word, and a word written as letters.
        ("G, T, M, A dot, and UNN.", "B T E M A * N U N N", "B, T, E, M, A, dot, N, U, N, N"),
        ("R, M, R, A, S, U, N.", "* R A S M U N", "R, A, S, M, U, N"),
        # What the networks don't know of stays.
        ("It's K, O, W, A, at aol", "K O V A * *", "It's, K, O, V, A, at, aol"),
        # Digits at its end are digits.
        ("J, O, N, A, S, 84", "J O N E S 8 4", "J, O, N, E, S, 8, 4"),
        # The same, nothing spelled, nothing heard, something else heard.
        ("N, U, N, N.", "N U N N", None),
        ("Mary dot Jones at gmail dot com", "* * M A R Y * *", None),
        ("A, B, C", "* * A", None),
        ("A, B", "* * * * * * * X Y Z Q", None),
    ],
)  # fmt: skip
def test_letters_are_as_the_networks_hear_them(text: str, said: str, found: str | None) -> None:
    assert respelled(text, heard(said), None) == found


def test_of_letters_in_doubt_the_usual_ones_are_spelled() -> None:
    english = Spelling.of_language("en")
    one = heard("S M I T H * M I L L E R", doubtful="MN")
    assert respelled("F, N, I, T, dot, M, I, L, R", one, english) == (
        "S, M, I, T, H, dot, M, I, L, L, E, R"
    )


def test_a_digit_between_letters_was_one() -> None:
    english = Spelling.of_language("en")
    one = heard("M 8 R T I N")
    one.likely[2] = one.likely[0]
    one.likely[2, [1 + LETTERS.index("M"), 1 + LETTERS.index("A")]] = -14.0, -0.1
    assert respelled("M, R, T, I, N", one, english) == "M, A, R, T, I, N"


def test_a_part_of_what_is_said_has_its_own_states() -> None:
    part = heard("* J O * L E E").between(1, 2)
    assert part.said == ["J", "O"]
    assert part.candidates(lambda before, letter: 0.0)[0] == "JO"


def test_a_word_between_spelled_parts_that_the_text_lacks_is_the_one_expected() -> None:
    one = heard("J O H N * L E E")
    assert respelled("J, O, A, N, L, E, E", one, None, "dot") == "J, O, H, N, dot, L, E, E"
    assert respelled("J, O, A, N, M, L, E, E", one, None, "dot") == "J, O, H, N, dot, L, E, E"
    assert respelled("J, O, A, N, at, L, E, E", one, None, "dot") == "J, O, H, N, at, L, E, E"
    assert respelled("J, O, A, N", heard("* J O H N *"), None, "dot") == "J, O, H, N"
