"""From text to a flow: first its shape, then (in `check`) its sense; all problems at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from flows.check import check
from flows.errors import FlowInvalid, Problem, did_you_mean
from flows.model import FIELD_KINDS, Flow
from flows.texts import SHAPE_TAGS

MAX_DEFINITION_BYTES = 1 << 20
# Authors write YAML; pydantic's messages speak of Python.
_MESSAGES = {
    "tuple_type": "must be a list",
    "string_type": "must be text",
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
    "string_pattern_mismatch": "see docs/flow.schema.json for what is allowed here",
}


def parse_flow(text: str) -> Flow:
    """Read a definition from YAML or JSON text.

    Raises:
        FlowInvalid: with every problem found.
    """
    if len(text.encode()) > MAX_DEFINITION_BYTES:
        raise FlowInvalid((Problem("", "", "the definition is larger than 1 MiB"),))
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark else ""
        why = getattr(error, "problem", None)
        message = f"this is not YAML or JSON{place}" + (f": {why}" if why else "")
        hint = 'texts with : # or, inside brackets, ? and , need "quotes"'
        raise FlowInvalid((Problem("", "", message, hint),)) from error
    return build_flow(document)


def load_flow(path: Path) -> Flow:
    """Read a definition from a file."""
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
    flow = stored_flow(document)
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
        # A list whose parts are wrong is not also too short.
        told = (
            item
            for item in error.errors()
            if not (item["type"] == "too_short" and len(item["input"]))
        )
        raise FlowInvalid(tuple(_shape_problem(item) for item in told)) from error


def _shape_problem(item: Any) -> Problem:
    place = [str(part) for part in item["loc"]]
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
    elif kind == "extra_forbidden":
        hint = did_you_mean(rest[-1], _settings()) + hint
    if item["type"] == "missing" and rest[-1:] == ["kind"]:
        hint = f"a field with a name of your own needs one of: {', '.join(FIELD_KINDS)}"
    return Problem(node, ".".join(rest), message, hint)


@cache
def _settings() -> frozenset[str]:
    """Every name a flow's author may give something to."""
    schema = Flow.model_json_schema()
    parts = (schema, *schema["$defs"].values())
    return frozenset(name for part in parts for name in part.get("properties", ()))
