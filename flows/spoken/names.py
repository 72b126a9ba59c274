"""Names of people and companies, with spelling: "it's Smith, S M I T H"."""

from __future__ import annotations

import re

from flows.spoken.words import letter_at, tokens

MAX_WORDS = 5
_LEAD_IN = re.compile(
    r"^\W*(?:(?:um|uh|er|well|so|hi|hello|hey|yes|yeah|yep|sure|okay|ok|oh|of course|certainly)\W+)*"
    r"(?:(?:my|the) (?:full |first |last |company |company's )?name(?:'s| is| would be)|name is"
    r"|this is|it is|it's|its|i am|i'm|that's|that is|that would be|call me|you can call me"
    r"|(?:i|we) work (?:for|at)|we are|we're|the company is|i go by|they call me|speaking is)?\W*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:\W+(?:please|thanks|thank you|speaking|here|is my name|that's me|by the way))+\W*$", re.I
)
_NO_NAME = frozenset(
    [
        "yes",
        "no",
        "yeah",
        "yep",
        "nope",
        "sure",
        "okay",
        "ok",
        "what",
        "why",
        "how",
        "when",
        "where",
        "who",
        "hello",
        "hi",
        "hey",
        "please",
        "thanks",
        "thank",
        "you",
        "sorry",
        "nothing",
        "none",
        "maybe",
        "right",
        "correct",
        "wrong",
        "i",
        "me",
        "my",
        "your",
        "it",
        "that",
        "this",
        "the",
        "a",
        "an",
        "and",
        "or",
        "but",
        "is",
        "are",
        "was",
        "do",
        "does",
        "did",
        "can",
        "could",
        "would",
        "will",
        "want",
        "need",
        "have",
    ]
)
_SPELLING = frozenset({"spelled", "spelling", "spell", "with", "dash", "letter", "letters"})
MIN_SPELLED = 3
"""Two single letters are initials ("J D Power"), three are a spelling."""


def parse_name(text: str) -> str | None:
    """The name in `text`, written as names are; None when there is none."""
    said = _TAIL.sub("", _LEAD_IN.sub("", text.strip(), count=1)).strip(" .,!?")
    spelled = _spelled(said)
    if spelled is not None:
        return spelled
    words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?", said)
    if not words or len(words) > MAX_WORDS or any(c.isdigit() for c in said):
        return None
    plain = [word.casefold().strip(".") for word in words]
    if any(word in _NO_NAME for word in plain):
        return None
    return " ".join(_cased(word.strip(".,")) for word in words)


def _spelled(text: str) -> str | None:
    """ "Smith, S M I T H" and "J-O-H-N": the spelling decides; a name said before it stays."""
    words = [word for word in tokens(text) if word.isalpha()]
    for start in range(len(words)):
        letters, index, examples = "", start, False
        while index < len(words):
            found, taken = letter_at(words, index)
            if not taken:
                break
            letters += found
            examples = examples or taken > 2
            index += taken
        if len(letters) >= MIN_SPELLED or (examples and len(letters) > 1):
            before = [w for w in words[:start] if w not in _NO_NAME and w not in _SPELLING]
            if before and _alike(before[-1], letters):
                before.pop()
            return " ".join(_cased(name) for name in (*before, letters))
    return None


def _alike(said: str, spelled: str) -> bool:
    """A word before its own spelling: recognisers write it as they heard it."""
    said, spelled = said.casefold(), spelled.casefold()
    return said == spelled or (said[0] == spelled[0] and abs(len(said) - len(spelled)) <= 3)


def _cased(word: str) -> str:
    """ "smith" and "SMITH" become "Smith"; "McDonald" stays."""
    if (word.isupper() and len(word) > 1) or word.islower():
        return "-".join(part[:1].upper() + part[1:].lower() for part in word.split("-"))
    return word
