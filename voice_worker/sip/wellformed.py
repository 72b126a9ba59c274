"""Requests that are not what RFC 3261 says a request is, and the answer each gets. Pure.

The stack is lenient: it takes several messages of RFC 4475 for what they were probably meant to be.
A message that two programs read differently is how calls are stolen, so these are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from voice_worker.sip.stack import Refusal

SCHEMES = ("sip", "sips", "tel")
LARGEST_CSEQ = 2**31 - 1
_START = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+ (?P<uri>\S+) SIP/2\.0")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*(?=:)")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_LISTS = ("via", "contact", "route", "record-route")
_NAMES = {
    "v": "via", "f": "from", "t": "to", "m": "contact", "l": "content-length",
    "c": "content-type", "e": "content-encoding",
}  # fmt: skip
BAD_REQUEST = 400


def refusal(data: bytes, *, datagram: bool) -> Refusal | None:
    """How a request must be refused, None when nothing is wrong with its form.

    In a stream (`datagram` false) the body's length is what frames the message: there it is not
    compared with anything.
    """
    head, _, body = data.partition(b"\r\n\r\n")
    start, *lines = re.sub(r"\r\n[ \t]+", " ", head.decode("utf-8", "replace")).split("\r\n")
    headers = list(_headers(lines))
    if why := _start_problem(start) or _header_problem(headers):
        return _bad(why)
    if datagram and (why := _length_problem(headers, len(body))):
        return _bad(why)
    scheme = _SCHEME.match(start.split(" ")[1])
    if scheme is None or scheme[0].lower() not in SCHEMES:
        return Refusal(416, "Unsupported URI Scheme")
    return _body_problem(headers) if start.startswith("INVITE ") and body else None


def _bad(why: str) -> Refusal:
    return Refusal(BAD_REQUEST, f"Bad Request ({why})")


def _headers(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, _, value = line.partition(":")
        key = name.strip().lower()
        yield _NAMES.get(key, key), value.strip()


def _start_problem(start: str) -> str:
    found = _START.fullmatch(start)
    if found is None:
        return "request line"
    return "request address" if set(found["uri"]) & set('<>"') else ""


def _header_problem(headers: list[tuple[str, str]]) -> str:
    for name, value in headers:
        if name in ("from", "to", *_LISTS):
            bare = _QUOTED.sub("", value)
            if '"' in bare:
                return f"quotes in {name}"
            # An empty parameter, or an empty item of a list.
            if name in _LISTS and re.search(r"[;,]\s*(?:[;,]|$)", re.sub(r"<[^>]*>", "<>", bare)):
                return f"empty parameter in {name}"
        elif name == "cseq":
            number = value.split(" ")[0]
            if not number.isdigit() or int(number) > LARGEST_CSEQ:
                return "CSeq"
    branches = [value for name, value in headers if name == "via"]
    if branches and not re.search(r";\s*branch\s*=\s*z9hG4bK", branches[0]):
        return "branch of an older RFC"
    return ""


def _length_problem(headers: list[tuple[str, str]], size: int) -> str:
    """RFC 3261, 18.3: a datagram's body may be followed by something, but may not be short."""
    lengths = {value for name, value in headers if name == "content-length"}
    if not lengths:
        return ""
    if len(lengths) > 1:
        return "two lengths"
    (length,) = lengths
    if not length.isdigit():
        return "Content-Length"
    return "body shorter than its length" if int(length) > size else ""


def _body_problem(headers: list[tuple[str, str]]) -> Refusal | None:
    """An offer may come alone, or as a part beside others (RFC 5621)."""
    for name, value in headers:
        kind = value.partition(";")[0].strip().lower()
        if name == "content-type" and kind != "application/sdp" and kind[:10] != "multipart/":
            return Refusal(415, "Unsupported Media Type", ("Accept: application/sdp",))
        if name == "content-encoding" and kind not in ("", "identity"):
            return Refusal(415, "Unsupported Media Type", ("Accept-Encoding: identity",))
    return None
