"""The recogniser: faster-whisper with windows as short as the turn, guarded against its vices.

Whisper is trained on 30 s windows, and its encoder costs the same for a "yes" as for a speech.
CTranslate2 accepts fewer frames, which saves most of that time, but a window without a silent tail
makes the decoder repeat itself. So a turn gets at least two seconds of silence after it, a cap on
tokens, and, when it loops all the same, a second pass over the full window.

On noise and silence Whisper invents sentences; their log probability gives them away. Hints (words
the caller may use) are put before the text, where a decoder likes to copy them from: a hint is
believed only where the text without hints sounds like it.
"""

from __future__ import annotations

import math
import re
import sys
import types
from dataclasses import dataclass, replace
from functools import cache
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.engine.process import Handler, serve
from pipelines.engine.recognition import dictation
from pipelines.engine.recognition.belief import (
    first_loop,
    is_answer,
    is_doubled,
    is_invented,
    is_misheard_answer,
    is_too_fast,
    once,
    sounds_alike,
    used,
)
from pipelines.engine.recognition.coded import Codes
from pipelines.engine.recognition.decoder import (
    FULL_WINDOW_SECONDS,
    SAMPLE_RATE,
    Audio,
    Decoded,
    Decoder,
    window_seconds,
)
from pipelines.engine.recognition.dictating import Dictation
from pipelines.engine.recognition.ending import Ending
from pipelines.engine.recognition.expected import Expected
from pipelines.engine.recognition.forms import FORMS, copied, lead_in
from pipelines.engine.recognition.hums import Hums
from pipelines.engine.recognition.invited import ANSWER_MARGIN, CHOICE_MARGIN, phrase_heard
from pipelines.engine.recognition.larger import Larger
from pipelines.engine.recognition.letters import Letters
from pipelines.engine.recognition.phones import Phones

BEAM = 5
ALTERNATIVES = 4
SURE_LOG_PROBABILITY = -0.15
"""Greedy readings below it, six of ten sentences, hold most of the errors that a beam, or a larger
model, avoids."""
LIKELY_FINISHED = 0.5
"""What sounds less so is not encoded anew: all of it will be recognised again."""
SURELY_FINISHED = 0.95
"""Nor for what is surely its end: the answer would wait, where else the caller might yet go on."""


@dataclass(frozen=True)
class _Reader:
    """A model, and what it has encoded of the speech."""

    decoder: Decoder
    encoded: Any
    seconds: float
    language: str

    def read(self, **how: Any) -> Decoded:
        return self.decoder.decode(self.encoded, self.seconds, self.language, **how)

    def likelihood(self, text: str) -> list[float]:
        return self.decoder.likelihood(self.encoded, text, self.language, self.seconds)


def _is_doubtful(greedy: Decoded) -> bool:
    return greedy.text != "" and greedy.log_probability <= SURE_LOG_PROBABILITY


class Whisper:
    """A loaded model; `recognise` is the whole interface."""

    def __init__(
        self,
        model: str,
        threads: int,
        ending: Ending | None = None,
        larger: Larger | None = None,
        letters: Letters | None = None,
        phones: Phones | None = None,
        at_once: int = 1,
    ) -> None:
        """`ending` judges how final a turn sounds, `letters` hears spelled ones, `phones` usual
        names and addresses, and hums; they must have been made for this model. `larger` hears again
        what stays in doubt. So many turns may be recognised `at_once`, with `threads` each."""
        self._decoder = Decoder(model, threads, at_once)
        self._dictation = Dictation(self._decoder, letters, Codes(phones) if phones else None)
        self._expected = Expected(phones) if phones else None
        self._hums = Hums(phones) if phones else None
        self._ending = ending
        self._larger = larger

    def recognise(
        self,
        audio: Audio,
        *,
        language: str = "en",
        hints: tuple[str, ...] = (),
        alphabet: str = "",
        form: str = "",
        answer: bool = False,
        phrases: tuple[str, ...] = (),
        alternatives: bool = False,
        with_words: bool = False,
        thorough: bool = False,
    ) -> dict[str, Any]:
        """Words in `audio` (mono, 16 kHz, -1..1); `alphabet` is "letters" or "digits" where the
        caller was asked for them, `form` a key of `FORMS` where something of that form was asked
        for, or "spelled" where letters may stand among words, `answer` true where yes or no was
        (then both others tell what else may be said: a correction), `phrases` what the question
        invites where that is one of a few things; `language` an ISO 639-1 code or "" to find out;
        `thorough` true when there is time to encode again what was heard poorly, in the full window
        or for the larger model.

        Returns text ("" when it holds no speech), confidence 0..1, other readings and words with
        times (s) when asked, the two probabilities it was judged by, how much it sounds like the
        end of a turn (`finished`, 0..1 or None), whether it sounds like a `hum`, its language, and
        whether a second pass over the full window was needed.
        """
        seconds = len(audio) / SAMPLE_RATE
        window = window_seconds(seconds)
        encoded = self._decoder.encode(audio, window)
        if not language:
            language = self._decoder.language_of(encoded)
        finished = (
            self._ending.probability(np.array(encoded)[0], len(audio)) if self._ending else None
        )
        found = self._decoder.decode(encoded, seconds, language)
        second_pass = window < FULL_WINDOW_SECONDS and (
            first_loop(found.text) is not None or is_too_fast(found.text, seconds)
        )
        answered = answer and is_answer(found.text)
        # "My number is" is no dictation: it stays as it is, and the digits go on from there.
        sounds = self._dictation.sounds(encoded, len(audio)) if alphabet else None
        lead = lead_in(found.text, alphabet, sounds) if alphabet else ""
        if answer and not lead and re.search(r"[^\W\d_]{3}", found.text):
            # Nothing to dictate in "no, it's wrong".
            alphabet = ""
        larger = self._larger_model(language) if thorough and (alphabet or form in FORMS) else None
        dictated = (
            self._dictation.read(
                audio, encoded, window, language, alphabet, lead, found, sounds, larger
            )
            if alphabet
            else None
        )
        if dictated:
            found, second_pass = dictated, False
        elif second_pass:
            window = FULL_WINDOW_SECONDS
            encoded = self._decoder.encode(audio, window)
            found = self._decoder.decode(encoded, seconds, language)
        no_speech, log_probability = found.no_speech_probability, found.log_probability
        surely = False
        if not dictated and not answered:
            reader = _Reader(self._decoder, encoded, seconds, language)
            if form not in FORMS and _is_doubtful(found):
                if thorough:
                    open_end = finished is None or LIKELY_FINISHED < finished <= SURELY_FINISHED
                    reader = self._second_reader(
                        reader, audio, window, in_full=open_end and not answer
                    )
                anew = reader.encoded is not encoded
                found = self._surer(reader, found, answer=answer, anew=anew)
            found = self._hinted(reader, hints, found)
            if phrases and not is_invented(found.text, no_speech, log_probability):
                margin = ANSWER_MARGIN if answer else CHOICE_MARGIN
                found = self._invited(reader, phrases, margin, found)
            if reader.decoder is not self._decoder:
                # Each model has numbers of its own for the pieces of words.
                found.tokens = self._decoder.tokens_of(found.text, language)
            formed = self._formed(audio, encoded, language, form, found, larger)
            if formed:
                found = formed
                log_probability = max(log_probability, found.log_probability)
            elif alternatives and not found.others:
                found.others = self._others(encoded, seconds, language, found.text)
            if form:
                found = self._respelled(found, encoded, len(audio), language, form)
            if form and not answer:
                found, surely = self._as_expected(found, encoded, len(audio), language, form)
        invented = not surely and is_invented(found.text, no_speech, log_probability)
        if (
            invented
            and form
            and (letters := self._dictation.spelled(encoded, len(audio), language))
        ):
            # A decoder goes round over "Kowalski, K, O, W …"; noise has no letters.
            found, invented = self._decoder.rewritten(found, letters, language), False
            found.others = []
        loop = first_loop(found.text) if not dictated else None
        if loop is not None:
            found.text = found.text[:loop].strip(" ,")
        wanted = with_words and not invented
        return {
            "text": "" if invented else found.text,
            "confidence": 0.0 if invented else math.exp(min(0.0, found.log_probability)),
            "alternatives": found.others[:ALTERNATIVES] if alternatives and not invented else [],
            "no_speech_probability": no_speech,
            "log_probability": log_probability,
            "finished": finished,
            "hum": self._hums is not None and self._hums.is_one(np.array(encoded)[0], len(audio)),
            "language": language,
            "second_pass": second_pass,
            "words": self._words(encoded, found, len(lead.split()), language, seconds)
            if wanted
            else [],
        }

    def _words(
        self, encoded: Any, found: Decoded, leading: int, language: str, seconds: float
    ) -> list[dict[str, Any]]:
        """Words with their times; how sure letters and digits are is known from hearing them, all
        an alignment tells is that nobody writes like that."""
        words = self._decoder.words(encoded, found.tokens, language, seconds)
        dictated = words[leading:]
        sure = dictation.confidences([word["text"] for word in dictated], found.sureness)
        for word, confidence in zip(dictated, sure, strict=True):
            if confidence is not None:
                word["confidence"] = confidence
        return words

    def encode(self, audio: Audio) -> npt.NDArray[np.float32]:
        """Encoder states (frames x width) of a turn, as `recognise` sees them."""
        seconds = len(audio) / SAMPLE_RATE
        window = window_seconds(seconds)
        states: npt.NDArray[np.float32] = np.array(self._decoder.encode(audio, window))[0]
        return states

    def _larger_model(self, language: str) -> Decoder | None:
        """The larger model, when it is there and knows the language."""
        larger = self._larger.decoder() if self._larger else None
        return larger if larger and larger.knows(language) else None

    def _second_reader(
        self, first: _Reader, audio: Audio, window: float, *, in_full: bool
    ) -> _Reader:
        """Who reads a sentence in doubt when there is time: the larger model, else the same; with
        `in_full` in the full window, where a beam errs less."""
        if larger := self._larger_model(first.language):
            return replace(first, decoder=larger, encoded=larger.encode(audio, window))
        if not in_full or window >= FULL_WINDOW_SECONDS:
            return first
        return replace(first, encoded=self._decoder.encode(audio, FULL_WINDOW_SECONDS))

    def _surer(self, reader: _Reader, greedy: Decoded, *, answer: bool, anew: bool) -> Decoded:
        """The best of a beam, where that is likelier or was encoded `anew`; with `answer` the best
        that is one and sounds like the greedy one ("No" for "Now")."""
        found = reader.read(beam=BEAM, readings=ALTERNATIVES)
        if is_doubled(found.text) and not is_doubled(greedy.text):
            # In a short window a beam likes to say all of it again.
            text = once(found.text)
            found = replace(
                found, text=text, tokens=reader.decoder.tokens_of(text, reader.language)
            )
        others = dictation.distinct(found.text, (*found.others, greedy.text))
        if answer:
            for text in (found.text, *found.others):
                if is_misheard_answer(text, greedy.text):
                    tokens = self._decoder.tokens_of(text, reader.language)
                    return replace(greedy, text=text, tokens=tokens, others=others)
        believed = (
            (anew or found.log_probability > greedy.log_probability)
            and found.text != ""
            and first_loop(found.text) is None
            and not is_too_fast(found.text, reader.seconds)
        )
        return replace(found, others=others) if believed else greedy

    def _hinted(self, reader: _Reader, hints: tuple[str, ...], plain: Decoded) -> Decoded:
        """The reading with hints, unless it holds one that was not said."""
        if not hints or not plain.text:
            return plain
        found = reader.read(hints=hints)
        believed = (
            first_loop(found.text) is None
            and not is_too_fast(found.text, reader.seconds)
            and all(sounds_alike(hint, plain.text) for hint in used(hints, found.text))
        )
        return found if believed else plain

    def _invited(
        self, reader: _Reader, phrases: tuple[str, ...], margin: float, plain: Decoded
    ) -> Decoded:
        """The phrase that was heard as something else, if one was."""
        likelihood = cache(reader.likelihood)
        phrase = phrase_heard(plain.text, phrases, margin, reader.seconds, likelihood)
        if phrase is None:
            return plain
        found = reader.decoder.rewritten(plain, phrase, reader.language)
        return replace(found, log_probability=fmean(likelihood(phrase)))

    def _formed(
        self,
        audio: Audio,
        encoded: Any,
        language: str,
        form: str,
        plain: Decoded,
        larger: Decoder | None,
    ) -> Decoded | None:
        """Readings in the form expected, the plain one behind them; None where there are none."""
        if form not in FORMS or language != "en" or not plain.text:
            return None
        expected = FORMS[form]
        seconds = len(audio) / SAMPLE_RATE
        if larger:
            encoded = larger.encode(audio, window_seconds(seconds))
        found = (larger or self._decoder).decode(
            encoded, seconds, language, hints=(expected.sentence,), beam=BEAM, readings=ALTERNATIVES
        )
        texts = [
            text
            for text in (found.text, *found.others)
            if first_loop(text) is None
            and not is_too_fast(text, seconds)
            and not copied(expected, text, plain.text)
        ]
        if not texts or texts[0] != found.text:
            return replace(plain, others=dictation.distinct(plain.text, texts)) if texts else None
        return replace(
            found,
            # Each model has numbers of its own for the pieces of words.
            tokens=self._decoder.tokens_of(found.text, language) if larger else found.tokens,
            others=dictation.distinct(found.text, (plain.text, *found.others)),
            no_speech_probability=plain.no_speech_probability,
        )

    def _respelled(
        self, found: Decoded, encoded: Any, samples: int, language: str, form: str
    ) -> Decoded:
        """What is spelled among words with its letters by their sound, the readings behind it."""
        texts = (found.text, *found.others)
        # Between spelled parts of an address mostly "dot" is said.
        unknown = "dot" if form == "email" else ""
        text = self._dictation.respelled(texts, encoded, samples, language, unknown)
        return found if text is None else self._decoder.rewritten(found, text, language)

    def _as_expected(
        self, found: Decoded, encoded: Any, samples: int, language: str, form: str
    ) -> tuple[Decoded, bool]:
        """The name or address that surely was said, and true; else what was found, with one name
        that it may have been first among the other readings: the text may be a refusal."""
        if self._expected is None:
            return found, False
        states = np.array(encoded)[0]
        said = self._expected.reading(form, found.text, states, samples, language)
        if said is None:
            return found, False
        if not said.alone:
            return self._decoder.rewritten(found, said.text, language), True
        others = dictation.distinct(found.text, (said.text, *found.others))
        return replace(found, others=others), False

    def _others(self, encoded: Any, seconds: float, language: str, best: str) -> list[str]:
        found = self._decoder.decode(encoded, seconds, language, beam=BEAM, readings=ALTERNATIVES)
        return dictation.distinct(best, (found.text, *found.others))


def load(options: dict[str, Any]) -> Handler:
    """Speech recogniser (faster-whisper)."""
    # Reads audio files and brings 10 MB of codecs; here samples come over a socket.
    sys.modules.setdefault("av", types.ModuleType("av"))
    larger, trained_for = options.get("larger", ""), options.get("trained_for", "")
    threads, at_once = options["threads"], options["at_once"]
    engine = Whisper(
        options["model"],
        threads,
        Ending.of_model(trained_for),
        Larger(larger, threads, at_once) if larger else None,
        Letters.of_model(trained_for),
        Phones.of_model(trained_for),
        at_once,
    )
    engine.recognise(np.zeros(SAMPLE_RATE, dtype=np.float32))

    def handle(op: str, args: dict[str, Any]) -> dict[str, Any]:
        if op != "recognise":
            raise ValueError(f"unknown operation {op}")
        pcm = np.frombuffer(args["pcm"], dtype="<i2").astype(np.float32) / 32768.0
        return engine.recognise(
            pcm,
            language=args.get("language", "en"),
            hints=tuple(args.get("hints", ())),
            alphabet=args.get("alphabet", ""),
            form=args.get("form", ""),
            answer=bool(args.get("answer", False)),
            phrases=tuple(args.get("phrases", ())),
            alternatives=bool(args.get("alternatives", False)),
            with_words=bool(args.get("with_words", False)),
            thorough=bool(args.get("thorough", False)),
        )

    return handle


if __name__ == "__main__":
    serve(load)
