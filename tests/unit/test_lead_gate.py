"""The dialogue inside one lead field: confirmation, correction, suggestion, another way."""

from __future__ import annotations

from typing import Any

import pytest

from flows import CallerSaid
from flows.actions import AskOnPage, Expectation, Listen
from flows.events import FieldEntered
from tests.support.lead_call import Call, a_name, a_phone, an_email


def test_a_value_is_confirmed_by_a_yes() -> None:
    call = Call(an_email()).said("john dot smith at gmail dot com")
    assert "john dot smith, at gmail dot com" in call.heard
    assert call.stored == ("john.smith@gmail.com", False)
    assert call.said("yeah no that's right").stored == ("john.smith@gmail.com", True)


@pytest.mark.parametrize(
    ("field", "first", "correction", "value"),
    [
        (an_email(), "tohn at gmail dot com", "no, it's j not t", "john@gmail.com"),
        (an_email(), "john at gmail dot com", "not gmail, hotmail", "john@hotmail.com"),
        (an_email(), "john smith at gmail dot com", "no, Smith with a y", "johnsmyth@gmail.com"),
        (
            an_email(),
            "john at gmail dot com",
            "No, it's jon at example dot com",
            "jon@example.com",
        ),
        (a_phone(), "415 555 0132", "no, the last four are 0133", "+14155550133"),
        (a_phone(), "415 565 0132", "it's 555 not 565", "+14155550132"),
        (a_phone(), "415 555 0132", "no, 416 555 0132", "+14165550132"),
        (a_name(), "John Smith", "no, Smith with a y", "John Smyth"),
        (a_name(), "John Smith", "yes but it's Jon not John", "Jon Smith"),
    ],
)
def test_a_correction_is_read_back_and_the_yes_is_for_it(
    field: dict[str, Any], first: str, correction: str, value: str
) -> None:
    call = Call(field).said(first).said(correction)
    assert call.stored == (value, False)
    assert call.said("yes").stored == (value, True)
    assert first in call.captured[-1].raw and correction in call.captured[-1].raw


def test_a_yes_is_bound_to_the_value_it_answers() -> None:
    call = Call(a_phone()).said("415 555 0132").said("that's right, 415 555 0132")
    assert call.stored == ("+14155550132", True)


def test_a_doubtful_domain_is_asked_and_taken_only_with_a_yes() -> None:
    call = Call(an_email()).said("john at gnail dot com")
    assert "Did you say gmail dot com?" in call.heard and not call.captured
    assert call.said("yes").stored == ("john@gmail.com", False)
    other = Call(an_email()).said("john at gnail dot com").said("no")
    assert other.stored == ("john@gnail.com", False)


def test_an_address_comes_in_pieces() -> None:
    call = Call(an_email()).said("it's j o h n").said("at gmail dot com")
    assert call.stored == ("john@gmail.com", False)
    asked = Call(an_email()).said("john at my company domain")
    assert "after the at sign" in asked.heard
    assert asked.said("acme dot com").stored == ("john@acme.com", False)


def test_a_company_domain_that_is_known_is_used() -> None:
    call = Call(an_email(), known_fields={"website": "https://www.acme.com"})
    assert call.said("john at my company domain").stored == ("john@acme.com", False)


def test_the_reading_that_is_valid_is_taken() -> None:
    call = Call(an_email()).said("john at gmail calm", "john at gmail dot com")
    assert call.stored == ("john@gmail.com", False)


def test_a_plain_no_brings_the_next_reading() -> None:
    call = Call(a_phone()).said("415 555 0132", "415 555 0133").said("no")
    assert call.stored == ("+14155550133", False)
    assert call.said("yes").stored == ("+14155550133", True)


def test_the_first_failure_asks_for_the_spelling() -> None:
    call = Call(an_email()).said("jon at gmail dot com").said("no")
    assert "letter by letter" in call.heard
    call.said("j o h n at gmail dot com")
    assert "john: J, O, H, N, at gmail dot com" in call.heard
    assert call.said("yes").stored == ("john@gmail.com", True)


def test_after_two_failures_a_number_is_keyed() -> None:
    call = Call(a_phone(), channels=("keypad",)).said("415 555 0132").said("no")
    call.said("415 555 0133").said("no")
    assert "keypad" in call.heard
    call.keyed("4155550134")
    assert call.stored == ("+14155550134", False)
    assert call.keyed("1").stored == ("+14155550134", True)


def test_after_two_failures_an_address_is_typed_on_the_page() -> None:
    call = Call(an_email(), channels=("page",)).said("jon at gmail dot com").said("no")
    call.said("jan at gmail dot com").said("no")
    assert any(isinstance(action, AskOnPage) for action in call.actions)


def test_what_cannot_be_confirmed_is_kept_unconfirmed_and_the_caller_is_reachable() -> None:
    call = Call(an_email(), channels=(), caller_number="+14155550132")
    call.said("jon at gmail dot com").said("no").said("jan at gmail dot com").said("no")
    assert call.stored == ("jan@gmail.com", False)
    assert "call you back" in call.heard


def test_evidence_names_the_parser_and_keeps_the_extension() -> None:
    call = Call(a_phone(confirm="none")).said("503 555 0142 extension 12")
    (capture,) = call.captured
    assert capture.value == "+15035550142" and capture.details == {"extension": "12"}
    assert capture.parser and capture.raw == "503 555 0142 extension 12"


def test_a_date_counts_from_the_day_of_the_call() -> None:
    field = {"field": "date", "ask": "When?", "confirm": "read_back"}
    call = Call(field, facts={"call.date": "2026-11-24"}).said("next Tuesday")
    assert call.stored == ("2026-12-01", False)
    assert "Tuesday, December first" in call.heard


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("number", "about twelve hundred", "1200"),
        ("money", "fifty thousand dollars", "50000 USD"),
        ("address", "10 Oak Street, Springfield", "10 Oak Street, Springfield"),
        ("company", "I work for Acme Plumbing", "Acme Plumbing"),
        ("text", "The boiler leaks.", "The boiler leaks."),
    ],
)
def test_every_kind_is_understood(kind: str, said: str, value: str) -> None:
    field = {"field": "thing", "kind": kind, "ask": "What?", "confirm": "read_back"}
    call = Call(field).said(said)
    assert call.stored == (value, False)
    assert call.said("correct").stored == (value, True)


def test_alternatives_are_asked_of_the_recogniser() -> None:
    call = Call(an_email())
    assert [a.alternatives for a in call.actions if isinstance(a, Listen)] == [True]


def test_who_is_never_understood_is_offered_another_way_once() -> None:
    call = Call(an_email(), channels=("page",))
    call.said("no idea really")
    assert not any(isinstance(action, AskOnPage) for action in call.actions)
    call.said("no idea really")
    assert any(isinstance(action, AskOnPage) for action in call.actions)
    silent = Call(a_phone(), channels=("keypad",)).said("").said("")
    assert "keypad" in silent.heard
    silent.said("").said("").said("")
    assert silent.state.ended is not None


def test_corrections_that_keep_failing_lead_to_another_way() -> None:
    call = Call(a_phone(), channels=("keypad",)).said("415 555 0132")
    call.said("no, the last four are 0133").said("no, the last four are 0134")
    assert call.stored == ("+14155550134", False)
    assert "keypad" in call.said("no, the last four are 0135").heard


def test_a_word_that_is_no_answer_is_taken_for_what_else_it_was_heard_as() -> None:
    call = Call(an_email()).said("jon at example dot com").said("Note.", "Nope.", "No.")
    assert call.state.rounds == 1


def test_a_question_about_a_value_says_what_a_correction_would_be() -> None:
    call = Call(a_phone()).said("503 555 0142")
    listen = next(action for action in call.actions if isinstance(action, Listen))
    assert (listen.expect, listen.about) == (Expectation.YES_NO, Expectation.PHONE)


def test_what_was_misheard_twice_may_be_typed_while_the_correction_is_read_back() -> None:
    call = Call(an_email(), channels=("page",)).said("jon at example dot com")
    call.said("no, john dot smith at example dot com").said("no, john dot smyth at example dot com")
    assert any(isinstance(action, AskOnPage) for action in call.actions)
    assert "screen" in call.heard and "Is that right?" in call.heard
    call.said("yes")
    assert call.stored == ("john.smyth@example.com", True)


def test_letters_that_sound_alike_are_asked_about_once_a_round_has_failed() -> None:
    call = Call(an_email()).said("con dot myth at gmail dot com")
    call.said("no, it's K O H N dot S M I D H at gmail dot com")
    assert call.heard.startswith("Did you say J, O, H, N as in november, dot, S as in sierra")
    assert not call.captured[-1].confirmed and call.captured[-1].value == "con.myth@gmail.com"
    call.said("yes").said("yes")
    assert call.stored == ("john.smith@gmail.com", True)


def test_letters_that_were_meant_as_they_were_heard_stay() -> None:
    call = Call(an_email()).said("con at gmail dot com").said("no, it's K O H N at gmail dot com")
    call.said("no")
    assert call.stored == ("kohn@gmail.com", False)
    call.said("yes")
    assert call.stored == ("kohn@gmail.com", True)


def test_letters_that_were_asked_about_and_are_said_again_are_not_asked_about_twice() -> None:
    call = Call(an_email()).said("con at gmail dot com").said("no, it's K O H N at gmail dot com")
    assert call.heard.startswith("Did you say J, O, H, N")
    call.said("no, it's K O H N at gmail dot com")
    assert call.stored == ("kohn@gmail.com", False)


def test_letters_are_not_doubted_before_a_round_has_failed() -> None:
    call = Call(an_email()).said("K O H N at gmail dot com").said("yes")
    assert call.stored == ("kohn@gmail.com", True)


def test_a_lost_at_is_asked_about() -> None:
    call = Call(an_email()).said("it's john dot smith.mail.com")
    assert "Did you say gmail dot com?" in call.heard
    assert not call.captured
    call.said("yes").said("yes")
    assert call.stored == ("john.smith@gmail.com", True)


def test_what_was_heard_as_two_names_that_sound_alike_is_spelled_back() -> None:
    call = Call(an_email()).said("jon at example dot com", "john at example dot com")
    assert "jon: J, O, N, at" in call.heard


@pytest.mark.parametrize(
    ("said", "stored"), [("john at gnail dot com", "john@gnail.com"), ("john at gmail", None)]
)
def test_a_question_that_is_never_answered_leaves_what_was_heard(
    said: str, stored: str | None
) -> None:
    call = Call(an_email()).said(said)
    assert "Did you say gmail dot com?" in call.heard
    call.said("nice").said("where is").said("moss")
    assert call.state.ended is not None
    assert [item.value for item in call.captured] == ([stored] if stored else [])
    assert not any(item.confirmed for item in call.captured)


def test_a_question_that_is_never_answered_brings_another_way() -> None:
    call = Call(an_email(), channels=("page",)).said("john at gnail dot com")
    call.said("nice").said("where is")
    assert any(isinstance(action, AskOnPage) for action in call.actions)


def test_a_part_said_as_it_was_read_confirms_nothing() -> None:
    call = Call(a_phone()).said("212 555 0187").said("555")
    assert not any(item.confirmed for item in call.captured)


def test_a_correction_goes_by_what_was_heard_before_as_well() -> None:
    call = Call(a_name()).said("James Miller", "Jane Miller", "Jay Miller")
    call.said("No, it's Jay, J, J, any.", "No, it's Jane, J, L, any.")
    assert call.stored == ("Jane Miller", False)


def test_on_a_bad_line_the_box_is_there_with_the_first_correction() -> None:
    call = Call(an_email(), channels=("page",))
    call._take(CallerSaid(text="john at gmail dot com", confidence=0.5))
    call.said("No, jon at gmail dot com")
    assert any(isinstance(action, AskOnPage) for action in call.actions)
    good = Call(an_email(), channels=("page",)).said("john at gmail dot com")
    good.said("No, jon at gmail dot com")
    assert not any(isinstance(action, AskOnPage) for action in good.actions)


def test_whatever_is_typed_as_a_name_is_one() -> None:
    call = Call(a_name(page="show"), channels=("page",))
    call._take(FieldEntered(field="name", value="Nathan Do"))
    assert call.stored == ("Nathan Do", True)


def test_who_asks_why_is_told_once_and_asked_again() -> None:
    call = Call(a_phone()).said("why do you need my number?")
    assert "only used to help you" in call.heard and "What is your number?" in call.heard
    assert "That's all right." in call.said("do I have to?").heard
    assert call.captured == []


def test_the_authors_reason_comes_before_ours() -> None:
    call = Call(a_phone(insist="So that we can call you back."))
    assert call.said("is that really necessary?").heard == "So that we can call you back."
    assert "That's all right." in call.said("I'd rather not").heard


def test_what_is_only_offered_need_not_be_given() -> None:
    call = Call(a_phone(required=False)).said("do I have to?")
    assert "That's all right." in call.heard


def test_a_number_beside_a_refusal_is_a_number() -> None:
    call = Call(a_phone()).said("I don't have a landline, but my cell is 503 555 0142")
    assert call.stored == ("+15035550142", False)
