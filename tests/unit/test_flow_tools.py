"""What authors do with flows: compare, write out, draw, take calls through them again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from flows import CallStarted, Flow, initial_state, load_flow, parse_flow, step
from flows.diff import differences
from flows.draw import mermaid
from flows.dump import to_yaml
from flows.events import CallerSaid, Event, KeyPressed
from flows.library import DEMO_FLOW, FOLDER
from flows.replay import Recorded, path_of, replay
from flows.svg import svg
from flows.talk import region_for
from voice_worker.cli import app

DEMO = load_flow(DEMO_FLOW)
TEXT = DEMO_FLOW.read_text()
RUN = CliRunner()


def told(*changes: tuple[str, str]) -> list[str]:
    text = TEXT
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return [change.words for change in differences(DEMO, parse_flow(text))]


def test_differences_are_told_in_words() -> None:
    assert told() == []
    assert told(("What's your name, please?", "Who is calling?")) == [
        "details, field “name”: how it asks: “Who is calling?” instead of "
        "“What's your name, please?”"
    ]
    assert told(("priority: high", "priority: urgent")) == [
        "person: priority: urgent instead of high"
    ]
    assert told(("next: answers\n      - name: call", "next: details\n      - name: call")) == [
        "wish, option “question”: where it goes next: details instead of answers"
    ]
    assert told(("words: [nothing, ", "words: [never mind, ")) == [
        "wish, option “nothing”: the words for it: also “never mind”, no longer nothing"
    ]
    assert told(("max_misses: 2", "max_misses: 3")) == [
        "answers: how many questions may stay without an answer: 3 instead of 2"
    ]


def test_added_removed_and_moved_things_are_told_by_name() -> None:
    added = "  later:\n    type: end\n    say: Later.\n\n  goodbye:"
    option = "      - name: later\n        words: [another time]\n        next: later\n"
    before = "      - name: nothing\n"
    assert told(("  goodbye:", added), (before, option + before)) == [
        "wish: new option “later”, which leads to later",
        "later: new node (end)",
    ]
    text = to_yaml(DEMO)
    document = DEMO.model_dump(mode="json")
    document["nodes"]["wish"]["options"].reverse()
    moved = differences(DEMO, Flow.model_validate(document))
    assert [change.kind for change in moved] == ["moved"]
    del document["nodes"]["wish"]["options"][0]
    gone = differences(DEMO, Flow.model_validate(document))
    assert "wish: option “nothing” removed" in [change.words for change in gone]
    assert parse_flow(text) == DEMO


def recorded(flow: Flow, *happened: Event) -> list[Recorded]:
    state, steps = initial_state(flow), []
    for event in happened:
        state = step(flow, state, event).state
        steps.append(
            Recorded(event.model_dump(mode="json"), state.node, state.model_dump(mode="json"))
        )
    return steps


CALL = (CallStarted(), KeyPressed(key="2"), CallerSaid(text="Jane Miller"))


def test_a_replayed_call_is_the_same_and_shows_its_way() -> None:
    steps = recorded(DEMO, *CALL)
    assert not any(item.differences for item in replay(DEMO, steps))
    assert path_of(DEMO, steps) == ("greeting", "wish", "details")
    _, second, third = replay(DEMO, steps)
    assert (second.event, second.entered) == ("key 2", ("details",))
    assert third.said == ("Thanks, Jane Miller.", "What's your email address?")


def test_a_step_taken_instead_of_others_is_replayed_from_before_them() -> None:
    steps = recorded(DEMO, *CALL[:2], CallerSaid(text="Jane"))
    for replaces, more in ((1, "Jane Mil"), (2, "Jane Miller")):
        last = recorded(DEMO, *CALL[:2], CallerSaid(text=more))[-1]
        steps.append(replace(last, replaces=replaces))
    again = replay(DEMO, steps)
    assert not any(item.differences for item in again)
    assert again[-1].event == "caller: Jane Miller (instead of the last 2 steps)"
    question = replace(recorded(DEMO, CALL[0], KeyPressed(key="1"))[-1], replaces=1)
    assert path_of(DEMO, [*steps[:2], question]) == ("greeting", "wish", "answers")


def test_a_tampered_record_is_found() -> None:
    steps = recorded(DEMO, *CALL)
    steps[2] = Recorded(steps[2].event, steps[2].node, {**steps[2].state, "field_index": 7})
    assert replay(DEMO, steps)[2].differences == ("field_index: recorded 7, now 1",)
    unknown = Recorded({"type": "from the future"}, "wish", {})
    assert "can't be read" in replay(DEMO, [*steps[:2], unknown])[2].differences[0]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_ready_flow_is_a_drawing_with_all_its_nodes_and_labels(path: Path) -> None:
    if path.stem.endswith(("knowledge", ".talks")):
        return
    flow = load_flow(path)
    drawing = svg(flow)
    ElementTree.fromstring(drawing)
    for node_id in flow.nodes:
        assert f">{node_id}<" in drawing
        assert f"n_{node_id}" in mermaid(flow)


def test_the_way_a_call_took_stands_out() -> None:
    path = ("greeting", "wish", "details")
    assert svg(DEMO, path).count("url(#arrow-taken)") == 2
    assert "url(#arrow-taken)" not in svg(DEMO)
    drawn = mermaid(DEMO, path)
    assert "class n_greeting,n_wish,n_details taken" in drawn and "linkStyle" in drawn


def test_commands_print_data_on_stdout_and_fail_with_one_sentence(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(TEXT.replace("priority: high", "priority: urgent"))
    compared = RUN.invoke(app, ["flow", "diff", str(DEMO_FLOW), str(other), "--json"])
    assert json.loads(compared.stdout)["changes"][0]["node"] == "person"
    drawing = tmp_path / "demo.svg"
    drawn = RUN.invoke(app, ["flow", "draw", str(DEMO_FLOW), "-o", str(drawing)])
    assert drawn.exit_code == 0 and drawn.stdout == ""
    assert drawing.read_text().startswith("<svg")
    assert RUN.invoke(app, ["flow", "draw", str(DEMO_FLOW)]).stdout.startswith("flowchart TD")
    nothing = RUN.invoke(app, ["flow", "draw"])
    assert nothing.exit_code == 2 and "name a flow" in nothing.output
    assert RUN.invoke(app, ["flow", "reference", "--check"]).exit_code == 0


def test_a_ready_flow_is_named_like_a_file_and_needs_no_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICE_WORKER_HOME", str(tmp_path / "home"))
    drawn = RUN.invoke(app, ["flow", "draw", "restaurant"])
    assert drawn.exit_code == 0 and drawn.stdout.startswith("flowchart")
    checked = RUN.invoke(app, ["flow", "check", "dental"])
    assert checked.exit_code == 0 and "valid" in checked.stdout
    assert not (tmp_path / "home").exists()


def test_scripted_conversations_run_on_the_command_line(tmp_path: Path) -> None:
    script, flow = FOLDER / "garage.talks.yaml", str(FOLDER / "garage.yaml")
    arguments = ["flow", "talk", flow, "--script", str(script), "--knowledge",
                 str(FOLDER / "garage_knowledge.yaml")]  # fmt: skip
    passed = RUN.invoke(app, [*arguments, "--json"])
    assert passed.exit_code == 0, passed.output
    assert all(json.loads(line)["passed"] for line in passed.stdout.splitlines())
    wrong = tmp_path / "x.talks.yaml"
    wrong.write_text(script.read_text().replace("outcome: no_input", "outcome: completed"))
    failed = RUN.invoke(app, ["flow", "talk", flow, "--script", str(wrong), *arguments[5:]])
    assert failed.exit_code == 1
    assert "FAIL once more, please" in failed.stdout
    assert "outcome: no_input instead of completed" in failed.stdout


def test_what_is_typed_into_a_conversation_is_echoed_where_it_was_piped() -> None:
    typed = "hello\n[bogus]\n[key 2]\nTom Lee\n"
    out = RUN.invoke(app, ["flow", "talk", "demo"], input=typed).stdout
    assert "caller: Tom Lee" in out and "name = Tom Lee (confirmed)" in out
    # A mark that is none is no word of the caller's, and the others are named.
    assert "no such mark; there are [silence]" in out and "didn't catch" not in out


def test_several_keys_are_pressed_at_once() -> None:
    out = RUN.invoke(app, ["flow", "talk", "demo"], input="[key 92]\n").stdout
    assert "What's your name" in out


def test_a_ready_flow_answers_from_what_lies_beside_it() -> None:
    out = RUN.invoke(app, ["flow", "talk", "dental"], input="when are you open?\n").stdout
    assert "Monday to Thursday" in out


def test_days_and_numbers_are_those_of_a_call_today(tmp_path: Path) -> None:
    flow = tmp_path / "termin.yaml"
    flow.write_text(
        "name: T\nlanguage: de\nstart: a\nnodes:\n  a: {type: start, say: Hallo., next: b}\n"
        "  b: {type: lead_gate, fields: [{field: date, ask: Wann}, {field: phone, ask: Nummer}],"
        " next: c}\n  c: {type: end, say: Ade.}\n"
    )
    before = date.today()
    out = RUN.invoke(app, ["flow", "talk", str(flow)], input="morgen\n0170 1234567\n").stdout
    days = {(day + timedelta(1)).isoformat() for day in (before, date.today())}
    assert any(f"date = {day}" in out for day in days) and "phone = +491701234567" in out
    talks = tmp_path / "termin.talks.yaml"
    talks.write_text(
        "conversations:\n  - name: own date\n    start: {facts: {call.date: '2026-05-06'}}\n"
        "    lines: [{caller: morgen}, {caller: 0170 1234567}]\n"
        "    expect: {fields: {date: '2026-05-07', phone: '+491701234567'}}\n"
    )
    ran = RUN.invoke(app, ["flow", "talk", str(flow), "--script", str(talks)])
    assert ran.exit_code == 0, ran.output


@pytest.mark.parametrize(
    ("language", "region"),
    [("de", "DE"), ("de-AT", "AT"), ("en", "US"), ("en-GB", "GB"), ("xx", "US")],
)
def test_a_language_is_most_likely_spoken_somewhere(language: str, region: str) -> None:
    assert region_for(language, "US") == region


def test_a_drawing_is_no_pdf(tmp_path: Path) -> None:
    refused = RUN.invoke(app, ["flow", "draw", "demo", "-o", str(tmp_path / "x.pdf")])
    assert refused.exit_code and not (tmp_path / "x.pdf").exists()
