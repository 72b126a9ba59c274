"""Words changed as the phrases after them say: "smith with a y", "john with no h", "with two t's"."""

from __future__ import annotations

import re

_INTERCHANGED = (
    ("i", "y"), ("ie", "y"), ("ey", "y"), ("c", "k"), ("ck", "k"), ("s", "z"), ("f", "ph"), ("j", "g"),
    ("e", "a"), ("o", "u"), ("ea", "ee"), ("ai", "ay"), ("ks", "x"), ("c", "s"), ("v", "w"), ("ph", "v"),
)  # fmt: skip
"""Spellings that sound alike: "with a y" says which."""

_ADDED = {
    ("jon", "h"): "john", ("sara", "h"): "sarah", ("hanna", "h"): "hannah", ("tomas", "h"): "thomas",
    ("cristian", "h"): "christian", ("cristopher", "h"): "christopher", ("nora", "h"): "norah",
    ("debora", "h"): "deborah", ("rut", "h"): "ruth", ("brow", "n"): "brown", ("rees", "c"): "reece",
    ("jane", "y"): "jayne",
}  # fmt: skip
"""Letters that are added, not exchanged: "Sara with an h"."""

_MODIFIER = re.compile(
    r"\s*,?\s*\b(?:but |just |only )?(?:(?P<none>with(?:out| no| out)(?: an?| the| any)?|(?P<bare>no))|with)\s+"
    r"(?:(?:an?|the|just)\s+)*(?P<count>one|single|two|double|2)?\s*"
    r"(?:letters? )?(?P<letters>(?(count)[a-z](?=s\b)|(?!))|[a-z](?:\s*-?\s*[a-z])?|zed|zee|aitch|ess|tea|why|see|kay|jay|bee|dee|ph)(?:'?s)?"
    r"(?=[\s,.;]|$)(?:\s+(?:instead of|not)\s+(?:an? )?(?P<instead>[a-z])\b)?(?P<end>\s+(?:at|in|on) the end)?",
    re.IGNORECASE,
)
_AND_ANOTHER = re.compile(
    r"(\bwith (?:an? )?[a-z]) and (?:with )?(?=(?:an? )[a-z](?![\w']))", re.IGNORECASE
)
""" "With a y and an e" is "with a y with an e"."""
_LETTER_WORDS = {
    "zed": "z", "zee": "z", "aitch": "h", "ess": "s", "tea": "t", "why": "y", "see": "c",
    "kay": "k", "jay": "j", "bee": "b", "dee": "d",
}  # fmt: skip


def apply_modifiers(text: str) -> str:
    """Words changed as the phrases after them say; the phrases are taken out.

    A phrase that can't be right for its word ("john with a q") is left out without effect.
    """
    begin = 0
    text = _AND_ANOTHER.sub(r"\1 with ", text)
    while True:
        match = _MODIFIER.search(text, begin)
        if match is None:
            return text
        before, after = text[: match.start()], text[match.end() :]
        word = re.search(r"([^\W\d_]+)$", before)
        if word is None:
            return text
        letters = match["letters"].casefold()
        letters = _LETTER_WORDS.get(letters, re.sub(r"[\s-]", "", letters))
        if match["bare"] and letters not in word.group(1).casefold():
            if not after.strip(" .,!?"):
                # "Sara, no H": it was heard without one.
                return before
            # "…, no, J at …": a no, and a letter of what follows.
            begin = match.end()
            continue
        changed = respelled(
            word.group(1), letters, absent=bool(match["none"]), count=match["count"] or "",
            instead=(match["instead"] or "").casefold(), at_end=bool(match["end"]),
        )  # fmt: skip
        text = before[: word.start()] + (changed or word.group(1)) + after


def respelled(
    word: str,
    letters: str,
    *,
    absent: bool = False,
    count: str = "",
    instead: str = "",
    at_end: bool = False,
) -> str | None:
    """`word` with (or without) those letters; None when it can't be told where they go."""
    plain = word.casefold()
    if instead:
        return _swapped(word, instead, letters) if instead in plain else None
    if absent:
        return _swapped(word, letters, "") if letters in plain else None
    if count in ("two", "double", "2"):
        if letters * 2 in plain:
            return word
        return _swapped(word, letters, letters * 2) if letters in plain[1:] else None
    if count in ("one", "single"):
        return _swapped(word, letters * 2, letters) if letters * 2 in plain else word
    if at_end and letters == "e" and plain[-1] not in "aeiou":
        return word + letters
    if letters in plain:
        return word
    if (plain, letters) in _ADDED:
        added = _ADDED[(plain, letters)]
        return added.capitalize() if word[:1].isupper() else added
    if letters == "e" and plain[-1] not in "aeiouy":
        return word + letters
    for one, other in _INTERCHANGED:
        for old, new in ((one, other), (other, one)):
            if new == letters and old in plain:
                return _swapped(word, old, new)
    return None


def _swapped(word: str, old: str, new: str) -> str:
    """The last `old` replaced: "Smith with a y" and "Ann with an e" are about late letters."""
    place = word.casefold().rfind(old)
    new = new[:1].upper() + new[1:] if word[place : place + 1].isupper() else new
    return word[:place] + new + word[place + len(old) :]
