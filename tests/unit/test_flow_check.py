"""Flows are checked before they run, and every problem is reported at once."""

from __future__ import annotations

from typing import Any

import pytest

from flows import FlowInvalid, build_flow, fixed_prompts, load_flow, parse_flow
from flows.draw import mermaid
from flows.library import DEMO_FLOW

END = {"type": "end", "say": "Bye."}


def flow(**nodes: Any) -> dict[str, Any]:
    return {"name": "f", "start": "hello", "nodes": nodes}


def problems(document: Any) -> list[str]:
    with pytest.raises(FlowInvalid) as caught:
        build_flow(document)
    return [str(problem) for problem in caught.value.problems]


def hello(target: str) -> dict[str, str]:
    return {"type": "start", "say": "Hi.", "next": target}


def test_the_demo_flow_is_valid_uses_all_six_kinds_and_survives_json() -> None:
    demo = load_flow(DEMO_FLOW)
    assert {node.type for node in demo.nodes.values()} == {
        "start", "lead_gate", "rag_answer", "clarify", "dispatch", "end",
    }  # fmt: skip
    assert build_flow(demo.model_dump(mode="json")) == demo


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (flow(hello=hello("nowhere")), "hello.next: there is no node nowhere"),
        (flow(hello=hello("bye"), bye=END, lost=END), "lost: nothing leads to this node"),
        (flow(hello=hello("bye"), bye={**END, "say": "{lead.name}"}), "before it is asked"),
        (flow(hello=hello("bye"), bye={**END, "say": "{nobody}"}), "{nobody} is unknown"),
        (flow(hello=hello("hello")), "hello: no path from here reaches an end node"),
        (flow(hello=hello("hello")), "leads back to itself without asking"),
        (flow(hello={**hello("bye"), "sya": "x"}, bye=END), "hello.sya: extra inputs"),
        (flow(hello=hello("bye"), bye={"type": "finish"}), "nodes.bye"),
        ([], "a flow is a mapping"),
    ],
)
def test_each_mistake_is_named(document: Any, expected: str) -> None:
    found = problems(document)
    assert any(expected in problem or ("bye" in expected and "bye" in problem) for problem in found)


def test_a_word_that_chooses_two_options_is_refused() -> None:
    options = [
        {"name": "a", "words": ["sales"], "next": "bye"},
        {"name": "b", "words": ["Sales"], "next": "bye"},
    ]
    ask = {"type": "clarify", "question": "Which?", "options": options}
    assert "already chooses a" in problems(flow(hello=hello("ask"), ask=ask, bye=END))[0]


def test_all_problems_come_at_once() -> None:
    document = flow(hello=hello("a"), a={**END, "x": 1}, b={**END, "y": 2})
    assert len(problems(document)) == 2


@pytest.mark.parametrize("text", ["{", "a: [", "\x00", "- 1", "5"])
def test_text_that_is_no_flow_is_refused_clearly(text: str) -> None:
    with pytest.raises(FlowInvalid):
        parse_flow(text)


def test_the_drawing_holds_every_node_and_transition() -> None:
    demo = load_flow(DEMO_FLOW)
    drawn = mermaid(demo)
    for node_id, node in demo.nodes.items():
        assert f"n_{node_id}" in drawn
        for _, target in node.targets():
            assert f"| n_{target}" in drawn


def test_prompts_to_be_rendered_hold_no_placeholders() -> None:
    prompts = fixed_prompts(load_flow(DEMO_FLOW))
    assert "What's your name, please?" in prompts
    assert not [prompt for prompt in prompts if "{" in prompt]
