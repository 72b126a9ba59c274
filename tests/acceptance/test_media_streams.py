"""Calls whose audio a carrier streams over a WebSocket."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from tests.acceptance.conftest import RunningWorker
from tests.support.patience import PATIENCE_SECONDS
from voice_worker.sip.g711 import ulaw_decode

TOKEN = "a-token-of-the-carrier"


def twilio_headers(url: str) -> dict[str, str]:
    digest = hmac.digest(TOKEN.encode(), url.encode(), hashlib.sha1)
    return {"X-Twilio-Signature": base64.b64encode(digest).decode()}


def plivo_headers(url: str) -> dict[str, str]:
    digest = hmac.digest(TOKEN.encode(), f"{url}.4711".encode(), hashlib.sha256)
    signature = base64.b64encode(digest).decode()
    return {"X-Plivo-Signature-V3": f"bm8=,{signature}", "X-Plivo-Signature-V3-Nonce": "4711"}


def telnyx_headers(url: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {TOKEN}"}


STARTS: dict[str, list[dict[str, Any]]] = {
    "twilio": [
        {"event": "connected", "protocol": "Call", "version": "1.0.0"},
        {"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": {
            "streamSid": "MZ1", "callSid": "CA1", "accountSid": "AC1", "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"campaign": "demo", "from": "+15035550142"}}},
    ],
    "telnyx": [
        {"event": "connected", "version": "1.0.0"},
        {"event": "start", "sequence_number": "1", "stream_id": "T1", "start": {
            "call_control_id": "C1", "from": "+15035550142", "to": "+15035550100",
            "media_format": {"encoding": "PCMU", "sample_rate": 8000, "channels": 1},
            "custom_parameters": {"campaign": "demo"}}},
    ],
    "plivo": [
        {"event": "start", "sequenceNumber": 0, "start": {
            "callId": "P1", "streamId": "S1", "accountId": "1", "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000}},
         "extra_headers": "{X-PH-campaign: demo, X-PH-from: +15035550142}"},
    ],
}  # fmt: skip
HEADERS: dict[str, Callable[[str], dict[str, str]]] = {
    "twilio": twilio_headers, "telnyx": telnyx_headers, "plivo": plivo_headers,
}  # fmt: skip
KEY = {
    "twilio": {"event": "dtmf", "streamSid": "MZ1", "dtmf": {"track": "inbound", "digit": "5"}},
    "telnyx": {"event": "dtmf", "stream_id": "T1", "dtmf": {"digit": "5"}},
    "plivo": {"event": "dtmf", "streamId": "S1", "dtmf": {"digit": "5"}},
}


@pytest.fixture(scope="module", autouse=True)
def trunks(worker: RunningWorker) -> None:
    for provider in STARTS:
        # The secret comes on stdin, as from a script.
        added = worker.command(
            "trunks", "add", provider, "--kind", provider, "--secret", "auth_token",
            stdin=f"{TOKEN}\n",
        )  # fmt: skip
        assert added.returncode == 0, added.stderr
    listed = worker.command("trunks", "--json").stdout
    assert TOKEN not in listed and listed.count('"has_secrets": true') == len(STARTS)


async def next_audio(socket: ClientConnection) -> bytes:
    while True:
        message = json.loads(await socket.recv())
        if message["event"] in ("media", "playAudio"):
            return base64.b64decode(message["media"]["payload"])


@pytest.mark.parametrize("provider", STARTS)
async def test_a_stream_is_a_call(worker: RunningWorker, provider: str) -> None:
    url = f"ws://127.0.0.1:{worker.port}/ws/media/{provider}"
    async with websockets.connect(url, additional_headers=HEADERS[provider](url)) as socket:
        for message in STARTS[provider]:
            await socket.send(json.dumps(message))
        async with asyncio.timeout(PATIENCE_SECONDS):
            heard = b""
            while not np.abs(ulaw_decode(heard)).max(initial=0) > 500:
                heard += await next_audio(socket)
            await socket.send(json.dumps(KEY[provider]))
            # A key stops the agent, and the carrier is told to drop what it holds.
            while json.loads(await socket.recv())["event"] not in ("clear", "clearAudio"):
                pass
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            listed = await asyncio.to_thread(worker.command, "calls", "--limit", "1", "--json")
            call = json.loads(listed.stdout.splitlines()[0])
            if call["status"] not in ("connecting", "active"):
                break
    assert call["transport"] == "media"
    shown = await asyncio.to_thread(
        worker.command, "calls", "show", call["id"], "--events", "--json"
    )
    rows = json.loads(shown.stdout)
    steps = [event["body"]["event"] for event in rows["events"] if event["type"] == "flow_stepped"]
    assert steps[0]["caller_number"] == "+15035550142"
    assert "5" in [step["key"] for step in steps if step["type"] == "key_pressed"]
    assert [row["provider"] for row in rows["costs"] if row["component"] == "trunk"] == [provider]


@pytest.mark.parametrize("provider", STARTS)
@pytest.mark.parametrize("wrong", ["unsigned", "forged", "other address"])
async def test_a_stream_without_the_right_signature_is_refused(
    worker: RunningWorker, provider: str, wrong: str
) -> None:
    url = f"ws://127.0.0.1:{worker.port}/ws/media/{provider}"
    headers = {
        "unsigned": {},
        "forged": {name: value[:-2] + "==" for name, value in HEADERS[provider](url).items()},
        "other address": HEADERS[provider](f"{url}/other")
        if provider != "telnyx" else {"Authorization": f"Basic {TOKEN}"},
    }[wrong]  # fmt: skip
    async with websockets.connect(url, additional_headers=headers) as socket:
        with contextlib.suppress(websockets.ConnectionClosed):
            for message in STARTS[provider]:
                await socket.send(json.dumps(message))
        async with asyncio.timeout(PATIENCE_SECONDS):
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await socket.recv()
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1008


@pytest.mark.parametrize(
    "text", ["no json", "[]", '{"event": "start"}', '{"event": "start", "start": {}}']
)
async def test_what_is_no_stream_is_closed(worker: RunningWorker, text: str) -> None:
    url = f"ws://127.0.0.1:{worker.port}/ws/media/twilio"
    async with websockets.connect(url) as socket:
        await socket.send(text)
        async with asyncio.timeout(PATIENCE_SECONDS):
            with pytest.raises(websockets.ConnectionClosed):
                await socket.recv()
