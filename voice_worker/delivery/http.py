"""Requests to addresses that customers give us.

Such an address may point into our own network, by name or by a redirect (OWASP: server-side request
forgery). So names are resolved first, only public addresses are connected to, and redirects are not
followed. The address checked is the address used: a name that changes in between gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from http.cookiejar import DefaultCookiePolicy

import httpx

from voice_worker.delivery.errors import DeliveryFailed, DeliveryRefused

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
_TRY_AGAIN = frozenset({408, 425, 429})
"""Of the 4xx answers those that are about the moment, not about the request."""
_SHOWN = 200


class PublicOnly(httpx.AsyncHTTPTransport):
    """Connects to public addresses only."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        address = await public_address(host, request.url.port or 443)
        request.headers.setdefault("Host", request.url.netloc.decode())
        # The certificate is still checked against the name.
        request.extensions["sni_hostname"] = host
        request.url = request.url.copy_with(host=address)
        return await super().handle_async_request(request)


async def public_address(host: str, port: int) -> str:
    """The address to connect to for a name; every address of the name must be public.

    Raises:
        DeliveryFailed: the name can't be resolved now.
        DeliveryRefused: it leads into a private network.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise DeliveryFailed(f"{host} can't be resolved ({error}).") from error
    addresses = [str(item[4][0]) for item in found]
    for address in addresses:
        if not ipaddress.ip_address(address.partition("%")[0]).is_global:
            raise DeliveryRefused(
                f"{host} is not a public address. To deliver inside your own network, set "
                "VOICE_WORKER__DELIVERY__ALLOW_PRIVATE_ADDRESSES=true."
            )
    return addresses[0]


def http_client(*, allow_private_addresses: bool) -> httpx.AsyncClient:
    """The client all channels share."""
    transport = httpx.AsyncHTTPTransport() if allow_private_addresses else PublicOnly()
    client = httpx.AsyncClient(
        transport=transport,
        timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
        headers={"User-Agent": "voice-worker"},
    )
    # One account's receiver would know another's by them.
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return client


async def post(
    client: httpx.AsyncClient,
    url: str,
    *,
    content: bytes,
    headers: dict[str, str],
    allow_http: bool = False,
) -> None:
    """POST JSON; returns when the receiver took it.

    Raises:
        DeliveryRefused: it will never take this. DeliveryFailed: it may, later.
    """
    parsed = usable_url(url, allow_http=allow_http)
    headers = {"Content-Type": "application/json", **headers}
    try:
        async with client.stream("POST", parsed, content=content, headers=headers) as answer:
            if answer.is_success:
                return
            body = await _beginning(answer)
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        raise DeliveryFailed(f"{parsed.host} did not answer: {reason}") from error
    said = f"{parsed.host} answered {answer.status_code}{f': {body}' if body else ''}"
    if answer.is_redirect:
        raise DeliveryRefused(f"{parsed.host} redirects elsewhere; configure the final address.")
    if answer.is_client_error and answer.status_code not in _TRY_AGAIN:
        raise DeliveryRefused(said)
    raise DeliveryFailed(said)


async def _beginning(answer: httpx.Response) -> str:
    """What an answer says first; it may be endless."""
    body = b""
    async for piece in answer.aiter_bytes():
        body += piece
        if len(body) >= 4 * _SHOWN:
            break
    return body.decode(errors="replace")[:_SHOWN].strip()


def usable_url(url: str, *, allow_http: bool) -> httpx.URL:
    """An address that contact data may be sent to. It may be a secret: no message repeats it.

    Raises:
        DeliveryRefused: it is none, or not https and `allow_http` is not set.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise DeliveryRefused(f"The address can't be read ({error}).") from error
    if not parsed.host or parsed.scheme not in ("https", "http"):
        raise DeliveryRefused("The address is none: it should begin with https://.")
    if parsed.scheme == "http" and not allow_http:
        raise DeliveryRefused("Contact data is sent over https only: the address begins with http.")
    return parsed
