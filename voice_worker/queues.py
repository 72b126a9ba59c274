"""Whom a caller is put through to, by number, by address or by a campaign's name for it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_DIALABLE = re.compile(r"\+[0-9]{7,15}|[0-9]{2,20}|sips?:[^\s@]+@?[^\s@]+", re.IGNORECASE)


def place_of(target: str, queues: object) -> str | None:
    """The number or SIP address a caller is put through to: what the campaign's `queues` say the
    target stands for, else the target itself; None when that can't be dialled."""
    place = queues.get(target, target) if isinstance(queues, Mapping) else target
    return place if isinstance(place, str) and _DIALABLE.fullmatch(place) else None
