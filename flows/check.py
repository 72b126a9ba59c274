"""Does a flow make sense? Checks the graph before it runs; every problem is reported at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.errors import Problem
from flows.model import ClarifyNode, EndNode, Flow, LeadGateNode, RagAnswerNode, StartNode

PLACEHOLDER = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)*)\}")
KNOWN_FACTS = frozenset({"campaign.name", "account.name"})
LISTENING = (LeadGateNode, RagAnswerNode, ClarifyNode)


def check(flow: Flow) -> tuple[Problem, ...]:
    """Everything wrong with the graph; empty when it can run."""
    missing = tuple(_missing_targets(flow))
    if missing:
        return missing
    return (
        *_start(flow),
        *_unreachable(flow),
        *_dead_ends(flow),
        *_loops_without_caller(flow),
        *_ambiguous_options(flow),
        *_wrong_kinds(flow),
        *_placeholders(flow),
    )


def _targets(flow: Flow, node_id: str) -> set[str]:
    return {target for _, target in flow.nodes[node_id].targets()}


def _missing_targets(flow: Flow) -> Iterator[Problem]:
    known = ", ".join(flow.nodes)
    if flow.start not in flow.nodes:
        yield Problem("", "start", f"there is no node {flow.start}", f"nodes: {known}")
    if flow.operator and flow.operator not in flow.nodes:
        yield Problem("", "operator", f"there is no node {flow.operator}", f"nodes: {known}")
    for node_id, node in flow.nodes.items():
        for field, target in node.targets():
            if target not in flow.nodes:
                yield Problem(node_id, field, f"there is no node {target}", f"nodes: {known}")


def _start(flow: Flow) -> Iterator[Problem]:
    if not isinstance(flow.nodes[flow.start], StartNode):
        yield Problem(flow.start, "type", "the flow starts at a node that is not of type start")


def _reachable(flow: Flow, begin: str) -> set[str]:
    seen: set[str] = set()
    waiting = [begin]
    while waiting:
        node_id = waiting.pop()
        if node_id not in seen:
            seen.add(node_id)
            waiting.extend(_targets(flow, node_id))
    return seen


def _unreachable(flow: Flow) -> Iterator[Problem]:
    seen = _reachable(flow, flow.start)
    if flow.operator:
        seen |= _reachable(flow, flow.operator)
    for node_id in flow.nodes:
        if node_id not in seen:
            yield Problem(node_id, "", "nothing leads to this node", "link it or remove it")


def _dead_ends(flow: Flow) -> Iterator[Problem]:
    for node_id in flow.nodes:
        ends = any(isinstance(flow.nodes[n], EndNode) for n in _reachable(flow, node_id))
        if not ends:
            yield Problem(node_id, "", "no path from here reaches an end node")


def _loops_without_caller(flow: Flow) -> Iterator[Problem]:
    """Nodes that only lead to one another without ever listening would talk for ever."""
    for node_id, node in flow.nodes.items():
        if isinstance(node, LISTENING):
            continue
        seen: set[str] = set()
        waiting = list(_targets(flow, node_id))
        while waiting:
            target = waiting.pop()
            if target == node_id:
                yield Problem(node_id, "next", "leads back to itself without asking the caller")
                break
            if target not in seen and not isinstance(flow.nodes[target], LISTENING):
                seen.add(target)
                waiting.extend(_targets(flow, target))


def _ambiguous_options(flow: Flow) -> Iterator[Problem]:
    for node_id, node in flow.nodes.items():
        if not isinstance(node, ClarifyNode):
            continue
        seen: dict[str, str] = {}
        for index, option in enumerate(node.options):
            if not option.words and not option.keys:
                yield Problem(node_id, f"options[{index}]", "has neither words nor keys")
            for word in (*(w.casefold() for w in option.words), *(f"key {k}" for k in option.keys)):
                if word in seen and seen[word] != option.name:
                    yield Problem(
                        node_id,
                        f"options[{index}]",
                        f"“{word}” already chooses {seen[word]}",
                        "every word and key may choose one option only",
                    )
                seen.setdefault(word, option.name)


def _wrong_kinds(flow: Flow) -> Iterator[Problem]:
    for node_id, node in flow.nodes.items():
        if (
            isinstance(node, ClarifyNode)
            and node.questions
            and not isinstance(flow.nodes[node.questions], RagAnswerNode)
        ):
            yield Problem(node_id, "questions", f"{node.questions} is not a rag_answer node")
        if isinstance(node, LeadGateNode):
            names = [field.field for field in node.fields]
            for name in {name for name in names if names.count(name) > 1}:
                yield Problem(node_id, "fields", f"asks for {name} twice")


def texts_of(value: object) -> Iterator[str]:
    """Every text inside a node, whatever field it stands in."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_of(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from texts_of(item)


def _placeholders(flow: Flow) -> Iterator[Problem]:
    asked_before = _fields_asked_before(flow)
    for node_id, node in flow.nodes.items():
        for text in texts_of(node.model_dump()):
            for name in PLACEHOLDER.findall(text):
                if name in KNOWN_FACTS:
                    continue
                kind, _, field = name.partition(".")
                if kind != "lead" or not field:
                    yield Problem(
                        node_id,
                        "",
                        f"{{{name}}} is unknown",
                        f"known: {', '.join(sorted(KNOWN_FACTS))}, lead.<field>",
                    )
                elif field not in asked_before[node_id]:
                    yield Problem(
                        node_id,
                        "",
                        f"{{{name}}} may be used before it is asked",
                        "a text with an empty placeholder is left unsaid",
                    )


def _fields_asked_before(flow: Flow) -> dict[str, set[str]]:
    """For each node the lead fields asked on at least one path to it."""
    asked: dict[str, set[str]] = {node_id: set() for node_id in flow.nodes}
    changed = True
    while changed:
        changed = False
        for node_id, node in flow.nodes.items():
            own = {f.field for f in node.fields} if isinstance(node, LeadGateNode) else set()
            if own - asked[node_id]:
                asked[node_id] |= own
                changed = True
            for target in _targets(flow, node_id):
                if asked[node_id] - asked[target]:
                    asked[target] |= asked[node_id]
                    changed = True
    return asked
