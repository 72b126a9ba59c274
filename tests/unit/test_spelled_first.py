"""What is in doubt is spelled before it is read back, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from flows import CallerSaid
from flows.events import Word
from tests.support.lead_call import Call, a_name, an_email

WILSON = ("David Wheelson", "David wheels on", "David we'll send")
"""A last name that was heard in several ways, none of them one that people have."""


MYTH = (
    "con dot myth at gmail dot com",
    "zon dot mit at gmail dot com",
    "don dot miss at gmail.com",
)


def test_a_first_name_that_was_heard_in_three_ways_is_spelled() -> None:
    call = Call(a_name()).said("Gene Miller", "Jean Miller", "Jane Miller")
    assert "spell your first name" in call.heard
    assert call.said("J-A-N-E.").stored == ("Jane Miller", False)


@pytest.mark.parametrize(
    ("field", "heard", "question", "spelled", "value"),
    [
        (a_name(), WILSON, "spell your last name", "W-I-L-S-O-N.", "David Wilson"),
        (a_name(), WILSON, "spell your last name", "David Wilson, W I L S O N", "David Wilson"),
        (a_name(), ("Jameela", "Gen Mila"), "spell that", "J-A-N-E M-I-L-L-E-R", "Jane Miller"),
        (
            an_email(),
            MYTH,
            "before the at sign",
            "J O H N dot S M I T H",
            "john.smith@gmail.com",
        ),
        (
            an_email(),
            ("info at dreamworld dot org", "info at ringwood dot org", "info at three word.org"),
            "after the at sign",
            "G R E E N W O O D dot org",
            "info@greenwood.org",
        ),
        # Letters that sound alike, in a word that was heard before.
        (
            an_email(),
            ("info at greenwood dot org", "info at ringwood dot org", "info at three word.org"),
            "after the at sign",
            "T R E E N W O T dot org",
            "info@greenwood.org",
        ),
        # The first letter is lost easily; a word that was clear before stays.
        (
            an_email(),
            ("robert dot wheelso at gmail dot com", "robert dot wills at gmail.com", "Robert at."),
            "before the at sign",
            "O B E R D dot W I L S O N",
            "robert.wilson@gmail.com",
        ),
        # The second of two equal letters, where the word was heard before.
        (
            an_email(),
            ("info at greenworld dot org", "info at greenwood dot org", "info at three word.org"),
            "after the at sign",
            "G R E N W O O D dot org",
            "info@greenwood.org",
        ),
        (
            an_email(),
            ("info at dreamworld dot org", "info at ringwood dot org", "info at three word.org"),
            "after the at sign",
            "Greenwood. G-R-E-E-N-W-O-O-D.",
            "info@greenwood.org",
        ),
    ],
)
def test_what_is_in_doubt_is_spelled_before_it_is_read_back(
    field: dict[str, Any], heard: tuple[str, ...], question: str, spelled: str, value: str
) -> None:
    call = Call(field).said(*heard)
    assert question in call.heard and not call.captured
    assert call.said(spelled).stored == (value, False)
    assert heard[0] in call.captured[-1].raw and spelled in call.captured[-1].raw
    assert call.said("yes").stored == (value, True)


@pytest.mark.parametrize(
    ("field", "heard"),
    [
        (a_name(), ("Jane Miller", "Jean Mila", "Chain Miller")),
        (a_name(), ("Priya Patel",)),
        (a_name(), ("Kowalski, K O W A L S K I", "Kowalski")),
        (an_email(), ("john dot smith at gmail dot com", "jon dot myth at gmail dot com")),
        (a_name(confirm="implicit"), WILSON),
        # A domain that all readings agree on.
        (an_email(), ("anna at bright side dot com", "anna at brightside.com")),
        # Readings that were broken off.
        (an_email(), ("info at greenwood dot org", "info at", "info at green", "in")),
    ],
)
def test_nobody_spells_what_is_clear(field: dict[str, Any], heard: tuple[str, ...]) -> None:
    assert "spell" not in Call(field).said(*heard).heard


def test_a_word_that_was_hardly_recognised_is_spelled() -> None:
    unsure = CallerSaid(
        text="David Wheelson",
        words=(Word(text="David", confidence=0.9), Word(text="Wheelson", confidence=0.3)),
    )
    assert "spell your last name" in Call(a_name())._take(unsure).heard


@pytest.mark.parametrize("spelled", ["J O N dot S M Y T H", "J O N dot S M Y T H at gmail dot com"])
def test_a_spelling_that_is_another_name_is_kept(spelled: str) -> None:
    heard = ("john dot smith tree at gmail dot com", "john dot smiths at gmail.com", "john smith")
    call = Call(an_email()).said(*heard)
    assert "spell" in call.heard
    assert call.said(spelled).stored == ("jon.smyth@gmail.com", False)


@pytest.mark.parametrize("said", ["never mind", "it's just how it sounds", "what do you mean"])
def test_what_is_no_spelling_is_no_address(said: str) -> None:
    call = Call(an_email()).said(*MYTH).said(said)
    assert [item.value for item in call.captured] in ([], ["con.myth@gmail.com"])


@pytest.mark.parametrize(
    "said",
    [
        "It's green wood, like the color, G R E E N W O O D",
        "G as in golf, R, double E, N, W, double O, D",
        "greenwood dot org, G-R-E-E-N-W-O-O-D dot org",
    ],
)
def test_a_domain_is_spelled_in_many_ways(said: str) -> None:
    heard = ("info at dreamworld dot org", "info at ringwood dot org", "info at three word.org")
    assert Call(an_email()).said(*heard).said(said).stored == ("info@greenwood.org", False)


@pytest.mark.parametrize(
    "said",
    ["W-I-L-S-O-N, Wilson", "It's Wilson.", "double u, i, l, s, o, n", "Wilson, like the ball"],
)
def test_a_last_name_is_spelled_in_many_ways(said: str) -> None:
    assert Call(a_name()).said(*WILSON).said(said).stored == ("David Wilson", False)


def test_small_words_in_an_address_are_spelled() -> None:
    call = Call(an_email()).said("or dot bennett at gmail dot com", "or dot bennett at gmail.com")
    assert "before the at sign" in call.heard
    assert "spell" not in Call(an_email()).said("me at john dot dev").heard


def test_who_does_not_spell_hears_what_was_heard() -> None:
    call = Call(a_name()).said(*WILSON).said("it's just how it sounds")
    assert call.stored == ("David Wheelson", False) and "Is that right?" in call.heard


def test_letters_that_were_neither_heard_nor_spelled_are_asked_about() -> None:
    call = Call(an_email()).said(*MYTH).said("K O H N dot S M I D H")
    assert "Did you say J, O, H, N" in call.heard and not call.captured
    assert call.said("yes").stored == ("john.smith@gmail.com", False)


@pytest.mark.parametrize("said", ["No.", "I'd rather not"])
def test_who_will_not_spell_hears_what_was_heard(said: str) -> None:
    assert Call(a_name()).said(*WILSON).said(said).stored == ("David Wheelson", False)


def test_a_name_that_every_reading_ends_on_is_taken_without_what_leads_in() -> None:
    heard = ("Please see Robert Johnson", "Peacey Robert Johnson", "Mrs Robert Johnson")
    assert Call(a_name()).said(*heard).stored == ("Robert Johnson", False)


def test_where_the_at_was_lost_an_uncommon_name_is_spelled() -> None:
    call = Call(an_email()).said("robert underscore wheels and an outlook dot com").said("yes")
    assert "before the at sign" in call.heard and not call.captured
    assert call.said("R O B E R T underscore W I L S O N").stored == (
        "robert_wilson@outlook.com",
        False,
    )
