"""Codes of letters and digits as they are spelled: postcodes, plates, order and policy numbers."""

from __future__ import annotations

import re

from flows.spoken.characters import spelled_letters
from flows.spoken.vocabulary import ENGLISH
from flows.spoken.words import ORDINALS

MIN_SYMBOLS, MAX_SYMBOLS = 2, 24
_WRITTEN = re.compile(r"(?=\D*\d)[A-Za-z0-9]+(?:[-./][A-Za-z0-9]+)*")
"""One written word with a digit in it."""
_SPELLED = re.compile(r"\b[A-Za-z](?:[-., ]+[A-Za-z0-9]\b)+|\b[A-Z]{2,}\b")
_ASIDES = re.compile(
    r"\b(?:u+m+|u+h+|er+m?|hm+|let me (?:see|think|check|look)|let's see|okay|so|and then|then"
    r"|(?:it |that )?(?:starts|begins|ends) (?:with|in)|followed by)\b[,.]?\s*",
    re.IGNORECASE,
)
"""What is said between the characters."""
_ALPHABET = re.compile(
    rf"(?<!as in )(?<!like )(?<!for )\b(?:(?P<letter>[a-z])[, ]+(?:as in )?)?(?P<word>{'|'.join(ENGLISH.spelling_words)})\b",
    re.IGNORECASE,
)
_AT_PLACE = re.compile(
    rf"^(?:the )?(?P<place>{'|'.join(ORDINALS)}|last|second to last|next to last) "
    r"(?P<kind>letter|digit|number|character|symbol|one)(?: is| should be| was)?(?: an?)? (?P<new>.+)$",
    re.IGNORECASE,
)


def correct_code(value: str, said: str, x_not_y: tuple[str, str] | None) -> str | None:
    """`value` with the part that was `said` in place of what it can only stand for: what it is said
    to replace ("S, not F"), or the one run of as many letters or digits ("no, two two seven five").
    """
    if named := _AT_PLACE.match(said):
        return _at_place(value, named)
    if x_not_y:
        right, wrong = (spelled_letters(part).upper() for part in x_not_y)
        return value.replace(wrong, right) if wrong and value.count(wrong) == 1 else None
    part = parse_code(said)
    if part is None or len(part) >= len(value):
        return None
    digits = part.isdecimal()
    if not digits and not part.isalpha():
        return None
    runs = [
        run.span()
        for run in re.finditer(r"\d+" if digits else r"[A-Z]+", value)
        if len(run.group()) == len(part)
    ]
    if len(runs) != 1:
        return None
    begin, end = runs[0]
    return value[:begin] + part + value[end:]


def _at_place(value: str, named: re.Match[str]) -> str | None:
    """ "The second letter is a D", "the last digit is four": counted among letters or digits."""
    new = spelled_letters(named["new"]).upper()
    kind, place = named["kind"].casefold(), named["place"].casefold()
    counted = [
        index
        for index, symbol in enumerate(value)
        if (symbol.isalpha() or kind != "letter")
        and (symbol.isdecimal() or kind not in ("digit", "number"))
    ]
    back = {"last": -1, "second to last": -2, "next to last": -2}
    number = back[place] if place in back else ORDINALS.index(place)
    if len(new) != 1 or not -len(counted) <= number < len(counted):
        return None
    index = counted[number]
    return value[:index] + new + value[index + 1 :]


def _letter(match: re.Match[str]) -> str:
    """ "Alpha" and "A alpha" are an A."""
    first = match["word"][0]
    said = match["letter"]
    apart = said and said.casefold() != first.casefold()
    return f"{said} {first.upper()}" if apart else first.upper()


def parse_code(text: str) -> str | None:
    """The code in `text`, in capitals and without gaps: "H O M dash two two seven one" is HOM2271.

    None when there is neither a digit nor a spelled letter in it: words are no code.
    """
    text = _ALPHABET.sub(_letter, _ASIDES.sub("", text))
    typed = _WRITTEN.fullmatch(text.strip())
    code = re.sub(r"\W", "", text).upper() if typed else spelled_letters(text).upper()
    if not MIN_SYMBOLS <= len(code) <= MAX_SYMBOLS:
        return None
    return code if re.search(r"\d", code) or _SPELLED.search(text) else None
