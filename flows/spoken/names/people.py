"""Names of people: "it's Smith, S M I T H", "Jon with no h", "last name Miller, first name Bob".

What is said around a name is taken away step by step, each step a pattern beside an example of it;
what is left is a name, a spelling (`spelling`), or none (`words`).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from flows.spoken.letters.as_words import with_letters
from flows.spoken.letters.likeness import alike
from flows.spoken.letters.modifiers import apply_modifiers
from flows.spoken.names.denied import without_denied_spellings
from flows.spoken.names.familiar import FIRST_NAMES, LAST_NAMES, is_familiar
from flows.spoken.names.spelling import spelled_name
from flows.spoken.names.words import EXCLAMATIONS, GENERATIONS, HESITATIONS, NO_NAME, cased

MAX_WORDS = 5


def _pattern(*alternatives: str) -> str:
    return "|".join(alternatives)


FILLER = (
    r"(?:(?:um+|uh+|er+|(?:just |one )?a? ?moment|wait|ja|ä+h+m?|also|das ist|na gut|na ja|well|so|hi|hello|hey|yes|yeah|yep|sure|okay|ok|oh|no (?:problem|worries)|no|of course"
    r"|certainly|and|actually|sorry|hmm?|u+gh|argh|jeez|gosh|(?:look|listen|fine)(?=,))\W+)*"
)
_BOOKING = r"(?:reservation|booking|appointment|account|policy|order)"
_IT_IS = r"(?:it|that)(?:'s| is)|(?:you can )?(?:please )?put (?:it|me|us)"
_LEADS = _pattern(
    # "My full name is", "our company's name would be", "the name is called"
    r"(?:my|the|our|that) (?:full |first |last |whole |company |company's |business |business's |firm's |sur|family |given )*"
    r"(?:name|company|business|firm|surname)(?:'s| is| would be| should be| was)?(?: called| named)?",
    # "Put it under the name of", "the booking is in the name"
    rf"(?:{_IT_IS}|(?:the|my) {_BOOKING} is)? ?\b(?:under|in) (?:the |(?:my|our|his|her|their) (?:\w+'s )?)name(?: of)?(?:,? (?:it's|it is|that's|that is|which is|so))?",
    # "It's under", "my order is under"
    rf"(?:{_IT_IS}|(?:the|my) {_BOOKING}(?:'s| is))? ?\bunder",
    # "My husband's name is"
    r"(?:my|our|his|her|their) (?:\w+'s )?(?:full )?name(?:'s| is| would be)",
    # "Full name", "this is", "it's me again"
    r"(?:first |last |full )?name(?:'s| is)?|this is|(?:it's|it is) me(?: again)?",
    r"it is|it's|its|it's called|i am|i'm|that's|that is|that would be",
    # "Everybody calls me", "put me down as"
    r"call me|(?:you can|they|people|everyone|everybody|friends) calls? me|(?:you can )?put (?:down|me down as)",
    # "We're called", "my friends call me"
    r"we(?:'re| are)(?: called| with| from)?|the company is|my (?:friends|family|parents) call me",
    r"i go by|i(?:'m| am) called|speaking is|you're speaking (?:with|to)|make it|for|just",
)
LEAD_IN = re.compile(
    rf"^\W*{FILLER}(?:{_LEADS})?(?:\s+(?:called|named|just|actually|really))*\W*", re.IGNORECASE
)
"""What comes before a name."""
_ANNOUNCES = re.compile(
    r"\b(?:name(?:'s| is)|this is|i'm|i am|call me|it's|it is)\W+$", re.IGNORECASE
)
"""A lead-in after which nearly anything is a name."""
_LATE_LEAD_IN = re.compile(
    r"^(?:(?!n't|\bnot\b|\brather\b).)+"
    r"(?:\b(?=my (?:full )?name(?:'s| is)\b)|[,.!?]\s*(?=(?:i'm|i am|this is|it's|it is) \w))",
    re.IGNORECASE,
)
"""What comes before "my name is": "okay I'm back, …", "What's yours? …"."""
_TAILS = _pattern(
    r"please|thanks|thank you|actually|though|instead|speaking|here|again|is my name|is the name|that's me",
    r"i(?:'ve)? (?:just |already )?(?:told you|said(?: that| so)?)(?: already)?",
    r"by the way|that's it|and that's it|if you like|for short|on the line|calling",
    r"(?:nice|good|pleased) to meet you|how are you|(?:is|'s) (?:fine|good|okay|enough)|will do",
)
TAIL = re.compile(rf"(?:\W+(?:{_TAILS}))+\W*$", re.IGNORECASE)
"""What comes after a name."""

_FIRST, _LAST = r"(?:first|given)", r"(?:last|family|sur)"
_HALVES = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # "John is my first name and Smith is my last name"
        rf"\b(?P<first>[^\W\d_]+)(?:'s| is) my {_FIRST}(?: name)?\b.*?"
        rf"\b(?P<last>[^\W\d_]+)(?:'s| is) (?:my|the) {_LAST}(?: ?name)?\b",
        # "First name Jane, last name Smith"
        rf"\b(?:and )?(?:my )?{_FIRST} name(?:'s| is)?\s+(?P<first>.+?)[,.]?\s+"
        rf"(?:and )?(?:my )?{_LAST} ?name(?:'s| is)?\s+(?P<last>.+)$",
        # "Last name Smith, first name Jane"
        r"^\W*(?:my |the )?(?:last name|surname)(?:'s| is)?\W+(?P<last>.+?),?\W+first name(?: is)?\W+(?P<first>.+)$",
        # "Smith, first name Jane"
        r"^(?P<last>\w.*?)[,.]?\s+(?:and )?(?:my |the )?first name(?:'s| is)?\s+(?P<first>.+)$",
        # "Jane, and the last name is Smith"
        rf"^(?P<first>\w.*?)[,.]?\s+(?:and )?(?:my |the )?{_LAST} ?name(?:'s| is)?\s+(?P<last>.+)$",
    )
)
"""The two halves of a name, told apart."""

_TITLES = {"doctor": "Dr", "mister": "Mr", "missus": "Mrs", "professor": "Professor"}
_PARTICLES = frozenset("van von der den de del della di da dos la bin al ten ter".split())
"""Small in the middle of a name when they were written so."""
_ALSO_NAMES = frozenset(["will"])
"""Small words that are names where a name is announced ("my name is Will") or a last name follows."""
_STATES = re.compile(
    rf"^\W*{FILLER}(?:i'm|i am)\W+(?:so|really|very|totally|completely|absolutely|quite|pretty|kind|just|still|all|too|a bit|already|only"
    r"|ganz|total|sehr|völlig|etwas|gerade|noch|schon|nur|auch|zu|echt|ziemlich|wirklich|hier|im|am|in|ein bisschen)\W+(?=[^\W\d_])",
    re.IGNORECASE,
)
""" "I'm so confused": how somebody is, not what they are called."""
_STATES_IN_SMALL = re.compile(rf"^\W*{FILLER}(?:I'm|I am|i'm)\s+(?P<rest>[a-zäöüß][a-zäöüß ]*)\W*$")
""" "I'm confused", from a recogniser that knows capitals."""
_CONTRACTED = re.compile(r"(?:'(?:ll|re|ve|m|d)|n't)$")
_FROM = re.compile(r"\s+(?:calling )?(?:from|over at)\s+\S.*$", re.IGNORECASE)
"""Where somebody is from, after their name."""
_FROM_OR_WITH = re.compile(r"\s+(?:(?:calling )?(?:from|over at)\s+\S|with (?=[A-Z][a-z])).*$")
_NEXT_MATTER = re.compile(
    r"[,.]?\s+and\s+(?:i|i'm|i am|i'd|i've|my|it's|you|we)\b.*$", re.IGNORECASE | re.DOTALL
)
"""What is said after a name: "… and I'm calling about my car"."""
_LAST_FIRST = re.compile(r"^\W*(?P<last>[^\W\d_]+),\s+(?P<first>[^\W\d_]+)\W*$")
""" "Smith, Jane", as in a list."""
_LAST_SAID_FIRST = re.compile(
    r"^(?:(?:frau|herr|mrs?|miss|ms|mister|missus)\.? )?(?P<last>[^,]+?),?\s+(?=\S.*\s(?P=last)$)",
    re.IGNORECASE,
)
""" "Bond, James Bond", "Mrs Johnson, Margaret Johnson"."""
_ASIDES = _pattern(
    # "…, but everybody calls me Bob", "…, like the jeans"
    r"(?:it's |that's )?short for\b|but (?:everybody|everyone|people|they|you can|my friends|i go by)\b|(?:just )?like (?:the|in)\b",
    # "O'Brien, with an apostrophe", "… and my number is"
    r"with an? (?:apostrophe|hyphen|dash|accent)\b",
    r"(?:and )?my (?:(?:phone|cell|mobile|telephone) )?(?:number|e-?mail|address)\b",
    # "…, the usual spelling", "… spelled just like it sounds"
    r"(?:with |in )?(?:the |a )?(?:usual|normal|regular|standard|common|traditional|ordinary) (?:spelling|way)\b",
    r"(?:(?:it's |that's )?(?:spelled|spelt|spelling is) )?(?:just |exactly )*(?:like|as|the way|how) (?:it|you|they)(?:'d)? "
    r"(?:sounds?|say it|think)\b",
    # "… calling about my roof", "…, sorry about the noise"
    r"(?:calling|ringing|phoning|here) (?:about|because|for|to|regarding)\b",
    r"sorry (?:about|for|if|i|i'm|my|the)\b",
)


def _step(
    pattern: str, new: str | Callable[[re.Match[str]], str], *, flags: int = re.IGNORECASE
) -> Callable[[str], str]:
    compiled = re.compile(pattern, flags)
    return lambda text: compiled.sub(new, text)


def _with_letters(match: re.Match[str]) -> str:
    rest = match.string[match.end() :].strip().casefold()
    return "" if rest.startswith("with") else " with"


def _with_apostrophe(match: re.Match[str]) -> str:
    rest = re.sub(r"[^A-Za-z]", "", match[2])
    return f"{match[1].upper()}'{rest.capitalize()}"


def _generation(match: re.Match[str]) -> str:
    return f" {GENERATIONS[match[1].casefold()]}"


_BEFORE: tuple[Callable[[str], str], ...] = (
    # "Um, Jane"
    _step(r"\b(?:um+|uh+|erm?|hmm+)\b[,.…]*\s+(?=\w)", "", flags=0),
    # "My name? Susan."
    _step(r"^\W*(?:(?:oh|okay|sure|well) )?my (?:full )?name\?\s*(?=\w)", ""),
    str.strip,
    # "Robert, Bob for short"
    _step(r"(?<=\w),\s+(?:or )?\w+ for short\b", ""),
    # "McDonald with a capital D": says what `cased` knows
    _step(r",? with (?:an? )?capital [a-z]\b", ""),
    # "Smith comma John"
    _step(r"\s+comma\b", ","),
    without_denied_spellings,
)
_STEPS: tuple[Callable[[str], str], ...] = (
    # "Phillips, that's two ls"
    _step(
        r"(?<=\w)[,.]?\s+(?:and )?(?:that's|it's|that is|it has|there's|there are)"
        r"(?= (?:with |(?:one|two|double|a double) [a-z](?:'?s)?\b))",
        _with_letters,
    ),
    _step(rf"[,.]?\s+(?:{_ASIDES}).*$", "", flags=re.IGNORECASE | re.DOTALL),
    # "Henry Ford the second"
    _step(r"\s+the (second|third|fourth)$", _generation),
    # "O apostrophe B R I E N"
    _step(
        r"\b([A-Za-z])[ -]+apostrophe[ ,]+((?:[A-Za-z][ ,.-]+)+[A-Za-z])(?![A-Za-z])",
        _with_apostrophe,
    ),
    # "J O H N, new word, S M I T H"
    _step(
        r"\W+(?:(?:and )?(?:then )?(?:an? )?(?:space|new word|next word|second word))\b[,.]?\s+(?=[A-Za-z]\b)",
        " then ",
    ),
    # "Jean hyphen Luc", "O apostrophe Brien"
    _step(r"\s+(?:hyphen|dash)\s+", "-"),
    _step(r"\b([A-Za-z])\s+apostrophe\s+(?=\w)", r"\1'"),
    # "Lee, double e"
    _step(
        r"(?<=\w\w)(?:,|\s+with)?\s+(?:a )?double (?P<letter>[a-z])$", r" with double \g<letter>"
    ),
    apply_modifiers,
)
"""One thing undone after another; each sees what those before it left."""


def parse_name(text: str) -> str | None:
    """The name in `text`, written as names are; None when there is none."""
    text = text.replace("’", "'")
    for step in _BEFORE:
        text = step(text)
    text = with_letters(text)
    halves = next((found for form in _HALVES if (found := form.search(text))), None)
    if halves:
        first, last = parse_name(halves["first"]), parse_name(halves["last"])
        return f"{first} {last}" if first and last else None
    asked = _LATE_LEAD_IN.sub("", text)
    led = LEAD_IN.match(asked)
    announced = led is not None and _ANNOUNCES.search(led.group()) is not None
    said = _alone(TAIL.sub("", LEAD_IN.sub("", asked, count=1)).strip(" .,!?"), announced)
    if listed := _LAST_FIRST.match(said):
        first, last = listed["first"], listed["last"]
        told = first.casefold() in FIRST_NAMES and last.casefold() in LAST_NAMES - FIRST_NAMES
        said = f"{first} {last}" if told else said
    for step in _STEPS:
        said = step(said)
    spelled = spelled_name(said)
    if spelled is not None:
        return _with_capitals(spelled, said)
    if any(character.isdigit() or character == "@" for character in said) or "?" in asked:
        return None
    if tells_a_state(text):
        return None
    words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?", _LAST_SAID_FIRST.sub("", said))
    if not _are_a_name([word.casefold().strip(".") for word in words], announced):
        return None
    words = _without_short_form(_without_repeats(words), said)
    written = [cased(_TITLES.get(word.casefold(), word.strip(".,"))) for word in words]
    inside = [
        word if word in _PARTICLES else name for word, name in zip(words, written, strict=True)
    ]
    return " ".join([written[0], *inside[1:-1], *written[1:][-1:]])


def tells_a_state(text: str) -> bool:
    """ "I'm so confused"; "I'm tired", where a name would have a capital."""
    if _STATES.search(text) and not is_familiar(_STATES.sub("", text)):
        return True
    small = _STATES_IN_SMALL.search(text)
    return small is not None and text[:1].isupper() and not is_familiar(small["rest"])


def _alone(said: str, announced: bool) -> str:
    """A name without what the caller is calling about, and without where they are from."""
    if not re.match(r"(?:my |the )?(?:last|sur)", said, re.IGNORECASE):
        matter = _NEXT_MATTER.search(said)
        if matter and (announced or said.split()[0].casefold() in FIRST_NAMES):
            said = said[: matter.start()]
    place = (_FROM_OR_WITH if announced else _FROM).search(said)
    if place and (announced or is_familiar(said[: place.start()])):
        said = said[: place.start()]
    return said


def _are_a_name(words: list[str], announced: bool) -> bool:
    """True unless one of the words (in lower case) is hardly part of a name."""
    if not words or len(words) > MAX_WORDS or EXCLAMATIONS.issuperset(words):
        return False
    if not announced and HESITATIONS.issuperset(words):
        return False
    alone = len(words) == 1
    allowed = _ALSO_NAMES if announced or alone or words[-1] in LAST_NAMES else frozenset()
    if announced or words[0] in FIRST_NAMES:
        # "Nathan Price"
        allowed |= LAST_NAMES
    none = any(word in NO_NAME and word not in allowed for word in words)
    return not none and not any(_CONTRACTED.search(word) for word in words)


def with_name(name: str, new: str) -> str | None:
    """`name` with the one that was said again, `new`, in its place: the one it resembles, or as
    people are called, or the last; None when `new` is no part of it."""
    words = name.split()
    if len(new.split()) != 1 or len(words) < 2:
        return None
    hits = [index for index, word in enumerate(words) if alike(word, new)]
    first = new.casefold() in FIRST_NAMES and new.casefold() not in LAST_NAMES
    place = hits[0] if len(hits) == 1 else 0 if first else -1
    words[place] = new
    return " ".join(words)


def _with_capitals(name: str, said: str) -> str:
    """ "McDonald, M C D O N A L D": a spelling says nothing of capitals, the name before it does."""
    for word in re.findall(r"\b[^\W\d_]+[a-z][A-Z][a-z]+\b", said):
        name = re.sub(rf"\b{word}\b", word, name, flags=re.IGNORECASE)
    return name


def _without_repeats(words: list[str]) -> list[str]:
    """ "Jon, Jon" is one name: a word said again at once. "J J" are two initials."""
    plain = [word.casefold().strip(".") for word in words]
    return [
        word
        for index, word in enumerate(words)
        if not index or plain[index] != plain[index - 1] or len(plain[index]) == 1
    ]


def _without_short_form(words: list[str], said: str) -> list[str]:
    """ "Mike. Michael Jones": who says the whole name after the short one means the whole."""
    short = re.match(r"([^\W\d_]{2,})[.,]\s", said)
    if short is None or len(words) < 3 or words[0].strip(".") != short[1]:
        return words
    begins_alike = words[1][:2].casefold() == short[1][:2].casefold()
    first = {words[0].casefold().strip("."), words[1].casefold()} <= FIRST_NAMES
    return words[1:] if begins_alike and first else words
