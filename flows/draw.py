"""A flow as a Mermaid diagram, drawn from the same data the interpreter runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.dump import met_order
from flows.model import (
    ClarifyNode,
    EndNode,
    Flow,
    LeadGateNode,
    Node,
    RagAnswerNode,
    StartNode,
    key_targets,
)

_SHAPES = {
    StartNode: ('(["', '"])'),
    ClarifyNode: ('{"', '"}'),
    LeadGateNode: ('[/"', '"/]'),
    RagAnswerNode: ('[("', '")]'),
    EndNode: ('((("', '")))'),
}
ANYWHERE = "anywhere"


@dataclass(frozen=True)
class Line:
    """A way from one node to another, with everything that leads along it."""

    source: str
    target: str
    labels: tuple[str, ...]
    repair: bool
    """True when only misunderstanding, silence, refusal or failure lead here."""


def lines_of(flow: Flow) -> list[Line]:
    """Every way through the flow, one line for each pair of nodes."""
    found: dict[tuple[str, str], list[tuple[str, bool]]] = {}
    for node_id in met_order(flow):
        node = flow.nodes[node_id]
        for field, target in node.targets():
            found.setdefault((node_id, target), []).append(_label(node, field))
    if flow.operator:
        found.setdefault((ANYWHERE, flow.operator), []).append(("a person, please", False))
    for field, target in key_targets(flow.keys):
        found.setdefault((ANYWHERE, target), []).append((field.replace("keys.", "key "), False))
    return [
        Line(
            source,
            target,
            tuple(dict.fromkeys(label for label, _ in labels if label)),
            all(repair for _, repair in labels),
        )
        for (source, target), labels in found.items()
    ]


def mermaid(flow: Flow, path: Sequence[str] = ()) -> str:
    """Mermaid source; one line a node, one a transition. The nodes of `path` stand out."""
    lines = ["flowchart TD"]
    for node_id in met_order(flow):
        node = flow.nodes[node_id]
        opening, closing = _SHAPES.get(type(node), ('["', '"]'))
        # Mermaid reserves a few words, "end" among them, so ids get a prefix.
        lines.append(f"  n_{node_id}{opening}{node_id}<br/><i>{node.type}</i>{closing}")
    ways = lines_of(flow)
    if any(way.source == ANYWHERE for way in ways):
        lines.append(f'  n_{ANYWHERE}(["anywhere"])')
    taken = set(pairwise(path))
    thick = []
    for number, way in enumerate(ways):
        arrow = "-.->" if way.repair or way.source == ANYWHERE else "-->"
        label = ", ".join(way.labels) or "next"
        lines.append(f'  n_{way.source} {arrow}|"{label}"| n_{way.target}')
        if (way.source, way.target) in taken:
            thick.append(str(number))
    if path:
        visited = ",".join(f"n_{node_id}" for node_id in dict.fromkeys(path))
        lines.append("  classDef taken stroke:#0b6e5f,stroke-width:3px,fill:#e3f0ed")
        lines.append(f"  class {visited} taken")
    if thick:
        lines.append(f"  linkStyle {','.join(thick)} stroke:#0b6e5f,stroke-width:3px")
    return "\n".join(lines)


def _label(node: Node, field: str) -> tuple[str, bool]:
    """What leads along a way, and whether it is a repair."""
    if isinstance(node, ClarifyNode) and field.startswith("options["):
        return _safe(node.options[_index(field)].name), False
    if isinstance(node, RagAnswerNode) and field.startswith("exits["):
        item = node.exits[_index(field)]
        words = item.words if isinstance(item.words, tuple) else ()
        return _safe(item.name or next(iter(words), "") or "exit"), False
    if isinstance(node, LeadGateNode) and field.startswith("fields["):
        return f"{node.fields[_index(field)].field} refused", True
    if field == "next":
        return {"rag_answer": "nothing more", "lead_gate": "all asked"}.get(node.type, ""), False
    if field == "questions":
        return "a question", False
    if field.startswith("keys."):
        return field.replace("keys.", "key "), False
    named = {
        "no_input.then": "silent",
        "no_match.then": "not understood",
        "on_refusal": "refused",
        "on_failure": "failed",
        "no_answer_next": "no answer",
        "fallback": "nothing chosen",
    }
    return named.get(field, field), True


def _index(field: str) -> int:
    return int(field[field.index("[") + 1 : field.index("]")])


def _safe(text: str) -> str:
    return text.replace('"', "'").replace("|", "/")
