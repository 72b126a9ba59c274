"""What the interpreter asks the outside to do: the actions that `flows.step` returns, in order."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Expectation(StrEnum):
    """What kind of words the last question invites; sets patience and recogniser hints."""

    OPEN = "open"
    YES_NO = "yesno"
    CHOICE = "choice"
    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    DIGITS = "digits"
    LETTERS = "letters"
    DATE = "date"
    NUMBER = "number"
    MONEY = "money"
    ADDRESS = "address"


class Outcome(StrEnum):
    """How a conversation ended, as the flow sees it."""

    COMPLETED = "completed"
    HANDED_OFF = "handed_off"
    DECLINED = "declined"
    NO_INPUT = "no_input"
    NOT_UNDERSTOOD = "not_understood"
    ABANDONED = "abandoned"
    FAILED = "failed"


class Say(_Frozen):
    """Speak to the caller."""

    type: Literal["say"] = "say"
    text: str
    """As written in captions and the transcript."""
    speech: str = ""
    """As it should be pronounced, when that differs from `text` (spelled emails, digit groups)."""
    interruptible: bool = True
    cacheable: bool = True
    """True when the text holds nothing of this caller, so its audio may be kept and shared."""
    language: str = "en"
    """ISO 639-1 code, with a region where it matters (`en-GB`)."""


class Listen(_Frozen):
    """Wait for the caller."""

    type: Literal["listen"] = "listen"
    expect: Expectation = Expectation.OPEN
    about: Expectation | None = None
    """What kind of value a yes-or-no question is about ("no, it's …" may hold another), or is to be
    spelled: letters are likely."""
    no_input_ms: int = 7000
    """Silence after the agent finished speaking that makes a `CallerSilent` event."""
    hints: tuple[str, ...] = ()
    """Words the recogniser should favour."""
    language: str = "en"
    """What the caller is expected to speak."""
    patience_ms: int | None = None
    """Pause after which the author wants the turn to end; None leaves it to the turn policy."""
    alternatives: bool = False
    """True when other readings and each word's confidence would help."""
    options: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Choices by name with examples of how they are said: whoever hears the answer may score its
    likeness to each by meaning and send it as `CallerSaid.scores`."""


class Retrieve(_Frozen):
    """Look the question up in the account's knowledge; answered by `AnswerReady`."""

    type: Literal["retrieve"] = "retrieve"
    request_id: str
    question: str
    sources: tuple[str, ...] = ()
    """Names of knowledge sources to search; empty means all of the campaign's."""
    threshold: float | None = None
    """Least score (0..1) for an answer; None leaves it to the settings."""


class Capture(_Frozen):
    """Store a lead field with its proof; sent again, confirmed, once the caller agrees, or denied,
    once they say that it is wrong."""

    type: Literal["capture"] = "capture"
    field: str
    value: str
    raw: str
    """The caller's words the value was read from."""
    offset_ms: int = 0
    confidence: float = 1.0
    confirmed: bool = False
    denied: bool = False
    parser: str = ""
    """Version of the parsers that read it."""
    details: dict[str, str] = Field(default_factory=dict)
    """What was said beside the value: an extension, the parts of an address."""


class SaveLead(_Frozen):
    """The fields asked for are complete; the lead is ready for others to see."""

    type: Literal["save_lead"] = "save_lead"
    intent_summary: str = ""


class Dispatch(_Frozen):
    """Hand over to people or systems; answered by `DispatchDone` or `DispatchFailed`."""

    type: Literal["dispatch"] = "dispatch"
    request_id: str
    kind: Literal["handoff", "integration"] = "handoff"
    target: str = ""
    """Queue or integration name; empty means the account's default."""
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    reason: str = ""
    payload: dict[str, str] = Field(default_factory=dict)
    wait_ms: int = 0
    """How long the caller waits on the line for somebody to claim a hand-off, which is then told by
    `HandoffClaimed`; 0: they do not."""


class SetTimer(_Frozen):
    type: Literal["set_timer"] = "set_timer"
    name: str
    after_ms: int


class Transfer(_Frozen):
    """Connect the caller to somebody else; answered by `DispatchDone` or `DispatchFailed`."""

    type: Literal["transfer"] = "transfer"
    request_id: str
    target: str
    """A telephone number (E.164), SIP address, or the name of a queue."""
    mode: Literal["blind", "attended"] = "blind"
    """`attended`: the other side is asked first, and the caller comes back when it declines."""
    reason: str = ""


class AskOnPage(_Frozen):
    """Show a text box on the caller's page, or take it away; answered by `FieldEntered`."""

    type: Literal["ask_on_page"] = "ask_on_page"
    field: str | None
    """Lead field to be typed; None takes the box away."""
    kind: str = "text"
    """What is typed: a lead field's kind (`email`, `phone`, …)."""
    label: str = ""


class End(_Frozen):
    """Hang up once everything said before has been heard."""

    type: Literal["end"] = "end"
    outcome: Outcome = Outcome.COMPLETED


Action = Annotated[
    Say | Listen | Retrieve | Capture | SaveLead | Dispatch | SetTimer | Transfer | AskOnPage | End,
    Field(discriminator="type"),
]

action_adapter: TypeAdapter[Action] = TypeAdapter(Action)
