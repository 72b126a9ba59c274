"""The words of an address as they are meant: what only says how it is written goes, restarts are
followed, and what recognisers write for "underscore", "dot" and "at" is undone."""

from __future__ import annotations

import re

from flows.spoken.characters import apply_modifiers, letters_from_capitals
from flows.spoken.domains import ENDINGS
from flows.spoken.vocabulary import ENGLISH
from flows.spoken.words import letter_at, number_at, tokens

LEAD_IN = frozenset(
    "a actually address addresses ah all also and as at be best can contact correct could down e "
    "email emails er exactly fine get good got great have hello here hey hi hm hmm i i'd i'll i'm is it "
    "it's its just let like mail make me mine my no nope now of off oh ok okay on one please put reach "
    "right say send should so sorry spell spelled spelling spelt sure that that's the then this to "
    "too try uh uhm um under use using want was we well we'd we're will with would write yeah yep yes you "
    "you're your it'll that'll personal work business actual main would's may might prefer".split()
)
"""Words that lead up to an address and can't be part of one that is spoken as words."""

_ONE_WORD = re.compile(
    r",?\s*\b(?:(?:that'?s|it'?s|and it'?s)\s+)?"
    r"(?:(?:all\s+)?(?:(?:in|as|is)\s+)?(?:one|a single) word"
    r"|(?:with )?no (?:spaces?|gaps?|dots?|hyphens?|dashes)(?: in between| or (?:anything|\w+s))?"
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

_COMPANY_DOMAIN = re.compile(
    r"\b(?:at|@)\s+(?:my|our|the) (?:company|work|business|firm|office)(?:'s)?(?: (?:email|web ?site|mail))?"
    r"(?: domain| address| web ?site)?\b\.?",
    re.IGNORECASE,
)

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

_NOT_LETTER = re.compile(
    r"(?<=\w),?\s+not\s+(?:an?\s+)?[a-z](?:\s+(?:as in|for|like)\s+\w+)?(?=\s*,|\s+[a-z]\b|\s+(?:at|dot)\b)",
    re.IGNORECASE,
)
"""What a letter is not: "m as in mary, not n, i k e"."""
_NAMED_PART = re.compile(
    r"\b(?:my )?(?:first|last|middle|family|given|sur) ?(?:initial|name|letter)(?:'s| is)?\b,?"
    r"(?!\s*(?:at|dot|underscore|dash|hyphen|then|and|plus)\b|\s*[@._-]|\s*$)",
    re.IGNORECASE,
)
"""Says which part comes: "first initial j, last name smith"."""
UNSAID = re.compile(
    r"\bmy (?:first|last|full|middle|family|sur|own) ?(?:initial|name)\b|\b(?:last|first) name\b",
    re.IGNORECASE,
)
"""Stands for a name that these words don't hold."""
_THE_DOMAIN = re.compile(r"\b(at|@)\s+the domain(?: name)?(?: is)?\b", re.IGNORECASE)
_GOT_COM = re.compile(r"\b(?:got|dock|dought|dodge)(?=\s+(?:com|calm|come|co|org|net)\b)", re.I)
"""What recognisers make of the dot before an ending."""
_AT_AND_T = re.compile(r"\bat ?& ?t\b|\ba\.? t\.? and t\b", re.IGNORECASE)
_DOUBLE = re.compile(r"\bdouble-(?=[a-z]\b)", re.IGNORECASE)


def meant(text: str, company_domain: str | None) -> str:
    """`text` with nothing but the address and what leads up to it."""
    text = letters_from_capitals(_AT_AND_T.sub("att", text))
    said = _AT_SIGN.sub(" at ", _restarted(_FILLERS.sub("", text)))
    said = _NOT_LETTER.sub("", _DOUBLE.sub("double ", said))
    said = _GOT_COM.sub("dot", _THE_DOMAIN.sub(r"\1", _NAMED_PART.sub(" ", said)))
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
    return plain


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
    said = word in LEAD_IN or word in ENDINGS or len(word) == 1
    return match.group() if said else f"{word} "


def _dot_or_stop(match: re.Match[str]) -> str:
    word = match.group(1).casefold()
    return match.group() if word in LEAD_IN or word in ("name", "hello") else f"{word} dot "


def _once(match: re.Match[str]) -> str:
    """ "jon, jon" is one name; "seven, seven" are two digits."""
    word = match.group(1).casefold()
    character = number_at([word], 0)[1] or letter_at([word], 0)[1] or word in ENGLISH.signs
    return match.group() if character else match.group(1)
