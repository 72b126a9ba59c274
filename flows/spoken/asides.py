"""What is said around a value in clauses of its own: "Sorry, the dog is barking. Acme Roofing, I think."

Only what can't be part of a value goes, and only before and after it: a clause of pronouns and verbs
beside one that has none. A value that is said twice is one.
"""

from __future__ import annotations

import re

from flows.spoken.vocabulary import ENGLISH

KINDS = frozenset({"name", "company", "address", "code", "email"})
"""Kinds made of words, in which any word may be part of the value."""
_CLAUSE = re.compile(r"(?<=[,.;!?…])\s+")
_ALONE = frozenset(
    "um umm uh uhm erm yes yeah yep yup no okay ok sure well right sorry hello hi hey please thanks so hmm alright ja nein also äh ähm".split()
)
"""Clauses of one word that are talk; "oh" is a digit as well."""
_TALK = re.compile(
    r"\b(?:i|you|he|she|they|we|me|us|him|them|your|this|is|are|was|were|do|does|did|have|has|had|can|could"
    r"|would|if|hold on|hang on|let me|moment|wait|think|guess|believe|know|told|said|help|sure|okay|um|uh|sorry|please|thanks)\b",
    re.IGNORECASE,
)
_GERMAN_TALK = re.compile(
    r"\b(?:ich|sie|wir|mir|mich|ist|sind|war|habe|hat|haben|wenn|glaube|denke|weiß|bitte|na gut|na ja)\b",
    re.IGNORECASE,
)
"""Nouns have capitals there."""
_LEADS_IN = re.compile(
    r"^\W*(?:(?:and|so|but|well|no|yes|oh|um|uh|okay)\W+)*(?:it's|it is|that's|that is|this is|my|our|the|under|not"
    r"|i'm|i am|we're|we are|(?:i|we) (?:said|mean|meant|live|work|own|run|go)|call me|put|make|send|use|there's)\b",
    re.IGNORECASE,
)
_SPELLS = re.compile(r"\b(?:spell\w*|spelt|letters?|with|as in|dot|at)\b|@|\d", re.IGNORECASE)
_NAMES_SOMETHING = re.compile(r"\w\W+(?!I\b|I')[A-Z]")
"""A capital inside of a clause: "I work at Acme"."""
_SYMBOL = re.compile(r"(?<![\w'])(?![aiAI](?!\w))[A-Za-z](?![\w'])")
_APOLOGY = re.compile(
    r"^\W*(?:(?:oh|no)\W+)*(?:sorry|excuse me|pardon me|entschuldigung|verzeihung)\W+"
    r"(?:the|our|my(?! (?:\w+ )?(?:name|e-?mail|number|address|company|firm)\b)|there's|der|die|das|hier|es)\b"
    r"[^.!?\d]*[.!?]\s+(?=\w)",
    re.IGNORECASE,
)
""" "Sorry, the dog is barking." before the answer."""
_DIGITS = frozenset({"code", "phone"})
MIN_SYMBOLS = 3
"""Fewer letters and digits may be said twice because they stand there twice."""


def without_asides(kind: str, text: str) -> str:
    """`text` without the clauses before and after the value that hold nothing of it."""
    if kind == "phone":
        return _from_first_digit(text)
    if kind not in KINDS:
        return text
    text = _APOLOGY.sub("", text)
    clauses = _CLAUSE.split(text)
    talk = [_is_talk(one) for one in clauses]
    if all(talk) or not any(talk):
        return text
    begin = talk.index(False)
    end = len(talk) - talk[::-1].index(False)
    return " ".join(clauses[begin:end]).rstrip(",;")


def _from_first_digit(text: str) -> str:
    """ "My number, oh, let me look, 503 …": an "oh" before other words is no zero."""
    clauses = _CLAUSE.split(text)
    holding = [any(_is_digit(word) for word in _words(one)) for one in clauses]
    if True not in holding:
        return text
    begin = holding.index(True)
    while begin and _words(clauses[begin - 1]) == ["oh"]:
        begin -= 1
    return " ".join(clauses[begin:])


def _is_digit(word: str) -> bool:
    numbers = (ENGLISH.units, ENGLISH.teens, ENGLISH.tens)
    return word != "oh" and (word[0].isdecimal() or any(word in table for table in numbers))


def _is_talk(clause: str) -> bool:
    words = re.findall(r"[^\W_]+(?:'[^\W_]+)?", clause.replace("’", "'"))
    if len(words) < 2:
        return all(word.casefold() in _ALONE for word in words)
    if _LEADS_IN.match(clause) or _SPELLS.search(clause) or _SYMBOL.search(clause):
        return False
    if _GERMAN_TALK.search(clause):
        return True
    return _TALK.search(clause) is not None and _NAMES_SOMETHING.search(clause) is None


def said_once(kind: str, text: str) -> str:
    """ "12 Oak Street. 12 Oak Street." is said once; digits and letters side by side may be meant."""
    for gap in re.finditer(r"[,.;!?…]+\s+", text):
        once, again = text[: gap.start()], text[gap.end() :]
        words = _words(once)
        if words and words == _words(again):
            enough = kind not in _DIGITS or len(words) >= MIN_SYMBOLS or not words[0].isalpha()
            return once if enough else text
    return text


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
