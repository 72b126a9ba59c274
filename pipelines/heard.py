"""What the caller really heard: from samples played to words."""

from __future__ import annotations

import re

_WORD = re.compile(r"\S+")


def heard_text(text: str, played_samples: int, total_samples: int) -> str:
    """The words of `text` whose sound was played, by proportion of characters.

    `total_samples` is the length of the whole utterance as synthesised. A word counts as heard
    when more than half of it was.
    """
    if total_samples <= 0 or played_samples <= 0:
        return ""
    if played_samples >= total_samples:
        return text
    reach = len(text) * played_samples / total_samples
    end = 0
    for match in _WORD.finditer(text):
        if (match.start() + match.end()) / 2 > reach:
            break
        end = match.end()
    return text[:end]
