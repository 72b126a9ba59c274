"""Numbers told as words: "1-800-FLOWERS", on the letters of a telephone's keys (ITU-T E.161)."""

from __future__ import annotations

from flows.spoken.vocabulary import ENGLISH
from flows.spoken.words import number_at, tokens

KEYS = {
    letter: digit
    for digit, letters in {
        "2": "abc", "3": "def", "4": "ghi", "5": "jkl", "6": "mno", "7": "pqrs", "8": "tuv",
        "9": "wxyz",
    }.items()
    for letter in letters
}  # fmt: skip
FREE_PREFIXES = ("800", "888", "877", "866", "855", "844", "833", "0800", "0808", "1300", "1800")
"""Where words are told for digits: numbers that cost the caller nothing (or a local call)."""
SUBSCRIBER_LETTERS = {"0800": 6, "0808": 6, "1300": 6}
"""Digits after the prefix; more letters than that are dialled in vain. Seven elsewhere."""
_MARKERS = frozenset(
    ["letters", "the", "spells", "spelled", "that's", "word", "please", "thanks", "thank", "you"]
)


_NO_BRAND = frozenset(
    "wait hold hang on a um uh er so and then my no not sorry i i'm sec second minute let me oh or but "
    "actually what it's its is that just main street road avenue at to of double triple hundred".split()
)
"""Words of somebody who thinks, or goes on about something else."""
MAX_WORDS = 2


def vanity_number(text: str) -> str:
    """Digits of a number whose end is told in words ("1 800 flowers" is 18003569377); "" where the
    beginning is no such prefix, or the words are too short or have something after them."""
    words = [word for word in tokens(text) if word not in ("-", ".")]
    digits, index = "", 0
    while index < len(words) and not digits and not number_at(words, index)[1]:
        index += 1
    while index < len(words):
        found, taken = number_at(words, index)
        if not taken:
            break
        digits, index = digits + found, index + taken
    country = "1" if digits[:1] == "1" and digits[1:4] in FREE_PREFIXES else ""
    national = digits.removeprefix(country)
    prefix = next((one for one in FREE_PREFIXES if national.startswith(one)), "")
    if not prefix or not any(word.isalpha() for word in words[index:]):
        return ""
    brand = [word for word in words[index:] if len(word) > 1 and word.isalpha()]
    brand = [word for word in brand if word not in _MARKERS and word not in ENGLISH.units]
    if len(brand) > MAX_WORDS or any(word in _NO_BRAND for word in brand):
        return ""
    end, wanted = national.removeprefix(prefix), SUBSCRIBER_LETTERS.get(prefix, 7)
    for word in words[index:]:
        if word in _MARKERS or word in ENGLISH.ignored:
            continue
        if len(end) >= wanted and len(word) > 1:
            return ""
        character = number_at([word], 0)[0] if len(word) > 1 and word in ENGLISH.units else word
        end += "".join(KEYS.get(letter, letter) for letter in character)
    return country + prefix + end[:wanted] if len(end) >= wanted and end.isdecimal() else ""
