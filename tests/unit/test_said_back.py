"""What was said back in passing is taken back, and only that."""

from __future__ import annotations

import pytest

from tests.support.gates import a_gate
from tests.unit.test_repair import DEMO, LEAD, agent, held


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ("No, my email is joan at gmail dot com", "email", "joan@gmail.com"),
        ("Actually, change my email to joan at gmail dot com", "email", "joan@gmail.com"),
        ("sorry, my name is Joan Miller", "name", "Joan Miller"),
        ("wait, my e-mail address should be joan at gmail dot com", "email", "joan@gmail.com"),
    ],
)
def test_an_earlier_answer_is_replaced_and_the_open_question_comes_back(
    said: str, field: str, value: str
) -> None:
    talk = held(DEMO, *LEAD)
    question = "And which phone number is best for you?"
    heard = agent(talk, said)
    if field == "email":
        assert "Is that right?" in heard[-1]
        heard = agent(talk, "yes")
    assert heard[-1] == question
    assert talk.state.fields[field].value == value and talk.state.fields[field].confirmed
    assert not talk.state.returns


def test_a_wrong_answer_without_a_new_one_is_asked_again() -> None:
    talk = held(DEMO, *LEAD)
    assert agent(talk, "that's the wrong email")[-1] == "What's your email address?"
    agent(talk, "joan at gmail dot com")
    assert agent(talk, "yes")[-1] == "And which phone number is best for you?"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("No, it's Jane Smythe.", "Jane Smythe"),
        ("No, Smythe.", "Jane Smythe"),
        ("Sorry, Smith with a Y.", "Jane Smyth"),
        ("It's Jayne with a Y.", "Jayne Smith"),
        ("No, no, S-M-Y-T-H.", "Jane Smyth"),
        ("No, wait, my name is spelled S M Y T H", "Jane Smyth"),
        ("my name is spelled J A N E", "Jane Smith"),
        ("no, I said Jane", "Jane Smith"),
        ("No, Robert Jones.", "Robert Jones"),
    ],
)
def test_a_no_to_a_name_said_back_in_passing_is_about_the_name(said: str, name: str) -> None:
    talk = held(DEMO, "call me back", "Jane Smith")
    assert agent(talk, said) == [f"Thanks, {name}.", "What's your email address?"]
    assert talk.state.fields["name"].value == name


@pytest.mark.parametrize("said", ["No.", "that's not right", "No, that's wrong."])
def test_a_name_that_is_denied_in_passing_is_asked_again(said: str) -> None:
    talk = held(DEMO, "call me back", "Jane Smith")
    assert agent(talk, said) == ["What's your name, please?"]
    assert agent(talk, "Joan Miller") == ["Thanks, Joan Miller.", "What's your email address?"]


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("No, jane dot smythe at gmail dot com", "I have jane.smythe@gmail.com. Is that right?"),
        ("it's J A Y N E", "Go on."),
        ("jane dot smythe", "Go on."),
        ("Jane", "Go on."),
    ],
)
def test_an_answer_to_the_next_question_is_no_correction(said: str, then: str) -> None:
    talk = held(DEMO, "call me back", "Jane Smith")
    assert agent(talk, said) == [then]
    assert talk.state.fields["name"].value == "Jane Smith"


def test_a_no_two_turns_later_is_not_about_the_name() -> None:
    talk = held(DEMO, "call me back", "Jane Smith", "jane at gmail dot com")
    agent(talk, "No, Smythe.")
    assert talk.state.fields["name"].value == "Jane Smith"


POLICY = a_gate(
    {"field": "name", "ask": "Your name?"},
    {"field": "policy", "kind": "code", "ask": "Do you have the policy number?",
     "required": False},
    {"field": "company", "ask": "Which company?", "required": False},
)  # fmt: skip


def test_a_no_to_a_question_that_may_be_answered_so_is_its_answer() -> None:
    talk = held(POLICY, "Jane Smith")
    assert agent(talk, "no") == ["That's all right.", "Which company?"]
    assert talk.state.fields["name"].value == "Jane Smith" and not talk.state.fields["name"].denied


def test_who_says_a_name_again_that_they_denied_means_it() -> None:
    talk = held(POLICY, "Jane Smith", "A B 1 2", "Acme")
    assert talk.ended
    talk = held(POLICY, "Jane Smith", "that's wrong")
    assert agent(talk, "Jane Smith") == ["Thanks, Jane Smith.", "Do you have the policy number?"]
    assert agent(talk, "that's wrong") != ["Your name?"]


def test_what_is_named_is_corrected_before_what_was_said_back_in_passing() -> None:
    both = "my email is jane at gmail dot com and my name is Jane Smith"
    talk = held(DEMO, "call me back", both, "yes")
    agent(talk, "No, my email is j o h n underscore doe at yahoo dot co dot uk")
    assert talk.state.fields["email"].value == "john_doe@yahoo.co.uk"
    assert talk.state.fields["name"].value == "Jane Smith"
