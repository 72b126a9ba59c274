"""Other languages at the door of the readers: what their words are in English.

The readers (`names`, `email`, `phone`, `dates`, …, `yesno`) read English. Most of what they read is the
same in any language: letters, digits, names. What is not (numbers, signs, days, yes and no, and what
leads in to an answer) is a table (`table`), phrase by phrase, and a language is one more. Word order
is left as it is, and so is the proof: what is stored beside a value are the caller's own words.
"""

from __future__ import annotations

from flows.spoken.languages.german.table import GERMAN
from flows.spoken.languages.table import Language

LANGUAGES: dict[str, Language] = {"de": GERMAN}
"""By ISO 639-1; English needs none."""


def language_of(tag: str) -> Language | None:
    """The table for a language tag ("de-AT"); None where there is none, as for English."""
    return LANGUAGES.get(tag.partition("-")[0].casefold())


def in_english(text: str, language: str, kind: str = "") -> str:
    """`text` with the phrases of `language` (a tag, "de-AT") in English; as it is where there is no
    table. `kind` is that of the field it answers."""
    found = language_of(language)
    return text if found is None else found.in_english(text, kind)
