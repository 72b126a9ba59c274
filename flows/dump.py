"""A flow as an author would write it: YAML with nothing that goes without saying."""

from __future__ import annotations

from typing import Any

import yaml

from flows.model import Flow

_FIRST = ("name", "type", "language", "languages", "start", "operator", "field", "kind", "say",
          "question", "ask", "questions", "words", "keys", "phrases")  # fmt: skip
_ON_ONE_LINE = frozenset({"words", "keys", "hints", "examples", "languages", "sources"})
"""What a reader wants to see first; all else keeps its order, the ways out come last."""
_LAST = ("next", "on_failure", "on_refusal", "no_match", "no_input", "nodes")


def to_yaml(flow: Flow) -> str:
    """The definition as text that reads back as the same flow."""
    text: str = yaml.dump(
        to_document(flow), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=96
    )
    return text


def to_document(flow: Flow) -> dict[str, Any]:
    """The definition without what is left at its default, nodes in the order they are met."""
    document = flow.model_dump(mode="json", exclude_defaults=True)
    nodes = document.pop("nodes")
    document["nodes"] = {node_id: _tidy(nodes[node_id]) for node_id in met_order(flow)}
    ordered: dict[str, Any] = _tidy(document)
    return ordered


def met_order(flow: Flow) -> list[str]:
    """Node ids from the start outwards; a database does not keep the author's order."""
    seen: dict[str, None] = {}
    waiting = [flow.start, *(flow.nodes)]
    while waiting:
        node_id = waiting.pop(0)
        if node_id in seen or node_id not in flow.nodes:
            continue
        seen[node_id] = None
        targets = [target for _, target in flow.nodes[node_id].targets()]
        waiting = [*dict.fromkeys(targets), *waiting]
    return list(seen)


def _tidy(value: Any) -> Any:
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    items = {name: _tidy(item) for name, item in value.items()}
    if items.get("kind") is not None and items.get("kind") == items.get("field"):
        del items["kind"]
    for name, item in items.items():
        # A single text stands by itself.
        if not isinstance(item, list):
            continue
        if name in _ON_ONE_LINE:
            items[name] = _OneLine(item)
        elif len(item) == 1 and isinstance(item[0], str):
            items[name] = item[0]
    names = [name for name in _FIRST if name in items]
    names += [name for name in items if name not in _FIRST and name not in _LAST]
    names += [name for name in _LAST if name in items]
    return {name: items[name] for name in names}


class _OneLine(list[Any]):
    """A list of short things."""


class _Dumper(yaml.SafeDumper):
    """Indents lists, so that a text's variants stand under it."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _one_line(dumper: yaml.SafeDumper, data: _OneLine) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)


_Dumper.add_representer(_OneLine, _one_line)
