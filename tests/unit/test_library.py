"""Every ready flow holds its scripted conversations, and is drawn, written and prompted whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import CallStarted, load_flow
from flows.check import examine
from flows.library import FOLDER
from flows.script import Conversation, knowledge_by_words, load_script, run_script
from flows.talk import TextConversation

NAMES = sorted(path.name.removesuffix(".talks.yaml") for path in FOLDER.glob("*.talks.yaml"))
TALKS = [(name, talk) for name in NAMES for talk in load_script(FOLDER / f"{name}.talks.yaml")]


def flow_file(name: str) -> Path:
    return FOLDER / f"{name}.yaml"


def test_there_are_five_trades_beside_the_demo_and_each_is_tried_in_every_way() -> None:
    assert len(NAMES) >= 6 and "demo" in NAMES
    for name in NAMES:
        lines = [line for flow, talk in TALKS if flow == name for line in talk.lines]
        assert any(line.silence for line in lines) or name == "real_estate", name
    everything = [line for _, talk in TALKS for line in talk.lines]
    assert any(line.key for line in everything) and any(line.enter for line in everything)
    assert any(line.next_fails for line in everything) and any(line.scores for line in everything)


@pytest.mark.parametrize(
    ("name", "talk"), TALKS, ids=[f"{name}: {talk.name}" for name, talk in TALKS]
)
def test_the_conversation_goes_as_scripted(name: str, talk: Conversation) -> None:
    answer = knowledge_by_words(FOLDER / f"{name}_knowledge.yaml")
    result = run_script(load_flow(flow_file(name)), talk, answer)
    told = "\n".join(f"{line.who}: {line.text}" for line in result.lines)
    assert not result.problems, "\n".join((told, *result.problems))


@pytest.mark.parametrize("name", NAMES)
def test_a_ready_flow_has_nothing_to_warn_of(name: str) -> None:
    assert not examine(load_flow(flow_file(name)))


def test_an_article_counts_no_guests() -> None:
    flow = load_flow(flow_file("restaurant"))
    start = CallStarted(language="de", region="DE")
    talk = TextConversation(flow, answer=lambda _: None, start=start)
    talk.open()
    talk.said("Guten Abend, ich würde gerne einen Tisch reservieren")
    assert talk.state.node == "booking" and not talk.state.fields
