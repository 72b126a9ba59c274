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


def qr_text(url: str) -> str:
    """A QR code for the terminal."""
    out = io.StringIO()
    segno.make(url, error="m").terminal(out, compact=True, border=2)
    return out.getvalue()


def write_qr(url: str, file: Path) -> None:
    """A QR code to print, as one of `PICTURES`."""
    segno.make(url, error="m").save(str(file), scale=MODULE_PIXELS, border=QUIET_MODULES)
