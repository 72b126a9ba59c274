"""A word or a code that was spelled, as compact characters."""

from __future__ import annotations

import re

from flows.spoken.letters.modifiers import apply_modifiers
from flows.spoken.letters.pieces import Piece, pieces, without_copies
from flows.spoken.vocabulary import ENGLISH, Vocabulary
from flows.spoken.words import letter_at

_WORD_IN_FRONT = re.compile(
    r"^\W*[A-Z]+[AEIOU][A-Z]{2,}[,:]?\s+(?=[A-Za-z](?:[-, ]+[A-Za-z0-9]\b){2,})"
)
"""A word in capitals before a spelling ("RUBOUT N-I-M-N") is a word."""
_ANNOUNCED = re.compile(r"^.*\b(?:letters|spelling|code|spelled|spelt)(?: is| are| as)\b", re.I)
_BESIDE_LETTERS = re.compile(
    r"\b(?:u+m+|u+h+|erm+)\b[,.]?\s*|\ban(?= [A-Za-z] (?:as in|for|like)\b)|[,.]? at the end\W*$",
    re.IGNORECASE,
)
"""What is said between letters and behind them, and is none."""
_NUMBER_WORD = re.compile(
    rf"\b(?:{'|'.join((set(ENGLISH.units) | set(ENGLISH.teens) | set(ENGLISH.tens)) - {'oh'})})\b",
    re.IGNORECASE,
)
_CONSONANTS_ONLY = re.compile(r"[^aeiouy\W\d_]+|(?!is|it|up|my|so|of|on|by|do|go|me)[a-z]{1,2}")


def spelled_letters(text: str, vocabulary: Vocabulary = ENGLISH) -> str:
    """A spelled word or code as compact lower-case characters: "P H I N N E Y", "A seven".

    Recognisers join letters into capitals ("PH, IN and EY", "CX4") and write some of them as words
    ("are you bee"); words around the spelling ("it's spelled …") are left out.
    """
    text = _ANNOUNCED.sub("", apply_modifiers(_BESIDE_LETTERS.sub("", text)))
    if not re.search(r"\d", text) and not _NUMBER_WORD.search(text):
        # Among letters alone "oh" is one.
        text = re.sub(r"\boh\b", "o", text, flags=re.IGNORECASE)
    hyphened_words = re.compile(r"\b\w+(?:-\w+)*-[a-z]{3,}\b(?!-)")
    text = hyphened_words.sub(
        lambda match: match.group() if _is_spelled_run(match.group()) else match.group().replace("-", ""),
        text,
    )  # fmt: skip
    text = _WORD_IN_FRONT.sub("", text)
    raw = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|&", text.replace("’", "'"))
    marked = [word for word in raw if _clearly_spelled(word, text)]
    if not marked:
        words = [word.casefold() for word in raw]
        found = pieces(words, vocabulary, all_spelled=True)
        if sum(piece.kind != "word" for piece in found) > 1 or all(
            piece.kind != "word" for piece in found
        ):
            return _joined([piece for piece in found if piece.kind != "word" or len(found) == 1])
        return "".join(word for word in words if word.isalnum())
    examples = _with_examples_kept(raw)
    found = pieces(examples, vocabulary, all_spelled=True)
    return _joined(found)


def _joined(found: list[Piece]) -> str:
    return "".join(piece.text for piece in without_copies(found) if piece.kind != "sign")


def _is_spelled_run(run: str) -> bool:
    parts = run.split("-")
    return sum(len(part) == 1 for part in parts) >= len(parts) - 1 and len(parts) > 2


def _clearly_spelled(word: str, text: str) -> bool:
    """Single letters, digits, and capitals in a text that has others."""
    if word.isdecimal() or word == "&":
        return word.isdecimal()
    if len(word) == 1:
        return word not in ("a", "I") or bool(re.fullmatch(r"\W*(?:\w\W+)*\w\W*", text))
    return sum(letter.isupper() for letter in word) > 1


def _with_examples_kept(raw: list[str]) -> list[str]:
    """Lower-case words; ordinary words are dropped unless they explain a letter or are spelled after."""
    kept: list[str] = []
    lowered = [word.casefold() for word in raw]
    known = set(ENGLISH.units) | set(ENGLISH.teens) | set(ENGLISH.tens) | set(ENGLISH.repeats)
    known |= {"hundred", "thousand"}
    known |= set(ENGLISH.letter_names) | set(ENGLISH.letter_sounds) | ENGLISH.spelling_words
    index = 0
    while index < len(lowered):
        _, taken = letter_at(lowered, index)
        if taken > 1:
            kept.extend(lowered[index : index + taken])
            index += taken
            if lowered[index : index + 1] == ["and"] and letter_at(lowered, index)[1] < 2:
                # "M as in mike and N as in november": between two letters that are explained.
                index += letter_at(lowered, index + 1)[1] > 1 if index + 1 < len(lowered) else 0
            continue
        word = lowered[index]
        capitals = sum(letter.isupper() for letter in raw[index]) > 1
        if capitals and len(word) > 1 and not word.isdecimal():
            kept.extend(word)
        elif len(word) == 1 or word.isdecimal() or word in known:
            kept.append(word)
        elif _CONSONANTS_ONLY.fullmatch(word):
            kept.extend(word)
        index += 1
    return kept
