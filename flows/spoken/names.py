"""Names of people and companies, with spelling: "it's Smith, S M I T H", "Jon with no h"."""

from __future__ import annotations

import re

from flows.spoken.characters import (
    alike,
    apply_modifiers,
    letters_from_capitals,
    misheard_words,
)
from flows.spoken.familiar import FIRST_NAMES, LAST_NAMES, is_familiar
from flows.spoken.vocabulary import ENGLISH
from flows.spoken.words import MIN_SPELLED, letter_at, tokens

MAX_WORDS = 5
MAX_COMPANY_WORDS = 8
_FILLER = r"(?:(?:um+|uh+|er+|well|so|hi|hello|hey|yes|yeah|yep|sure|okay|ok|oh|no (?:problem|worries)|no|of course|certainly|and|actually|sorry|hmm?)\W+)*"
_LEAD_IN = re.compile(
    rf"^\W*{_FILLER}"
    r"(?:(?:my|the|our|that) (?:full |first |last |whole |company |company's |business |business's |firm's |sur|family |given )*(?:name|company|business|firm|surname)(?:'s| is| would be| was)?(?: called| named)?"
    r"|(?:(?:it|that)(?:'s| is)|(?:you can )?(?:please )?put (?:it|me|us)|the (?:reservation|booking|appointment|account|policy|order) is)? ?\b(?:under|in) the name(?: of)?"
    r"|(?:(?:it|that)(?:'s| is)|(?:you can )?(?:please )?put (?:it|me|us)|(?:the|my) (?:reservation|booking|appointment|account|policy|order)(?:'s| is)) under"
    r"|(?:first |last |full )?name(?:'s| is)?|this is|(?:it's|it is) me(?: again)?|it is|it's|its|it's called|i am|i'm|that's|that is|that would be|call me|(?:you can|they|people|everyone|everybody|friends) calls? me|(?:you can )?put (?:down|me down as)"
    r"|we(?:'re| are)(?: called| with| from)?|the company is|my (?:friends|family|parents) call me|i go by|i(?:'m| am) called|speaking is|you're speaking (?:with|to)|make it|for|just)?"
    r"(?:\s+(?:called|named))?\W*",
    re.IGNORECASE,
)
_COMPANY_LEAD_IN = re.compile(
    rf"^\W*{_FILLER}"
    r"(?:(?:i|we) work (?:for|at|with)|i(?:'m| am) (?:with|from|at|calling from)|(?:they|we|people) call it"
    r"|(?:i|we) (?:own|run|founded)(?: an? (?:[\w ]+? )?(?:called|named))?"
    r"|(?:i|we) have (?:an? )(?:[\w ]+? )?(?:called|named))\s+(?=\w)",
    re.IGNORECASE,
)
_LATE_LEAD_IN = re.compile(
    r"^(?:(?!n't|\bnot\b|\brather\b).)+"
    r"(?:\b(?=my (?:full )?name(?:'s| is)\b)|[,.!?]\s*(?=(?:i'm|i am|this is|it's|it is) \w))",
    re.IGNORECASE,
)
"""What comes before "my name is": "okay I'm back, …", "What's yours? …"."""
_TAIL = re.compile(
    r"(?:\W+(?:please|thanks|thank you|actually|though|instead|speaking|here|again|is my name|is the name|that's me|by the way|that's it|and that's it|if you like|for short|on the line|calling"
    r"|(?:nice|good|pleased) to meet you|how are you|(?:is|'s) (?:fine|good|okay|enough)|will do))+\W*$",
    re.IGNORECASE,
)
_NO_NAME = frozenset(
    "yes no yeah yep nope sure okay ok what why how when where who which hello hi hey please thanks thank you "
    "sorry nothing none nobody maybe right correct wrong i me my your it that this the a an and or but is are was do "
    "does did can could would will want need have i'm i'd i'll don't not just about get go some any with for from "
    "in on at to of out if there here them they we us know think see tell say said call called calling make your "
    "same before already again spelling sounds usual busy driving she he phone number email address question information price help looking interested speaking "
    "next tomorrow today tonight people person table zero one two three four five six seven eight nine eleven twelve "
    "thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred thousand million dollars".split()
)
_NOT_ALONE = frozenset(
    "yes no yeah yep nope sure okay ok what why how hello hi hey please thanks sorry nothing none maybe right correct wrong".split()
)
_EXCLAMATIONS = frozenset(
    "shut up great alright fine good nice cool awesome perfect wow whatever interesting amazing funny weird "
    "really exactly true blah ridiculous unbelievable listening waiting taking forever done ready here whoa "
    "gosh damn ouch bless".split()
)
"""What callers call out; none of them alone is a name, though Larry Fine is."""
_SPELLING = frozenset(
    "spelled spelling spell spelt spells with dash letter letters that's it's is as in capital first last name and "
    "then my middle initial double".split()
)
_PARTS = re.compile(
    r"\b(?:and )?(?:(?:my )?(?:first|given) name(?:'s| is)?\s+(?P<first>.+?)[,.]?\s+)(?:and )?(?:(?:my )?(?:last|family|sur) ?name(?:'s| is)?\s+)(?P<last>.+)$",
    re.IGNORECASE,
)
_LAST_FIRST = re.compile(
    r"^\W*(?:my |the )?(?:last name|surname)(?:'s| is)?\W+(?P<last>.+?),?\W+first name(?: is)?\W+(?P<first>.+)$",
    re.I,
)
_THEN_FIRST = re.compile(
    r"^(?P<last>\w.*?)[,.]?\s+(?:and )?(?:my |the )?first name(?:'s| is)?\s+(?P<first>.+)$", re.I
)
_THEN_LAST = re.compile(
    r"^(?P<first>\w.*?)[,.]?\s+(?:and )?(?:my |the )?(?:last|family|sur) ?name(?:'s| is)?\s+(?P<last>.+)$",
    re.IGNORECASE,
)
_BOTH_AFTER = re.compile(
    r"\b(?P<first>[^\W\d_]+)(?:'s| is) my (?:first|given)(?: name)?\b.*?\b(?P<last>[^\W\d_]+)(?:'s| is) (?:my|the) (?:last|family|sur)(?: ?name)?\b",
    re.IGNORECASE,
)
_FORMS = (_BOTH_AFTER, _PARTS, _LAST_FIRST, _THEN_FIRST, _THEN_LAST)
"""The two halves of a name, told apart."""
_HESITATION = re.compile(r"\b(?:um+|uh+|erm?|hmm+)\b[,.…]*\s+(?=\w)")
_ASKED_BACK = re.compile(
    r"^\W*(?:(?:oh|okay|sure|well) )?my (?:full )?name\?\s*(?=\w)", re.IGNORECASE
)
_TITLES = {"doctor": "Dr", "mister": "Mr", "missus": "Mrs", "professor": "Professor"}
_PARTICLES = frozenset("van von der den de del della di da dos la bin al ten ter".split())
"""Small in the middle of a name when they were written so."""
_BETWEEN_SPELLINGS = re.compile(r"(?<=-[A-Za-z])[,.]?\s+(?=[A-Za-z]-[A-Za-z]\b)")
_NEW_WORD = re.compile(
    r"\W+(?:(?:and )?(?:then )?(?:an? )?(?:space|new word|next word|second word))\b[,.]?\s+(?=[A-Za-z]\b)",
    re.IGNORECASE,
)
"""Between two names that are spelled."""
_FROM = re.compile(r"\s+(?:calling )?(?:from|over at)\s+\S.*$", re.IGNORECASE)
"""Where somebody is from, after their name."""
_FROM_OR_WITH = re.compile(r"\s+(?:(?:calling )?(?:from|over at)\s+\S|with (?=[A-Z][a-z])).*$")
_NAMED = re.compile(r"\b(?:name(?:'s| is)|this is|i'm|i am|call me|it's|it is)\W+$", re.IGNORECASE)
_ALSO_NAMES = frozenset(["will"])
"""Small words that are names where a name is announced ("my name is Will") or a last name follows."""
_NEXT_MATTER = re.compile(
    r"[,.]?\s+and\s+(?:i|i'm|i am|i'd|i've|my|it's|you|we)\b.*$", re.IGNORECASE | re.DOTALL
)
"""What is said after a name that was announced: "… and I'm calling about my car"."""
_ASIDE = re.compile(
    r"[,.]?\s+(?:but (?:everybody|everyone|people|they|you can|my friends|i go by)\b|(?:just )?like (?:the|in)\b"
    r"|with an? (?:apostrophe|hyphen|dash|accent)\b|(?:and )?my (?:(?:phone|cell|mobile|telephone) )?(?:number|e-?mail|address)\b"
    r"|(?:with |in )?(?:the |a )?(?:usual|normal|regular|standard|common|traditional|ordinary) (?:spelling|way)\b"
    r"|(?:(?:it's |that's )?(?:spelled|spelt|spelling is) )?(?:just |exactly )*(?:like|as|the way|how) (?:it|you|they)(?:'d)? (?:sounds?|say it|think)\b"
    r"|(?:calling|ringing|phoning|here) (?:about|because|for|to|regarding)\b"
    r"|sorry (?:about|for|if|i|i'm|my|the)\b"
    r"|not (?:with\b|[A-Za-z](?:[ .,-]+[A-Za-z]\b)+)).*$",
    re.IGNORECASE | re.DOTALL,
)
"""What is said about a name: "…, like the jeans", "…, but everybody calls me Bob", "…, not S H A W N"."""
_GENERATION = re.compile(r"\s+the (second|third|fourth)$", re.IGNORECASE)
_GENERATIONS = {"second": "II", "third": "III", "fourth": "IV"}
_SPELLED_APOSTROPHE = re.compile(
    r"\b([A-Za-z])[ -]+apostrophe[ ,]+((?:[A-Za-z][ ,.-]+)+[A-Za-z])(?![A-Za-z])", re.IGNORECASE
)
_CONTRACTED = re.compile(r"(?:'(?:ll|re|ve|m|d)|n't)$")
_INITIALS = re.compile(r"[BCDFGHJKLMNPQRSTVWXZ]{2}")
""" "JD Power"."""
_NO_COMPANY = re.compile(
    r"\W*(?:(?:well|oh|sorry|so|no|not you)\W+)*"
    r"(?:i(?:'m| am) (?:not|between|just|still|so|in an?|\w+ing)|i (?:don't|do not|haven't)|there(?:'s| is) no"
    r"|(?:i|he|she|they) (?:was|were|had|said|told|already|can't|cannot|can|could|thought|think|need|want|know)"
    r"|you (?:already|have|had|asked|said|know|should|were|are|can)|it (?:was|depends|does)"
    r"|this is (?:\w+ing|not|so|all))\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"\W*(?:(?:well|oh|sorry|so|hey|honey|no|not you)\W+)*"
    r"(?:(?:can|could|would|will|do|does|did|have|has|may) (?:i|you|we|they)\b|(?:give|let|tell|ask|excuse) (?:me|us)\b"
    r"|(?:check|turn|use) (?:your|the|my|it|that)\b|(?:go (?:ahead|on)|come on|hold on|shut up)\W*$"
    r"|(?:some(?:one|body)|every(?:one|body)|nobody)(?:'s| is)\b|(?:the )?same (?:as|one|thing)\b"
    r"|(?:the )?\w+ is \w+|(?:an? )?bad line\b|it depends\b|i (?:was|already|can't)\b|not you\b)",
    re.IGNORECASE,
)
"""Sentences about something else, and "I'm between jobs"."""
_THAT_IS = re.compile(
    r"(?<=\w)[,.]?\s+(?:and )?(?:that's|it's|that is|it has|there's|there are)(?= (?:with |(?:one|two|double|a double) [a-z](?:'?s)?\b))",
    re.IGNORECASE,
)
""" "Phillips, that's two ls"."""
_DOUBLE = re.compile(r"(?<=\w\w)(?:,|\s+with)?\s+(?:a )?double (?P<letter>[a-z])$", re.IGNORECASE)
""" "Lee, double e"."""
_CAPITAL = re.compile(r"\bcapital\s+(?=[A-Za-z]\b)", re.IGNORECASE)
_WITH_CAPITAL = re.compile(r",? with (?:an? )?capital [a-z]\b", re.IGNORECASE)
""" "McDonald with a capital D": says what `_cased` knows."""
_LAST_SAID_FIRST = re.compile(r"^(?P<last>[^,]+?),?\s+(?=\S.*\s(?P=last)$)", re.IGNORECASE)
""" "Bond, James Bond"."""
_COMMA = re.compile(r"\s+comma\b", re.IGNORECASE)
_JOINED = re.compile(r"\s+(?:hyphen|dash)\s+", re.IGNORECASE)
_APOSTROPHE = re.compile(r"\b([A-Za-z])\s+apostrophe\s+(?=\w)", re.IGNORECASE)


def parse_name(text: str) -> str | None:
    """The name in `text`, written as names are; None when there is none."""
    text = _ASKED_BACK.sub("", _HESITATION.sub("", text.replace("’", "'"))).strip()
    text = _COMMA.sub(",", _WITH_CAPITAL.sub("", text))
    parts = next((found for form in _FORMS if (found := form.search(text))), None)
    if parts:
        names = [parse_name(parts["first"]), parse_name(parts["last"])]
        return " ".join(names) if all(names) else None  # type: ignore[arg-type]
    asked = _LATE_LEAD_IN.sub("", text)
    led = _LEAD_IN.match(asked)
    announced = led is not None and _NAMED.search(led.group()) is not None
    said = _TAIL.sub("", _LEAD_IN.sub("", asked, count=1)).strip(" .,!?")
    if not re.match(r"(?:my |the )?(?:last|sur)", said, re.IGNORECASE):
        matter = _NEXT_MATTER.search(said)
        if matter and (announced or said.split()[0].casefold() in FIRST_NAMES):
            said = said[: matter.start()]
    place = (_FROM_OR_WITH if announced else _FROM).search(said)
    if place and (announced or is_familiar(said[: place.start()])):
        said = said[: place.start()]
    said = _ASIDE.sub("", _THAT_IS.sub(_with_letters, said))
    said = _GENERATION.sub(lambda found: f" {_GENERATIONS[found[1].casefold()]}", said)
    said = _NEW_WORD.sub(" then ", _SPELLED_APOSTROPHE.sub(_with_apostrophe, said))
    said = _APOSTROPHE.sub(r"\1'", _JOINED.sub("-", said))
    said = apply_modifiers(_DOUBLE.sub(r" with double \g<letter>", said))
    spelled = _spelled(said)
    if spelled is not None:
        return _with_capitals(spelled, said)
    words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?", _LAST_SAID_FIRST.sub("", said))
    if not words or len(words) > MAX_WORDS or any(c.isdigit() for c in said) or "?" in asked:
        return None
    plain = [word.casefold().strip(".") for word in words]
    alone = len(plain) == 1
    allowed = _ALSO_NAMES if announced or alone or plain[-1] in LAST_NAMES else frozenset()
    if announced or plain[0] in FIRST_NAMES:
        # "Nathan Price"
        allowed |= LAST_NAMES
    if any(word in _NO_NAME and word not in allowed for word in plain):
        return None
    if any(_CONTRACTED.search(word) for word in plain) or _EXCLAMATIONS.issuperset(plain):
        return None
    words = _without_short_form(_without_repeats(words), said)
    cased = [_cased(_TITLES.get(word.casefold(), word.strip(".,"))) for word in words]
    middle = [word if word in _PARTICLES else name for word, name in zip(words, cased, strict=True)]
    return " ".join([cased[0], *middle[1:-1], *cased[1:][-1:]])


def _with_letters(match: re.Match[str]) -> str:
    return "" if match.string[match.end() :].strip().casefold().startswith("with") else " with"


def _with_apostrophe(match: re.Match[str]) -> str:
    """ "O apostrophe B R I E N" is O'Brien."""
    rest = re.sub(r"[^A-Za-z]", "", match[2])
    return f"{match[1].upper()}'{rest.capitalize()}"


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


def parse_company(text: str) -> str | None:
    """A company's name: as a person's, but it may hold numbers and small words ("The A and B Company")."""
    text = text.replace("’", "'").strip()
    led = _COMPANY_LEAD_IN.match(text) is not None
    lead = _COMPANY_LEAD_IN if led else _LEAD_IN
    said = _TAIL.sub("", lead.sub("", text, count=1)).strip(" .,!?")
    said = apply_modifiers(said)
    spelled = _spelled(said, company=True)
    if spelled is not None:
        return spelled
    words = re.findall(r"[\w&]+(?:['.-]\w+)*", said)
    plain = [word.casefold() for word in words]
    if not words or len(words) > MAX_COMPANY_WORDS or "?" in text:
        return None
    if (
        _EXCLAMATIONS.issuperset(plain)
        or _SENTENCE.match(said)
        or (not led and _NO_COMPANY.match(text))
    ):
        return None
    if all(word in _NO_NAME for word in plain) or plain[0] in _NOT_ALONE:
        return None
    return " ".join(
        word if word.casefold() in ("and", "of", "the", "for") and index else _cased(word)
        for index, word in enumerate(words)
    )


def _with_capitals(name: str, said: str) -> str:
    """ "McDonald, M C D O N A L D": a spelling says nothing of capitals, the name before it does."""
    for word in re.findall(r"\b[^\W\d_]+[a-z][A-Z][a-z]+\b", said):
        name = re.sub(rf"\b{word}\b", word, name, flags=re.IGNORECASE)
    return name


def _without_repeats(words: list[str]) -> list[str]:
    """ "Jon, Jon" is one name: a word said again at once."""
    return [
        word
        for index, word in enumerate(words)
        if not index or word.casefold().strip(".") != words[index - 1].casefold().strip(".")
    ]


def _without_short_form(words: list[str], said: str) -> list[str]:
    """ "Mike. Michael Jones": who says the whole name after the short one means the whole."""
    short = re.match(r"([^\W\d_]{2,})[.,]\s", said)
    if short is None or len(words) < 3 or words[0].strip(".") != short[1]:
        return words
    begins_alike = words[1][:2].casefold() == short[1][:2].casefold()
    first = {words[0].casefold().strip("."), words[1].casefold()} <= FIRST_NAMES
    return words[1:] if begins_alike and first else words


def _spelled(text: str, *, company: bool = False) -> str | None:
    """ "Smith, S M I T H" and "J-O-H-N": the spelling decides; a name said before it stays."""
    two_names = len(re.findall(r"(?<![-\w])[^\W\d_]{2,}(?![-\w])", text)) > 1
    if two_names or _both_familiar(text):
        # Two names, then two spellings; or two spellings of names that people have.
        text = _BETWEEN_SPELLINGS.sub(" then ", text)
    text = letters_from_capitals(_CAPITAL.sub("", text))
    words = [word for word in tokens(text) if word[0].isalpha()]
    found = _pieces_with_words(words)
    names: list[str] = []
    spelled_any = False
    for is_spelled, part in found:
        if not is_spelled:
            again = spelled_any and names[-1:] == [part]
            if part not in _SPELLING and (company or part not in _NO_NAME) and not again:
                names.append(part)
            continue
        spelled_any = True
        said = [index for index, name in enumerate(names) if alike(name, part)]
        if len(names) > 1 and (apart := _both(names, part)):
            names[-2:] = apart
        elif said:
            names[said[-1]] = part
        elif heard := misheard_words(names, part):
            names[-heard:] = [part]
        elif (
            len(names) == 1 and names[0] not in FIRST_NAMES | LAST_NAMES and len(part) > MIN_SPELLED
        ):
            # "Chevonne, S I O B H A N": nobody says another name before they spell one.
            names = [part]
        else:
            names.append(part)
    if not spelled_any or len(names) > MAX_COMPANY_WORDS:
        return None
    if company:
        return " ".join(
            name.upper() if len(name) <= 4 and len(names) == 1 else _cased(name) for name in names
        )
    return " ".join(_cased(name) for name in names)


def _both_familiar(text: str) -> bool:
    """ "J-O-H-N. S-M-I-T-H.": a pause between two names, not inside of one."""
    runs = [re.sub(r"\W", "", run) for run in _BETWEEN_SPELLINGS.split(text)]
    return len(runs) == 2 and all(is_familiar(run) for run in runs)


def _both(names: list[str], part: str) -> list[str] | None:
    """The last two names as they were spelled in one run ("Jane Smith, J A Y N E S M I T H"); None
    when they were not.
    """
    first, last = names[-2:]
    if part.startswith(first) and alike(last, part[len(first) :] or "?"):
        return [first, part[len(first) :]]
    if part.endswith(last) and len(part) > len(last) and alike(first, part[: -len(last)]):
        return [part[: -len(last)], last]
    return None


def _pieces_with_words(words: list[str]) -> list[tuple[bool, str]]:
    """Runs of spelled letters (True) and single words (False), in order.

    A run is a spelling from three letters on; "J D" are initials. A word between tells two runs
    apart: "John, J O H N, Smith, S M I T H".
    """
    out: list[tuple[bool, str]] = []
    run, examples = "", False
    index = 0

    def close() -> None:
        nonlocal run, examples
        copied = len(run) > 1 and bool(out) and out[-1] == (False, run)
        if len(run) >= MIN_SPELLED or (examples and len(run) > 1) or copied:
            out.append((True, run))
        else:
            out.extend((False, letter) for letter in run)
        run, examples = "", False

    while index < len(words):
        letters, taken = letter_at(words, index)
        if not taken and run:
            # A homophone inside a run: "s m i tea h".
            sound = ENGLISH.letter_sounds.get(words[index])
            inside = index + 1 < len(words) and letter_at(words, index + 1)[1]
            if sound and inside and words[index] not in ("and", "in", "as"):
                letters, taken = sound, 1
        if taken:
            run += letters
            examples = examples or taken > 2
            index += taken
            continue
        close()
        out.append((False, words[index]))
        index += 1
    close()
    return out


def _cased(word: str) -> str:
    """ "smith" and "SMITH" become "Smith"; "McDonald" stays."""
    if any(character.isdigit() for character in word):
        return word
    if (
        _INITIALS.fullmatch(word)
        or word in _GENERATIONS.values()
        or ("&" in word and word.isupper())
    ):
        return word
    if (word.isupper() and len(word) > 1) or word.islower():
        cased = "-".join(part[:1].upper() + part[1:].lower() for part in word.split("-"))
        return re.sub(r"^([ODL]')([a-z])", lambda m: m[1] + m[2].upper(), cased)
    return word
