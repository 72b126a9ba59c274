"""Options that could be mistaken for one another: by word, by key, or for a command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.errors import Problem
from flows.matching import Choosable, normal
from flows.model import ClarifyNode, Flow, LeadGateNode, RagAnswerNode
from flows.nodes.confirming import DIGITS_KEYED
from flows.texts import variants


def choice_problems(flow: Flow) -> Iterator[Problem]:
    """Everything ambiguous about what can be chosen."""
    for node_id, node in flow.nodes.items():
        if isinstance(node, ClarifyNode):
            yield from _alike(flow, node_id, "options", node.options, set(node.keys))
        elif isinstance(node, RagAnswerNode):
            yield from _alike(flow, node_id, "exits", node.exits, set(node.keys))
        elif isinstance(node, LeadGateNode):
            yield from _fields(flow, node_id, node)


def _fields(flow: Flow, node_id: str, node: LeadGateNode) -> Iterator[Problem]:
    names = [field.field for field in node.fields]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield Problem(node_id, "fields", f"asks for {name} twice", "a gate asks each field once")
    for index, field in enumerate(node.fields):
        place = f"fields[{index}]"
        if field.kind == "choice":
            yield from _alike(flow, node_id, f"{place}.options", field.options, set(node.keys))
            if not field.options:
                yield Problem(node_id, f"{place}.options", "a choice needs options")
        elif field.options:
            yield Problem(
                node_id, f"{place}.options", f"a field of kind {field.kind} has no options",
                "set kind: choice",
            )  # fmt: skip
        digits = [key for key in node.keys if key.isdigit()]
        if field.kind in DIGITS_KEYED and digits:
            yield Problem(
                node_id,
                f"keys.{digits[0]}",
                f"key {digits[0]} is needed to key in the {field.field}",
                "use * or # here, or keys of the whole flow",
            )


def _alike(
    flow: Flow, node_id: str, where: str, options: Sequence[Choosable], taken: set[str]
) -> Iterator[Problem]:
    keys = dict.fromkeys(taken, "the node's keys")
    names: set[str] = set()
    reported: set[tuple[int, str]] = set()
    for index, option in enumerate(options):
        place = f"{where}[{index}]"
        label = option.name or place
        nothing = not option.words and not option.keys and not getattr(option, "examples", ())
        # A choice's or an exit's name alone can be said too; of an option we ask for more.
        if nothing and (not option.name or where == "options"):
            yield Problem(node_id, place, "has neither words nor keys", "add the words callers say")
        if option.name and option.name.casefold() in names:
            yield Problem(node_id, place, f"there are two options {option.name}")
        names.add(option.name.casefold())
        for key in option.keys:
            if key in keys:
                yield Problem(
                    node_id, place, f"“key {key}” already chooses {keys[key]}",
                    "every word and key may choose one option only",
                )  # fmt: skip
            keys.setdefault(key, label)
    for language in flow.all_languages():
        seen: dict[str, tuple[int, str]] = {}
        for index, option in enumerate(options):
            said = (option.name, *variants(option.words, language, flow.language))
            for word in dict.fromkeys(normal(item) for item in said if item):
                other = seen.setdefault(word, (index, option.name or f"{where}[{index}]"))
                if other[0] != index and (index, word) not in reported:
                    reported.add((index, word))
                    yield Problem(
                        node_id,
                        f"{where}[{index}]",
                        f"“{word}” already chooses {other[1]}",
                        "every word and key may choose one option only",
                    )
