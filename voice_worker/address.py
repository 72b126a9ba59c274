"""Where callers find a line: its address, and the code phones read it from."""

from __future__ import annotations

import io
from pathlib import Path

import segno

from config import Settings

PICTURES = (".svg", ".png")
MODULE_PIXELS = 12
QUIET_MODULES = 4
"""The white edge readers need around a printed code; a terminal's own margin adds to its two."""


def line_url(settings: Settings, slug: str) -> str:
    """The page of a campaign."""
    return f"{settings.server.url}/c/{slug}"


def who_reaches_it(settings: Settings) -> str:
    """What to do when phones don't reach the worker's lines; empty when they may."""
    server = settings.server
    if server.host not in ("127.0.0.1", "localhost") or server.public_url:
        return ""
    return (
        "Only this machine reaches it. For phones, serve it over https under a public name and "
        "set VOICE_WORKER__SERVER__HOST=0.0.0.0 and VOICE_WORKER__SERVER__PUBLIC_URL."
    )


def qr_text(url: str) -> str:
    """A QR code for the terminal."""
    out = io.StringIO()
    segno.make(url, error="m").terminal(out, compact=True, border=2)
    return out.getvalue()


def write_qr(url: str, file: Path) -> None:
    """A QR code to print, as one of `PICTURES`."""
    segno.make(url, error="m").save(str(file), scale=MODULE_PIXELS, border=QUIET_MODULES)
