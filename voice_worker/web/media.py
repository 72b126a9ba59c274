"""`WS /ws/media/{provider}`: calls whose audio a carrier streams to us (docs/telephony.md)."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from pipelines.errors import ProtocolViolation
from pipelines.transports.media import PROVIDERS, MediaLine, StreamStart, stream_start
from voice_worker.app import Worker
from voice_worker.call import Known
from voice_worker.errors import CallRefused, VoiceWorkerError
from voice_worker.sip.numbers import e164
from voice_worker.store.campaigns import campaign_by_slug
from voice_worker.store.database import CALLER_SECONDS, LOST, within
from voice_worker.store.secrets import Keyring
from voice_worker.store.trunks import Trunk, active_trunks, slug_by_number

log = logging.getLogger(__name__)

START_SECONDS = 10.0
MESSAGES_BEFORE_START = 3
MAX_MESSAGE_BYTES = 16 << 10
CLOSE_REFUSED = 1008
CLOSE_TRY_LATER = 1013


def media_routes(worker: Worker) -> APIRouter:
    """The route, for a started worker."""
    router = APIRouter()

    @router.websocket("/ws/media/{provider}")
    async def media_socket(websocket: WebSocket, provider: str) -> None:
        await websocket.accept()
        try:
            await _hold(worker, websocket, provider)
        except CallRefused as refusal:
            log.warning("media stream refused: %s", refusal, extra={"action": refusal.code})
            code = CLOSE_TRY_LATER if refusal.status == 503 else CLOSE_REFUSED
            await _close(websocket, code, str(refusal))
        except LOST as error:
            log.error("media stream refused, the database is away: %s", error)
            await _close(websocket, CLOSE_TRY_LATER, "Calls can't be taken right now.")
        except ProtocolViolation as violation:
            await _close(websocket, violation.close_code, str(violation))
        except WebSocketDisconnect:
            log.info("a media stream left before it began")

    return router


async def _hold(worker: Worker, websocket: WebSocket, provider: str) -> None:
    if provider not in PROVIDERS:
        raise CallRefused("provider_unknown", f"There is no provider {provider}.", status=404)
    start = await _start(websocket, provider)
    given = {**dict(websocket.query_params), **start.parameters}
    slug = await within(CALLER_SECONDS, _slug(worker, given))
    trunk = await within(CALLER_SECONDS, _trunk(worker, slug, provider)) if slug else None
    # One answer for an unknown number and a bad signature: a stranger learns nothing.
    if slug is None or trunk is None or not is_signed(
        provider, _urls(worker, websocket), websocket.headers, trunk.secrets.get("auth_token", "")
    ):
        raise CallRefused(
            "stream_refused",
            "This stream is not signed, or reaches no campaign. Check the trunk's auth_token and "
            "the number.",
            status=403,
        )
    region = worker.settings.calls.default_region
    made = await worker.make_call(
        slug,
        known=Known(caller_number=e164(given.get("from", ""), region), channels=("keypad",)),
        metadata={
            "direction": "inbound", "dialled": given.get("to", ""), "provider": provider,
            "provider_call": start.call_id[:200],
        },
        transport="media",
    )  # fmt: skip
    worker.admission.open(made.call_id)
    await worker.hold(made.call_id, MediaLine(websocket, provider, start, trunk.provider))


async def _start(websocket: WebSocket, provider: str) -> StreamStart:
    try:
        async with asyncio.timeout(START_SECONDS):
            for _ in range(MESSAGES_BEFORE_START):
                text = await websocket.receive_text()
                try:
                    message = json.loads(text) if len(text) <= MAX_MESSAGE_BYTES else None
                except ValueError:
                    message = None
                if not isinstance(message, dict):
                    raise ProtocolViolation(1007, "a message is no JSON object")
                if (start := stream_start(provider, message)) is not None:
                    return start
    except (TimeoutError, KeyError) as error:
        raise ProtocolViolation(1007, "no start message came") from error
    raise ProtocolViolation(1007, "no start message came")


async def _slug(worker: Worker, given: Mapping[str, str]) -> str | None:
    """The campaign a stream is for: named, or by the number that was dialled."""
    if number := e164(given.get("to", ""), worker.settings.calls.default_region):
        if slug := await slug_by_number(worker.database, number):
            return slug
    return given.get("campaign") or None


async def _trunk(worker: Worker, slug: str, provider: str) -> Trunk | None:
    campaign = await campaign_by_slug(worker.database, slug)
    if campaign is None:
        return None
    keyring = Keyring.load(worker.settings.security.secret_keys, worker.settings.home)
    try:
        found = await active_trunks(worker.database, keyring, campaign.account_id)
    except VoiceWorkerError as error:
        log.error("%s", error)
        return None
    return next((trunk for trunk in found if trunk.kind == provider), None)


def is_signed(
    provider: str, urls: tuple[str, ...], headers: Mapping[str, str], token: str
) -> bool:
    """True when a stream's opening request proves that its sender knows the account's token.

    Twilio: HMAC-SHA1 of the URL, base64, in X-Twilio-Signature. Plivo: HMAC-SHA256 of the URL, a
    dot and a nonce, base64, in X-Plivo-Signature-V3 (several, comma separated, while a token is
    being changed). Telnyx signs webhooks and no streams: the token comes back as it was given, as a
    bearer (its `stream_auth_token`) or in the stream's address.
    """
    if not token:
        return False
    if provider == "telnyx":
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        tokens = [bearer.strip()] if scheme.lower() == "bearer" else []
        tokens += [value for key, value in parse_qsl(urlsplit(urls[0]).query) if key == "token"]
        return any(_same(one, token) for one in tokens)
    if provider == "twilio":
        shown = headers.get("x-twilio-signature", "")
        return any(_same(shown, _mac(token, url, hashlib.sha1)) for url in urls)
    nonce = headers.get("x-plivo-signature-v3-nonce", "")
    signatures = headers.get("x-plivo-signature-v3", "").split(",")
    return bool(nonce) and any(
        _same(shown.strip(), _mac(token, f"{_sorted(url)}.{nonce}", hashlib.sha256))
        for url in urls
        for shown in signatures
    )


def _mac(key: str, text: str, digest: object) -> str:
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), digest)).decode()  # type: ignore[arg-type]


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _sorted(url: str) -> str:
    """Plivo signs the query in order of its names."""
    parts = urlsplit(url)
    query = "&".join(f"{key}={value}" for key, value in sorted(parse_qsl(parts.query)))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _urls(worker: Worker, websocket: WebSocket) -> tuple[str, ...]:
    """The address the provider may have been given: ours may stand behind a proxy."""
    query = f"?{websocket.url.query}" if websocket.url.query else ""
    path = f"{websocket.url.path}{query}"
    public = urlsplit(worker.settings.server.url)
    # A proxy that serves us under a folder of its own has taken that off.
    places = dict.fromkeys((websocket.headers.get("host", ""), public.netloc + public.path))
    schemes = ("wss", "https", "ws", "http")
    return tuple(f"{scheme}://{place}{path}" for place in places for scheme in schemes)


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    with contextlib.suppress(RuntimeError):
        await websocket.close(code, reason[:120])
