"""`{lead.name}` in a text, and `{lead.name|there}` with words for when there is no value."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*)(?:\|([^{}]*))?\}")
FACTS = frozenset({"campaign.name", "account.name"})
"""Always known."""
SOMETIMES = frozenset({"caller.number"})
"""Known on some calls only."""


def names_in(text: str) -> tuple[str, ...]:
    """The names a text needs a value for; those with words of their own are not among them."""
    return tuple(name for name, default in PLACEHOLDER.findall(text) if not default)


def all_names_in(text: str) -> tuple[str, ...]:
    """Every name a text mentions."""
    return tuple(name for name, _ in PLACEHOLDER.findall(text))


def is_fixed(text: str) -> bool:
    """True when a text is always said as it stands."""
    return PLACEHOLDER.search(text) is None


def fill(text: str, values: Mapping[str, str]) -> str | None:
    """The text with values in place; None when one is missing that has no default."""
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        found = values.get(match[1]) or match[2]
        missing = missing or not found
        return found or ""

    filled = PLACEHOLDER.sub(value, text)
    return None if missing else filled


def unbraced(value: str) -> str:
    """Values are not templates: braces in them must not be taken for placeholders."""
    return value.replace("{", "(").replace("}", ")")
