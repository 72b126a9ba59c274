"""What happened on a call: the one vocabulary every reader of a call shares.

Transcripts, leads, costs, metrics and tests are readers of this stream. Ids are made at the source
(UUIDv7), so writing an event twice changes nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import uuid_utils
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


def new_id() -> UUID:
    """A time-ordered id (UUIDv7, RFC 9562)."""
    return UUID(int=uuid_utils.uuid7().int)


def _now() -> datetime:
    return datetime.now(UTC)


class _CallEvent(BaseModel):
    """What all events share. `seq` counts up from 0 within a call, without gaps."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID = Field(default_factory=new_id)
    account_id: UUID
    call_id: UUID
    seq: int
    at: datetime = Field(default_factory=_now)
    offset_ms: int = 0
    """Milliseconds since the call became active."""


class CallActive(_CallEvent):
    """The caller's audio is connected and the flow has begun."""

    type: Literal["call_active"] = "call_active"
    transport: str
    worker: str
    component: str = ""
    """What the line's minutes are in the books, and whose (`Line`); empty in old records."""
    provider: str = ""


class CallerSpoke(_CallEvent):
    """A finished turn of the caller; `offset_ms` is where the speech began."""

    type: Literal["caller_spoke"] = "caller_spoke"
    text: str
    """Empty when there was speech without recognisable words."""
    duration_ms: int = 0
    confidence: float | None = None
    thoughts: tuple[dict[str, Any], ...] = ()
    """What the turn policy made of each pause: silence, words, patience (ms)."""


class AgentSpoke(_CallEvent):
    """An utterance of the agent, written when it ended or was interrupted."""

    type: Literal["agent_spoke"] = "agent_spoke"
    text: str
    heard_text: str
    """The part of `text` that was played before an interruption; all of it otherwise."""
    duration_ms: int = 0
    interrupted: bool = False


class FloorMoment(BaseModel):
    """A stage of the caller's claim to the floor (`pipelines.barge_in.Stage`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    offset_ms: int
    stage: str
    reason: str


class FloorClaimed(_CallEvent):
    """The caller made a sound while the agent spoke: what was made of it, moment by moment."""

    type: Literal["floor_claimed"] = "floor_claimed"
    taken: bool
    """True when the agent stopped for it."""
    moments: tuple[FloorMoment, ...]


class FlowStepped(_CallEvent):
    """The interpreter took a step: enough to replay the call, or to resume it elsewhere."""

    type: Literal["flow_stepped"] = "flow_stepped"
    node: str
    """The node the flow stands at after the step."""
    event: dict[str, Any]
    """The `flows.events.Event`, as JSON."""
    state: dict[str, Any]
    """The `flows.state.State` after the step, as JSON."""
    replaces: int = 0
    """Steps before this one that it takes back: the caller went on with a turn that they had taken
    for over. It was taken from the state before them."""


class LeadFieldCaptured(_CallEvent):
    type: Literal["lead_field_captured"] = "lead_field_captured"
    lead_id: UUID
    field: str
    value: str
    raw: str
    confidence: float = 1.0
    confirmed: bool = False
    denied: bool = False
    """The caller said that the value is wrong."""
    parser: str = ""
    details: dict[str, str] = Field(default_factory=dict)


class LeadSaved(_CallEvent):
    type: Literal["lead_saved"] = "lead_saved"
    lead_id: UUID
    intent_summary: str = ""


class Retrieved(_CallEvent):
    """A look-up in the account's knowledge."""

    type: Literal["retrieved"] = "retrieved"
    question: str
    answered: bool
    score: float
    passage_ids: tuple[str, ...] = ()
    duration_ms: int = 0


class DispatchRequested(_CallEvent):
    type: Literal["dispatch_requested"] = "dispatch_requested"
    request_id: UUID
    kind: Literal["handoff", "integration"]
    lead_id: UUID | None = None
    target: str = ""
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    reason: str = ""
    payload: dict[str, str] = Field(default_factory=dict)


class Used(_CallEvent):
    """Something that costs money was used; priced later from the dated price sheet."""

    type: Literal["used"] = "used"
    component: Literal["trunk", "transport", "stt", "tts", "llm", "embedding", "compute"]
    provider: str
    """Key of the price sheet, e.g. `local`."""
    quantity: Decimal
    unit: str
    """`cpu_second`, `audio_second`, `character`, `token`, `minute`."""


class TurnTimed(_CallEvent):
    """Where the time went between the caller's last word and the agent's first sound (ms)."""

    type: Literal["turn_timed"] = "turn_timed"
    total_ms: int
    parts: dict[str, int]
    """Milliseconds one after the other: `end_of_turn`, `flow`, `retrieval`, `synthesis`, `output`;
    they add up to the total."""
    overlapped: dict[str, int] = Field(default_factory=dict)
    """Work that went on meanwhile: `recognition`."""


class Sounded(_CallEvent):
    """How loud both sides were for a stretch of the call."""

    type: Literal["sounded"] = "sounded"
    begin_ms: int
    step_ms: int
    caller: str
    """Base64 of one byte a step: 0 is -60 dBFS or less, 255 full scale."""
    agent: str


class CallFaulted(_CallEvent):
    """Something went wrong and what was done about it; the call may go on."""

    type: Literal["call_faulted"] = "call_faulted"
    code: str
    message: str


class CallEnded(_CallEvent):
    type: Literal["call_ended"] = "call_ended"
    status: Literal["completed", "failed", "abandoned"]
    outcome: str
    """The flow's outcome, or why it could not finish."""
    duration_ms: int


CallEvent = Annotated[
    CallActive
    | CallerSpoke
    | AgentSpoke
    | FloorClaimed
    | FlowStepped
    | LeadFieldCaptured
    | LeadSaved
    | Retrieved
    | DispatchRequested
    | Used
    | TurnTimed
    | Sounded
    | CallFaulted
    | CallEnded,
    Field(discriminator="type"),
]

call_event_adapter: TypeAdapter[CallEvent] = TypeAdapter(CallEvent)
