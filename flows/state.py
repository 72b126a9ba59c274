"""Where a conversation stands: everything the interpreter remembers, as a value."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from flows.actions import Listen, Outcome, Say


class FieldValue(BaseModel):
    """A lead field with the words it was read from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: str
    raw: str
    offset_ms: int = 0
    confidence: float = 1.0
    confirmed: bool = False


class State(BaseModel):
    """A frozen snapshot; it survives a JSON round trip, so a call can go on elsewhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    node: str
    phase: str = ""
    """What the node is waiting for; each node kind names its own phases."""
    visits: dict[str, int] = Field(default_factory=dict)
    history: tuple[str, ...] = ()
    """Listening nodes in the order they were entered, for "go back"."""
    facts: dict[str, str] = Field(default_factory=dict)
    region: str = "US"
    caller_number: str | None = None
    fields: dict[str, FieldValue] = Field(default_factory=dict)
    field_index: int = 0
    candidate: FieldValue | None = None
    """A value waiting for the caller's yes."""
    partial: str = ""
    """Digits of a number that is being given in pieces."""
    rounds: int = 0
    """Confirmations of the current field that failed."""
    misses: int = 0
    """Turns in a row that were not understood here."""
    silences: int = 0
    """Silences in a row."""
    question: str = ""
    """A question to be answered by the next `rag_answer` node."""
    unanswered: int = 0
    pending: str | None = None
    """Id of the request the flow waits for."""
    serial: int = 0
    last_said: tuple[Say, ...] = ()
    """What was said last, for "say that again"."""
    last_listen: Listen | None = None
    ended: Outcome | None = None
