"""Codes of letters and digits as they are spelled: postcodes, plates, order and policy numbers."""

from __future__ import annotations

import re

from flows.spoken.letters.spelled import spelled_letters
from flows.spoken.vocabulary import ENGLISH
from flows.spoken.words import ORDINALS

MIN_SYMBOLS, MAX_SYMBOLS = 2, 24
_WRITTEN = re.compile(r"(?=\D*\d)[A-Za-z0-9]+(?:[-./][A-Za-z0-9]+)*")
"""One written word with a digit in it."""
_SPELLED = re.compile(
    r"\b[A-Za-z](?:[-., ]+[A-Za-z0-9]\b)+|\b[A-Z]{2,}\b|\b[A-Za-z] (?:as in|for|like) \w"
)
_LEAD_IN = re.compile(
    r"^\W*(?:(?:yes|yeah|yep|sure|okay|ok|well|so|right|um+|uh+)\W+)*"
    r"(?:i (?:think|believe|guess) )?(?:(?:(?:it|that|this)(?:'s| is| was| would be| should be| will be|'ll be)"
    r"|(?:my|the|our|your)? ?(?:\w+ ){0,2}(?:number|code|plate|reference|id|zip)(?:'s| is| would be))\W+)?",
    re.IGNORECASE,
)
"""What leads up to a code: "yes, it's", "that would be", "my order number is"."""
_NUMBER_HYPHENED = re.compile(
    rf"\b({'|'.join(ENGLISH.tens)})-({'|'.join(ENGLISH.units)})\b", re.IGNORECASE
)
""" "Forty-two"."""
_SAID_AGAIN = re.compile(
    r"\b(?P<run>[A-Z](?:[ ,-]+[A-Z])*),? (?:that's|that is|so that's|i mean) (?P=run)\b",
    re.IGNORECASE,
)
""" "A B, that's alpha bravo": the same letters explained."""
_ASIDES = re.compile(
    r"\b(?:u+m+|u+h+|er+m?|hm+|let me (?:see|think|check|look)|let's see|okay|so|and then|then"
    r"|(?:it |that )?(?:starts|begins|ends) (?:with|in)|followed by|an(?= [a-z]\b(?! \d)))\b[,.]?\s*",
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

_SYMBOLS = "|".join(
    (*ENGLISH.units, *ENGLISH.teens, *ENGLISH.tens, *ENGLISH.repeats, *ENGLISH.letter_names,
     *ENGLISH.letter_sounds, *ENGLISH.spelling_words, "hundred", "thousand", "for", "like", "dash", "hyphen")
)  # fmt: skip
_TALK = re.compile(
    r"\b(?:I|we|he|she|they|my|our|it|that|there)(?:'[a-z]+\b(?! [a-z]\b)|(?:'[a-z]+)? "
    rf"(?!(?:{_SYMBOLS})\b)[a-z]{{3,}}\b)",
    re.IGNORECASE,
)
_CLAUSES = re.compile(
    r"[,.;]\s+|\s+(?=(?:and|but|because|so)\s+(?:i|we|you|it|that|my|the|he|she|they)(?:'|\s))"
    r"|\s+(?=i (?:think|believe|guess|have|hope|mean|got|was)\b)",
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


def corrected_in_passing(value: str, said: str) -> str | None:
    """`value` with its end as it was said again at once ("A B one two, no, one three"); None where
    what was said is a code of its own."""
    new = spelled_letters(said).upper()
    kept = len(value) - len(new)
    if not new or kept <= 0 or not new.isalnum():
        return None
    alike = [old.isdecimal() == one.isdecimal() for old, one in zip(value[kept:], new, strict=True)]
    return value[:kept] + new if all(alike) and value[:1] != new[:1] else None


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


def _without_talk(text: str) -> str:
    """ "A B 1 2, I have it here" and "A B 1 2 and I want to book" without what is no code."""
    clauses = _CLAUSES.split(text)
    kept = [clause for clause in clauses if not _TALK.search(_LEAD_IN.sub("", clause, count=1))]
    if len(kept) in (0, len(clauses)) or parse_code(", ".join(kept)) is None:
        return text
    return ", ".join(kept)


def parse_code(text: str) -> str | None:
    """The code in `text`, in capitals and without gaps: "H O M dash two two seven one" is HOM2271.

    None when there is neither a digit nor a spelled letter in it: words are no code.
    """
    text = _without_talk(text)
    text = _ASIDES.sub("", _LEAD_IN.sub("", text.replace("’", "'"), count=1))
    text = _ALPHABET.sub(_letter, _NUMBER_HYPHENED.sub(r"\1 \2", text))
    text = _SAID_AGAIN.sub(r"\g<run>", text)
    typed = _WRITTEN.fullmatch(text.strip())
    code = re.sub(r"\W", "", text).upper() if typed else spelled_letters(text).upper()
    if not MIN_SYMBOLS <= len(code) <= MAX_SYMBOLS:
        return None
    return code if re.search(r"\d", code) or _SPELLED.search(text) else None
