"""Who may stream a call: carriers' proofs that they know an account's token."""

from __future__ import annotations

import base64
import hashlib
import hmac
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.datastructures import URL

from voice_worker.web.media import _urls, is_signed

TOKEN = "a-token"


def addresses(public: str, *, host: str = "10.0.0.7:8080", query: str = "") -> tuple[str, ...]:
    """What the carrier may have been told, for a worker that a proxy reaches as `host`."""
    worker = SimpleNamespace(settings=SimpleNamespace(server=SimpleNamespace(url=public)))
    socket = SimpleNamespace(url=URL(f"ws://{host}/ws/media/twilio{query}"), headers={"host": host})
    return _urls(cast("Any", worker), cast("Any", socket))


def twilio(url: str) -> dict[str, str]:
    mac = hmac.digest(TOKEN.encode(), url.encode(), hashlib.sha1)
    return {"x-twilio-signature": base64.b64encode(mac).decode()}


@pytest.mark.parametrize(
    ("public", "told"),
    [
        ("https://voice.example.com", "wss://voice.example.com/ws/media/twilio"),
        ("https://voice.example.com", "https://voice.example.com/ws/media/twilio"),
        ("https://example.com/voice", "wss://example.com/voice/ws/media/twilio"),
        ("https://example.com:8443", "wss://example.com:8443/ws/media/twilio"),
    ],
)
def test_behind_a_proxy_the_public_address_is_the_signed_one(public: str, told: str) -> None:
    assert is_signed("twilio", addresses(public), twilio(told), TOKEN)
    assert not is_signed("twilio", addresses("https://other.example.com"), twilio(told), TOKEN)


@pytest.mark.parametrize(
    ("headers", "query", "signed"),
    [
        ({"authorization": f"Bearer {TOKEN}"}, "", True),
        ({}, f"?campaign=demo&token={TOKEN}", True),
        ({"authorization": f"Basic {TOKEN}"}, "", False),
        ({"authorization": "Bearer "}, "?token=", False),
        ({}, "?campaign=demo", False),
        ({}, f"?tokens={TOKEN}", False),
    ],
)
def test_telnyx_gives_the_token_back(headers: dict[str, str], query: str, signed: bool) -> None:
    assert is_signed("telnyx", addresses("", query=query), headers, TOKEN) is signed


def test_without_a_token_nothing_is_signed() -> None:
    assert not is_signed("telnyx", addresses("", query="?token="), {"authorization": "Bearer "}, "")
