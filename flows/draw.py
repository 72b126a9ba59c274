"""A flow as a Mermaid diagram, drawn from the same data the interpreter runs."""

from __future__ import annotations

from flows.model import ClarifyNode, EndNode, Flow, LeadGateNode, RagAnswerNode, StartNode

_SHAPES = {
    StartNode: ('(["', '"])'),
    ClarifyNode: ('{"', '"}'),
    LeadGateNode: ('[/"', '"/]'),
    RagAnswerNode: ('[("', '")]'),
    EndNode: ('((("', '")))'),
}


def mermaid(flow: Flow) -> str:
    """Mermaid source; one line a node, one a transition."""
    lines = ["flowchart TD"]
    for node_id, node in flow.nodes.items():
        opening, closing = _SHAPES.get(type(node), ('["', '"]'))
        # Mermaid reserves a few words, "end" among them, so ids get a prefix.
        lines.append(f"  n_{node_id}{opening}{node_id}<br/><i>{node.type}</i>{closing}")
    for node_id, node in flow.nodes.items():
        for field, target in node.targets():
            lines.append(f'  n_{node_id} -->|"{_label(node, field)}"| n_{target}')
    if flow.operator:
        lines.append(f'  anywhere(["anywhere"]) -.->|"a person, please"| n_{flow.operator}')
    return "\n".join(lines)


def _label(node: object, field: str) -> str:
    if isinstance(node, ClarifyNode) and field.startswith("options["):
        return node.options[int(field[8 : field.index("]")])].name.replace('"', "'")
    if field.startswith("exits["):
        return "exit"
    return field.removesuffix(".then").replace("_", " ")
