"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One check: `ok`, and what was found or what to do."""

    check: str
    ok: bool
    detail: str
