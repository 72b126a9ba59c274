"""A yes that answers nothing: to an open question, after "go ahead", and said once too often."""

from __future__ import annotations

import pytest

from flows import build_flow
from flows.events import AnswerReady, CallerSaid, CallStarted
from flows.interpreter import initial_state, step
from flows.state import State
from tests.support.lead_call import Call


def _text(ask: str, **more: object) -> dict[str, object]:
    return {"field": "matter", "kind": "text", "ask": ask, "confirm": "none", **more}


@pytest.mark.parametrize(
    ("question", "language", "answered"),
    [
        ("What is it about?", "en", False),
        ("Anything else we should know?", "en", False),
        ("Please tell me what happened.", "en", False),
        ("Do you know which model it is?", "en", False),
        ("Do you have a dog?", "en", True),
        ("Thanks for telling us what it is. Is the roof flat?", "en", True),
        ("Worum geht es?", "de", False),
        ("Sonst noch etwas?", "de", False),
        ("Haben Sie einen Hund?", "de", True),
    ],
)
def test_a_yes_answers_what_asks_for_one(question: str, language: str, answered: bool) -> None:
    call = Call(_text(question), language=language, flow_language=language)
    call.said("yes" if language == "en" else "ja")
    assert bool(call.captured) is answered


def test_who_agrees_and_then_says_it_is_heard() -> None:
    call = Call(_text("What is it about?")).said("Yes.")
    assert call.heard == "Go on."
    assert call.said("My roof leaks").stored == ("My roof leaks", True)


def test_a_yes_alone_is_never_what_it_is_about() -> None:
    call = Call(_text("What is it about?"))
    for _ in range(6):
        call.said("yes")
    assert not call.captured
    assert call.state.ended is not None


FLOW = build_flow(
    {
        "name": "Test",
        "start": "hello",
        "nodes": {
            "hello": {"type": "start", "say": "Hello.", "next": "answers"},
            "answers": {"type": "rag_answer", "say": "What would you like to know?", "next": "bye"},
            "bye": {"type": "end", "say": "Bye."},
        },
    }
)


def _after(*said: str) -> tuple[State, list[str]]:
    """The state after these words, each question unanswered, and what was said to the last."""
    state = step(FLOW, initial_state(FLOW), CallStarted()).state
    texts: list[str] = []
    for words in said:
        taken = step(FLOW, state, CallerSaid(text=words))
        if taken.state.pending:
            taken = step(
                FLOW, taken.state, AnswerReady(request_id=taken.state.pending, text="At nine.")
            )
        state, texts = taken.state, [a.text for a in taken.actions if a.type == "say"]
    return state, texts


def test_a_second_yes_after_go_ahead_is_no_failure() -> None:
    assert _after("yes")[1] == ["Go ahead."]
    assert _after("yes", "yes")[1] == ["What would you like to know?"]
    state, texts = _after("yes", "yes", "when do you open?")
    assert texts[0] == "At nine." and state.ended is None


def test_yeses_without_end_end_the_call() -> None:
    assert _after(*["yes"] * 8)[0].ended is not None
