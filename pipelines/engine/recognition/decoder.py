"""Whisper's two halves as the recogniser needs them: windows of any length, constrained decodes.

One encoding can be decoded many times; encoding costs most. Progress is reported before each step,
so that a hanging engine is told from one that works.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.engine.process import in_model, progress
from pipelines.engine.recognition import dictation
from pipelines.engine.recognition.full_window import SILENT_SECONDS, FullWindow

SAMPLE_RATE = 16_000
FRAMES_PER_SECOND = 100
SILENT_SAMPLES = 800
"""After these, two spectral windows of 25 ms, frames hold nothing but silence."""
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
LEAST_PROBABILITY = 1e-9
SHORT_WINDOW_SECONDS = 16.0
"""Longer windows are encoded by `FullWindow`: CTranslate2 needs 90 MB for 30 s, 25 for 16."""

Audio = npt.NDArray[np.float32]


@dataclass
class Decoded:
    """One reading of encoded audio.

    `heard` says for each token of a reading under an alphabet which symbols it may have been (log
    probabilities); empty for separators. `sureness` is how likely (0..1) each symbol of a dictated
    text is right, as far as that is known.
    """

    text: str
    log_probability: float
    no_speech_probability: float
    tokens: list[int]
    others: list[str] = field(default_factory=list)
    heard: list[Mapping[str, float]] = field(default_factory=list)
    sureness: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Alphabet:
    """The tokens that a reading may be written with, and the ones that write a symbol."""

    forbidden: list[int]
    symbols: dict[str, npt.NDArray[np.int64]]
    """Tokens of each symbol, as indices into `allowed`."""
    allowed: npt.NDArray[np.int64]
    texts: dict[int, str]


def window_seconds(seconds: float) -> float:
    """The window that speech of this length is heard in."""
    return min(max(MIN_WINDOW_SECONDS, seconds + TAIL_SECONDS), FULL_WINDOW_SECONDS)


def token_cap(seconds: float) -> int:
    """Tokens people could say in this time, with room for spelling."""
    return min(224, 20 + math.ceil(9 * seconds))


class Decoder:
    """A loaded model; so many turns may be decoded `at_once`, with `threads` each."""

    def __init__(self, model: str, threads: int, at_once: int = 1) -> None:
        from faster_whisper import WhisperModel

        self._model = WhisperModel(
            model, device="cpu", compute_type="int8", cpu_threads=threads, num_workers=at_once
        )
        self._tokenizers: dict[str, Any] = {}
        self._alphabets: dict[str, Alphabet] = {}
        self._vocabulary = list(range(self._model.hf_tokenizer.get_vocab_size()))
        """Once for all alphabets: 50 000 numbers are 2 MB."""
        self._full_window = FullWindow.of_model(Path(model))

    def encode(self, audio: Audio, window: float) -> Any:
        """States of `audio` (mono, 16 kHz) and the silence after it, `window` seconds in all."""
        from ctranslate2 import StorageView

        progress(SPARE_SECONDS + ENCODER_SECONDS * window)
        if self._full_window and window > SHORT_WINDOW_SECONDS:
            heard = min(len(audio) / SAMPLE_RATE + SILENT_SECONDS, window)
            states = self._full_window.states(self.spectrogram(audio, heard), window)
            return StorageView.from_array(states[np.newaxis])
        spectrogram = self.spectrogram(audio, window)
        with in_model():
            return self._model.model.encode(StorageView.from_array(spectrogram[np.newaxis]))

    def spectrogram(self, audio: Audio, window: float) -> npt.NDArray[np.float32]:
        """Log mel bands x frames of `audio` and the silence after it, `window` seconds in all.

        All frames of the silence are alike: most of a short turn's window need not be transformed,
        which would take four times the memory and time.
        """
        frames = int(window * FRAMES_PER_SECOND)
        heard = audio[: int(window * SAMPLE_RATE)]
        bands = self._model.feature_extractor(np.pad(heard, (0, SILENT_SAMPLES)))[:, :frames]
        return np.ascontiguousarray(
            np.pad(bands, ((0, 0), (0, frames - bands.shape[1])), mode="edge")
        )

    def knows(self, language: str) -> bool:
        """Whether it has learned a language (ISO 639-1)."""
        return bool(self._model.model.is_multilingual) or language == "en"

    def language_of(self, encoded: Any) -> str:
        """ISO 639-1."""
        if not self._model.model.is_multilingual:
            return "en"
        token, _ = self._model.model.detect_language(encoded)[0][0]
        return str(token)[2:-2]

    def decode(
        self,
        encoded: Any,
        seconds: float,
        language: str,
        *,
        hints: tuple[str, ...] = (),
        alphabet: str = "",
        beam: int = 1,
        readings: int = 1,
        lead: str = "",
    ) -> Decoded:
        """`alphabet` (`dictation.ALPHABETS`) is all that may be written; `lead` is what was said
        before, the text goes on from there."""
        tokenizer = self._tokenizer(language)
        prompt = self._prompt(language, hints=hints, lead=lead)
        held = self.alphabet(alphabet, language) if alphabet else None
        cap = token_cap(seconds)
        progress(SPARE_SECONDS + TOKEN_SECONDS * cap * (1 + beam // 2))
        with in_model():
            result = self._model.model.generate(
                encoded,
                [prompt],
                beam_size=beam,
                num_hypotheses=readings,
                max_length=len(prompt) + cap,
                return_scores=True,
                return_no_speech_prob=True,
                return_logits_vocab=held is not None and beam == 1,
                suppress_blank=True,
                suppress_tokens=held.forbidden if held else [-1],
            )[0]
        before = len(self.tokens_of(lead, language))
        kept = [
            [token for token in ids[before:] if token < tokenizer.eot]
            for ids in result.sequences_ids
        ]
        texts = [tokenizer.decode(tokens).strip() for tokens in kept]
        heard = []
        if held and beam == 1:
            # There is a step for each token of the lead-in too, and one for the end.
            steps = result.logits[0][before:]
            heard = [
                _symbols_heard(held, token, np.array(step))
                for token, step in zip(kept[0], steps, strict=False)
            ]
        return Decoded(
            text=texts[0],
            log_probability=float(result.scores[0]),
            no_speech_probability=float(result.no_speech_prob),
            tokens=kept[0],
            others=[text for text in dict.fromkeys(texts) if text and text != texts[0]],
            heard=heard,
            sureness=[math.exp(max(likely.values())) for likely in heard if likely],
        )

    def _prompt(self, language: str, *, hints: tuple[str, ...] = (), lead: str = "") -> list[int]:
        """Tokens that a text follows on."""
        found: list[int] = self._model.get_prompt(
            self._tokenizer(language),
            [],
            without_timestamps=True,
            prefix=lead or None,
            hotwords=", ".join(hints) or None,
        )
        return found

    def rewritten(self, found: Decoded, text: str, language: str) -> Decoded:
        """`found` as the better reading `text`; what it said is among the others."""
        return replace(
            found,
            text=text,
            tokens=self.tokens_of(text, language),
            others=dictation.distinct(text, (found.text, *found.others)),
        )

    def tokens_of(self, text: str, language: str) -> list[int]:
        return list(self._tokenizer(language).encode(f" {text}")) if text else []

    def alphabet(self, name: str, language: str) -> Alphabet:
        if name not in self._alphabets:
            tokenizer = self._tokenizer(language)
            texts = ((token, tokenizer.decode([token])) for token in range(tokenizer.eot))
            self._alphabets[name] = _alphabet(name, texts, tokenizer.eot, self._vocabulary)
        return self._alphabets[name]

    def words(
        self, encoded: Any, tokens: list[int], language: str, seconds: float
    ) -> list[dict[str, Any]]:
        """The words of `tokens` with their times (s) and confidences."""
        frames = int(min(seconds + 0.5, FULL_WINDOW_SECONDS) * FRAMES_PER_SECOND)
        progress(SPARE_SECONDS + TOKEN_SECONDS * len(tokens))
        with in_model():
            aligned = self._model.find_alignment(
                self._tokenizer(language), [tokens], encoded, frames
            )
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

    def likelihood(self, encoded: Any, text: str, language: str, seconds: float) -> list[float]:
        """Log probability of each token of `text`, were it what was said."""
        tokens = self.tokens_of(text, language)
        progress(SPARE_SECONDS + TOKEN_SECONDS * len(tokens))
        with in_model():
            (aligned,) = self._model.model.align(
                encoded,
                self._tokenizer(language).sot_sequence,
                [tokens],
                int(min(seconds + 0.5, FULL_WINDOW_SECONDS) * FRAMES_PER_SECOND),
            )
        likely = np.maximum(aligned.text_token_probs, LEAST_PROBABILITY)
        return [float(one) for one in np.log(likely)]

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


def _alphabet(
    name: str, texts: Iterable[tuple[int, str]], end: int, vocabulary: list[int]
) -> Alphabet:
    pattern = dictation.ALPHABETS[name]
    written = {token: text for token, text in texts if pattern.fullmatch(text)}
    allowed = np.array([*written, end], dtype=np.int64)
    symbols: dict[str, list[int]] = {}
    for index, text in enumerate(written.values()):
        symbol = text.strip(dictation.SEPARATORS).upper()
        if len(symbol) == 1:
            symbols.setdefault(symbol, []).append(index)
    return Alphabet(
        forbidden=[token for token in vocabulary if token not in written and token != end],
        symbols={symbol: np.array(indices) for symbol, indices in symbols.items()},
        allowed=allowed,
        texts=written,
    )


def _symbols_heard(
    alphabet: Alphabet, token: int, logits: npt.NDArray[np.float32]
) -> Mapping[str, float]:
    """Log probability of every symbol at a step where one was written."""
    if len(alphabet.texts[token].strip(dictation.SEPARATORS)) != 1:
        return {}
    mine = logits[alphabet.allowed].astype(np.float64)
    likely = np.exp(mine - mine.max())
    sums = {symbol: float(likely[at].sum()) for symbol, at in alphabet.symbols.items()}
    total = sum(sums.values())
    return {symbol: math.log(one / total) for symbol, one in sums.items() if one > total * 1e-5}
