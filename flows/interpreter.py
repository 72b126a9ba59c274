"""The interpreter: one event in, the next state and the actions to take out.

Theory of operation
-------------------
A conversation stands at one node. Nodes come in two manners. *Listening* nodes (`lead_gate`,
`rag_answer`, `clarify`) stop and wait for the caller or for an answer they asked for; *passing*
nodes (`start`, `dispatch`, `end`) say something and move on, `dispatch` after its request settled.

A step takes one event. First what means the same everywhere is dealt with (`repair`): commands such
as "say that again", another language, the correction of an earlier answer, a question in the middle
of something else. What is left goes to the node the conversation stands at. A correction or such a
question remembers what was asked and comes back to it. A node may ask to go elsewhere; the
interpreter then enters that node, which may pass on again. Checked flows can't pass in circles
(`check`), and a bound on passes turns an unchecked one into a polite end instead of an endless
monologue.

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
from flows.command_words import Command
from flows.commands import command_in, gives_up_waiting
from flows.cursor import Cursor, TraceEntry
from flows.events import (
    AnswerReady,
    CallerSaid,
    CallerSilent,
    CallStarted,
    DispatchDone,
    DispatchFailed,
    Event,
    FieldEntered,
    HandoffClaimed,
    HumanJoined,
    HumanLeft,
    HungUp,
    KeyPressed,
    TimerFired,
)
from flows.model import (
    LISTENING,
    ClarifyNode,
    DispatchNode,
    EndNode,
    Flow,
    LeadGateNode,
    RagAnswerNode,
    StartNode,
)
from flows.nodes import clarify, dispatch, gate, lead_gate, rag_answer, typed
from flows.nodes.common import climb_no_input, climb_no_match, leave_lost
from flows.nodes.overheard import introduced, overheard
from flows.state import State

MAX_PASSES = 25
"""Nodes entered in one step; far above any sensible flow."""
MAX_HISTORY = 20


@dataclass(frozen=True)
class Step:
    """What came of one event."""

    state: State
    actions: tuple[Action, ...]
    trace: tuple[TraceEntry, ...]


def initial_state(flow: Flow) -> State:
    """Where every conversation begins, before its `CallStarted`."""
    return State(node=flow.start, language=flow.language)


def step(flow: Flow, state: State, event: Event) -> Step:
    """Take one event. Pure and total: never raises for a valid flow, whatever the event."""
    cursor = Cursor(flow, state)
    if state.ended is None:
        _receive(cursor, event)
        _travel(cursor)
        _tidy_page(cursor)
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
        case FieldEntered():
            _entered(cursor, event)
        case CallerSilent():
            _silent(cursor)
        case AnswerReady() | DispatchDone() | DispatchFailed():
            _settled(cursor, event)
        case HandoffClaimed() | HumanJoined() | HumanLeft() | TimerFired():
            _on_hold(cursor, event)


def _start(cursor: Cursor, event: CallStarted) -> None:
    if cursor.state.visits:
        cursor.note("already started")
        return
    cursor.set(
        facts=event.facts,
        region=event.region,
        caller_number=event.caller_number,
        channels=event.channels,
        language=language_for(cursor.flow, event.language),
        known={name: value for name, value in event.known_fields.items() if value},
    )
    cursor.go(cursor.flow.start)


def language_for(flow: Flow, wanted: str) -> str:
    """The language to begin in: the caller's if the flow speaks it, else the flow's own."""
    spoken = flow.all_languages()
    alike = (item for item in spoken if item.split("-")[0] == wanted.split("-")[0])
    return wanted if wanted in spoken else next(alike, flow.language)


def _said(cursor: Cursor, event: CallerSaid) -> None:
    cursor.set(silences=0)
    node = cursor.flow.nodes[cursor.state.node]
    if not isinstance(node, LISTENING) or cursor.state.pending is not None:
        _said_while_busy(cursor, event)
        return
    if not event.text.strip():
        _not_understood(cursor)
        return
    if repair.heard(cursor, event):
        return
    cursor.set(implied="")
    match node:
        case ClarifyNode():
            before = cursor.state.fields
            overheard(cursor, event)
            clarify.said(cursor, node, event, told=cursor.state.fields is not before)
        case RagAnswerNode():
            overheard(cursor, event)
            rag_answer.said(cursor, node, event)
        case LeadGateNode():
            lead_gate.said(cursor, node, event)


def _said_while_busy(cursor: Cursor, event: CallerSaid) -> None:
    """Words while a request is under way: a goodbye counts, all else must wait."""
    node = cursor.flow.nodes[cursor.state.node]
    if cursor.state.phase == "joined" and isinstance(node, DispatchNode):
        cursor.note("said to the person who joined")
    elif command_in(event.text, cursor.language) is Command.GOODBYE:
        repair.run(cursor, Command.GOODBYE)
    elif isinstance(node, DispatchNode) and cursor.state.phase == "holding":
        if gives_up_waiting(event.text):
            dispatch.given_up(cursor, node)
        elif repair.corrected_on_hold(cursor, event):
            dispatch.wait_on(cursor)
        elif introduced(cursor, event):
            cursor.say_phrase("got_it")
            dispatch.wait_on(cursor)
        else:
            dispatch.comfort(cursor, node)
    else:
        cursor.note("spoke while a request was pending")


def _not_understood(cursor: Cursor) -> None:
    node = cursor.flow.nodes[cursor.state.node]
    if isinstance(node, ClarifyNode):
        clarify.missed(cursor, node)
    elif isinstance(node, LeadGateNode):
        if not lead_gate.missed(cursor, node):
            leave_lost(cursor, node.no_match)
    elif isinstance(node, LISTENING) and not climb_no_match(cursor, node.no_match):
        leave_lost(cursor, node.no_match)


def _pressed(cursor: Cursor, event: KeyPressed) -> None:
    """The node's own keys first, then those that work anywhere."""
    node = cursor.flow.nodes[cursor.state.node]
    cursor.set(silences=0)
    if (
        isinstance(node, LISTENING)
        and cursor.state.pending is None
        and (_key_of_node(cursor, node, event) or _key_of_map(cursor, node.keys, event.key))
    ):
        return
    if _key_of_map(cursor, cursor.flow.keys, event.key):
        return
    if isinstance(node, ClarifyNode) and cursor.state.pending is None:
        clarify.missed(cursor, node)
    else:
        cursor.note(f"key {event.key} means nothing here")
        if cursor.state.last_listen and cursor.state.pending is None:
            cursor.act(cursor.state.last_listen)


def _key_of_node(
    cursor: Cursor, node: ClarifyNode | LeadGateNode | RagAnswerNode, event: KeyPressed
) -> bool:
    match node:
        case ClarifyNode():
            return clarify.key(cursor, node, event.key)
        case RagAnswerNode():
            return rag_answer.key(cursor, node, event.key)
        case LeadGateNode():
            return lead_gate.key(cursor, node, event.key, event.offset_ms)


def _key_of_map(cursor: Cursor, keys: dict[str, str], key: str) -> bool:
    target = keys.get(key)
    if target is None or cursor.state.phase == "joined":
        return False
    cursor.note(f"key {key} leads to {target}")
    if target.startswith("@"):
        repair.run(cursor, Command(target[1:]))
    else:
        cursor.go(target)
    return True


def _entered(cursor: Cursor, event: FieldEntered) -> None:
    cursor.set(silences=0)
    typed.entered(cursor, event)


def _silent(cursor: Cursor) -> None:
    node = cursor.flow.nodes[cursor.state.node]
    if isinstance(node, DispatchNode) and cursor.state.phase == "holding":
        dispatch.comfort(cursor, node)
    elif cursor.state.pending is not None or not isinstance(node, LISTENING):
        cursor.note("silence while nothing was asked")
    elif not (isinstance(node, LeadGateNode) and lead_gate.rested(cursor, node)):
        climb_no_input(cursor, node.no_input)


def _settled(cursor: Cursor, event: AnswerReady | DispatchDone | DispatchFailed) -> None:
    if event.request_id != cursor.state.pending:
        cursor.note(f"nobody waits for {event.request_id}")
        return
    node = cursor.flow.nodes[cursor.state.node]
    answering = cursor.flow.nodes.get(cursor.state.digression or "")
    if isinstance(event, AnswerReady) and isinstance(answering, RagAnswerNode):
        open_question = cursor.state.last_said
        cursor.set(pending=None, digression=None)
        rag_answer.digressed(cursor, answering, event)
        cursor.set(last_said=open_question)
        cursor.ask_again()
    elif isinstance(event, AnswerReady) and isinstance(node, RagAnswerNode):
        cursor.set(pending=None)
        rag_answer.answered(cursor, node, event)
    elif isinstance(event, (DispatchDone, DispatchFailed)) and isinstance(node, DispatchNode):
        cursor.set(pending=None)
        dispatch.settled(cursor, node, event)
    else:
        cursor.note(f"an answer of the wrong kind: {event.type}")


def _on_hold(cursor: Cursor, event: HandoffClaimed | HumanJoined | HumanLeft | TimerFired) -> None:
    node = cursor.flow.nodes[cursor.state.node]
    if not isinstance(node, DispatchNode):
        cursor.note(f"nothing to do for {event.type}")
    elif isinstance(event, TimerFired):
        dispatch.timed_out(cursor, node, event.name)
    elif isinstance(event, HandoffClaimed) and cursor.state.phase == "holding":
        dispatch.claimed(cursor, node, event)
    elif isinstance(event, HumanJoined) and cursor.state.phase in ("asked", "holding"):
        dispatch.joined(cursor, node)
    elif isinstance(event, HumanLeft) and cursor.state.phase == "joined":
        dispatch.left(cursor, node)
    else:
        cursor.note(f"nothing to do for {event.type}")


def _travel(cursor: Cursor) -> None:
    """Enter nodes until one stops."""
    for _ in range(MAX_PASSES):
        goal, cursor.goal = cursor.goal, None
        if goal is None or cursor.state.ended is not None:
            return
        _enter(cursor, goal)
    cursor.say_phrase("apology")
    cursor.end(Outcome.FAILED)


def _tidy_page(cursor: Cursor) -> None:
    """A text box goes away with the question it belongs to."""
    field = cursor.state.page_field
    if field is None:
        return
    node = cursor.flow.nodes[cursor.state.node]
    asked = isinstance(node, LeadGateNode) and gate.current_field(cursor, node).field == field
    if not asked or cursor.state.ended is not None:
        cursor.clear_page()


def _enter(cursor: Cursor, node_id: str) -> None:
    node = cursor.flow.nodes[node_id]
    visit = cursor.state.visits.get(node_id, 0)
    history = cursor.state.history
    cursor.set(
        node=node_id,
        phase="",
        visits={**cursor.state.visits, node_id: visit + 1},
        history=(*history, node_id)[-MAX_HISTORY:] if isinstance(node, LISTENING) else history,
        misses=0,
        silences=0,
        rounds=0,
        field_index=0,
        partial="",
        candidate=None,
        pending=None,
        digression=None,
        returns=(),
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
            gate.enter(cursor, node, visit)
        case DispatchNode():
            dispatch.enter(cursor, node, visit)
        case EndNode():
            cursor.say(node.say, turn=visit, interruptible=node.interruptible)
            cursor.end(node.outcome)
