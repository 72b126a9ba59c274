"""The likeliest of all that may be said, in made-up phones."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.engine.recognition.layers import Floats
from pipelines.engine.recognition.sounding import Way, Ways

PHONES = " JONSMITHEL"
"""None, and one letter for each phone."""


def way(said: str, onward: str, usual: float = 0.0) -> Way:
    return Way(said, [PHONES.index(phone) for phone in said], onward, usual)


def nothing(onward: str, usual: float = 0.0) -> Way:
    return Way("", [], onward, usual)


def heard(*states: str, sure: float = 0.9) -> Floats:
    """States that hold these phones, all of one state as likely as each other."""
    likely = np.full((len(states), len(PHONES)), (1 - sure) / len(PHONES))
    for row, state in zip(likely, states, strict=True):
        row[[PHONES.index(phone) for phone in state]] += sure / len(state)
    return np.asarray(np.log(likely), dtype=np.float32)


NAMES = Ways(
    {
        Ways.START: [nothing("name"), way("TIS", "name")],
        "name": [way("JON", "first"), way("JOHN", "first"), way("SMITH", "whole", -3.0)],
        "first": [nothing("whole", -3.0), way("SMITH", "whole"), way("SMIT", "whole", -1.0)],
    },
    ["whole"],
)


def best(states: Floats) -> tuple[str, ...]:
    return NAMES.likeliest(states, 1)[0][0]


def test_phrases_follow_each_other_with_or_without_silence_between() -> None:
    assert best(heard(*"JON SMITH")) == ("JON", "SMITH")
    assert best(heard(*" JJJOONSSMMITTTH  ")) == ("JON", "SMITH")


def test_what_may_be_left_out_is_heard_where_it_is_said() -> None:
    assert best(heard(*"TIS JON SMITH")) == ("TIS", "JON", "SMITH")
    assert best(heard(*"JON")) == ("JON",)
    assert best(heard(*"SMITH")) == ("SMITH",)


def test_another_phone_than_the_likeliest_is_heard_where_a_phrase_has_it() -> None:
    # "Jol smith" is what it sounds like most.
    assert best(heard(*"JO", "LLN", *"SMITH")) == ("JON", "SMITH")


@pytest.mark.parametrize(("last", "said"), [(" H", "SMITH"), (" ", "SMIT")])
def test_an_unusual_phrase_has_to_be_heard_more_clearly(last: str, said: str) -> None:
    assert best(heard(*"JONSMIT", last)) == ("JON", said)


def test_equal_phones_need_none_between() -> None:
    twice = Ways({Ways.START: [way("OO", "whole"), way("O", "whole", -0.5)]}, ["whole"])
    assert twice.likeliest(heard(*"OO"), 1)[0][0] == ("O",)
    assert twice.likeliest(heard(*"O O"), 1)[0][0] == ("OO",)


def test_how_likely_is_that_of_its_phones_and_how_usual_it_is() -> None:
    states = heard(*"JON")
    ((_, likely),) = NAMES.likeliest(states, 1)
    assert likely == pytest.approx(float(states.max(axis=1).sum()) - 3.0, abs=1e-3)


def test_the_next_best_ends_otherwise() -> None:
    found = [said for said, _ in NAMES.likeliest(heard(*"JONSMITH"), 2)]
    assert found == [("JON", "SMITH"), ("JON", "SMIT")]
