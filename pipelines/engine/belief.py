"""Is a text to be believed? Decoders repeat themselves, and copy words they were only hinted at."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

MAX_REPEATS = 3
"""A phrase said three times in a row is a loop; a single word ("no no no") is speech."""
MAX_WORDS_PER_SECOND = 6.5
"""Faster than people talk; also true of a long loop that no repeat rule has caught."""

LEAST_LIKENESS = 50.0
"""Of a hint and what was heard without it, 0..100: "kowalczyk" and "co wall check" have 62, and
"thank you very much" 33."""

MAX_NO_SPEECH_PROBABILITY = 0.8
MAX_DOUBTFUL_NO_SPEECH_PROBABILITY = 0.5
MIN_LOG_PROBABILITY = -1.2
LEAST_LOG_PROBABILITY = -2.6
"""A short word has a low one, having no others beside it: "no" -1.9, "one fifty" -2.5."""

_word = re.compile(r"[\w'@.+-]+")


def is_invented(no_speech: float, log_probability: float) -> bool:
    """True for what a decoder writes over noise: it either sees no speech or makes wild guesses."""
    if no_speech > MAX_NO_SPEECH_PROBABILITY or log_probability < LEAST_LOG_PROBABILITY:
        return True
    return log_probability < MIN_LOG_PROBABILITY and no_speech > MAX_DOUBTFUL_NO_SPEECH_PROBABILITY


def first_loop(text: str) -> int | None:
    """Index (in characters) where `text` begins to repeat itself, or None.

    A loop is a phrase of two or more words that stands three times in a row, or twice where it is
    four words or longer, or one word seven times.
    """
    words = [(match.group().lower().strip(".-"), match.start()) for match in _word.finditer(text)]
    for start in range(len(words)):
        for length in range(1, (len(words) - start) // 2 + 1):
            unit = [word for word, _ in words[start : start + length]]
            repeats = 1
            while [w for w, _ in words[start + repeats * length :][:length]] == unit:
                repeats += 1
            needed = 7 if length == 1 else 2 if length >= 4 else MAX_REPEATS
            # Spelled digits and letters repeat honestly: "five five five", "1 2 1 2".
            if all(len(word) == 1 for word in unit):
                needed = 9
            if repeats >= needed:
                return words[start + length][1]
    return None


def is_too_fast(text: str, speech_seconds: float) -> bool:
    """True when nobody could have said this many words in this time."""
    return len(_word.findall(text)) > 4 + MAX_WORDS_PER_SECOND * speech_seconds


def used(hints: tuple[str, ...], text: str) -> list[str]:
    """The hints that stand in `text`."""
    folded = text.casefold()
    return [hint for hint in hints if hint.casefold() in folded]


def sounds_alike(hint: str, text: str) -> bool:
    """True when some stretch of `text` is spelled enough like `hint` to be a mishearing of it."""
    letters = "".join(character for character in text.casefold() if character.isalnum())
    wanted = "".join(character for character in hint.casefold() if character.isalnum())
    return fuzz.partial_ratio(wanted, letters) >= LEAST_LIKENESS if letters else False


_ANSWERS = (
    "yes yeah yep yup yea ya aye no nope nah correct right sure okay ok exactly wrong incorrect "
    "perfect absolutely definitely indeed fine that's thats is it that not uh huh mhm mm hmm"
)
ANSWERS = frozenset(_ANSWERS.split())
"""Words that answer a yes-or-no question by themselves, and their company."""
MAX_ANSWER_WORDS = 5


def is_answer(text: str) -> bool:
    """True when all of `text` is a short answer to a yes-or-no question."""
    words = re.findall(r"[\w']+", text.casefold())
    return 0 < len(words) <= MAX_ANSWER_WORDS and all(word in ANSWERS for word in words)
