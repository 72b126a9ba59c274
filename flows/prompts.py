"""The texts of a flow that never change, so that their audio can be made before the first call."""

from __future__ import annotations

from collections.abc import Iterator

from flows.model import Flow
from flows.phrases import PHRASES
from flows.placeholders import is_fixed
from flows.texts import Localised, every_text, variants

SPOKEN_FIELDS = frozenset(
    {
        "say", "question", "ask", "offer", "insist", "reprompts", "follow_up", "no_answer",
        "waiting", "success", "failure",
    }
)  # fmt: skip
"""Fields of nodes, lead fields and ladders that hold what is said."""


def fixed_prompts(flow: Flow) -> tuple[str, ...]:
    """Every text the flow may say as it stands, in all its languages, each once."""
    texts = [*(text for _, _, text in spoken_texts(flow)), *_own_phrases(flow)]
    return tuple(dict.fromkeys(text for text in texts if is_fixed(text)))


def spoken_texts(flow: Flow) -> Iterator[tuple[str, str, str]]:
    """(node id, field, text) of everything an author wrote to be said."""
    for node_id, node in flow.nodes.items():
        for field, value in spoken_fields(node.model_dump()):
            for text in every_text(value):
                yield node_id, field, text


def spoken_fields(value: object) -> Iterator[tuple[str, Localised]]:
    """(path, texts) of what is said, inside a dumped node, in order."""
    return fields_named(SPOKEN_FIELDS, value)


def fields_named(
    names: frozenset[str], value: object, path: str = ""
) -> Iterator[tuple[str, Localised]]:
    """(path, texts) of the fields of these names inside a dumped node, in order."""
    if isinstance(value, dict):
        for name, item in value.items():
            inner = f"{path}.{name}" if path else str(name)
            if name in names:
                yield inner, item
            else:
                yield from fields_named(names, item, inner)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from fields_named(names, item, f"{path}[{index}]")


def _own_phrases(flow: Flow) -> Iterator[str]:
    """Sentences of ours, in the author's words where there are any."""
    for name, ours in PHRASES.items():
        for language in flow.all_languages():
            yield from variants(flow.phrases.get(name) or ours, language, flow.language)
