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
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.engine import dictation
from pipelines.engine.belief import (
    first_loop,
    is_answer,
    is_invented,
    is_too_fast,
    sounds_alike,
    used,
)
from pipelines.engine.ending import Ending
from pipelines.engine.forms import FORMS, copied, lead_in
from pipelines.engine.process import Handler, progress, serve

SAMPLE_RATE = 16_000
FRAMES_PER_SECOND = 100
FULL_WINDOW_SECONDS = 30.0
TAIL_SECONDS = 2.0
"""Silence after the speech; with less the decoder misses the end and starts over."""
MIN_WINDOW_SECONDS = 10.0
ENCODER_SECONDS = 0.05
"""Most processor time a second of the window may take to encode, with `SPARE_SECONDS`; the larger
models take about half of it."""
TOKEN_SECONDS = 0.01
"""Most processor time for a token and a beam of two; tiny takes 4 to 7 ms for a token."""
SPARE_SECONDS = 0.8
BEAM = 5
ALTERNATIVES = 4

Audio = npt.NDArray[np.float32]


@dataclass
class _Decoded:
    """One reading of encoded audio."""

    text: str
    log_probability: float
    no_speech_probability: float
    tokens: list[int]
    others: list[str] = field(default_factory=list)


def _token_cap(seconds: float) -> int:
    """Tokens people could say in this time, with room for spelling."""
    return min(224, 20 + math.ceil(9 * seconds))


class Whisper:
    """A loaded model; `recognise` is the whole interface."""

    def __init__(self, model: str, threads: int, ending: Ending | None = None) -> None:
        """`ending` judges how final a turn sounds; it must have been made for this model."""
        from faster_whisper import WhisperModel

        self._model = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=threads)
        self._ending = ending
        self._tokenizers: dict[str, Any] = {}
        self._forbidden: dict[str, list[int]] = {}

    def recognise(
        self,
        audio: Audio,
        *,
        language: str = "en",
        hints: tuple[str, ...] = (),
        alphabet: str = "",
        form: str = "",
        answer: bool = False,
        alternatives: bool = False,
        with_words: bool = False,
    ) -> dict[str, Any]:
        """Words in `audio` (mono, 16 kHz, -1..1); `alphabet` is "letters" or "digits" where the
        caller was asked for them, `form` a key of `FORMS` where something of that form was asked
        for, `answer` true where yes or no was (then both others tell what else may be said: a
        correction); `language` an ISO 639-1 code or "" to find out.

        Returns text ("" when it holds no speech), confidence 0..1, other readings and words with
        times (s) when asked, the two probabilities it was judged by, how much it sounds like the
        end of a turn (`finished`, 0..1 or None), its language, and whether a second pass over the
        full window was needed.
        """
        seconds = len(audio) / SAMPLE_RATE
        window = min(max(MIN_WINDOW_SECONDS, seconds + TAIL_SECONDS), FULL_WINDOW_SECONDS)
        encoded = self._encode(audio, window)
        if not language:
            language = self._language_of(encoded)
        finished = (
            self._ending.probability(np.array(encoded)[0], len(audio)) if self._ending else None
        )
        found = self._decode(encoded, seconds, language)
        second_pass = window < FULL_WINDOW_SECONDS and (
            first_loop(found.text) is not None or is_too_fast(found.text, seconds)
        )
        answered = answer and is_answer(found.text)
        # "My number is" is no dictation: it stays as it is, and the digits go on from there.
        lead = lead_in(found.text) if alphabet == "digits" else ""
        if answer and not lead and re.search(r"[^\W\d_]{3}", found.text):
            # Nothing to dictate in "no, it's wrong".
            alphabet = ""
        dictated = self._dictated(audio, encoded, window, language, alphabet, lead, found)
        if dictated:
            found, second_pass = dictated, False
        elif second_pass:
            encoded = self._encode(audio, FULL_WINDOW_SECONDS)
            found = self._decode(encoded, seconds, language)
        no_speech, log_probability = found.no_speech_probability, found.log_probability
        if not dictated and not answered:
            found = self._hinted(encoded, seconds, language, hints, found)
            formed = self._formed(encoded, seconds, language, form, found)
            if formed:
                found = formed
                log_probability = max(log_probability, found.log_probability)
            elif alternatives:
                found.others = self._others(encoded, seconds, language, found.text)
        loop = first_loop(found.text) if not dictated else None
        if loop is not None:
            found.text = found.text[:loop].strip(" ,")
        invented = is_invented(no_speech, log_probability)
        wanted = with_words and not invented
        return {
            "text": "" if invented else found.text,
            "confidence": 0.0 if invented else math.exp(min(0.0, found.log_probability)),
            "alternatives": found.others[:ALTERNATIVES] if alternatives and not invented else [],
            "no_speech_probability": no_speech,
            "log_probability": log_probability,
            "finished": finished,
            "language": language,
            "second_pass": second_pass,
            "words": self._words(encoded, found.tokens, language, seconds) if wanted else [],
        }

    def encode(self, audio: Audio) -> npt.NDArray[np.float32]:
        """Encoder states (frames x width) of a turn, as `recognise` sees them."""
        seconds = len(audio) / SAMPLE_RATE
        window = min(max(MIN_WINDOW_SECONDS, seconds + TAIL_SECONDS), FULL_WINDOW_SECONDS)
        states: npt.NDArray[np.float32] = np.array(self._encode(audio, window))[0]
        return states

    def _encode(self, audio: Audio, window_seconds: float) -> Any:
        from ctranslate2 import StorageView

        samples = int(window_seconds * SAMPLE_RATE)
        padded = np.zeros(samples, dtype=np.float32)
        padded[: min(len(audio), samples)] = audio[:samples]
        progress(SPARE_SECONDS + ENCODER_SECONDS * window_seconds)
        features = self._model.feature_extractor(padded)
        features = features[:, : int(window_seconds * FRAMES_PER_SECOND)]
        return self._model.model.encode(
            StorageView.from_array(np.ascontiguousarray(features[np.newaxis]))
        )

    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        if language not in self._tokenizers:
            self._tokenizers[language] = Tokenizer(
                self._model.hf_tokenizer,
                self._model.model.is_multilingual,
                task="transcribe",
                language=language,
            )
        return self._tokenizers[language]

    def _language_of(self, encoded: Any) -> str:
        if not self._model.model.is_multilingual:
            return "en"
        token, _ = self._model.model.detect_language(encoded)[0][0]
        return str(token)[2:-2]

    def _decode(
        self,
        encoded: Any,
        seconds: float,
        language: str,
        *,
        hints: tuple[str, ...] = (),
        forbidden: list[int] | None = None,
        beam: int = 1,
        readings: int = 1,
        lead: str = "",
    ) -> _Decoded:
        """`lead` is what was said before; the text goes on from there."""
        tokenizer = self._tokenizer(language)
        prompt = self._model.get_prompt(
            tokenizer,
            [],
            without_timestamps=True,
            prefix=lead or None,
            hotwords=", ".join(hints) or None,
        )
        cap = _token_cap(seconds)
        progress(SPARE_SECONDS + TOKEN_SECONDS * cap * (1 + beam // 2))
        result = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=beam,
            num_hypotheses=readings,
            max_length=len(prompt) + cap,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=forbidden or [-1],
        )[0]
        before = len(self._lead_tokens(lead, language))
        kept = [
            [token for token in ids[before:] if token < tokenizer.eot]
            for ids in result.sequences_ids
        ]
        texts = [tokenizer.decode(tokens).strip() for tokens in kept]
        return _Decoded(
            text=texts[0],
            log_probability=float(result.scores[0]),
            no_speech_probability=float(result.no_speech_prob),
            tokens=kept[0],
            others=[text for text in dict.fromkeys(texts) if text and text != texts[0]],
        )

    def _lead_tokens(self, lead: str, language: str) -> list[int]:
        return list(self._tokenizer(language).encode(f" {lead}")) if lead else []

    def _hinted(
        self, encoded: Any, seconds: float, language: str, hints: tuple[str, ...], plain: _Decoded
    ) -> _Decoded:
        """The reading with hints, unless it holds one that was not said."""
        if not hints or not plain.text:
            return plain
        found = self._decode(encoded, seconds, language, hints=hints)
        believed = (
            first_loop(found.text) is None
            and not is_too_fast(found.text, seconds)
            and all(sounds_alike(hint, plain.text) for hint in used(hints, found.text))
        )
        return found if believed else plain

    def _formed(
        self, encoded: Any, seconds: float, language: str, form: str, plain: _Decoded
    ) -> _Decoded | None:
        """Readings in the form expected, the plain one behind them; None where there are none."""
        if form not in FORMS or language != "en" or not plain.text:
            return None
        expected = FORMS[form]
        found = self._decode(
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
            others=dictation.distinct(found.text, (plain.text, *found.others)),
            no_speech_probability=plain.no_speech_probability,
        )

    def _others(self, encoded: Any, seconds: float, language: str, best: str) -> list[str]:
        found = self._decode(encoded, seconds, language, beam=BEAM, readings=ALTERNATIVES)
        return dictation.distinct(best, (found.text, *found.others))

    def _dictated(
        self,
        audio: Audio,
        encoded: Any,
        window: float,
        language: str,
        alphabet: str,
        lead: str,
        free: _Decoded,
    ) -> _Decoded | None:
        """Letters or digits, when that is what the audio holds."""
        if not alphabet:
            return None
        seconds = len(audio) / SAMPLE_RATE
        forbidden = self._forbidden_tokens(alphabet, language)
        free = replace(free, text=free.text[len(lead) :].strip())
        greedy = self._decode(encoded, seconds, language, forbidden=forbidden, lead=lead)
        readings = [greedy]
        unsure = greedy.log_probability < dictation.SURE_LOG_PROBABILITY[alphabet]
        loops = dictation.runs_on(greedy.text, seconds)
        if loops or (alphabet == "digits" and unsure):
            readings.append(
                self._decode(
                    encoded,
                    seconds,
                    language,
                    forbidden=forbidden,
                    beam=BEAM,
                    readings=3,
                    lead=lead,
                )
            )
        whole = [one for one in readings if not dictation.runs_on(one.text, seconds)]
        # Free text only competes as a whole: its score is another alphabet's.
        best = max(whole, key=lambda one: one.log_probability, default=None)
        least = dictation.LEAST_LOG_PROBABILITY[alphabet]
        # The easy words before make free text likelier than digits alone.
        enough = least if lead else max(least, free.log_probability - dictation.GIVE_WAY)
        agreed = best is not None and dictation.agree(best.text, free.text)
        if not agreed and (best or greedy).log_probability < enough:
            return None
        if (loops or unsure) and window < FULL_WINDOW_SECONDS:
            full = self._decode(
                self._encode(audio, FULL_WINDOW_SECONDS),
                seconds,
                language,
                forbidden=forbidden,
                lead=lead,
            )
            if full.log_probability >= least and not dictation.runs_on(full.text, seconds):
                whole.append(full)
                # Over a telephone the full window hears "F" for "S"; else it is the better one.
                narrow = dictation.is_narrow_band(audio, SAMPLE_RATE)
                if best is None or dictation.is_fuller(full.text, best.text, on_doubt=not narrow):
                    best = full
        if best is None:
            return None
        if alphabet == "digits" and dictation.loses_zeros(best.text, free.text):
            best = replace(best, text=free.text, tokens=free.tokens)
        texts = [text for one in (*whole, free) for text in (one.text, *one.others)]
        return replace(
            best,
            text=f"{lead} {best.text}".strip(),
            tokens=[*self._lead_tokens(lead, language), *best.tokens],
            others=[f"{lead} {text}".strip() for text in dictation.distinct(best.text, texts)],
            no_speech_probability=free.no_speech_probability,
        )

    def _forbidden_tokens(self, alphabet: str, language: str) -> list[int]:
        if alphabet not in self._forbidden:
            tokenizer = self._tokenizer(language)
            self._forbidden[alphabet] = dictation.forbidden_tokens(
                tokenizer, alphabet, tokenizer.eot, self._model.hf_tokenizer.get_vocab_size()
            )
        return self._forbidden[alphabet]

    def _words(
        self, encoded: Any, tokens: list[int], language: str, seconds: float
    ) -> list[dict[str, Any]]:
        frames = int(min(seconds + 0.5, FULL_WINDOW_SECONDS) * FRAMES_PER_SECOND)
        progress(SPARE_SECONDS + TOKEN_SECONDS * len(tokens))
        aligned = self._model.find_alignment(self._tokenizer(language), [tokens], encoded, frames)
        words: list[dict[str, Any]] = []
        for word in aligned[0] if aligned else []:
            text = word["word"].strip()
            if not any(character.isalnum() for character in text):
                # Punctuation that got a time of its own belongs to the word before it.
                if words:
                    words[-1]["text"] += text
                continue
            words.append(
                {
                    "text": text,
                    "start": float(word["start"]),
                    "end": float(word["end"]),
                    "confidence": float(word["probability"]),
                }
            )
        return words


def prepare() -> None:
    """Import what all recognisers share."""
    # Reads audio files and brings 10 MB of codecs; here samples come over a socket.
    sys.modules.setdefault("av", types.ModuleType("av"))
    import ctranslate2  # noqa: F401
    import faster_whisper  # noqa: F401


def load(options: dict[str, Any]) -> Handler:
    """Speech recogniser (faster-whisper)."""
    engine = Whisper(
        options["model"], options["threads"], Ending.of_model(options.get("ending", ""))
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
            alternatives=bool(args.get("alternatives", False)),
            with_words=bool(args.get("with_words", False)),
        )

    return handle


if __name__ == "__main__":
    serve(load, prepare)
