"""Names of companies: "I'm with Acme", "the A and B Company", "it's called M T N, spelled"."""

from __future__ import annotations

import re

from flows.spoken.letters.modifiers import apply_modifiers
from flows.spoken.names.people import FILLER, LEAD_IN, TAIL, tells_a_state
from flows.spoken.names.spelling import spelled_name
from flows.spoken.names.words import EXCLAMATIONS, MAX_COMPANY_WORDS, NO_NAME, cased

_LEAD_IN = re.compile(
    rf"^\W*{FILLER}"
    r"(?:(?:i|we) work (?:for|at|with)|i(?:'m| am) (?:with|from|at|calling from)|(?:they|we|people) call it"
    r"|(?:i|we) (?:own|run|founded)(?: an? (?:[\w ]+? )?(?:called|named))?"
    r"|(?:i|we) have (?:an? )(?:[\w ]+? )?(?:called|named)"
    r"|(?:it|that|this)(?:'s| is) for an? (?:\w+ )?(?:company|firm|business|shop)(?: called| named)?|(?:it|that|this)(?:'s| is) for(?! (?:my|our|a|the|me|us)\b)|(?:it(?:'s| is) )?(?:for|from) (?:my|our|the) (?:company|firm|business),?(?: called| named)?|from)"
    r"\s+(?=\w)",
    re.IGNORECASE,
)
_NONE = re.compile(
    rf"^\W*{FILLER}(?:(?:i'm|i am|it's|it is|this is|we're|we are|there's|there is|i have|just|for|an?)\W+)*"
    r"(?:(?:no|without an?) (?:company|business|firm|employer)|self[ -]?employed|free ?lanc(?:e|er|ing)"
    r"|work (?:for|by) myself|i work (?:for|by) myself|my own boss|retired|unemployed|out of work|between jobs|looking for work|student|house ?wife|private(?:ly)?"
    r"|(?:private )?(?:individual|person|customer)|personal|by myself|myself|(?:me|us)(?: and (?:my|our) [\w ]{2,30})?|my family|the (?:two|three|four) of us)"
    r"\W*(?:right now|at the moment|really|actually|here)?\W*$",
    re.IGNORECASE,
)
_NOT_ALONE = frozenset(
    "yes no yeah yep nope sure okay ok what why how hello hi hey please thanks sorry nothing none maybe right correct wrong".split()
)
"""Words that no company's name begins with."""
_NO_COMPANY = re.compile(
    r"\W*(?:(?:well|oh|sorry|so|no|not you)\W+)*"
    r"(?:i(?:'m| am) (?:not|between|just|still|so|in an?|\w+ing)|i (?:don't|do not|haven't)|there(?:'s| is) no"
    r"|(?:i|he|she|they) (?:was|were|had|said|told|already|can't|cannot|can|could|thought|think|need|want|know)"
    r"|you (?:already|have|had|asked|said|know|should|were|are|can)|it (?:was|depends|does)"
    r"|this is (?:\w+ing|not|so|all))\b",
    re.IGNORECASE,
)
MAX_ACRONYM = 4
"""Letters; more of them in capitals are a word that a recogniser shouts."""
_SENTENCE = re.compile(
    r"\W*(?:(?:well|oh|sorry|so|hey|honey|no|not you)\W+)*"
    r"(?:(?:can|could|would|will|do|does|did|have|has|may) (?:i|you|we|they)\b|(?:give|let|tell|ask|excuse) (?:me|us)\b"
    r"|(?:check|turn|use) (?:your|the|my|it|that)\b|(?:go (?:ahead|on)|come on|hold on|shut up)\W*$"
    r"|(?:some(?:one|body)|every(?:one|body)|nobody)(?:'s| is)\b|(?:the )?same (?:as|one|thing)\b"
    r"|(?:the )?\w+ is \w+|(?:an? )?bad line\b|it depends\b|i (?:was|already|can't)\b|not you\b)",
    re.IGNORECASE,
)
"""Sentences about something else, and "I'm between jobs"."""
_TELLS_OF_ELSE = re.compile(
    rf"^\W*{FILLER}(?:(?:this|that|it)(?:'s| is) (?:my|our|the) (?:first|second|last|only|same)\b"
    r"|(?:my|our) .*\b(?:this|that|it|them|me|you)\W*$"
    r"|(?=(?:\S+ ){3}).*\b(?:ich|wir|ist|sind|macht|habe|haben|meine)\b)",
    re.IGNORECASE,
)
""" "My wife usually does this", "this is my first time"."""


_NAMED_SO = re.compile(
    rf"^\W*(?:{'|'.join(sorted(_NOT_ALONE))}) (?=[A-Z][a-z]+\b)(?!I\b)(?:[A-Z&][\w&'-]*(?: (?!I\b)|$))+\W*$"
)
""" "No Name Brewing", "Right Way Plumbing": an answer would have a comma after it, and capitals only where
a name begins."""


_FOR_SOMETHING = re.compile(r"\W*For(?: [A-Z][\w'&-]*)+\W*")
""" "For Eyes": what only leads in is not written like a name."""


_IS = re.compile(r"\bis\W*$", re.IGNORECASE)
_TOLD_OF = re.compile(
    r"(?:[a-z]+ing (?:for|to|it|the|me|us|an?|in|on)|not|very|too|so|in|on|an?|closed|open|small|big|large|new|also)\b"
)
""" "My company is paying for it" tells of it; a name is written like one."""


def has_none(text: str) -> bool:
    """True when the caller speaks for no company: "I'm self-employed", "no company, just me"."""
    clauses = [part for part in re.split(r"[,.;]\s*", text.replace("’", "'")) if part.strip()]
    return bool(clauses) and all(_NONE.match(part) for part in clauses)


def parse_company(text: str) -> str | None:
    """A company's name: as a person's, but it may hold numbers and small words ("The A and B Company")."""
    text = text.replace("’", "'").strip()
    if _NAMED_SO.match(text[:1].casefold() + text[1:]):
        return text.strip(" .,!?")
    if _FOR_SOMETHING.fullmatch(text) and not has_none(text):
        return text.strip(" .,!?")
    led = _LEAD_IN.match(text) is not None
    lead = _LEAD_IN if led else LEAD_IN
    said = TAIL.sub("", lead.sub("", text, count=1)).strip(" .,!?")
    said = apply_modifiers(said)
    if has_none(text):
        return None
    led_by_is = _IS.search(text[: len(text) - len(said)]) is not None
    spelled = spelled_name(said, company=True)
    if spelled is not None:
        return spelled
    words = re.findall(r"[\w&]+(?:['.-]\w+)*", said)
    plain = [word.casefold() for word in words]
    if not words or len(words) > MAX_COMPANY_WORDS or "?" in text:
        return None
    if (
        EXCLAMATIONS.issuperset(plain)
        or _SENTENCE.match(said)
        or _TELLS_OF_ELSE.match(text)
        or tells_a_state(text)
        or (not led and _NO_COMPANY.match(text))
    ):
        return None
    if led_by_is and _TOLD_OF.match(said):
        return None
    if all(word in NO_NAME for word in plain) or plain[0] in _NOT_ALONE:
        return None
    return " ".join(
        word
        if (word.casefold() in ("and", "or", "of", "the", "for", "und", "oder", "von") and index)
        or _is_acronym(word, text)
        else cased(word)
        for index, word in enumerate(words)
    )


def _is_acronym(word: str, text: str) -> bool:
    """Capitals by themselves or among other words are meant: "ABC Plumbing"."""
    meant = len(text.split()) == 1 or not text.isupper()
    return word.isupper() and len(word) <= MAX_ACRONYM and meant
