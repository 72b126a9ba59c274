"""What changed between two flows, told to the one who writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flows.model import Flow

_CALLED = {
    "next": "where it goes next",
    "on_failure": "where a failure leads",
    "on_refusal": "where a refusal leads",
    "no_answer_next": "where it goes without an answer",
    "fallback": "where it goes when nothing was chosen",
    "questions": "which node answers questions",
    "operator": "where a wish for a person leads",
    "start": "where it begins",
    "then": "where it goes after the last attempt",
    "no_input": "when the caller is silent",
    "no_match": "when it does not understand",
    "say": "what it says",
    "question": "its question",
    "ask": "how it asks",
    "reprompts": "what it says next",
    "insist": "what it says to a refusal",
    "follow_up": "what it says after an answer",
    "no_answer": "what it says without an answer",
    "success": "what it says when it worked",
    "failure": "what it says when it failed",
    "waiting": "what it says while waiting",
    "words": "the words for it",
    "examples": "the examples of it",
    "hints": "the words the recogniser favours",
    "keys": "the keys",
    "confirm": "how it is confirmed",
    "required": "whether it is required",
    "known": "what it does with a known value",
    "intent_summary": "the summary of the lead",
    "no_input_ms": "how long it waits for an answer (ms)",
    "patience_ms": "how long a pause may be (ms)",
    "interruptible": "whether the caller may interrupt",
    "max_misses": "how many questions may stay without an answer",
    "threshold": "how sure an answer must be",
    "outcome": "the outcome",
    "payload": "what is sent along",
    "page": "the text box on the page",
}
_NAMED_BY = ("field", "name")
"""What identifies an item of a list, so that moving it is no change of its neighbours."""
_VOCABULARY = frozenset({"words", "examples", "hints", "keys", "languages", "sources"})


@dataclass(frozen=True)
class Change:
    """One difference. `place` is for machines, `words` for people."""

    node: str
    """Node id; empty for the flow itself."""
    place: str
    kind: str
    """`added`, `removed`, `changed` or `moved`."""
    words: str


def differences(before: Flow, after: Flow) -> tuple[Change, ...]:
    """What is different in `after`, in its order."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    old_nodes, new_nodes = old.pop("nodes"), new.pop("nodes")
    found = list(_compare("", "", (), old, new))
    for node_id, node in new_nodes.items():
        if node_id not in old_nodes:
            found.append(Change(node_id, "", "added", f"{node_id}: new node ({node['type']})"))
        elif old_nodes[node_id]["type"] != node["type"]:
            was = old_nodes[node_id]["type"]
            words = f"{node_id}: is now a {node['type']} node; it was {was}"
            found.append(Change(node_id, "type", "changed", words))
        else:
            found += _compare(node_id, "", (), old_nodes[node_id], node)
    for node_id, node in old_nodes.items():
        if node_id not in new_nodes:
            words = f"{node_id}: node removed ({node['type']})"
            found.append(Change(node_id, "", "removed", words))
    return tuple(found)


def _compare(
    node: str, place: str, called: tuple[str, ...], old: dict[str, Any], new: dict[str, Any]
) -> Iterator[Change]:
    for name in dict.fromkeys((*new, *old)):
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        inner = f"{place}.{name}" if place else name
        names = (*called, name)
        if isinstance(was, list) and isinstance(now, list) and _are_named(was + now):
            yield from _compare_lists(node, inner, names, was, now)
        elif isinstance(was, dict) and isinstance(now, dict):
            yield from _compare(node, inner, names, was, now)
        else:
            yield _change(node, inner, names, was, now)


def _compare_lists(
    node: str, place: str, called: tuple[str, ...], old: list[Any], new: list[Any]
) -> Iterator[Change]:
    before = {_name_of(item, n): item for n, item in enumerate(old)}
    after = {_name_of(item, n): item for n, item in enumerate(new)}
    what = called[-1].removesuffix("s")
    for name, item in after.items():
        if name not in before:
            where = f", which leads to {item['next']}" if item.get("next") else ""
            words = f"{_subject(node, called[:-1])}new {what} “{name}”{where}"
            yield Change(node, f"{place}[{name}]", "added", words)
        else:
            inside = (*called[:-1], f"{what} “{name}”")
            yield from _compare(node, f"{place}[{name}]", inside, before[name], item)
    for name in before:
        if name not in after:
            words = f"{_subject(node, called[:-1])}{what} “{name}” removed"
            yield Change(node, f"{place}[{name}]", "removed", words)
    kept_before = [name for name in before if name in after]
    kept_after = [name for name in after if name in before]
    if kept_before != kept_after:
        words = f"{_subject(node, called[:-1])}{called[-1]} now come in the order " + ", ".join(
            f"“{name}”" for name in kept_after
        )
        yield Change(node, place, "moved", words)


def _change(node: str, place: str, called: tuple[str, ...], was: Any, now: Any) -> Change:
    subject = _subject(node, called[:-1])
    what = _CALLED.get(called[-1], called[-1].replace("_", " "))
    if called[-1] in _VOCABULARY and isinstance(was, list) and isinstance(now, list):
        more = [f"also {_shown(item)}" for item in now if item not in was]
        less = [f"no longer {_shown(item)}" for item in was if item not in now]
        if more or less:
            words = f"{subject}{what}: {', '.join((*more, *less))}"
            return Change(node, place, "changed", words)
    if _is_nothing(was):
        return Change(node, place, "added", f"{subject}{what}: {_shown(now)} (was not set)")
    if _is_nothing(now):
        return Change(node, place, "removed", f"{subject}{what}: no longer {_shown(was)}")
    return Change(
        node, place, "changed", f"{subject}{what}: {_shown(now)} instead of {_shown(was)}"
    )


def _subject(node: str, called: tuple[str, ...]) -> str:
    parts = [node or "flow", *(_CALLED.get(name, name) for name in called)]
    return f"{', '.join(parts)}: "


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " / ".join(_shown(item) for item in value) or "nothing"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_shown(item)}" for name, item in value.items()) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return text if re.fullmatch(r"[\w.@-]+", text) else f"“{text}”"


def _is_nothing(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _are_named(items: list[Any]) -> bool:
    return bool(items) and all(
        isinstance(item, dict) and any(name in item for name in _NAMED_BY) for item in items
    )


def _name_of(item: dict[str, Any], position: int) -> str:
    return next((item[name] for name in _NAMED_BY if item.get(name)), f"number {position + 1}")
