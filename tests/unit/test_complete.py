"""Whether the words so far are a whole answer, as the turn policy asks."""

from __future__ import annotations

import pytest

from flows.actions import Expectation
from flows.spoken.complete import Completeness, completeness

COMPLETE, OPEN, PART, UNFINISHED = (
    Completeness.COMPLETE,
    Completeness.OPEN,
    Completeness.PART,
    Completeness.UNFINISHED,
)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("john dot smith at gmail dot com", COMPLETE),
        ("it's john.smith@gmail.com.", COMPLETE),
        ("J-O-H-N at example dot org", COMPLETE),
        ("john at example dot co dot uk", COMPLETE),
        ("john at example dot co", OPEN),
        ("john dot", UNFINISHED),
        ("john", UNFINISHED),
        ("j o h n", UNFINISHED),
        ("john dot smith at", UNFINISHED),
        ("john at gmail", UNFINISHED),
        ("john at gmail dot", UNFINISHED),
        ("my email is", UNFINISHED),
        ("I'd rather not", COMPLETE),
        ("I don't have one", COMPLETE),
        ("what do you need that for?", OPEN),
        ("", OPEN),
    ],
)
def test_addresses(said: str, expected: Completeness) -> None:
    assert completeness(Expectation.EMAIL, said, "US") is expected


@pytest.mark.parametrize(
    ("said", "region", "expected"),
    [
        ("five five five one two three four five six seven", "US", COMPLETE),
        ("1-415-555-0132", "US", COMPLETE),
        ("my number is", "US", UNFINISHED),
        ("five five five", "US", UNFINISHED),
        ("555-1234", "US", UNFINISHED),
        ("415 555 01 double", "US", UNFINISHED),
        ("oh two oh seven nine four six oh nine five eight", "GB", COMPLETE),
        ("oh two oh seven", "GB", UNFINISHED),
        ("oh eight hundred one one one one", "GB", OPEN),
        ("plus four four two oh seven nine four six oh nine five eight", "US", COMPLETE),
        ("030 123456", "DE", OPEN),
        ("can you call me back?", "US", OPEN),
        ("no thanks", "US", COMPLETE),
    ],
)
def test_phone_numbers(said: str, region: str, expected: Completeness) -> None:
    assert completeness(Expectation.PHONE, said, region) is expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("yes", COMPLETE),
        ("Yeah, no, that's right.", COMPLETE),
        ("nope", COMPLETE),
        ("no it's", UNFINISHED),
        ("no, my", UNFINISHED),
        ("yes but", UNFINISHED),
        ("well", OPEN),
    ],
)
def test_yes_and_no(said: str, expected: Completeness) -> None:
    assert completeness(Expectation.YES_NO, said, "US") is expected


@pytest.mark.parametrize(
    ("expect", "said", "expected"),
    [
        (Expectation.NAME, "my name is", UNFINISHED),
        (Expectation.NAME, "John Smith", OPEN),
        (Expectation.NAME, "Smith, S M I", UNFINISHED),
        (Expectation.NAME, "Smith, S M I T H", COMPLETE),
        (Expectation.NAME, "Smith, S M Y T", OPEN),
        (Expectation.DATE, "next Tuesday", COMPLETE),
        (Expectation.DATE, "May third nineteen ninety", COMPLETE),
        (Expectation.DATE, "the third of May", OPEN),
        (Expectation.DATE, "the third of", UNFINISHED),
        (Expectation.DATE, "soon", OPEN),
        (Expectation.OPEN, "I want to know about the", UNFINISHED),
        (Expectation.OPEN, "I'm calling because", UNFINISHED),
        (Expectation.OPEN, "we have a van and", UNFINISHED),
        (Expectation.OPEN, "I was thinking, um", UNFINISHED),
        (Expectation.OPEN, "Hi, can I please have", UNFINISHED),
        (Expectation.OPEN, "okay, I need", UNFINISHED),
        (Expectation.OPEN, "please make me", UNFINISHED),
        (Expectation.OPEN, "Tell me what I need", OPEN),
        (Expectation.OPEN, "yes I have", OPEN),
        (Expectation.OPEN, "Do you work on Saturdays?", OPEN),
        (Expectation.OPEN, "I'd like a quote for my kitchen.", OPEN),
        (Expectation.OPEN, "I think so", OPEN),
        (Expectation.OPEN, "Stop.", COMPLETE),
        (Expectation.OPEN, "Yes.", COMPLETE),
        (Expectation.OPEN, "9-2-6", UNFINISHED),
        (Expectation.OPEN, "Tuesday.", OPEN),
        (Expectation.OPEN, "five oh three", UNFINISHED),
        (Expectation.OPEN, "503 555", PART),
        (Expectation.OPEN, "5, 0, 3, 5, 5, 5, 0, 1,", PART),
        (Expectation.OPEN, "503 555 0142", COMPLETE),
        (Expectation.OPEN, "one five two one three", OPEN),
        (Expectation.OPEN, "about three hundred", OPEN),
        (Expectation.DIGITS, "five oh three", UNFINISHED),
        (Expectation.DIGITS, "four four one two", OPEN),
        (Expectation.LETTERS, "K I A", OPEN),
        (Expectation.LETTERS, "S M I", OPEN),
    ],
)
def test_other_answers(expect: Expectation, said: str, expected: Completeness) -> None:
    assert completeness(expect, said, "US") is expected
