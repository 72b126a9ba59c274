"""docs/flows.md and docs/flow.schema.json are true: made from the model, examples executed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from flows import CallStarted, FlowInvalid, build_flow, parse_flow
from flows.library import FOLDER
from flows.reference import with_reference
from flows.schema import json_schema, json_schema_text
from flows.script import load_script, run_script
from flows.talk import talk

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "flows.md").read_text()
BLOCKS = re.findall(r"```(yaml|talk)\n(.*?)```", PAGE, re.DOTALL)
WHOLE = next(text for kind, text in BLOCKS if kind == "yaml" and text.startswith("name:"))
NODES = [text for kind, text in BLOCKS if kind == "yaml" and text.startswith("type:")]


def test_the_schema_and_the_reference_are_those_of_the_program() -> None:
    stale = "run `voice-worker flow reference`"
    assert (DOCS / "flow.schema.json").read_text() == json_schema_text(), stale
    assert with_reference(PAGE) == PAGE, stale


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_the_schema_allows_what_the_program_allows(path: Path) -> None:
    document = yaml.safe_load(path.read_text())
    if "nodes" in document:
        jsonschema.validate(document, json_schema())
        for mistake in ({"name": "x"}, {**document, "strat": "x"}, {**document, "start": 5}):
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate(mistake, json_schema())


def test_the_whole_example_is_held_as_the_page_tells() -> None:
    told = next(text for kind, text in BLOCKS if kind == "talk").splitlines()
    caller = [line.partition(": ")[2] for line in told if line.startswith("caller:")]
    flow = parse_flow(WHOLE)
    held = talk(flow, caller, answer=lambda question: "At nine.", start=CallStarted())
    spoken = [f"{line.who:>6}: {line.text}" for line in held if line.who != "note"]
    assert spoken == told


@pytest.mark.parametrize("text", NODES, ids=lambda text: text.split("\n")[0])
def test_each_node_of_the_page_is_one(text: str) -> None:
    node: dict[str, Any] = yaml.safe_load(text)
    languages = ["de"] if " de: " in text else []
    end = {"type": "end", "say": {"en": "Bye.", "de": "Tschüss."} if languages else "Bye."}
    hello = {"en": "Hi.", "de": "Hallo."} if languages else "Hi."
    nodes: dict[str, Any] = {"hello": {"type": "start", "say": hello, "next": "it"}, "it": node}
    document = {"name": "x", "start": "hello", "languages": languages, "nodes": nodes}
    while True:
        try:
            build_flow(document)
            return
        except FlowInvalid as invalid:
            missing = {p.message.removeprefix("there is no node ") for p in invalid.problems
                       if p.message.startswith("there is no node ")}  # fmt: skip
            assert missing, str(invalid)
            nodes |= dict.fromkeys(missing, end)


def test_the_scripted_example_of_the_page_passes(tmp_path: Path) -> None:
    text = next(text for kind, text in BLOCKS if text.startswith("conversations:"))
    path = tmp_path / "x.talks.yaml"
    path.write_text(text)
    (conversation,) = load_script(path)
    assert not run_script(parse_flow(WHOLE), conversation, lambda question: None).problems


def test_a_script_that_expects_something_else_fails_with_what_is_different(tmp_path: Path) -> None:
    path = tmp_path / "x.talks.yaml"
    path.write_text(
        json.dumps(
            {
                "conversations": [
                    {
                        "name": "wrong",
                        "lines": [{"agent": "Good evening"}, {"caller": "a repair"}, "silence"],
                        "expect": {"outcome": "declined", "node": "wish", "fields": {"name": "X"}},
                    }
                ]
            }
        )
    )
    (conversation,) = load_script(path)
    problems = run_script(parse_flow(WHOLE), conversation, lambda question: None).problems
    assert problems == (
        "line 1: the agent did not say “Good evening”",
        "outcome: going on instead of declined",
        "node: details instead of wish",
        "name: nothing stored instead of X",
    )
