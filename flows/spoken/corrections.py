"""Corrections of a value that was read back: the part named is replaced, the rest stays.

"no, the last four are 1234", "it's 555 not 565", "d not t", "Smith with a y", "not gmail, hotmail",
"there's no dot". A correction that fits nowhere, or in two places, is no correction: None.
"""

from __future__ import annotations

import re

from flows.spoken.address import correct_address
from flows.spoken.dates.corrections import correct_date
from flows.spoken.email.corrections import NO_SIGN, correct_email
from flows.spoken.fields import was_spelled
from flows.spoken.languages.known import in_english
from flows.spoken.letters.codes import correct_code
from flows.spoken.letters.likeness import alike, most_alike
from flows.spoken.letters.pieces import pieces
from flows.spoken.letters.respelling import (
    bare,
    edge_letter,
    letter_at_place,
    recased_word,
    respelt,
    swapped_at_one_place,
)
from flows.spoken.names.familiar import is_familiar
from flows.spoken.names.people import parse_name
from flows.spoken.phone.corrections import LAST, correct_part, correct_phone, place_in
from flows.spoken.phone.numbers import MAX_DIGITS, spoken_digits
from flows.spoken.words import MIN_SPELLED, tokens
from flows.spoken.yesno import without_yes_no

_X_NOT_Y = (
    re.compile(r"^(?P<right>.+?),?\s+(?:not|instead of|rather than)\s+(?P<wrong>.+)$", re.I),
    re.compile(
        r"^(?:it(?:'s| is) )?not\s+(?P<wrong>.+?)(?:,|\s+but|\s+it's|\s+it is|\.)\s*(?:it's |it is |but )?(?P<right>.+)$",
        re.I,
    ),
    re.compile(
        r"^(?:the )?(?P<wrong>.+?)\s+(?:should(?: actually)? be|should have been|is (?:really|actually|supposed to be)|must be)\s+(?P<right>.+)$",
        re.I,
    ),
    re.compile(
        r"^(?:change|replace) (?:the )?(?P<wrong>.+?) (?:to|with|by|for|into) (?P<right>.+)$", re.I
    ),
)
_EXCEPT = re.compile(
    r"^\W*(?:everything(?:'s| is)? (?:right |correct |fine )?)?(?:except|apart from)(?: for)? ",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:\W+(?:actually|please|though|thanks|thank you|instead))+$", re.IGNORECASE)
_THERE_IS = re.compile(
    r"^(?:there(?:'s| is)|it has|(?:that's|it's) got) (?P<what>(?:an?|no|two|a double) [a-z]{1,2}) in (?P<word>[^\W\d_]{3,})$",
    re.IGNORECASE,
)
""" "There's an h in John" is "John with an h"."""
_NO_SIGN_SAID = re.compile(rf"(?:no+[,.]? )?(?P<rest>{NO_SIGN.pattern})", re.IGNORECASE)
_ADDED = re.compile(
    r"(?:there(?:'s| is)|(?:you )?(?:forgot|missed|left out)|add) (?:an?|the|another) (?P<double>double )?"
    r"(?P<letter>[a-z]) (?:at|on) the end",
    re.IGNORECASE,
)
""" "There's an s at the end"."""
_PART_OF_NAME = re.compile(
    r"^(?:my |the )?(?P<which>first|last|sur|family)[ -]?name(?:'s| is)?,?\s+(?:it's |it is )?(?P<new>.+)$",
    re.IGNORECASE,
)
_NAME_FIRST = re.compile(
    r"(?:it's |it is |that's |i said )*(?P<word>[^\W\d_]{3,})(?=[,.])", re.IGNORECASE
)
"""A name before letters that make no sense: "Jane, J, L, any"."""
_IN_CAPITALS = re.compile(r"\b[A-Z]{3,}\b")
"""How recognisers write letters that were said fast."""
_ONE_WORD_SAID = re.compile(
    r"(?:it's |it is |that's |i said )*(?P<word>[^\W\d_]{3,})", re.IGNORECASE
)


def correct(kind: str, value: str, text: str, region: str, language: str = "en") -> str | None:
    """`value` with the part replaced that `text` names; None when it names none for certain."""
    text = in_english(text, language, kind)
    said = _said(text)
    if no_sign := _NO_SIGN_SAID.fullmatch(text.strip(" .,!?")):
        # "No dot": the no is no answer.
        said = no_sign["rest"]
    if not said:
        return None
    if kind == "phone":
        return correct_phone(value, said, _x_not_y(said), region)
    if kind == "email":
        return correct_email(value, said, _x_not_y(said))
    if kind == "code":
        return correct_code(value, said, _x_not_y(said))
    if kind == "date":
        return correct_date(value, said)
    if kind == "address" and (changed := correct_address(value, said, region)):
        return changed
    if kind in ("name", "company", "address", "text"):
        named = _spelled_name(value.split(), said) if kind == "name" else None
        return named or _words(value, said)
    return None


def correct_digits(digits: str, text: str) -> str | None:
    """The same for the digits of a number that is not whole yet."""
    said = _said(text)
    return correct_part(digits, said, _x_not_y(said))


def last_digits(text: str) -> str:
    """The digits said for the end of a number ("the last four are …"), or all that were said."""
    place = place_in(_said(text))
    return place[1] if place and place[0] in LAST else spoken_digits(text)


def names_digits(text: str) -> bool:
    """True when the words say which digits of a number they are: "the last four are …"."""
    said = _said(text)
    return correct_part("0" * MAX_DIGITS, said, None) is not None or _x_not_y(said) is not None


def names_part(text: str) -> bool:
    """True when the words say which half of a name they are: "my last name is …"."""
    return _PART_OF_NAME.search(_said(text)) is not None


def _said(text: str) -> str:
    """The words of a correction without the yes or no they began with."""
    said = _TAIL.sub("", _EXCEPT.sub("", without_yes_no(text)).strip(" .,!?"))
    return _THERE_IS.sub(r"\g<word> with \g<what>", said)


def _x_not_y(said: str) -> tuple[str, str] | None:
    """(right, wrong) of "d not t", "not d, t", "the d should be a t"."""
    for pattern in _X_NOT_Y:
        match = pattern.search(said)
        if match:
            return bare(match["right"]), bare(match["wrong"])
    return None


def _words(value: str, said: str) -> str | None:
    both = _x_not_y(said)
    if both:
        right, wrong = (_compact_word(part) for part in both)
        if len(wrong) == 1 and len(right) == 1:
            return swapped_at_one_place(value, right, wrong)
        if " " not in both[1] and _said_in_words(both[0]) and not alike(right, wrong):
            # "The tour should be boat, not bus": a sentence is no name.
            return None
        if " " in both[1] and value.casefold().count(both[1].casefold()) == 1:
            # "Oak Lane, not Oak Street"
            place = value.casefold().index(both[1].casefold())
            new = " ".join(map(recased_word, both[0].split()))
            return value[:place] + new + value[place + len(both[1]) :]
        words = value.split()
        hits = [index for index, word in enumerate(words) if word.casefold() == wrong]
        hits = hits or [
            index for index, word in enumerate(words) if alike(word, right) and len(right) > 2
        ]
        if len(hits) != 1:
            return None
        words[hits[0]] = recased_word(right)
        return " ".join(words)
    part = _PART_OF_NAME.search(said)
    words = value.split()
    if part:
        new = _compact_word(part["new"])
        if not new.isalpha():
            return None
        first = part["which"].casefold() == "first"
        if len(words) == 1:
            # The other half of it.
            words = ["", *words] if first else [*words, ""]
        words[0 if first else -1] = recased_word(new)
        return " ".join(words)
    if more := _ADDED.fullmatch(said):
        return value + more["letter"].casefold() * (2 if more["double"] else 1)
    changed = edge_letter(value, said) or letter_at_place(value, said) or respelt(value, said)
    if changed and changed.casefold() != value.casefold():
        return changed
    return _one_word(words, said)


def _said_in_words(text: str) -> bool:
    return sum(len(word) > 1 for word in text.split()) > 1 and not was_spelled(text)


def _one_word(words: list[str], said: str) -> str | None:
    """ "No, it's Joan" for "Jane Miller": one word said alone replaces the one it resembles."""
    new = _ONE_WORD_SAID.fullmatch(said) or _NAME_FIRST.match(said)
    if new is None or len(words) < 2 or (new.end() < len(said) and not is_familiar(new["word"])):
        return None
    hits = [index for index, word in enumerate(words) if alike(word, new["word"])]
    return _replaced(words, hits, recased_word(new["word"]))


def _spelled_name(words: list[str], said: str) -> str | None:
    """ "No, Smite, SMYTHE" for "Jane Smith": one name that was spelled replaces the one it resembles,
    or the only one that begins as it does."""
    new = parse_name(said)
    if new is None or len(words) < 2:
        return None
    if not (was_spelled(said) or _IN_CAPITALS.search(said)):
        return None
    # All of it in one run is more than a part.
    part = MIN_SPELLED <= len(new) < len("".join(words)) - 1
    if not part or " " in new:
        return None
    hits = most_alike(words, new)
    hits = hits or [index for index, word in enumerate(words) if word[:1] == new[:1]]
    return _replaced(words, hits, new)


def _replaced(words: list[str], hits: list[int], new: str) -> str | None:
    """The words with `new` at the only place it can stand for; None when it changes nothing."""
    if len(hits) != 1 or words[hits[0]].casefold() == new.casefold():
        return None
    return " ".join(new if index == hits[0] else word for index, word in enumerate(words))


def _compact_word(text: str) -> str:
    found = pieces(tokens(text), all_spelled=len(text) < 4)
    spelled = [piece.text for piece in found if piece.kind == "letter"]
    if len(spelled) >= MIN_SPELLED:
        return "".join(spelled)
    return "".join(piece.text for piece in found)
