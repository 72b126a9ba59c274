"""A name beside a way to write it that is denied: what is denied is no part of it."""

from __future__ import annotations

import pytest

from flows.spoken.names.people import parse_name
from tests.support.lead_call import Call, a_name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Sara Jones, S A R A, not Sarah", "Sara Jones"),
        ("Jon Miller, J O N, not John", "Jon Miller"),
        ("Jon, not J O H N but J O N, Miller", "Jon Miller"),
        ("John, not J O N, J O H N Miller", "John Miller"),
        ("Not Stephen with p h, Steven S T E V E N Jones", "Steven Jones"),
        ("it's not Stephen with a P H, it's S T E V E N", "Steven"),
        ("Jane Smith, not the usual spelling, S M Y T H E", "Jane Smythe"),
        ("Catherine with a K, not with a C, Jones, K A T H E R I N E", "Katherine Jones"),
        ("Smith with a y, not an i", "Smyth"),
        ("Shaun Miller, not S H A W N", "Shaun Miller"),
        # Nothing would be left of it, or nothing like it.
        ("not Jane Smith", None),
        ("I'd rather not say", None),
        ("not telling you, it's private", None),
    ],
)
def test_what_is_denied_is_no_part_of_the_name(said: str, name: str | None) -> None:
    assert parse_name(said) == name


@pytest.mark.parametrize("said", ["no, M O E", "No, Moe with an e.", "Moe."])
def test_a_part_said_as_it_was_read_is_not_the_whole_name(said: str) -> None:
    call = Call(a_name()).said("Ida Moe").said(said)
    assert "I have Ida Moe: I," in call.heard
    assert call.said("yes").stored == ("Ida Moe", True)


def test_who_wants_the_one_name_alone_says_so() -> None:
    assert Call(a_name()).said("Ida Moe").said("No, just Ida.").stored == ("Ida", False)


def test_the_same_part_with_a_no_again_is_asked_for_letter_by_letter() -> None:
    call = Call(a_name()).said("Ida Moe").said("no, Moe").said("no, Moe")
    assert "spell" in call.heard or "check" in call.heard
