"""The few phrases that a question invites, and what was heard instead of one."""

from __future__ import annotations

import pytest

from pipelines.engine.recognition.invited import MOST_PHRASES, phrase_heard

NUMBERS = ("one", "two", "five", "more than six")


def heard(text: str, likely: dict[str, float], phrases: tuple[str, ...] = NUMBERS) -> str | None:
    return phrase_heard(text, phrases, 1.5, 1.0, lambda one: [likely.get(one, -9.0)])


@pytest.mark.parametrize(
    ("text", "likely", "phrase"),
    [
        ("Bye.", {"Bye.": -1.0, "Five.": -1.6, "One.": -4.0}, "Five."),
        ("Juan.", {"Juan.": -2.2, "One.": -1.6}, "One."),
        ("More than sick", {"More than sick": -0.8, "More than six.": -0.9}, "More than six."),
        # Far likelier as it stands.
        ("Bye.", {"Bye.": -0.2, "Five.": -3.0}, None),
        # It is one of them already.
        ("Five, please.", {"Five, please.": -3.0, "One.": -0.1}, None),
        ("more than six!", {"more than six!": -3.0, "Two.": -0.1}, None),
        # A number of its own.
        ("15.", {"15.": -1.0, "Five.": -0.9}, None),
        # More than a choice.
        ("I will have to ask my wife", {"Five.": -0.1}, None),
    ],
)
def test_a_phrase_nearly_as_likely_as_what_was_heard_was_said(
    text: str, likely: dict[str, float], phrase: str | None
) -> None:
    assert heard(text, likely) == phrase


def test_a_long_phrase_is_not_said_by_its_likely_end() -> None:
    likely = {"Swans.": [-1.5, -0.5], "Bring it in.": [-7.0, -0.5, -0.5, -0.5]}
    assert phrase_heard("Swans.", ("bring it in",), 1.5, 1.0, likely.__getitem__) is None
    likely["Bring it in."] = [-4.0, -0.5, -0.5, -0.5]
    assert phrase_heard("Swans.", ("bring it in",), 1.5, 1.0, likely.__getitem__) == "Bring it in."


def test_what_takes_far_longer_to_say_is_no_phrase() -> None:
    likely = {"Sarah.willsonhegmail.com": [-2.0], "That's all.": [-1.5], "Call me back.": [-3.4]}
    phrases = ("that's all", "call me back")
    for seconds, found in (
        (1.0, "That's all."),
        (2.1, "That's all."),
        (2.3, "Call me back."),
        (2.9, None),
    ):
        text = "Sarah.willsonhegmail.com"
        assert phrase_heard(text, phrases, 1.5, seconds, likely.__getitem__) == found


def test_part_of_a_word_is_no_phrase() -> None:
    assert heard("None.", {"None.": -2.0, "One.": -1.0}) == "One."


def test_long_phrases_and_too_many_are_left_alone() -> None:
    asked: list[str] = []

    def likelihood(text: str) -> list[float]:
        asked.append(text)
        return [-5.0]

    phrases = ("this molar is driving me mad", *(f"number {at}" for at in range(99)))
    assert phrase_heard("Hm.", phrases, 1.5, 1.0, likelihood) is not None
    assert "This molar is driving me mad." not in asked
    assert len(set(asked)) <= MOST_PHRASES + 1
    assert heard("Hm.", {}, phrases=()) is None
