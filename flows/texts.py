"""Texts as authors write them: one, variants that take turns, or either for each language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

LANGUAGE_PATTERN = r"^[a-z]{2}(-[A-Z]{2})?$"
Language = Annotated[str, Field(pattern=LANGUAGE_PATTERN)]
"""ISO 639-1, with an ISO 3166 region where it matters."""

Text = Annotated[str, Field(min_length=1, max_length=1000)]
Variants: TypeAlias = tuple[str, ...]
Localised: TypeAlias = Variants | dict[str, Variants]
"""Variants of the flow's own language, or variants by language."""

_ONE = {"type": "string", "minLength": 1, "maxLength": 1000}
_SOME = {"type": "array", "items": _ONE}
_SCHEMA = {
    "anyOf": [
        _ONE,
        _SOME,
        {
            "type": "object",
            "propertyNames": {"pattern": LANGUAGE_PATTERN},
            "additionalProperties": {"anyOf": [_ONE, _SOME]},
        },
    ]
}


def _as_variants(value: Any) -> Any:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Mapping):
        return {
            language: (item,) if isinstance(item, str) else item for language, item in value.items()
        }
    return value


def _shape(value: Any) -> str:
    return "by language" if isinstance(value, Mapping) else "variants"


Texts = Annotated[
    Annotated[tuple[Text, ...], Tag("variants")]
    | Annotated[
        dict[Language, Annotated[tuple[Text, ...], Field(min_length=1)]], Tag("by language")
    ],
    Discriminator(_shape),
    BeforeValidator(_as_variants),
    WithJsonSchema(_SCHEMA),
]
"""What is said: a text, variants that take turns when it is said again, or these by language."""
Words = Texts
"""What callers say: words and phrases, or these by language."""
SHAPE_TAGS = frozenset({"variants", "by language"})


def variants(texts: Localised, language: str, own: str) -> Variants:
    """The variants for `language`, else for the flow's `own` language, else of any."""
    if not isinstance(texts, dict):
        return texts
    if not texts:
        return ()
    for wanted in (language, language.split("-")[0], own):
        if wanted in texts:
            return texts[wanted]
    return next(iter(texts.values()))


def every_text(texts: Localised) -> Iterator[str]:
    """All variants in all languages."""
    if isinstance(texts, dict):
        for items in texts.values():
            yield from items
    else:
        yield from texts
