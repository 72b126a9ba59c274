"""YAML as flows are written: keys are text, "no" and "12:30" are words, nothing is said twice.

YAML 1.1 reads `no`, `on` and `yes` as true or false, `12:30` as 750, and keeps the last of two keys
that are alike. Authors mean none of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from flows.errors import FlowInvalid, Problem

_TAG = "tag:yaml.org,2002:"


class _Loader(yaml.SafeLoader):
    """Knows fewer kinds of plain words."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver(
    f"{_TAG}bool", re.compile(r"^(?:true|false)$", re.IGNORECASE), list("tTfF")
)
_Loader.add_implicit_resolver(
    f"{_TAG}int", re.compile(r"^[-+]?(?:0|[1-9]\d*)$"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    f"{_TAG}float",
    re.compile(r"^[-+]?\d*\.\d+(?:e[-+]?\d+)?$", re.IGNORECASE),
    list("-+.0123456789"),
)
_Loader.add_implicit_resolver(
    f"{_TAG}null", re.compile(r"^(?:~|null|)$", re.IGNORECASE), ["~", "n", "N", ""]
)
_Loader.add_implicit_resolver(f"{_TAG}merge", re.compile(r"^<<$"), ["<"])


def read_yaml(text: str) -> tuple[Any, tuple[Problem, ...]]:
    """The document, and what is written twice in it.

    Raises:
        FlowInvalid: this is no YAML, nor JSON.
    """
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            return None, ()
        problems = tuple(_written_twice(root, (), set()))
        return loader.construct_document(root), problems
    except yaml.YAMLError as error:
        raise FlowInvalid((_unreadable(error),)) from error
    except RecursionError as error:
        raise FlowInvalid((Problem("", "", "lists and mappings are nested too deep"),)) from error


def _unreadable(error: yaml.YAMLError) -> Problem:
    mark, why = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    place = f" at line {mark.line + 1}" if mark else ""
    message = f"this is not YAML or JSON{place}" + (f": {why}" if why else "")
    return Problem("", "", message, 'texts with : # or, inside brackets, ? and , need "quotes"')


def _written_twice(node: yaml.Node, path: tuple[str, ...], seen: set[int]) -> Iterator[Problem]:
    """Keys that stand twice in a mapping; makes text of every key on the way."""
    if id(node) in seen:
        # Written once, used again by its anchor.
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _written_twice(item, (*path, f"[{index}]"), seen)
    elif isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.tag != f"{_TAG}merge":
                key.tag = f"{_TAG}str"
                line = key.start_mark.line + 1
                if key.value in lines:
                    yield _twice((*path, key.value), lines[key.value], line)
                lines.setdefault(key.value, line)
            yield from _written_twice(value, (*path, key.value), seen)


def _twice(path: tuple[str, ...], first: int, second: int) -> Problem:
    inside = path[:1] == ("nodes",) and len(path) > 1
    node, rest = (path[1], path[2:]) if inside else ("", path)
    where = f"line {first} and line {second}" if first != second else f"line {first}"
    message = f"{path[-1]} is written twice, in {where}"
    return Problem(node, ".".join(rest).replace(".[", "["), message, "one would be lost: keep one")
