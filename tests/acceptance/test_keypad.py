"""A lead keyed in on a telephone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import RunningWorker
from tests.acceptance.test_telephone import ended_call, events
from tests.support.telephone import my_turn
from voice_worker.sip.phone import Phone

FLOW = """
name: Keyed in
start: hello
nodes:
  hello: {type: start, say: Welcome., next: details}
  details:
    type: lead_gate
    fields: [{field: phone, ask: "Which number may we call?", confirm: read_back}]
    no_input_ms: 20000
    next: bye
  bye: {type: end, say: "Thank you. Goodbye."}
"""


@pytest.mark.parametrize(
    ("keyed", "number"),
    [
        ("5035550142", "+15035550142"),
        # German numbers have no fixed length: this one could still go on.
        ("0114930123456", "+4930123456"),
    ],
)
async def test_a_number_keyed_in_reaches_the_lead(
    worker: RunningWorker, tmp_path: Path, keyed: str, number: str
) -> None:
    mine, before = tmp_path / "mine.yaml", tmp_path / "before.yaml"
    mine.write_text(FLOW)
    assert worker.command("flow", "pull", "-o", str(before)).returncode == 0
    pushed = worker.command("flow", "push", str(mine))
    assert pushed.returncode == 0, pushed.stderr
    try:
        async with Phone() as phone:
            withheld = "sip:anonymous@anonymous.invalid"
            async with phone.call(worker.sip, caller=withheld) as leg:
                await my_turn(leg)
                since = len(leg.heard)
                await leg.press(f"{keyed}#")
                # It is read back, and taken only with a key that says yes.
                await my_turn(leg, since=since)
                await leg.press("1")
                await leg.wait_ended()
        call = await ended_call(worker)
    finally:
        assert worker.command("flow", "push", str(before)).returncode == 0
    steps = [step["event"] for step in events(call, "flow_stepped")]
    keys = [step["key"] for step in steps if step["type"] == "key_pressed"]
    assert "".join(keys) == f"{keyed}#1"
    # The hash took it, at once: the next thing that happened is the key that says yes.
    hashed = [step.get("key") for step in steps].index("#")
    assert steps[hashed + 1].get("key") == "1", steps[hashed:]
    assert (call["status"], call["outcome"]) == ("completed", "completed")
    assert not [row for row in call["transcript"] if row["speaker"] == "caller" and row["text"]]
    listed = worker.command("leads", "--limit", "1", "--json")
    lead = json.loads(listed.stdout.splitlines()[0])
    assert lead["phone"] == number, lead
    captured = events(call, "lead_field_captured")[-1]
    assert (captured["field"], captured["confirmed"]) == ("phone", True)
