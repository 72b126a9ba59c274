"""Letters and digits: a decoder that can write nothing else makes fewer mistakes with them.

Free decoding writes spelled names as it would print them ("WILETT", "PH, IN and EY"). Allowed only
single letters (or digits) and separators, it has to hear each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

ALPHABETS = {
    "letters": re.compile(r"[ ,.\-]*[A-Za-z]?[ ,.\-]*"),
    "digits": re.compile(r"[ ,.\-]*[0-9]?[ ,.\-]*"),
}
"""What one token may be, by what is expected."""
LEAST_LOG_PROBABILITY = {"letters": -0.25, "digits": -0.55}
"""Below it the speech was something else: true dictation stays above -0.16 and -0.4."""
GIVE_WAY = 0.1
"""Free text is kept when it is more likely than the dictated reading by this (log probability)."""
SURE_LOG_PROBABILITY = -0.17
"""Above it a dictated reading needs no second opinion."""
LEAST_SECONDS = 0.11
"""Nobody says letters or digits faster than this each."""


def forbidden_tokens(tokenizer: Any, alphabet: str, first_special: int, size: int) -> list[int]:
    """Every token that is not a part of `alphabet`, the special ones but the end included."""
    pattern = ALPHABETS[alphabet]
    texts = ((token, tokenizer.decode([token])) for token in range(first_special))
    return [token for token, text in texts if not pattern.fullmatch(text)] + list(
        range(first_special + 1, size)
    )


def symbols(text: str) -> str:
    """Only the letters and digits of a dictated text."""
    return "".join(character for character in text if character.isalnum()).upper()


def distinct(best: str, texts: Iterable[str]) -> list[str]:
    """Those of `texts` that say something else than `best` and each other, in order."""
    by_symbols = {symbols(best): best}
    for text in texts:
        if said := symbols(text):
            by_symbols.setdefault(said, text)
    return list(by_symbols.values())[1:]


def runs_on(text: str, seconds: float) -> bool:
    """True when a dictated text is no reading: it repeats its end, holds more than can be said in
    `seconds`, or nothing but separators."""
    said = symbols(text)
    if not said:
        return True
    if len(said) * LEAST_SECONDS > seconds + 0.5:
        return True
    for period in range(1, len(said) // 2 + 1):
        tail = said[-period:]
        repeats = 1
        while said.endswith(tail * (repeats + 1)):
            repeats += 1
        # "5 5 5 5" and "1 2 1 2" are said; eight symbols twice, or a pair four times, are not.
        needed = 5 if period == 1 else 4 if period == 2 else 3 if period < 5 else 2
        if repeats >= needed:
            return True
        # A loop cut off by the token cap: the last whole round and a part of the next.
        if period >= 5 and _cut_round(said, period):
            return True
    return False


def _cut_round(said: str, period: int) -> bool:
    """True when `said` ends in a repetition of its last `period` symbols that is nearly whole."""
    same = 0
    while same + period < len(said) and said[-1 - same] == said[-1 - same - period]:
        same += 1
    return same >= max(5, period - 1)
