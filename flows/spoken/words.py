"""Words that stand for characters: numbers, letters spelled out, "B as in boy", "double l"."""

from __future__ import annotations

import re

UNITS = {
    "zero": "0", "oh": "0", "nought": "0", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
TEENS = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14",
    "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
TENS = {
    "twenty": "2", "thirty": "3", "forty": "4", "fifty": "5", "sixty": "6", "seventy": "7",
    "eighty": "8", "ninety": "9",
}  # fmt: skip
REPEATS = {"double": 2, "triple": 3, "treble": 3}
DIGIT_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+|[@.+_#*-]")


def tokens(text: str) -> list[str]:
    """Lower-case words, runs of digits, and the characters that mean something."""
    return _TOKEN.findall(text.casefold().replace("’", "'"))


def number_at(words: list[str], index: int) -> tuple[str, int]:
    """Digits spoken at `index` and how many words they took; ("", 0) when there are none.

    "eighty four" is 84, "fifteen" is 15, "eight hundred" is 800, "double five" is 55.
    """
    word = words[index]
    following = words[index + 1] if index + 1 < len(words) else ""
    if word in REPEATS and following:
        digits = UNITS.get(following, following if following.isdigit() else "")
        if len(digits) == 1:
            return digits * REPEATS[word], 2
        return "", 0
    if word.isdigit() or word in UNITS:
        digits = UNITS.get(word, word)
        if len(digits) <= 2 and following == "hundred":
            return digits + "00", 2
        if len(digits) <= 2 and following == "thousand":
            return digits + "000", 2
        return digits, 1
    if word in TEENS:
        return (TEENS[word] + "00", 2) if following == "hundred" else (TEENS[word], 1)
    if word in TENS:
        unit = UNITS.get(following, "")
        if unit and unit != "0" and following != "oh":
            return TENS[word] + unit, 2
        return TENS[word] + "0", 1
    return "", 0


def letter_at(words: list[str], index: int) -> tuple[str, int]:
    """A letter (or doubled letter) spelled at `index` and how many words it took."""
    word = words[index]
    following = words[index + 1] if index + 1 < len(words) else ""
    if word in REPEATS and len(following) == 1 and following.isalpha():
        taken = 2 + _like_words(words, index + 1, following)
        return following * REPEATS[word], taken
    if len(word) == 1 and word.isalpha():
        return word, 1 + _like_words(words, index, word)
    return "", 0


def _like_words(words: list[str], index: int, letter: str) -> int:
    """Words taken by "as in boy", "for boy" or "like boy" after a letter; 0 when they don't fit."""
    rest = words[index + 1 : index + 4]
    for lead in (("as", "in"), ("like", "in"), ("as",), ("for",), ("like",)):
        if tuple(rest[: len(lead)]) == lead and len(rest) > len(lead):
            example = rest[len(lead)]
            if len(example) > 1 and example.startswith(letter):
                return len(lead) + 1
    return 0


def spelled_letters(text: str) -> str:
    """The letters spelled in `text`, lower case; words only when no letter was."""
    words = [word for word in tokens(text) if word.isalpha()]
    letters, index = "", 0
    while index < len(words):
        found, taken = letter_at(words, index)
        letters += found
        index += max(1, taken)
    return letters or "".join(words)
