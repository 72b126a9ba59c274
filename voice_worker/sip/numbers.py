"""Who called whom: SIP headers to telephone numbers. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

import phonenumbers

EXPOSED_HEADERS = (
    "To",
    "From",
    "P-Asserted-Identity",
    "P-Called-Party-ID",
    "Privacy",
    "Diversion",
    "History-Info",
    "X-Dialled",
    "Via",
)
"""What the router needs of an INVITE. X-Dialled is the request's own URI, copied by the proxy in
front (deploy/kamailio): the stack does not show it, and To may be older than a diversion."""

_ADDRESS = re.compile(
    r"(?:^|[<\s,;])(?P<scheme>sips?|tel):(?P<user>[^@;>?\s]*)(?:(?:;[^@>]*)?@(?P<host>[^;>?\s]+))?",
    re.IGNORECASE,
)
_SENT_BY = re.compile(r"SIP\s*/\s*2.0\s*/\s*\w+\s+(\[[^\]]+\]|[^\s:;,]+)", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_SEPARATORS = re.compile(r"[-.() ]")
_WITHHELD_USERS = {"anonymous", "unavailable", "restricted", "private", "unknown", ""}
_WITHHELD_PRIVACY = {"id", "user", "full", "header"}


@dataclass(frozen=True)
class Party:
    """The user and host of an address; `number` when the user is a telephone number."""

    user: str
    host: str
    number: str | None


@dataclass(frozen=True)
class CallFacts:
    """What an INVITE says about the call."""

    dialled: str
    """E.164 where it is a telephone number, else the user as dialled."""
    caller: str | None
    """E.164; None when withheld or no number."""
    diverted_from: str | None = None
    """E.164 of the number the caller dialled first (RFC 5806)."""
    sent_by: str = ""
    """Host the INVITE came from, as its first Via says; the stack does not show the packet's."""
    by_proxy: bool = False
    """True when the proxy in front passed it on: it alone writes X-Dialled."""


def address(value: str, region: str) -> Party | None:
    """The first SIP or tel address in a header's value; None when there is none."""
    # A display name may look like an address; it is the caller's own claim.
    found = _ADDRESS.search(_QUOTED.sub("", value))
    if found is None:
        return None
    user = unquote(found["user"])
    return Party(user, (found["host"] or "").lower(), e164(user, region))


def e164(user: str, region: str) -> str | None:
    """A telephone number in E.164 (`+15035550142`), or None.

    `region` (ISO 3166) reads numbers without a country code. Trunks also send E.164 without its
    plus; that is tried when the number makes no sense as a national one.
    """
    digits = _SEPARATORS.sub("", user)
    if not re.fullmatch(r"\+?[0-9]{3,20}", digits):
        return None
    for text in (digits, f"+{digits}") if not digits.startswith("+") else (digits,):
        try:
            parsed = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(parsed) and phonenumbers.is_valid_number(parsed):
            return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    # Numbers no plan knows (test ranges, short plans) count when they say that they are E.164.
    return digits if re.fullmatch(r"\+[1-9][0-9]{6,14}", digits) else None


def facts_of(headers: Mapping[str, str], peer: str, region: str) -> CallFacts:
    """Read an INVITE's headers; `peer` is the From address the stack reports."""
    by_name = {name.lower(): value for name, value in headers.items()}
    dialled = ""
    for name in ("x-dialled", "p-called-party-id", "to"):
        party = address(by_name.get(name, ""), region)
        if party and party.user:
            dialled = party.number or party.user
            break
    diversion = address(by_name.get("diversion", ""), region)
    sent_by = _SENT_BY.search(by_name.get("via", ""))
    return CallFacts(
        dialled=dialled,
        caller=_caller(by_name, peer, region),
        diverted_from=diversion.number if diversion else None,
        sent_by=sent_by[1].strip("[]").lower() if sent_by else "",
        by_proxy=bool(by_name.get("x-dialled")),
    )


def _caller(by_name: Mapping[str, str], peer: str, region: str) -> str | None:
    """The asserted identity (RFC 3325) before From; nobody when the caller asked for privacy."""
    privacy = {item.strip().lower() for item in by_name.get("privacy", "").split(";")}
    if privacy & _WITHHELD_PRIVACY:
        return None
    for value in (by_name.get("p-asserted-identity", ""), by_name.get("from", ""), peer):
        party = address(value, region)
        if party is None:
            continue
        if party.user.lower() in _WITHHELD_USERS or party.host == "anonymous.invalid":
            return None
        return party.number
    return None
