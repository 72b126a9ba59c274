"""What the caller really heard: from samples played to words."""

from __future__ import annotations

import re

from pipelines.prompt_cache import Words

_WORD = re.compile(r"\S+")
MOST_OF_A_WORD = 0.5
"""A word counts as heard when more than this share of its sound was played."""


def heard_text(text: str, speech: str, words: Words, played_samples: int) -> str:
    """The words of `text` that were played.

    `words` tells where each word of `speech` (what was pronounced for `text`) ends in samples.
    Where the two differ, as with a spelled address, the same share of the words counts.
    """
    if not words or played_samples <= 0:
        return ""
    end = before = 0
    for word_end, sample in words:
        if played_samples < before + (sample - before) * MOST_OF_A_WORD:
            break
        end, before = word_end, sample
    else:
        end = len(speech)
    if speech == text:
        return text[:end].rstrip()
    share = end / len(speech) if speech else 0.0
    count = round(share * len(text.split()))
    found = list(_WORD.finditer(text))[:count]
    return text[: found[-1].end()] if found else ""


def word_start(words: Words, played_samples: int) -> int:
    """The first sample of the word being spoken at `played_samples`."""
    start = 0
    for _, sample in words:
        if sample > played_samples:
            break
        start = sample
    return start
