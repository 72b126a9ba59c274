"""Which of the days that are named is meant: "I can't on Monday, I called about it on Friday, so the tenth"."""

from __future__ import annotations

import re

from flows.spoken.dates.words import DAYS, WEEKDAY_NAMES

_IS_NOT = re.compile(
    r"\bnot (?!later|before|after|sure|until|too|yet|really|far)(?:(?:on|the|this|next|of) )*[^,.;\s]+(?: the \S+| of \w+| \d+\S*)?[,.;]?",
    re.IGNORECASE,
)
""" "Not Friday, Saturday"."""

_NOT_THEN = re.compile(
    r"\b(?:(?:can't|cannot|can not|couldn't|don't|won't|not able to) (?:\w+ )?(?:do|make|come|work|be)"
    r"|(?:any(?:thing| day| time)?|every day|all days|whenever) (?:but|except|other than)"
    r"|except|apart from)"
    r"(?: (?:it|there|that|in|on|the|this|next|for))* [^,.;\s]+[,.;]?",
    re.IGNORECASE,
)
""" "I can't do Monday", "any day but Monday"."""
_DAY = rf"(?:{'|'.join(WEEKDAY_NAMES)}|the (?:\d{{1,2}}(?:st|nd|rd|th)|{'|'.join(DAYS)}))"
_RANGE = re.compile(
    rf"\bbetween (?:the )?\S+ and (?=the|{_DAY})|\b{_DAY} (?:to|through|thru|till|until) {_DAY}\b|\b(?:{'|'.join(WEEKDAY_NAMES)})s\b",
    re.IGNORECASE,
)
""" "Monday through Wednesday", "between Monday and Wednesday", "Mondays": no one day."""
_PREFERRED = re.compile(
    r"\b(?:better|best|prefer|preferred|ideally|rather)\b(?! than)", re.IGNORECASE
)
""" "Friday works, but Saturday is better"."""
_AROUND_IT = re.compile(
    rf"(?<!day )(?<!week )(?<!days )(?<!weeks )\b(?:before|after) (?:next |this )?(?:{_DAY})\b",
    re.IGNORECASE,
)
""" "Anything before Friday" is no day yet."""
_CLAUSE = re.compile(
    r"[,.;!?]|\b(?:but|so|and then|though|can you|could you|how about|what about)\b"
)
_PASSING = re.compile(
    r"\b(?:since|called|phoned|rang|spoke|talked|wrote|emailed|booked|was supposed|were supposed"
    r"|(?:was|were|been) told|they (?:said|told|say)|(?:have|has|got) to (?:work|be|go)|working|busy"
    r"|away|is bad|is (?:no|not) (?:good|great|ideal)|isn't|doesn't (?:work|suit)|it's \w+ today"
    r"|today is \w+day)\b",
    re.IGNORECASE,
)
"""What is told of a day that is not the one asked for: "I called on Monday", "Monday is bad"."""

_PAST = re.compile(
    r"\b(?:happened|occurred|took place|started|began|noticed|broke|bought|purchased|ordered|arrived"
    r"|crashed|was born|had (?:the|an|my) accident|it was|that was)\b"
    r"(?!.*\b(?:next|tomorrow|coming|in \w+ (?:day|week|month|year)s?)\b)",
    re.IGNORECASE,
)


def is_range(text: str) -> bool:
    """True when the days named are the ends of a range, or every such day."""
    return _RANGE.search(text) is not None


def is_past(text: str) -> bool:
    """True when the day told of has been: "it happened on Tuesday", not "I was hoping for Tuesday"."""
    return _PAST.search(text) is not None


def without_denied(text: str) -> str:
    """The words without days that are said not to be meant."""
    for named in (_IS_NOT, _NOT_THEN, _AROUND_IT):
        text = named.sub(" ", text)
    return text


def without_passing(text: str) -> str:
    """The clauses that tell of nothing else; all of them where there are no others."""
    clauses = _CLAUSE.split(text)
    preferred = [clause for clause in clauses if _PREFERRED.search(clause)]
    if preferred and len(clauses) > 1:
        return ", ".join(preferred)
    if not _PASSING.search(text):
        return text
    kept = [clause for clause in clauses if not _PASSING.search(clause)]
    return ", ".join(kept).strip() or text
