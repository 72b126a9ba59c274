"""Names that are spelled: "Smith, S M I T H", "J-O-H-N", "Jane Smith, J A Y N E S M I T H"."""

from __future__ import annotations

import re

from flows.spoken.letters.likeness import alike, letters_from_capitals, misheard_words
from flows.spoken.names.familiar import FIRST_NAMES, LAST_NAMES, is_familiar
from flows.spoken.names.words import MAX_COMPANY_WORDS, NO_NAME, cased
from flows.spoken.vocabulary import ENGLISH
from flows.spoken.words import MIN_SPELLED, letter_at, tokens

_SPELLING = frozenset(
    "spelled spelling spell spelt spells with dash letter letters that's it's is as in capital first last name and "
    "then my middle initial double".split()
)
"""What is said around letters."""
_BETWEEN_SPELLINGS = re.compile(r"(?<=-[A-Za-z])[,.]?\s+(?=[A-Za-z]-[A-Za-z]\b)")
_WORD = rf"(?:{'|'.join(ENGLISH.spelling_words)})"
_ALPHABET = re.compile(
    rf"(?<!as in )(?<!for )(?<!like )\b{_WORD}(?:[\s,.-]+{_WORD}){{2,}}\b", re.IGNORECASE
)
""" "Papa romeo india": three such words are letters, one or two may be names."""
_CAPITAL = re.compile(r"\b(?:capital|small|(?:upper|lower) ?case)\s+(?=[A-Za-z]\b)", re.IGNORECASE)


def _initials(match: re.Match[str]) -> str:
    return " ".join(word[0].upper() for word in re.findall(r"[a-z]+", match.group(), re.IGNORECASE))


def spelled_name(text: str, *, company: bool = False) -> str | None:
    """ "Smith, S M I T H" and "J-O-H-N": the spelling decides; a name said before it stays."""
    two_names = len(re.findall(r"(?<![-\w])[^\W\d_]{2,}(?![-\w])", text)) > 1
    if two_names or _both_familiar(text):
        # Two names, then two spellings; or two spellings of names that people have.
        text = _BETWEEN_SPELLINGS.sub(" then ", text)
    if not company and (both := _two_names_apart(text)):
        return both
    text = _ALPHABET.sub(_initials, text)
    text = letters_from_capitals(_CAPITAL.sub("", text))
    words = [word for word in tokens(text) if word[0].isalpha()]
    found = _pieces_with_words(words)
    names: list[str] = []
    spelled_any = False
    for is_spelled, part in found:
        if not is_spelled:
            again = spelled_any and names[-1:] == [part]
            if part not in _SPELLING and (company or part not in NO_NAME) and not again:
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
            name.upper() if len(name) <= 4 and len(names) == 1 else cased(name) for name in names
        )
    return " ".join(cased(name) for name in names)


def _two_names_apart(text: str) -> str | None:
    """ "S U S A N, J O N E S": letters alone, with a comma between two names."""
    if re.search(r"[^\W\d_]{2}", text):
        return None
    for comma in re.finditer(r"[,.;]\s+", text):
        halves = text[: comma.start()], text[comma.end() :]
        one, other = (re.sub(r"\W", "", half).casefold() for half in halves)
        known = ((one, other), (other, one))
        if any(first in FIRST_NAMES and last in LAST_NAMES for first, last in known):
            return f"{cased(one)} {cased(other)}"
    return None


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
