"""Flows made up by hypothesis: valid by construction, of every kind of node and way."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from flows import Flow, FlowInvalid, build_flow

KINDS = ("name", "email", "phone", "company", "text", "choice")
TEXTS = ("One thing.", "Another thing.", "A third thing, {lead.name|dear caller}.")


def _texts(draw: st.DrawFn, least: int = 1) -> list[str]:
    return draw(st.lists(st.sampled_from(TEXTS), min_size=least, max_size=2, unique=True))


def _ladders(draw: st.DrawFn, later: list[str]) -> dict[str, Any]:
    """Silence leads onwards only, so that nobody goes round in circles without a word."""
    return {
        "no_input": {
            "reprompts": _texts(draw, 0),
            "then": draw(st.sampled_from([None, *later])),
        },
        "no_match": {
            "reprompts": _texts(draw, 0),
            "then": draw(st.sampled_from([None, *later])),
        },
        "keys": draw(st.sampled_from([{}, {"#": later[-1]}, {"*": "@repeat"}, {"#": "@back"}])),
    }


@st.composite
def flows(draw: st.DrawFn, gates: int = 1) -> Flow:
    """A flow of up to eight nodes that passes the check; `gates` makes lead gates more likely."""
    count = draw(st.integers(0, 5))
    names = [f"n{index}" for index in range(count)]
    answers = draw(st.booleans())
    order = [*names, *(["answers"] if answers else []), "finish"]
    nodes: dict[str, Any] = {
        "hello": {"type": "start", "say": _texts(draw), "next": order[0]},
        "finish": {"type": "end", "say": _texts(draw, 0)},
    }
    if answers:
        nodes["answers"] = {
            "type": "rag_answer", "say": "Ask me.", "next": "finish",
            "no_answer_next": draw(st.sampled_from([None, "finish"])),
            "exits": [{"words": ["leave"], "next": draw(st.sampled_from(order))}],
            **_ladders(draw, ["finish"]),
        }  # fmt: skip
    for index, name in enumerate(names):
        nodes[name] = _node(draw, order[index + 1 :], order, answers, gates)
    document = {
        "name": "made up",
        "start": "hello",
        "operator": draw(st.sampled_from([None, order[0], "finish"])),
        "questions": "answers" if answers else None,
        "keys": draw(st.sampled_from([{}, {"0": "finish"}, {"*": "@start_over"}])),
        "nodes": nodes,
    }
    try:
        return build_flow(document)
    except FlowInvalid as invalid:
        # Nodes may be left unreachable: those are taken out, and nothing else may be wrong.
        for problem in invalid.problems:
            assert "nothing leads to this node" in problem.message, str(invalid)
            del nodes[problem.node]
        return build_flow(document)


def _node(
    draw: st.DrawFn, later: list[str], everywhere: list[str], answers: bool, gates: int
) -> dict[str, Any]:
    kind = draw(st.sampled_from(["clarify", "dispatch", *["lead_gate"] * gates]))
    if kind == "dispatch":
        return {
            "type": "dispatch", "say": _texts(draw, 0), "success": _texts(draw, 0),
            "kind": draw(st.sampled_from(["handoff", "integration"])),
            "mode": draw(st.sampled_from(["call_back", "wait", "transfer"])),
            "blocking": draw(st.booleans()), "next": later[0],
            "on_failure": draw(st.sampled_from([None, *later])),
            "payload": {"who": "{lead.name|nobody}"},
        }  # fmt: skip
    if kind == "clarify":
        return {
            "type": "clarify", "question": _texts(draw),
            "options": [
                # Going back is the caller's choice, so it may lead anywhere.
                {"name": "red", "words": ["crimson"], "keys": ["1"], "next": later[0]},
                {"name": "blue", "keys": ["2"], "next": draw(st.sampled_from(everywhere))},
                {"name": "green", "words": ["grass"], "next": later[-1]},
            ],
            "attempts": draw(st.sampled_from([None, 1, 3])),
            "questions": draw(st.sampled_from([None, "answers"])) if answers else None,
            **_ladders(draw, later),
        }  # fmt: skip
    fields = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True))
    return {
        "type": "lead_gate", "say": _texts(draw, 0), "next": later[0],
        "on_refusal": draw(st.sampled_from([None, *later])),
        "fields": [
            {
                "field": field, "ask": f"Your {field}?",
                "required": draw(st.booleans()),
                "confirm": draw(st.sampled_from(["none", "implicit", "read_back", "spell_back"])),
                "known": draw(st.sampled_from(["offer", "use", "ask"])),
                "page": draw(st.sampled_from(["show", "offer", "never"])),
                "insist": _texts(draw, 0),
                **({"options": [{"name": "small", "keys": ["1"]}, {"name": "large"}]}
                   if field == "choice" else {}),
            }
            for field in fields
        ],
        **_ladders(draw, later),
    }  # fmt: skip
