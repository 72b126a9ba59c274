"""What the caller types on their page: as good as said and confirmed."""

from __future__ import annotations

import re

from flows.cursor import Cursor
from flows.events import FieldEntered
from flows.model import LeadField, LeadGateNode
from flows.nodes import gate
from flows.spoken.fields import Reading, read
from flows.state import FieldValue


def entered(cursor: Cursor, event: FieldEntered) -> None:
    """A field was typed on the page: as good as said and confirmed."""
    found = _asked_for(cursor, event.field)
    if found is None:
        cursor.note(f"{event.field} was typed, but this flow has no such field")
        return
    node, field = found
    reading = read(field.kind, event.value, cursor.state.region)
    value = gate.choice_named(field, event.value) if field.kind == "choice" else reading.value
    typed_name = field.kind in ("name", "company") and re.search(r"[^\W\d_]", event.value)
    if typed_name and not reading.valid:
        # Whatever is typed as a name is one.
        reading, value = Reading(event.value.strip(), True), event.value.strip()
    current = (
        cursor.flow.nodes[cursor.state.node] is node and gate.current_field(cursor, node) is field
    )
    if not value or not (reading.valid or field.kind == "choice"):
        cursor.note(f"typed something that is no {field.kind}")
        if current:
            cursor.say_phrase("typed_wrong")
            gate.listen(cursor, node, field)
        return
    cursor.note(f"typed {field.field}")
    typed = FieldValue(
        value=value, raw=event.value, offset_ms=event.offset_ms, confidence=1.0, confirmed=True
    )
    gate.store(cursor, field, typed)
    if current:
        cursor.say_phrase("got_it")
        gate.next_field(cursor, node)
    elif cursor.state.last_listen:
        cursor.act(cursor.state.last_listen)


def _asked_for(cursor: Cursor, name: str) -> tuple[LeadGateNode, LeadField] | None:
    """The node and field a typed value belongs to, the current gate's own first."""
    here = cursor.flow.nodes[cursor.state.node]
    gates = [here, *cursor.flow.nodes.values()]
    for node in gates:
        if isinstance(node, LeadGateNode):
            for field in node.fields:
                if field.field == name:
                    return node, field
    return None
