"""Email addresses as people say them and as recognisers write them down.

"john dot smith at gmail dot com", "J-O-H-N at example dot org", "john.smith@g mail.com", "b as in
boy", "double l", "Smith, S M I T H". Nothing is added that was not said: a domain without its
ending is not completed, and an unknown word stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from flows.spoken.words import DIGIT_NAMES, letter_at, number_at, tokens

_SIGNS = {
    "dot": ".", "point": ".", "period": ".", ".": ".",
    "underscore": "_", "_": "_",
    "dash": "-", "hyphen": "-", "minus": "-", "-": "-",
    "plus": "+", "+": "+",
}  # fmt: skip
_IGNORED = frozenset(
    {"capital", "lowercase", "uppercase", "lower", "upper", "case", "letter", "letters", "sign"}
)
_LEAD_IN = frozenset(
    [
        "address",
        "addresses",
        "actually",
        "ah",
        "be",
        "correct",
        "e",
        "email",
        "emails",
        "er",
        "got",
        "have",
        "hello",
        "hi",
        "i",
        "i'd",
        "i'll",
        "i'm",
        "it",
        "it's",
        "its",
        "is",
        "like",
        "mail",
        "me",
        "mine",
        "my",
        "name",
        "no",
        "now",
        "oh",
        "okay",
        "ok",
        "please",
        "reach",
        "right",
        "send",
        "should",
        "sorry",
        "spell",
        "spelled",
        "spelling",
        "so",
        "sure",
        "that",
        "that's",
        "the",
        "this",
        "to",
        "uh",
        "um",
        "use",
        "want",
        "well",
        "would",
        "yeah",
        "yep",
        "yes",
        "you",
        "can",
        "could",
        "at",
        "as",
        "all",
        "just",
        "try",
        "write",
        "down",
        "a",
        "actually's",
        "was",
        "and",
    ]
)
"""Words that lead up to an address and can't be part of one that is spoken as words."""
_PROVIDERS = {
    ("g", "mail"): "gmail",
    ("hot", "mail"): "hotmail",
    ("out", "look"): "outlook",
    ("proton", "mail"): "protonmail",
    ("i", "cloud"): "icloud",
}
_ONE_WORD = re.compile(
    r"\b(?:that'?s )?all (?:in )?one word\b|\bno spaces?\b|\ball (?:in )?lower ?case\b", re.I
)
_WRITTEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_HYPHENATED = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z0-9]-){2,}[A-Za-z0-9](?![A-Za-z0-9])")
_SWALLOWED_AT = re.compile(
    r"\b([a-z0-9._+-]{3,}?)[ia]t\s?((?:g ?mail|yahoo|hotmail|outlook|icloud|proton ?mail|aol)(?:\.| dot ))",
    re.IGNORECASE,
)
"""Recognisers write "millerat gmail.com" as one word; no other word ends so before a provider."""
_NEXT_SENTENCE = re.compile(r"((?:\.|\bdot )[a-z]{2,6})[.,?!]\s.*$", re.IGNORECASE | re.DOTALL)
_JOINED_LETTERS = re.compile(r"\b(?:[A-Za-z0-9][-–. ,]+){1,}[A-Za-z0-9]\b")


@dataclass(frozen=True)
class EmailReading:
    """What was read: the address, or None; and whether it is one."""

    value: str | None
    valid: bool


def parse_email(text: str) -> EmailReading:
    """The address in `text`."""
    plain = _ONE_WORD.sub(" ", text)
    if "@" not in plain:
        plain = _SWALLOWED_AT.sub(r"\1 at \2", plain)
    plain = _HYPHENATED.sub(lambda match: match.group().replace("-", ""), plain)
    at = max(plain.find("@"), plain.casefold().rfind(" at "))
    plain = plain[: max(at, 0)] + _NEXT_SENTENCE.sub(r"\1", plain[max(at, 0) :])
    written = [match.group() for match in _WRITTEN.finditer(plain)]
    if written and not _spelling_before(plain, written[-1]):
        return _checked(written[-1])
    words = _merged(tokens(_unjoined(plain)))
    separator = _last_at(words)
    if separator is None:
        return EmailReading(None, False)
    local = _local_part(words[:separator])
    domain = _domain(words[separator + 1 :])
    if not local or not domain:
        return EmailReading(None, False)
    return _checked(f"{local}@{domain}")


def _checked(address: str) -> EmailReading:
    address = address.strip(".").casefold()
    try:
        checked = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return EmailReading(address, False)
    return EmailReading(checked.normalized, True)


def _spelling_before(text: str, address: str) -> bool:
    """True when the part before a written address was spelled: "J-O-H-N.smith@…"."""
    before = text[: text.index(address)]
    return re.search(r"(?:\b[A-Za-z0-9][-–., ]+)$", before) is not None


def _unjoined(text: str) -> str:
    """Spelling hyphens are not part of the address: "J-O-H-N" is four letters."""
    return _JOINED_LETTERS.sub(lambda match: re.sub(r"[-–., ]+", " ", match.group()), text)


def _merged(words: list[str]) -> list[str]:
    """Providers the recogniser split in two, put together again."""
    merged: list[str] = []
    for word in words:
        if merged and (merged[-1], word) in _PROVIDERS:
            merged[-1] = _PROVIDERS[(merged[-1], word)]
        else:
            merged.append(word)
    return merged


def _last_at(words: list[str]) -> int | None:
    """The separator: the last "@", or the last "at" that has a dot somewhere after it."""
    for sign in ("@", "at"):
        places = [index for index, word in enumerate(words) if word == sign]
        for index in reversed(places):
            if index and any(_SIGNS.get(word) == "." for word in words[index + 1 :]):
                return index
    return None


def _pieces(words: list[str]) -> list[str]:
    """Characters and words, in order, each as it stands in an address."""
    pieces: list[str] = []
    index = 0
    while index < len(words):
        word = words[index]
        if word in _SIGNS:
            pieces.append(_SIGNS[word])
            index += 1
            continue
        letters, taken = letter_at(words, index)
        if not taken:
            letters, taken = number_at(words, index)
        if taken:
            pieces.append(letters)
            index += taken
            continue
        if word not in _IGNORED:
            pieces.append(word)
        index += 1
    return pieces


def _local_part(words: list[str]) -> str:
    pieces = _pieces(words[_local_begins(words) :])
    return "".join(_without_spelled_copies(pieces)).strip(".-_")


def _local_begins(words: list[str]) -> int:
    """Where the address starts after "my email is" and its kin."""
    begin = 0
    for index, word in enumerate(words):
        spelled = len(word) == 1 and (
            (index and (len(words[index - 1]) == 1 or number_at(words, index - 1)[1]))
            or (
                index + 1 < len(words)
                and (len(words[index + 1]) == 1 or words[index + 1] in _SIGNS)
            )
            or words[index + 1 : index + 3] == ["as", "in"]
        )
        after_sign = index and words[index - 1] in _SIGNS
        part_of_address = spelled or after_sign or _inside_example(words, index)
        if word in _LEAD_IN and not part_of_address:
            begin = index + 1
    # "hello at…" and "a at…": what would lead up to an address is all there is of one.
    return min(begin, max(0, len(words) - 1))


def _inside_example(words: list[str], index: int) -> bool:
    """True for the "as in" of "b as in boy"."""
    for start in range(max(0, index - 2), index):
        _, taken = letter_at(words, start)
        if taken > 1 and start < index < start + taken:
            return True
    return False


def _without_spelled_copies(pieces: list[str]) -> list[str]:
    """ "smith s m i t h" is said once: the spelling decides."""
    kept: list[str] = []
    index = 0
    while index < len(pieces):
        word = pieces[index]
        kept.append(word)
        letters = pieces[index + 1 : index + 1 + len(word)]
        index += 1
        if len(word) > 1 and letters == list(word):
            index += len(word)
    return kept


def _domain(words: list[str]) -> str:
    """Everything up to the end of the first name that has an ending."""
    pieces = _pieces(words)
    domain = ""
    for index, piece in enumerate(pieces):
        previous = pieces[index - 1] if index else ""
        ended = "." in domain and previous != "."
        if ended and piece not in (".", "-") and not (len(previous) == 1 and len(piece) == 1):
            break
        domain += piece
    return domain.strip(".-_")


def say_email(address: str, *, spell: bool = False) -> str:
    """How to pronounce an address; with `spell` every letter of the part before the @ by itself."""
    local, _, domain = address.partition("@")
    names = {".": "dot", "_": "underscore", "-": "dash", "+": "plus"}

    def spoken(part: str, letter_by_letter: bool) -> str:
        out: list[str] = []
        for piece in re.findall(r"[a-z]+|\d|[._+-]|.", part):
            if piece in names:
                out.append(names[piece])
            elif piece.isdigit():
                out.append(DIGIT_NAMES[int(piece)])
            elif letter_by_letter:
                out.extend(letter.upper() for letter in piece)
            else:
                out.append(piece)
        return (", " if letter_by_letter else " ").join(out)

    return f"{spoken(local, spell)}, at {spoken(domain, False)}"
