"""A choice of what the caller wants, where they want two things at once."""

from __future__ import annotations

from typing import Any

import pytest

from flows import CallStarted, build_flow
from flows.talk import TextConversation


def call(*lines: str, **settings: Any) -> tuple[TextConversation, list[str]]:
    names = ("repair", "service", "bed and breakfast")
    ends = {name.split()[0]: {"type": "end", "say": f"{name}."} for name in names}
    options = [{"name": name, "words": [name], "next": name.split()[0]} for name in names]
    flow = build_flow(
        {
            "name": "Test",
            "start": "hello",
            "nodes": {
                "hello": {"type": "start", "say": "Hello.", "next": "wish"},
                "wish": {"type": "clarify", "question": "What?", "options": options, **settings},
                **ends,
            },
        }
    )
    talk = TextConversation(flow, answer=lambda _: None, start=CallStarted())
    said = talk.open()
    for line in lines:
        said = talk.said(line)
    return talk, [line.text for line in said if line.who == "agent"]


@pytest.mark.parametrize("said", ["repair and service", "I need a service and also a repair"])
def test_of_two_wishes_none_is_chosen_for_the_caller(said: str) -> None:
    talk, words = call(said)
    assert talk.state.node == "wish" and words[0].startswith("Which one is it: ")


@pytest.mark.parametrize(
    ("said", "node"),
    [("the service", "service"), ("the second one", "service"), ("the first", "repair")],
)
def test_the_answer_may_name_the_place_among_those_that_were_named(said: str, node: str) -> None:
    assert call("repair and service", said)[0].state.node == node


def test_an_and_of_the_author_s_joins_nothing() -> None:
    assert call("bed and breakfast and a repair")[0].state.node == "wish"
    assert call("a bed and breakfast")[0].state.node == "bed"


def test_who_never_says_which_comes_to_the_fallback() -> None:
    talk, _ = call(*["repair and service"] * 2, attempts=2, fallback="service")
    assert talk.state.node == "service"
    talk, _ = call(*["repair and service"] * 6)
    assert talk.ended


def test_who_wants_nothing_more_says_it_in_many_ways() -> None:
    nothing = {"name": "nothing", "words": ["that's all"], "next": "bed"}
    for said in ("no", "nope", "no that's it, thanks", "nothing else", "I think that's everything"):
        options = [{"name": "repair", "words": ["repair"], "next": "repair"}, nothing]
        talk, _ = call(
            said, options=[*options, {"name": "service", "words": ["service"], "next": "service"}]
        )
        assert talk.state.node == "bed", said
