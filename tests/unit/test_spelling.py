"""Spellings are judged by what was heard and by what is usual."""

from __future__ import annotations

import math

import pytest

from pipelines.engine.recognition.spelling import Hearing, Spelling, likelihood, sureness

CLEAR = 0.97


def hearing(written: str, **doubts: float) -> Hearing:
    """Letters heard clearly; `F4=0.3` says the letter at place 4 may have been an F instead."""
    heard: list[dict[str, float]] = [
        {letter: math.log(CLEAR), "Q" if letter != "Q" else "J": math.log(1 - CLEAR)}
        for letter in written
    ]
    for name, probability in doubts.items():
        place = int(name[1:])
        heard[place] = {
            written[place]: math.log(1 - probability), name[0]: math.log(probability)
        }  # fmt: skip
    return heard


@pytest.fixture(scope="module")
def english() -> Spelling:
    found = Spelling.of_language("en")
    assert found
    return found


def best(spelling: Spelling, *hearings: Hearing) -> str:
    return spelling.readings(hearings)[0][0]


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        (hearing("LAMPFON", S4=0.3), "LAMPSON"),
        (hearing("TAVIT", D0=0.2, D4=0.3), "DAVID"),
        (hearing("PITTSPURGH", B5=0.1), "PITTSBURGH"),
        (hearing("MARNEL"), "MARNEL"),
        (hearing("XQZKV"), "XQZKV"),
        (hearing("QXJ", Z1=0.2), "QXJ"),
    ],
)
def test_doubtful_letters_are_what_names_have_and_clear_ones_stay(
    english: Spelling, heard: Hearing, said: str
) -> None:
    assert best(english, heard) == said


def test_a_letter_left_out_is_found_where_it_was_half_heard(english: Spelling) -> None:
    assert best(english, hearing("MOREWOD", O6=0.25)) == "MOREWOOD"
    assert best(english, hearing("MOREWOD")) == "MOREWOD"


def test_two_hearings_are_better_than_one(english: Spelling) -> None:
    assert best(english, hearing("GALE", D0=0.45), hearing("DALE")) == "DALE"
    assert best(english, hearing("DALE"), hearing("GALE", D0=0.45)) == "DALE"


def test_a_hearing_that_lost_its_place_does_not_decide(english: Spelling) -> None:
    assert best(english, hearing("IVARSON"), hearing("IVARSISIAA", O6=0.3)) == "IVARSON"


def test_other_readings_follow_the_best(english: Spelling) -> None:
    readings = english.readings([hearing("LAMPFON", S4=0.3)])
    assert [letters for letters, _ in readings[:2]] == ["LAMPSON", "LAMPFON"]
    assert readings[0][1] > readings[1][1]


def test_nothing_heard_is_no_spelling(english: Spelling) -> None:
    assert english.readings([]) == []
    assert english.readings([[]]) == []


def test_known_names_are_more_usual_than_what_looks_like_them(english: Spelling) -> None:
    assert english.word("Smith") > english.word("Dalzell") > 0 == english.word("Smyxh")
    assert english.usual("dalzell") > english.usual("dalrell")


def test_two_words_spelled_in_one_are_known_by_their_parts(english: Spelling) -> None:
    assert english.words("fifthavenue") > 0 == english.word("fifthavenue")
    assert english.words("fifthavenqq") == 0


def test_likelihood_knows_letters_left_out_and_written_twice() -> None:
    heard = hearing("ANNA")
    assert likelihood("ANNA", heard) == pytest.approx(4 * math.log(CLEAR))
    assert likelihood("ANNA", heard) > likelihood("ANA", heard) > likelihood("QQ", heard)


def test_a_language_without_tables_has_no_spelling() -> None:
    assert Spelling.of_language("xx") is None


def test_a_letter_is_as_sure_as_the_readings_that_have_it() -> None:
    readings = [("SMITH", math.log(0.6)), ("SMIT", math.log(0.3)), ("FMITH", math.log(0.1))]
    assert sureness(readings) == pytest.approx([0.9, 1.0, 1.0, 1.0, 0.7])
