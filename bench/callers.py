"""Callers who leave their details: what they want to leave, how they say it, and how they answer.

A caller knows the truth and says it as people do. Asked whether what was understood is right, they
say so; when it is wrong they correct it the way a person would: the digits that are wrong, the
letter that was misheard, the domain, or the whole again, spelled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from bench.clips import espeak, flite, levelled, street, telephone, trimmed
from bench.phone import Audio
from flows.nodes.doubt import Part
from flows.spoken.email.addresses import say_email
from flows.spoken.phone.numbers import groups_of, say_phone
from flows.spoken.readback import spell_out
from voice_worker.audio import RATE

CHANNELS = ("clean", "g711", "noisy")
NOISE_DB = 15.0
"""Signal to noise on the noisy channel: a busy street through an open window."""
SLOWER = 0.88
MAX_REPEATS = 3
ROOM_SECONDS = 0.3
"""Room around an utterance, as a turn detector leaves it."""


@dataclass(frozen=True)
class Voice:
    """A synthesiser's voice; `accent` as a listener would call it."""

    name: str
    engine: str
    accent: str
    speed: int = 150
    """Words a minute (espeak-ng), or percent of the normal pace (flite)."""

    @property
    def family(self) -> str:
        """How its sound is made: from recorded speech, or by rule."""
        return "by rule" if self.engine == "espeak" else "recorded"


VOICES = (
    Voice("joe", "piper", "American"),
    Voice("slt", "flite", "American", 105),
    Voice("rms", "flite", "American", 95),
    Voice("awb", "flite", "Scottish", 105),
    Voice("en-us-nyc", "espeak", "New York", 135),
    Voice("en-gb+f2", "espeak", "British", 135),
    Voice("en-gb-x-rp", "espeak", "British", 130),
    Voice("en-029", "espeak", "Caribbean", 130),
)


@dataclass(frozen=True)
class Detail:
    """What a caller wants to leave: the value as it should be stored, and the words for it."""

    kind: str
    value: str
    said: str


def _spelled(word: str) -> str:
    return ", ".join(word.upper())


DETAILS = (
    Detail("email", "john.smith@gmail.com", "It's john dot smith at gmail dot com."),
    Detail("email", "mary.jones84@yahoo.com", "mary dot jones eighty four at yahoo dot com"),
    Detail("email", "robert_wilson@outlook.com", "My email is robert underscore wilson at outlook dot com."),
    Detail("email", "info@greenwood.org", "You can reach me at info at greenwood dot org."),
    Detail("email", "david.miller@hotmail.com", "Sure, david dot miller at hotmail dot com."),
    Detail("email", "peter-brown@example.com", "peter dash brown at example dot com"),
    Detail("email", "kowalski@gmail.com", f"It's kowalski, {_spelled('kowalski')}, at gmail dot com."),
    Detail("email", "susan22@aol.com", "susan twenty two at A O L dot com"),
    Detail("email", "tom@riverside.co.uk", "tom at riverside dot co dot U K"),
    Detail("email", "office@silverlake.com", "The email address is office at silver lake, one word, dot com."),
    Detail("phone", "+14155550132", "four one five, five five five, zero one three two"),
    Detail("phone", "+12125550187", "My number is two one two, five five five, oh one eight seven."),
    Detail("phone", "+13035550164", "It's three oh three, five five five, zero one six four."),
    Detail("phone", "+16175550199", "six one seven, five five five, oh one double nine"),
    Detail("phone", "+17738829046", "seven seven three, eight eight two, nine zero four six"),
    Detail("phone", "+18004673912", "You can call me on eight hundred, four six seven, three nine one two."),
    Detail("phone", "+442079460958", "plus four four, two oh, seven nine four six, oh nine five eight"),
    Detail("phone", "+19168405273", "nine one six, eight four zero, fifty two, seventy three"),
    Detail("phone", "+15036712245", "five oh three, six seven one, two two four five"),
    Detail("phone", "+12068149930", "two oh six. Eight one four. Nine nine three oh."),
    Detail("name", "Jane Miller", "My name is Jane Miller."),
    Detail("name", "Robert Johnson", "This is Robert Johnson."),
    Detail("name", "David Wilson", "David Wilson"),
    Detail("name", "Kowalski", f"Kowalski, {_spelled('kowalski')}."),
    Detail("name", "Peter Brown", "I'm Peter Brown."),
    Detail("name", "Maria Garcia", "It's Maria Garcia."),
    Detail("name", "Smyth", f"Smyth. {_spelled('smyth')}."),
    Detail("name", "Susan Taylor", "Yes, it's Susan Taylor."),
)  # fmt: skip
YES = ("Yes, that's right.", "Yes.", "Correct.", "Yeah, that's right.")


def spelled_out(detail: Detail, *, with_words: bool) -> str:
    """The value letter by letter, as a caller who was asked for it says it; `with_words` for one
    who was misheard spelling, too ("B as in bravo")."""
    if detail.kind == "phone":
        return say_phone(detail.value, "US")
    if detail.kind == "email":
        return _letters_of(detail.value, with_words=with_words)
    letters = spell_out if with_words else _spelled
    return ". ".join(f"{word}, {letters(word)}" for word in detail.value.split())


def part_spelled(detail: Detail, part: Part) -> str:
    """The part of the value that the caller was asked to spell."""
    domain = detail.value.partition("@")[2]
    match part:
        case Part.LOCAL:
            return f"{_letters_of(detail.value).partition(', at ')[0]}."
        case Part.DOMAIN:
            name, _, ending = domain.partition(".")
            ending = " dot ".join(ending.split("."))
            return f"{_spelled(name)}, dot {ending}."
        case Part.FIRST:
            return f"{_spelled(detail.value.split()[0])}."
        case Part.LAST_DIGITS:
            return f"{say_digits(groups_of(detail.value, 'US')[-1])}."
        case Part.LAST:
            return f"{_spelled(detail.value.split()[-1])}."
    return f"{spelled_out(detail, with_words=False)}."


def _letters_of(address: str, *, with_words: bool = False) -> str:
    """An address with the part before the @ in letters, the rest as words."""
    local, _, domain = address.partition("@")
    signs = {".": "dot", "_": "underscore", "-": "dash"}
    plain = ", ".join(signs.get(letter, letter.upper()) for letter in local)
    letters = spell_out(local) if with_words else plain
    return f"{letters}, at {say_email('x@' + domain).partition(' at ')[2]}"


def answer_to(detail: Detail, read_back: str, attempt: int) -> str:
    """What the caller says to a value read back wrong: what is wrong with it."""
    if detail.kind == "phone":
        return _phone_correction(detail, read_back)
    if detail.kind == "email":
        return _email_correction(detail, read_back, attempt)
    wrong = [
        word
        for word, heard in zip(detail.value.split(), read_back.split(), strict=False)
        if word != heard
    ]
    if len(detail.value.split()) == len(read_back.split()) and len(wrong) == 1:
        letters = spell_out(wrong[0]) if attempt > 1 else _spelled(wrong[0])
        return f"No, it's {wrong[0]}, {letters}."
    return f"No, it's {spelled_out(detail, with_words=attempt > 1)}."


def _phone_correction(detail: Detail, read_back: str) -> str:
    right, wrong = groups_of(detail.value, "US"), groups_of(read_back, "US")
    same = [a == b for a, b in zip(right, wrong, strict=False)]
    if len(right) == len(wrong) == 3 and same == [True, True, False]:
        return f"No, the last four are {say_digits(right[2])}."
    return f"No, it's {say_phone(detail.value, 'US')}."


def say_digits(digits: str) -> str:
    """Digit by digit."""
    names = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return " ".join(names[int(digit)] for digit in digits)


def _email_correction(detail: Detail, read_back: str, attempt: int) -> str:
    local, _, domain = detail.value.partition("@")
    wrong_local, _, wrong_domain = read_back.partition("@")
    if local == wrong_local:
        said = say_email("x@" + domain).partition(" at ")[2]
        name, _, ending = said.partition(" dot ")
        if attempt > 1:
            # Misheard twice: spelled, as anybody would.
            return f"No, it's at {name}, {_spelled(name)}, dot {ending}."
        return f"No, it's at {said}."
    differing = [(a, b) for a, b in zip(local, wrong_local, strict=False) if a != b]
    if domain == wrong_domain and len(local) == len(wrong_local) and len(differing) == 1:
        right, wrong = differing[0]
        if right.isalpha() and wrong.isalpha():
            return f"No, it's {spell_out(right)}, not {spell_out(wrong)}."
    words, heard = re.findall(r"[a-z]+", local), re.findall(r"[a-z]+", wrong_local)
    misheard = [word for word, other in zip(words, heard, strict=False) if word != other]
    if domain == wrong_domain and len(words) == len(heard) and len(misheard) == 1:
        return f"No, it's {misheard[0]}, {_spelled(misheard[0])}."
    return f"No, it's {spelled_out(detail, with_words=attempt > 1)}."


class Speech:
    """Says sentences in a voice; each once, then from memory."""

    def __init__(self, piper: dict[str, Audio]) -> None:
        self._piper = piper
        self._said: dict[tuple[str, str, int], Audio] = {}

    def missing(self, voice: Voice, text: str) -> bool:
        """True when Piper has to be asked for this sentence first."""
        return voice.engine == "piper" and text not in self._piper

    def add(self, text: str, pcm: Audio) -> None:
        self._piper[text] = pcm

    def say(self, voice: Voice, text: str, *, repeats: int = 0) -> Audio:
        """16-bit mono at `RATE`, levelled, with a little room around it; who has to repeat
        something speaks slower (Piper's voice has one pace)."""
        key = (voice.name, text, min(repeats, MAX_REPEATS))
        if key not in self._said:
            speed = round(voice.speed * SLOWER ** min(repeats, MAX_REPEATS))
            if voice.engine == "piper":
                pcm = self._piper[text]
            elif voice.engine == "flite":
                pcm = flite(text, voice.name, 100 / speed)
            else:
                pcm = espeak(text, voice.name, speed)
            room = np.zeros(int(ROOM_SECONDS * RATE), dtype=np.int16)
            self._said[key] = np.concatenate([room, levelled(trimmed(pcm)), room])
        return self._said[key]


def through(channel: str, pcm: Audio, seed: int) -> Audio:
    """What arrives when `pcm` goes over a channel."""
    if channel == "clean":
        return pcm
    if channel == "noisy":
        pcm = _in_noise(pcm, seed)
    return telephone(pcm)


def _in_noise(pcm: Audio, seed: int) -> Audio:
    loud = np.sqrt(np.mean(pcm[np.abs(pcm) > 100].astype(np.float64) ** 2))
    noise = street(len(pcm), loud * 10 ** (-NOISE_DB / 20), seed)
    return np.clip(pcm + noise, -32767, 32767).astype(np.int16)
