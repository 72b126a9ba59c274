"""Tokens of an utterance, and the characters that words stand for.

Recognisers write spelled letters in many ways: "J O H N", "J-O-H-N", "J. O. H. N.", "JOHN". What
they mean by their hyphens and full stops is undone here (`tokens`), so that the readers see words,
single characters, runs of digits, and the signs somebody said.
"""

from __future__ import annotations

import re

from flows.spoken.vocabulary import ENGLISH, Vocabulary

DIGIT_NAMES = ENGLISH.digit_names
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[@.+_#*&-]")
_REPEAT_JOINED = re.compile(r"(?<=\w)?[-–]?\b(double|triple|treble)[-–](?=\w)", re.IGNORECASE)
"""A repeat inside a run: "M-I-double-L-E-R", "triple-5"."""
_RUN = re.compile(r"[A-Za-z0-9]+(?:\s?[-–]\s?[A-Za-z0-9]+)+")
"""Pieces joined by hyphens."""
_PAIR_EXPLAINED = re.compile(r"(?<=\b[A-Za-z])-(?=[A-Za-z] (?:as|is|and|an) in\b)", re.IGNORECASE)
"""In "R-T as in tango" both are letters."""
_DOTTED = re.compile(r"(?<![\w.])(?:[A-Za-z]\.){2,}(?![A-Za-z0-9@])")
"""Letters with full stops: "L.E.V."."""
_INITIAL = re.compile(r"(?<![\w.@+-])([A-Za-z])\.(?=\s|$)")
_LISTED = re.compile(r"(?<![\w])([A-Za-z0-9])[,;](?=\s|$)")
_STOP = re.compile(r"[.](?=[\s,;!?]|$)|(?<!\w)[.](?!\w)")
"""A full stop that ends a sentence; one inside "gmail.com" is a sign."""
_POSSESSIVE = re.compile(r"\b([a-z])'s\b")
_FOR_AS_IN = frozenset(["and", "in", "an", "is", "as"])
"""What recognisers make of "as in" behind a word they misheard."""
MIN_SPELLED = 3
"""Two single letters may be initials ("J D Power"), three are a spelling."""


def tokens(text: str) -> list[str]:
    """Lower-case words, runs of digits, and the characters that mean something."""
    text = text.replace("’", "'").replace("…", " ")
    text = _DOTTED.sub(lambda match: " ".join(match.group().replace(".", " ").split()), text)
    text = _INITIAL.sub(r"\1", text)
    text = _LISTED.sub(r"\1", text)
    text = _PAIR_EXPLAINED.sub(" ", text)
    text = _REPEAT_JOINED.sub(_apart, text)
    text = _RUN.sub(lambda match: _unhyphened(match.group()), text)
    return _TOKEN.findall(_STOP.sub(" ", text).casefold())


def _apart(match: re.Match[str]) -> str:
    return f" {match[1]} "


def _unhyphened(run: str) -> str:
    """ "J-O-H-N" and "PIT-TS" are letters with pauses; "mary-ann" and "555-1234" stay."""
    pieces = re.split(r"\s?[-–]\s?", run)
    single = sum(len(piece) == 1 for piece in pieces)
    spelled = len(pieces) >= MIN_SPELLED and single >= len(pieces) - 1
    capitals = all(len(piece) == 1 or not re.search("[a-z]", piece) for piece in pieces)
    letters = any(re.search("[A-Za-z]", piece) for piece in pieces)
    if letters and (spelled or (capitals and len(pieces) > 1 and len(run) > MIN_SPELLED)):
        # "LS-K-I": capitals between letters are letters too.
        letters_of = (" ".join(piece) if piece.isupper() else piece for piece in pieces)
        return " ".join(letters_of)
    return run


def number_at(words: list[str], index: int, vocabulary: Vocabulary = ENGLISH) -> tuple[str, int]:
    """Digits spoken at `index` and how many words they took; ("", 0) when there are none.

    "eighty four" is 84, "fifteen" is 15, "eight hundred" is 800, "double five" is 55, "two thousand
    and five" is 2005. Numbers side by side are not added: "eight hundred five" is 800, then 5.
    """
    word = words[index]
    if word in vocabulary.repeats:
        return _repeated(words, index, vocabulary)
    if word == "a" and words[index + 1 : index + 2] in (["hundred"], ["thousand"]):
        return str(vocabulary.scales[words[index + 1]]), 2
    digits, taken = _below_hundred(words, index, vocabulary)
    if not taken:
        return "", 0
    if len(digits) > 2 or index + taken >= len(words):
        return digits, taken
    scale = vocabulary.scales.get(words[index + taken], 0)
    if scale not in (100, 1000):
        return digits, taken
    value, taken = int(digits) * scale, taken + 1
    if index + taken < len(words) and words[index + taken] == "and":
        more, further = _below_hundred(words, index + taken + 1, vocabulary)
        if further and int(more) < scale:
            return str(value + int(more)), taken + 1 + further
    return str(value), taken


def _below_hundred(words: list[str], index: int, vocabulary: Vocabulary) -> tuple[str, int]:
    if index >= len(words):
        return "", 0
    word = words[index]
    if word.isdecimal():
        return word, 1
    if word in vocabulary.units:
        return vocabulary.units[word], 1
    if word in vocabulary.teens:
        return vocabulary.teens[word], 1
    if word not in vocabulary.tens:
        return "", 0
    following = index + 1
    if following < len(words) and words[following] == "-":
        following += 1
    unit = vocabulary.units.get(words[following], "") if following < len(words) else ""
    if unit and unit != "0":
        return vocabulary.tens[word] + unit, following + 1 - index
    return vocabulary.tens[word] + "0", 1


def _repeated(words: list[str], index: int, vocabulary: Vocabulary) -> tuple[str, int]:
    if index + 1 >= len(words):
        return "", 0
    following = words[index + 1]
    digits = vocabulary.units.get(following, following if following.isdecimal() else "")
    digits = "0" if following == "o" else digits
    if not digits:
        return "", 0
    # "double 55" is a recogniser's "double five" or a doubled five: the digit counts once.
    if len(set(digits)) > 1:
        return "", 0
    return digits[0] * max(vocabulary.repeats[words[index]], len(digits)), 2


def letter_at(words: list[str], index: int, vocabulary: Vocabulary = ENGLISH) -> tuple[str, int]:
    """A letter (or doubled letter) spelled at `index` and how many words it took.

    "b", "zed", "double l", "two l's", "b as in boy", "see as in cat", "b for boy".
    """
    word = words[index]
    following = words[index + 1] if index + 1 < len(words) else ""
    if word == "double" and following in ("you", "u"):
        return "w", 2
    if word in vocabulary.repeats:
        letter, taken = letter_at(words, index + 1, vocabulary) if following else ("", 0)
        if taken and len(letter) == 1:
            return letter * vocabulary.repeats[word], 1 + taken
        if len(following) == 2 and following.isalpha() and len(set(following)) == 1:
            # A recogniser's "double tt".
            return following[0] * vocabulary.repeats[word], 2
        return "", 0
    doubled = _POSSESSIVE.fullmatch(following)
    if word in ("two", "2", "to") and doubled:
        return doubled.group(1) * 2, 2
    letter = word if len(word) == 1 and word.isalpha() else vocabulary.letter_names.get(word, "")
    sound = letter or vocabulary.letter_sounds.get(word, "")
    if sound:
        example, taken = _example(words, index, sound, vocabulary)
        if taken:
            return example, 1 + taken
    if not letter:
        misheard = _misheard_example(words, index, vocabulary)
        return (misheard, 3) if misheard else _glued(words, index, vocabulary)
    return letter, 1


def _misheard_example(words: list[str], index: int, vocabulary: Vocabulary) -> str:
    """ "Bees and boy, O, B" is a recogniser's "B as in boy": the plural of a letter's sound, before a
    word that begins with it, among letters; "" where it is none."""
    plural, *rest = words[index : index + 4]
    sound = plural[:-1] if plural.endswith("s") else ""
    letter = vocabulary.letter_sounds.get(sound) or vocabulary.letter_names.get(sound, "")
    if not letter or len(rest) < 2 or rest[0] not in _FOR_AS_IN:
        return ""
    beside = [*rest[2:], *words[max(0, index - 1) : index]]
    among = any(len(word) == 1 and word.isalpha() for word in beside)
    return letter if among and len(rest[1]) > 1 and rest[1].startswith(letter) else ""


def _glued(words: list[str], index: int, vocabulary: Vocabulary) -> tuple[str, int]:
    """ "JOHN as in November": letters written as one word, the last of them explained."""
    word = words[index]
    for lead in vocabulary.as_in:
        end = index + 1 + len(lead)
        if len(lead) == 2 and tuple(words[index + 1 : end]) == lead and end < len(words):
            example = words[end]
            if example in vocabulary.spelling_words and word.isalpha() and example[0] == word[-1]:
                return word, len(lead) + 2
    return "", 0


CONFUSABLE = tuple(
    frozenset(group) for group in ("bcdegptvz", "mn", "fsx", "jka", "iy", "ah", "uqw", "or")
)
"""Letters that are taken for one another over the telephone (E-set, nasals, fricatives, …)."""


def confusable(one: str, other: str) -> bool:
    return one != other and any(one in group and other in group for group in CONFUSABLE)


def _example(words: list[str], index: int, letter: str, vocabulary: Vocabulary) -> tuple[str, int]:
    """The letter after "b as in boy" and the words taken by what follows it; ("", 0) if nothing.

    The example is longer and better heard than the letter, so it decides, unless it holds the
    letter somewhere ("x as in fox", "n as in knife") or sounds like it ("f as in phone").
    """
    rest = words[index + 1 : index + 5]
    for lead in vocabulary.as_in:
        if tuple(rest[: len(lead)]) != lead or len(rest) <= len(lead):
            continue
        example, taken = rest[len(lead)], len(lead) + 1
        if example in ("a", "an", "the") and len(rest) > len(lead) + 1:
            example, taken = rest[len(lead) + 1], taken + 1
        if example == "x" and letter == "x":
            # "x as in x-ray" is three tokens more.
            tail = words[index + 1 + taken : index + 3 + taken]
            return "x", taken + (2 if tail == ["-", "ray"] else 1 if tail[:1] == ["ray"] else 0)
        if len(example) < 2 or not example[0].isalpha():
            continue
        if example.startswith(letter):
            return letter, taken
        if lead not in (("as", "in"), ("like", "in")):
            # Too weak to overrule what was heard, unless the example is one of an alphabet's.
            meant = confusable(letter, example[0]) and (
                len(lead) == 1 or example in vocabulary.spelling_words
            )
            return (example[0], taken) if meant else ("", 0)
        if letter in example or (letter == "f" and example.startswith("ph")):
            return letter, taken
        return example[0], taken
    return "", 0
