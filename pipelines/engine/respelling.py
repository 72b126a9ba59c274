"""Letters spelled among words ("Nunn, N, U, N, N" or "J, O, H, N, dot, L, E, E"), by their sound.

A decoder guesses at them as at words: "G, T, M, A dot, and UNN" for B A T E M A dot N U N N. The
networks of letters (`letters`) hear each letter, and that there are other words between, but not
which; so the words are taken from the text, and the letters from the networks, best by how usual
they are (`spelling`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from rapidfuzz.distance import Levenshtein

from pipelines.engine.letters import LETTERS, OTHER, Heard
from pipelines.engine.spelling import Spelling

LEAST_SPELLED = 3
"""Letters in a row that are a spelling; fewer are initials, or words misheard."""
LEAST_WRITTEN = 2
"""Single letters in a row that a text has where something is spelled."""
MOST_UNLIKE = 0.6
"""Of the symbols of a text and of what the networks hear: they are about something else."""

_TOKEN = re.compile(r"[A-Za-z0-9']+(?:@[A-Za-z0-9'.]*|\.(?=[A-Za-z]{2}))*")


def respelled(text: str, sounds: Heard, spelling: Spelling | None) -> str | None:
    """`text` with its letters as the networks hear them, most `usual` ones first; None where it has
    no spelling, or the networks hear none, or the same."""
    tokens = _TOKEN.findall(text)
    written = [one.upper() if len(one) == 1 else OTHER for one in tokens]
    if not _has_run(written, LEAST_WRITTEN) or not _has_run(sounds.said, LEAST_SPELLED):
        return None
    said = _usual(sounds, spelling)
    if Levenshtein.normalized_distance(written, said) > MOST_UNLIKE:
        return None
    found: list[str] = []
    for edit in Levenshtein.opcodes(written, said):
        words = tokens[edit.src_start : edit.src_end]
        heard = said[edit.dest_start : edit.dest_end]
        if edit.tag in ("equal", "replace"):
            pairs = zip(words, heard, strict=True)
            found += [word if one == OTHER and len(word) > 1 else one for word, one in pairs]
        elif edit.tag == "insert":
            found += heard
        else:
            found += [one for one in words if len(one) > 1]
    # Which words the text lacks the networks don't know.
    found = [one for one in found if one != OTHER]
    return ", ".join(found) if [one.upper() for one in found] != written else None


def _has_run(symbols: Sequence[str], least: int) -> bool:
    """True when so many symbols stand in a row that are no other words."""
    runs = (list(run) for other, run in groupby(symbols, OTHER.__eq__) if not other)
    return any(len(run) >= least for run in runs)


def _usual(sounds: Heard, spelling: Spelling | None) -> list[str]:
    """What is said, each row of letters as it is likeliest and most usual."""
    found: list[str] = []
    at = 0
    for spelled, run in groupby(_are_letters(sounds.said)):
        end = at + len(list(run))
        said = list(sounds.said[at:end])
        if spelled and spelling and len(said) >= LEAST_SPELLED:
            readings = spelling.readings([], [sounds.between(at, end - 1)])
            said = list(readings[0][0]) if readings else said
        found += said
        at = end
    return found


def _are_letters(said: Sequence[str]) -> list[bool]:
    """Which of what is said are letters: one digit between two of them is misheard ("8" for A)."""
    letters = [one in LETTERS for one in said]
    between = [False, *(a and b for a, b in zip(letters, letters[2:], strict=False)), False]
    return [
        letter or (one != OTHER and beside)
        for one, letter, beside in zip(said, letters, between, strict=False)
    ]
