"""Where a conversation stands: everything the interpreter remembers, as a value."""

from __future__ import annotations

from datetime import date

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
    denied: bool = False
    """The caller said it is wrong, and nothing has taken its place: it is kept as proof of that."""
    details: dict[str, str] = Field(default_factory=dict)
    """What was said beside the value: an extension, the parts of an address."""
    others: tuple[str, ...] = ()
    """Values that other readings of the same words hold, best first."""


class Return(BaseModel):
    """A question that was left to correct an earlier answer, as it stood."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    node: str
    phase: str
    field_index: int
    candidate: FieldValue | None
    partial: str
    rounds: int
    misses: int
    unanswered: int
    last_said: tuple[Say, ...]
    last_listen: Listen | None


class State(BaseModel):
    """A frozen snapshot; it survives a JSON round trip, so a call can go on elsewhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    node: str
    phase: str = ""
    """What the node is waiting for; each node kind names its own phases."""
    language: str = "en"
    """What is spoken now."""
    visits: dict[str, int] = Field(default_factory=dict)
    history: tuple[str, ...] = ()
    """Listening nodes in the order they were entered, for "go back"."""
    facts: dict[str, str] = Field(default_factory=dict)
    region: str = "US"
    caller_number: str | None = None
    channels: tuple[str, ...] = ()
    """What the caller has beside the voice: `keypad`, `page`."""
    known: dict[str, str] = Field(default_factory=dict)
    """Lead fields known beforehand and not yet asked about."""
    fields: dict[str, FieldValue] = Field(default_factory=dict)
    refused: tuple[str, ...] = ()
    """Fields the caller did not want to give."""
    insisted: tuple[str, ...] = ()
    """Fields that were asked for again after a refusal."""
    volunteered: tuple[str, ...] = ()
    """Fields that were given with the answer to another, to be confirmed in their turn."""
    field_index: int = 0
    candidate: FieldValue | None = None
    """A value waiting for the caller's yes."""
    partial: str = ""
    """What was said of a value that is being given in pieces."""
    rounds: int = 0
    """Confirmations of the current field that failed."""
    implied: str = ""
    """The field whose value was said back in passing: a "no" that comes next is about it."""
    denied: tuple[str, ...] = ()
    """`field=value` of what the caller said is not right: it is not offered again unasked."""
    misses: int = 0
    """Turns in a row that were not understood here."""
    silences: int = 0
    """Silences in a row."""
    returns: tuple[Return, ...] = ()
    """Where to go on once an earlier answer is corrected, innermost last."""
    question: str = ""
    """A question to be answered by the next `rag_answer` node."""
    digression: str | None = None
    """The `rag_answer` node that answers a question asked in the middle of something else."""
    unanswered: int = 0
    pending: str | None = None
    """Id of the request the flow waits for."""
    serial: int = 0
    page_field: str | None = None
    """The lead field whose text box the page shows."""
    last_said: tuple[Say, ...] = ()
    """What was said last, for "say that again"."""
    last_listen: Listen | None = None
    ended: Outcome | None = None

    def was_denied(self, field: str, value: str | None) -> bool:
        """True when the caller said that this value of the field is not right."""
        return f"{field}={value}" in self.denied

    @property
    def today(self) -> date | None:
        """The day of the call, when the call says so (`call.date`)."""
        try:
            return date.fromisoformat(self.facts.get("call.date", ""))
        except ValueError:
            return None
