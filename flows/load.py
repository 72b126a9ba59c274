"""From text to a flow: first its shape, then (in `check`) its sense; all problems at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flows.check import check
from flows.errors import FlowInvalid, Problem, did_you_mean
from flows.library import READY
from flows.model import (
    FIELD_KINDS,
    FIELD_PATTERN,
    KEY_PATTERN,
    KEY_TARGET_PATTERN,
    NODE_PATTERN,
    Flow,
)
from flows.partial import other_problems
from flows.texts import LANGUAGE_PATTERN, SHAPE_TAGS
from flows.yaml_text import read_yaml

MAX_DEFINITION_BYTES = 1 << 20
_PATTERN_HINTS = {
    LANGUAGE_PATTERN: "a language is written en, or en-GB",
    NODE_PATTERN: "small letters, digits and _, a letter first",
    FIELD_PATTERN: "small letters, digits and _, a letter first",
    KEY_PATTERN: "a key is one of 0 to 9, * and #",
    KEY_TARGET_PATTERN: "a node, or @repeat, @back, @start_over, @person, @goodbye",
}
# Authors write YAML; pydantic's messages speak of Python.
_MESSAGES = {
    "tuple_type": "must be a list",
    "string_type": "must be text",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "union_tag_not_found": "has no type",
    "string_pattern_mismatch": "is not written as it must be",
    "model_attributes_type": "must be a mapping of names to values",
    "dict_type": "must be a mapping of names to values",
}
_HINTS = {
    "tuple_type": "write [first, second], or one a line, each after a dash",
    "string_type": 'put it between "quotes"',
    "model_attributes_type": "docs/flows.md has an example of each",
    "dict_type": "docs/flows.md has an example of each",
    "extra_forbidden": "remove it or correct its name; docs/flows.md lists what there is",
    "missing": "it can't be left out",
    "union_tag_invalid": "types: start, lead_gate, rag_answer, clarify, dispatch, end",
    "union_tag_not_found": "types: start, lead_gate, rag_answer, clarify, dispatch, end",
    "too_short": "it needs one at least",
    "string_too_short": "write a text, or leave it out",
}


def parse_flow(text: str) -> Flow:
    """Read a definition from YAML or JSON text.

    Raises:
        FlowInvalid: with every problem found.
    """
    if len(text.encode()) > MAX_DEFINITION_BYTES:
        raise FlowInvalid((Problem("", "", "the definition is larger than 1 MiB"),))
    document, twice = read_yaml(text)
    try:
        flow = build_flow(document)
    except FlowInvalid as error:
        raise FlowInvalid((*twice, *error.problems)) from error
    if twice:
        raise FlowInvalid(twice)
    return flow


def load_flow(path: Path) -> Flow:
    """Read a definition from a file, or one of the library by its name ("restaurant")."""
    if not path.exists():
        path = READY.get(str(path), path)
    try:
        return parse_flow(path.read_text("utf-8"))
    except OSError as error:
        raise FlowInvalid((Problem("", "", f"{path} can't be read: {error.strerror}"),)) from error
    except UnicodeDecodeError as error:
        raise FlowInvalid((Problem("", "", f"{path} is not UTF-8 text"),)) from error


def build_flow(document: Any) -> Flow:
    """Make a flow of an already parsed document and check it.

    Raises:
        FlowInvalid: with every problem found.
    """
    if not isinstance(document, Mapping):
        raise FlowInvalid((Problem("", "", "a flow is a mapping with name, start and nodes"),))
    try:
        flow = Flow.model_validate(document)
    except ValidationError as error:
        raise FlowInvalid((*_shape_problems(error), *other_problems(document, error))) from error
    if problems := check(flow):
        raise FlowInvalid(problems)
    return flow


def stored_flow(document: Any) -> Flow:
    """Make a flow of a definition that was checked when it was stored.

    A later check may be stricter; that concerns the next version, not calls of this one.

    Raises:
        FlowInvalid: its shape is not one that this program knows.
    """
    try:
        return Flow.model_validate(document)
    except ValidationError as error:
        raise FlowInvalid(_shape_problems(error)) from error


def _shape_problems(error: ValidationError) -> tuple[Problem, ...]:
    # A list whose parts are wrong is not also too short.
    return tuple(
        _shape_problem(item)
        for item in error.errors()
        if not (item["type"] == "too_short" and len(item["input"]))
    )


def _shape_problem(item: Any) -> Problem:
    place = [f"[{part}]" if isinstance(part, int) else part for part in item["loc"]]
    if place[:1] == ["nodes"] and len(place) > 1:
        node, rest = place[1], place[2:]
        # pydantic puts the discriminator's value after the node's id.
        kinds = {"start", "lead_gate", "rag_answer", "clarify", "dispatch", "end"}
        if rest and rest[0] in kinds:
            rest = rest[1:]
    else:
        node, rest = "", place
    is_text = rest[-1:] == ["variants"]
    rest = [part for part in rest if part not in SHAPE_TAGS]
    kind = item["type"]
    hint = _HINTS.get(kind, "")
    message = _MESSAGES.get(kind, item["msg"][0].lower() + item["msg"][1:])
    if kind == "tuple_type" and is_text:
        message, hint = (
            "must be text",
            "a text, a list of texts that take turns, or these by language",
        )
    elif kind == "union_tag_invalid":
        message = f"there is no node type {item['ctx']['tag']}"
    elif kind == "literal_error":
        hint = did_you_mean(str(item["input"]), re.findall("'([^']+)'", item["msg"])).strip()
    elif kind == "string_pattern_mismatch":
        hint = _PATTERN_HINTS.get(item["ctx"]["pattern"], "")
    elif kind == "extra_forbidden":
        hint = did_you_mean(rest[-1], _settings()) + hint
    if item["type"] == "missing" and rest[-1:] == ["kind"]:
        hint = f"a field with a name of your own needs one of: {', '.join(FIELD_KINDS)}"
    return Problem(node, _written(rest), message, hint)


def _written(place: list[str]) -> str:
    """ "fields[0].ask"; of a name that is wrong itself there is nothing more to say."""
    return ".".join(part for part in place if part != "[key]").replace(".[", "[")


@cache
def _settings() -> frozenset[str]:
    """Every name a flow's author may give something to."""
    schema = Flow.model_json_schema()
    parts = (schema, *schema["$defs"].values())
    return frozenset(name for part in parts for name in part.get("properties", ()))
