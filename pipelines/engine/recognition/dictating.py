"""Hearing letters and digits where they were asked for: several readings of them, and which to
believe (`dictation` holds the rules, `spelling` what is usual)."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import soxr
from rapidfuzz.distance import Levenshtein

from pipelines.engine.recognition import dictation
from pipelines.engine.recognition.coded import Codes, Sounded
from pipelines.engine.recognition.decoder import (
    FULL_WINDOW_SECONDS,
    SAMPLE_RATE,
    Audio,
    Decoded,
    Decoder,
    window_seconds,
)
from pipelines.engine.recognition.forms import before_code
from pipelines.engine.recognition.letters import Heard, Letters
from pipelines.engine.recognition.respelling import has_spelling, respelled
from pipelines.engine.recognition.spelling import Spelling, sureness

BEAM = 5
READINGS = 3
LEAST_SPELLED = 4
"""Fewer letters may be heard in a sentence."""
VOTE_OF_SOUNDS = 1.5
"""Of the networks, where each reading of the decoder has one."""
MOST_UNLIKE = 2
"""Symbols that the networks may hear otherwise than the decoder, and no more than half of them:
more is no code."""
LEAST_DIGITS = 5
"""Fewer may be heard in a sentence ("to", "for")."""


@dataclass(frozen=True)
class _Again:
    """Another hearing of the same speech: its sounds fall elsewhere into the encoder's frames, and
    other mistakes are made."""

    lead_seconds: float
    """Silence put before it."""
    pace: float
    """Below one it is played slower, and deeper."""
    margin: float
    """A spelling this much better than the next one (natural log) does not need it."""


LATER = _Again(0.4, 1.0, 5.0)
SLOWER = _Again(0.3, 8 / 9, 2.0)


@dataclass(frozen=True)
class _Speech:
    """What is to be read, and how it sounds without an alphabet."""

    audio: Audio
    encoded: Any
    window: float
    language: str
    free: Decoded
    lead: str
    sounds: Heard | None
    """What the networks of letters hear in `encoded`."""
    reading: Callable[..., Decoded]
    larger: Decoder | None
    """A larger model, when there is one and time for it: it hears what stays in doubt."""

    @property
    def seconds(self) -> float:
        return len(self.audio) / SAMPLE_RATE

    def runs_on(self, reading: Decoded) -> bool:
        return dictation.runs_on(reading.text, self.seconds)


class Dictation:
    """Reads dictated letters or digits with a decoder that may write nothing else."""

    def __init__(
        self, decoder: Decoder, letters: Letters | None = None, codes: Codes | None = None
    ) -> None:
        """`letters` hears them in the same encodings, and `codes` letters and digits mixed; they
        must have been made for this model."""
        self._decoder = decoder
        self._heard_letters = letters
        self._codes = codes
        self._spellings: dict[str, Spelling | None] = {}

    def read(
        self,
        audio: Audio,
        encoded: Any,
        window: float,
        language: str,
        alphabet: str,
        lead: str,
        free: Decoded,
        sounds: Heard | None,
        larger: Decoder | None = None,
    ) -> Decoded | None:
        """Letters or digits, when that is what the audio holds; `free` is what it is without an
        alphabet, `lead` what was said before them, `sounds` what the networks of letters hear
        (`sounds`), `larger` a model for second hearings."""
        if sounds and not is_dictation(sounds, free.text):
            sounds = None
        after = free.text[len(lead) :]
        # Free text may go round.
        free = replace(free, text=(after.split(lead)[0] if lead else after).strip())

        def reading(
            encoded: Any, alphabet: str = alphabet, by: Decoder = self._decoder, **how: Any
        ) -> Decoded:
            seconds = len(audio) / SAMPLE_RATE
            return by.decode(encoded, seconds, language, alphabet=alphabet, lead=lead, **how)

        speech = _Speech(audio, encoded, window, language, free, lead, sounds, reading, larger)
        best = self._letters(speech) if alphabet == "letters" else self._digits(speech)
        if best is None:
            return None
        said = f"{lead} {best.text.lstrip(dictation.SEPARATORS)}".strip() if lead else best.text
        return replace(
            best,
            text=said,
            tokens=self._decoder.tokens_of(said, language),
            others=[
                f"{lead} {text}".strip()
                for text in dictation.distinct(best.text, [*best.others, free.text])
            ],
            no_speech_probability=free.no_speech_probability,
        )

    def sounds(self, encoded: Any, samples: int) -> Heard | None:
        """The letters and digits in one encoding of audio `samples` long; None without networks."""
        if self._heard_letters is None:
            return None
        return self._heard_letters.hear(np.array(encoded)[0], samples)

    def respelled(
        self, texts: Sequence[str], encoded: Any, samples: int, language: str, unknown: str = ""
    ) -> str | None:
        """The first of several readings of speech in which something is spelled, with the letters
        that the networks hear (`respelling`); None when there is none."""
        spelled = [text for text in texts if has_spelling(text)]
        sounds = self.sounds(encoded, samples) if spelled else None
        if sounds is None:
            return None
        spelling = self._spelling(language)
        found = (respelled(text, sounds, spelling, unknown) for text in spelled)
        return next((text for text in found if text), None)

    def spelled(self, encoded: Any, samples: int, language: str) -> str | None:
        """The letters of speech that is nothing else, but for words before them, by their sound;
        None where it is not."""
        sounds = self.sounds(encoded, samples)
        if sounds is None or len(sounds.letters) < LEAST_SPELLED:
            return None
        first, last = len(sounds.said) - len(sounds.letters), len(sounds.said) - 1
        spelling = self._spelling(language)
        usual = spelling.readings([], [sounds.between(first, last)]) if spelling else []
        return ", ".join(usual[0][0] if usual else sounds.letters)

    def _letters(self, speech: _Speech) -> Decoded | None:
        sounds = [speech.sounds] if speech.sounds else []
        # A reading that goes round may have come to a digit it could not write.
        if (
            dictation.has_numbers(speech.free.text)
            or speech.runs_on(speech.free)
            or any(one.has_numbers for one in sounds)
        ):
            code = self._characters(speech)
            if code:
                return code
        phones = self._by_phones(speech.encoded, len(speech.audio), speech.sounds)
        first = speech.reading(speech.encoded)
        readings = [first]
        spelled = self._spelled(speech, readings, sounds, phones)
        for again in (LATER, SLOWER):
            sure = len(spelled) > 1 and spelled[0][1] - spelled[1][1] > again.margin
            if sure or first.log_probability < dictation.LEAST_LETTERS_PREFERRED:
                break
            if again is SLOWER and speech.larger:
                readings.append(self._by_larger(speech, speech.larger))
            else:
                encoded, samples = self._encoded(speech, again)
                readings.append(speech.reading(encoded))
                if again_heard := self.sounds(encoded, samples):
                    sounds.append(again_heard)
                    phones += self._by_phones(encoded, samples, again_heard)
            spelled = self._spelled(speech, readings, sounds, phones)
        whole = [one for one in readings if not speech.runs_on(one)]
        best = max(whole, key=lambda one: one.log_probability, default=None)
        if best is None:
            return None
        if not sound_alike(best, sounds) and not dictation.is_spelled(
            best.text, best.log_probability, speech.free.text, speech.free.log_probability
        ):
            return None
        texts = [one.text for one in readings if one is not best]
        if not spelled:
            return replace(best, others=texts)
        said, *others = [_like(best, letters) for letters, _ in spelled[:READINGS]]
        same = dictation.symbols(said) == dictation.symbols(best.text)
        return replace(
            best,
            text=best.text if same else said,
            others=[*others, *texts],
            sureness=sureness(spelled),
        )

    def _encoded(self, speech: _Speech, again: _Again) -> tuple[Any, int]:
        """States of the speech so heard, and how many samples that were."""
        silence = np.zeros(int(again.lead_seconds * SAMPLE_RATE), dtype=np.float32)
        said = speech.audio
        if again.pace != 1:
            said = soxr.resample(said, SAMPLE_RATE * again.pace, SAMPLE_RATE)
        audio = np.concatenate([silence, said])
        window = max(speech.window, window_seconds(len(audio) / SAMPLE_RATE))
        return self._decoder.encode(audio, window), len(audio)

    def _by_larger(self, speech: _Speech, larger: Decoder) -> Decoded:
        return speech.reading(larger.encode(speech.audio, speech.window), by=larger)

    def _characters(self, speech: _Speech) -> Decoded | None:
        """Letters and digits mixed: what most of the readings and of what the networks hear say."""
        free, sounds = speech.free, [speech.sounds] if speech.sounds else []
        phones = self._by_phones(speech.encoded, len(speech.audio), speech.sounds)
        readings = [speech.reading(speech.encoded, "characters")]
        runs_on = speech.runs_on(readings[0])
        by_sound = any(one.has_numbers for one in sounds)
        if not runs_on and not by_sound and not dictation.has_numbers(readings[0].text):
            return None
        expected = [one.code for one in sounds if one.code] or [dictation.symbols(free.text)]
        if runs_on or dictation.symbols(readings[0].text) != expected[0]:
            encoded, samples = self._encoded(speech, LATER)
            readings.append(speech.reading(encoded, "characters"))
            if heard_later := self.sounds(encoded, samples):
                sounds.append(heard_later)
                phones += self._by_phones(encoded, samples, heard_later)
        whole = [one for one in readings if not speech.runs_on(one)]
        if not whole:
            return None
        # The networks may hear something else altogether: that is no code.
        texts = [dictation.symbols(one.text) for one in whole]
        heard = [
            code
            for code in [
                *(one.code for one in sounds if one.has_numbers),
                *(one.code for one in phones),
            ]
            if any(is_about(text, code) for text in texts)
        ]
        best = believed(whole, heard, free)
        if best is None or not dictation.has_numbers(best.text):
            return None
        said = dictation.symbols(best.text)
        if (said not in heard or len(said) < LEAST_SPELLED) and not dictation.is_code(
            best.text, best.log_probability, free.text, free.log_probability
        ):
            return None
        return replace(best, others=[one.text for one in whole])

    def _by_phones(self, encoded: Any, samples: int, sounds: Heard | None) -> list[Sounded]:
        """The phones in one encoding, from where the networks of letters hear it begin; none where
        they hear other words in it."""
        if self._codes is None or sounds is None or not sounds.code:
            return []
        begin = sounds.begins[-len(sounds.dictated)] if sounds.leads_in else 0
        return [self._codes.hear(np.array(encoded)[0], samples, begin)]

    def _spelled(
        self,
        speech: _Speech,
        readings: list[Decoded],
        sounds: list[Heard],
        phones: list[Sounded],
    ) -> list[tuple[str, float]]:
        """What the readings may have been, by what is usual in the language."""
        spelling = self._spelling(speech.language)
        hearings = [
            [likely for likely in one.heard if likely]
            for one in readings
            if not speech.runs_on(one)
        ]
        return spelling.readings(hearings, sounds, phones) if spelling and any(hearings) else []

    def _spelling(self, language: str) -> Spelling | None:
        """What is usual in a language, loaded once."""
        if language not in self._spellings:
            self._spellings[language] = Spelling.of_language(language)
        return self._spellings[language]

    def _digits(self, speech: _Speech) -> Decoded | None:
        first = speech.reading(speech.encoded)
        return self._digits_by_sound(speech, first) or self._digits_by_windows(speech, first)

    def _digits_by_sound(self, speech: _Speech, first: Decoded) -> Decoded | None:
        """What the networks hear, where they hear nothing but digits, and another opinion agrees;
        or what outvotes them."""
        heard = speech.sounds.digits if speech.sounds else ""
        if dictation.agree(first.text, heard):
            return first
        if dictation.agree(speech.free.text, heard):
            # Numbers ("fifty two") lose digits where each is written by itself.
            return replace(first, text=speech.free.text, others=[first.text], sureness=[])
        # Fifteen and fifty free text tells better.
        tens = speech.sounds is not None and speech.sounds.has_tens
        if tens or len(heard) < (2 if dictation.has_numbers(speech.free.text) else LEAST_DIGITS):
            return None
        encoded, samples = self._encoded(speech, LATER)
        later = self.sounds(encoded, samples)
        readings = [first, speech.reading(encoded)]
        codes = [heard, later.digits if later else ""]
        whole = [one for one in readings if not speech.runs_on(one)]
        best = believed(whole or [first], codes, speech.free, least=2.0)
        return replace(best, others=[one.text for one in readings]) if best else None

    def _digits_by_windows(self, speech: _Speech, first: Decoded) -> Decoded | None:
        """What the decoder reads in windows of several lengths."""
        free = speech.free
        readings = [first]
        if self._doubtful(speech, first):
            readings.append(speech.reading(speech.encoded, beam=BEAM, readings=READINGS))
        whole = [one for one in readings if not speech.runs_on(one)]
        best = max(whole, key=lambda one: one.log_probability, default=None)
        windows = [best] if best else []
        if self._doubtful(speech, best or first) and speech.window < FULL_WINDOW_SECONDS:
            if speech.larger:
                second = self._by_larger(speech, speech.larger)
            else:
                second = speech.reading(self._decoder.encode(speech.audio, FULL_WINDOW_SECONDS))
            if not speech.runs_on(second):
                whole.append(second)
                windows.append(second)
                # Over a telephone the short window hears better; else the full one does.
                narrow = dictation.is_narrow_band(speech.audio, SAMPLE_RATE)
                on_doubt = speech.larger is not None or not narrow
                if (
                    best is None
                    or dictation.has_long_row(best.text)
                    or dictation.is_fuller(second.text, best.text, on_doubt=on_doubt)
                ):
                    best = second
        if best is None:
            return None
        said = dictation.symbols(best.text)
        # The easy words before make free text likelier than digits alone.
        free_log = -math.inf if speech.lead else free.log_probability
        if not dictation.is_dictated(best.text, best.log_probability, free.text, free_log):
            return None
        sure = sum(dictation.symbols(one.text) == said for one in windows) > 1
        lost = dictation.loses_digits(
            best.text, best.log_probability, free.text, free.log_probability, sure=sure
        )
        if lost and not speech.runs_on(free):
            best = replace(best, text=free.text, sureness=[])
        return replace(best, others=[text for one in whole for text in (one.text, *one.others)])

    def _doubtful(self, speech: _Speech, reading: Decoded) -> bool:
        """True when digits need a second hearing: free text has others, or they may run on."""
        if not dictation.has_numbers(speech.free.text):
            return False
        log = reading.log_probability
        if dictation.has_long_row(reading.text):
            return True
        alike = dictation.agree(reading.text, speech.free.text)
        alike = alike and log > dictation.SINGLE_LOG_PROBABILITY
        sure = log > dictation.SURE_LOG_PROBABILITY
        return not (alike or sure) or speech.runs_on(reading) or dictation.may_run_on(reading.text)


def is_dictation(sounds: Heard, free: str) -> bool:
    """True unless what the networks hear after other words is nowhere in `free` text: then it is
    one of them ("to" for 2)."""
    return (
        not sounds.leads_in
        or before_code(free, sounds.code) is not None
        or len(sounds.digits) >= LEAST_DIGITS
    )


def is_about(text: str, code: str) -> bool:
    """True when the networks may hear as `code` what a decoder writes as `text`."""
    return Levenshtein.distance(code, text) <= min(MOST_UNLIKE, len(code) / 2)


def sound_alike(reading: Decoded, sounds: list[Heard]) -> bool:
    """True when the networks hear nothing but letters, and about those of a `reading`: however
    much likelier free text is ("care you and easy" for K U N T Z), they are spelled."""
    said = dictation.symbols(reading.text)
    return any(
        len(one.letters) >= LEAST_SPELLED and Levenshtein.distance(one.letters, said) <= 1
        for one in sounds
    )


def believed(
    readings: list[Decoded], heard: list[str], free: Decoded, least: float = 0.0
) -> Decoded | None:
    """The code that most of one or more `readings`, of the networks (who `heard` each of these) and
    free text have. Of equally many the longest, as both leave out more than they add; but rows are
    counted by the networks. None where that has less than the `least` votes."""
    said = [dictation.symbols(one.text) for one in readings]
    votes: dict[str, float] = defaultdict(float)
    for code, vote in [
        *((code, 1.0) for code in (*said, dictation.symbols(free.text))),
        *((code, VOTE_OF_SOUNDS) for code in heard),
    ]:
        votes[code] += vote
    most = max([*said, *heard], key=lambda one: (votes[one], dictation.length_but_rows(one)))
    same_but_rows = [
        one for one in heard if votes[one] == votes[most] and dictation.is_alike_but_rows(one, most)
    ]
    code = (same_but_rows or [most])[0]
    if not code or votes[code] < least:
        return None
    if code in said:
        same = (one for one in readings if dictation.symbols(one.text) == code)
        return max(same, key=lambda one: one.log_probability)
    like = min(readings, key=lambda one: Levenshtein.distance(dictation.symbols(one.text), code))
    return replace(like, text=_like(like, code), sureness=[])


def _like(reading: Decoded, letters: str) -> str:
    """`letters` written as in `reading`: "W-I-L" or "W, I, L"."""
    between = re.search(r"(?<=[A-Za-z])[ ,.\-]+(?=[A-Za-z])", reading.text)
    return (between.group() if between else "-").join(letters)
