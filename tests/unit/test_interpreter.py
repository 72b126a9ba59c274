"""The interpreter on the demo flow: every way through, and what must hold on any way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import CallerSaid, CallStarted, State, initial_state, load_flow, step
from flows.actions import Capture, Dispatch, End, Listen, Outcome, Retrieve, SaveLead, Say
from flows.events import (
    AnswerReady,
    CallerSilent,
    DispatchDone,
    DispatchFailed,
    Event,
    HungUp,
    KeyPressed,
    TimerFired,
    event_adapter,
)
from flows.library import DEMO_FLOW
from flows.talk import TextConversation, talk

FLOW = load_flow(DEMO_FLOW)
START = CallStarted(facts={"campaign.name": "Demo", "account.name": "Northwind"}, region="US")


def hold(*lines: str, answer: str | None = "Nine thousand dollars.") -> list[str]:
    said = talk(FLOW, lines, answer=lambda question: answer, start=START)
    return [f"{line.who}: {line.text}" for line in said]


def final_state(*lines: str) -> State:
    conversation = TextConversation(FLOW, answer=lambda question: "Yes.", start=START)
    conversation.open()
    for line in lines:
        conversation.said(line)
    return conversation.state


LEAD = (
    "Call me back, please.",
    "My name is Jane Miller.",
    "jane dot miller at gmail dot com",
    "Yes.",
    "five zero three, five five five, zero one four two",
    "That's right.",
)


def test_a_question_is_answered_and_the_lead_is_captured_and_handed_over() -> None:
    dialogue = hold("How much does a system cost?", *LEAD)
    assert "agent: Nine thousand dollars." in dialogue
    assert "note: email = jane.miller@gmail.com (confirmed)" in dialogue
    assert "note: phone = +15035550142 (confirmed)" in dialogue
    assert "note: handoff: Call back requested" in dialogue
    assert dialogue[-1] == "note: ended: completed"


def test_a_wrong_value_is_not_confirmed_and_the_correction_in_the_same_breath_is_taken() -> None:
    state = final_state(
        *LEAD[:3], "No, it's jane dot muller at gmail dot com", "Yes, that's correct", *LEAD[4:]
    )
    assert state.fields["email"].value == "jane.muller@gmail.com"
    assert state.fields["email"].confirmed


def test_what_is_denied_twice_is_kept_unconfirmed_and_the_call_goes_on() -> None:
    state = final_state(*LEAD[:3], "No.", "jane at gmail dot com", "No, wrong again.")
    assert not state.fields["email"].confirmed
    assert state.field_index == 2


def test_a_phone_number_may_come_in_pieces_and_by_keys() -> None:
    state = final_state(*LEAD[:4], "It's 503 555", "zero one four two")
    assert state.candidate is not None and state.candidate.value == "+15035550142"
    keyed = final_state(*LEAD[:4], *(f"[key {digit}]" for digit in "5035550142"))
    assert keyed.candidate is not None and keyed.candidate.value == "+15035550142"


def test_silence_is_prompted_twice_and_then_ends_the_call() -> None:
    dialogue = hold("[silence]", "[silence]", "[silence]")
    assert dialogue[-1] == "note: ended: no_input"
    assert len({line for line in dialogue if line.startswith("agent:")}) >= 4


def test_whoever_is_never_understood_reaches_a_person() -> None:
    dialogue = hold("blue elephants", "purple rain", "seven swans")
    assert "note: handoff: Asked for a person" in dialogue


@pytest.mark.parametrize(
    ("words", "node"),
    [
        ("I want to talk to a real person", "details"),
        ("Start over", "wish"),
        ("What areas do you serve?", "answers"),
        ("a call back please", "details"),
        ("well tell your opening hours", "answers"),
    ],
)
def test_commands_and_choices_lead_where_they_say(words: str, node: str) -> None:
    assert final_state(words).node == node


def test_the_last_words_can_be_heard_again() -> None:
    dialogue = hold("Say that again, please.")
    assert dialogue.count("agent: " + _question()) == 2


def _question() -> str:
    return "Do you have a question, or would you like a call back from our team?"


def test_a_question_without_an_answer_is_admitted_and_then_leads_to_the_team() -> None:
    dialogue = hold("Do you sell cars?", "Do you sell boats?", answer=None)
    assert "agent: I'm sorry, I don't know that one." in dialogue
    assert dialogue[-2] == "agent: What's your name, please?"


def test_a_refused_detail_is_respected() -> None:
    state = final_state("call me back", "I'd rather not")
    assert state.ended is Outcome.COMPLETED
    assert not state.fields


def test_hanging_up_ends_the_conversation_as_abandoned() -> None:
    assert final_state("[hang up]").ended is Outcome.ABANDONED


WORDS = st.sampled_from(
    [
        "", "yes", "no", "call back", "How much is it?", "Jane Doe", "jane at example dot com",
        "555 0142", "503 555 0142", "go back", "start over", "wait a moment", "repeat that",
        "a person please", "goodbye", "that's all", "{lead.name}", "\x00 ??",
    ]
)  # fmt: skip
EVENTS = st.one_of(
    st.builds(CallerSaid, text=st.one_of(WORDS, st.text(max_size=40))),
    st.just(CallerSilent()),
    st.just(HungUp()),
    st.builds(KeyPressed, key=st.sampled_from("0123456789*#")),
    st.builds(
        AnswerReady,
        request_id=st.sampled_from(["r1", "r2", "r3"]),
        text=st.one_of(st.none(), st.text(max_size=20)),
    ),
    st.builds(DispatchDone, request_id=st.sampled_from(["r1", "r2", "r3"])),
    st.builds(DispatchFailed, request_id=st.sampled_from(["r1", "r2"]), reason=st.just("x")),
    st.builds(TimerFired, name=st.just("t")),
)


@settings(max_examples=300)
@given(st.lists(EVENTS, max_size=14))
def test_any_events_lead_to_a_defined_state_and_replay_the_same(happened: list[Event]) -> None:
    state = step(FLOW, initial_state(FLOW), START).state
    for event in happened:
        result = step(FLOW, state, event)
        resumed = State.model_validate_json(state.model_dump_json())
        replayed = step(FLOW, resumed, event_adapter.validate_json(event.model_dump_json()))
        assert (replayed.state, replayed.actions) == (result.state, result.actions)
        assert len(result.actions) < 20
        if state.ended is not None:
            assert not result.actions and result.state == state
        if isinstance(event, CallerSaid) and state.ended is None and state.pending is None:
            kinds = {type(action) for action in result.actions}
            assert kinds & {Listen, Retrieve, Dispatch, End}, "the caller would wait for ever"
            assert kinds & {Say, Retrieve, Dispatch}, "the caller would hear nothing"
        state = result.state


def test_a_lead_is_saved_only_after_its_fields() -> None:
    state = step(FLOW, initial_state(FLOW), START).state
    order: list[type] = []
    for line in LEAD:
        result = step(FLOW, state, CallerSaid(text=line))
        order += [type(a) for a in result.actions if isinstance(a, (Capture, SaveLead))]
        state = result.state
    assert order[-1] is SaveLead and order.count(SaveLead) == 1
