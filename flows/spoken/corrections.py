"""Corrections of a value that was read back: the part named is replaced, the rest stays.

"no, the last four are 1234", "it's 555 not 565", "d not t", "Smith with a y", "not gmail, hotmail",
"there's no dot". A correction that fits nowhere, or in two places, is no correction: None.
"""

from __future__ import annotations

import re

from flows.spoken.characters import alike, pieces
from flows.spoken.domains import ENDINGS, PROVIDERS
from flows.spoken.email import parse_email
from flows.spoken.familiar import is_familiar
from flows.spoken.phone import MAX_DIGITS, spoken_digits
from flows.spoken.phone_corrections import correct_part, correct_phone
from flows.spoken.respelling import edge_letter, recased_word, respelt, spelled_word
from flows.spoken.vocabulary import ENGLISH
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
_ARTICLE = re.compile(
    r"^(?:it's|it is|that's|with|an?|the|letters?|at|dot|digit|number|ends? (?:in|with)|is)\s+",
    re.I,
)
_AT_DOMAIN = re.compile(
    r"^(?:it's |it is )?(?:at |@ ?|(?:the )?domain(?: is|'s)? )+(?:at )?", re.IGNORECASE
)
_FIRST_PART = re.compile(
    r"^(?:the |my )?(?:first part|name part|part before the at(?: sign)?|user ?name)(?: is|'s)?:? (?P<local>.+)$",
    re.IGNORECASE,
)
_NO_SIGN = re.compile(
    r"\b(?:no|without(?: the| a)?|isn't (?:a|any)|not a)\s+(?P<sign>dots?|dash(?:es)?|hyphens?|underscores?|periods?|spaces?)\b",
    re.I,
)
_ONE_WORD_SAID = re.compile(
    r"(?:it's |it is |that's |i said )*(?P<word>[^\W\d_]{3,})", re.IGNORECASE
)
_SIGN_NAMES = r"(?P<sign>dot|period|point|dash|hyphen|underscore|plus)"
_SIGN_BETWEEN = re.compile(
    rf"\b(?:an?|the) {_SIGN_NAMES} between (?:the )?(?P<left>\w+) and (?:the )?(?P<right>\w+)", re.I
)
_ONLY_SIGN = re.compile(
    rf"(?:(?:it's|it is|that's|that is|it should be|should be|with) )?(?:an? )?{_SIGN_NAMES}",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?:the )?(?:numbers?|digits?)(?: at the end)?(?: is| are| should be|:)? (?P<digits>[\w -]+)",
    re.I,
)


def correct(kind: str, value: str, text: str, region: str) -> str | None:
    """`value` with the part replaced that `text` names; None when it names none for certain."""
    said = _said(text)
    if _NO_SIGN.fullmatch(text.strip(" .,!?")):
        # "No dot": the no is no answer.
        said = text.strip(" .,!?")
    if not said:
        return None
    if kind == "phone":
        return correct_phone(value, said, _x_not_y(said), region)
    if kind == "email":
        return _email(value, said)
    if kind in ("name", "company", "address", "text"):
        return _words(value, said)
    return None


def correct_digits(digits: str, text: str) -> str | None:
    """The same for the digits of a number that is not whole yet."""
    said = _said(text)
    return correct_part(digits, said, _x_not_y(said))


def names_digits(text: str) -> bool:
    """True when the words say which digits of a number they are: "the last four are …"."""
    said = _said(text)
    return correct_part("0" * MAX_DIGITS, said, None) is not None or _x_not_y(said) is not None


def _said(text: str) -> str:
    """The words of a correction without the yes or no they began with."""
    return without_yes_no(text).strip(" .,!?")


def _x_not_y(said: str) -> tuple[str, str] | None:
    """(right, wrong) of "d not t", "not d, t", "the d should be a t"."""
    for pattern in _X_NOT_Y:
        match = pattern.search(said)
        if match:
            return _bare(match["right"]), _bare(match["wrong"])
    return None


def _bare(text: str) -> str:
    previous = ""
    text = text.strip(" .,")
    while previous != text:
        previous, text = text, _ARTICLE.sub("", text).strip(" .,")
    return text


def _email(value: str, said: str) -> str | None:
    local, _, domain = value.partition("@")
    changed = _email_parts(local, domain, said)
    if changed is None or changed == value:
        return None
    reading = parse_email(changed)
    return reading.value if reading.valid else None


def _email_parts(local: str, domain: str, said: str) -> str | None:
    both = _x_not_y(said)
    if both:
        right, wrong = both
        new_domain = _domain_swapped(domain, right, wrong)
        if new_domain:
            return f"{local}@{new_domain}"
        swapped = _swap_once(local, _compact(right), _compact(wrong))
        if swapped:
            return f"{swapped}@{domain}"
        if domain in PROVIDERS and len(_compact(wrong)) == 1:
            # A letter of a name; nobody doubts those of gmail.com.
            return None
        swapped = _swap_once(domain, _compact(right), _compact(wrong))
        return f"{local}@{swapped}" if swapped else None
    put = _SIGN_BETWEEN.search(said) or _ONLY_SIGN.fullmatch(said)
    if put:
        changed = _signed(local, put)
        return f"{changed}@{domain}" if changed else None
    number = _NUMBER.fullmatch(said)
    if number:
        digits = spoken_digits(number["digits"])
        places = re.findall(r"\d+", local)
        fits = len(places) == 1 and len(places[0]) == len(digits)
        return f"{local.replace(places[0], digits)}@{domain}" if fits else None
    if edge := edge_letter(local, said):
        return f"{edge}@{domain}"
    first_part = _FIRST_PART.search(said)
    said_local = _compact(first_part["local"] if first_part else said)
    same_letters = re.sub(r"[._+-]", "", said_local) == re.sub(r"[._+-]", "", local)
    if first_part or (said_local != local and same_letters):
        return f"{said_local}@{domain}"
    sign = _NO_SIGN.search(said)
    if sign:
        character = ENGLISH.signs.get(sign["sign"].casefold().rstrip("s").removesuffix("e"), "")
        character = character or ENGLISH.signs.get(sign["sign"].casefold().rstrip("s"), "")
        return (
            f"{local.replace(character, '')}@{domain}" if character in local and character else None
        )
    whole = parse_email(said)
    if whole.valid:
        return whole.value
    if re.match(r"(?:it's |it is )?(?:at|@|(?:the )?domain)\b", said, re.IGNORECASE):
        named = parse_email(f"x y z {_AT_DOMAIN.sub('at ', said)}").value or ""
        if named.rpartition(".")[2] in ENDINGS:
            return f"{local}@{named.partition('@')[2]}"
    elif changed := respelt(local, said):
        return f"{changed}@{domain}"
    only_domain = re.search(
        r"^(?:it's |it is |the domain is |domain )?(?:at |@)?\s*(?P<rest>.*(?:\bdot\b|\.).*)$",
        said,
        re.I,
    )
    if only_domain and " at " not in f" {said} "[4:] and not whole.suggestion:
        reading = parse_email(f"x y z at {_bare(only_domain['rest'])}")
        if reading.valid and reading.value and reading.value.rpartition(".")[2] in ENDINGS:
            new = reading.value.partition("@")[2]
            return f"{local}@{new}"
        ending = re.fullmatch(r"(?:dot |\.)?(\w+)", _bare(said))
        if ending and ending[1] in ENDINGS:
            return f"{local}@{domain.rpartition('.')[0]}.{ending[1]}"
    name, _, last = domain.partition(".")
    if domain not in PROVIDERS and name.isalpha():
        spelled = spelled_word(name, list(re.finditer(name, name)), said)
        if spelled:
            return f"{local}@{spelled}.{last}"
    provider = re.fullmatch(r"(?:it's |it is |at |@)*(\w+)", said, re.I)
    if provider:
        known = f"{provider[1].casefold()}.com"
        if known in PROVIDERS and provider[1].casefold() != domain.partition(".")[0]:
            return f"{local}@{known}"
    return None


def _signed(local: str, named: re.Match[str]) -> str | None:
    """The part before the @ with a sign put between two of its words, or its only one exchanged."""
    sign = ENGLISH.signs.get(named["sign"].casefold(), "")
    between = named.groupdict().get("left")
    if between:
        left, right = between.casefold(), named["right"].casefold()
        joined = re.compile(re.escape(left) + r"[._+-]?" + re.escape(right))
        found = joined.findall(local)
        return joined.sub(f"{left}{sign}{right}", local) if len(found) == 1 else None
    signs = re.findall(r"[._+-]", local)
    return local.replace(signs[0], sign) if len(signs) == 1 and signs[0] != sign else None


def _domain_swapped(domain: str, right: str, wrong: str) -> str | None:
    right, wrong = _compact_domain(right), _compact_domain(wrong)
    labels = domain.split(".")
    if wrong == domain and "." in right:
        return right
    if wrong in labels and "." not in right and len(wrong) > 1:
        return ".".join(right if label == wrong else label for label in labels)
    name = ".".join(labels[:-1])
    if "." in right and alike(wrong.partition(".")[0], name):
        return right
    known = f"{right}.com"
    if known in PROVIDERS and (alike(wrong, labels[0]) or f"{wrong}.com" in PROVIDERS):
        return known
    return None


def _compact(text: str) -> str:
    """What a phrase stands for in an address: "d as in dog" is "d", "forty eight" is "48"."""
    return "".join(piece.text for piece in pieces(tokens(text), all_spelled=len(text) < 4))


def _compact_domain(text: str) -> str:
    return "".join(piece.text for piece in pieces(tokens(text))).strip(".")


def _swap_once(text: str, right: str, wrong: str) -> str | None:
    if not wrong or not right or right == wrong:
        return None
    if text.count(wrong):
        return _swapped_at_one_place(text, right, wrong)
    # "s m i t h, not s m i d h" with the wrong one misheard: the right one is enough.
    if len(right) > 2:
        word = next((word for word in re.findall(r"[a-z]+", text) if alike(word, right)), None)
        return text.replace(word, right, 1) if word else None
    return None


def _swapped_at_one_place(text: str, right: str, wrong: str) -> str | None:
    """`text` with the wrong exchanged where it stands: at its only place, or at the only one where
    names that people have come of it ("m not n" in "john.snith")."""
    places = [place.start() for place in re.finditer(re.escape(wrong), text, re.IGNORECASE)]
    swapped = [
        text[:place]
        + (right.upper() if text[place].isupper() else right)
        + text[place + len(wrong) :]
        for place in places
    ]
    if len(swapped) == 1:
        return swapped[0]
    familiar = [one for one in swapped if is_familiar(one)]
    return familiar[0] if len(familiar) == 1 else None


def _words(value: str, said: str) -> str | None:
    both = _x_not_y(said)
    if both:
        right, wrong = (_compact_word(part) for part in both)
        if len(wrong) == 1 and len(right) == 1:
            return _swapped_at_one_place(value, right, wrong)
        words = value.split()
        hits = [index for index, word in enumerate(words) if word.casefold() == wrong]
        hits = hits or [
            index for index, word in enumerate(words) if alike(word, right) and len(right) > 2
        ]
        if len(hits) != 1:
            return None
        words[hits[0]] = recased_word(right)
        return " ".join(words)
    part = re.search(
        r"^(?:my |the )?(?P<which>first|last|sur|family)[ -]?name(?:'s| is)?\s+(?P<new>.+)$",
        said,
        re.I,
    )
    words = value.split()
    if part and len(words) > 1:
        new = _compact_word(part["new"])
        index = 0 if part["which"].casefold() == "first" else len(words) - 1
        if new.isalpha():
            words[index] = recased_word(new)
            return " ".join(words)
        return None
    changed = edge_letter(value, said) or respelt(value, said)
    if changed and changed.casefold() != value.casefold():
        return changed
    return _one_word(words, said)


def _one_word(words: list[str], said: str) -> str | None:
    """ "No, it's Joan" for "Jane Miller": one word said alone replaces the one it resembles."""
    new = _ONE_WORD_SAID.fullmatch(said)
    if new is None or len(words) < 2:
        return None
    hits = [index for index, word in enumerate(words) if alike(word, new["word"])]
    if len(hits) != 1 or words[hits[0]].casefold() == new["word"].casefold():
        return None
    return " ".join(
        recased_word(new["word"]) if index == hits[0] else word for index, word in enumerate(words)
    )


def _compact_word(text: str) -> str:
    found = pieces(tokens(text), all_spelled=len(text) < 4)
    spelled = [piece.text for piece in found if piece.kind == "letter"]
    if len(spelled) >= MIN_SPELLED:
        return "".join(spelled)
    return "".join(piece.text for piece in found)
