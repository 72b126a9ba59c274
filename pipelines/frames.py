"""Frames of our own that travel through pipecat's pipeline, and nothing more than these."""

from __future__ import annotations

from dataclasses import dataclass

from pipecat.frames.frames import ControlFrame, DataFrame, SystemFrame


@dataclass
class UtteranceFrame(DataFrame):
    """Dialog → voice: speak this."""

    utterance_id: str
    speech: str
    cacheable: bool


@dataclass
class UtteranceBegins(ControlFrame):
    """Voice → playout, in line with the audio: what follows is this utterance."""

    utterance_id: str


@dataclass
class UtteranceLength(SystemFrame):
    """Voice → playout, ahead of the audio: all of the utterance is made and this long."""

    utterance_id: str
    samples: int


@dataclass
class UtteranceAudible(SystemFrame):
    """Playout → dialog: the first sample has been sent."""

    utterance_id: str


@dataclass
class UtterancePlayed(SystemFrame):
    """Playout → dialog: it ended, or an interruption cut it; counts are samples."""

    utterance_id: str
    played: int
    total: int
    complete: bool


@dataclass
class SpeechMade(SystemFrame):
    """Voice → dialog: synthesis used this much (for the books)."""

    cpu_seconds: float


@dataclass
class SpeechFailed(SystemFrame):
    """Voice → dialog: this utterance could not be spoken."""

    utterance_id: str
    code: str
    message: str


@dataclass
class HangUpFrame(SystemFrame):
    """Transport → dialog: the caller pressed hang up."""


@dataclass
class FieldEnteredFrame(SystemFrame):
    """Transport → dialog: the caller typed a lead field on the page."""

    field: str
    value: str
