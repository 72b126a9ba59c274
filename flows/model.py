"""What a flow is made of: six kinds of nodes, as an author writes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.actions import Outcome
from flows.texts import Language, Text, Texts, Words

NODE_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"
FIELD_PATTERN = r"^[a-z][a-z0-9_]{0,40}$"
KEY_PATTERN = r"^[0-9*#]$"
KEY_TARGET_PATTERN = r"^([a-z][a-z0-9_]{0,63}|@(repeat|back|start_over|person|goodbye))$"
NodeId = Annotated[str, Field(pattern=NODE_PATTERN)]
FieldName = Annotated[str, Field(pattern=FIELD_PATTERN)]
Key = Annotated[str, Field(pattern=KEY_PATTERN)]
KeyTarget = Annotated[str, Field(pattern=KEY_TARGET_PATTERN)]
"""Where a key leads: a node, or a command that also works by voice."""
FieldKind = Literal[
    "name",
    "email",
    "phone",
    "company",
    "text",
    "choice",
    "code",
    "date",
    "number",
    "money",
    "address",
]
FIELD_KINDS: tuple[FieldKind, ...] = get_args(FieldKind)
Confirmation = Literal["none", "implicit", "read_back", "spell_back"]
Priority = Literal["low", "normal", "high", "urgent"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Ladder(_Part):
    """What to say on each failed attempt, and where to go after the last."""

    reprompts: Texts = ()
    """One for each attempt; they should differ."""
    then: NodeId | None = None
    """Left out, the call ends politely."""


class _Node(_Part):
    interruptible: bool = True
    """False lets the caller hear this node's texts to the end."""

    def targets(self) -> tuple[tuple[str, str], ...]:
        """(field, node id) of everywhere the flow can go from here."""
        return ()


class _ListeningNode(_Node):
    no_input: Ladder = Ladder()
    """When the caller says nothing."""
    no_match: Ladder = Ladder()
    """When the words make no sense here."""
    no_input_ms: Annotated[int, Field(ge=1000, le=60_000)] = 7000
    """Silence after the agent finished that counts as no input."""
    patience_ms: Annotated[int, Field(ge=200, le=10_000)] | None = None
    """Pause in the caller's speech that ends a turn; leave out to let the turn policy decide."""
    hints: Words = ()
    """Words the recogniser should favour."""
    keys: dict[Key, KeyTarget] = Field(default_factory=dict)
    """Keys that lead elsewhere from here."""

    def _side_targets(self) -> tuple[tuple[str, str], ...]:
        named = (("no_input.then", self.no_input.then), ("no_match.then", self.no_match.then))
        return (
            *((field, target) for field, target in named if target),
            *key_targets(self.keys),
        )


def key_targets(keys: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The nodes that keys lead to."""
    return tuple(
        (f"keys.{key}", target) for key, target in keys.items() if not target.startswith("@")
    )


class StartNode(_Node):
    """Greets."""

    type: Literal["start"]
    say: Texts
    next: NodeId

    def targets(self) -> tuple[tuple[str, str], ...]:
        return (("next", self.next),)


class Choice(_Part):
    """One of a few possible answers."""

    name: Text
    words: Words = ()
    """What callers say when they mean it; the name counts too."""
    examples: Words = ()
    """Sentences that mean it in other words; compared by meaning."""
    keys: tuple[Key, ...] = ()


class LeadField(_Part):
    """One thing to learn about the caller."""

    field: FieldName
    """What it is called in the lead; a name of your own needs a `kind`."""
    kind: FieldKind
    """How it is understood; left out, the kind called like the field."""
    ask: Texts
    required: bool = True
    """False: offered; a caller who declines is not asked again."""
    confirm: Confirmation = "implicit"
    reprompts: Texts = ()
    """Said instead of the node's `no_match` reprompts."""
    known: Literal["offer", "use", "ask"] = "offer"
    """When it is known beforehand (caller id, landing page): ask whether it is right, take it as
    it is, or ask as if nothing were known."""
    offer: Texts = ()
    """How a known value is offered; `{known}` stands for it. Left out, a sentence of ours."""
    options: tuple[Choice, ...] = ()
    """What can be chosen, for kind `choice`."""
    words: Words = ()
    """What callers call it when they correct it: "no, my *licence plate* is …"."""
    page: Literal["show", "offer", "never"] = "offer"
    """A text box on the caller's page: with the question, when speaking has failed, or never."""
    insist: Texts = ()
    """Said once when it is refused, before the refusal is accepted."""
    on_refusal: NodeId | None = None
    """Where a refusal of this field leads; left out, the node's `on_refusal` if it is required."""
    patience_ms: Annotated[int, Field(ge=200, le=10_000)] | None = None
    hints: Words = ()

    @model_validator(mode="before")
    @classmethod
    def _kind_by_name(cls, value: Any) -> Any:
        if isinstance(value, dict) and "kind" not in value and value.get("field") in FIELD_KINDS:
            return {**value, "kind": value["field"]}
        return value


class LeadGateNode(_ListeningNode):
    """Collects contact details, field by field."""

    type: Literal["lead_gate"]
    say: Texts = ()
    fields: Annotated[tuple[LeadField, ...], Field(min_length=1)]
    """In the order they are asked."""
    next: NodeId
    on_refusal: NodeId | None = None
    """Where to go when a required field is refused; left out, the next field follows."""
    questions: NodeId | None = None
    """The `rag_answer` node whose sources answer a question asked in the middle; left out, the
    flow's `questions`."""
    intent_summary: str = ""

    def targets(self) -> tuple[tuple[str, str], ...]:
        refusal = (("on_refusal", self.on_refusal),) if self.on_refusal else ()
        refusals = tuple(
            (f"fields[{i}].on_refusal", item.on_refusal)
            for i, item in enumerate(self.fields)
            if item.on_refusal
        )
        return (("next", self.next), *refusal, *refusals, *self._side_targets())


class Exit(_Part):
    """Words, or a key, that lead elsewhere."""

    name: str = ""
    words: Words = ()
    keys: tuple[Key, ...] = ()
    next: NodeId


class RagAnswerNode(_ListeningNode):
    """Answers questions from the account's knowledge."""

    type: Literal["rag_answer"]
    say: Texts
    """Invites a question."""
    follow_up: Texts = ()
    """Said after an answer; left out, a sentence of ours."""
    no_answer: Texts = ()
    """Said when the knowledge holds no answer; left out, a sentence of ours."""
    sources: tuple[str, ...] = ()
    """Names of knowledge sources; left out, all of the campaign's."""
    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    """Least score of an answer."""
    max_misses: Annotated[int, Field(ge=1, le=5)] = 2
    """Questions without an answer before `no_answer_next`."""
    no_answer_next: NodeId | None = None
    exits: tuple[Exit, ...] = ()
    next: NodeId
    """When the caller has no more questions."""

    def targets(self) -> tuple[tuple[str, str], ...]:
        missed = (("no_answer_next", self.no_answer_next),) if self.no_answer_next else ()
        exits = tuple((f"exits[{i}].next", item.next) for i, item in enumerate(self.exits))
        return (("next", self.next), *missed, *exits, *self._side_targets())


class Option(Choice):
    """One possible answer to a clarifying question, and where it leads."""

    next: NodeId


class ClarifyNode(_ListeningNode):
    """Asks which of a few things the caller wants."""

    type: Literal["clarify"]
    question: Texts
    options: Annotated[tuple[Option, ...], Field(min_length=1)]
    meaning_threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Least likeness by meaning at which an option is chosen without any of its words."""
    attempts: Annotated[int, Field(ge=1, le=6)] | None = None
    """How often it is asked in all before the fallback; left out, the reprompts decide."""
    fallback: NodeId | None = None
    """Where to go when nothing was chosen; left out, `no_match.then`."""
    questions: NodeId | None = None
    """A `rag_answer` node that takes over when the caller just asks something."""

    def targets(self) -> tuple[tuple[str, str], ...]:
        options = tuple((f"options[{i}].next", item.next) for i, item in enumerate(self.options))
        named = (("questions", self.questions), ("fallback", self.fallback))
        return (
            *options,
            *((field, target) for field, target in named if target),
            *self._side_targets(),
        )


class DispatchNode(_Node):
    """Hands over to people or to another system."""

    type: Literal["dispatch"]
    kind: Literal["handoff", "integration"] = "handoff"
    mode: Literal["call_back", "wait", "transfer"] = "call_back"
    """Of a hand-off: people call back later, the caller waits for somebody to join, or the call is
    connected to `target`."""
    target: str = ""
    """Queue, integration or, for a transfer, number; left out, the account's default."""
    transfer: Literal["blind", "attended"] = "blind"
    priority: Priority = "normal"
    reason: str = ""
    payload: dict[str, str] = Field(default_factory=dict)
    """What is sent along; entries whose placeholders are empty are left out."""
    blocking: bool = True
    """False goes on at once; what comes of the request is not said."""
    say: Texts = ()
    waiting: Texts = ()
    """Said again and again while the caller waits for somebody to join."""
    wait_seconds: Annotated[int, Field(ge=10, le=900)] = 120
    """How long somebody may take to join before it counts as failed."""
    success: Texts = ()
    failure: Texts = ()
    """Left out, a sentence of ours."""
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
LISTENING = (LeadGateNode, RagAnswerNode, ClarifyNode)
"""The kinds of nodes that wait for the caller."""


class Flow(_Part):
    """A campaign's conversation. Stored as JSON; written by people as YAML."""

    name: Text
    language: Language = "en"
    """What is spoken first, and what texts without a language are in."""
    languages: tuple[Language, ...] = ()
    """Further languages; every text must then exist in all of them."""
    start: NodeId
    operator: NodeId | None = None
    """Where "I want to speak to a person" leads; left out, nobody is available."""
    questions: NodeId | None = None
    """The `rag_answer` node whose sources answer questions asked in the middle of something."""
    keys: dict[Key, KeyTarget] = Field(default_factory=dict)
    """Keys that work anywhere, unless the node uses them itself."""
    phrases: dict[str, Texts] = Field(default_factory=dict)
    """Sentences of ours, in your words; docs/flows.md lists their names."""
    nodes: dict[NodeId, Node]

    def all_languages(self) -> tuple[str, ...]:
        """The first language and the further ones."""
        return tuple(dict.fromkeys((self.language, *self.languages)))

    def lead_fields(self) -> Iterator[tuple[str, int, LeadField]]:
        """(node id, index, field) of every lead field."""
        for node_id, node in self.nodes.items():
            if isinstance(node, LeadGateNode):
                for index, item in enumerate(node.fields):
                    yield node_id, index, item
