"""Email addresses as people say them and as recognisers write them down.

"john dot smith at gmail dot com", "J-O-H-N at example dot org", "john.smith@g mail.com", "b as in
boy", "double l", "Smith, S M I T H", "john with no h". Nothing is added that was not said: a domain
without its ending is not completed, and a domain that looks like a slip ("gnail") is left alone;
what it may have been comes beside it as a suggestion, for a question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from flows.spoken.email.domains import (
    COUNTRIES,
    ENDING_SOUNDS,
    ENDINGS,
    PROVIDERS,
    SECOND_LEVEL,
    SPLIT_NAMES,
)
from flows.spoken.email.domains import suggestion as domain_suggestion
from flows.spoken.email.wording import LEAD_IN, UNSAID, meant
from flows.spoken.letters.as_words import with_letters
from flows.spoken.letters.likeness import alike
from flows.spoken.letters.pieces import Piece, pieces, without_copies
from flows.spoken.names.familiar import FIRST_NAMES, is_familiar
from flows.spoken.vocabulary import ENGLISH
from flows.spoken.words import MIN_SPELLED, letter_at, number_at, tokens

_POINTERS = frozenset(
    "email's address's mail's is it's its that's at be use to address email was mail under try".split()
)
"""After the last of these the address begins, whatever stood before."""

_WRITTEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")

_NEXT_SENTENCE = re.compile(
    r"((?:\.|\bdot )[a-z]{2,12})"
    r"(?:[.,?!;]\s+(.*)|\s+((?:and )?(?:that's|that is|it's|which is|spelled|spelt)\b.*))$",
    re.IGNORECASE | re.DOTALL,
)

_OR_ANOTHER = re.compile(
    r"^(.*?(?:@|\bat\b).*?(?:\.|\bdot )[a-z]{2,12})[,.;]?\s+(?:or|but|and)\s.*(?:@|\bat\b).*$",
    re.IGNORECASE | re.DOTALL,
)
"""An address and then another one."""

_MAIL = frozenset(name.partition(".")[0] for name in PROVIDERS if "mail." in name)
_LOST_AT = re.compile(
    r"^(?P<local>.{3,}?)(?:\W+(?:add|and|that|ad|of|it)\b|(?<=\w)(?:at|et|it))?[\W_]*?"
    r"(?P<provider>(?:hot|proton|fast)? ?e?-?g?[ -]?mail|yahoo|outlook|i ?cloud|aol)"
    r"(?:\.|\W+dot\W+|\W+)com\b",
    re.IGNORECASE,
)
_FIRST_NAME_BEFORE = re.compile(r"(?:^|\b(?:is|it's|at|to) )([a-z]{3,}) $", re.IGNORECASE)
_STARTS_WITH_SPELLING = re.compile(r"(?:\b[A-Za-z0-9][-–., ]+)$")

_LETTER_OF = {**ENGLISH.letter_sounds, "0": "o"}
MAX_LEFT_PIECES = 3
_INITIALS = frozenset(ENGLISH.letter_sounds) - FIRST_NAMES


@dataclass(frozen=True)
class EmailReading:
    """What was read: the address, or None; whether it is one; and what it may have been meant as.

    `suggestion` is a whole address that differs in its domain. It is for asking, never for storing
    unasked.
    """

    value: str | None
    valid: bool
    suggestion: str | None = None


NOTHING = EmailReading(None, False)


def parse_email(text: str, *, company_domain: str | None = None) -> EmailReading:
    """The address in `text`. `company_domain` stands for "at my company domain", when known."""
    plain, after = _first_sentence(_first_of_two(meant(with_letters(text), company_domain)))
    if UNSAID.search(plain):
        return NOTHING
    written = [match.group() for match in _WRITTEN.finditer(plain)]
    if written and not _begins_before(plain, written[-1]):
        local, _, domain = written[-1].casefold().partition("@")
        domain = "".join(item.text for item in _merged_pieces(tokens(domain)))
        return _checked(*_respelled_after(local, domain, after))
    words = _merged(tokens(plain))
    separator = _last_at(words)
    if separator is None:
        return _without_at(plain)
    local = _local_part(words[:separator])
    domain = _domain(words[separator + 1 :])
    if not local or not domain:
        return NOTHING
    return _checked(*_respelled_after(local, domain, after))


def _first_of_two(text: str) -> str:
    """ "… at gmail dot com or … at yahoo dot com": the one named first."""
    return _OR_ANOTHER.sub(r"\1", text)


def _without_at(text: str) -> EmailReading:
    """ "john dot smith.mail.com": the at was lost, so that has to be asked."""
    found = _LOST_AT.match(text)
    words = tokens(found["local"]) if found else []
    if found is None or not (set(words) & set(ENGLISH.signs) or sum(map(len, words)) == len(words)):
        return _name_before_domain(_merged(tokens(text)))
    provider = re.sub(r"\W", "", found["provider"]).casefold()
    domain = f"{'gmail' if provider.endswith('mail') and provider not in _MAIL else provider}.com"
    local = _local_part(words)
    return EmailReading(None, False, f"{local}@{domain}") if local else NOTHING


def _name_before_domain(words: list[str]) -> EmailReading:
    """ "jane greenwood dot org": a name that people have, and a domain after it."""
    begin = len(words)
    while begin > 2 and ENGLISH.signs.get(words[begin - 2]) == "." and words[begin - 1] in ENDINGS:
        begin -= 2
    begin -= 1
    if not 0 < begin < len(words) - 1 or words[begin - 1] in ENGLISH.signs:
        return NOTHING
    local, domain = _local_part(words[:begin]), _domain(words[begin:])
    named = is_familiar(local) and local.replace(".", "").isalpha()
    return EmailReading(None, False, f"{local}@{domain}") if named and "." in domain else NOTHING


def continues_domain(before: str, text: str) -> bool:
    """True for "co dot UK" after "jane at smith": the dot between the two was the pause."""
    so_far, more = tokens(before), tokens(text)
    inside = "at" in so_far[:-1] or "@" in so_far[:-1]
    ends = bool(more) and more[0] in ENDINGS | SECOND_LEVEL
    rest = more[1:]
    return (
        inside
        and ends
        and so_far[-1] not in ENGLISH.signs
        and (not rest or rest[0] in ENGLISH.signs)
    )


def _first_sentence(text: str) -> tuple[str, str]:
    """Up to the end of the address, and what is said after it."""
    at = max(text.find("@"), text.casefold().rfind(" at "))
    if at < 0:
        return text, ""
    match = _NEXT_SENTENCE.search(text, at)
    rest = (match.group(2) or match.group(3)) if match else ""
    if match is None or re.match(r"\s*(?:dot\b|\.\w)", rest):
        return text, ""
    return text[: match.end(1)], rest


def _checked(local: str, domain: str) -> EmailReading:
    local, domain = local.strip(".").casefold(), domain.strip(".-").casefold()
    # Web addresses begin so, and recognisers are used to them; mail domains don't.
    domain = domain.removeprefix("www.")
    well_known = domain_suggestion(domain)
    suggested = f"{local}@{well_known}" if well_known and local else None
    if "." not in domain:
        return EmailReading(None, False, suggested)
    address = f"{local}@{domain}"
    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return EmailReading(address, False, suggested)
    return EmailReading(checked.normalized, True, suggested)


def _begins_before(text: str, address: str) -> bool:
    """True when a written address was said to begin before it: spelled ("J-O-H-N.smith@…"), or with
    a first name ("john smith@…")."""
    before = text[: text.index(address)]
    first = _FIRST_NAME_BEFORE.search(before)
    named = first is not None and first[1].casefold() in FIRST_NAMES
    rest = address.partition("@")[0]
    return _STARTS_WITH_SPELLING.search(before) is not None or (named and rest.isalpha())


def _respelled_after(local: str, domain: str, after: str) -> tuple[str, str]:
    """ "…, that's S M Y T H": a spelling after the address replaces the word it sounds like."""
    found = [item.text for item in pieces(tokens(after)) if item.kind == "letter"]
    spelled = "".join(found)
    if len(spelled) < MIN_SPELLED or len(found) < MIN_SPELLED:
        return local, domain
    for word in re.findall(r"[a-z]+", local):
        if alike(word, spelled):
            return local.replace(word, spelled, 1), domain
    name, dot, ending = domain.partition(".")
    return local, f"{spelled}{dot}{ending}" if alike(name, spelled) else domain


def _merged(words: list[str]) -> list[str]:
    """Known names that the recogniser took apart, put together again."""
    merged: list[str] = []
    for word in words:
        if word == "-" and merged and merged[-1] in ("g", "e", "hot", "proton"):
            # "G-Mail": the hyphen is the recogniser's.
            merged.append(word)
            continue
        if len(merged) > 1 and merged[-1] == "-" and (merged[-2], word) in SPLIT_NAMES:
            merged[-2:] = [SPLIT_NAMES[(merged[-2], word)]]
        elif merged and (merged[-1], word) in SPLIT_NAMES:
            merged[-1] = SPLIT_NAMES[(merged[-1], word)]
        else:
            merged.append(word)
    return merged


def _merged_pieces(words: list[str]) -> list[Piece]:
    return pieces(_merged(words))


def _last_at(words: list[str]) -> int | None:
    """The separator: the last "@", or the last "at" with a name and its ending after it."""
    for sign in ("@", "at"):
        places = [index for index, word in enumerate(words) if word == sign]
        for index in reversed(places):
            rest = words[index + 1 :]
            dotted = any(ENGLISH.signs.get(word) == "." for word in rest[1:])
            known = bool(rest) and any(name.startswith(f"{rest[0]}.") for name in PROVIDERS)
            if index and rest and (dotted or known or sign == "@"):
                return index
    return None


def _local_part(words: list[str]) -> str:
    words = words[_local_begins(words) :]
    if len(words) == 1 and words[0].isalpha():
        # "kay at …" is a name before it is a letter.
        return words[0]
    if len(words) == 3 and words[0] in _INITIALS and words[1] == "dot" and is_familiar(words[2]):
        # "are dot jones": nobody is called so.
        words = [ENGLISH.letter_sounds[words[0]], *words[1:]]
    found = without_copies(pieces(words))
    left = [piece.text in ENGLISH.spelling_words for piece in found]
    if found and found[0].text in FIRST_NAMES and _only_numbers(found[1:]):
        # "mike 1 9 9 0"
        left[0] = False
    if sum(left) > 1 or (any(left) and len(found) > MAX_LEFT_PIECES):
        # Examples whose letters were not understood: better nothing than "johnnovember".
        return ""
    return "".join(piece.text for piece in found).strip(".-")


def _only_numbers(found: list[Piece]) -> bool:
    return all(piece.kind in ("digits", "sign") for piece in found)


def _local_begins(words: list[str]) -> int:
    """Where the address starts after "my email is" and its kin."""
    begin = 0
    for index, word in enumerate(words[:-1]):
        if word in _POINTERS and not _belongs(words, index):
            begin = index + 1
    while begin < len(words) - 1 and words[begin] in LEAD_IN and not _belongs(words, begin):
        begin += 1
    # What would lead up to an address is all there is of one: "hello at …", "me at …".
    return min(begin, max(0, len(words) - 1))


def _belongs(words: list[str], index: int) -> bool:
    """True when a word that may lead in is part of the address all the same."""
    word = words[index]
    following = words[index + 1] if index + 1 < len(words) else ""
    previous = words[index - 1] if index else ""
    if previous in ENGLISH.signs or (following in ENGLISH.signs and word not in ("is", "it's")):
        return True
    if _inside_example(words, index) or (
        number_at([word], 0)[1] and (number_at([following], 0)[1] or len(following) == 1)
    ):
        return True
    if len(word) > 1 or not word.isalpha():
        return False
    if len(following) > 1 and following not in LEAD_IN:
        # An initial: "e smith".
        return True
    # A letter among letters is spelled; "a" before a word that leads in is not.
    neighbours = [place for place in (previous, following) if place]
    return (
        any(
            (len(place) == 1 and place.isalpha()) or number_at([place], 0)[1]
            for place in neighbours
        )
        or letter_at(words, index)[1] > 1
    )


def _inside_example(words: list[str], index: int) -> bool:
    """True for the "as in" of "b as in boy"."""
    for start in range(max(0, index - 3), index):
        _, taken = letter_at(words, start)
        if taken > 1 and start < index < start + taken:
            return True
    return False


def _domain(words: list[str]) -> str:
    """Everything up to the end of the first name that has an ending."""
    found = without_copies(pieces(words))
    domain = ""
    for index, piece in enumerate(found):
        previous = found[index - 1] if index else None
        text = piece.text
        after_dot = previous is not None and previous.text == "."
        if after_dot and text in ENDING_SOUNDS:
            text = ENDING_SOUNDS[text]
        elif after_dot and (letters := _ending_in_letters(found[index : index + 2])):
            return f"{domain}{letters}"
        elif not after_dot and "." not in domain and text in ("com", "net", "org"):
            # A dot the recogniser swallowed: "gmail com".
            if any(name == f"{domain}.{text}" for name in PROVIDERS):
                text = f".{text}"
        elif "." in domain and not after_dot and text not in (".", "-"):
            label = domain.rpartition(".")[2]
            spelled = previous is not None and previous.kind == piece.kind == "letter"
            if label in SECOND_LEVEL and text in COUNTRIES:
                text = f".{text}"
            elif not (
                spelled and (label in SECOND_LEVEL or (label not in ENDINGS and len(label) < 4))
            ):
                break
        if text == "." and domain.endswith("."):
            continue
        domain += text
    return domain.strip(".-_")


def _ending_in_letters(found: list[Piece]) -> str:
    """ "dot eye oh" is ".io": two words that are the names of an ending's letters."""
    if len(found) < 2 or all(piece.kind == "letter" for piece in found):
        return ""
    letters = "".join(
        piece.text if piece.kind == "letter" else _LETTER_OF.get(piece.text, " ") for piece in found
    )
    return letters if letters in ENDINGS else ""


def say_email(address: str, *, spell: bool = False) -> str:
    """How to pronounce an address; with `spell` every letter of the part before the @ by itself."""
    local, _, domain = address.partition("@")

    def spoken(part: str, letter_by_letter: bool) -> str:
        out: list[str] = []
        for piece in re.findall(r"[a-z]+|\d|[._+-]|.", part):
            if piece in ENGLISH.sign_names:
                out.append(ENGLISH.sign_names[piece])
            elif piece.isdigit():
                out.append(ENGLISH.digit_names[int(piece)])
            elif letter_by_letter:
                out.extend(letter.upper() for letter in piece)
            else:
                out.append(piece)
        return (", " if letter_by_letter else " ").join(out)

    return f"{spoken(local, spell)}, at {spoken(domain, False)}"
