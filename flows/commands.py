"""What a caller may say anywhere, recognised by its words: again, back, a person, goodbye, …"""

from __future__ import annotations

from flows.command_words import (
    ASKS_TO_SPEAK,
    GIVES_UP,
    GREETING,
    HESITATION,
    LANGUAGE,
    PATTERNS,
    WHO_IS_THIS,
    Command,
)

MAX_LANGUAGE_WORDS = 9
MAX_COMMAND_WORDS = 10
"""Longer sentences say more than a command; only a person is asked for inside of one."""


def gives_up_waiting(text: str) -> bool:
    """True when a caller on hold wants to go on without somebody: "I don't want to wait"."""
    return GIVES_UP.match(text.replace("’", "'")) is not None


def is_greeting(text: str) -> bool:
    """True for "Hello?" and the like, which ask for nothing but to hear us."""
    return GREETING.match(text) is not None


def asks_who(text: str) -> bool:
    """True for "who is this?" and "are you a robot?"."""
    return WHO_IS_THIS.match(text) is not None


def is_hesitation(text: str) -> bool:
    """True for "uh" and the like: the caller has the floor and says nothing yet."""
    return HESITATION.match(text) is not None


def command_in(text: str, language: str) -> Command | None:
    """The command that the text is, in the language spoken or in English."""
    long = len(text.split()) > MAX_COMMAND_WORDS
    for code in dict.fromkeys((language.split("-")[0], "en")):
        for command, pattern in PATTERNS.get(code, {}).items():
            if (command is Command.PERSON or not long) and pattern.search(text):
                return command
    return None


def language_in(text: str) -> str | None:
    """The language (ISO 639-1) that the caller asks to speak."""
    words = len(text.split())
    if words > MAX_LANGUAGE_WORDS or (words > 2 and not ASKS_TO_SPEAK.search(text)):
        return None
    return next((code for code, pattern in LANGUAGE.items() if pattern.search(text)), None)
