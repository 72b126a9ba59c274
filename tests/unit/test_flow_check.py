"""Flows are checked before they run, and every problem is reported at once."""

from __future__ import annotations

from typing import Any

import pytest

from flows import FlowInvalid, build_flow, fixed_prompts, load_flow, parse_flow
from flows.draw import mermaid
from flows.library import DEMO_FLOW, FOLDER

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
        (flow(hello=hello("bye"), bye={"type": "finish"}), "bye: there is no node type finish"),
        (
            flow(hello={**hello("bye"), "say": 5}, bye=END),
            "hello.say: must be text (a text, a list",
        ),
        (flow(hello=3), "hello: must be a mapping"),
        (flow(hello={**hello("bye"), "nxt": "x"}, bye=END), "did you mean next?"),
        (flow(hello=hello("by"), bye=END), "did you mean bye?"),
        (flow(hello=hello("bye"), bye={**END, "say": "{campain.name}"}), "mean campaign.name?"),
        ([], "a flow is a mapping"),
    ],
)
def test_each_mistake_is_named(document: Any, expected: str) -> None:
    found = problems(document)
    assert any(expected in problem for problem in found)


def test_a_word_that_chooses_two_options_is_refused() -> None:
    options = [
        {"name": "a", "words": ["sales"], "next": "bye"},
        {"name": "b", "words": ["Sales"], "next": "bye"},
    ]
    ask = {"type": "clarify", "question": "Which?", "options": options}
    assert "already chooses a" in problems(flow(hello=hello("ask"), ask=ask, bye=END))[0]


def clarify(*options: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "clarify", "question": "Which?", "options": list(options), **more}


def gate(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "lead_gate", "fields": list(fields), "next": "bye", **more}


NAME = {"field": "name", "ask": "Name?"}
A = {"name": "a", "words": ["first"], "next": "bye"}
B = {"name": "b", "words": ["second"], "next": "named"}
NAMED = {**END, "say": "Bye, {lead.name}."}


def test_a_field_is_asked_only_when_every_path_asks_it() -> None:
    ways = {"hello": hello("ask"), "bye": END, "named": NAMED}
    to_gate = {**A, "next": "who"}
    some = flow(**ways, ask=clarify(A, to_gate | {"name": "c", "words": ["third"]}, B),
                who=gate(NAME, next="named"))  # fmt: skip
    assert "named.say: {lead.name} may be used before it is asked" in problems(some)[0]
    every = flow(**ways, ask=clarify(A, {**B, "next": "who"}), who=gate(NAME, next="named"))
    build_flow(every)
    refused = flow(**ways, ask=clarify(A, {**B, "next": "who"}),
                   who=gate(NAME, next="named", on_refusal="named"))  # fmt: skip
    assert "may be used before it is asked" in problems(refused)[0]
    operator = {**every, "operator": "named"}
    assert "may be used before it is asked" in problems(operator)[0]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Bye, {lead.name}.", "can be empty"),
        ("Bye, {lead.name|friend}.", ""),
        (["Bye, {lead.name}.", "Bye."], ""),
        ("Calling from {caller.number}?", "can be empty"),
    ],
)
def test_what_may_be_missing_must_not_leave_the_caller_without_a_word(said: Any, told: str) -> None:
    document = flow(hello=hello("who"), who=gate({**NAME, "required": False}),
                    bye={"type": "end", "say": said})  # fmt: skip
    if told:
        assert told in problems(document)[0]
    else:
        build_flow(document)


def test_a_field_of_the_same_gate_counts_once_it_was_asked() -> None:
    mail = {"field": "email", "ask": "And your email, {lead.name}?"}
    build_flow(flow(hello=hello("who"), who=gate(NAME, mail), bye=END))
    turned = flow(hello=hello("who"), who=gate(mail, NAME), bye=END)
    assert "who.fields[0].ask: {lead.name} may be used" in problems(turned)[0]


def test_every_text_exists_in_every_declared_language() -> None:
    both = {"en": "Hi.", "de": "Hallo."}
    start = {"type": "start", "say": both, "next": "bye"}
    document = {**flow(hello=start, bye={**END, "say": both}), "languages": ["de"]}
    build_flow(document)
    told = problems({**document, "nodes": {"hello": start, "bye": END}})
    assert told == ["bye.say: has no text in de (write it by language: {… , de: …})"]
    french = {**document, "languages": ["de", "fr"]}
    told = problems(french)
    assert "hello.say: has no text in fr" in " ".join(told)
    assert "phrases.no_input: has no text in fr" in " ".join(told)
    spanish = {"type": "end", "say": {**both, "es": "Adiós."}}
    told = problems({**document, "nodes": {"hello": start, "bye": spanish}})
    assert "bye.say: has a text in es, which the flow does not speak" in told[0]


@pytest.mark.parametrize(
    ("node", "told"),
    [
        (clarify(A, {**A, "name": "b", "words": ["First!"]}), "“first” already chooses a"),
        (clarify({**A, "keys": ["1"]}, {**B, "next": "bye", "keys": ["1"]}), "“key 1” already"),
        (clarify({**A, "keys": ["1"]}, keys={"1": "bye"}), "“key 1” already chooses the node's"),
        (clarify({"name": "a", "next": "bye"}), "neither words nor keys"),
        (clarify(A, questions="bye"), "bye is not a rag_answer node"),
        (gate(NAME, NAME), "asks for name twice"),
        (gate({"field": "zip", "ask": "Zip?"}), "a field with a name of your own needs one of"),
        (gate({"field": "size", "kind": "choice", "ask": "?"}), "a choice needs options"),
        (gate({"field": "phone", "ask": "?"}, keys={"5": "bye"}), "key 5 is needed to key in"),
        (gate(NAME, no_input={"then": "it"}), "without a word of the caller"),
        (gate(NAME, keys={"5": "nowhere"}), "it.keys.5: there is no node nowhere"),
        (gate({**NAME, "insist": "{nobody}"}), "{nobody} is unknown"),
    ],
)
def test_each_mistake_in_a_node_is_named(node: dict[str, Any], told: str) -> None:
    found = problems(flow(hello=hello("it"), it=node, bye=END))
    assert any(told in problem for problem in found), found


def test_a_round_through_silence_or_known_fields_is_found() -> None:
    silent = flow(hello=hello("a"), bye=END, a=clarify(A, no_input={"then": "b"}),
                  b=clarify(A, no_input={"then": "a"}))  # fmt: skip
    told = problems(silent)
    assert "a.no_input.then: leads back to itself without a word of the caller" in told[0]
    assert "a → b → a" in told[0]
    known = flow(hello=hello("a"), bye=END, a=gate(NAME, next="b", on_refusal="bye"),
                 b={"type": "dispatch", "next": "a"})  # fmt: skip
    assert "without a word of the caller" in problems(known)[0]


def test_missing_targets_do_not_hide_other_problems() -> None:
    document = flow(hello=hello("nowhere"), lost=END, bad={**END, "say": "{nobody}"})
    told = " ".join(problems(document))
    assert "there is no node nowhere" in told
    assert "lost: nothing leads to this node" in told and "{nobody} is unknown" in told


def test_a_phrase_of_ours_is_replaced_and_a_wrong_one_is_named() -> None:
    document = flow(hello=hello("who"), who=gate(NAME), bye=END)
    replaced = build_flow({**document, "phrases": {"thanks": "Lovely, {value}."}})
    assert "Lovely, {value}." not in fixed_prompts(replaced)
    told = problems({**document, "phrases": {"thx": "Ta.", "goodbye": "Bye, {value}."}})
    assert "phrases.thx: there is no such phrase" in told[0] and "{value} is unknown" in told[1]


def test_prompts_are_told_in_every_language() -> None:
    prompts = fixed_prompts(load_flow(FOLDER / "restaurant.yaml"))
    assert {"For how many people?", "Für wie viele Personen?", "Take your time.",
            "Lassen Sie sich Zeit."} <= set(prompts)  # fmt: skip


def test_all_problems_come_at_once() -> None:
    document = flow(hello=hello("a"), a={**END, "x": 1}, b={**END, "y": 2})
    assert len(problems(document)) == 3


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


def test_a_list_of_wrong_parts_is_not_also_told_to_be_short() -> None:
    option = {"name": "a", "words": [True], "next": "bye"}
    with pytest.raises(FlowInvalid) as refused:
        build_flow(
            {
                "name": "Test",
                "start": "wish",
                "nodes": {
                    "wish": {"type": "clarify", "question": "What?", "options": [option]},
                    "bye": {"type": "end", "say": "Bye."},
                },
            }
        )
    assert "too short" not in str(refused.value) and "at least" not in str(refused.value)
    assert "options[0].words[0]: must be text" in str(refused.value)
