"""`dispatch`: hand over to people or to another system, and go on when that is settled."""

from __future__ import annotations

from flows.actions import Dispatch
from flows.cursor import Cursor
from flows.model import DispatchNode


def enter(cursor: Cursor, node: DispatchNode, visit: int) -> None:
    cursor.set(phase="waiting")
    cursor.say(node.say, turn=visit, interruptible=node.interruptible)
    payload = {name: filled for name, text in node.payload.items() if (filled := cursor.fill(text))}
    cursor.act(
        Dispatch(
            request_id=cursor.request_id(),
            kind=node.kind,
            target=node.target,
            priority=node.priority,
            reason=cursor.fill(node.reason) or "",
            payload=payload,
        )
    )


def settled(cursor: Cursor, node: DispatchNode, *, done: bool) -> None:
    cursor.note("dispatched" if done else "dispatch failed")
    cursor.say(node.success if done else node.failure, interruptible=node.interruptible)
    cursor.go(node.next if done else node.on_failure or node.next)
