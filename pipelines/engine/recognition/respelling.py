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

from pipelines.engine.recognition.letters import LETTERS, OTHER, Heard
from pipelines.engine.recognition.spelling import Spelling

LEAST_SPELLED = 3
"""Letters in a row that are a spelling; fewer are initials, or words misheard."""
LEAST_WRITTEN = 2
"""Single letters in a row that a text has where something is spelled."""
MOST_UNLIKE = 0.6
"""Of the symbols of a text and of what the networks hear: they are about something else."""

_TOKEN = re.compile(r"[A-Za-z0-9']+(?:@[A-Za-z0-9'.]*|\.(?=[A-Za-z]{2}))*")


def has_spelling(text: str) -> bool:
    """True when letters stand by themselves in a text, as where something is spelled."""
    return _has_run(_symbols(_TOKEN.findall(text)), LEAST_WRITTEN)


def respelled(text: str, sounds: Heard, spelling: Spelling | None, unknown: str = "") -> str | None:
    """`text` with its letters as the networks hear them, and as is usual in `spelling`; None where
    it has no spelling, or the networks hear none, or the same. `unknown` is written for a word
    between two letters that the text lacks."""
    tokens = _TOKEN.findall(text)
    written = _symbols(tokens)
    if not has_spelling(text) or not _has_run(sounds.said, LEAST_SPELLED):
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
    found = _without_unknown(found, unknown)
    return ", ".join(found) if [one.upper() for one in found] != written else None


def _symbols(tokens: Sequence[str]) -> list[str]:
    return [one.upper() if len(one) == 1 else OTHER for one in tokens]


def _without_unknown(found: Sequence[str], unknown: str) -> list[str]:
    """Which words the text lacks the networks don't know: `unknown` stands for them between two
    letters or digits, elsewhere nothing."""
    kept: list[str] = []
    for before, one, after in zip(["", *found], found, [*found[1:], ""], strict=False):
        if one != OTHER:
            kept.append(one)
        elif unknown and OTHER not in (before, after) and len(before) == len(after) == 1:
            kept.append(unknown)
    return kept


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
