"""A turn thought over that goes on: what becomes of both halves."""

from __future__ import annotations

import pytest

from flows import Flow, build_flow, initial_state, step
from flows.actions import Capture, Retrieve, Say
from flows.events import AnswerReady, CallerSaid, CallStarted, Event, KeyPressed
from pipelines.going_on import LastTurn, joined

FLOW = build_flow(
    {
        "name": "hours",
        "start": "hello",
        "nodes": {
            "hello": {"type": "start", "say": "Hello.", "next": "ask"},
            "ask": {"type": "rag_answer", "say": "What is it?", "next": "who"},
            "who": {
                "type": "lead_gate",
                "fields": [
                    {"field": "name", "kind": "name", "ask": "Your name?"},
                    {"field": "phone", "kind": "phone", "ask": "Your number?"},
                ],
                "next": "over",
            },
            "over": {"type": "end", "say": "Goodbye."},
        },
    }
)


class Talk:
    """A call's flow, step by step."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.state = initial_state(flow)
        self.last: LastTurn | None = None
        self.captured: dict[str, str] = {}

    def take(self, *happened: Event) -> list[str]:
        said: list[str] = []
        for event in happened:
            if isinstance(event, CallerSaid):
                self.last = LastTurn(event, self.state, {})
            taken = step(self.flow, self.state, event)
            self.state = taken.state
            if self.last:
                self.last.follow(event, taken.actions)
            said += [action.text for action in taken.actions if isinstance(action, Say)]
            self.captured |= {a.field: a.value for a in taken.actions if isinstance(a, Capture)}
            self.asked = [a for a in taken.actions if isinstance(a, Retrieve)]
        return said

    def answer(self, text: str) -> list[str]:
        return self.take(AnswerReady(request_id=self.asked[0].request_id, text=text, score=0.9))

    def whole(self, more: str) -> str | None:
        assert self.last
        both = self.last.whole(self.flow, CallerSaid(text=more))
        return both.text if both else None


@pytest.fixture
def talk() -> Talk:
    talk = Talk(FLOW)
    talk.take(CallStarted())
    return talk


def test_half_a_question_is_asked_again_as_a_whole(talk: Talk) -> None:
    talk.take(CallerSaid(text="What are your hours?"))
    assert talk.whole("on Sundays") is None, "its answer is still being looked up"
    talk.answer("Nine to five.")
    assert talk.whole("on Sundays") == "What are your hours on Sundays"
    assert talk.whole("") == "What are your hours?", "they only breathed: the same again"


def test_what_was_carried_out_is_not_taken_back(talk: Talk) -> None:
    talk.take(CallerSaid(text="What are your hours?"))
    talk.answer("Nine to five.")
    talk.take(KeyPressed(key="0"))
    assert talk.whole("on Sundays") is None


def test_a_field_stays_filled(talk: Talk) -> None:
    talk.take(CallerSaid(text="No, nothing."))
    talk.take(CallerSaid(text="Jane"))
    assert talk.captured == {"name": "Jane"}
    assert talk.whole("Miller") == "Jane Miller"
    assert talk.whole("goodbye") is None
    assert talk.whole("what does it cost?") is None, "nothing would say that she is Jane"


def test_readings_of_either_half_are_kept() -> None:
    first = CallerSaid(text="B, D.", alternatives=("P, D.",), confidence=0.9, offset_ms=500)
    both = joined(first, CallerSaid(text="four", alternatives=("for",), confidence=0.6))
    assert both.text == "B, D four"
    assert both.alternatives == ("B, D for", "P, D four")
    assert (both.confidence, both.offset_ms) == (0.6, 500)
    silent = CallerSaid(text="", confidence=0.0)
    assert joined(first, silent).confidence == 0.9
