"""What a caller may say anywhere, recognised by its words: again, back, a person, goodbye, …"""

from __future__ import annotations

import re
from enum import StrEnum


class Command(StrEnum):
    """Commands that mean the same at every node; the first that fits counts."""

    REPEAT = "repeat"
    WAIT = "wait"
    PERSON = "person"
    START_OVER = "start_over"
    BACK = "back"
    GOODBYE = "goodbye"


def _whole(lead_in: str, pattern: str, tail: str) -> re.Pattern[str]:
    """A sentence that says this and nothing else, politeness aside."""
    return re.compile(
        rf"^\W*(?:(?:{lead_in})\W+)*(?:{pattern})(?:\W+(?:{tail}))*\W*$", re.IGNORECASE
    )


def _english(pattern: str) -> re.Pattern[str]:
    return _whole(
        r"um|uh|er|oh|hmm?|so|well|sorry|please|okay|ok|yeah|yes|no|can you|could you|can we|could we"
        r"|let's|i(?:'d| would) like to|i want to|can i|could i|may i|hey|actually",
        pattern,
        r"please|now|thanks|thank you|then|for me|again",
    )


def _german(pattern: str) -> re.Pattern[str]:
    return _whole(
        r"äh|ähm|oh|also|bitte|ja|nein|okay|ok|entschuldigung|können sie|könnten sie|kann ich"
        r"|ich möchte|ich will",
        pattern,
        r"bitte|jetzt|danke|mal|noch ?mal",
    )


_ENGLISH = {
    Command.REPEAT: _english(
        r"(?:say|repeat|tell me) (?:that|it|this)(?: again)?(?: one more time)?"
        r"|repeat(?: (?:that|the question|yourself))?|pardon(?: me)?|what (?:was that|did you say)"
        r"|come again|once more|(?:say (?:that )?)?again|what"
        r"|(?:i )?(?:didn't|did not|couldn't|could not) (?:hear|catch|get|understand)"
        r" (?:that|you|it)|i beg your pardon|excuse me"
    ),
    Command.WAIT: _english(
        r"(?:just )?(?:wait|hold on|hang on|(?:just )?(?:one|a) (?:moment|second|minute|sec)"
        r"|give me (?:a|one) (?:moment|second|minute|sec)"
        r"|let me (?:just )?(?:check|see|think|look)(?: (?:it|that))?(?: up)?)"
        r"(?: (?:for )?(?:just )?(?:a|one) (?:moment|second|minute|sec))?"
    ),
    Command.PERSON: re.compile(
        r"\b(?:speak|talk|connect me|put me through|get me|transfer me|give me)\b.{0,24}"
        r"\b(?:person|human|someone|somebody|agent|operator|representative|real)\b"
        r"|^\W*(?:(?:actually|please|no|um|uh|hey|can i (?:please )?have|could i (?:please )?have"
        r"|i(?:'d| would) (?:like|rather have|prefer)|i (?:want|need)|just|is there)\W+)*"
        r"(?:operator|representative|agent|(?:a |an |some )?(?:real |actual |live )?(?:person|human)"
        r"(?: being)?)\W*(?:(?:please|there|instead)\W*)*$",
        re.IGNORECASE,
    ),
    Command.START_OVER: _english(
        r"start (?:over|again|from the (?:start|beginning))|(?:go back to|from) the (?:beginning|start)"
        r"|begin again|restart"
    ),
    Command.BACK: _english(
        r"go back(?: one(?: step)?)?|back up|(?:the )?previous(?: question)?|back"
    ),
    Command.GOODBYE: _english(
        r"(?:good ?bye|bye(?: bye)?|hang up|stop(?: (?:it|this|the call|calling))?"
        r"|end (?:the |this )?call|quit|i(?:'m| am) (?:going to )?hang(?:ing)? up"
        r"|i(?:'ve)? (?:have|got|need|have got) to go|(?:i(?:'m| am) )?not interested)"
        r"(?:\W+(?:good ?)?bye)?"
    ),
}
_GERMAN = {
    Command.REPEAT: _german(
        r"(?:das )?(?:wiederholen|noch ?mal|noch einmal)(?: sagen)?|wie bitte|was haben sie gesagt"
        r"|sagen sie das noch ?mal|(?:das )?habe ich nicht verstanden"
    ),
    Command.WAIT: _german(
        r"(?:einen )?(?:moment|augenblick)(?: mal)?|warten sie(?: kurz)?|sekunde|ich schaue (?:mal )?nach"
    ),
    Command.PERSON: re.compile(
        r"\b(?:sprechen|reden|verbinden|verbinde)\b.{0,32}\b(?:mensch\w*|person|mitarbeiter\w*|jemand\w*)\b"
        r"|\b(?:mensch\w*|person|mitarbeiter\w*|jemand\w*)\b.{0,24}\b(?:sprechen|reden|verbinden)\b"
        r"|^\W*(?:einen? )?(?:mensch\w*|mitarbeiter\w*)\W*(?:bitte\W*)?$",
        re.IGNORECASE,
    ),
    Command.START_OVER: _german(r"von vorne?|von vorn anfangen|neu anfangen|noch ?mal von vorne?"),
    Command.BACK: _german(r"zurück|einen schritt zurück|vorherige frage"),
    Command.GOODBYE: _german(
        r"(?:auf wieder(?:hören|sehen)|tschüss?|auflegen|ich lege auf|stopp?|kein interesse"
        r"|ich muss los)"
    ),
}
PATTERNS: dict[str, dict[Command, re.Pattern[str]]] = {"en": _ENGLISH, "de": _GERMAN}

# What each language is called, in itself and in the others that are here.
_NAMES: dict[str, str] = {
    "en": "english|englisch|anglais|inglés|ingles",
    "de": "german|deutsch|allemand|alemán|aleman",
    "fr": "french|français|francais|französisch|francés",
    "es": "spanish|español|espanol|spanisch|espagnol|castellano",
    "it": "italian|italiano|italienisch",
    "pt": "portuguese|português|portugues|portugiesisch",
    "nl": "dutch|nederlands|niederländisch",
    "pl": "polish|polski|polnisch",
    "tr": "turkish|türkçe|turkce|türkisch",
}
_LANGUAGE = {
    code: re.compile(
        rf"\b(?:{names})\b\W*(?:(?:please|bitte|por favor|s'il vous plaît|sprechen|reden|thanks)\W*)*$",
        re.IGNORECASE,
    )
    for code, names in _NAMES.items()
}
_ASKS_TO_SPEAK = re.compile(
    r"\b(?:speak|talk|switch|change|continue|in|auf|sprechen|sprich|reden|hablar?|en|parler)\b",
    re.I,
)
MAX_LANGUAGE_WORDS = 9


_GREETING = re.compile(
    r"^\W*(?:(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|how are you(?: doing)?(?: today)?"
    r"|is (?:anybody|anyone|somebody|someone) there|are you (?:still )?there|can you hear me|there"
    r"|hallo|guten (?:morgen|tag|abend)|grüß gott|moin|servus|sind sie (?:noch )?da)\b\W*)+$",
    re.IGNORECASE,
)


def is_greeting(text: str) -> bool:
    """True for "Hello?" and the like, which ask for nothing but to hear us."""
    return _GREETING.match(text) is not None


def command_in(text: str, language: str) -> Command | None:
    """The command that the text is, in the language spoken or in English."""
    for code in dict.fromkeys((language.split("-")[0], "en")):
        for command, pattern in PATTERNS.get(code, {}).items():
            if pattern.search(text):
                return command
    return None


def language_in(text: str) -> str | None:
    """The language (ISO 639-1) that the caller asks to speak."""
    words = len(text.split())
    if words > MAX_LANGUAGE_WORDS or (words > 2 and not _ASKS_TO_SPEAK.search(text)):
        return None
    return next((code for code, pattern in _LANGUAGE.items() if pattern.search(text)), None)
