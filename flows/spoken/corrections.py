"""Corrections of a value that was read back: the part named is replaced, the rest stays.

"no, the last four are 1234", "it's 555 not 565", "d not t", "Smith with a y", "not gmail, hotmail",
"there's no dot". A correction that fits nowhere, or in two places, is no correction: None.
"""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

from flows.spoken.characters import Piece, alike, pieces, respelled
from flows.spoken.domains import ENDINGS, PROVIDERS
from flows.spoken.email import parse_email
from flows.spoken.phone import MAX_DIGITS, spoken_digits
from flows.spoken.phone_corrections import correct_part, correct_phone
from flows.spoken.vocabulary import ENGLISH
from flows.spoken.words import MIN_SPELLED, confusable, letter_at, tokens
from flows.spoken.yesno import without_yes_no

_X_NOT_Y = (
    re.compile(r"^(?P<right>.+?),?\s+(?:not|instead of|rather than)\s+(?P<wrong>.+)$", re.I),
    re.compile(
        r"^(?:it(?:'s| is) )?not\s+(?P<wrong>.+?)(?:,|\s+but|\s+it's|\s+it is|\.)\s*(?:it's |it is |but )?(?P<right>.+)$",
        re.I,
    ),
    re.compile(
        r"^(?:the )?(?P<wrong>.+?)\s+(?:should(?: actually)? be|should have been|is (?:really|actually|supposed to be)|must be)\s+(?P<right>.+)$",
        re.I,
    ),
    re.compile(
        r"^(?:change|replace) (?:the )?(?P<wrong>.+?) (?:to|with|by|for|into) (?P<right>.+)$", re.I
    ),
)
_ARTICLE = re.compile(
    r"^(?:it's|it is|that's|with|an?|the|letters?|at|dot|digit|number|ends? (?:in|with)|is)\s+",
    re.I,
)
_WITH = re.compile(
    r"^(?:it's |it is |but |just |spelled |spelt )*(?:(?P<word>[^\W\d_]{2,})(?:,)? )?(?:is )?(?:spelled |spelt )?"
    r"with(?P<out>out| no)?\s+(?:(?:an?|the|just)\s+)*(?P<count>one|single|two|double)?\s*(?P<letters>[a-z]|ph|zed|zee|kay|why|see|tea|aitch|ess)(?:'?s)?"
    r"(?:\s+(?:not|instead of)\s+(?:with )?(?:an? )?(?P<instead>[a-z]))?\W*$",
    re.IGNORECASE,
)
_NUMBER_OF = re.compile(
    r"^(?:there(?:'s| is| are) |it's |it is |it has )?(?:only )?(?P<count>one|single|two|double)\s+(?P<letter>[a-z])(?:'?s)?(?: in (?:it|there|.+))?\W*$",
    re.IGNORECASE,
)
_NO_SIGN = re.compile(
    r"\b(?:no|without(?: the| a)?|isn't (?:a|any)|not a)\s+(?P<sign>dots?|dash(?:es)?|hyphens?|underscores?|periods?|spaces?)\b",
    re.I,
)
_ONE_WORD_SAID = re.compile(
    r"(?:it's |it is |that's |i said )*(?P<word>[^\W\d_]{3,})", re.IGNORECASE
)
_SIGN_NAMES = r"(?P<sign>dot|period|point|dash|hyphen|underscore|plus)"
_SIGN_BETWEEN = re.compile(
    rf"\b(?:an?|the) {_SIGN_NAMES} between (?:the )?(?P<left>\w+) and (?:the )?(?P<right>\w+)", re.I
)
_ONLY_SIGN = re.compile(
    rf"(?:(?:it's|it is|that's|that is|it should be|should be|with) )?an? {_SIGN_NAMES}",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?:the )?(?:numbers?|digits?)(?: at the end)?(?: is| are| should be|:)? (?P<digits>[\w -]+)",
    re.I,
)
CLEARLY_NEARER = 2
"""Letters by which one word is nearer to a spelling than the next."""
_LETTER_WORDS = {
    "zed": "z",
    "zee": "z",
    "kay": "k",
    "why": "y",
    "see": "c",
    "tea": "t",
    "aitch": "h",
    "ess": "s",
}


def correct(kind: str, value: str, text: str, region: str) -> str | None:
    """`value` with the part replaced that `text` names; None when it names none for certain."""
    said = without_yes_no(text).strip(" .,!?")
    if not said:
        return None
    if kind == "phone":
        return correct_phone(value, said, _x_not_y(said), region)
    if kind == "email":
        return _email(value, said)
    if kind in ("name", "company", "address", "text"):
        return _words(value, said)
    return None


def correct_digits(digits: str, text: str) -> str | None:
    """The same for the digits of a number that is not whole yet."""
    said = without_yes_no(text).strip(" .,!?")
    return correct_part(digits, said, _x_not_y(said))


def names_digits(text: str) -> bool:
    """True when the words say which digits of a number they are: "the last four are …"."""
    said = without_yes_no(text).strip(" .,!?")
    return correct_part("0" * MAX_DIGITS, said, None) is not None or _x_not_y(said) is not None


def _x_not_y(said: str) -> tuple[str, str] | None:
    """(right, wrong) of "d not t", "not d, t", "the d should be a t"."""
    for pattern in _X_NOT_Y:
        match = pattern.search(said)
        if match:
            return _bare(match["right"]), _bare(match["wrong"])
    return None


def _bare(text: str) -> str:
    previous = ""
    text = text.strip(" .,")
    while previous != text:
        previous, text = text, _ARTICLE.sub("", text).strip(" .,")
    return text


# --- email -----------------------------------------------------------------------------------------


def _email(value: str, said: str) -> str | None:
    local, _, domain = value.partition("@")
    changed = _email_parts(local, domain, said)
    if changed is None or changed == value:
        return None
    reading = parse_email(changed)
    return reading.value if reading.valid else None


def _email_parts(local: str, domain: str, said: str) -> str | None:
    both = _x_not_y(said)
    if both:
        right, wrong = both
        new_domain = _domain_swapped(domain, right, wrong)
        if new_domain:
            return f"{local}@{new_domain}"
        swapped = _swap_once(local, _compact(right), _compact(wrong))
        if swapped:
            return f"{swapped}@{domain}"
        swapped = _swap_once(domain, _compact(right), _compact(wrong))
        return f"{local}@{swapped}" if swapped else None
    named = _SIGN_BETWEEN.search(said) or _ONLY_SIGN.fullmatch(said)
    if named:
        changed = _signed(local, named)
        return f"{changed}@{domain}" if changed else None
    number = _NUMBER.fullmatch(said)
    if number:
        digits = spoken_digits(number["digits"])
        places = re.findall(r"\d+", local)
        fits = len(places) == 1 and len(places[0]) == len(digits)
        return f"{local.replace(places[0], digits)}@{domain}" if fits else None
    sign = _NO_SIGN.search(said)
    if sign:
        character = ENGLISH.signs.get(sign["sign"].casefold().rstrip("s").removesuffix("e"), "")
        character = character or ENGLISH.signs.get(sign["sign"].casefold().rstrip("s"), "")
        return (
            f"{local.replace(character, '')}@{domain}" if character in local and character else None
        )
    whole = parse_email(said)
    if whole.valid:
        return whole.value
    respelt = _respelt(local, said)
    if respelt:
        return f"{respelt}@{domain}"
    only_domain = re.search(
        r"^(?:it's |it is |the domain is |domain )?(?:at |@)?\s*(?P<rest>.*(?:\bdot\b|\.).*)$",
        said,
        re.I,
    )
    if only_domain and " at " not in f" {said} "[4:] and not whole.suggestion:
        reading = parse_email(f"x y z at {_bare(only_domain['rest'])}")
        if reading.valid and reading.value:
            new = reading.value.partition("@")[2]
            return f"{local}@{new}"
        ending = re.fullmatch(r"(?:dot |\.)?(\w+)", _bare(said))
        if ending and ending[1] in ENDINGS:
            return f"{local}@{domain.rpartition('.')[0]}.{ending[1]}"
    name, _, last = domain.partition(".")
    if domain not in PROVIDERS and name.isalpha():
        spelled = _spelled_word(name, list(re.finditer(name, name)), said)
        if spelled:
            return f"{local}@{spelled}.{last}"
    provider = re.fullmatch(r"(?:it's |it is |at |@)*(\w+)", said, re.I)
    if provider:
        known = f"{provider[1].casefold()}.com"
        if known in PROVIDERS and provider[1].casefold() != domain.partition(".")[0]:
            return f"{local}@{known}"
    return None


def _signed(local: str, named: re.Match[str]) -> str | None:
    """The part before the @ with a sign put between two of its words, or its only one exchanged."""
    sign = ENGLISH.signs.get(named["sign"].casefold(), "")
    between = named.groupdict().get("left")
    if between:
        left, right = between.casefold(), named["right"].casefold()
        joined = re.compile(re.escape(left) + r"[._+-]?" + re.escape(right))
        found = joined.findall(local)
        return joined.sub(f"{left}{sign}{right}", local) if len(found) == 1 else None
    signs = re.findall(r"[._+-]", local)
    return local.replace(signs[0], sign) if len(signs) == 1 and signs[0] != sign else None


def _domain_swapped(domain: str, right: str, wrong: str) -> str | None:
    right, wrong = _compact_domain(right), _compact_domain(wrong)
    labels = domain.split(".")
    if wrong == domain and "." in right:
        return right
    if wrong in labels and "." not in right and len(wrong) > 1:
        return ".".join(right if label == wrong else label for label in labels)
    name = ".".join(labels[:-1])
    if "." in right and alike(wrong.partition(".")[0], name):
        return right
    known = f"{right}.com"
    if known in PROVIDERS and (alike(wrong, labels[0]) or f"{wrong}.com" in PROVIDERS):
        return known
    return None


def _compact(text: str) -> str:
    """What a phrase stands for in an address: "d as in dog" is "d", "forty eight" is "48"."""
    return "".join(piece.text for piece in pieces(tokens(text), all_spelled=len(text) < 4))


def _compact_domain(text: str) -> str:
    return "".join(piece.text for piece in pieces(tokens(text))).strip(".")


def _swap_once(text: str, right: str, wrong: str) -> str | None:
    if not wrong or not right or right == wrong:
        return None
    if text.count(wrong) == 1:
        return text.replace(wrong, right)
    # "s m i t h, not s m i d h" with the wrong one misheard: the right one is enough.
    if not text.count(wrong) and len(right) > 2:
        word = next((word for word in re.findall(r"[a-z]+", text) if alike(word, right)), None)
        return text.replace(word, right, 1) if word else None
    return None


# --- words -----------------------------------------------------------------------------------------


def _words(value: str, said: str) -> str | None:
    both = _x_not_y(said)
    if both:
        right, wrong = (_compact_word(part) for part in both)
        lowered = value.casefold()
        if len(wrong) == 1 and len(right) == 1:
            places = [index for index, letter in enumerate(lowered) if letter == wrong]
            return _recased(value, places[0], right) if len(places) == 1 else None
        words = value.split()
        hits = [index for index, word in enumerate(words) if word.casefold() == wrong]
        hits = hits or [
            index for index, word in enumerate(words) if alike(word, right) and len(right) > 2
        ]
        if len(hits) != 1:
            return None
        words[hits[0]] = right[:1].upper() + right[1:]
        return " ".join(words)
    part = re.search(
        r"^(?:my |the )?(?P<which>first|last|sur|family)[ -]?name(?:'s| is)?\s+(?P<new>.+)$",
        said,
        re.I,
    )
    words = value.split()
    if part and len(words) > 1:
        new = _compact_word(part["new"])
        index = 0 if part["which"].casefold() == "first" else len(words) - 1
        if new.isalpha():
            words[index] = new[:1].upper() + new[1:]
            return " ".join(words)
        return None
    changed = _respelt(value, said)
    if changed and changed.casefold() != value.casefold():
        return changed
    return _one_word(words, said)


def _one_word(words: list[str], said: str) -> str | None:
    """ "No, it's Joan" for "Jane Miller": one word said alone replaces the one it resembles."""
    new = _ONE_WORD_SAID.fullmatch(said)
    if new is None or len(words) < 2:
        return None
    hits = [index for index, word in enumerate(words) if alike(word, new["word"])]
    if len(hits) != 1 or words[hits[0]].casefold() == new["word"].casefold():
        return None
    return " ".join(
        _recased_word(new["word"]) if index == hits[0] else word for index, word in enumerate(words)
    )


def _recased_word(word: str) -> str:
    return word[:1].upper() + word[1:]


def _compact_word(text: str) -> str:
    found = pieces(tokens(text), all_spelled=len(text) < 4)
    spelled = [piece.text for piece in found if piece.kind == "letter"]
    if len(spelled) >= MIN_SPELLED:
        return "".join(spelled)
    return "".join(piece.text for piece in found)


def _recased(value: str, index: int, letter: str) -> str:
    new = letter.upper() if value[index].isupper() else letter
    return value[:index] + new + value[index + 1 :]


def _respelt(value: str, said: str) -> str | None:
    """ "Smith with a y", "two l's", "S M Y T H", "d as in dog": one word of the value changed."""
    words = list(re.finditer(r"[^\W\d_]+", value))
    match = _WITH.search(said)
    if match:
        letters = match["letters"].casefold()
        letters = _LETTER_WORDS.get(letters, letters)
        for word in _meant(words, match["word"]):
            new = respelled(
                word.group(), letters, absent=bool(match["out"]), count=(match["count"] or "").casefold(),
                instead=(match["instead"] or "").casefold(),
            )  # fmt: skip
            if new and new != word.group():
                return value[: word.start()] + new + value[word.end() :]
        return None
    match = _NUMBER_OF.search(said)
    if match:
        for word in reversed(words):
            new = respelled(
                word.group(), match["letter"].casefold(), count=match["count"].casefold()
            )
            if new and new != word.group():
                return value[: word.start()] + new + value[word.end() :]
        return None
    return _spelled_word(value, words, said) or _one_letter(value, said)


def _meant(words: list[re.Match[str]], named: str | None) -> list[re.Match[str]]:
    if named:
        alike_words = [word for word in words if alike(word.group(), named)]
        if alike_words:
            return alike_words
    return list(reversed(words))


def _spelled_word(value: str, words: list[re.Match[str]], said: str) -> str | None:
    found = pieces(tokens(said))
    spelled = _longest_run(found)
    if len(spelled) < MIN_SPELLED:
        return None
    if value.replace(" ", "").isalpha():
        if both := _two_words_spelled(words, spelled):
            return both
        if _is_all(words, spelled):
            return _recased_word(spelled)
    hits = [word for word in words if alike(word.group(), spelled)]
    if not hits:
        # Misheard from its first letter on ("Cain" for "Jane"): the nearest, when that is clear.
        hits = _nearest(words, spelled)
    if len(hits) != 1:
        return None
    word = hits[0]
    new = spelled[:1].upper() + spelled[1:] if word.group()[:1].isupper() else spelled
    return value[: word.start()] + new + value[word.end() :]


def _is_all(words: list[re.Match[str]], spelled: str) -> bool:
    """ "K O W A L S K I" for "Oh Alski": one name, heard as two."""
    heard = [word.group().casefold() for word in words]
    if len(heard) < 2 or any(word == spelled for word in heard):
        return False
    nearest = min(Levenshtein.distance(word, spelled) for word in heard)
    together = Levenshtein.distance("".join(heard), spelled)
    return together < nearest and together <= len(spelled) / 2


def _nearest(words: list[re.Match[str]], spelled: str) -> list[re.Match[str]]:
    distances = sorted(
        (Levenshtein.distance(word.group().casefold(), spelled), index)
        for index, word in enumerate(words)
    )
    if not distances:
        return []
    ahead = distances[1][0] - distances[0][0] if len(distances) > 1 else 0
    near = distances[0][0] <= len(spelled) / 2
    if ahead < CLEARLY_NEARER and not (near and (ahead or len(distances) == 1)):
        return []
    return [words[distances[0][1]]]


def _two_words_spelled(words: list[re.Match[str]], spelled: str) -> str | None:
    """ "R O B E R T J O H N S O N" for "Robert Jonson": both names in one run."""
    if len(words) != 2 or len(spelled) < 2 * MIN_SPELLED:
        return None
    first, last = (word.group().casefold() for word in words)

    def distance(split: int) -> int:
        return int(
            Levenshtein.distance(first, spelled[:split])
            + Levenshtein.distance(last, spelled[split:])
        )

    split = min(range(2, len(spelled) - 1), key=distance)
    if not (alike(first, spelled[:split]) and alike(last, spelled[split:])):
        return None
    return f"{spelled[:split].capitalize()} {spelled[split:].capitalize()}"


def _longest_run(found: list[Piece]) -> str:
    best = run = ""
    for piece in found:
        run = run + piece.text if piece.kind == "letter" else ""
        best = max(best, run, key=len)
    return best


def _one_letter(value: str, said: str) -> str | None:
    """ "it's d as in dog": replaces the one letter it can have been taken for."""
    words = tokens(said)
    for index in range(len(words)):
        letter, taken = letter_at(words, index)
        if taken > 1 and len(letter) == 1 and index + taken == len(words):
            places = [
                place for place, other in enumerate(value.casefold().partition("@")[0])
                if confusable(letter, other)
            ]  # fmt: skip
            return _recased(value, places[0], letter) if len(places) == 1 else None
    return None
