"""Phones heard in encoder states, and how the words that are sought are said."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.engine.recognition import coded
from pipelines.engine.recognition.expected import words_sought
from pipelines.engine.recognition.layers import Floats
from pipelines.engine.recognition.phones import PHONES, Phones
from pipelines.engine.recognition.pronounced import SAID


def phones(states: Floats) -> Phones:
    """One layer, that makes of a state its own scores."""
    ones = np.ones(states.shape[1], np.float32)
    return Phones(0 * ones, ones, [[(np.eye(len(ones), dtype=np.float32), 0 * ones)]])


def test_states_in_a_row_that_hold_none_are_one() -> None:
    none, a, b = (np.eye(3, dtype=np.float32)[at] * 20 for at in range(3))
    states = np.array([none, none, a, none, b, none, none, none])
    heard = phones(states).hear(states, samples=320 * len(states))
    assert heard.argmax(axis=1).tolist() == [0, 1, 0, 2, 0]
    assert heard.max(axis=1).sum() == pytest.approx(0, abs=1e-3)


def test_a_phone_that_may_be_none_stays_by_itself() -> None:
    states = np.array([[1.0, 0, 0], [1.0, 0, 0]], dtype=np.float32)
    assert len(phones(states).hear(states, samples=640)) == 2


def test_every_word_that_is_sought_is_said_in_phones_of_the_networks() -> None:
    lines = [line.split() for line in SAID.read_text("ascii").splitlines() if line]
    said = {word: phones for word, *phones in lines if word != ";;"}
    assert said.keys() == words_sought() | coded.SAID.keys()
    assert all(phones and set(phones) <= set(PHONES) for phones in said.values())


def test_a_model_without_networks_has_none() -> None:
    assert Phones.of_model("no such model") is None
