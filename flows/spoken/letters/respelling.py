"""One word of a value spelled otherwise: "with a y", "two l's", "S M Y T H", "d as in dog", "the last
letter is n", "m not n". Shared by the corrections of addresses and of names."""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

from flows.spoken.letters.likeness import alike, most_alike
from flows.spoken.letters.modifiers import respelled
from flows.spoken.letters.pieces import pieces
from flows.spoken.names.familiar import is_familiar
from flows.spoken.words import MIN_SPELLED, ORDINALS, confusable, letter_at, tokens

_WITH = re.compile(
    r"^(?:it's |it is |but |just |spelled |spelt )*(?:(?P<word>[^\W\d_]{2,})(?:,)? )?(?:is )?(?:spelled |spelt )?"
    r"with(?P<out>out| no)?\s+(?:(?:an?|the|just)\s+)*(?P<count>one|single|two|double)?\s*(?P<letters>[a-z](?:[ -]?[a-z])?(?![a-z])|zed|zee|kay|why|see|tea|aitch|ess)(?:'?s)?"
    r"(?:\s+(?:not|instead of)\s+(?:with )?(?:an? )?(?P<instead>[a-z]))?(?: (?:at|in|on) the end)?\W*$",
    re.IGNORECASE,
)
_EDGE_LETTER = re.compile(
    r"^(?:it |the name |that )?(?:the )?(?:(?P<first>first letter(?: is| should be)?|(?:starts?|begins?)(?: in| with))"
    r"|last letter(?: is| should be)?|ends?(?: in| with| on))(?: an?)? (?P<letter>.+)$",
    re.IGNORECASE,
)
_LETTER_AT = re.compile(
    rf"^(?:the )?(?:(?P<place>{'|'.join(ORDINALS)})|(?P<back>second to last|second last|next to last)) letter"
    r"(?: (?:of|in) (?:my |the )?(?:(?P<which>first|last|sur|family) ?name|(?P<word>[^\W\d_]+)))?"
    r"(?: is| should be| must be| was)?(?: an?)? (?P<letter>.+)$",
    re.IGNORECASE,
)
_NUMBER_OF = re.compile(
    r"^(?:there(?:'s| is| are) |it's |it is |it has )?(?:only )?(?P<count>one|single|two|double)\s+(?P<letter>[a-z])(?:'?s)?(?: in (?:it|there|.+))?\W*$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"^(?:it's|it is|that's|with|an?(?! (?:as in|for|like)\b)|the|letters?|at|dot|digit|number|ends? (?:in|with)|is)\s+",
    re.I,
)
MAX_BARE_LETTERS = 4
"""Shorter than this, words are the names of letters: "tea", "see"."""
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


def edge_letter(word: str, said: str) -> str | None:
    """ "The last letter is n" and "it starts with a j"."""
    edge = _EDGE_LETTER.fullmatch(said)
    letter, taken = letter_at(tokens(edge["letter"]), 0) if edge else ("", 0)
    if edge is None or len(letter) != 1 or taken != len(tokens(edge["letter"])):
        return None
    index = 0 if edge["first"] else len(word) - 1
    return recased(word, index, letter) if word[index].isalpha() else None


def letter_at_place(value: str, said: str) -> str | None:
    """ "The second letter is an e", "the third letter of my last name is a v": counted in letters."""
    named = _LETTER_AT.fullmatch(said)
    letter, taken = letter_at(tokens(named["letter"]), 0) if named else ("", 0)
    if named is None or len(letter) != 1 or taken != len(tokens(named["letter"])):
        return None
    words = list(re.finditer(r"[^\W\d_]+", value))
    if named["word"]:
        words = [word for word in words if alike(word.group(), named["word"])][:1]
    elif named["which"]:
        words = words[:1] if named["which"].casefold() == "first" else words[-1:]
    places = [index for word in words for index in range(*word.span())]
    place = -2 if named["back"] else ORDINALS.index(named["place"].casefold())
    return recased(value, places[place], letter) if len(places) > abs(place) else None


def bare(text: str) -> str:
    """`text` without the articles and the like that it begins with."""
    previous = ""
    text = text.strip(" .,")
    while previous != text:
        previous, text = text, _ARTICLE.sub("", text).strip(" .,")
    return text


def compact(text: str, *, domain: bool = False) -> str:
    """What a phrase stands for in an address: "d as in dog" is "d", "forty eight" is "48"."""
    spelled = len(text) < MAX_BARE_LETTERS and not domain
    found = "".join(piece.text for piece in pieces(tokens(text), all_spelled=spelled))
    return found.strip(".") if domain else found


def swapped_at_one_place(text: str, right: str, wrong: str) -> str | None:
    """`text` with the wrong exchanged where it stands: at its only place, or at the only one where
    names that people have come of it ("m not n" in "john.snith")."""
    places = [place.start() for place in re.finditer(re.escape(wrong), text, re.IGNORECASE)]
    swapped = [
        text[:place]
        + (right.upper() if text[place].isupper() else right)
        + text[place + len(wrong) :]
        for place in places
    ]
    if len(swapped) == 1:
        return swapped[0]
    familiar = [one for one in swapped if is_familiar(one)]
    return familiar[0] if len(familiar) == 1 else None


def recased_word(word: str) -> str:
    return word[:1].upper() + word[1:]


def recased(value: str, index: int, letter: str) -> str:
    new = letter.upper() if value[index].isupper() else letter
    return value[:index] + new + value[index + 1 :]


def respelt(value: str, said: str) -> str | None:
    """ "Smith with a y", "two l's", "S M Y T H", "d as in dog": one word of the value changed."""
    words = list(re.finditer(r"[^\W\d_]+", value))
    match = _WITH.search(said)
    if match:
        letters = re.sub(r"[ -]", "", match["letters"].casefold())
        letters = _LETTER_WORDS.get(letters, letters)
        said_word = match["word"]
        if said_word and (place := _inside(words, said_word)) is not None:
            changed = respelled(
                said_word, letters, absent=bool(match["out"]), count=(match["count"] or "").casefold(),
                instead=(match["instead"] or "").casefold(),
            )  # fmt: skip
            if changed is None:
                return None
            return value[:place] + changed.casefold() + value[place + len(said_word) :]
        for word in _meant(words, said_word):
            # "Smythe with an e": of the word as it was said now, before the one that was read back.
            for base in (said_word, word.group()):
                new = base and alike(base, word.group()) and respelled(
                    base, letters, absent=bool(match["out"]), count=(match["count"] or "").casefold(),
                    instead=(match["instead"] or "").casefold(),
                )  # fmt: skip
                if new and new.casefold() != word.group().casefold():
                    cased = recased_word(new) if word.group()[0].isupper() else new.casefold()
                    return value[: word.start()] + cased + value[word.end() :]
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
    return spelled_word(value, words, said) or _one_letter(value, said)


def _inside(words: list[re.Match[str]], named: str) -> int | None:
    """Where `named` begins inside of one longer word ("jane" in "janemiller"); None where no word,
    or more than one, holds it, or where it is a word by itself."""
    places = [
        word.start() + word.group().casefold().index(named.casefold())
        for word in words
        if word.group().casefold().count(named.casefold()) == 1
    ]
    itself = any(alike(word.group(), named) for word in words)
    return places[0] if len(places) == 1 and not itself else None


def _glued_name(words: list[re.Match[str]], spelled: str) -> tuple[int, int] | None:
    """Where one of the names glued together in one word is the one that was spelled: "miller" of
    "janemiller" for M I L L A R. None where that is not clear."""
    parts = [
        (Levenshtein.distance(text, spelled), begin, end)
        for word in words
        for size in (len(spelled) - 1, len(spelled), len(spelled) + 1)
        if len(word.group()) - size >= MIN_SPELLED - 1
        for begin, end in ((word.start(), word.start() + size), (word.end() - size, word.end()))
        if alike(text := word.string[begin:end].casefold(), spelled)
    ]
    parts.sort()
    clear = len(parts) == 1 or (len(parts) > 1 and parts[0][0] < parts[1][0])
    return parts[0][1:] if clear and parts[0][0] < len(spelled) / 2 else None


def _meant(words: list[re.Match[str]], named: str | None) -> list[re.Match[str]]:
    if named:
        alike_words = [word for word in words if alike(word.group(), named)]
        if alike_words:
            return alike_words
    return list(reversed(words))


def spelled_word(value: str, words: list[re.Match[str]], said: str) -> str | None:
    spelled = longest_run(said)
    if len(spelled) < MIN_SPELLED:
        return None
    if value.replace(" ", "").isalpha():
        if both := _two_words_spelled(words, spelled):
            return both
        if _is_all(words, spelled):
            return recased_word(spelled)
    hits = [words[index] for index in most_alike([word.group() for word in words], spelled)]
    if not hits and (glued := _glued_name(words, spelled)):
        return value[: glued[0]] + spelled + value[glued[1] :]
    if not hits:
        # Misheard from its first letter on ("Cain" for "Jane"): the nearest, when that is clear.
        hits = _nearest(words, spelled)
    if len(hits) != 1:
        return None
    word = hits[0]
    new = recased_word(spelled) if word.group()[:1].isupper() else spelled
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


def longest_run(said: str) -> str:
    """The most letters that were spelled one after another."""
    best = run = ""
    for piece in pieces(tokens(said)):
        run = run + piece.text if piece.kind == "letter" else ""
        best = max(best, run, key=len)
    return best


def _one_letter(value: str, said: str) -> str | None:
    """ "it's d as in dog": replaces the one letter it can have been taken for."""
    words = tokens(said)
    for index in range(len(words)):
        letter, taken = letter_at(words, index)
        if taken > 1 and len(letter) == 1 and index + taken == len(words):
            return _put(value, letter)
    return None


def _put(value: str, letter: str) -> str | None:
    """`value` with `letter` at the one place that makes names people have of it; or for the one
    letter that sounds like it, in a word that is no such name."""
    words = list(re.finditer(r"[^\W\d_]+", value.partition("@")[0]))
    strange = [word for word in words if not is_familiar(word.group())]
    places = [place for word in strange or words for place in range(*word.span())]
    changed = [recased(value, place, letter) for place in places]
    names = [one for one in changed if is_familiar(one.partition("@")[0]) and one != value]
    if len(names) == 1:
        return names[0]
    sounding = [one for place, one in zip(places, changed, strict=True)
                if confusable(letter, value[place].casefold())]  # fmt: skip
    return sounding[0] if len(sounding) == 1 else None
