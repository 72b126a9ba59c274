"""Where a flow can go: missing targets, unreachable nodes, dead ends, rounds without the caller."""

from __future__ import annotations

from collections.abc import Iterator

from flows.errors import Problem, did_you_mean
from flows.model import (
    LISTENING,
    ClarifyNode,
    EndNode,
    Flow,
    LeadGateNode,
    Node,
    RagAnswerNode,
    StartNode,
    key_targets,
)


def graph_problems(flow: Flow) -> Iterator[Problem]:
    """Everything wrong with where the flow can go."""
    yield from _missing_targets(flow)
    yield from _start(flow)
    yield from _wrong_kinds(flow)
    yield from _unreachable(flow)
    yield from _dead_ends(flow)
    yield from _rounds_without_caller(flow)


def targets(flow: Flow, node_id: str) -> dict[str, str]:
    """field → node of everywhere a node leads; targets that don't exist left out."""
    return {
        field: target for field, target in flow.nodes[node_id].targets() if target in flow.nodes
    }


def entrances(flow: Flow) -> dict[str, str]:
    """field → node of where a conversation can go from anywhere."""
    named = {"start": flow.start, "operator": flow.operator, **dict(key_targets(flow.keys))}
    return {field: target for field, target in named.items() if target and target in flow.nodes}


def reachable(flow: Flow, *begin: str) -> set[str]:
    """Nodes on any way from some nodes, these included."""
    seen: set[str] = set()
    waiting = list(begin)
    while waiting:
        node_id = waiting.pop()
        if node_id not in seen:
            seen.add(node_id)
            waiting.extend(targets(flow, node_id).values())
    return seen


def _missing_targets(flow: Flow) -> Iterator[Problem]:
    def missing(node_id: str, field: str, target: str) -> Problem:
        hint = did_you_mean(target, flow.nodes) + f"nodes: {', '.join(sorted(flow.nodes))}"
        return Problem(node_id, field, f"there is no node {target}", hint)

    own = [("start", flow.start), ("operator", flow.operator), ("questions", flow.questions)]
    for field, target in (*own, *key_targets(flow.keys)):
        if target and target not in flow.nodes:
            yield missing("", field, target)
    for node_id, node in flow.nodes.items():
        for field, target in (*node.targets(), *_asked(node)):
            if target not in flow.nodes:
                yield missing(node_id, field, target)


def _asked(node: Node) -> tuple[tuple[str, str], ...]:
    # A gate's questions are answered without leaving it, so they are no way out of it.
    if isinstance(node, LeadGateNode) and node.questions:
        return (("questions", node.questions),)
    return ()


def _start(flow: Flow) -> Iterator[Problem]:
    if flow.start in flow.nodes and not isinstance(flow.nodes[flow.start], StartNode):
        yield Problem(
            flow.start,
            "type",
            "the flow starts at a node that is not of type start",
            "begin with a node of type start that greets",
        )


def _wrong_kinds(flow: Flow) -> Iterator[Problem]:
    named = [("", "questions", flow.questions)]
    for node_id, node in flow.nodes.items():
        if isinstance(node, (ClarifyNode, LeadGateNode)):
            named.append((node_id, "questions", node.questions))
    for node_id, field, target in named:
        found = flow.nodes.get(target or "")
        if found is not None and not isinstance(found, RagAnswerNode):
            yield Problem(
                node_id,
                field,
                f"{target} is not a rag_answer node",
                "questions are answered by a node of type rag_answer",
            )


def _unreachable(flow: Flow) -> Iterator[Problem]:
    answering = {flow.questions} | {target for node in flow.nodes.values()
                                    for _, target in _asked(node)}  # fmt: skip
    seen = reachable(flow, *entrances(flow).values())
    for node_id in flow.nodes:
        if node_id not in seen and node_id not in answering:
            yield Problem(node_id, "", "nothing leads to this node", "link it or remove it")


def _dead_ends(flow: Flow) -> Iterator[Problem]:
    for node_id in flow.nodes:
        ways = reachable(flow, node_id)
        ends = any(isinstance(flow.nodes[n], EndNode) for n in ways)
        astray = any(t not in flow.nodes for n in ways for _, t in flow.nodes[n].targets())
        if not ends and not astray:
            yield Problem(
                node_id,
                "",
                "no path from here reaches an end node",
                "let one of its ways lead to a node of type end",
            )


def _rounds_without_caller(flow: Flow) -> Iterator[Problem]:
    """Ways that need no word of the caller must not come back to where they began."""
    ways = {node_id: set(_without_caller(flow, node_id)) for node_id in flow.nodes}
    for circle in _circles(ways):
        first = next(node_id for node_id in flow.nodes if node_id in circle)
        silent = any(isinstance(flow.nodes[node_id], LISTENING) for node_id in circle)
        path = " → ".join((*(n for n in flow.nodes if n in circle), first))
        message = (
            "leads back to itself without asking the caller"
            if not silent
            else "leads back to itself without a word of the caller"
        )
        yield Problem(
            first,
            _field_inside(flow, first, circle),
            message,
            f"{path}: let one of these ways lead out",
        )


def _without_caller(flow: Flow, node_id: str) -> Iterator[str]:
    """Where a node leads when the caller says nothing at all."""
    node = flow.nodes[node_id]
    for field, target in targets(flow, node_id).items():
        if not isinstance(node, LISTENING) or field == "no_input.then":
            yield target
        elif isinstance(node, LeadGateNode) and field == "next":
            # When everything is known already, a gate asks nothing.
            yield target


def _circles(ways: dict[str, set[str]]) -> list[set[str]]:
    """Sets of nodes that reach one another (strongly connected, with at least one edge inside)."""
    reach = {node_id: _closure(ways, node_id) for node_id in ways}
    found: list[set[str]] = []
    for node_id in ways:
        circle = {other for other in reach[node_id] if node_id in reach[other]}
        if circle and circle not in found:
            found.append(circle)
    return found


def _closure(ways: dict[str, set[str]], begin: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(ways[begin])
    while waiting:
        node_id = waiting.pop()
        if node_id not in seen:
            seen.add(node_id)
            waiting.extend(ways[node_id])
    return seen


def _field_inside(flow: Flow, node_id: str, circle: set[str]) -> str:
    return next((field for field, target in targets(flow, node_id).items() if target in circle), "")
