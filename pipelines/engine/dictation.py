"""Letters and digits: a decoder that can write nothing else makes fewer mistakes with them.

Free decoding writes spelled names as it would print them ("WILETT", "PH, IN and EY"). Allowed only
single letters (or digits) and separators, it has to hear each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

ALPHABETS = {
    "letters": re.compile(r"[ ,.\-]*[A-Za-z]?[ ,.\-]*"),
    "digits": re.compile(r"[ ,.\-]*[0-9]?[ ,.\-]*| ?(?:[Dd]ouble|triple|[Oo]h|[Pp]lus|hundred)"),
}
"""What one token may be, by what is expected; "plus four, oh, double five, eight hundred" is what
people say of numbers."""
LEAST_LOG_PROBABILITY = {"letters": -0.25, "digits": -0.55}
"""Below it the speech was something else: true dictation stays above -0.16 and -0.4."""
GIVE_WAY = 0.1
"""Free text is kept when it is more likely than the dictated reading by this (log probability)."""
SURE_LOG_PROBABILITY = {"letters": -0.08, "digits": -0.17}
"""Above it a dictated reading needs no second opinion."""
LEAST_SECONDS = 0.11
"""Nobody says letters or digits faster than this each."""
NARROW_BAND_ABOVE_HZ = 4500
NARROW_BAND_DECIBELS = -55.0
"""A telephone passes nothing above 3.4 kHz: what lies above is below -75 dB of the whole there, and
above -40 dB where the microphone was better."""


def forbidden_tokens(tokenizer: Any, alphabet: str, first_special: int, size: int) -> list[int]:
    """Every token that is not a part of `alphabet`, the special ones but the end included."""
    pattern = ALPHABETS[alphabet]
    texts = ((token, tokenizer.decode([token])) for token in range(first_special))
    return [token for token, text in texts if not pattern.fullmatch(text)] + list(
        range(first_special + 1, size)
    )


_SAID = (
    (re.compile(r"\boh\b", re.IGNORECASE), "0"),
    (re.compile(r"\bplus\b", re.IGNORECASE), ""),
    (re.compile(r"\bhundred\b", re.IGNORECASE), "00"),
    (re.compile(r"\bdouble\W*(\d)", re.IGNORECASE), r"\1\1"),
    (re.compile(r"\btriple\W*(\d)", re.IGNORECASE), r"\1\1\1"),
)
"""The words a number may hold, as digits."""


def symbols(text: str) -> str:
    """Only the letters and digits of a dictated text; "double 5" is 55."""
    for word, digits in _SAID:
        text = word.sub(digits, text)
    return "".join(character for character in text if character.isalnum()).upper()


def is_narrow_band(audio: npt.NDArray[np.float32], rate: int) -> bool:
    """True when `audio` (mono) came over a line of 8 kHz, whatever its rate is now."""
    power = np.abs(np.fft.rfft(audio)) ** 2
    high = power[np.fft.rfftfreq(len(audio), 1 / rate) > NARROW_BAND_ABOVE_HZ].sum()
    return bool(high < power.sum() * 10 ** (NARROW_BAND_DECIBELS / 10))


def is_fuller(text: str, other: str, *, on_doubt: bool) -> bool:
    """True when `text` holds more of what was said than `other`, another reading of the same audio.

    Decoders leave symbols out far more often than they add some, so the longer one is fuller,
    unless all it adds is what it said before, or a third of the same symbol in a row (a second is
    said often: POWELL). `on_doubt` is for readings of one length.
    """
    mine, theirs = symbols(text), symbols(other)
    if len(mine) == len(theirs):
        return on_doubt
    short, long = sorted((mine, theirs), key=len)
    more = long[len(short) :]
    repeated = long.startswith(short) and (
        more in short if len(more) > 1 else short[-2:] == 2 * more
    )
    return (mine == long) != repeated


def agree(text: str, free: str) -> bool:
    """True when two or more symbols were heard alike by both decodes, however unsure of each."""
    return len(symbols(text)) > 1 and symbols(text) == symbols(free)


def loses_zeros(text: str, free: str) -> bool:
    """True when digits differ from `free` text only by zeros they lack: "two forty" is 240 in free
    text, and easily 2 4 where each digit has to be written by itself."""
    mine, theirs = symbols(text), symbols(free)
    same = theirs.isdecimal() and mine.replace("0", "") == theirs.replace("0", "")
    return same and bool(mine.strip("0")) and len(theirs) > len(mine)


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
