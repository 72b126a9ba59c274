"""Which option was meant: by its words, and by its place."""

from __future__ import annotations

import pytest

from flows.matching import is_denied, match_count, match_words

OPTIONS = (("Haircut",), ("Colour",), ("Both", "everything"))


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        ("the second one", 1), ("number two", 1), ("the last", 2),
        ("I'd like the last one please", 2), ("option three", 2), ("um, the first", 0),
        ("let's go with number 1", 0), ("Two.", 1),
        ("the colour, the second one", 1), ("haircut first", 0), ("the fourth one", None),
        ("two haircuts", 0), ("my hair got coloured", 1),
        ("not the haircut, the colour", 1), ("I don't want a haircut", None), ("not both", None),
        ("why not both", 2), ("the first time I called", None),
        ("my second question is", None), ("the latter", None),
    ],
)  # fmt: skip
def test_an_option_is_chosen_by_its_place(said: str, chosen: int | None) -> None:
    match = match_words(OPTIONS, said)
    assert (match.index if match else None) == chosen


def test_of_two_options_the_latter_is_the_second() -> None:
    match = match_words(OPTIONS[:2], "the latter")
    assert match is not None and match.index == 1


@pytest.mark.parametrize("said", ["it is not flooded", "not a flood"])
def test_an_option_is_denied_with_its_endings_too(said: str) -> None:
    assert is_denied(("flood",), said)
    assert not is_denied(("flood",), "the cellar is flooded, not the kitchen")


SIZES = (("1", "one", "just me"), ("2", "two", "a couple"), ("4", "four"), ("many", "ten people"))


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        ("me and my wife", 1), ("myself and three others", 2), ("There will be for us.", 2),
        ("For of us.", 2), ("For.", 2), ("We're too.", 1), ("It's only to people", 1),
        ("a table for us please", None), ("it's for tomorrow", None), ("me and two friends", None),
        ("I want to", None),
    ],
)  # fmt: skip
def test_a_count_is_chosen_without_its_word(said: str, chosen: int | None) -> None:
    match = match_count(SIZES, said)
    assert (match.index if match else None) == chosen
