"""Letters and digits: a decoder that can write nothing else makes fewer mistakes with them.

Free decoding writes spelled names as it would print them ("WILETT", "PH, IN and EY"). Allowed only
single letters (or digits) and separators, it has to hear each of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import groupby, islice

import numpy as np
import numpy.typing as npt

SEPARATORS = " ,.-"
ALPHABETS = {
    "letters": re.compile(r"[ ,.\-]*[A-Za-z]?[ ,.\-]*"),
    "digits": re.compile(r"[ ,.\-]*[0-9]?[ ,.\-]*| ?(?:[Dd]ouble|triple|[Oo]h|[Pp]lus|hundred)"),
    "characters": re.compile(
        r"[ ,.\-]*(?:[A-Za-z]|[0-9]{0,3})[ ,.\-]*| ?(?:[Dd]ouble|triple|[Oo]h|hundred)"
    ),
}
"""What one token may be, by what is expected; "plus four, oh, double five, eight hundred" is what
people say of numbers, and "ninety eight" of those in codes and postcodes."""
LEAST_LETTERS = -0.45
LEAST_LETTERS_PREFERRED = -0.65
LEAST_LETTERS_BESIDE_DIGITS = -0.25
LEAST_DIGITS = -0.55
LEAST_DIGITS_PREFERRED = -0.9
"""Log probabilities below which the speech was something else. Letters are easily written for
digits ("T" and "W" for "two"), so where free text has digits they must be surer; where they are
likelier than free text by `GIVE_WAY` they may be less sure."""
GIVE_WAY = 0.1
"""Free text is kept when it is more likely than the dictated reading by this (log probability)."""
SURE_LOG_PROBABILITY = -0.12
"""Digits above it need no second hearing."""
SINGLE_LOG_PROBABILITY = -0.35
"""Digits said one by one are mostly above it; "sixteen" and "sixty" never fit single digits."""
WILD_MARGIN = 1.0
"""Free text that much less likely than the digits is a guess."""
LEAST_SECONDS = 0.13
"""Nobody says letters or digits faster than this each."""
NARROW_BAND_ABOVE_HZ = 4500
NARROW_BAND_DECIBELS = -55.0
"""A telephone passes nothing above 3.4 kHz: what lies above is below -75 dB of the whole there, and
above -40 dB where the microphone was better."""


_SAID = (
    (re.compile(r"\boh\b", re.IGNORECASE), "0"),
    (re.compile(r"\bplus\b", re.IGNORECASE), ""),
    (re.compile(r"\bhundred\b", re.IGNORECASE), "00"),
    (re.compile(r"\bdouble\W*(\d)", re.IGNORECASE), r"\1\1"),
    (re.compile(r"\btriple\W*(\d)", re.IGNORECASE), r"\1\1\1"),
)
"""The words a number may hold, as digits."""
_WORD = re.compile(r"\W*(?:oh|plus|hundred|double|triple)\W*", re.IGNORECASE)


def symbols(text: str) -> str:
    """Only the letters and digits of a dictated text; "double 5" is 55."""
    for word, digits in _SAID:
        text = word.sub(digits, text)
    return "".join(character for character in text if character.isalnum()).upper()


def confidences(words: Iterable[str], sureness: Sequence[float]) -> list[float | None]:
    """For each word how likely (0..1) all of its letters and digits are right, from the `sureness`
    of each; None for words that hold none, and for all when the numbers differ."""
    said = [0 if _WORD.fullmatch(word) else sum(map(str.isalnum, word)) for word in words]
    if sum(said) != len(sureness):
        return [None] * len(said)
    left = iter(sureness)
    return [math.prod(islice(left, count)) if count else None for count in said]


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
        more[:3] in short if len(more) > 1 else short[-2:] == 2 * more
    )
    return (mine == long) != repeated


def agree(text: str, free: str) -> bool:
    """True when two or more symbols were heard alike by both decodes, however unsure of each."""
    return len(symbols(text)) > 1 and symbols(text) == symbols(free)


def loses_digits(
    text: str,
    log_probability: float,
    free: str,
    free_log_probability: float,
    *,
    sure: bool = False,
) -> bool:
    """True when `free` text has digits that were lost where each had to be written by itself: the
    zero of "two forty", the one of "sixteen". `sure` when another window had the same digits: then
    only more of them count."""
    mine, theirs = symbols(text), symbols(free)
    if not theirs.isdecimal() or mine == theirs:
        return False
    only_zeros = bool(mine.strip("0")) and mine.replace("0", "") == theirs.replace("0", "")
    unlikely = log_probability < SINGLE_LOG_PROBABILITY
    numbers = unlikely and (len(theirs) > len(mine) or (not sure and len(theirs) > 1))
    # Ten thousand in digits is no "$100,028".
    wild = free_log_probability < log_probability - WILD_MARGIN and not theirs.endswith("0")
    return numbers or (only_zeros and len(theirs) > len(mine) and not wild)


def is_dictated(text: str, log_probability: float, free: str, free_log_probability: float) -> bool:
    """True when digits are at least about as likely as `free` text, or say the same."""
    preferred = log_probability >= free_log_probability + GIVE_WAY and has_numbers(free)
    least = LEAST_DIGITS_PREFERRED if preferred else LEAST_DIGITS
    enough = max(least, free_log_probability - GIVE_WAY)
    return log_probability >= enough or agree(text, free)


def is_spelled(text: str, log_probability: float, free: str, free_log_probability: float) -> bool:
    """True when letters are; a reading of letters for digits in `free` text has to be surer."""
    if re.search(r"\d", free):
        enough = max(LEAST_LETTERS_BESIDE_DIGITS, free_log_probability - GIVE_WAY)
        return log_probability >= enough or agree(text, free)
    return is_code(text, log_probability, free, free_log_probability)


def is_code(text: str, log_probability: float, free: str, free_log_probability: float) -> bool:
    """True when letters mixed with digits are about as likely as `free` text, or say the same."""
    if log_probability >= free_log_probability + GIVE_WAY:
        enough = LEAST_LETTERS_PREFERRED
    else:
        enough = max(LEAST_LETTERS, free_log_probability - GIVE_WAY)
    return log_probability >= enough or agree(text, free)


_NUMBERS = re.compile(
    r"\d|\b(?:oh|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand)\b",
    re.IGNORECASE,
)


def has_numbers(free: str) -> bool:
    """True when digits or numbers are among the words of a free text."""
    return _NUMBERS.search(free) is not None


def may_run_on(text: str) -> bool:
    """True when digits end on three or more of one: said so, or the decoder missed the end."""
    said = symbols(text)
    return len(said) > 3 and said[-3:] == 3 * said[-1]


def has_long_row(text: str) -> bool:
    """True when four or more of one symbol stand in a row: in a short window decoders miscount
    them."""
    return re.search(r"(.)\1{3}", symbols(text)) is not None


def length_but_rows(said: str) -> int:
    """How many symbols that is where more than two of one in a row count as two."""
    return sum(min(2, len(list(row))) for _, row in groupby(said))


def is_alike_but_rows(said: str, other: str) -> bool:
    """True when the same symbols are said, but some more or less often in a row."""
    return [one for one, _ in groupby(said)] == [one for one, _ in groupby(other)]


def distinct(best: str, texts: Iterable[str]) -> list[str]:
    """Those of `texts` that say something else than `best` and each other, in order."""
    by_symbols = {symbols(best): best}
    for text in texts:
        if said := symbols(text):
            by_symbols.setdefault(said, text)
    return list(by_symbols.values())[1:]


_ROUNDS = re.compile(r"(.{3})\1{3}|(.{4,})\2{2}")
"""Nobody says three symbols four times, or more of them three times."""


def runs_on(text: str, seconds: float) -> bool:
    """True when a dictated text is no reading: it repeats its end, holds more than can be said in
    `seconds`, or nothing but separators."""
    said = symbols(text)
    if not said:
        return True
    if len(said) * LEAST_SECONDS > seconds + 0.5:
        return True
    if _ROUNDS.search(said):
        return True
    for period in range(1, (len(said) + 1) // 2 + 1):
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
