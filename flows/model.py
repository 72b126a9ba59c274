"""What a flow is made of: six kinds of nodes, as an author writes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from flows.actions import Outcome


def _as_texts(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Text = Annotated[str, Field(min_length=1, max_length=1000)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_as_texts)]
"""One text, or variants of it that take turns when the node is visited again."""
NodeId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
FieldKind = Literal["name", "email", "phone", "company", "text"]
Confirmation = Literal["none", "implicit", "read_back", "spell_back"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ladder(_Part):
    """What to say on each failed attempt, and where to go after the last."""

    reprompts: Texts = ()
    then: NodeId | None = None
    """None ends the call politely."""


class _Node(_Part):
    interruptible: bool = True

    def targets(self) -> tuple[tuple[str, str], ...]:
        """(field, node id) of everywhere the flow can go from here."""
        return ()


class _ListeningNode(_Node):
    no_input: Ladder = Ladder()
    no_match: Ladder = Ladder()
    no_input_ms: Annotated[int, Field(ge=1000, le=60_000)] = 7000
    hints: tuple[str, ...] = ()

    def _ladder_targets(self) -> tuple[tuple[str, str], ...]:
        named = (("no_input.then", self.no_input.then), ("no_match.then", self.no_match.then))
        return tuple((field, target) for field, target in named if target)


class StartNode(_Node):
    """Greets."""

    type: Literal["start"]
    say: Texts
    next: NodeId

    def targets(self) -> tuple[tuple[str, str], ...]:
        return (("next", self.next),)


class LeadField(_Part):
    """One thing to learn about the caller."""

    field: FieldKind
    ask: Texts
    required: bool = True
    confirm: Confirmation = "implicit"
    reprompts: Texts = ()


class LeadGateNode(_ListeningNode):
    """Collects contact details, field by field."""

    type: Literal["lead_gate"]
    say: Texts = ()
    fields: Annotated[tuple[LeadField, ...], Field(min_length=1)]
    next: NodeId
    on_refusal: NodeId | None = None
    """Where to go when a required field is refused; None goes on to `next`."""
    intent_summary: str = ""

    def targets(self) -> tuple[tuple[str, str], ...]:
        refusal = (("on_refusal", self.on_refusal),) if self.on_refusal else ()
        return (("next", self.next), *refusal, *self._ladder_targets())


class Exit(_Part):
    """Words that lead elsewhere."""

    words: tuple[Text, ...]
    next: NodeId


class RagAnswerNode(_ListeningNode):
    """Answers questions from the account's knowledge."""

    type: Literal["rag_answer"]
    say: Texts
    follow_up: Texts = ("Is there anything else you would like to know?",)
    no_answer: Texts = ("I'm sorry, I don't have an answer to that.",)
    sources: tuple[str, ...] = ()
    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    max_misses: Annotated[int, Field(ge=1, le=5)] = 2
    """Questions without an answer before `no_answer_next`."""
    no_answer_next: NodeId | None = None
    exits: tuple[Exit, ...] = ()
    next: NodeId
    """When the caller has no more questions."""

    def targets(self) -> tuple[tuple[str, str], ...]:
        missed = (("no_answer_next", self.no_answer_next),) if self.no_answer_next else ()
        exits = tuple((f"exits[{i}].next", item.next) for i, item in enumerate(self.exits))
        return (("next", self.next), *missed, *exits, *self._ladder_targets())


class Option(_Part):
    """One possible answer to a clarifying question."""

    name: Text
    words: tuple[Text, ...] = ()
    keys: tuple[Annotated[str, Field(pattern=r"^[0-9*#]$")], ...] = ()
    next: NodeId


class ClarifyNode(_ListeningNode):
    """Asks which of a few things the caller wants."""

    type: Literal["clarify"]
    question: Texts
    options: Annotated[tuple[Option, ...], Field(min_length=1)]
    questions: NodeId | None = None
    """A `rag_answer` node that takes over when the caller just asks something."""

    def targets(self) -> tuple[tuple[str, str], ...]:
        options = tuple((f"options[{i}].next", item.next) for i, item in enumerate(self.options))
        asked = (("questions", self.questions),) if self.questions else ()
        return (*options, *asked, *self._ladder_targets())


class DispatchNode(_Node):
    """Hands over to people or to another system."""

    type: Literal["dispatch"]
    kind: Literal["handoff", "integration"] = "handoff"
    target: str = ""
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    reason: str = ""
    payload: dict[str, str] = Field(default_factory=dict)
    say: Texts = ()
    success: Texts = ()
    failure: Texts = ("I'm sorry, that didn't work just now. Someone will look into it.",)
    next: NodeId
    on_failure: NodeId | None = None

    def targets(self) -> tuple[tuple[str, str], ...]:
        failed = (("on_failure", self.on_failure),) if self.on_failure else ()
        return (("next", self.next), *failed)


class EndNode(_Node):
    """Says goodbye."""

    type: Literal["end"]
    say: Texts = ()
    outcome: Outcome = Outcome.COMPLETED


Node = Annotated[
    StartNode | LeadGateNode | RagAnswerNode | ClarifyNode | DispatchNode | EndNode,
    Field(discriminator="type"),
]


class Flow(_Part):
    """A campaign's conversation. Stored as JSON; written by people as YAML."""

    name: Text
    language: Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] = "en"
    start: NodeId
    operator: NodeId | None = None
    """Where "I want to speak to a person" leads; None says that nobody is available."""
    nodes: dict[NodeId, Node]
