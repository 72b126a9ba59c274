"""Yes, no, and "I'd rather not", in the colours people give them."""

from __future__ import annotations

import re

_NO = re.compile(
    r"\b(?:no(?!\s+(?:problem|worries|doubt))|nope|nah|not (?:quite|right|correct|really|exactly)"
    r"|(?:that(?:'s| is) |it(?:'s| is) )?(?:wrong|incorrect)|isn't (?:right|correct)"
    r"|that's not|that isn't|it's not|it isn't|negative)\b",
    re.IGNORECASE,
)
_YES = re.compile(
    r"\b(?:yes|yeah|yep|yup|ya|sure|correct|right|exactly|absolutely|definitely|certainly|of course"
    r"|perfect|that's (?:it|right|correct|fine|good)|that is (?:it|right|correct)|you got it|sounds good"
    r"|(?:go|please) (?:ahead|do)|okay|ok|uh[- ]?huh|mm[- ]?hmm|mhm|affirmative|spot on|no problem)\b",
    re.IGNORECASE,
)
# "No, no, that's right" and "yeah no that's correct" say yes in the end.
_YES_AFTER_ALL = re.compile(
    r"\b(?:that(?:'s| is)|it(?:'s| is)|you(?:'re| are)) (?:right|correct|it|perfect|fine|good)\b",
    re.I,
)
_DENIED = re.compile(r"\bnot (?:right|correct|it)\b|n't (?:right|correct)\b", re.IGNORECASE)
_REFUSAL = re.compile(
    r"\b(?:(?:i(?:'d| would) )?(?:rather|prefer) not(?: to)?|(?:i )?(?:don't|do not) want to (?:give|say|share|tell)"
    r"|i(?:'m| am) not (?:giving|going to (?:give|tell)|comfortable)|none of your business|skip(?: (?:it|that|this))?"
    r"|(?:i )?(?:don't|do not) have (?:one|an? (?:email|phone|number|mobile))|no (?:email|phone|number|thanks|thank you))\b",
    re.IGNORECASE,
)
_WHOLE_NO = re.compile(r"^\W*(?:no|nope|nah)\W*(?:thanks|thank you)?\W*$", re.IGNORECASE)
_LEADING = re.compile(
    r"^\W*(?:(?:yes|yeah|yep|no|nope|nah|sorry|actually|wait|well|um|uh|it's|its|it is|that's|that is|not quite"
    r"|that's (?:not right|wrong)|wrong|incorrect|not right)\b\W*)+",
    re.IGNORECASE,
)


def parse_yes_no(text: str) -> bool | None:
    """True, False, or None when it is neither (or both)."""
    if _YES_AFTER_ALL.search(text) and not _DENIED.search(text):
        return True
    yes, no = _YES.search(text), _NO.search(text)
    if no and _DENIED.search(text):
        return False
    if yes and no:
        # "yeah, no" and "no, right": the last word counts.
        return yes.start() > no.start()
    if yes:
        return True
    if no:
        return False
    return None


def is_refusal(text: str) -> bool:
    """True when the caller won't give what was asked for."""
    return bool(_REFUSAL.search(text) or _WHOLE_NO.search(text))


def without_yes_no(text: str) -> str:
    """What is left of "no, it's jon at example dot com" when the answer is taken off."""
    return _LEADING.sub("", text)
