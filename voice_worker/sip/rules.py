"""When and whom a campaign may call. Pure."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers.timezone import time_zones_for_number
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from voice_worker.errors import CallRefused

UNKNOWN_ZONE = "Etc/Unknown"


class Outbound(BaseModel):
    """A campaign's `outbound` settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trunk: str = ""
    """Name of the trunk; empty: the account's only one."""
    hours: Annotated[str, Field(pattern=r"^(always|\d\d:\d\d-\d\d:\d\d)$")] = "08:00-21:00"
    """When the callee's own clock allows a call (the window of 47 CFR 64.1200), or `always`."""
    machine: Literal["hang_up", "message", "converse"] = "hang_up"
    """What to do when a machine answers; `converse` does not listen for one."""
    message: Annotated[str, Field(max_length=1000)] = ""
    """What to say after the tone."""


def outbound_of(settings: dict[str, Any]) -> Outbound:
    """A campaign's rules.

    Raises:
        CallRefused: they can't be used; says which.
    """
    try:
        rules = Outbound.model_validate(settings.get("outbound", {}))
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise CallRefused(
            "outbound_invalid",
            f"The campaign's outbound settings can't be used: {where}: {problem['msg']}.",
            status=409,
        ) from error
    if rules.machine == "message" and not rules.message:
        raise CallRefused(
            "outbound_invalid",
            "The campaign leaves messages on machines, but outbound.message is empty.",
            status=409,
        )
    return rules


def zones_of(number: str) -> list[ZoneInfo]:
    """The time zones a number (E.164) may be in; empty when nobody can tell."""
    found = []
    for name in time_zones_for_number(phonenumbers.parse(number)):
        if name != UNKNOWN_ZONE:
            try:
                found.append(ZoneInfo(name))
            except ZoneInfoNotFoundError:
                continue
    return found


def wait_for_hours(hours: str, number: str, now: datetime) -> timedelta | None:
    """How long until a number may be called: zero is now, None when nobody can tell.

    A number of several zones (a mobile, a country without area codes) may be called when it is
    within the hours in all of them.
    """
    if hours == "always":
        return timedelta(0)
    zones = zones_of(number)
    if not zones:
        return None
    opens, closes = (time.fromisoformat(part) for part in re.split("-", hours))
    step = timedelta(minutes=1)
    moment = now
    while moment - now <= timedelta(days=2):
        if all(_within(opens, closes, moment.astimezone(zone).time()) for zone in zones):
            return moment - now
        moment = (moment + step).replace(second=0, microsecond=0)
    return None


def _within(opens: time, closes: time, clock: time) -> bool:
    """Also over midnight, as in 20:00-02:00."""
    if opens <= closes:
        return opens <= clock < closes
    return clock >= opens or clock < closes
