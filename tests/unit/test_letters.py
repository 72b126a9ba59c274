"""Letters heard in encoder states: likelihoods, the search for spellings, the stored networks."""

from __future__ import annotations

from itertools import groupby, product
from pathlib import Path

import numpy as np
import pytest

from pipelines.engine.recognition.layers import Floats
from pipelines.engine.recognition.letters import Heard, Letters, written
from pipelines.engine.recognition.spelling import Spelling

ALPHABET = "-ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def heard(*states: dict[str, float]) -> Heard:
    """States that hold these symbols ("-": none) with these probabilities."""
    likely = np.full((len(states), len(ALPHABET)), 1e-6)
    for row, state in zip(likely, states, strict=True):
        for symbol, probability in state.items():
            row[ALPHABET.index(symbol)] = probability
    return Heard(np.log(likely / likely.sum(axis=1, keepdims=True)))


def spoken(letters: str) -> Heard:
    """Clearly said letters, a state each and one of none after each."""
    return heard(*({symbol: 1.0} for letter in letters for symbol in (letter, "-")))


def summed(one: Heard, letters: str) -> float:
    """The likelihood by its definition: over every way through the states that reads `letters`."""
    total = -np.inf
    for way in product("-AB", repeat=len(one.likely)):
        if "".join(symbol for symbol, _ in groupby(way)).replace("-", "") == letters:
            steps = [one.likely[at, ALPHABET.index(symbol)] for at, symbol in enumerate(way)]
            total = np.logaddexp(total, sum(steps))
    return float(total)


def no_preference(before: str, letter: str) -> float:
    return 0.0


def test_a_likelihood_is_summed_over_all_ways_through_the_states() -> None:
    one = heard(
        {"A": 0.5, "-": 0.3, "B": 0.2},
        {"A": 0.4, "-": 0.4, "B": 0.2},
        {"A": 0.1, "-": 0.2, "B": 0.7},
        {"A": 0.6, "-": 0.3, "B": 0.1},
    )
    spellings = ["A", "B", "AB", "AA", "ABA", "BAB", "ABAB"]
    expected = [summed(one, letters) for letters in spellings]
    assert one.likelihoods(spellings) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("said", ["A", "SMITH", "ANNA", "LLL"])
def test_what_is_clearly_said_is_the_first_candidate(said: str) -> None:
    assert spoken(said).candidates(no_preference)[0] == said


def test_one_long_letter_is_no_double() -> None:
    assert heard({"L": 1.0}, {"L": 1.0}, {"L": 1.0}).candidates(no_preference)[0] == "L"


def test_silence_holds_no_letters() -> None:
    assert heard({"-": 1.0}, {"-": 1.0}).candidates(no_preference) == []


def test_the_usual_decides_between_sounds_alike() -> None:
    one = heard({"A": 1.0}, {"S": 0.5, "F": 0.5}, {"-": 1.0})
    assert one.candidates(lambda _, letter: float(letter == "F"))[0] == "AF"
    assert one.candidates(lambda _, letter: float(letter == "S"))[0] == "AS"


def test_a_double_that_the_decoder_dropped_is_found_by_its_sound() -> None:
    english = Spelling.of_language("en")
    assert english
    decoder = [{letter: -0.05} for letter in "POWEL"]
    assert english.readings([decoder], [spoken("POWELL")])[0][0] == "POWELL"
    assert english.readings([decoder], [spoken("POWEL")])[0][0] == "POWEL"


def network(width: int, random: np.random.Generator) -> list[tuple[Floats, Floats]]:
    """Two layers that see three states each; 30 outputs."""
    return [
        (random.standard_normal((8, 3 * width)).astype(np.float32), np.zeros(8, np.float32)),
        (random.standard_normal((30, 3 * 8)).astype(np.float32), np.zeros(30, np.float32)),
    ]


def test_networks_are_stored_and_hear_probabilities(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    ones = np.ones(4, np.float32)
    letters = Letters(0 * ones, ones, [network(4, random), network(4, random)])
    letters.save(tmp_path / "letters.npz")
    states = random.standard_normal((50, 4)).astype(np.float32)
    before = letters.hear(states, samples=3200).likely
    after = Letters.load(tmp_path / "letters.npz").hear(states, samples=3200).likely
    assert before.shape == (30, len(ALPHABET))
    assert np.exp(before).sum(axis=1) == pytest.approx(np.ones(30))
    assert after == pytest.approx(before, abs=0.05)


def test_a_model_without_networks_has_none() -> None:
    assert Letters.of_model("no such model") is None


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("S F ninety 8", "SF98"),
        ("B 7 O 5", "B705"),
        ("V O 5", "VO5"),
        ("X seventeen forty 3", "X1743"),
        ("twenty 0", "200"),
        ("8 hundred and twenty 3", "823"),
        ("5 hundred", "500"),
        ("1 hundred 5", "105"),
        ("* A B", "AB"),
    ],
)
def test_heard_symbols_are_written_as_people_write_codes(said: str, text: str) -> None:
    assert written(said.split()) == text


def test_numbers_among_letters_are_heard() -> None:
    none = np.zeros((1, 27))
    assert Heard(none, ["A", "ninety"]).has_numbers
    assert Heard(none, ["7"]).has_numbers
    assert not Heard(none, ["A", "*", "B"]).has_numbers


def test_digits_and_numbers_are_read_where_nothing_else_is_said() -> None:
    none = np.zeros((1, 27))
    assert Heard(none, ["4", "O", "fifty", "2"]).digits == "4052"
    assert Heard(none, ["4", "A", "2"]).digits == ""
    assert Heard(none, ["4", "*", "2"]).digits == ""
    assert Heard(none, ["1", "thousand"]).digits == ""
    assert Heard(none, ["5", "ten"]).has_tens
    assert not Heard(none, ["5", "1"]).has_tens


@pytest.mark.parametrize(
    ("said", "letters", "digits", "code"),
    [
        ("* * S M I T H", "SMITH", "", "SMITH"),
        ("* fifty 4", "", "54", "54"),
        ("* V R F O 5", "", "", "VRFO5"),
        ("S M * T H", "", "", ""),
        ("S M I T H *", "", "", ""),
        ("* *", "", "", ""),
    ],
)
def test_words_that_come_first_are_not_dictated(
    said: str, letters: str, digits: str, code: str
) -> None:
    one = Heard(np.zeros((1, len(ALPHABET))), said.split())
    assert (one.letters, one.digits, one.code) == (letters, digits, code)
