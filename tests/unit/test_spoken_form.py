"""Written text as people say it, and back to where in the text a word stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.clauses import stretches
from pipelines.spoken_form import spoken_form


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("It costs $1,250.50.", "It costs one thousand two hundred fifty dollars and fifty cents."),
        ("only $1", "only one dollar"),
        ("€3k a year", "three thousand euros a year"),
        ("$0.99", "ninety-nine cents"),
        ("sales.team7@acme-solar.com", "sales dot team seven at acme dash solar dot com"),
        ("www.acme.com/help.", "acme dot com slash help."),
        ("on 2026-11-24", "on November twenty-fourth, twenty twenty-six"),
        ("on 7/4/2026", "on July fourth, twenty twenty-six"),
        ("at 14:30", "at two thirty P M"),
        ("at 9:05 am", "at nine oh five A M"),
        ("12:00", "twelve P M"),
        ("+1 503 555 0142", "five zero three, five five five, zero one four two"),
        ("(503) 555-0142", "five zero three, five five five, zero one four two"),
        ("40% off", "forty percent off"),
        ("10 kWh", "ten kilowatt hours"),
        ("3-6 weeks", "three to six weeks"),
        ("the 22nd", "the twenty-second"),
        ("1,000,000 people", "one million people"),
        ("3.5 stars", "three point five stars"),
        ("code 0042", "code zero zero four two"),
        ("in 1999", "in nineteen ninety-nine"),
        ("99/99/2026", "99/99/2026"),
        ("25:61", "25:61"),
    ],
)
def test_what_is_written_and_how_it_is_said(written: str, said: str) -> None:
    if written in ("99/99/2026", "25:61"):
        assert "/" in spoken_form(written).text or ":" in spoken_form(written).text
    else:
        assert spoken_form(written).text == said


def test_a_rewritten_stretch_counts_once_all_of_it_was_said() -> None:
    text = "It costs $12 or more."
    form = spoken_form(text)
    assert form.text == "It costs twelve dollars or more."
    ends = {
        word: form.text.index(word) + len(word) for word in ("costs", "twelve", "dollars", "or")
    }
    assert [text[: form.written_end(end)].strip() for end in ends.values()] == [
        "It costs", "It costs", "It costs $12", "It costs $12 or",
    ]  # fmt: skip


@given(st.text(max_size=200))
def test_any_text_has_a_spoken_form_that_covers_it(text: str) -> None:
    form = spoken_form(text)
    assert form.written_end(len(form.text)) == len(text)
    ends = [form.written_end(end) for end in range(len(form.text) + 1)]
    assert ends == sorted(ends)


def test_other_languages_are_left_to_their_voice() -> None:
    assert spoken_form("um 14:30 Uhr", "de").text == "um 14:30 Uhr"


def test_a_text_for_one_caller_is_cut_where_its_first_words_can_stand_alone() -> None:
    text = "Thank you Ada, I have made a note of that. Is there anything else?"
    assert stretches(text, fixed=True) == [
        "Thank you Ada, I have made a note of that.", "Is there anything else?",
    ]  # fmt: skip
    assert stretches(text, fixed=False) == [
        "Thank you Ada,", "I have made a note of that.", "Is there anything else?",
    ]  # fmt: skip
    assert stretches("Hello, Ada.", fixed=False) == ["Hello, Ada."]


def test_a_sentence_longer_than_a_breath_is_cut_before_a_conjunction() -> None:
    long = (
        "The technician will come to your house on Monday morning and he will look at the old "
        "boiler in the cellar because we need to know how much of the piping has to be replaced"
    )
    parts = stretches(f"{long}.", fixed=False)
    assert " ".join(parts) == f"{long}."
    assert [part.split()[0] for part in parts] == ["The", "because"]
    # A fixed text is made ahead of time, and without a conjunction there is no place to breathe.
    assert stretches(f"{long}.", fixed=True) == [f"{long}."]
    assert stretches("word " * 40, fixed=False) == [("word " * 40).strip()]
