"""Yes, no, and "I'd rather not", in the colours people give them."""

from __future__ import annotations

import re

_NO = re.compile(
    r"\b(?:no+(?!\s+(?:problem|worries|doubt|need to change|changes|mistakes?|errors?|typos?|objection)\b)|nope|nah|naw|nuh[- ]?uh|uh[- ]uh|no way|never"
    r"|not (?:quite(?! wrong)|right|correct|really|exactly|good|at all|it|that|the (?:one|right))|close(?:,)? but|almost"
    r"|wrong|incorrect|false|isn't|wasn't|ain't|doesn't|don't think so|do not think so|negative|(?<!no )(?:mistake|error|typo)s?|mis-?sp(?:elled|elt)|(?:haven't|hasn't|have not|has not) (?:got|it|been)"
    r"|(?:absolutely|definitely|certainly|of course|surely|for sure|totally|indeed|i (?:guess|think|believe|suppose|hope)|i'm afraid|i am afraid|rather) not|not yet|(?:please )?don't(?=\W*$)"
    r"|i do not(?=\W*$)|(?:i )?wouldn't\W*$|try again|mis-?(?:heard|understood|took)|mm-mm|nothing (?:is|was|about it is|of it is|there is) (?:right|correct|true)|none of (?:it|that|this|them)"
    r"|that's not(?! a problem)|that isn't|it's not|it isn't|that is not|it is not|disagree|didn't say)\b",
    re.IGNORECASE,
)
_YES = re.compile(
    r"(?<!\bnot )\b(?:yes|yeah|yea|yeap|yep|yup|yah|ya|ye|yas+|yess+|yessir|aye|roger|you bet|sure|surely|correct|right|true|exactly|precisely|absolutely|definitely"
    r"|certainly|of course|totally|indeed|agreed|perfect|great|good|fine|bingo|cool|awesome|alright|all right"
    r"|that's (?:it|me|right|correct|fine|good|the one|perfect|great)|that is (?:it|me|right|correct|the one)"
    r"|it is|it does|i do|i am|i would|that works|works for me|you (?:got|have) it|you're right|looks? (?:good|right)|sounds? (?:good|right|great)"
    r"|(?:go|please) (?:ahead|do)|okay|ok|uh[- ]?huh|mm[- ]?hmm?|mhm|affirmative|spot on|no(?:t a)? (?:problem|worries|doubt|mistakes?|errors?|typos?)|why not|nothing(?:'s| is)? wrong"
    r"|i'm afraid so|(?:(?:one|a) )?hundred percent|dead on|(?:you(?:'ve| have) )?got it|quite so|i agree|not wrong|that'll (?:do|work)|that will (?:do|work)|10-4|ten four|nailed it|i (?:guess|think|believe|suppose)(?: so)?\W*$|i (?:guess|think|believe|suppose) so|by all means|for sure|yes please)(?:\b|$)(?! not\b)",
    re.IGNORECASE,
)
# "No, no, that's right" and "yeah no that's correct" say yes in the end.
_YES_AFTER_ALL = re.compile(
    r"\b(?:(?:that(?:'s| is)|it(?:'s| is)|you(?:'re| are)) (?:all |absolutely |exactly |quite |totally )?"
    r"(?:right|correct|it|perfect|fine|good|great|the one)|(?:sounds|looks) (?:good|right|correct|great)"
    r"|you (?:got|have) it(?!\W+(?:\w+ )?(?:wrong|incorrect))|no (?:problem|mistakes?|errors?|changes)"
    r"|(?:that|this|it)(?:'s| is) my (?:e-?mail|name|number|address|phone)(?: (?:address|number))?(?=\W*$))\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not(?! a problem)|never|isn't|ain't|wasn't|haven't|hasn't|don't think (?:that's|that is|it's|so))\b(?: \w+)? ?(?:right|correct|it|the (?:right )?one|good|fine|so|true)?\b"
    r"|\b(?:nothing|none)\b[^,.]*\b(?:right|correct|it|true|good)\b|n't (?:right|correct|sound|look)|\bnot (?:right|correct|it)\b",
    re.IGNORECASE,
)
_MISTAKEN = re.compile(
    r"\b(?:that|that's|that is|it's|it is|this is|got it|have it|is|was)\b(?: \w+)? "
    r"(?:wrong|incorrect|mistaken|false)\b(?! with)",
    re.IGNORECASE,
)
"""What is wrong is not right, whatever stands before: "yes, that's totally wrong"."""
_ALMOST = re.compile(r"\b(?:almost|nearly|close|not quite)\b", re.IGNORECASE)
_REST = re.compile(
    r"\W+|\b(?:that|that's|it|it's|is|this|i|i'm|you|your|the|a|and|um+|uh+|well|so|oh|just|quite|one|all|very|really)\b",
    re.IGNORECASE,
)
"""What may stand beside a yes and a no without saying more."""
_CONTRADICTED = re.compile(
    r"\W*(?:yes|yeah|yep|yup|correct|right)\W+not (?:right|correct)\W*", re.IGNORECASE
)
"""Nobody says so: most often "yes, that's right", misheard. It is asked again."""
_UNDECIDED = re.compile(
    r"\bnot (?:for |so |too |really |quite |entirely |a hundred percent )?sure\b", re.I
)
_TAG = re.compile(r",?\s*\b(?:isn't it|is it not|right)\?\s*$", re.IGNORECASE)
_REFUSAL = re.compile(
    r"\b(?:(?:i(?:'d| would) )?(?:rather|prefer) not(?: to)?|(?:i(?:'d| would)? )?rather (?:keep|leave) (?:that|it)"
    r"|(?:i )?(?:don't|do not|won't|will not|can't|cannot|wouldn't) (?:really )?(?:want|like|wish|care|feel comfortable|feel like) ?(?:to )?(?:giv|shar|say|tell|hand|provid)\w*"
    r"|^\W*not comfortable\b|(?:i )?(?:won't|will not|can't|don't) (?:give|share|tell|hand) (?:you |out |it |that |my )"
    r"|i(?:'m| am) not (?:giving|going to (?:give|tell|share)|comfortable|sharing|telling|willing)|none of your business|that's private|it's private"
    r"|(?:let's |can we |just )?skip (?:it|that|this)(?: one)?|^\W*skip\W*$|pass on that|^\W*(?:i'll )?pass\W*$"
    r"|^\W*i (?:don't|do not) know\W*$|that(?:'s| is) (?:personal|confidential|a secret)|it's (?:personal|confidential|a secret)"
    r"|(?:stay|remain|be|keep (?:it|me)) anonymous|(?:i )?(?:won't|will not|refuse|decline)(?: to)?(?: (?:say|tell|answer)(?: (?:it|that|you))?)?\W*$"
    r"|^\W*(?:not today|never ?mind|forget (?:it|that|about it)|no way|absolutely not|definitely not|i'm good)\W*$|feel like it\b|^\W*no name\b"
    r"|(?:i )?(?:don't|do not|haven't|have not) (?:have|got|use|own) (?:one|any|an? (?:e-?mail|phone|number|mobile|address|company|cell)|e-?mail)"
    r"|(?:there is|there's|i've got|i have|we have|i got) no (?:e-?mail|phone|number|mobile|company)|^\W*no (?:e-?mail|phone|number|company)(?: address)?\b"
    r"|do(?:n't| not) have (?:that|one)|don't do e-?mail"
    r"|(?:i'd|i would) like to (?:stay|remain) anonymous|no,? thank(?:s| you)|no,? i(?:'d| would) rather not|why should i (?:give|tell)|no comment|leave (?:it|that) (?:blank|empty|out)|(?:let's|can we) move on|next question|(?:i )?(?:don't|do not) wanna (?:say|tell|give|share)|^\W*not telling\b|(?:i )?(?:don't|do not|can't|cannot) (?:remember|recall)(?: (?:it|that|my|the)\b.*)?\W*$|(?:i )?(?:don't|do not) know (?:it|my|the|that)\b.{0,24}$|you (?:don't|do not) need (?:that|it|my)|^\W*(?:not (?:right )?now|(?:maybe )?(?:later|another time))\W*$|^\W*do i (?:really )?have to\W*$|^\W*i(?:'ve)? forg[eo]t(?:ten)?(?: (?:it|that))?\W*$)(?:\b|$)",
    re.IGNORECASE,
)
_WHOLE_NO = re.compile(r"^\W*(?:no|nope|nah|none)\W*(?:thanks|thank you|sorry)?\W*$", re.IGNORECASE)
_LEADING = re.compile(
    r"^\W*(?:(?:yes|yeah|yep|no|nope|nah|sorry|actually|wait|well|um|uh|oh(?!\W+(?:\d|zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)\b)|but|almost|close|nearly|it's|its|it is|it should be"
    r"|that should be|should be|that's|that is|not quite|not exactly|that's (?:not (?:right|it|correct|quite right)|wrong)"
    r"|that is (?:not (?:right|it|correct)|wrong)|it's wrong|wrong|incorrect|not right|not correct|i said|i meant|you got it wrong)\b\W*)+",
    re.IGNORECASE,
)


def parse_yes_no(text: str) -> bool | None:
    """True, False, or None when it is neither (or both)."""
    plain = text.replace("’", "'")
    tagged = _TAG.sub("", plain)
    plain = _UNDECIDED.sub("", tagged or plain)
    if _CONTRADICTED.fullmatch(plain):
        return None
    if _ALMOST.search(plain) and not _YES_AFTER_ALL.search(plain):
        return False
    after_all = _YES_AFTER_ALL.search(plain)
    if after_all and not _DENIED.search(plain):
        return True
    if _MISTAKEN.search(plain):
        return False
    yes, no = _YES.search(plain), _NO.search(plain)
    if no and _DENIED.search(plain):
        last = list(_YES_AFTER_ALL.finditer(plain))
        denied = list(_DENIED.finditer(plain))
        # "No, not a problem, that's right": what comes last counts.
        return bool(last) and last[-1].start() > denied[-1].end()
    if yes and no:
        if _REST.sub("", _YES.sub("", _NO.sub("", plain))).strip():
            # "No, okay, oh, W, A, L …": with more to it, what came first is the answer.
            return yes.start() < no.start()
        # "yeah, no" and "no, right": the last word counts.
        return yes.start() > no.start()
    if yes:
        return True
    if no:
        return False
    return None


def is_refusal(text: str) -> bool:
    """True when the caller won't give what was asked for, or has none."""
    plain = text.replace("’", "'")
    return bool(_REFUSAL.search(plain) or _WHOLE_NO.search(plain))


def without_yes_no(text: str) -> str:
    """What is left of "no, it's jon at example dot com" when the answer is taken off."""
    return _LEADING.sub("", text.replace("’", "'"))
