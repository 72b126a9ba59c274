"""What a language is to the readers: a table of its phrases and the English for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

Rewrite = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
Rewrites = Sequence[Rewrite]
"""Patterns, and what takes the place of each match; taken in this order."""
_WITHOUT_NUMBERS = frozenset({"name", "company", "address", "text", "choice"})
"""Kinds of fields that numbers are not looked for in."""


@dataclass(frozen=True, eq=False)
class Language:
    """A language's phrases, in lower case, and the English for them."""

    phrases: Mapping[str, str]
    """Answers, lead-ins and signs: in words of every kind."""
    numbers: Mapping[str, str]
    """Not looked for in names, where "Acht" is one."""
    by_kind: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Looked for in answers of one kind alone, before the others: months are names, too."""
    rewrites: Mapping[str, Rewrites] = field(default_factory=dict)
    """What no list of phrases holds, by kind: how the language builds its numbers."""
    weekday_names: Sequence[str] = ()
    month_names: Sequence[str] = ()
    """Of Monday and January on; without them dates are said in figures."""
    signs: Mapping[str, str] = field(default_factory=dict)
    """How the signs of addresses are said."""
    hanging: frozenset[str] = frozenset()
    """Words that no answer ends on."""

    def write_date(self, day: date) -> str:
        """ "Samstag, 5. Dezember 2026"."""
        if not (self.weekday_names and self.month_names):
            return day.isoformat()
        weekday, month = self.weekday_names[day.weekday()], self.month_names[day.month - 1]
        return f"{weekday.capitalize()}, {day.day}. {month.capitalize()} {day.year}"

    def with_signs(self, address: str) -> str:
        """An address with its signs as words."""
        said = (f" {self.signs.get(one, one)} " if one in self.signs else one for one in address)
        return " ".join("".join(said).split())

    def in_english(self, text: str, kind: str) -> str:
        """`text`, the answer to a field of this kind, with all that has an English for it in English."""
        for pattern, instead in self.rewrites.get(kind, ()):
            text = pattern.sub(instead, text)
        phrases, table = _table_of(self, kind)
        return phrases.sub(lambda match: table.get(match.group().casefold(), match.group()), text)


@lru_cache
def _table_of(language: Language, kind: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    numbers = {} if kind in _WITHOUT_NUMBERS else language.numbers
    table = {**numbers, **language.phrases, **language.by_kind.get(kind, {})}
    # "heiße" is also written "heisse".
    longest_first = sorted({*table, *map(str.casefold, table)}, key=len, reverse=True)
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"
    folded = {phrase.casefold(): english for phrase, english in table.items()}
    return re.compile(pattern, re.IGNORECASE), folded


def pairs(text: str) -> dict[str, str]:
    """One phrase a line: "stimmt nicht = not right"."""
    lines = (line.partition("=") for line in text.strip().splitlines())
    return {phrase.strip(): english.strip() for phrase, _, english in lines}
