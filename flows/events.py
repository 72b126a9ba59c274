"""What can happen to a conversation: the events that `flows.step` consumes.

Every event is a frozen value that survives a JSON round trip, so a call can be journalled,
replayed and resumed from its events alone.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Word(_Frozen):
    """One recognised word; times are milliseconds since the call started."""

    text: str
    start_ms: int = 0
    end_ms: int = 0
    confidence: float = 1.0


class CallStarted(_Frozen):
    """The line is open; carries what is known of the caller before a word is said."""

    type: Literal["call_started"] = "call_started"
    caller_number: str | None = None
    """E.164, when the network supplied it."""
    known_fields: dict[str, str] = Field(default_factory=dict)
    """Lead fields known beforehand (landing page, CRM), by field name."""
    facts: dict[str, str] = Field(default_factory=dict)
    """Values for placeholders, e.g. `campaign.name`."""
    language: str = "en"
    region: str = "US"
    """ISO 3166 region used to read phone numbers without a country code."""
    channels: tuple[Literal["keypad", "page"], ...] = ("keypad",)
    """What the caller has beside the voice: keys, a page that can show a text box."""


class CallerSaid(_Frozen):
    """A finished turn of the caller. Empty `text` means: spoke, but no words were recognised."""

    type: Literal["caller_said"] = "caller_said"
    text: str
    words: tuple[Word, ...] = ()
    alternatives: tuple[str, ...] = ()
    """Other readings of the same audio, best first, when the recogniser offers them."""
    confidence: float = 1.0
    scores: dict[str, float] = Field(default_factory=dict)
    """Likeness by meaning (0..1) to each of the options that `Listen` named; computed outside."""
    offset_ms: int = 0


class KeyPressed(_Frozen):
    type: Literal["key_pressed"] = "key_pressed"
    key: Annotated[str, Field(pattern=r"^[0-9*#A-D]$")]
    offset_ms: int = 0


class FieldEntered(_Frozen):
    """The caller typed a lead field into the box that `AskOnPage` showed."""

    type: Literal["field_entered"] = "field_entered"
    field: str
    value: str
    offset_ms: int = 0


class CallerSilent(_Frozen):
    """Nothing was said for as long as the last `Listen` allowed."""

    type: Literal["caller_silent"] = "caller_silent"
    offset_ms: int = 0


class AnswerReady(_Frozen):
    """Result of a `Retrieve` action. `text` is None when the knowledge holds no answer."""

    type: Literal["answer_ready"] = "answer_ready"
    request_id: str
    text: str | None = None
    score: float = 0.0
    sources: tuple[str, ...] = ()
    """Ids of the passages the answer rests on."""


class DispatchDone(_Frozen):
    type: Literal["dispatch_done"] = "dispatch_done"
    request_id: str
    detail: str = ""


class DispatchFailed(_Frozen):
    type: Literal["dispatch_failed"] = "dispatch_failed"
    request_id: str
    reason: str


class HandoffClaimed(_Frozen):
    """Somebody took the request of a caller who waits on the line."""

    type: Literal["handoff_claimed"] = "handoff_claimed"
    connect_to: str = ""
    """Number or address the caller is to be connected to; empty: they will call back."""


class HumanJoined(_Frozen):
    type: Literal["human_joined"] = "human_joined"
    name: str = ""


class HumanLeft(_Frozen):
    type: Literal["human_left"] = "human_left"


class HungUp(_Frozen):
    type: Literal["hung_up"] = "hung_up"
    offset_ms: int = 0


class TimerFired(_Frozen):
    type: Literal["timer_fired"] = "timer_fired"
    name: str


Event = Annotated[
    CallStarted
    | CallerSaid
    | KeyPressed
    | FieldEntered
    | CallerSilent
    | AnswerReady
    | DispatchDone
    | DispatchFailed
    | HandoffClaimed
    | HumanJoined
    | HumanLeft
    | HungUp
    | TimerFired,
    Field(discriminator="type"),
]

event_adapter: TypeAdapter[Event] = TypeAdapter(Event)
