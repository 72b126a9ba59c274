"""Texts: said in every language, with placeholders that exist and have a value when they are said.

A lead field counts as asked at a node when *every* path from the start asks it before. Paths
through the operator and the keys that work anywhere begin with nothing asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.checks.graph import entrances, targets
from flows.errors import Problem, did_you_mean
from flows.model import DispatchNode, EndNode, Flow, LeadField, LeadGateNode
from flows.phrases import PHRASES
from flows.placeholders import FACTS, PLACEHOLDER, SOMETIMES, all_names_in, names_in
from flows.prompts import fields_named, spoken_fields
from flows.texts import Localised, every_text

KNOWN_NAMES = f"known: {', '.join(sorted(FACTS | SOMETIMES))}, lead.<field>"
DEFAULT_HINT = "give it words for that case: {%s|there}"
_NEEDED = ("say", "question")
_SILENT = (LeadGateNode, DispatchNode, EndNode)
"""Nodes that need not say anything by themselves."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_BRACE = re.compile("[{}]")
_WORD_FIELDS = frozenset({"words", "hints", "examples"})


def wording_problems(flow: Flow) -> Iterator[Problem]:
    """Everything wrong with texts and placeholders."""
    yield from _unsayable(flow)
    yield from _languages(flow)
    yield from _phrases(flow)
    asked = asked_before(flow)
    for node_id, node in flow.nodes.items():
        dumped = node.model_dump()
        for field, texts in spoken_fields(dumped):
            yield from _spoken(flow, node_id, field, texts, asked[node_id])
        for field, text in _templates(dumped):
            yield from _template(flow, node_id, field, text, asked[node_id])


def _unsayable(flow: Flow) -> Iterator[Problem]:
    """Texts that say nothing, or hold what no voice can say; reprompts that are alike."""
    for node_id, node in flow.nodes.items():
        dumped = node.model_dump()
        for field in _NEEDED:
            if (
                field in dumped
                and not isinstance(node, _SILENT)
                and not any(every_text(dumped[field]))
            ):
                yield Problem(node_id, field, "says nothing", "write what the caller hears here")
        for field, texts in spoken_fields(dumped):
            if field.endswith(".ask") and not texts:
                yield Problem(node_id, field, "says nothing", "write what the caller is asked")
            by_language = texts.values() if isinstance(texts, dict) else (texts,)
            if field.endswith("reprompts") and any(len(set(one)) < len(one) for one in by_language):
                yield Problem(
                    node_id, field, "says the same twice",
                    "a reprompt that differs tells the caller what went wrong", "warning",
                )  # fmt: skip
        for field, text in _strings(dumped):
            if not text.strip() and text:
                yield Problem(
                    node_id, field, "holds nothing but spaces", "write a text, or leave it out"
                )
            if _CONTROL.search(text):
                yield Problem(node_id, field, "holds a character that can't be said or stored")
        for field, texts in spoken_fields(dumped):
            for text in every_text(texts):
                if _BRACE.search(PLACEHOLDER.sub("", text)):
                    yield Problem(
                        node_id, field, "has braces that are no placeholder",
                        "write {lead.name}: small letters, no spaces, both braces",
                    )  # fmt: skip


def _strings(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, text) of every string inside a dumped node."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _strings(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _strings(item, f"{path}[{index}]")


def asked_before(flow: Flow) -> dict[str, frozenset[str]]:
    """For each node the lead fields that every path to it asks; at a gate, those before it."""
    everything = frozenset(item.field for _, _, item in flow.lead_fields())
    asked = dict.fromkeys(flow.nodes, everything)
    for node_id in entrances(flow).values():
        asked[node_id] = frozenset()
    waiting = dict.fromkeys(flow.nodes)
    while waiting:
        node_id, _ = waiting.popitem()
        for field, target in targets(flow, node_id).items():
            known = asked[target] & (asked[node_id] | _asked_by(flow, node_id, field))
            if known != asked[target]:
                asked[target] = known
                waiting[target] = None
    return asked


def _asked_by(flow: Flow, node_id: str, way: str) -> frozenset[str]:
    """Fields a node has asked when it is left by one of its ways."""
    node = flow.nodes[node_id]
    if not isinstance(node, LeadGateNode):
        return frozenset()
    if way == "next":
        return frozenset(field.field for field in node.fields)
    # Any other way out may be taken at the first field.
    return frozenset()


def _languages(flow: Flow) -> Iterator[Problem]:
    languages = flow.all_languages()
    for node_id, node in flow.nodes.items():
        dumped = node.model_dump()
        for field, texts in (*spoken_fields(dumped), *fields_named(_WORD_FIELDS, dumped)):
            words = field.rsplit(".", 1)[-1] in _WORD_FIELDS
            if isinstance(texts, dict):
                missing = [item for item in languages if item not in texts]
                strange = [item for item in texts if item not in languages]
                for language in missing:
                    yield Problem(node_id, field, f"has no text in {language}", _in(language))
                for language in strange:
                    yield Problem(
                        node_id, field, f"has a text in {language}, which the flow does not speak",
                        f"add {language} to languages, or remove the text",
                    )  # fmt: skip
            elif texts and len(languages) > 1 and not words:
                for language in languages[1:]:
                    yield Problem(node_id, field, f"has no text in {language}", _in(language))


def _in(language: str) -> str:
    return f"write it by language: {{… , {language}: …}}"


def _phrases(flow: Flow) -> Iterator[Problem]:
    for name, texts in flow.phrases.items():
        if name not in PHRASES:
            yield Problem(
                "", f"phrases.{name}", "there is no such phrase",
                f"phrases: {', '.join(sorted(PHRASES))}",
            )  # fmt: skip
        needs_value = any("{value}" in text for text in every_text(PHRASES.get(name, {})))
        for text in every_text(texts):
            for used in all_names_in(text):
                if not (used == "value" and needs_value) and used not in FACTS:
                    yield Problem(
                        "", f"phrases.{name}", f"{{{used}}} is unknown here",
                        f"known: {', '.join(sorted(FACTS))}" + (", value" if needs_value else ""),
                    )  # fmt: skip
    for name, ours in PHRASES.items():
        theirs = flow.phrases.get(name)
        for language in flow.all_languages():
            said = theirs if isinstance(theirs, dict) else ours
            if theirs and not isinstance(theirs, dict) and language == flow.language:
                continue
            if language not in said and language.split("-")[0] not in said:
                yield Problem(
                    "", f"phrases.{name}", f"has no text in {language}",
                    f"add it under phrases: {name}: {{{language}: …}}",
                )  # fmt: skip


def _spoken(
    flow: Flow, node_id: str, field: str, texts: Localised, asked: frozenset[str]
) -> Iterator[Problem]:
    """Texts to be said: when all variants of a language can be empty, nothing would be said."""
    by_language = texts if isinstance(texts, dict) else {"": texts}
    asked = asked | _asked_inside(flow, node_id, field)
    for variants in by_language.values():
        sure = any(
            not any(_shaky(flow, name, asked) for name in names_in(text)) for text in variants
        )
        for text in variants:
            yield from _unknown(flow, node_id, field, text)
            for name in names_in(text):
                if _is_known(flow, name, field):
                    yield from _early(flow, node_id, field, name, asked)
                    if not sure and _can_be_empty(flow, name, asked):
                        yield Problem(
                            node_id, field, f"{{{name}}} can be empty, and nothing would be said",
                            DEFAULT_HINT % name,
                        )  # fmt: skip


def _template(
    flow: Flow, node_id: str, field: str, text: str, asked: frozenset[str]
) -> Iterator[Problem]:
    """Texts that are sent: what is empty is left out, but what is never asked is a mistake."""
    if field == "intent_summary":
        asked = asked | _asked_by(flow, node_id, "next")
    yield from _unknown(flow, node_id, field, text)
    for name in names_in(text):
        if _is_known(flow, name, field):
            yield from _early(flow, node_id, field, name, asked)


def _unknown(flow: Flow, node_id: str, field: str, text: str) -> Iterator[Problem]:
    for name in all_names_in(text):
        if not _is_known(flow, name, field):
            hint = did_you_mean(name, (*FACTS, *SOMETIMES)) + KNOWN_NAMES
            yield Problem(node_id, field, f"{{{name}}} is unknown", hint)


def _is_known(flow: Flow, name: str, field: str) -> bool:
    if name == "known":
        return field.endswith(".offer")
    return name in FACTS or name in SOMETIMES or name.startswith("lead.")


def _early(
    flow: Flow, node_id: str, field: str, name: str, asked: frozenset[str]
) -> Iterator[Problem]:
    kind, _, lead_field = name.partition(".")
    if kind != "lead" or lead_field in asked:
        return
    somewhere = any(item.field == lead_field for _, _, item in flow.lead_fields())
    yield Problem(
        node_id,
        field,
        f"{{{name}}} may be used before it is asked"
        if somewhere
        else f"{{{name}}} is used, but no lead_gate asks for it, so it is used before it is asked",
        "ask for it on every path to here, or " + DEFAULT_HINT % name,
    )


def _can_be_empty(flow: Flow, name: str, asked: frozenset[str]) -> bool:
    kind, _, lead_field = name.partition(".")
    if kind != "lead":
        return name in SOMETIMES
    if lead_field not in asked:
        return False  # reported already
    fields = [item for _, _, item in flow.lead_fields() if item.field == lead_field]
    return any(not item.required for item in fields)


def _shaky(flow: Flow, name: str, asked: frozenset[str]) -> bool:
    kind, _, lead_field = name.partition(".")
    return _can_be_empty(flow, name, asked) or (kind == "lead" and lead_field not in asked)


def _asked_inside(flow: Flow, node_id: str, field: str) -> frozenset[str]:
    """Fields of the same gate that come before the one whose text this is."""
    node = flow.nodes[node_id]
    if not isinstance(node, LeadGateNode) or not field.startswith("fields["):
        return frozenset()
    index = int(field[len("fields[") : field.index("]")])
    earlier: tuple[LeadField, ...] = node.fields[:index]
    return frozenset(item.field for item in earlier)


def _templates(dumped: dict[str, object]) -> Iterator[tuple[str, str]]:
    for field in ("reason", "intent_summary", "target"):
        if isinstance(text := dumped.get(field), str) and text:
            yield field, text
    payload = dumped.get("payload")
    if isinstance(payload, dict):
        for name, text in payload.items():
            yield f"payload.{name}", text
