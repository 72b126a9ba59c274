"""An author's own flow, pushed to a running worker: called from the page, drawn and replayed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.acceptance.conftest import RunningWorker
from tests.acceptance.test_landing_page import browser_page
from voice_worker.audio import RATE, write_wav

FLOW = """
name: Typed in
start: hello
nodes:
  hello: {type: start, say: Welcome., next: details}
  details:
    type: lead_gate
    fields: [{field: email, ask: "What's your email address?", confirm: read_back, page: show}]
    no_input_ms: 20000
    next: bye
  bye: {type: end, say: "Thank you. Goodbye."}
"""


@pytest.fixture
def silent_microphone(tmp_path: Path) -> Path:
    path = tmp_path / "silence.wav"
    write_wav(path, bytes(2 * RATE * 90))
    return path


async def test_a_pushed_flow_asks_on_the_page_and_its_call_replays(
    worker: RunningWorker, silent_microphone: Path, tmp_path: Path
) -> None:
    mine, before = tmp_path / "mine.yaml", tmp_path / "before.yaml"
    mine.write_text(FLOW)
    assert worker.command("flow", "pull", "-o", str(before)).returncode == 0
    pushed = worker.command("flow", "push", str(mine), "--json")
    assert pushed.returncode == 0, pushed.stderr
    assert json.loads(pushed.stdout)["changed"] is True
    try:
        async with browser_page(silent_microphone) as page:
            await page.goto(f"{worker.url}/c/demo")
            await page.get_by_role("button", name="I agree").click()
            box = page.get_by_label("Email address")
            await expect(box).to_be_visible()
            await expect(box).to_have_attribute("type", "email")
            await box.fill("jane.miller")
            await page.get_by_role("button", name="Send").click()
            captions = page.locator("#captions")
            await expect(captions).to_contain_text("doesn't look complete")
            await expect(box).to_be_visible()
            await box.fill("jane.miller@example.com")
            await page.screenshot(path=Path(__file__).parent.parent / "artifacts" / "typed.png")
            await page.get_by_role("button", name="Send").click()
            await expect(box).to_be_hidden()
            ended = page.get_by_role("heading", name="The call has ended")
            await expect(ended).to_be_visible()
    finally:
        assert worker.command("flow", "push", str(before)).returncode == 0

    calls = [json.loads(line) for line in worker.command("calls", "--json").stdout.splitlines()]
    call = next(item for item in calls if item["outcome"] == "completed")
    shown = json.loads(worker.command("calls", "show", call["id"], "--json").stdout)
    assert shown["leads"][0]["email"] == "jane.miller@example.com"
    assert shown["leads"][0]["fields"]["email"]["confirmed"] is True

    replayed = worker.command("flow", "replay", call["id"], "--json")
    assert replayed.returncode == 0, replayed.stderr
    told = json.loads(replayed.stdout)
    assert told["same"] and told["steps"][-1]["node"] == "bye"
    other = tmp_path / "other.yaml"
    other.write_text(FLOW.replace("Thank you. Goodbye.", "Bye."))
    differs = worker.command("flow", "replay", call["id"], "--flow", str(other))
    assert differs.returncode == 1
    assert "not as they were recorded" in differs.stderr
    drawing = tmp_path / "call.svg"
    drawn = worker.command("flow", "draw", "--call", call["id"], "-o", str(drawing), "--json")
    assert drawn.returncode == 0, drawn.stderr
    assert json.loads(drawn.stdout)["path"] == ["hello", "details", "bye"]
    assert drawing.read_text().startswith("<svg")
    compared = worker.command("flow", "diff", "demo", str(mine), "--json")
    assert json.loads(compared.stdout)["same"] is False
