"""The interpreter: one event in, the next state and the actions to take out.

Theory of operation
-------------------
A conversation stands at one node. Nodes come in two manners. *Listening* nodes (`lead_gate`,
`rag_answer`, `clarify`) stop and wait for the caller or for an answer they asked for; *passing*
nodes (`start`, `dispatch`, `end`) say something and move on, `dispatch` after its request settled.

A step takes one event. First the events that mean the same everywhere are dealt with: the start of
the call, a hang-up, commands such as "say that again". What is left goes to the node the
conversation stands at. A node may ask to go elsewhere; the interpreter then enters that node, which
may pass on again. Checked flows can't pass in circles (`check`), and a bound on passes turns an
unchecked one into a polite end instead of an endless monologue.

Three rules make the interpreter total and replayable:

- Any event in any state has a result. After the end, and for answers to requests nobody waits for,
  the result is the same state and no actions.
- A step that took the caller's words ends by listening, by waiting for a request, or at the end.
- Nothing is read but the arguments: no clock, no randomness, no I/O. Ids are counted, variants of a
  text take turns. So the same events give the same states, and a call can be resumed from any.
"""

from __future__ import annotations

from dataclasses import dataclass

from flows import repair
from flows.actions import Action, End, Outcome
from flows.cursor import Cursor, TraceEntry
from flows.events import (
    AnswerReady,
    CallerSaid,
    CallerSilent,
    CallStarted,
    DispatchDone,
    DispatchFailed,
    Event,
    HungUp,
    KeyPressed,
)
from flows.model import (
    ClarifyNode,
    DispatchNode,
    EndNode,
    Flow,
    LeadGateNode,
    RagAnswerNode,
    StartNode,
)
from flows.nodes import clarify, dispatch, lead_gate, rag_answer
from flows.nodes.common import climb_no_input, climb_no_match, leave_lost
from flows.state import FieldValue, State

MAX_PASSES = 25
"""Nodes entered in one step; far above any sensible flow."""
MAX_HISTORY = 20
APOLOGY = "I'm sorry, something is wrong with this line. Goodbye."


@dataclass(frozen=True)
class Step:
    """What came of one event."""

    state: State
    actions: tuple[Action, ...]
    trace: tuple[TraceEntry, ...]


def initial_state(flow: Flow) -> State:
    """Where every conversation begins, before its `CallStarted`."""
    return State(node=flow.start)


def step(flow: Flow, state: State, event: Event) -> Step:
    """Take one event. Pure and total: never raises for a valid flow, whatever the event."""
    cursor = Cursor(flow, state)
    if state.ended is None:
        _receive(cursor, event)
        _travel(cursor)
        if cursor.state.ended is not None:
            cursor.act(End(outcome=cursor.state.ended))
    return Step(cursor.state, tuple(cursor.actions), tuple(cursor.trace))


def _receive(cursor: Cursor, event: Event) -> None:
    match event:
        case CallStarted():
            _start(cursor, event)
        case HungUp():
            cursor.end(Outcome.ABANDONED)
        case CallerSaid():
            _said(cursor, event)
        case KeyPressed():
            _pressed(cursor, event)
        case CallerSilent():
            _silent(cursor)
        case AnswerReady() | DispatchDone() | DispatchFailed():
            _settled(cursor, event)
        case _:
            cursor.note(f"nothing to do for {event.type}")


def _start(cursor: Cursor, event: CallStarted) -> None:
    if cursor.state.visits:
        cursor.note("already started")
        return
    known = {
        name: FieldValue(value=value, raw="", confirmed=False)
        for name, value in event.known_fields.items()
        if value
    }
    cursor.set(
        facts=event.facts, region=event.region, caller_number=event.caller_number, fields=known
    )
    cursor.go(cursor.flow.start)


def _said(cursor: Cursor, event: CallerSaid) -> None:
    cursor.set(silences=0)
    node = cursor.flow.nodes[cursor.state.node]
    if cursor.state.pending is not None:
        cursor.note("spoke while a request was pending")
        return
    if not event.text.strip():
        _not_understood(cursor)
        return
    if repair.heard_command(cursor, event.text):
        return
    match node:
        case ClarifyNode():
            clarify.said(cursor, node, event.text)
        case RagAnswerNode():
            rag_answer.said(cursor, node, event.text)
        case LeadGateNode():
            lead_gate.said(cursor, node, event)
        case _:
            cursor.note("nothing was asked")


def _not_understood(cursor: Cursor) -> None:
    node = cursor.flow.nodes[cursor.state.node]
    if isinstance(node, (ClarifyNode, RagAnswerNode, LeadGateNode)):
        if not climb_no_match(cursor, node.no_match):
            leave_lost(cursor, node.no_match)
    else:
        cursor.note("nothing was asked")


def _pressed(cursor: Cursor, event: KeyPressed) -> None:
    node = cursor.flow.nodes[cursor.state.node]
    cursor.set(silences=0)
    match node:
        case ClarifyNode():
            clarify.key(cursor, node, event.key)
        case LeadGateNode():
            lead_gate.key(cursor, node, event.key, event.offset_ms)
        case _:
            cursor.note(f"key {event.key} means nothing here")


def _silent(cursor: Cursor) -> None:
    node = cursor.flow.nodes[cursor.state.node]
    if cursor.state.pending is not None or not isinstance(
        node, (ClarifyNode, RagAnswerNode, LeadGateNode)
    ):
        cursor.note("silence while nothing was asked")
        return
    climb_no_input(cursor, node.no_input)


def _settled(cursor: Cursor, event: AnswerReady | DispatchDone | DispatchFailed) -> None:
    if event.request_id != cursor.state.pending:
        cursor.note(f"nobody waits for {event.request_id}")
        return
    node = cursor.flow.nodes[cursor.state.node]
    if isinstance(event, AnswerReady) and isinstance(node, RagAnswerNode):
        cursor.set(pending=None)
        rag_answer.answered(cursor, node, event)
    elif isinstance(event, (DispatchDone, DispatchFailed)) and isinstance(node, DispatchNode):
        cursor.set(pending=None)
        dispatch.settled(cursor, node, done=isinstance(event, DispatchDone))
    else:
        cursor.note(f"an answer of the wrong kind: {event.type}")


def _travel(cursor: Cursor) -> None:
    """Enter nodes until one stops."""
    for _ in range(MAX_PASSES):
        goal, cursor.goal = cursor.goal, None
        if goal is None or cursor.state.ended is not None:
            return
        _enter(cursor, goal)
    cursor.say(APOLOGY)
    cursor.end(Outcome.FAILED)


def _enter(cursor: Cursor, node_id: str) -> None:
    node = cursor.flow.nodes[node_id]
    visit = cursor.state.visits.get(node_id, 0)
    listens = isinstance(node, (ClarifyNode, RagAnswerNode, LeadGateNode))
    history = cursor.state.history
    cursor.set(
        node=node_id,
        phase="",
        visits={**cursor.state.visits, node_id: visit + 1},
        history=(*history, node_id)[-MAX_HISTORY:] if listens else history,
        misses=0,
        silences=0,
        rounds=0,
        partial="",
        candidate=None,
        pending=None,
    )
    cursor.note("entered")
    match node:
        case StartNode():
            cursor.say(node.say, turn=visit, interruptible=node.interruptible)
            cursor.go(node.next)
        case ClarifyNode():
            clarify.enter(cursor, node, visit)
        case RagAnswerNode():
            rag_answer.enter(cursor, node, visit)
        case LeadGateNode():
            lead_gate.enter(cursor, node, visit)
        case DispatchNode():
            dispatch.enter(cursor, node, visit)
        case EndNode():
            cursor.say(node.say, turn=visit, interruptible=node.interruptible)
            cursor.end(node.outcome)
