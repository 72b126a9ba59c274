"""Hand-offs: who waits, who is put through, what is said meanwhile."""

from __future__ import annotations

from itertools import pairwise

from flows import CallStarted, parse_flow
from flows.actions import Dispatch, Transfer
from flows.events import CallerSaid, CallerSilent, DispatchDone, DispatchFailed, TimerFired
from flows.interpreter import initial_state, step
from flows.model import Flow
from flows.talk import TextConversation
from tests.unit.test_repair import DEMO, agent, held

HAND_OFF = """
name: x
start: hello
nodes:
  hello: {type: start, say: Hi., next: hand}
  hand:
    type: dispatch
    MODE
    success: Here they are.
    failure: Nobody.
    next: bye
    on_failure: sorry
  bye: {type: end, say: Bye.}
  sorry: {type: end, say: Sorry., outcome: failed}
"""


def hand_off(mode: str) -> Flow:
    return parse_flow(HAND_OFF.replace("MODE", mode))


def test_a_transfer_names_its_target_and_says_when_it_fails() -> None:
    flow = hand_off("{mode: transfer}".strip("{}") + '\n    target: "+15035550100"')
    started = step(flow, initial_state(flow), CallStarted())
    (request,) = [action for action in started.actions if isinstance(action, Transfer)]
    assert (request.target, request.mode) == ("+15035550100", "blind")
    failed = step(flow, started.state, DispatchFailed(request_id=request.request_id, reason="busy"))
    assert failed.state.node == "sorry"
    done = step(flow, started.state, DispatchDone(request_id=request.request_id))
    assert done.state.node == "bye"


def test_a_caller_on_hold_is_comforted_until_somebody_joins_or_time_is_up() -> None:
    flow = hand_off("mode: wait")
    talk = held(flow)
    assert talk.state.phase == "holding" and not talk.ended
    assert agent(talk, "[silence]") == ["Thank you for waiting."]
    # What is said again and again differs, also where the caller speaks.
    said = [agent(talk, line) for line in ("are you there?", "[silence]", "hello?", "[silence]")]
    assert all(one != other for one, other in pairwise(said))
    joined = TextConversation(flow, answer=lambda question: None, start=CallStarted())
    joined.open()
    assert agent(joined, "[joins]") == ["Here they are."]
    assert agent(joined, "hello, it's me") == [] and agent(joined, "[silence]") == []
    assert agent(joined, "[leaves]") == ["Bye."]
    assert agent(talk, "[time]") == ["Nobody.", "Sorry."]


def test_who_takes_a_caller_on_hold_gets_in_touch_or_is_put_through() -> None:
    flow = hand_off("mode: wait")
    taken = held(flow)
    assert agent(taken, "[claims]")[0].startswith("Somebody has taken your request")
    assert taken.ended

    through = held(flow)
    assert agent(through, "[claims +15035550100]") == ["Here they are.", "Bye."]
    assert through.dispatched[-1] == "+15035550100"

    unanswered = held(flow)
    unanswered.said("[fails]")
    said = agent(unanswered, "[claims +15035550100]")
    assert said[0] == "Here they are." and said[1].startswith("Somebody has taken your request")

    late = held(flow)
    late.said("[time]")
    assert agent(late, "[claims +15035550100]") == []


def test_the_caller_waits_as_long_as_the_flow_says_and_only_where_it_says_so() -> None:
    def wait_of(mode: str) -> int:
        flow = hand_off(mode)
        started = step(flow, initial_state(flow), CallStarted())
        (request,) = [action for action in started.actions if isinstance(action, Dispatch)]
        return request.wait_ms

    assert wait_of("mode: wait\n    wait_seconds: 45") == 45_000
    assert wait_of("mode: call_back") == 0
    assert wait_of("mode: wait\n    blocking: false") == 0


def test_a_timer_of_an_earlier_wait_means_nothing() -> None:
    flow = hand_off("mode: wait")
    state = held(flow).state
    assert step(flow, state, TimerFired(name="join-0")).state == state


def test_what_nobody_waits_for_holds_nothing_up() -> None:
    flow = hand_off("kind: integration\n    blocking: false")
    started = step(flow, initial_state(flow), CallStarted())
    assert any(isinstance(action, Dispatch) for action in started.actions)
    assert started.state.ended is not None
    late = step(flow, started.state, DispatchFailed(request_id="r1", reason="late"))
    assert not late.actions


def test_a_goodbye_is_heard_while_something_is_looked_up() -> None:
    state = step(DEMO, held(DEMO).state, CallerSaid(text="How much is a battery?")).state
    assert state.pending is not None
    assert step(DEMO, state, CallerSilent()).state.ended is None
    assert step(DEMO, state, CallerSaid(text="goodbye")).state.ended is not None


def test_what_is_said_of_oneself_on_hold_is_not_asked_afterwards() -> None:
    text = HAND_OFF.replace("MODE", "mode: wait").replace(
        "sorry: {type: end, say: Sorry., outcome: failed}",
        "sorry: {type: lead_gate, fields: [{field: name, ask: Name}], next: bye}",
    )
    talk = held(parse_flow(text))
    assert agent(talk, "my name is Bob Young by the way") == ["Thanks, I've got it."]
    assert agent(talk, "I don't want to wait") == [
        "That's all right.",
        "Thanks, Bob Young.",
        "Bye.",
    ]
