"""The part of docs/flows.md that is told from the program: every field, phrase and command."""

from __future__ import annotations

import re
from typing import Any

from flows.command_words import PATTERNS, Command
from flows.model import Flow
from flows.phrases import PHRASES
from flows.schema import json_schema

BEGIN = "<!-- reference: made by `voice-worker flow reference`, changes here are lost -->"
END = "<!-- end of the reference -->"

_PARTS = (
    ("The flow", "Flow"),
    ("`start`", "StartNode"),
    ("`clarify`", "ClarifyNode"),
    ("An option of `clarify`", "Option"),
    ("`lead_gate`", "LeadGateNode"),
    ("A field of `lead_gate`", "LeadField"),
    ("An option of a field of kind `choice`", "Choice"),
    ("`rag_answer`", "RagAnswerNode"),
    ("An exit of `rag_answer`", "Exit"),
    ("`dispatch`", "DispatchNode"),
    ("`end`", "EndNode"),
    ("A ladder: `no_input`, `no_match`", "Ladder"),
)
_SHARED = frozenset(
    {"interruptible", "no_input", "no_match", "no_input_ms", "patience_ms", "hints", "keys"}
)
_SHORT = {"Ladder": "ladder", "Option": "option", "Choice": "option", "LeadField": "field",
          "Exit": "exit"}  # fmt: skip
_SAID = {
    Command.REPEAT: "“Say that again.”",
    Command.WAIT: "“One moment.”",
    Command.PERSON: "“I want to speak to a person.”",
    Command.START_OVER: "“Start over.”",
    Command.BACK: "“Go back.”",
    Command.GOODBYE: "“Goodbye.”",
}


def reference() -> str:
    """Markdown, from the model."""
    schema = json_schema()
    lines = [BEGIN]
    for title, name in _PARTS:
        definition = schema if name == "Flow" else schema["$defs"][name]
        lines += ["", f"### {title}", "", f"{_sentence(definition)}", ""]
        lines += ["| field | what | default |", "|---|---|---|"]
        required = set(definition.get("required", ()))
        for field, item in sorted(definition["properties"].items(), key=_place):
            default = "" if field in required else _default(item)
            lines.append(f"| `{field}` | {_what(schema, item)} | {default} |")
    lines += ["", "### Sentences of ours", ""]
    lines += ["Replace any of them under `phrases`, by language where there are several.", ""]
    lines += ["| name | English |", "|---|---|"]
    lines += [
        f"| `{name}` | {' / '.join(_cell(text) for text in texts['en'])} |"
        for name, texts in PHRASES.items()
    ]
    lines += ["", "### Commands", ""]
    languages = ", ".join(sorted(PATTERNS))
    lines += [f"They work everywhere, in {languages}; a key can have one, as `@name`.", ""]
    lines += ["| name | said |", "|---|---|"]
    lines += [f"| `{command.value}` | {said} |" for command, said in _SAID.items()]
    lines += ["", END]
    return "\n".join(lines)


def with_reference(document: str) -> str:
    """The document with its reference brought up to date."""
    begin, end = document.index(BEGIN), document.index(END) + len(END)
    return document[:begin] + reference() + document[end:]


def _place(field: tuple[str, Any]) -> int:
    """The type first, what a kind of node has to itself next, what nodes share last."""
    return 0 if field[0] == "type" else 2 if field[0] in _SHARED else 1


def _sentence(definition: dict[str, Any]) -> str:
    text = definition.get("description") or Flow.__doc__ or ""
    return " ".join(text.split())


def _what(schema: dict[str, Any], item: dict[str, Any]) -> str:
    described = _cell(item.get("description", ""))
    kind = _kind(schema, item)
    return ". ".join(part.rstrip(".") for part in (kind, described) if part)


def _kind(schema: dict[str, Any], item: dict[str, Any]) -> str:
    if "const" in item:
        return f"`{item['const']}`"
    if "enum" in item:
        return " \\| ".join(f"`{value}`" for value in item["enum"])
    if "anyOf" in item:
        kinds = [_kind(schema, part) for part in item["anyOf"] if part.get("type") != "null"]
        texts = any("additionalProperties" in part for part in item["anyOf"])
        return "text, texts, or these by language" if texts else " or ".join(dict.fromkeys(kinds))
    if "oneOf" in item:
        return "node"
    if "$ref" in item:
        return _named(schema, item["$ref"])
    match item.get("type"):
        case "array":
            return f"list of {_kind(schema, item.get('items', {}))}"
        case "object":
            return "mapping"
        case "integer" | "number":
            bounds = [item.get("minimum"), item.get("maximum")]
            return f"number, {bounds[0]} to {bounds[1]}" if None not in bounds else "number"
        case "boolean":
            return "true or false"
        case "string" if item.get("pattern", "").startswith("^[a-z][a-z0-9_]{0,63}"):
            return "node"
        case "string":
            return "text"
    return ""


def _named(schema: dict[str, Any], ref: str) -> str:
    name = ref.rsplit("/", 1)[-1]
    definition = schema["$defs"][name]
    if "enum" in definition:
        return " \\| ".join(f"`{value}`" for value in definition["enum"])
    return _SHORT.get(name, name)


def _default(item: dict[str, Any]) -> str:
    value = item.get("default")
    if value is None or value in ([], {}, ""):
        return "–"
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    return "–" if isinstance(value, dict) else f"`{value}`"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|")
