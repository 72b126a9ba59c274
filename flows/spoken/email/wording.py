"""The words of an address as they are meant: what only says how it is written goes, restarts are
followed, and what recognisers write for "underscore", "dot" and "at" is undone."""

from __future__ import annotations

import re
from collections.abc import Callable

from flows.spoken.email.domains import ENDINGS
from flows.spoken.letters.likeness import letters_from_capitals
from flows.spoken.letters.modifiers import apply_modifiers
from flows.spoken.names.familiar import FIRST_NAMES
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
    r"|(?:with )?no (?:spaces?|gaps?|dots?|hyphens?|dashes|apostrophes?)(?: in between| or (?:anything|\w+s))?"
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
    r"|correction|let me start (?:over|again)|wait)\b\W*(?:it's |it is )?"
    r"|,\s*no,?\s+(?=\w+(?:\.| dot )\w)",
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

_AT = re.compile(r"\bat\b|@", re.IGNORECASE)
_DOT_AS_TITLE = re.compile(r"\b([a-z]{2,}),? (?:dr|doc|doctor)\b\.?,? (?=[a-z]{2,})", re.IGNORECASE)
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

_SIGNS_SAID = r"(?:dot|period|point|dash|hyphen|minus|underscore|plus)\b"
_FILLERS = re.compile(
    r"\b(?:u+m+|u+h+|er+m?|hm+|you know|let me (?:see|think|spell (?:it|that)(?: out)?(?: for you)?|say (?:it|that) slowly)|let's see|let's (?:go with|say)"
    rf"|(?:(?:and )?then|followed by|and|with)(?: an?)(?= {_SIGNS_SAID})|(?:and )?then|followed by"
    rf"|an(?= {_SIGNS_SAID}))\b[,.]?\s*",
    re.I,
)
_JOINED = re.compile(
    r"\b[a-z0-9]+(?:[-–][a-z0-9]+)*[-–](?:dot|at|underscore|dash|hyphen)[-–][a-z0-9]+(?:[-–][a-z0-9]+)*",
    re.IGNORECASE,
)
"""A whole address as one hyphened word: "john-dot-smith-at-gmail-dot-com"."""
_DOTTED_ENDING = re.compile(r"(?<!\w)dot[-–]?(com|org|net|edu|gov|io|uk)\b", re.IGNORECASE)
"""The dot and the ending as one word: "gmail dotcom"."""
_GLUED_DOT = re.compile(
    r"\b(?!(?:peri|polka|micro)dot\b)([a-z]{3,})dot(?= [a-z]{2,}[\w .]*(?:\bat\b|@))", re.IGNORECASE
)
"""A dot said without a pause before it: "Meridot Jones at …"."""

_SPELLED_RUN = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z0-9]-){2,}[A-Za-z0-9](?![A-Za-z0-9])")

_SPELLED_PAIR = re.compile(r"(?<![\w-])([A-Z])-([A-Z])(?![\w-])")
"""The end of a spelling after an example: "K-O-W-A-L-S as in Sierra, K-I"."""

_KIND_OF_MAIL = re.compile(
    rf"\b(?:it's|it is|that's|i have|i've got|i use|on) (?:an? |my )?(?:{_PROVIDER_NAMES})(?: (?:account|address|one|mail|e-?mail))?"
    r"\b[,.;]\s*(?:(?:so|and|that's|it's)\b[,]?\s*)*(?=.*(?:\bat\b|@))",
    re.IGNORECASE,
)
""" "It's a hotmail, so …": says where, before the address."""
_HAS_TWO = re.compile(
    r"\b(?:i have|i've got|i got|there(?:'s| are)) (?:two|three|2|3|a few|a couple(?: of)?)(?: of them| e-?mails?| addresses| ones)?\b"
    r"[,.:;]*\s*(?=.*(?:\bat\b|@))",
    re.IGNORECASE,
)
""" "I have two, jane at …"."""
_MY_NAME = re.compile(
    r"\b(?:it's |it is |that's )?(?:just )?my (?:full )?name(?:,| which is| that's)\s+(?=\w)",
    re.IGNORECASE,
)
_AT_AGAIN = re.compile(r"\b(at)[, ]+at\b", re.IGNORECASE)
_NAMED_KIND = re.compile(
    r"\b(?:(?:and|with) )?the (?:numbers?|digits?|numerals?|letters?|word)\b(?=,? \w)(?! (?:at|dot)\b)",
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
_FIRST_OF_NAME = re.compile(r"\b(?:my |the )?(?:first|given) name\b", re.IGNORECASE)
_LAST_OF_NAME = re.compile(r"\b(?:my |the )?(?:last|family|sur) ?name\b", re.IGNORECASE)
_FIRST_INITIAL = re.compile(r"\b(?:my |the )?(?:first|given)(?: name)? initial\b", re.IGNORECASE)
_IS_SAID = re.compile(
    r"(?:\bname|\binitial)(?:'s| is)?,? (?!at\b|dot\b|underscore\b|dash\b|hyphen\b|then\b|and\b|plus\b|my\b|last\b|the\b|\d)\w",
    re.IGNORECASE,
)
_THE_DOMAIN = re.compile(
    r"\b(at|@)\s+(?:the domain(?: name)?(?: is)?\b"
    r"|(?:the|our|my) (?:(?:web ?)?site|domain(?: name)?),? (?:(?:and )?(?:that|it|which)(?:'s| is)|is|called)\b),?",
    re.IGNORECASE,
)
""" "Info at our website, which is acme dot com"."""
_GOT_COM = re.compile(r"\b(?:got|not|dock|dought|dodge)(?=\s+(?:com|calm|come|co|org|net)\b)", re.I)
"""What recognisers make of the dot before an ending."""
_AT_AND_T = re.compile(r"\bat ?& ?t\b|\ba\.? t\.? and t\b", re.IGNORECASE)
_DOUBLE = re.compile(r"[-–]?\bdouble[-–](?=[a-z]\b)", re.IGNORECASE)


def meant(text: str, company_domain: str | None) -> str:
    """`text` with nothing but the address and what leads up to it."""
    for step in _STEPS:
        text = step(text)
    if company_domain:
        text = _COMPANY_DOMAIN.sub(lambda _: f"at {company_domain}", text)
    return _at_restored(text)


def with_name_given(text: str, name: str) -> str:
    """`text` with the caller's `name`, given before, for "my first name" and "my last name"; as it is
    where the name isn't known, or is said here itself."""
    words = re.findall(r"[^\W\d_]+", name.casefold())
    if len(words) < 2 or not UNSAID.search(text) or _IS_SAID.search(text):
        return text
    text = _FIRST_INITIAL.sub(words[0][0], text)
    return _LAST_OF_NAME.sub(words[-1], _FIRST_OF_NAME.sub(words[0], text))


def _at_restored(text: str) -> str:
    """The at before a provider where the recogniser wrote something else for it."""
    if "@" in text:
        return text
    text = _SWALLOWED_AT.sub(r"\1 at \2", text)
    return text if " at " in f" {text.casefold()} " else _MISSED_AT.sub(r"at \1", text)


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
    ends = word in ENDINGS and _AT.search(match.string, 0, match.start())
    said = word in LEAD_IN or word in ("name", "hello")
    return match.group() if ends or said else f"{word} dot "


def _doctor_or_dot(match: re.Match[str]) -> str:
    """ "Mary, Dr. Jones" after a first name: a dot, heard as a title."""
    return f"{match[1]} dot " if match[1].casefold() in FIRST_NAMES else match.group()


def _dot_taken_off(match: re.Match[str]) -> str:
    return f"{match[1]} dot"


def _once(match: re.Match[str]) -> str:
    """ "jon, jon" is one name; "seven, seven" are two digits."""
    word = match.group(1).casefold()
    character = number_at([word], 0)[1] or letter_at([word], 0)[1] or word in ENGLISH.signs
    return match.group() if character else match.group(1)


def _step(
    pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], str]
) -> Callable[[str], str]:
    return lambda text: pattern.sub(new, text)


_STEPS: tuple[Callable[[str], str], ...] = (
    _step(_AT_AND_T, "att"),
    _step(_JOINED, lambda match: re.sub("[-–]", " ", match.group())),
    letters_from_capitals,
    # What callers say between the parts, and what they take back.
    _step(_FILLERS, ""),
    _step(_AT_AGAIN, r"\1"),
    _step(_KIND_OF_MAIL, ""),
    _step(_HAS_TWO, ""),
    _step(_MY_NAME, ""),
    _restarted,
    _step(_AT_SIGN, " at "),
    _step(_DOUBLE, " double "),
    _step(_NOT_LETTER, ""),
    # What only names a part of the address, or says which kind of character comes.
    _step(_NAMED_PART, " "),
    _step(_THE_DOMAIN, r"\1"),
    _step(_GOT_COM, "dot"),
    _step(_NAMED_KIND, " "),
    _step(_SPELLED_AFTER, _spelling_announced),
    _step(_ONE_WORD, " "),
    apply_modifiers,
    str.strip,
    # How signs and letters are written by recognisers.
    _step(_UNDERSCORE, " underscore "),
    _step(_FULL_STOP, " dot "),
    _step(_DOTTED_ENDING, r" dot \1"),
    _step(_DOT_AS_STOP, _dot_or_stop),
    _step(_DOT_AS_TITLE, _doctor_or_dot),
    _step(_GLUED_DOT, _dot_taken_off),
    _step(_SPELLED_RUN, lambda match: match.group().replace("-", " ")),
    _step(_SPELLED_PAIR, r"\1 \2"),
    _step(_SAID_TWICE, _once),
)
"""One thing undone after another; each sees what those before it left."""
