"""What an answer looks like, told to the decoder: a sentence in that form said before, or the words
the caller led in with.

Whisper writes on in the style of what it takes for the text before. After an address spelled and
dictated it writes "dot", "at" and single letters as they were said, where it would else print what
it guesses ("john.smithetmail.com"). It may also copy; so the sentences hold names that nobody has,
and a reading with one of them in it is not believed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from pipelines.engine.recognition.belief import first_loop, once, sounds_alike
from pipelines.engine.recognition.dictation import symbols
from pipelines.engine.recognition.letters import DIGITS, Heard


@dataclass(frozen=True)
class Form:
    """A sentence in the form expected, and the words in it that nobody will say."""

    sentence: str
    rare: tuple[str, ...]


_EMAIL = Form(
    "My email is zelda underscore quigg eighty one at hotmail dot com. That's Q, U, I as in India,"
    " G, G, dash, V as in Victor, E, X, at blue yonder dot co dot UK.",
    ("zelda", "quigg", "yonder"),
)
_NAME = Form(
    "My name is Zelda Quigg. Quigg, Q, U, I as in India, G, G. Zelda, Z, E, L as in Lima, D as in"
    " delta, A.",
    ("zelda", "quigg"),
)
FORMS = {"email": _EMAIL, "name": _NAME}


def copied(form: Form, text: str, plain: str) -> bool:
    """True when `text` holds a word of the sentence that `plain`, heard without it, has nothing
    like."""
    words = set(re.findall(r"[a-z]+", text.casefold()))
    return any(rare in words and not sounds_alike(rare, plain) for rare in form.rare)


_COPULA = r"(?:is|it's|its|that's|are|at|on|be|number|our|or|r|with|me)"
_LEAD_IN = re.compile(
    rf"^(?P<lead>.*?\b{_COPULA})\b[\s:,.\-]*(?=[\d+(]|(?:to|two|for|four|oh)\s+\d)", re.IGNORECASE
)
_PART = re.compile(
    r"^(?P<lead>.*\b(?:last|first|final|middle)\s+(?:two|three|four|five|six|[2-6])"
    r"(?:\s+(?:digits?|numbers?|ones))?(?:\s+(?:is|are|our|or|r)\b)?)[\s:,.\-]*(?=\w)",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"^(?P<lead>(?:[A-Za-z']{2,}[\s,.]+)*?(?:[Ii]s|[Ii]t'?s|[Tt]hat's|number|code|order|reference|plate))"
    r"\b[\s:,.\-]*(?=[A-Z0-9](?![a-z']))"
)
_WORDS = r"[A-Za-z'-]*[a-z]{2}[a-z']*"
_WORDS_BEFORE_CODE = re.compile(
    rf"^(?P<lead>(?=.*[A-Za-z][a-z]{{4}}){_WORDS}(?:[\s,.]+{_WORDS})*)[\s,.]+"
    r"(?=[^\d]*\d)(?:[A-Z0-9]+[\s,.\-]*|[a-z]\b[\s,.\-]*)+$"
)
"""Words that free text has before capitals and digits: "Order XK 720." A shorter word may be
letters ("Easy" for E, Z),"""
_NUMBER = re.compile(
    r"\b(?:three|seven|eight|eleven|twelve|\w+teen|\w+ty|hundred|double|triple)\b", re.IGNORECASE
)
"""and these are part of the code."""
MAX_LEAD_WORDS = 10
_WORD = re.compile(r"[A-Za-z]{2}")
LIKE_CODE = 1 / 3
"""Of the symbols of a code, that a text may have otherwise and still be about it."""
_DIGIT = re.compile(rf"\b(?:{'|'.join(DIGITS)})\b", re.IGNORECASE)


def lead_in(text: str, alphabet: str, sounds: Heard | None = None) -> str:
    """ "No, the last 4 are" of "No, the last 4 are 0199.": what is said before letters or digits
    (`dictation.ALPHABETS`) begin; `sounds` may tell where that is.

    Empty when they come first, or when numbers stand in what would lead in.
    """
    if sounds and sounds.leads_in:
        code = sounds.digits if alphabet == "digits" else sounds.code
        before = before_code(text, code) if code else None
        if before is not None and not re.search(r"\d", before):
            # Spelled by the decoder, too, what leads in is nothing to read.
            return before if _WORD.search(before) else ""
    part = _PART.match(text) if alphabet == "digits" else None
    match = part or (_LEAD_IN if alphabet == "digits" else _CODE).match(text)
    if match is None and alphabet == "letters":
        match = _WORDS_BEFORE_CODE.match(text)
        if match and _NUMBER.search(match["lead"]):
            return ""
    if match is None or len(match["lead"].split()) > MAX_LEAD_WORDS:
        return ""
    return match["lead"] if part or not re.search(r"\d", match["lead"]) else ""


def before_code(text: str, code: str) -> str | None:
    """ "Erase" of "Erase J N R G 48." and the `code` JNRG48: what free text has before what sounds
    like a code; None when nothing in it does."""
    said = once(text[: first_loop(text)])
    starts = [match.start() for match in re.finditer(r"[^\s,.\-]+", said)][: MAX_LEAD_WORDS + 1]
    unlike = [Levenshtein.distance(_with_digits(said[at:]), code) for at in starts]
    if not unlike or min(unlike) > LIKE_CODE * len(code):
        return None
    return said[: starts[unlike.index(min(unlike))]].rstrip(" ,.-")


def _with_digits(text: str) -> str:
    """The symbols of a text, where "five" is one."""
    return symbols(_DIGIT.sub(lambda word: str(DIGITS.index(word.group().casefold())), text))
