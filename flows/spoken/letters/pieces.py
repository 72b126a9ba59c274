"""A dictated string as pieces: words, spelled letters, digits, signs.

"alpha bravo charlie" spells, "smith s m i t h" is one name said twice. Shared by addresses, names,
letters and corrections.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from flows.spoken.letters.likeness import alike, misheard_words
from flows.spoken.vocabulary import ENGLISH, Vocabulary
from flows.spoken.words import MIN_SPELLED, letter_at, number_at


@dataclass(frozen=True)
class Piece:
    text: str
    kind: Literal["word", "letter", "digits", "sign"]


def pieces(
    words: list[str], vocabulary: Vocabulary = ENGLISH, *, all_spelled: bool = False
) -> list[Piece]:
    """Read a dictated string. `all_spelled`: every word is expected to stand for a letter."""
    found: list[Piece] = []
    index = 0
    while index < len(words):
        piece, taken = _piece_at(words, index, vocabulary, all_spelled)
        if piece.kind == "digits" and len(piece.text) < MIN_SPELLED and _is_thousands(found):
            # "two thousand five" is 2005.
            piece = Piece(str(int(found.pop().text) + int(piece.text)), "digits")
        if piece.text:
            found.append(piece)
        index += taken
    return found


def _is_thousands(found: list[Piece]) -> bool:
    return (
        bool(found)
        and found[-1].kind == "digits"
        and bool(re.fullmatch("[1-9]000", found[-1].text))
    )


def _piece_at(
    words: list[str], index: int, vocabulary: Vocabulary, all_spelled: bool
) -> tuple[Piece, int]:
    word = words[index]
    if zeros := _zeros_at(words, index, vocabulary):
        return Piece(zeros, "digits"), 2
    if len(word) > 1 and words[index + 1 : index + 1 + len(word)] == list(word):
        # "jay j a y": a name, not the first of its own letters.
        return Piece(word, "word"), 1
    letters, taken = letter_at(words, index, vocabulary)
    if taken and not (word == "a" and words[index + 1 : index + 2] == ["hundred"]):
        return Piece(letters, "letter"), taken
    if word in vocabulary.signs:
        return Piece(vocabulary.signs[word], "sign"), 1
    digits, taken = number_at(words, index, vocabulary)
    if taken:
        return Piece(digits, "digits"), taken
    if word in vocabulary.spelling_words and _spelling_words_around(words, index, vocabulary):
        return Piece(word[0], "letter"), 1
    sound = vocabulary.letter_sounds.get(word)
    if sound and (all_spelled or _among_letters(words, index)):
        return Piece(sound, "letter"), 1
    if word in vocabulary.ignored:
        return Piece("", "word"), 1
    if word == "&":
        return Piece("n" if all_spelled else "", "letter"), 1
    return Piece(re.sub(r"[^\w]", "", word), "word"), 1


def _zeros_at(words: list[str], index: int, vocabulary: Vocabulary) -> str:
    """ "Double o" before a digit is 00; empty where it is none."""
    zero = words[index + 1 : index + 2] in (["o"], ["oh"])
    if words[index] not in vocabulary.repeats or not zero or index + 2 >= len(words):
        return ""
    before_digit = number_at(words, index + 2, vocabulary)[1] > 0
    return "0" * vocabulary.repeats[words[index]] if before_digit else ""


def _spelling_words_around(words: list[str], index: int, vocabulary: Vocabulary) -> bool:
    """Three in a row are no accident: "mike oscar" may be a name, "juliet oscar hotel" is not."""
    start = end = index
    while start > 0 and words[start - 1] in vocabulary.spelling_words:
        start -= 1
    while end + 1 < len(words) and words[end + 1] in vocabulary.spelling_words:
        end += 1
    return end - start + 1 >= MIN_SPELLED


def _among_letters(words: list[str], index: int) -> bool:
    """Between two single letters, or at the edge of a run of them: "s m i tea h"."""

    def single(place: int) -> bool:
        return 0 <= place < len(words) and len(words[place]) == 1 and words[place].isalpha()

    if index == 0 and words[1:2] and words[1] in ENGLISH.signs and single(2) and single(3):
        # "age dot f i s c h e r": an initial, where the rest is spelled.
        return True
    before = single(index - 1) + (single(index - 1) and single(index - 2))
    after = single(index + 1) + (single(index + 1) and single(index + 2))
    return bool(before and after) or (before == 2 and index + 1 == len(words))


def without_copies(found: list[Piece]) -> list[Piece]:
    """A word said and then spelled is meant once, as it was spelled: "smith s m y t h"."""
    kept: list[Piece] = []
    index = 0
    while index < len(found):
        piece = found[index]
        if piece.kind == "word" and len(piece.text) > 1:
            end = index + 1
            while end < len(found) and found[end].kind == "letter":
                end += 1
            run = found[index + 1 : end]
            spelled = "".join(item.text for item in run)
            if len(spelled) >= MIN_SPELLED or spelled == piece.text:
                longest = _copy_length(piece.text, spelled)
                if longest:
                    kept.append(Piece(spelled[:longest], "word"))
                    rest = spelled[longest:]
                    kept.extend(Piece(letter, "letter") for letter in rest)
                    index = end
                    continue
        elif piece.kind == "letter" and (index == 0 or found[index - 1].kind != "letter"):
            before = [item.text if item.kind == "word" else "" for item in kept]
            for _ in range(misheard_words(before, _run_from(found, index))):
                kept.pop()
        kept.append(piece)
        index += 1
    return kept


def _run_from(found: list[Piece], index: int) -> str:
    run = ""
    while index < len(found) and found[index].kind == "letter":
        run, index = run + found[index].text, index + 1
    return run


def _copy_length(said: str, spelled: str) -> int:
    """How many of the letters spell the word said before; 0 when they spell something else."""
    if spelled.startswith(said):
        return len(said)
    return len(spelled) if alike(said, spelled) else 0
