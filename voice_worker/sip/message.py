"""SIP messages as text (RFC 3261, section 7): enough to ask and to understand an answer. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_COMPACT = {
    "v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length",
    "c": "content-type", "s": "subject", "k": "supported", "e": "content-encoding",
}  # fmt: skip


@dataclass
class Message:
    """A request or a response; header names in lower case, in order, repeated ones included."""

    start: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @property
    def status(self) -> int:
        """Status code of a response, 0 for a request."""
        found = re.match(r"SIP/2.0 ([1-6]\d\d)", self.start)
        return int(found[1]) if found else 0

    @property
    def method(self) -> str:
        """Method of a request, or the one a response answers."""
        if not self.status:
            return self.start.split(" ", 1)[0]
        return (self["cseq"].split() or [""])[-1]

    def __getitem__(self, name: str) -> str:
        """The first value of a header, empty when there is none."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), "")

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for known, value in self.headers if known.lower() == name.lower()]

    def encode(self) -> bytes:
        """The message as it goes on the wire."""
        body = self.body.encode()
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def parse(data: bytes) -> Message | None:
    """A message, or None for what is none (keep-alives, garbage)."""
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    start, *lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
    if not start.strip() or "SIP/2.0" not in start:
        return None
    headers = []
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            key = name.strip().lower()
            headers.append((_COMPACT.get(key, key), value.strip()))
    return Message(start, [item for item in headers if item[0] != "content-length"], body)


def tag_of(value: str) -> str:
    """The tag of a From or To header."""
    found = re.search(r";\s*tag=([^;\s>]+)", value)
    return found[1] if found else ""


def uri_of(value: str) -> str:
    """The address in a From, To or Contact header."""
    found = re.search(r"<([^>]+)>", value)
    return found[1] if found else value.split(";")[0].strip()
