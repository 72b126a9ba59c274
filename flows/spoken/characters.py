"""A dictated string as pieces: words, spelled letters, digits, signs; and what spelling says of words.

"smith s m i t h" is one name said twice, "smith with a y" and "john with no h" change the word
before, "alpha bravo charlie" spells. Shared by addresses, names, letters and corrections.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from flows.spoken.vocabulary import ENGLISH, Vocabulary
from flows.spoken.words import MIN_SPELLED, letter_at, number_at


@dataclass(frozen=True)
class Piece:
    text: str
    kind: Literal["word", "letter", "digits", "sign"]


_INTERCHANGED = (
    ("i", "y"), ("ie", "y"), ("ey", "y"), ("c", "k"), ("ck", "k"), ("s", "z"), ("f", "ph"), ("j", "g"),
    ("e", "a"), ("o", "u"), ("ea", "ee"), ("ai", "ay"), ("ks", "x"), ("c", "s"), ("v", "w"), ("ph", "v"),
)  # fmt: skip
"""Spellings that sound alike: "with a y" says which."""

_ADDED = {
    ("jon", "h"): "john", ("sara", "h"): "sarah", ("hanna", "h"): "hannah", ("tomas", "h"): "thomas",
    ("cristian", "h"): "christian", ("cristopher", "h"): "christopher", ("nora", "h"): "norah",
    ("debora", "h"): "deborah", ("rut", "h"): "ruth", ("brow", "n"): "brown", ("rees", "c"): "reece",
    ("jane", "y"): "jayne",
}  # fmt: skip
"""Letters that are added, not exchanged: "Sara with an h"."""


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


MIN_SPELLED_CLEARLY = 4
MAX_MISHEARD_WORDS = 3
LEAST_LIKENESS = 54.0
"""Of what was heard for a name and its letters, 0..100: "called ski" and "kowalski" have 59."""


def misheard_words(words: Sequence[str], spelled: str) -> int:
    """How many of the last words are what was heard for the name that is spelled after them."""
    if len(spelled) < MIN_SPELLED_CLEARLY:
        return 0
    heard, likeness = "", {0: LEAST_LIKENESS}
    for count in range(1, min(MAX_MISHEARD_WORDS, len(words)) + 1):
        if len(words[-count]) < 2:
            break
        heard = words[-count] + heard
        likeness[count] = fuzz.ratio(heard, spelled)
    return max(likeness, key=likeness.__getitem__)


def _copy_length(said: str, spelled: str) -> int:
    """How many of the letters spell the word said before; 0 when they spell something else."""
    if spelled.startswith(said):
        return len(said)
    return len(spelled) if alike(said, spelled) else 0


def alike(said: str, spelled: str) -> bool:
    """True when a word may be what a recogniser wrote for a name spelled otherwise."""
    said, spelled = said.casefold(), spelled.casefold()
    same_start = said[:1] == spelled[:1] or {said[:1], spelled[:1]} in (
        {"c", "k"}, {"s", "z"}, {"g", "j"}, {"p", "f"}, {"c", "s"}
    )  # fmt: skip
    longest = max(len(said), len(spelled))
    return same_start and Levenshtein.distance(said, spelled) <= max(1, longest * 0.55)


def most_alike(words: Sequence[str], spelled: str) -> list[int]:
    """Which of `words` may be what a recogniser wrote for `spelled`: the one that differs in the
    fewest letters, if that is clear; else all that are alike."""
    distances = [Levenshtein.distance(word.casefold(), spelled.casefold()) for word in words]
    hits = [index for index, word in enumerate(words) if alike(word, spelled)]
    least = min(distances, default=0)
    if distances.count(least) == 1 and (least <= len(spelled) / 3 or len(hits) > 1):
        return [distances.index(least)]
    return hits


_IN_CAPITALS = re.compile(
    r"\b(\w*[a-z]\w*)[,.]?\s+((?:[A-Z]+\b[ .,]*)*[A-Z]{2,}\b(?:[ .,]*[A-Z]+\b)*)"
)
"""A word, and what may be its letters: capitals, in one run or in several."""


def letters_from_capitals(text: str) -> str:
    """ "Smith, SMITH" and "Smith SMI TH" with the capitals as letters: a recogniser's way to write a
    spelling. Capitals that don't spell the word before them stay."""

    def letters(match: re.Match[str]) -> str:
        spelled = re.sub(r"[^A-Z]", "", match[2])
        return f"{match[1]} {' '.join(spelled)} " if alike(match[1], spelled) else match.group()

    return _IN_CAPITALS.sub(letters, text)


# --- "with a y", "with no h", "with two t's", "with a double l" ---------------------------------------

_MODIFIER = re.compile(
    r"\s*,?\s*\b(?:but |just |only )?(?:(?P<none>with(?:out| no| out)(?: an?| the| any)?|(?P<bare>no))|with)\s+"
    r"(?:(?:an?|the|just)\s+)*(?P<count>one|single|two|double|2)?\s*"
    r"(?:letters? )?(?P<letters>(?(count)[a-z](?=s\b)|(?!))|[a-z](?:\s*-?\s*[a-z])?|zed|zee|aitch|ess|tea|why|see|kay|jay|bee|dee|ph)(?:'?s)?"
    r"(?=[\s,.;]|$)(?:\s+(?:instead of|not)\s+(?:an? )?(?P<instead>[a-z])\b)?(?P<end>\s+(?:at|in|on) the end)?",
    re.IGNORECASE,
)
_LETTER_WORDS = {
    "zed": "z", "zee": "z", "aitch": "h", "ess": "s", "tea": "t", "why": "y", "see": "c",
    "kay": "k", "jay": "j", "bee": "b", "dee": "d",
}  # fmt: skip


def apply_modifiers(text: str) -> str:
    """Words changed as the phrases after them say; the phrases are taken out.

    A phrase that can't be right for its word ("john with a q") is left out without effect.
    """
    begin = 0
    while True:
        match = _MODIFIER.search(text, begin)
        if match is None:
            return text
        before, after = text[: match.start()], text[match.end() :]
        word = re.search(r"([^\W\d_]+)$", before)
        if word is None:
            return text
        letters = match["letters"].casefold()
        letters = _LETTER_WORDS.get(letters, re.sub(r"[\s-]", "", letters))
        if match["bare"] and letters not in word.group(1).casefold():
            if not after.strip(" .,!?"):
                # "Sara, no H": it was heard without one.
                return before
            # "…, no, J at …": a no, and a letter of what follows.
            begin = match.end()
            continue
        changed = respelled(
            word.group(1), letters, absent=bool(match["none"]), count=match["count"] or "",
            instead=(match["instead"] or "").casefold(), at_end=bool(match["end"]),
        )  # fmt: skip
        text = before[: word.start()] + (changed or word.group(1)) + after


def respelled(
    word: str,
    letters: str,
    *,
    absent: bool = False,
    count: str = "",
    instead: str = "",
    at_end: bool = False,
) -> str | None:
    """`word` with (or without) those letters; None when it can't be told where they go."""
    plain = word.casefold()
    if instead:
        return _swapped(word, instead, letters) if instead in plain else None
    if absent:
        return _swapped(word, letters, "") if letters in plain else None
    if count in ("two", "double", "2"):
        if letters * 2 in plain:
            return word
        return _swapped(word, letters, letters * 2) if letters in plain[1:] else None
    if count in ("one", "single"):
        return _swapped(word, letters * 2, letters) if letters * 2 in plain else word
    if at_end and letters == "e" and plain[-1] not in "aeiou":
        return word + letters
    if letters in plain:
        return word
    if (plain, letters) in _ADDED:
        added = _ADDED[(plain, letters)]
        return added.capitalize() if word[:1].isupper() else added
    if letters == "e" and plain[-1] not in "aeiouy":
        return word + letters
    for one, other in _INTERCHANGED:
        for old, new in ((one, other), (other, one)):
            if new == letters and old in plain:
                return _swapped(word, old, new)
    return None


def _swapped(word: str, old: str, new: str) -> str:
    """The last `old` replaced: "Smith with a y" and "Ann with an e" are about late letters."""
    place = word.casefold().rfind(old)
    new = new[:1].upper() + new[1:] if word[place : place + 1].isupper() else new
    return word[:place] + new + word[place + len(old) :]


# --- letters and codes ---------------------------------------------------------------------------

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
