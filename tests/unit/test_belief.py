"""What of a decoder's text is believed: loops, hints, dictated letters and digits."""

from __future__ import annotations

import numpy as np
import pytest

from flows.spoken.fields import Reading, best_reading
from pipelines.engine.recognition.belief import (
    is_answer,
    is_doubled,
    is_invented,
    is_misheard_answer,
    once,
    sounds_alike,
    used,
)
from pipelines.engine.recognition.dictation import (
    ALPHABETS,
    agree,
    confidences,
    has_long_row,
    is_alike_but_rows,
    is_code,
    is_dictated,
    is_fuller,
    is_narrow_band,
    is_spelled,
    length_but_rows,
    loses_digits,
    may_run_on,
    runs_on,
    symbols,
)
from pipelines.engine.recognition.ending import POOLS, Ending, features
from pipelines.engine.recognition.forms import FORMS, copied, lead_in
from pipelines.engine.recognition.letters import Heard


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("8 8 4 3 6 4 8 8 4 3 6 4 8 8 4 3 6 4 8 8", 4.0),
        ("5, 2, 9, 8, 1, 5, 9, 8, 7, 6, 7, 6, 7, 6, 7, 6, 7, 6", 6.5),
        ("4 6 4 6 5 6 9 1 5 4 6 5 6 9 1 5 4", 6.6),
        ("-- -- -- -- --", 3.0),
        ("1 2 3 4 5 6 7 8 9 0 1 3", 0.5),
    ],
)
def test_a_dictation_that_runs_on_is_seen(text: str, seconds: float) -> None:
    assert runs_on(text, seconds)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5 5 5 5 1 2 1 2", 4.0),
        ("M-I-S-S-I-S-S-I-P-P-I", 4.0),
        ("3, 3, 0, 7, 3, 8, 4, 8, 1, 1.", 7.0),
        ("7", 0.6),
    ],
)
def test_what_people_dictate_is_left_alone(text: str, seconds: float) -> None:
    assert not runs_on(text, seconds)


@pytest.mark.parametrize(
    ("fuller", "other"),
    [
        ("M-C-K-E-E-S-R-O-C-K-S.", "M-C-K-E-S, R-O-C-K-S."),
        ("P-O-W-E-L-L", "P-O-W-E-L"),
        ("3 9 8 5 9 3 1 2 0 9", "9 8 5 9 3 1 2 0 9"),
        ("3, 3, 0, 7, 3, 8, 4, 8, 1, 1", "3 3 0 7 3 8 4 8 1 1 1"),
        ("8-8-4-3-6-4-8.", "8, 8, 4, 3, 6, 4, 8. 8, 8, 4, 3"),
        ("7 1 3 1", "7 1 3"),
    ],
)
def test_of_two_dictations_the_longer_holds_more_unless_it_repeats(fuller: str, other: str) -> None:
    for on_doubt in (True, False):
        assert is_fuller(fuller, other, on_doubt=on_doubt)
        assert not is_fuller(other, fuller, on_doubt=on_doubt)


def test_dictations_of_one_length_are_left_to_the_caller() -> None:
    assert is_fuller("P-A-T", "B-A-T", on_doubt=True)
    assert not is_fuller("P-A-T", "B-A-T", on_doubt=False)


def test_zeros_of_tens_and_hundreds_come_back_from_free_text() -> None:
    assert loses_digits("2 4", -0.2, "240.", -0.6)
    assert loses_digits("8, 5, 5", -0.2, "800-55", -0.6)
    assert not loses_digits("2 4 0", -0.2, "24", -0.6)
    assert not loses_digits("2 4", -0.2, "two forty", -0.6)
    assert not loses_digits("2 4", -0.2, "250", -0.6)
    assert not loses_digits("", -0.2, "100", -0.6)
    assert loses_digits("1 1", -0.41, "110", -2.3)
    assert not loses_digits("1 0 0 2 8", -0.23, "$100 028", -1.83)


def test_teens_and_tens_that_fit_no_single_digits_come_back_from_free_text() -> None:
    assert loses_digits("5, 6, 6, 9", -0.4, "516-69", -0.6)
    assert loses_digits("3-8-8-6-1", -0.39, "328-61", -0.6)
    assert not loses_digits("5, 6, 6, 9", -0.2, "516-69", -0.6)
    assert loses_digits("4,3,3,3,3.", -0.49, "4323", -0.6)
    assert not loses_digits("2 5 2 2 0 2 9", -0.4, "252229", -0.6, sure=True)
    assert not loses_digits("8 2 6 8", -0.4, "826 street", -0.6)


def test_four_of_a_symbol_in_a_row_are_a_long_row() -> None:
    assert has_long_row("5, 5, 5, 5, 0, 1")
    assert not has_long_row("5 5 5 0 1 9 9")
    assert not has_long_row("")


def test_only_the_length_of_rows_may_differ() -> None:
    assert is_alike_but_rows("422220", "42220")
    assert not is_alike_but_rows("422220", "42225")


def test_a_longer_row_is_not_more_of_a_code() -> None:
    assert length_but_rows("44447") == length_but_rows("4447") == 3
    assert length_but_rows("8001688669") > length_but_rows("800168869")


def test_what_goes_on_with_what_was_said_is_not_fuller() -> None:
    assert is_fuller("4 4 4 7", "4, 4, 4, 7, 4, 4, 4, 7, 7, 7", on_doubt=False)
    assert is_fuller("2 1 2 5 5 5 0 1 8 7", "2 1 2 5 5 5", on_doubt=False)


def test_what_goes_round_is_no_dictation_wherever_it_was_cut() -> None:
    assert runs_on("5 6 3 1 5 6 3 1 5 6 3 1 5 5", 4.0)
    assert not runs_on("1 2 3 1 2 3 4", 4.0)


def test_digits_likelier_than_free_text_may_be_less_sure() -> None:
    assert is_dictated("1 9 oh oh 8", -0.6, "1 9 108", -1.6)
    assert not is_dictated("1 9 oh oh 8", -0.6, "1 9 108", -0.3)
    assert not is_dictated("4.", -0.7, "Enter.", -0.9)


def test_letters_have_to_be_surer_where_free_text_has_digits() -> None:
    assert is_spelled("T-A-V-I-T", -0.34, "TAVID", -1.2)
    assert not is_spelled("R-B-U-J-M-K-N-N", -0.34, "about UJ MK9", -0.9)
    assert not is_spelled("I, I", -0.2, "I'd like to talk to a person.", -0.05)
    assert is_spelled("I-B-M", -0.6, "IBM", -0.1)
    assert is_spelled("A-M-Y", -0.48, "A and Y.", -0.69)
    assert not is_spelled("A-M-Y", -0.48, "A and Y.", -0.5)


def test_a_row_of_one_digit_at_the_end_is_heard_again() -> None:
    assert may_run_on("5, 2, 5, 5, 5")
    assert not may_run_on("5 5 5 2")
    assert not may_run_on("5 5")


def test_decodes_agree_by_symbols_and_on_more_than_one() -> None:
    assert agree("i-v-a-n.", "IVAN")
    assert not agree("i-v-a-n.", "Yvonne")
    assert not agree("A", "a")
    assert not agree("...", "")


def test_digits_with_a_double_in_words_go_before_digits_alone() -> None:
    alone, doubled = (Reading("512", True), "5 1 2"), (Reading("5512", True), "Double 5, 1, 2.")
    assert best_reading("digits", [alone, doubled]) == doubled
    assert best_reading("digits", [alone]) == alone


def test_a_telephone_is_known_by_what_it_does_not_pass() -> None:
    random = np.random.default_rng(1)
    wide = random.normal(0, 0.1, 16_000).astype(np.float32)
    spectrum = np.fft.rfft(wide)
    spectrum[np.fft.rfftfreq(len(wide), 1 / 16_000) > 3_900] = 0
    narrow = np.fft.irfft(spectrum, len(wide)).astype(np.float32)
    quantised = (np.round(narrow * 32767) / 32768).astype(np.float32)
    assert not is_narrow_band(wide, 16_000)
    assert is_narrow_band(narrow, 16_000)
    assert is_narrow_band(quantised, 16_000)


def test_only_single_symbols_and_separators_can_be_dictated() -> None:
    assert [bool(ALPHABETS["letters"].fullmatch(t)) for t in (" W", "-I", ",", "Will", "7")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert [bool(ALPHABETS["digits"].fullmatch(t)) for t in (" 7", "-", "77", "O")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert [bool(ALPHABETS["characters"].fullmatch(t)) for t in (" W", "98", "double", "Will")] == [
        True, True, True, False,
    ]  # fmt: skip
    assert symbols("W-I-L, l.") == "WILL"
    assert symbols("P Q 5 98") == "PQ598"


def test_a_code_is_believed_where_it_is_about_as_likely_as_free_text() -> None:
    assert is_code("W-C-V-Y-H 7744", -0.57, "Wcvih7744", -0.86)  # likelier
    assert is_code("H-P-G-L 77", -0.34, "HPGL 77", -0.96)
    assert not is_code("I H A 2 D O G S", -0.8, "I have 2 dogs.", -0.3)
    assert not is_code("B-2-T-R", -0.7, "Tuesday at two.", -0.9)


def test_a_hint_is_believed_where_something_like_it_was_heard() -> None:
    hints = ("Kowalczyk", "Enphase")
    assert used(hints, "Do you install enphase?") == ["Enphase"]
    assert sounds_alike("Kowalczyk", "my name is co wall check")
    assert not sounds_alike("Kowalczyk", "thank you very much")
    assert not sounds_alike("Enphase", "")


@pytest.mark.parametrize(
    ("text", "no_speech", "log_probability"),
    [
        ("I'm so sorry.", 0.95, -0.6),  # no speech is seen
        ("So we got the twins", 0.6, -1.9),  # a guess at what is hardly speech
        ("F!", 0.38, -2.45),
        ("Hey.", 0.3, -3.0),  # the wildest guess
        ("Thank you.", 0.64, -1.15),  # what texts have where nobody speaks
        ("Hey, hey, hey, hey, hey, hey, hey, hey", 0.67, -0.1),  # a siren
        ("B-B-B-B-B-B-B", 0.67, -0.83),  # a dog
        (". . . . . . . .", 0.4, -0.1),
        ("", 0.1, 0.0),
    ],
)
def test_words_are_invented_where_no_speech_is(
    text: str, no_speech: float, log_probability: float
) -> None:
    assert is_invented(text, no_speech, log_probability)


@pytest.mark.parametrize(
    ("text", "no_speech", "log_probability"),
    [
        ("No.", 0.3, -1.9),  # alone
        ("repeat", 0.12, -2.8),
        ("110", 0.35, -2.3),
        ("S-N-O-W", 0.79, -0.5),  # over a telephone
        ("K-O-W-A-L-S-K-I", 0.85, -0.2),
        ("Thank you.", 0.3, -0.64),
        ("7 2 2 2 2 7 9", 0.46, -0.18),
        ("No, no, no, no, no, no, no.", 0.2, -0.4),
    ],
)
def test_what_sounds_like_speech_or_is_sure_is_believed(
    text: str, no_speech: float, log_probability: float
) -> None:
    assert not is_invented(text, no_speech, log_probability)


def test_an_answer_is_known_in_what_was_heard_for_it() -> None:
    assert is_misheard_answer("No.", "Now")
    assert is_misheard_answer("Yes", "Yet.")
    assert not is_misheard_answer("Mm.", "Sam")
    assert not is_misheard_answer("No", "No one of them")
    assert not is_misheard_answer("Monday", "Money")


def test_one_thing_said_twice_is_doubled() -> None:
    assert is_doubled("September 15, 1965. September 15, 1965.")
    assert is_doubled("Repeat. repeat")
    assert not is_doubled("Repeat.")
    assert not is_doubled("Two or three or two")
    assert not is_doubled("")


def test_what_is_said_twice_is_kept_once() -> None:
    order = "I want a single shot latte."
    assert once(f"{order} {order}") == once(order) == order
    assert once("Two or three or two") == "Two or three or two"
    assert once("") == ""


def test_an_ending_reads_the_states_around_the_last_sound() -> None:
    states = np.zeros((500, 4), dtype=np.float32)
    vector = features(states, 3 * 16_000)
    assert vector.shape == (4 * len(POOLS),)
    one = np.ones(1, dtype=np.float32)
    judge = Ending(np.ones((1, len(vector)), dtype=np.float32), 0 * one, one, output_bias=-2.0)
    quiet = judge.probability(states, 3 * 16_000)
    states[140:150] = 1.0  # the last tenths of a second before 3 s
    assert quiet < 0.2 < judge.probability(states, 3 * 16_000)
    # Much earlier sound, and an audio too short for all pools, are no matter.
    assert judge.probability(states, 8 * 16_000) == pytest.approx(quiet)
    assert 0 <= judge.probability(states[:20], 1000) <= 1


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("My number is 212 555-0187.", "My number is"),
        ("No, the last 4 are 0199.", "No, the last 4 are"),
        ("No, the last four are near a one.", "No, the last four are"),
        ("It's 303-555-0164", "It's"),
        ("My number is to 1 to 555-187", "My number is"),
        ("415 555 0132", ""),
        ("six one seven, five five five", ""),
        ("Call 555 or it's 0132", ""),
        ("I'd rather talk to a person.", ""),
    ],
)
def test_what_leads_in_to_digits_is_no_dictation(text: str, lead: str) -> None:
    assert lead_in(text, "digits") == lead


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("It's K-O-W-A-L-S-K-I.", "It's"),
        ("My postcode is SW1A 2AA.", "My postcode is"),
        ("The order number is A B 459", "The order number is"),
        ("No, it's A as in alpha", "No, it's"),
        ("Order XK 720.", "Order"),
        ("Licence plate, B-D-5-1-S-M-R", "Licence plate"),
        ("please erase v y 7 0", "please erase"),
        ("Easy A K 08", ""),
        ("Seven AB 5", ""),
        ("Order ABX", ""),
        ("Order a large one for 8", ""),
        ("SW1A 2AA", ""),
        ("F-A-R-R-E-L-L-Y", ""),
        ("P-I-T-T-S-B-U-R-G-H", ""),
        ("That's fine", ""),
        ("I'd rather talk to a person.", ""),
    ],
)
def test_what_leads_in_to_letters_is_not_spelled(text: str, lead: str) -> None:
    assert lead_in(text, "letters") == lead


@pytest.mark.parametrize(
    ("text", "alphabet", "said", "lead"),
    [
        ("Erase J N R G 48.", "letters", "* J N R G forty 8", "Erase"),
        # Misheard, it is still about the code.
        ("Robot, AUIB 328.", "letters", "* J U I B 3 2 8", "Robot"),
        ("Smith, S-M-I-T-H", "letters", "* S M I T H", "Smith"),
        ("N or 54.", "digits", "* fifty 4", "N or"),
        ("Enter five.", "digits", "* 5", "Enter"),
        ("Enter 66. Enter 66.", "digits", "* sixty 6", "Enter"),
        ("Enter 5. Enter 5. Enter 5. Enter 5.", "digits", "* 5", "Enter"),
        # Other words spelled, too, are no words.
        ("E-R-Q-E-J-Q 7.", "letters", "* Q E J Q 7", ""),
        # Nothing in it sounds like that; words come between.
        ("about jail, was he too?", "letters", "* J O Z 2", ""),
        ("I have three of them", "digits", "* 3 *", ""),
        ("My name is Jay.", "letters", "* * * J", ""),
        ("It's Jenny.", "letters", "* J", ""),
        ("August 16, 1965", "digits", "* nineteen sixty 5", ""),
        # Nobody hears other words before it.
        ("Erase J N R G 48.", "letters", "E J N R G forty 8", "Erase"),
    ],
)
def test_where_a_code_begins_is_heard(text: str, alphabet: str, said: str, lead: str) -> None:
    assert lead_in(text, alphabet, Heard(np.zeros((1, 27)), said.split())) == lead


def test_a_word_of_the_sentence_in_front_was_copied_unless_it_was_heard_without_it() -> None:
    form = FORMS["email"]
    assert copied(form, "anna at yonder dot com", "Anna at you.com")
    assert not copied(form, "anna at yonder dot com", "Anna at yonda.com")
    assert not copied(form, "anna dot lee at yahoo dot com", "Anna Lee at yahoo.com")


@pytest.mark.parametrize("text", ["Yes", "No.", "Yeah, that's right.", "Correct", "uh huh"])
def test_short_answers_are_answers(text: str) -> None:
    assert is_answer(text)


@pytest.mark.parametrize("text", ["", "you", "Thank you.", "Yes, but the last four are wrong"])
def test_anything_more_is_not_only_an_answer(text: str) -> None:
    assert not is_answer(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [("6 1 7 double 9", "61799"), ("Plus 4 4 2 oh 7", "44207"), ("8 hundred 4 6", "80046"),
     ("triple 7", "777"), ("A B", "AB")],
)  # fmt: skip
def test_words_in_a_number_count_as_its_digits(text: str, said: str) -> None:
    assert symbols(text) == said


def test_a_word_is_as_sure_as_all_its_letters_and_digits() -> None:
    sureness = [0.9, 0.5, 0.8, 1.0]
    assert confidences(["L", "-E.", "double", "83"], sureness) == [0.9, 0.5, None, 0.8]


def test_nothing_is_known_of_words_written_otherwise_than_they_were_heard() -> None:
    assert confidences(["16", "60"], [0.9, 0.5]) == [None, None]
