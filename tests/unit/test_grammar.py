"""The likeliest way through a grammar, as a made-up decoder hears it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipelines.engine.grammar import Grammar, Log, Tokens

END, JOHN, JON, A, SMITH, SMYTHE, HELLO = range(7)
ROWS = {token: token for token in range(7)}
NAMES = Grammar(
    {
        Grammar.START: [((HELLO,), "name", 0.0), ((JOHN,), "last", 0.0), ((JON, A), "last", -2.0)],
        "name": [((JOHN,), "last", 0.0), ((JON, A), "last", -2.0)],
        "last": [((SMITH,), "whole", 0.0), ((SMYTHE,), "whole", 0.0)],
    },
    ["last", "whole"],
)


class Heard:
    """Log probability of each token by its place, whatever was before."""

    def __init__(self, *likely: dict[int, float], otherwise: float = -9.0) -> None:
        self._likely, self._otherwise, self._said = likely, otherwise, 0
        self.steps = 0

    def __call__(self, tokens: Sequence[Sequence[int]], after: Sequence[int]) -> Log:
        found = np.full((len(tokens), len(ROWS)), self._otherwise, dtype=np.float32)
        if self._said < len(self._likely):
            for token, log in self._likely[self._said].items():
                found[:, token] = log
        self._said += 1
        self.steps += 1
        return found


def likeliest(*likely: dict[int, float], least: float = -9.0) -> list[Tokens]:
    return [said for said, _ in NAMES.likeliest(Heard(*likely), [HELLO], END, ROWS, least)]


def test_only_what_the_grammar_holds_is_found() -> None:
    # "Hello Smith" is likelier, and in no phrase.
    said = likeliest(
        {HELLO: -0.1}, {SMITH: -0.1, JOHN: -2.0}, {END: -3.0, SMITH: -1.0}, {END: -0.1}
    )
    assert said[0] == (HELLO, JOHN, SMITH)
    assert all(JOHN in one or JON in one for one in said)


def test_the_mean_of_its_tokens_and_of_the_end_is_how_likely_it_is() -> None:
    heard = Heard({JOHN: -0.5}, {SMITH: -1.0, END: -4.0}, {END: -0.3})
    (said, log), *_ = NAMES.likeliest(heard, [HELLO], END, ROWS, -9.0)
    assert said == (JOHN, SMITH)
    assert log == pytest.approx(-0.6)


def test_a_phrase_ends_only_with_its_last_token() -> None:
    said = likeliest({JON: -0.1}, {END: -0.1, SMITH: -0.1, A: -0.5}, {SMITH: -0.1}, {END: -0.1})
    assert said[0] == (JON, A, SMITH)


@pytest.mark.parametrize(("heard", "said"), [(-1.0, (JOHN,)), (-4.0, (JON, A))])
def test_an_unusual_name_has_to_be_heard_more_clearly(heard: float, said: Tokens) -> None:
    assert likeliest({JOHN: heard, JON: 0.0}, {A: -0.1, END: -0.5}, {END: -0.5})[0] == said


def test_what_is_hopeless_is_not_sought_on() -> None:
    # Nothing ends, nothing is likely: no name was said.
    again = Grammar({Grammar.START: [((JOHN,), Grammar.START, 0.0)]}, ["nowhere"])
    heard = Heard()
    assert again.likeliest(heard, [HELLO], END, ROWS, -2.0) == []
    assert heard.steps < 8
