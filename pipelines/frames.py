"""Frames of our own that travel through pipecat's pipeline, and nothing more than these."""

from __future__ import annotations

from dataclasses import dataclass

from pipecat.frames.frames import DataFrame, SystemFrame

from pipelines.rendition import Rendition


@dataclass
class UtteranceFrame(DataFrame):
    """Dialog → player: speak this after what was given before."""

    utterance_id: str
    rendition: Rendition


@dataclass
class FillerFrame(SystemFrame):
    """Dialog → player: say this before what has no sound yet."""

    utterance_id: str
    rendition: Rendition


@dataclass
class SpeakingVolume(SystemFrame):
    """Dialog → player: 1 is full, less is turned down, 0 holds the voice where it is."""

    gain: float


@dataclass
class UtteranceAudible(SystemFrame):
    """Player → dialog: the first sample has been sent."""

    utterance_id: str
    made_at: float
    """Loop time at which its first sample was made."""


@dataclass
class UtterancePlayed(SystemFrame):
    """Player → dialog: it ended, or an interruption cut it after `played` samples."""

    utterance_id: str
    played: int
    complete: bool


@dataclass
class SpeechFailed(SystemFrame):
    """Player → dialog: this utterance could not be spoken."""

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
