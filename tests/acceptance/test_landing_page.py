"""The landing page in a real browser, with a microphone that plays a file."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, async_playwright, expect

from flows.library import DEMO_FLOW
from tests.acceptance.conftest import RunningWorker, Speak
from tests.support.patience import PATIENCE_SECONDS
from voice_worker.audio import RATE, write_wav

ARTIFACTS = Path(__file__).parent.parent / "artifacts"
CHROMIUM = "/usr/bin/chromium"
GREETING_SECONDS = 13
"""Longer than the greeting, so that the file's words fall into the agent's listening."""
PATIENCE_MS = 1000 * PATIENCE_SECONDS
expect.set_options(timeout=PATIENCE_MS)


@asynccontextmanager
async def browser_page(microphone: Path | None) -> AsyncIterator[Page]:
    arguments = [
        "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--autoplay-policy=no-user-gesture-required",
    ]  # fmt: skip
    if microphone:
        arguments += [
            "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={microphone}%noloop",
        ]  # fmt: skip
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        page.set_default_timeout(PATIENCE_MS)
        yield page
        await browser.close()


@pytest.fixture
def question(piper: Speak, tmp_path: Path) -> Path:
    path = tmp_path / "microphone.wav"
    silence = bytes(2 * RATE * GREETING_SECONDS)
    write_wav(path, silence + piper("What are your opening hours?") + silence)
    return path


async def test_a_caller_asks_and_reads_the_answer(worker: RunningWorker, question: Path) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    async with browser_page(question) as page:
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("response", lambda got: got.status >= 400 and problems.append(got.url))
        await page.goto(f"{worker.url}/c/demo")
        await expect(page.get_by_text("Northwind Solar")).to_be_visible()
        await expect(page.get_by_text("The call is transcribed")).to_be_visible()
        await page.screenshot(path=ARTIFACTS / "welcome.png")
        await page.get_by_role("button", name="I agree").click()
        captions = page.locator("#captions")
        await expect(captions).to_contain_text("automated assistant")
        await expect(captions.locator(".caller").first).to_contain_text("opening")
        await expect(captions).to_contain_text("Monday to Friday")
        await page.screenshot(path=ARTIFACTS / "call.png")
        await page.get_by_role("button", name="Keypad").click()
        await expect(page.get_by_role("button", name="#")).to_be_visible()
        await expect(captions.locator("li").last).to_be_in_viewport(ratio=1)
        await page.get_by_role("button", name="Hang up").click()
        await expect(page.get_by_role("heading", name="The call has ended")).to_be_visible()
        await expect(captions).to_contain_text("Monday to Friday")
        await expect(captions).to_be_in_viewport()
        await page.screenshot(path=ARTIFACTS / "ended.png")
        assert not problems


async def test_a_refused_microphone_is_explained(worker: RunningWorker) -> None:
    async with browser_page(None) as page:
        await page.goto(f"{worker.url}/c/demo")
        await page.get_by_role("button", name="I agree").click()
        heading = page.get_by_role("heading", name="microphone")
        await expect(heading).to_be_visible()
        await page.screenshot(path=ARTIFACTS / "microphone.png")
        await expect(page.get_by_role("button", name="Try again")).to_be_enabled()


SLOW_TO_ALLOW = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const allowed = new Promise((allow) => { window.allow = allow; });
  window.asked();
  await allowed;
  const [track] = (window.microphone = await ask(wanted)).getTracks();
  const stop = track.stop.bind(track);
  track.stop = () => { stop(); window.givenBack(); };
  return window.microphone;
};
"""
"""A person who takes their time over the browser's question, until `allow()`."""


async def test_who_hangs_up_before_allowing_the_microphone_is_not_called(
    worker: RunningWorker, question: Path
) -> None:
    async with browser_page(question) as page, asyncio.timeout(PATIENCE_SECONDS):
        asked, given_back = asyncio.Event(), asyncio.Event()
        await page.expose_function("asked", asked.set)
        await page.expose_function("givenBack", given_back.set)
        await page.add_init_script(SLOW_TO_ALLOW)
        calls: list[str] = []
        page.on("request", lambda sent: sent.method == "POST" and calls.append(sent.url))
        await page.goto(f"{worker.url}/c/demo")
        await page.get_by_role("button", name="I agree").click()
        await asked.wait()
        await expect(page.get_by_text("Please allow the microphone")).to_be_visible()
        await page.get_by_role("button", name="Hang up").click()
        await page.evaluate("window.allow()")
        await given_back.wait()
        await expect(page.get_by_role("heading", name="The call has ended")).to_be_visible()
        assert not calls


async def test_a_microphone_that_goes_in_the_call_is_explained(
    worker: RunningWorker, question: Path
) -> None:
    async with browser_page(question) as page:
        asked = asyncio.Event()
        await page.expose_function("asked", asked.set)
        await page.expose_function("givenBack", lambda: None)
        await page.add_init_script(SLOW_TO_ALLOW)
        await page.goto(f"{worker.url}/c/demo")
        await page.get_by_role("button", name="I agree").click()
        await asked.wait()
        await page.evaluate("window.allow()")
        captions = page.locator("#captions")
        await expect(captions).to_contain_text("automated assistant")
        # As browsers tell of one that was unplugged, or is no longer allowed.
        await page.evaluate("window.microphone.getTracks()[0].dispatchEvent(new Event('ended'))")
        await expect(page.get_by_role("heading", name="No microphone found")).to_be_visible()


@contextmanager
def hanging_database(worker: RunningWorker) -> Iterator[None]:
    """Its server neither answers nor refuses."""
    pid = (worker.home / "postgres" / "postmaster.pid").read_text().split()[0]
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    processes = [int(pid), *map(int, children)]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


async def test_a_database_that_hangs_does_not_keep_people_waiting(worker: RunningWorker) -> None:
    async with browser_page(None) as page, httpx.AsyncClient(timeout=PATIENCE_SECONDS) as program:
        with hanging_database(worker):
            calling = asyncio.gather(
                program.post(f"{worker.url}/api/calls", json={"campaign": "demo"}),
                program.post(
                    f"{worker.url}/api/dial",
                    json={"campaign": "demo", "number": "+15035550142"},
                    headers={"Authorization": f"Bearer {(worker.home / 'api.key').read_text()}"},
                ),
            )
            answer = await page.goto(f"{worker.url}/c/demo")
            assert answer is not None and answer.status == 503
            heading = page.get_by_role("heading", name="We can't take calls right now")
            await expect(heading).to_be_visible()
            await page.screenshot(path=ARTIFACTS / "away.png")
            both_told = await calling
        for told in both_told:
            assert (told.status_code, told.json()["code"]) == (503, "database_away")
        assert (await program.get(f"{worker.url}/c/demo")).status_code == 200


async def test_an_unknown_line_says_so(worker: RunningWorker) -> None:
    async with browser_page(None) as page:
        answer = await page.goto(f"{worker.url}/c/no-such-line")
        assert answer is not None and answer.status == 404
        await expect(page.get_by_role("heading", name="This line doesn't exist")).to_be_visible()


async def test_a_recorded_line_says_so_before_the_call(worker: RunningWorker) -> None:
    for command in (("add", "taped", "--flow", str(DEMO_FLOW)), ("set", "taped", "record=true")):
        assert worker.command("campaigns", *command).returncode == 0
    async with browser_page(None) as page:
        await page.goto(f"{worker.url}/c/taped")
        await expect(page.get_by_text("The call is recorded and transcribed")).to_be_visible()


GERMAN = """
name: Werkstatt
language: de
start: hallo
nodes:
  hallo: {type: start, say: Guten Tag., next: ende}
  ende: {type: end, say: Auf Wiederhören.}
"""


async def test_a_german_line_has_a_german_page(worker: RunningWorker, tmp_path: Path) -> None:
    flow = tmp_path / "werkstatt.yaml"
    flow.write_text(GERMAN)
    added = worker.command("campaigns", "add", "werkstatt", "--flow", str(flow))
    assert added.returncode == 0, added.stderr
    async with browser_page(None) as page:
        await page.goto(f"{worker.url}/c/werkstatt")
        await expect(page.locator("html")).to_have_attribute("lang", "de")
        await expect(page.get_by_text("Das Gespräch wird mitgeschrieben")).to_be_visible()
        await page.screenshot(path=ARTIFACTS / "german.png")
        await page.get_by_role("button", name="Einverstanden").click()
        heading = page.get_by_role("heading", name="Mikrofon")
        await expect(heading).to_be_visible()
        await page.screenshot(path=ARTIFACTS / "german-microphone.png")


@pytest.mark.parametrize("path", ["/", "/nowhere", "/c/"])
async def test_a_mistyped_address_is_a_page_for_people_and_json_for_programs(
    worker: RunningWorker, path: str
) -> None:
    async with browser_page(None) as page:
        answer = await page.goto(f"{worker.url}{path}")
        assert answer is not None and answer.status == 404
        await expect(page.get_by_role("heading", name="There is no line")).to_be_visible()
        await page.screenshot(path=ARTIFACTS / "nowhere.png")
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as program:
        told = await program.get(worker.url + path)
    assert told.status_code == 404 and told.json()["code"] == "not_found"
    assert "/c/NAME" in told.json()["message"]


def test_a_wrong_method_is_told_as_every_refusal(worker: RunningWorker) -> None:
    told = httpx.get(
        f"{worker.url}/api/calls", headers={"Accept": "text/html"}, timeout=PATIENCE_SECONDS
    )
    assert (told.status_code, told.headers["allow"]) == (405, "POST")
    assert told.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    ("path", "status"), [("/c/demo", 200), ("/c/no-such-line", 404), ("/healthz", 200)]
)
def test_the_head_alone_is_told_as_well(worker: RunningWorker, path: str, status: int) -> None:
    told = httpx.head(worker.url + path, timeout=PATIENCE_SECONDS)
    assert (told.status_code, told.content) == (status, b"")
