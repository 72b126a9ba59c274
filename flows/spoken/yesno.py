"""Yes, no, and "I'd rather not", in the colours people give them."""

from __future__ import annotations

import re

from flows.spoken.languages.known import in_english


def _any_of(*phrases: str) -> re.Pattern[str]:
    """Whole words anywhere in a sentence."""
    return re.compile(rf"\b(?:{'|'.join(phrases)})(?:\b|(?<=\W)|$)", re.IGNORECASE)


def _sentence(*phrases: str) -> re.Pattern[str]:
    """One of the phrases and nothing else, but for small words around it."""
    around = r"(?:(?:no+|nope|nah|sorry|well|um+|uh+|oh|please|thanks|thank you|actually|hmm+|okay|then)\W+)*"
    return re.compile(
        rf"^\W*{around}(?:{'|'.join(phrases)})(?:\W+(?:please|thanks|thank you|sorry|then|really))*\W*$",
        re.IGNORECASE,
    )


_NO = _any_of(
    # A no.
    r"no+(?!\s+(?:problem|worries|doubt|need to change|changes|mistakes?|errors?|typos?|objection)\b)",
    r"nope|nah|naw|nuh[- ]?uh|uh[- ]uh|mm-mm|no way|never|negative|nein",
    # What it isn't.
    r"not (?:quite(?! wrong)|right|correct|really|exactly|good|at all|it|that|so much|the (?:one|right))",
    r"that's not(?! a problem)|that isn't|that is not|it's not|it isn't|it is not",
    r"isn't|wasn't|ain't|doesn't|(?:haven't|hasn't|have not|has not) (?:got|it|been)",
    r"(?:nothing (?:is|was|about it is|of it is|there is) (?:right|correct|true)|none of (?:it|that|this|them))",
    # Softened, or sure.
    r"(?:absolutely|definitely|certainly|of course|surely|for sure|totally|indeed|unfortunately|rather"
    r"|i (?:guess|think|believe|suppose|hope)|i'm afraid|i am afraid) not",
    r"not yet|(?:don't|do not|didn't) (?:think|believe)(?! (?:anything|there))|untrue|disagree|didn't say",
    r"(?:please )?don't(?=\W*$)|i do not(?=\W*$)|(?:i )?wouldn't\W*$",
    # What is wrong with it.
    r"(?<!not )wrong|incorrect|false|close(?:,)? but|almost|try again",
    r"(?:letter|digit|number|character|dot|sign|name|part|bit|one)s? (?:is |are |was |were )?(?:off|missing|too (?:many|much|few))|(?:letter|digit|number)'s (?:off|missing)",
    r"(?:something|somewhere)(?:'s| is) (?:off|missing|wrong)|you(?:'ve| have)? (?:missed|forgot|forgotten|left out|skipped|dropped|swapped|mixed up)(?! nothing)",
    r"you (?:didn't|did not|don't) (?:quite |really )?(?:get|got|have|hear)",
    # It is no longer so.
    r"(?:that's|it's|that is|it is|that was) (?:my|an?|the) (?:old|former|previous) (?:one|number|e-?mail|address|name)|not any ?more|no longer|(?:it|that) used to be",
    r"i(?:'ve)? changed (?:it|that)|(?:don't|do not) (?:use|have) (?:it|that)(?: one)? any ?more",
    # It is to be changed.
    r"(?:let me|(?:need|have|want|like) to|(?:can|could) (?:you|i|we)|please) (?:correct|fix|change) (?:that|it|this)\W*$",
    r"(?<!no )(?:mistake|error|typo)s?|mis-?sp(?:elled|elt)|mis-?(?:heard|understood|took)",
)
_YES = re.compile(
    r"(?<!\bnot )\b(?:"
    + "|".join(
        (
            # A yes.
            r"yes|yeah|yea|yeap|yep|yup|yah|ya|ye|yas+|yess+|yessir|aye|ja|roger|uh[- ]?huh|mm[- ]?hmm?|mhm|affirmative",
            r"yes please|okay|ok|kay|sure|surely|you bet|bingo|10-4|ten four|(?:go|please) (?:ahead|do)|by all means|why not",
            # It is right.
            r"(?<!let me )(?<!to )(?<!can you )(?<!could you )correct(?! (?:my|the|your|this|(?:that|it)(?!'))\b)|right|true|exactly|precisely|absolutely|definitely|certainly|of course|totally|indeed|agreed|for sure|positive|bang on",
            r"perfect|great|good|fine|cool|awesome|alright|all right|spot on|dead on|nailed it|quite so|not wrong",
            r"that's (?:it|me|right|correct|fine|good|the one|perfect|great)|that is (?:it|me|right|correct|the one)",
            r"(?:that's|that is) (?:what i (?:said|meant)|how (?:it's|it is|you) (?:spelled|spelt|spell(?: it)?|written|write(?: it)?|said|say(?: it)?))",
            r"looks? (?:good|right)|sounds? (?:good|right|great)|that works|(?:that|it) checks out|works for me|that'll (?:do|work)|that will (?:do|work)",
            r"you (?:got|have) it|(?:you(?:'ve| have) )?got it|you're right|i agree|it is|it does|i do|i am|i would",
            r"(?:(?:one|a|100) )?(?:hundred percent|percent)|i (?:guess|think|believe|suppose)(?: so)?\W*$|i (?:guess|think|believe|suppose) so|i'm afraid so",
            # Nothing is wrong with it.
            r"no(?:t a)? (?:problem|worries|doubt|mistakes?|errors?|typos?)|nothing(?:'s| is)? wrong",
        )
    )
    + r")(?:\b|(?<=%)|$)(?! not\b)",
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
    r"\b(?:not(?! a problem)|never|isn't|ain't|wasn't|haven't|hasn't|(?:don't|do not) (?:think|believe)|(?:didn't|did not|don't|doesn't|haven't) (?:quite )?(?:get|got|have|hear|say)|don't think (?:that's|that is|it's|so))\b(?: \w+)? ?(?:right|correct|it|the (?:right )?one|good|fine|so|true)?\b"
    r"|\b(?:nothing|none)\b[^,.]*\b(?:right|correct|it|true|good)\b|n't (?:right|correct|sound|look)|\bnot (?:right|correct|it)\b",
    re.IGNORECASE,
)
_MISTAKEN = re.compile(
    r"\b(?:that|that's|that is|it's|it is|this is|got it|have it|is|was)\b(?: \w+)? "
    r"(?:wrong|incorrect|mistaken|false)\b(?! with)",
    re.IGNORECASE,
)
"""What is wrong is not right, whatever stands before: "yes, that's totally wrong"."""
_EXCEPT = re.compile(r"\b(?:except|apart from|other than|all but|everything but)\b", re.IGNORECASE)
""" "Yes, except for the last digit": not all of it."""
_ALMOST = re.compile(r"\b(?:almost|nearly|close|not quite)\b", re.IGNORECASE)
_REST = re.compile(
    r"\W+|\b(?:that|that's|it|it's|is|this|i|i'm|you|your|the|a|and|sorry|wait|actually|i mean|um+|uh+|well|so|oh|just|quite|one|all|very|really)\b",
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
_GIVE = (
    r"(?:giv\w*|shar\w*|say\w*|tell\w*|hand\w*|provid\w*|answer\w*|disclos\w*|reveal\w*|leav\w*)"
)
_ASKED = r"(?:that|it|this|one|(?:my|your) \w+(?: \w+)?)"
_DETAIL = r"(?:e-?mail(?: address)?|phone(?: number)?|number|mobile|address|company|cell|landline)"
_REFUSAL = _any_of(
    # They would rather not.
    r"(?:rather|prefer) not(?: to)?|prefer to not|rather (?:you (?:didn't|don't)|keep|leave)",
    r"(?:don't|do not|won't|will not|can't|cannot|wouldn't|not sure i)(?: really| think i)? (?:want|like|wish|care|feel comfortable|feel like) ?"
    rf"(?:to |(?:with )?)?{_GIVE}",
    rf"(?:don't|do not) want you to|(?:don't|do not) wanna (?:say|tell|give|share)|something i (?:want|like|wish) to {_GIVE}",
    r"(?:don't|do not|not)(?: really)? (?:feel )?comfortable(?! with (?:english|german))|feel like it",
    # They won't.
    r"(?:won't|will not|can't|don't|never|not going to|refuse to|decline to) (?:give|share|tell|hand) (?:you |out |it |that |my |anyone )",
    rf"not (?:giving|sharing|telling|willing|going to {_GIVE})|(?:can't|cannot|may not|won't) have (?:my|(?:it|that)(?=\W*$))",
    r"(?:don't|do not) trust you|why (?:should|would|must) i (?:give|tell|say|share)|not over the phone",
    # It is private, or not needed.
    r"none of your business|mind your (?:own )?(?:damn )?business|(?:that|it)(?:'s| is) (?:personal|private|confidential|a secret)|no comment",
    rf"keep (?:{_ASKED}|me) (?:private|to myself|anonymous|secret)|(?:stay|remain|be) anonymous",
    r"you (?:don't|do not|won't) need (?:that|it|my)|do (?:it )?without(?: (?:it|that))?(?=\W*$)",
    # On to the next thing.
    r"skip (?:it|that|this)(?: one)?|pass on that|leave (?:it|that) (?:blank|empty|out)|(?:let's|can we) move on|next question",
    r"no,? thank(?:s| you)|no,? i(?:'d| would) rather not",
    # They have none.
    rf"(?:don't|do not|haven't|have not|have never)(?: \w+)? (?:have|got|had|use|own) (?:one|any(?=\W*$)|an? {_DETAIL}|e-?mail)",
    r"(?:there is|there's|i've got|i have|we have|i got) no (?:e-?mail|phone|number|mobile|company)",
    r"(?:do(?:n't| not) have (?:that|one)|don't do e-?mail|haven't one|there isn't (?:one|any))",
)
""" "I'd rather not give my number, sorry"; what stands around it doesn't matter."""
_REFUSES = _sentence(
    r"(?:i (?:just |really )?)?(?:won't|will not|refuse|decline|can't|cannot)(?: to)?(?: (?:say|tell|answer|do)(?: (?:it|that|you))?)?",
    r"i(?:'d| would)?(?: just| really)? (?:don't|do not|rather not|not)(?: really)? (?:want|wish|like|care|think so)(?: to)?",
    r"i(?: just| really)* (?:don't|do not)(?: really| think i)? (?:want|wish|like|care|wanna)(?: to)?|i(?:'d| would) rather (?:not|leave it)",
    r"i(?:'m| am) (?:not (?:going to|comfortable|willing)|good|fine)|(?:i )?(?:don't|do not) think so|not comfortable|not telling|not happening|prefer not",
    r"skip|(?:i'll )?pass|next|(?:stay |keep me )?anonymous|not today|never ?mind|forget (?:it|that|about it)|no way|leave me alone",
    r"(?:absolutely|definitely) not|not (?:right )?now|(?:maybe )?(?:later|another time)|no name",
    rf"no {_DETAIL}|(?:i )?(?:don't|do not|can't|cannot) (?:know|remember|recall)|i(?:'ve)? forg[eo]t(?:ten)?(?: (?:it|that))?",
    r"no|nope|nah|none|do i (?:really )?have to",
)
_NOTHING_MORE = _sentence(
    r"(?:i think )?(?:that(?:'s| is|'ll be| will be)|that would be) (?:it|all|everything)(?: (?:for now|from me|really))?|nothing(?: (?:else|more))?(?: (?:i can think of|comes to mind|for now|really|from me))?",
    r"not (?:that i (?:can think of|know of)|really)|(?:all|i'm|we're) (?:good|set|fine)|i think (?:we're|i'm) (?:good|done|all set)",
)
""" "No, that's all", where something was only offered."""
_KNOWS_NOT = re.compile(
    r"^\W*(?:(?:sorry|no|oh|well|um|uh|unfortunately)\W+)*i (?:don't|do not|haven't|have not)(?: got| have)? (?:it|that|one|the|my|any|an?)\b[^,.;\d]{0,40}?"
    r"(?: (?:with me|here|handy|at hand|to hand|on me|right now|in front of me|at the moment|just now)){1,2}\W*$"
    r"|^\W*(?:(?:sorry|no|oh|well|um|uh|unfortunately)\W+)*i (?:don't|do not) have (?:any|an?) [\w -]{3,30}$"
    r"|\b(?:habe|hab) ich (?:leider |gerade |jetzt |grad |unfortunately )*(?:nicht|not) (?:dabei|zur hand|hier|da|parat|griffbereit|im kopf)\W*$"
    r"|\b(?:don't|do not) know (?:it|my|the|that)\b.{0,24}$"
    r"|\b(?:don't|do not|can't|cannot) (?:remember|recall) (?:it|that|my|the)\b.*\W*$",
    re.IGNORECASE,
)
_RELUCTANT = _sentence(
    r"why(?: (?:is that|that|so))?",
    rf"why (?:do|would) (?:you|they) (?:need|want|ask(?: for)?|require)(?: to (?:have|know))?(?: {_ASKED})?",
    rf"why (?:do|should|would|must) i(?: (?:have|need) to)?(?: (?:{_GIVE})(?: you)?(?: {_ASKED})?)?",
    rf"why (?:is|are) (?:{_ASKED}|you asking)(?: (?:necessary|needed|required|important|for (?:it|that|this)))?",
    rf"what (?:do|would|will|are) you (?:need|want|use|do|going to do|using)(?: (?:with )?{_ASKED})?(?: for)?|what(?:'s| is) {_ASKED} for|(?:and )?what for",
    rf"how (?:will|do|would) you use {_ASKED}|who (?:will|can|gets to|is going to) (?:see|have|read|get) {_ASKED}|what happens (?:with|to) {_ASKED}",
    rf"(?:is|was) {_ASKED}(?: really| absolutely)? (?:necessary|needed|required|mandatory|optional)",
    rf"do you(?: really| actually)? (?:need|have to (?:have|know)) {_ASKED}",
    rf"(?:do i(?: really| absolutely)? have to|must i|do i(?: really)? need to)(?: (?:{_GIVE})(?: you)?(?: {_ASKED})?)?",
    rf"(?:i )?(?:don't|do not) (?:see|understand|know) why you (?:would )?(?:need|want) {_ASKED}",
    rf"can(?:'t)? (?:i|we|you) (?:not|skip {_ASKED}|do (?:it |this |that )?without(?: {_ASKED})?|keep {_ASKED} to myself)",
)
""" "Why do you need that?", "do I have to?": no refusal yet, and no value either."""
_LEADING = re.compile(
    r"^\W*(?:(?:yes|yeah|yep|no|nope|nah|sorry|actually|wait|well|um|uh|oh(?!\W+(?:\d|zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)\b)|but|almost|close|nearly|it's|its|it is|it should be"
    r"|that should be|should be|that's|that is|not quite|not exactly|that's (?:not (?:right|it|correct|quite right)|wrong)"
    r"|that is (?:not (?:right|it|correct)|wrong)|it's wrong|wrong|incorrect|not right|not correct|i said|i meant|you got it wrong)\b\W*)+",
    re.IGNORECASE,
)


def parse_yes_no(text: str, language: str = "en") -> bool | None:
    """True, False, or None when it is neither (or both)."""
    plain = _plain(text, language)
    tagged = _TAG.sub("", plain)
    plain = _UNDECIDED.sub("", tagged or plain)
    if _CONTRADICTED.fullmatch(plain):
        return None
    if _EXCEPT.search(plain):
        return False
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


def is_refusal(text: str, language: str = "en") -> bool:
    """True when the caller won't give what was asked for, or has none."""
    plain = _plain(text, language)
    return any(pattern.search(plain) for pattern in (_REFUSAL, _REFUSES, _KNOWS_NOT))


def is_nothing_more(text: str, language: str = "en") -> bool:
    """True for "no, that's it": nothing is left to say."""
    return _NOTHING_MORE.search(_plain(text, language)) is not None


def is_reluctant(text: str, language: str = "en") -> bool:
    """True when the caller asks whether it is needed: "why do you need that?", "do I have to?"."""
    return _RELUCTANT.search(_plain(text, language)) is not None


def without_yes_no(text: str, language: str = "en") -> str:
    """What is left of "no, it's jon at example dot com" when the answer is taken off."""
    return _LEADING.sub("", _plain(text, language))


def _plain(text: str, language: str) -> str:
    return in_english(text, language, "text").replace("’", "'")
