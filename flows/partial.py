"""A flow whose shape is wrong, as far as it can be looked at: what else is wrong comes at once.

Settings that nobody knows are left out; of a node that is wrong itself only its ways are kept, and
what is found there is not told, nor what may come of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from flows.check import check
from flows.checks.graph import missing_node
from flows.errors import Problem
from flows.model import NODE_PATTERN, Flow

_WAYS = frozenset(
    {"next", "then", "fallback", "on_refusal", "on_failure", "no_answer_next", "questions"}
)
"""Fields that name a node."""
UNKNOWN = "unknown_way"
"""Where a node leads of which that can't be told."""
_EARLY = "before it is asked"
MAX_DEPTH = 8
"""No node is deeper."""


def other_problems(document: Mapping[str, Any], error: ValidationError) -> tuple[Problem, ...]:
    """What is wrong with the rest of a definition that has the `error`."""
    known = _without(
        document, [item for item in error.errors() if item["type"] == "extra_forbidden"]
    )
    try:
        return check(Flow.model_validate(known))
    except ValidationError as left:
        error = left
    nodes = known.get("nodes")
    wrong = {
        str(item["loc"][1])
        for item in error.errors()
        if item["loc"][:1] == ("nodes",) and len(item["loc"]) > 1
    }
    if not isinstance(nodes, Mapping) or not wrong < {str(name) for name in nodes}:
        return ()
    standing = {
        name: _stand_in(node, nodes) if name in wrong else node for name, node in nodes.items()
    }
    names = {"name": "unnamed", "start": known.get("start"), "nodes": standing}
    outer = {str(item["loc"][0]) for item in error.errors() if item["loc"][:1] != ("nodes",)}
    rest = {name: value for name, value in known.items() if name not in outer | set(names)}
    try:
        found = check(Flow.model_validate({**rest, **names}))
    except ValidationError:
        return ()
    nowhere = tuple(
        missing_node(name, field, way, [str(one) for one in nodes])
        for name in nodes
        if name in wrong
        for field, way in dict.fromkeys(_ways(nodes[name]))
        if way not in nodes and not way.startswith("@") and re.match(NODE_PATTERN, way)
    )
    gates = any(not _is_other_than(nodes[name], "lead_gate") for name in wrong)
    return nowhere + tuple(
        problem
        for problem in found
        if problem.node not in wrong
        and not (gates and _EARLY in problem.message)
        and problem.field.split(".")[0] not in outer
        and not any(name in problem.message.split() for name in wrong)
    )


def _without(document: Mapping[str, Any], items: list[Any]) -> dict[str, Any]:
    """A copy that lacks the settings at the places of `items`."""
    copy = deepcopy(dict(document))
    for item in items:
        within: Any = copy
        # Places hold the names of alternatives (a node's type), too, which are not in the document.
        for step in item["loc"][:-1]:
            known = step in within if isinstance(within, dict) else isinstance(step, int)
            within = within[step] if known else within
        within.pop(item["loc"][-1], None)
    return copy


def _stand_in(node: Any, nodes: Mapping[str, Any]) -> dict[str, Any]:
    """A node that leads wherever `node` does."""
    ways = [way for way in dict.fromkeys(way for _, way in _ways(node)) if way in nodes]
    ways = ways or [UNKNOWN]
    options = [
        {"name": f"way {place}", "words": [f"way {place}"], "next": way}
        for place, way in enumerate((*ways, UNKNOWN))
    ]
    if isinstance(node, Mapping) and node.get("type") == "rag_answer":
        exits = [{"words": option["words"], "next": option["next"]} for option in options]
        return {"type": "rag_answer", "say": "-", "next": ways[0], "exits": exits}
    return {"type": "clarify", "question": "-", "options": options}


def _ways(value: Any, seen: frozenset[int] = frozenset()) -> Iterator[tuple[str, str]]:
    """(field, node) of wherever a node leads that may be wrong otherwise."""
    if id(value) in seen or len(seen) > MAX_DEPTH:
        return
    seen |= {id(value)}
    if isinstance(value, Mapping):
        for name, item in value.items():
            if isinstance(item, str):
                yield from [(str(name), item)] if name in _WAYS else []
            elif name == "keys" and isinstance(item, Mapping):
                yield from ((f"keys.{key}", to) for key, to in item.items() if isinstance(to, str))
            else:
                yield from _ways(item, seen)
    elif isinstance(value, (list, tuple)):
        for item in value:
            if isinstance(item, Mapping):
                yield from _ways(item, seen)


def _is_other_than(node: Any, kind: str) -> bool:
    return isinstance(node, Mapping) and node.get("type") not in (kind, None)
