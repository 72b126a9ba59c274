"""Scripted conversations: what a caller says, and what must come of it.

A `*.talks.yaml` file holds them beside the flow they test:

    knowledge: clinic_knowledge.yaml      # optional: answers, found by shared words
    conversations:
      - name: a table for four
        start: {caller_number: "+15035550142"}
        lines:
          - caller: I'd like to book a table
          - agent: How many people      # part of what the agent says next, in this order
          - silence
          - key: 4
          - enter: {email: jane@example.com}
        expect: {outcome: completed, fields: {guests: "4"}}
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from flows.errors import FlowInvalid, Problem
from flows.events import CallStarted
from flows.model import Flow
from flows.talk import Answerer, Line, TextConversation, region_for


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _as_line(value: Any) -> Any:
    return {value.replace(" ", "_"): True} if isinstance(value, str) else value


class ScriptLine(_Part):
    """One thing that happens, or (with `agent`) that must have happened."""

    caller: str | None = None
    agent: str | None = None
    """Part of what the agent says after what stands above, in any case."""
    key: str | int | None = None
    enter: dict[str, str] | None = None
    """A lead field typed on the page."""
    scores: dict[str, float] | None = None
    """With `caller`: how alike in meaning the words are to the options."""
    silence: bool = False
    hang_up: bool = False
    person_claims: bool | str = False
    """Somebody takes the waiting caller; with a number, to be connected there."""
    person_joins: bool = False
    person_leaves: bool = False
    time_passes: bool = False
    """A timer that was set fires."""
    next_fails: bool = False
    """The next hand-off, integration or transfer fails."""


class Expected(_Part):
    """How a conversation must end. What is left out may be anything."""

    outcome: str | None = None
    """`going on` when it must not have ended."""
    node: str | None = None
    fields: dict[str, str] = Field(default_factory=dict)
    unconfirmed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """Fields that must not have been stored."""
    dispatched: tuple[str, ...] = ()
    """Reasons or targets of hand-offs and integrations, in order."""


class Conversation(_Part):
    name: str
    start: dict[str, Any] = Field(default_factory=dict)
    """What is known beforehand: fields of the event that starts a call."""
    lines: tuple[Annotated[ScriptLine, BeforeValidator(_as_line)], ...]
    expect: Expected = Expected()


class _Script(_Part):
    knowledge: str | None = None
    conversations: tuple[Conversation, ...]


@dataclass(frozen=True)
class ScriptResult:
    lines: tuple[Line, ...]
    problems: tuple[str, ...]
    """What was not as expected; empty when all was."""


def load_script(path: Path) -> tuple[Conversation, ...]:
    """Read scripted conversations.

    Raises:
        FlowInvalid: the file is not what it should be; says where.
    """
    try:
        return _Script.model_validate(yaml.safe_load(path.read_text("utf-8"))).conversations
    except OSError as error:
        raise FlowInvalid((Problem("", "", f"{path} can't be read: {error.strerror}"),)) from error
    except yaml.YAMLError as error:
        raise FlowInvalid((Problem("", "", f"{path} is not YAML"),)) from error
    except ValidationError as error:
        problems = (
            Problem("", ".".join(str(part) for part in item["loc"]), item["msg"])
            for item in error.errors()
        )
        raise FlowInvalid(tuple(problems)) from error


def run_script(
    flow: Flow, conversation: Conversation, answer: Answerer, today: date | None = None
) -> ScriptResult:
    """Hold the conversation and compare. "Friday" counts from `today`, unless the conversation's
    own facts name its `call.date`."""
    facts = {"campaign.name": flow.name, "account.name": flow.name}
    if today is not None:
        facts["call.date"] = today.isoformat()
    given = conversation.start
    start = CallStarted.model_validate(
        {"language": flow.language, "channels": ("keypad", "page"),
         "region": region_for(given.get("language", flow.language), "US"), **given,
         "facts": facts | given.get("facts", {})}
    )  # fmt: skip
    talk = TextConversation(flow, answer=answer, start=start)
    lines = talk.open()
    heard = 0
    problems: list[str] = []
    for number, line in enumerate(conversation.lines, 1):
        if line.agent is not None:
            found = _find(lines, line.agent, heard)
            if found is None:
                problems.append(f"line {number}: the agent did not say “{line.agent}”")
            else:
                heard = found + 1
            continue
        if talk.ended:
            problems.append(f"line {number}: the conversation had ended")
            break
        heard = len(lines)
        lines += talk.happened(line)
    problems += _compare(conversation.expect, talk)
    return ScriptResult(tuple(lines), tuple(problems))


def knowledge_by_words(path: Path) -> Answerer:
    """Answers from question/answer pairs (YAML) by the words they share with a question."""
    items = yaml.safe_load(path.read_text("utf-8"))["items"]

    def answer(question: str) -> str | None:
        asked = _content(question)
        best = max(items, key=lambda item: len(asked & _content(item["question"])), default=None)
        if best is None or not asked & _content(best["question"]):
            return None
        return str(best["answer"])

    return answer


_STOP = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by can could do does for from have how i if in is it me my of "
        "on or our please should so tell that the there this to up us was we what when where which "
        "who why will with would you your",
    )
)


def _content(text: str) -> set[str]:
    words = re.findall(r"[\w']+", text.casefold())
    return {word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words} - _STOP


def _find(lines: list[Line], text: str, begin: int) -> int | None:
    wanted = text.casefold()
    for index in range(begin, len(lines)):
        if lines[index].who == "agent" and wanted in lines[index].text.casefold():
            return index
    return None


def _compare(expected: Expected, talk: TextConversation) -> list[str]:
    state = talk.state
    outcome = state.ended.value if state.ended else "going on"
    problems = []
    if expected.outcome is not None and outcome != expected.outcome:
        problems.append(f"outcome: {outcome} instead of {expected.outcome}")
    if expected.node is not None and state.node != expected.node:
        problems.append(f"node: {state.node} instead of {expected.node}")
    for name, value in expected.fields.items():
        stored = state.fields.get(name)
        if stored is None:
            problems.append(f"{name}: nothing stored instead of {value}")
        elif stored.value != value:
            problems.append(f"{name}: {stored.value} instead of {value}")
        elif stored.confirmed == (name in expected.unconfirmed):
            problems.append(f"{name}: {'' if stored.confirmed else 'un'}confirmed")
    problems += [
        f"{name}: stored ({state.fields[name].value})"
        for name in expected.missing
        if name in state.fields
    ]
    if expected.dispatched and tuple(talk.dispatched) != expected.dispatched:
        problems.append(f"dispatched: {talk.dispatched} instead of {list(expected.dispatched)}")
    return problems
