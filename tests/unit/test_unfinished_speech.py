"""Texts whose sound is made in portions: who comes back finds theirs, who doesn't is forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.engine.piper import MOST_UNFINISHED, UNFINISHED_SECONDS, Spoken, Unfinished


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def sound() -> Iterator[Spoken]:
    for piece in range(9):
        yield Spoken(bytes([piece]))


def begun(unfinished: Unfinished) -> int:
    """A text's first portion is made; the number the rest is asked for by."""
    (portion,) = unfinished.portion(sound(), 0.0)
    number: int = portion["more"]
    return number


def test_the_rest_of_a_text_follows_its_first_portion() -> None:
    unfinished = Unfinished(Clock())
    number = begun(unfinished)
    rest = [piece.pcm for piece in unfinished.take(number)]
    assert rest == [bytes([piece]) for piece in range(1, 9)]
    with pytest.raises(ValueError):
        unfinished.take(number)


def test_what_nobody_comes_back_for_is_forgotten() -> None:
    clock = Clock()
    unfinished = Unfinished(clock)
    left = begun(unfinished)
    clock.seconds = UNFINISHED_SECONDS - 1
    waiting = begun(unfinished)
    clock.seconds = UNFINISHED_SECONDS
    begun(unfinished)
    with pytest.raises(ValueError):
        unfinished.take(left)
    assert next(unfinished.take(waiting)).pcm == bytes([1])


def test_of_too_many_the_oldest_is_forgotten() -> None:
    unfinished = Unfinished(Clock())
    first, *others = (begun(unfinished) for _ in range(MOST_UNFINISHED + 1))
    with pytest.raises(ValueError):
        unfinished.take(first)
    assert all(next(unfinished.take(number)).pcm == bytes([1]) for number in others)
