"""What is wrong with a trunk, or with the way to a worker, in words."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
import ssl

from baresip import BaresipError, Config, RegistrationError, Runtime, UserAgent

from config import Settings
from voice_worker.costs import load_prices
from voice_worker.errors import TrunkFailed
from voice_worker.findings import Finding
from voice_worker.sip.message import Message
from voice_worker.sip.numbers import e164
from voice_worker.sip.phone import NoAnswer, Phone, ask_options
from voice_worker.sip.trunk_settings import check_trunk_settings
from voice_worker.sip.trunks import account_of, why_refused
from voice_worker.store.trunks import Trunk

CONNECT_SECONDS = 5.0
LISTEN_SECONDS = 2.0
DEFAULT_PORTS = {"udp": 5060, "tcp": 5060, "tls": 5061}


async def check_trunk(trunk: Trunk, settings: Settings) -> list[Finding]:
    """Settings, name, reachability and registration of a trunk, in this order."""
    found = [_check_price(trunk, settings)]
    if trunk.kind not in ("register", "address"):
        return [*found, _check_settings(trunk)]
    try:
        account = account_of(trunk, settings.sip)
    except TrunkFailed as error:
        return [*found, Finding("settings", False, str(error))]
    way = f"as {account.user} over {account.transport.upper()}"
    found.append(Finding("settings", True, f"{way}, offering {', '.join(settings.sip.codecs)}"))
    number = trunk.config.get("caller_id")
    if number:
        normal = e164(str(number), settings.calls.default_region)
        found.append(
            Finding(
                "caller id", normal == number,
                f"{number}" if normal == number else f"{number} is not E.164; carriers drop or "
                f"replace it. Write it as {normal or '+15035550142'}.",
            )
        )  # fmt: skip
    transport = str(trunk.config.get("transport", "udp"))
    host, _, port = str(trunk.config["host"]).partition(":")
    reached = await _reach(host, int(port or DEFAULT_PORTS[transport]), transport)
    found += reached
    if trunk.kind == "register" and all(item.ok for item in reached):
        found.append(await _register(trunk, settings))
    return found


def _check_settings(trunk: Trunk) -> Finding:
    try:
        check_trunk_settings(trunk.name, trunk.kind, trunk.config, trunk.secrets)
    except TrunkFailed as error:
        return Finding("settings", False, str(error))
    return Finding("settings", True, f"streams of {trunk.kind}, signed")


def _check_price(trunk: Trunk, settings: Settings) -> Finding:
    prices = load_prices(settings.costs.path)
    known = ("trunk", trunk.provider, "minute") in prices.sheets[-1].prices
    return Finding(
        "price", known,
        f"{trunk.provider} is in the price sheet" if known else f"The price sheet has no minutes "
        f"of {trunk.provider}: calls cost 0. Add component trunk, provider {trunk.provider}.",
    )  # fmt: skip


async def _reach(host: str, port: int, transport: str) -> list[Finding]:
    loop = asyncio.get_running_loop()
    try:
        addresses = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except socket.gaierror as error:
        return [Finding("name", False, f"{host} is no name anybody knows ({error.strerror}).")]
    address = str(addresses[0][4][0])
    named = Finding("name", True, f"{host} is {address}")
    if transport == "udp":
        try:
            answer = await ask_options(f"sip:{address}:{port}")
        except NoAnswer:
            return [named, Finding(
                "reachable", False,
                f"Nothing answers OPTIONS at {address}:{port} over UDP. Check the port and whether "
                "a firewall lets UDP out and back; some carriers only answer known addresses.",
            )]  # fmt: skip
        return [named, Finding("reachable", True, f"answers OPTIONS with {answer.start[8:]}")]
    context = ssl.create_default_context() if transport == "tls" else None
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(
                host, port, ssl=context, server_hostname=host if context else None
            )
    except TimeoutError:
        detail = f"{address}:{port} does not accept a connection; check port and firewall."
    except ssl.SSLCertVerificationError as error:
        detail = f"The certificate of {host} can't be trusted: {error.verify_message}."
    except (OSError, ssl.SSLError) as error:
        detail = f"{address}:{port} refuses the connection ({error})."
    else:
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):
            await writer.wait_closed()
        return [named, Finding("reachable", True, f"accepts {transport.upper()} at {port}")]
    return [named, Finding("reachable", False, detail)]


async def _register(trunk: Trunk, settings: Settings) -> Finding:
    loopback = settings.sip.host not in ("0.0.0.0", "::")
    runtime = Runtime()
    try:
        await runtime.start(
            Config(
                net_interface=settings.sip.host if loopback else None,
                extra_config_text=f"sip_listen {settings.sip.host}:0",
            )
        )
        agent = await UserAgent.create(runtime, account_of(trunk, settings.sip))
        await agent.register(timeout=CONNECT_SECONDS)
        await agent.unregister(timeout=CONNECT_SECONDS)
    except RegistrationError as error:
        return Finding("signs on", False, why_refused(trunk, str(error)))
    except BaresipError as error:
        return Finding("signs on", False, f"The SIP stack refused: {error}.")
    finally:
        with contextlib.suppress(BaresipError):
            await runtime.close()
    return Finding("signs on", True, "user and password are right")


async def check_line(address: str) -> list[Finding]:
    """Call a worker as a stranger would: probe, answer, sound, and where the sound comes from."""
    try:
        probe = await ask_options(address)
    except (NoAnswer, OSError) as error:
        return [Finding(
            "probe", False,
            f"Nothing answers OPTIONS at {address} ({error}). Is the worker running with "
            "VOICE_WORKER__SIP__ENABLED=true, is sip.host an address you reach, does UDP pass?",
        )]  # fmt: skip
    found = [Finding("probe", True, f"answers OPTIONS with {probe.start[8:]}")]
    async with Phone(_own_address(address)) as phone:
        try:
            async with phone.call(address) as leg:
                assert leg.answer is not None
                found.append(_answered(leg.answer))
                if leg.answer.status == 200:
                    found.append(_media_address(leg.answer, address))
                    await asyncio.sleep(LISTEN_SECONDS)
                    got = len(leg.packets)
                    found.append(Finding(
                        "sound", got > 0,
                        f"{got} packets in {LISTEN_SECONDS:.0f} s" if got else "No audio came "
                        "back. Let UDP through on sip.rtp_port_first to sip.rtp_port_last.",
                    ))  # fmt: skip
        except NoAnswer as error:
            found.append(Finding("call", False, f"The call was never answered ({error})"))
    return found


def _own_address(address: str) -> str:
    """The local address packets to there leave from."""
    found = re.match(r"sips?:(?:[^@]*@)?([^:;>]+)", address)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((found[1] if found else "127.0.0.1", 9))
        return str(probe.getsockname()[0])


_REFUSALS = {
    403: "the number is another account's than the trunk, or the proxy takes no calls from here",
    404: "no campaign has this number; see `voice-worker numbers`",
    480: "the campaign is paused, or its flow has mistakes; the worker's log says which",
    486: "the worker is full, or no campaign has this number; see `voice-worker numbers`",
    488: "no codec in common; sip.codecs must hold pcmu or pcma",
    503: "every line is taken, or the worker is ending; Retry-After says when to come again",
}


def _answered(answer: Message) -> Finding:
    if answer.status == 200:
        return Finding("call", True, "answered")
    why = _REFUSALS.get(answer.status, "")
    return Finding("call", False, f"refused with {answer.start[8:]}{': ' + why if why else ''}.")


def _media_address(answer: Message, address: str) -> Finding:
    """An answer that names an address nobody outside reaches means one-way or no audio."""
    named = re.search(r"^c=IN IP4 (\S+)", answer.body, re.M)
    called = re.match(r"sips?:(?:[^@]*@)?([^:;>]+)", address)
    media = named[1] if named else ""
    target = socket.gethostbyname(called[1]) if called else ""
    wrong = media == "0.0.0.0" or (
        bool(media)
        and ipaddress.ip_address(media).is_private
        and not ipaddress.ip_address(target).is_private
    )
    return Finding(
        "media address", not wrong,
        media if not wrong else f"The worker asks for audio at {media}, which nobody outside "
        "reaches. Set sip.host to its public address, or put a media relay in front.",
    )  # fmt: skip
