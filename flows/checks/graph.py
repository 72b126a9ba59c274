"""Where a flow can go: missing targets, unreachable nodes, dead ends, rounds without the caller."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

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

MAX_NAMED = 20
"""Nodes that a hint names."""


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
    return _met(begin, {node_id: targets(flow, node_id).values() for node_id in flow.nodes})


def missing_node(node_id: str, field: str, target: str, known: Collection[str]) -> Problem:
    """A way that leads nowhere."""
    more = ", …" if len(known) > MAX_NAMED else ""
    hint = f"nodes: {', '.join(sorted(known)[:MAX_NAMED])}{more}"
    return Problem(node_id, field, f"there is no node {target}", did_you_mean(target, known) + hint)


def _missing_targets(flow: Flow) -> Iterator[Problem]:
    own = [("start", flow.start), ("operator", flow.operator), ("questions", flow.questions)]
    for field, target in (*own, *key_targets(flow.keys)):
        if target and target not in flow.nodes:
            yield missing_node("", field, target, flow.nodes)
    for node_id, node in flow.nodes.items():
        for field, target in (*node.targets(), *_asked(node)):
            if target not in flow.nodes:
                yield missing_node(node_id, field, target, flow.nodes)


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
    if flow.start not in flow.nodes:
        return
    seen = reachable(flow, *entrances(flow).values())
    for node_id in flow.nodes:
        if node_id not in seen and node_id not in answering:
            yield Problem(node_id, "", "nothing leads to this node", "link it or remove it")


def _dead_ends(flow: Flow) -> Iterator[Problem]:
    ways_to: dict[str, list[str]] = {node_id: [] for node_id in flow.nodes}
    out: list[str] = []
    for node_id, node in flow.nodes.items():
        astray = any(target not in flow.nodes for _, target in node.targets())
        if isinstance(node, EndNode) or astray:
            out.append(node_id)
        for target in targets(flow, node_id).values():
            ways_to[target].append(node_id)
    ends = _met(out, ways_to)
    for node_id in flow.nodes:
        if node_id not in ends:
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
    # What nothing leads on from is in no circle, nor what leads to nothing else.
    ways = _with_successors(ways)
    reach = {node_id: _met(ways[node_id], ways) for node_id in ways}
    found: list[set[str]] = []
    for node_id in ways:
        circle = {other for other in reach[node_id] if node_id in reach[other]}
        if circle and circle not in found:
            found.append(circle)
    return found


def _with_successors(ways: dict[str, set[str]]) -> dict[str, set[str]]:
    """The ways without those that end: what is left leads round, or to what does."""
    left = {node_id: len(targets) for node_id, targets in ways.items()}
    before: dict[str, list[str]] = {node_id: [] for node_id in ways}
    for node_id, targets in ways.items():
        for target in targets:
            before[target].append(node_id)
    ended = [node_id for node_id, count in left.items() if not count]
    while ended:
        for node_id in before[ended.pop()]:
            left[node_id] -= 1
            if not left[node_id]:
                ended.append(node_id)
    kept = {node_id for node_id, count in left.items() if count}
    return {node_id: ways[node_id] & kept for node_id in ways if node_id in kept}


def _met(begin: Iterable[str], ways: Mapping[str, Iterable[str]]) -> set[str]:
    """All that is met from `begin` on, these included."""
    seen: set[str] = set()
    waiting = list(begin)
    while waiting:
        node_id = waiting.pop()
        if node_id not in seen:
            seen.add(node_id)
            waiting.extend(ways[node_id])
    return seen


def _field_inside(flow: Flow, node_id: str, circle: set[str]) -> str:
    return next((field for field, target in targets(flow, node_id).items() if target in circle), "")
