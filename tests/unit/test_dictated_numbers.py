"""A number inside a lead field: in pieces, with digits lost, on keys."""

from __future__ import annotations

import pytest

from flows import CallerSaid
from flows.events import CallerSilent, Word
from tests.support.lead_call import Call, a_phone


def test_a_number_comes_in_pieces() -> None:
    call = Call(a_phone()).said("five five five").said("one two three").said("four five six seven")
    assert call.stored == ("+15551234567", False)


@pytest.mark.parametrize(
    ("region", "keyed", "number", "ended"),
    [
        ("US", "4155550134", "+14155550134", False),
        ("GB", "02079460958", "+442079460958", False),
        ("DE", "03012345678", "+493012345678", True),
        ("AT", "0131234567890", "+43131234567890", True),
    ],
)
def test_a_keyed_number_is_taken_whole(region: str, keyed: str, number: str, ended: bool) -> None:
    call = Call(a_phone(), region=region).keyed(keyed)
    assert bool(call.captured) is not ended
    if ended:
        resting = Call(a_phone(), region=region).keyed(keyed)._take(CallerSilent())
        assert resting.stored == (number, False)
        call.keyed("#")
    assert call.stored == (number, False)


def test_a_hash_after_a_whole_number_lets_the_question_about_it_be_heard() -> None:
    call = Call(a_phone(), region="US").keyed("4155550134")
    question = call.heard
    assert "zero one three four" in question and call.keyed("#").heard == question
    assert call.keyed("1").stored == ("+14155550134", True)


@pytest.mark.parametrize(
    ("begun", "correction", "rest", "number"),
    [
        ("503 555 9", "sorry, zero", "one four two", "+15035550142"),
        ("503 555 901", "no, the last three are zero zero one", "4", "+15035550014"),
        ("803 555 0", "not eight oh three, five oh three", "142", "+15035550142"),
        ("503 555 0", "no, the first three are nine seven one", "142", "+19715550142"),
        ("503 555", "wait, five oh four", "555 0142", "+15045550142"),
        ("503 555", "wait, five oh three", "five five six 0142", "+15035560142"),
    ],
)
def test_half_a_number_can_be_corrected(
    begun: str, correction: str, rest: str, number: str
) -> None:
    call = Call(a_phone()).said(begun).said(correction).said(rest)
    assert call.stored == (number, False)


def test_half_a_number_with_nothing_more_to_come_is_asked_for_again() -> None:
    call = Call({"field": "phone", "ask": "Your number?", "reprompts": ["All of it, please?"]})
    call.said("five oh three five five five").said("yes, that's it")
    assert "All of it, please?" in call.heard
    call.said("five oh three five five five oh one four two")
    assert call.stored[0] == "+15035550142"


def test_the_first_digits_of_a_number_said_again_are_its_beginning_and_no_correction() -> None:
    call = Call(a_phone()).said("503 555 0142").said("no")
    call.said("503").said("555 0143")
    assert call.stored[0] == "+15035550143"


def test_a_number_misheard_on_a_telephone_may_be_keyed_at_once() -> None:
    call = Call(a_phone(), channels=("keypad",)).said("503 555 0142").said("no")
    assert "keypad" in call.heard
    call.keyed("5035550143")
    assert call.stored == ("+15035550143", False)


def test_a_number_that_lost_a_digit_is_asked_for_as_a_whole() -> None:
    call = Call(a_phone(), channels=("keypad",)).said("212 555 187")
    assert "missed a digit" in call.heard and "keypad" in call.heard
    assert call.said("two one two, five five five, zero one eight seven").stored == (
        "+12125550187",
        False,
    )


def test_keys_after_digits_that_were_said_begin_anew() -> None:
    call = Call(a_phone(), channels=("keypad",)).said("212 555 187").keyed("2125550187")
    assert call.stored == ("+12125550187", False)


@pytest.mark.parametrize(
    "turns",
    [
        ("oh one eight seven",),
        ("the last four are zero one eight seven",),
        ("2 1 2", "5 5 5", "0 1 8 7"),
        ("212 555 0187",),
    ],
)
def test_after_a_lost_digit_the_group_or_the_whole_is_said_again(turns: tuple[str, ...]) -> None:
    call = Call(a_phone()).said("212 555 187")
    for said in turns:
        call.said(said)
    assert call.stored == ("+12125550187", False)


def test_the_digit_that_came_late_is_added() -> None:
    call = Call(a_phone(), channels=("keypad",)).said("212 555 018").said("seven")
    assert call.stored == ("+12125550187", False)


def _number(*words: tuple[str, float]) -> CallerSaid:
    """Digits as they were heard, each with the recogniser's confidence."""
    return CallerSaid(
        text=" ".join(text for text, _ in words),
        words=tuple(Word(text=text, confidence=sure) for text, sure in words),
    )


def test_a_four_that_may_have_been_an_oh_is_asked_about() -> None:
    oh = _number(("212", 0.9), ("555", 0.9), ("4", 0.2), ("1", 0.9), ("87", 0.9))
    call = Call(a_phone())._take(oh)
    assert "what were the last four digits" in call.heard and not call.captured
    assert call.said("zero one eight seven").stored == ("+12125550187", False)
    again = Call(a_phone())._take(oh).said("2 1 2, 5 5 5, 0 1 8 7")
    assert again.stored == ("+12125550187", False)


def test_a_four_in_the_middle_has_the_whole_number_said_again() -> None:
    oh = _number(("2", 0.9), ("4", 0.2), ("2", 0.9), ("5550187", 0.9))
    assert "digit by digit" in Call(a_phone())._take(oh).heard


def test_digits_in_a_row_are_counted_by_another_reading() -> None:
    readings = ("4 1 5 5 5 5 5 0 1 3 2", "4 1 5 5 5 5 5 0 1 3", "415 555 0 1 3 2")
    assert Call(a_phone()).said(*readings).stored == ("+14155550132", False)


def test_a_digit_that_only_a_second_reading_has_is_asked_about() -> None:
    call = Call(a_phone()).said("617 555 199", "617 555 5199")
    assert "last four digits" in call.heard
    assert call.said("zero one nine nine").stored == ("+16175550199", False)
    assert "digit by digit" in Call(a_phone()).said("17 555 0199", "67 755 50199").heard


def test_a_four_that_another_reading_has_as_an_oh_is_asked_about() -> None:
    call = Call(a_phone()).said("617 555 4199", "617 555 0199")
    assert "last four digits" in call.heard
    assert call.said("zero one nine nine").stored == ("+16175550199", False)
    assert "digit by digit" in Call(a_phone()).said("304 555 4199", "300 555 4199").heard
    assert Call(a_phone()).said("617 555 4199", "617 555 4188").stored == (
        "+16175554199",
        False,
    )


@pytest.mark.parametrize("sure", [(0.9, 0.9), (0.2, 0.9)])
def test_a_four_at_the_beginning_or_a_certain_one_is_read_back(sure: tuple[float, float]) -> None:
    call = Call(a_phone())._take(
        _number(("4", sure[0]), ("15", 0.9), ("5550", 0.9), ("4", sure[1]), ("32", 0.9))
    )
    assert call.stored == ("+14155550432", False)


def test_what_was_doubled_is_no_lost_digit() -> None:
    # Heard digit by digit, "double" is no digit.
    call = Call(a_phone()).said("6-1-7-5-5-5-0-1", "6 1 7 5 5 5 0 1 double 9")
    assert call.stored == ("+16175550199", False)
    call = Call(a_phone()).said("6-1-7-5-5-5-0-1-9", "6 1 7 5 5 5 0 1 double 9")
    assert call.stored == ("+16175550199", False)


def test_fewer_digits_than_were_asked_for_are_no_group_elsewhere() -> None:
    call = Call(a_phone()).said("6 1 7 5 5 5 0 1 9", "6 1 7 5 5 5 0 1 9 9")
    assert "last four digits" in call.heard
    assert call.said("0-1-9").stored == ("+16175550199", False)
