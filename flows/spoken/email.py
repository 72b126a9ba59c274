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

from flows.spoken.characters import (
    Piece,
    alike,
    apply_modifiers,
    pieces,
    spelled_letters,
    without_copies,
)
from flows.spoken.domains import ENDING_SOUNDS, ENDINGS, PROVIDERS, SECOND_LEVEL, SPLIT_NAMES
from flows.spoken.domains import suggestion as domain_suggestion
from flows.spoken.vocabulary import ENGLISH
from flows.spoken.words import MIN_SPELLED, letter_at, number_at, tokens

_LEAD_IN = frozenset(
    "a actually address addresses ah all also and as at be best can contact correct could down e "
    "email emails er exactly fine get good got great have hello here hey hi hm hmm i i'd i'll i'm is it "
    "it's its just let like mail make me mine my no nope now of off oh ok okay one please put reach "
    "right say send should so sorry spell spelled spelling spelt sure that that's the then this to "
    "too try uh uhm um under use using want was we well we'd we're will with would write yeah yep yes you "
    "you're your it'll that'll personal work business actual main would's may might prefer".split()
)
"""Words that lead up to an address and can't be part of one that is spoken as words."""
_POINTERS = frozenset(
    "email's address's mail's is it's its that's at be use to address email was mail under try".split()
)
"""After the last of these the address begins, whatever stood before."""
_ONE_WORD = re.compile(
    r",?\s*\b(?:(?:that'?s|it'?s|and it'?s)\s+)?"
    r"(?:(?:all\s+)?(?:(?:in|as|is)\s+)?(?:one|a single) word"
    r"|(?:with )?no (?:spaces?|gaps?|dots?)(?: in between)?"
    r"|(?:all )?(?:in )?(?:small|lower ?case)(?: letters)?|all together|with a capital [a-z]"
    r"|(?<!\bat )one ?wor(?:ld|d)(?=\s*(?:dot\b|\.\w))"
    r"|capital ([a-z])[,.]?(?=\s+\1[a-z]+))\b,?",
    re.IGNORECASE,
)
"""How it is written, which changes nothing."""
_AT_SIGN = re.compile(
    r"\b(?:(?:the|an) )?at[ -](?:sign|symbol)\b(?!\s*(?:dot\b|\.))", re.IGNORECASE
)
_RESTART = re.compile(
    r"\W*\b(?:no,? (?:wait|sorry|make that|i mean)|(?:oh,? )?sorry|i mean|scratch that|make that"
    r"|correction|let me start (?:over|again)|wait)\b\W*(?:it's |it is )?",
    re.IGNORECASE,
)
"""Callers correct themselves before they are through: what follows replaces what it repeats."""
_LAST_WORD = re.compile(r"[^\W_]+$")
_WRITTEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_UNDERSCORE = re.compile(
    r"\b(?:[uao]nd(?:er|a)(?:'?s)?[ -]?s?[ck]ore?|under'?s? (?:score|core)|on the score)\b",
    re.IGNORECASE,
)
"""What recognisers make of "underscore"."""
_FULL_STOP = re.compile(r"\bfull stop\b(?!\W*$)", re.IGNORECASE)
_DOT_AS_STOP = re.compile(r"\b([A-Za-z]{2,})\. (?=[A-Za-z]{2,}[\w .]*(?:\bat\b|@))")
"""A dot between two words is often written like the end of a sentence: "Mary. Jones at …"."""
_PROVIDER_NAMES = (
    r"g[ -]?m(?:ai|ea|a)le?|yahoo|hot+ ?mail|hea?rt ?mail|outlook|i ?cloud|proton ?mail|aol|comcast"
)
_SWALLOWED_AT = re.compile(
    rf"\b([a-z0-9._+-]{{3,}}?)[ia]t\s?((?:{_PROVIDER_NAMES})(?:\.| dot ))", re.IGNORECASE
)
"""Recognisers write "millerat gmail.com" as one word; no other word ends so before a provider."""
_MISSED_AT = re.compile(rf"\b(?:add|and|that|ad|a)\s+((?:{_PROVIDER_NAMES})(?:\.| dot ))", re.I)
"""What they write for "at" before a provider."""
_NEXT_SENTENCE = re.compile(r"((?:\.|\bdot )[a-z]{2,12})[.,?!;]\s+(.*)$", re.IGNORECASE | re.DOTALL)
_COMPANY_DOMAIN = re.compile(
    r"\b(?:at|@)\s+(?:my|our|the) (?:company|work|business|firm|office)(?:'s)?(?: (?:email|web ?site|mail))?"
    r"(?: domain| address| web ?site)?\b\.?",
    re.IGNORECASE,
)
_STARTS_WITH_SPELLING = re.compile(r"(?:\b[A-Za-z0-9][-–., ]+)$")
MAX_LEFT_PIECES = 3
_FILLERS = re.compile(
    r"\b(?:u+m+|u+h+|er+m?|hm+|you know|let me (?:see|think)|let's see|(?:and )?then|followed by)\b[,.]?\s*",
    re.I,
)
_SPELLED_RUN = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z0-9]-){2,}[A-Za-z0-9](?![A-Za-z0-9])")
_SPELLED_PAIR = re.compile(r"(?<![\w-])([A-Z])-([A-Z])(?![\w-])")
"""The end of a spelling after an example: "K-O-W-A-L-S as in Sierra, K-I"."""
_NAMED_KIND = re.compile(
    r"\b(?:and )?the (?:numbers?|digits?|numerals?|letters?|word)\b(?=,? \w)(?! (?:at|dot)\b)",
    re.IGNORECASE,
)
"""Says what kind of character comes, as in "the number two"."""
_SPELLED_AFTER = re.compile(
    r"\b(?P<word>[a-z]{2,}),?\s+(?:that's|that is|it's|which is|spelled|spelt|as in)(?: spelled)?,?\s+"
    r"(?=(?:[a-z][ ,.-]+){2,}[a-z]\b)",
    re.IGNORECASE,
)
_SAID_TWICE = re.compile(r"\b([a-z]{2,}), \1\b", re.IGNORECASE)


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
    said = _AT_SIGN.sub(" at ", _restarted(_FILLERS.sub("", text)))
    said = _SPELLED_AFTER.sub(_spelling_announced, _NAMED_KIND.sub(" ", said))
    plain = apply_modifiers(_ONE_WORD.sub(" ", said)).strip()
    plain = _UNDERSCORE.sub(" underscore ", _FULL_STOP.sub(" dot ", plain))
    plain = _DOT_AS_STOP.sub(_dot_or_stop, plain)
    plain = _SPELLED_RUN.sub(lambda match: match.group().replace("-", " "), plain)
    plain = _SPELLED_PAIR.sub(r"\1 \2", plain)
    plain = _SAID_TWICE.sub(_once, plain)
    if company_domain:
        plain = _COMPANY_DOMAIN.sub(lambda _: f"at {company_domain}", plain)
    if "@" not in plain:
        plain = _SWALLOWED_AT.sub(r"\1 at \2", plain)
        if " at " not in f" {plain.casefold()} ":
            plain = _MISSED_AT.sub(r"at \1", plain)
    plain, after = _first_sentence(plain)
    written = [match.group() for match in _WRITTEN.finditer(plain)]
    if written and not _spelled_before(plain, written[-1]):
        local, _, domain = written[-1].casefold().partition("@")
        domain = "".join(item.text for item in _merged_pieces(tokens(domain)))
        return _checked(_respelled_local(local, after), domain)
    words = _merged(tokens(plain))
    separator = _last_at(words)
    if separator is None:
        return NOTHING
    local = _local_part(words[:separator])
    domain = _domain(words[separator + 1 :])
    if not local or not domain:
        return NOTHING
    return _checked(_respelled_local(local, after), domain)


def _restarted(text: str) -> str:
    """The address as it is after the caller corrected themselves in the middle of it."""
    before, *again = _RESTART.split(text)
    for part in again:
        begun = tokens(before)
        if not part or not begun:
            before = before or part
        elif "at" in begun[:-1] or "@" in before:
            # In the domain: "john at gmail, no wait, yahoo dot com".
            whole = " at " in f" {part.casefold()} " or "@" in part
            before = part if whole else re.sub(r"(?:\bat\b|@).*$", f"at {part}", before, flags=re.I)
        elif any(word in ENGLISH.signs for word in begun) and not _has_sign_before_at(part):
            # "mary dot jones, sorry, james at …": the last name again.
            before = f"{_LAST_WORD.sub('', before.strip(' .,'))}{part}"
        else:
            before = part
    return before


def _has_sign_before_at(text: str) -> bool:
    local = re.split(r"\bat\b|@", text, maxsplit=1, flags=re.IGNORECASE)[0]
    return any(word in ENGLISH.signs for word in tokens(local))


def _spelling_announced(match: re.Match[str]) -> str:
    """ "smith, that's s m y t h": the phrase between a name and its spelling says nothing else."""
    word = match["word"].casefold()
    return match.group() if word in _LEAD_IN or len(word) == 1 else f"{word} "


def _dot_or_stop(match: re.Match[str]) -> str:
    word = match.group(1).casefold()
    return match.group() if word in _LEAD_IN or word in ("name", "hello") else f"{word} dot "


def _once(match: re.Match[str]) -> str:
    """ "jon, jon" is one name; "seven, seven" are two digits."""
    word = match.group(1).casefold()
    character = number_at([word], 0)[1] or letter_at([word], 0)[1] or word in ENGLISH.signs
    return match.group() if character else match.group(1)


def _first_sentence(text: str) -> tuple[str, str]:
    """Up to the end of the address, and what is said after it."""
    at = max(text.find("@"), text.casefold().rfind(" at "))
    if at < 0:
        return text, ""
    match = _NEXT_SENTENCE.search(text, at)
    if match is None or re.match(r"\s*(?:dot\b|\.\w)", match.group(2)):
        return text, ""
    return text[: match.end(1)], match.group(2)


def _checked(local: str, domain: str) -> EmailReading:
    local, domain = local.strip(".").casefold(), domain.strip(".-").casefold()
    # Web addresses begin so, and recognisers are used to them; mail domains don't.
    domain = domain.removeprefix("www.")
    meant = domain_suggestion(domain)
    suggested = f"{local}@{meant}" if meant and local else None
    if "." not in domain:
        return EmailReading(None, False, suggested)
    address = f"{local}@{domain}"
    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return EmailReading(address, False, suggested)
    return EmailReading(checked.normalized, True, suggested)


def _spelled_before(text: str, address: str) -> bool:
    """True when the part before a written address was spelled: "J-O-H-N.smith@…"."""
    return _STARTS_WITH_SPELLING.search(text[: text.index(address)]) is not None


def _respelled_local(local: str, after: str) -> str:
    """ "…, that's S M Y T H": a spelling after the address replaces the word it sounds like."""
    if not after:
        return local
    found = [item.text for item in pieces(tokens(after)) if item.kind == "letter"]
    spelled = "".join(found)
    if len(spelled) < MIN_SPELLED or len(found) < MIN_SPELLED:
        return local
    for word in re.findall(r"[a-z]+", local):
        if alike(word, spelled):
            return local.replace(word, spelled, 1)
    return local


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
    found = without_copies(pieces(words[_local_begins(words) :]))
    left = [piece.text in ENGLISH.spelling_words for piece in found]
    if sum(left) > 1 or (any(left) and len(found) > MAX_LEFT_PIECES):
        # Examples whose letters were not understood: better nothing than "johnnovember".
        return ""
    return "".join(piece.text for piece in found).strip(".-_")


def _local_begins(words: list[str]) -> int:
    """Where the address starts after "my email is" and its kin."""
    begin = 0
    for index, word in enumerate(words[:-1]):
        if word in _POINTERS and not _belongs(words, index):
            begin = index + 1
    while begin < len(words) - 1 and words[begin] in _LEAD_IN and not _belongs(words, begin):
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
    if len(following) > 1 and following not in _LEAD_IN:
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
        elif not after_dot and "." not in domain and text in ("com", "net", "org"):
            # A dot the recogniser swallowed: "gmail com".
            if any(name == f"{domain}.{text}" for name in PROVIDERS):
                text = f".{text}"
        elif "." in domain and not after_dot and text not in (".", "-"):
            label = domain.rpartition(".")[2]
            spelled = previous is not None and previous.kind == piece.kind == "letter"
            if label in SECOND_LEVEL and text in ("uk", "nz", "za", "au", "jp", "in", "il"):
                text = f".{text}"
            elif not (
                spelled and (label in SECOND_LEVEL or (label not in ENDINGS and len(label) < 4))
            ):
                break
        if text == "." and domain.endswith("."):
            continue
        domain += text
    return domain.strip(".-_")


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


def same_local(address: str, spelled: str) -> bool:
    """True when a spelling said alone is the part of the address before the @."""
    return spelled_letters(spelled) == re.sub(r"[^a-z0-9]", "", address.partition("@")[0])
