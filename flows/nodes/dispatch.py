"""`dispatch`: hand over to people or to another system, and go on when that is settled.

Phases: `asked` (waiting for the request's result), `holding` (the caller waits for somebody to
join), `connecting` (somebody has claimed the caller, who is being put through to them), `joined`
(somebody is on the line, and speaks instead of us).
"""

from __future__ import annotations

from flows.actions import Dispatch, Expectation, SetTimer, Transfer
from flows.cursor import Cursor
from flows.events import DispatchDone, DispatchFailed, HandoffClaimed
from flows.model import DispatchNode

HOLD_MS = 20_000
"""Silence between two words of comfort for a caller who waits."""


def enter(cursor: Cursor, node: DispatchNode, visit: int) -> None:
    cursor.say(node.say, turn=visit, interruptible=node.interruptible)
    if node.kind == "handoff" and node.mode == "transfer":
        cursor.act(
            Transfer(
                request_id=cursor.request_id(),
                target=cursor.fill(node.target) or "",
                mode=node.transfer,
                reason=cursor.fill(node.reason) or "",
            )
        )
    else:
        cursor.act(
            Dispatch(
                request_id=cursor.request_id(),
                kind=node.kind,
                wait_ms=node.wait_seconds * 1000 if _waits(node) else 0,
                target=node.target,
                priority=node.priority,
                reason=cursor.fill(node.reason) or "",
                payload=_payload(cursor, node),
            )
        )
    cursor.set(phase="asked")
    if not node.blocking:
        cursor.note("went on without waiting for the result")
        cursor.set(pending=None)
        cursor.go(node.next)


def settled(cursor: Cursor, node: DispatchNode, event: DispatchDone | DispatchFailed) -> None:
    """The request was taken, or was not."""
    if cursor.state.phase == "connecting":
        _connected(cursor, node, event)
    elif isinstance(event, DispatchFailed):
        _failed(cursor, node, f"dispatch failed: {event.reason}")
    elif _waits(node):
        cursor.note("waits for somebody to join")
        cursor.set(phase="holding", misses=0)
        cursor.act(SetTimer(name=_timer(cursor), after_ms=node.wait_seconds * 1000))
        comfort(cursor, node)
    else:
        _done(cursor, node, "dispatched")


def comfort(cursor: Cursor, node: DispatchNode) -> None:
    """A caller on hold hears that they are not forgotten."""
    turn = cursor.state.misses
    cursor.set(misses=turn + 1)
    if node.waiting:
        cursor.say(node.waiting, turn=turn, interruptible=node.interruptible)
    else:
        cursor.say_phrase("waiting", turn=turn % len(cursor.phrase("waiting")))
    wait_on(cursor)


def wait_on(cursor: Cursor) -> None:
    """Listen for the caller who is on hold."""
    cursor.listen(Expectation.OPEN, no_input_ms=HOLD_MS)


def given_up(cursor: Cursor, node: DispatchNode) -> None:
    """The caller does not want to wait any longer; people have the request all the same."""
    cursor.note("would not wait")
    cursor.say_phrase("refused")
    cursor.go(node.on_failure or node.next)


def timed_out(cursor: Cursor, node: DispatchNode, timer: str) -> None:
    """Nobody joined in time."""
    if cursor.state.phase == "holding" and timer == _timer(cursor):
        _failed(cursor, node, "nobody joined in time")
    else:
        cursor.note(f"timer {timer} means nothing any more")


def claimed(cursor: Cursor, node: DispatchNode, event: HandoffClaimed) -> None:
    """Somebody has taken the caller who waits: put them through, or promise to be in touch."""
    if event.connect_to:
        cursor.note("claimed: connecting")
        cursor.say(node.success, interruptible=node.interruptible)
        to = event.connect_to
        cursor.act(Transfer(request_id=cursor.request_id(), target=to, mode=node.transfer))
        cursor.set(phase="connecting")
    else:
        cursor.note("claimed: they get in touch")
        cursor.say_phrase("in_touch")
        cursor.go(node.next)


def joined(cursor: Cursor, node: DispatchNode) -> None:
    """Somebody is on the line; they speak from here on."""
    cursor.note("somebody joined")
    cursor.set(phase="joined", pending=None)
    cursor.say(node.success, interruptible=node.interruptible)


def left(cursor: Cursor, node: DispatchNode) -> None:
    """They are gone, and the caller is still there."""
    cursor.note("they left")
    cursor.go(node.next)


def _connected(cursor: Cursor, node: DispatchNode, event: DispatchDone | DispatchFailed) -> None:
    """The caller is through, or still here: whoever claimed them has their request either way."""
    if isinstance(event, DispatchFailed):
        cursor.note(f"not connected: {event.reason}")
        cursor.say_phrase("in_touch")
    cursor.go(node.next)


def _waits(node: DispatchNode) -> bool:
    return node.kind == "handoff" and node.mode == "wait" and node.blocking


def _done(cursor: Cursor, node: DispatchNode, what: str) -> None:
    cursor.note(what)
    cursor.say(node.success, interruptible=node.interruptible)
    cursor.go(node.next)


def _failed(cursor: Cursor, node: DispatchNode, what: str) -> None:
    cursor.note(what)
    if node.failure:
        cursor.say(node.failure, interruptible=node.interruptible)
    else:
        cursor.say_phrase("failure")
    cursor.go(node.on_failure or node.next)


def _payload(cursor: Cursor, node: DispatchNode) -> dict[str, str]:
    return {name: filled for name, text in node.payload.items() if (filled := cursor.fill(text))}


def _timer(cursor: Cursor) -> str:
    return f"join-{cursor.state.serial}"
