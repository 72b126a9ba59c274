"""Names beside what they are not: "Sara Jones, not Sarah", "Jon, not J O H N but J O N, Miller".

Who denies a usual way to write their name says two readings of it, and only one is meant. What goes
is the denial alone: a spelling, what it is spelled with, or a word like one that stays.
"""

from __future__ import annotations

import re

from flows.spoken.letters.likeness import alike

_LETTERS = r"[A-Za-z](?:[ .-]+[A-Za-z]\b)+|[A-Za-z](?:,\s*[A-Za-z]\b){2,}"
_USUAL = (
    r"(?:in |with )?(?:the |an? )?(?:usual|normal|regular|standard|common|traditional|ordinary) "
    r"(?:spelling|way|one)\b[^,.;]*"
)
_WITH = r"with(?:out)? [^,.;]+?"
_DENIED = re.compile(
    rf"(?P<before>^|[,.;]\s*|\s)(?:(?:and|but|it's|that's|it is|spelled|spelt) )*\bnot (?:(?:spelled|spelt|like) )?"
    rf"(?P<what>(?P<how>{_LETTERS}|{_USUAL}|{_WITH}|an? [A-Za-z])|(?P<name>[^\W\d_]{{2,}})(?: with[^,.;]+?)?)"
    r"\s*(?=[,.;]|\bbut\b|$)(?:[,.;]?\s*but\b(?: with\b(?= [A-Za-z] [A-Za-z]\b))?|[,.;])?",
    re.IGNORECASE,
)


def without_denied_spellings(text: str) -> str:
    """`text` without the ways to write the name that are denied in it; as it is where nothing, or
    nothing like what was denied, would be left."""
    for found in reversed(list(_DENIED.finditer(text))):
        rest = f"{text[: found.start()]}, {text[found.end() :].lstrip()}"
        left = re.findall(r"[^\W\d_]+", rest)
        if found["name"]:
            letters = "".join(word for word in left if len(word) == 1)
            told = any(alike(word, found["name"]) for word in (*left, letters) if len(word) > 1)
        else:
            told = bool(left)
        text = rest.strip(" ,") if told else text
    return text
