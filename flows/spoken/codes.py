"""Codes of letters and digits as they are spelled: postcodes, plates, order and policy numbers."""

from __future__ import annotations

import re

from flows.spoken.characters import spelled_letters

MIN_SYMBOLS, MAX_SYMBOLS = 2, 24
_WRITTEN = re.compile(r"(?=\D*\d)[A-Za-z0-9]+(?:[-./][A-Za-z0-9]+)*")
"""One written word with a digit in it."""
_SPELLED = re.compile(r"\b[A-Za-z](?:[-., ]+[A-Za-z0-9]\b)+|\b[A-Z]{2,}\b")


def correct_code(value: str, said: str, x_not_y: tuple[str, str] | None) -> str | None:
    """`value` with the part that was `said` in place of what it can only stand for: what it is said
    to replace ("S, not F"), or the one run of as many letters or digits ("no, two two seven five").
    """
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


def parse_code(text: str) -> str | None:
    """The code in `text`, in capitals and without gaps: "H O M dash two two seven one" is HOM2271.

    None when there is neither a digit nor a spelled letter in it: words are no code.
    """
    typed = _WRITTEN.fullmatch(text.strip())
    code = re.sub(r"\W", "", text).upper() if typed else spelled_letters(text).upper()
    if not MIN_SYMBOLS <= len(code) <= MAX_SYMBOLS:
        return None
    return code if re.search(r"\d", code) or _SPELLED.search(text) else None
