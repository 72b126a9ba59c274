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
SURE_LOG_PROBABILITY = -0.5
"""Spelled letters sound least like speech (0.79 on a telephone), but are sure."""
LEAST_LOG_PROBABILITY = -3.4
NO_SPEECH_WEIGHT = 3.0
"""A short word has a low log probability, having no others beside it: "repeat" -2.8, "one ten"
-2.3. The more it sounds like speech, the lower it may be."""
LOOP_NO_SPEECH_PROBABILITY = 0.45
"""Where speech loops it sounds like speech, or the full window ends it; noise loops above this."""
BY_HEART = frozenset({"you", "thank you", "thanks for watching", "thank you for watching"})
"""What most often stands where nobody speaks, in the texts Whisper learned from,"""
BY_HEART_LOG_PROBABILITY = -0.8
BY_HEART_NO_SPEECH_PROBABILITY = 0.3
"""and is far likelier when it is said."""

_word = re.compile(r"[\w'@.+-]+")


_STUTTER = re.compile(r"([^\W\d])(?:\W*\1){4}|\b([^\W\d]{2,})(?:\W+\2\b){3}", re.IGNORECASE)
"""Digits are said that often."""


def is_invented(text: str, no_speech: float, log_probability: float) -> bool:
    """True for what a decoder writes over noise: it sees no speech, makes wild guesses, repeats
    itself, or says what it knows by heart."""
    words = " ".join(_word.findall(text.casefold())).strip(" .'")
    if not words:
        return True
    if no_speech > MAX_NO_SPEECH_PROBABILITY and log_probability < SURE_LOG_PROBABILITY:
        return True
    loops = first_loop(text) is not None or _STUTTER.search(text) is not None
    if loops and no_speech > LOOP_NO_SPEECH_PROBABILITY:
        return True
    if words in BY_HEART:
        return (
            no_speech > BY_HEART_NO_SPEECH_PROBABILITY
            and log_probability < BY_HEART_LOG_PROBABILITY
        )
    return log_probability < LEAST_LOG_PROBABILITY + NO_SPEECH_WEIGHT * no_speech


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


def is_doubled(text: str) -> bool:
    """True when all of `text` is one thing said twice."""
    return once(text) != text


def once(text: str) -> str:
    """`text`, or its first half where all of it is one thing said twice."""
    matches = list(_word.finditer(text))
    words = [match.group().lower().strip(".-") for match in matches]
    half = len(words) // 2
    return text[: matches[half].start()].strip() if half and words[:half] == words[half:] else text


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


def plain(text: str) -> str:
    """Words in lower case with single spaces: what is compared."""
    return " ".join(re.findall(r"[\w']+", text.casefold()))


_ANSWERS = (
    "yes yeah yep yup yea ya aye no nope nah correct right sure okay ok exactly wrong incorrect "
    "perfect absolutely definitely indeed fine that's thats is it that not uh huh mhm mm hmm"
)
ANSWERS = frozenset(_ANSWERS.split())
"""Words that answer a yes-or-no question by themselves, and their company."""
MAX_ANSWER_WORDS = 5


def is_answer(text: str) -> bool:
    """True when all of `text` is a short answer to a yes-or-no question."""
    words = plain(text).split()
    return 0 < len(words) <= MAX_ANSWER_WORDS and all(word in ANSWERS for word in words)


ANSWER_LIKENESS = 60.0
"""Of an answer and what was heard for it, 0..100: "no" and "now" have 80, "mm" and "Sam" 40."""


def is_misheard_answer(answer: str, text: str) -> bool:
    """True when `answer` is a short answer, and `text`, one word or two, a likely mishearing of
    it."""
    said, heard = plain(answer), plain(text)
    return (
        is_answer(answer)
        and not is_doubled(answer)
        and len(heard.split()) <= 2
        and fuzz.ratio(said, heard) >= ANSWER_LIKENESS
    )
