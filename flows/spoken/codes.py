"""Codes of letters and digits as they are spelled: postcodes, plates, order and policy numbers."""

from __future__ import annotations

import re

from flows.spoken.characters import spelled_letters

MIN_SYMBOLS, MAX_SYMBOLS = 2, 24
_WRITTEN = re.compile(r"(?=\D*\d)[A-Za-z0-9]+(?:[-./][A-Za-z0-9]+)*")
"""One written word with a digit in it."""
_SPELLED = re.compile(r"\b[A-Za-z](?:[-., ]+[A-Za-z0-9]\b)+|\b[A-Z]{2,}\b")


def parse_code(text: str) -> str | None:
    """The code in `text`, in capitals and without gaps: "H O M dash two two seven one" is HOM2271.

    None when there is neither a digit nor a spelled letter in it: words are no code.
    """
    typed = _WRITTEN.fullmatch(text.strip())
    code = re.sub(r"\W", "", text).upper() if typed else spelled_letters(text).upper()
    if not MIN_SYMBOLS <= len(code) <= MAX_SYMBOLS:
        return None
    return code if re.search(r"\d", code) or _SPELLED.search(text) else None
