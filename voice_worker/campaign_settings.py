"""What a campaign may have otherwise than the worker: the keys of its `settings`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from voice_worker.errors import RowRefused
from voice_worker.mistakes import first_mistake
from voice_worker.sip.rules import Outbound


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise PydanticCustomError("time_zone", "no time zone, as Europe/Berlin is one")
    return name


class CampaignSettings(BaseModel):
    """All that people set with `voice-worker campaigns set`; what is left out is the worker's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    record: bool = False
    """Keep both sides' sound, encrypted, and say so to callers."""
    voice: str = ""
    """A Piper voice: a name from config/models.yaml, or a path on the worker."""
    speed: Annotated[float, Field(ge=0.5, le=2.0)] = 1.0
    """1 is the voice's own pace."""
    tts: str = ""
    """One of the worker's `speech.remote_voices`."""
    recogniser: str = ""
    """One of the worker's `speech.cloud_recognisers`."""
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "US"
    """For telephone numbers said without a country code."""
    timezone: Annotated[str, AfterValidator(_zone)] = ""
    """Where callers are, as `America/Los_Angeles`: what "tomorrow" counts from. Empty: where the
    worker's machine says it is."""
    queues: dict[str, Annotated[str, Field(min_length=1)]] = {}
    """Where a transfer's names lead: a number in E.164 or a SIP address."""
    outbound: Outbound = Outbound()


def today(settings: Mapping[str, Any], now: datetime) -> date:
    """The day it is where a campaign's callers are; `now` knows its own zone."""
    try:
        zone = ZoneInfo(settings["timezone"])
    except (KeyError, TypeError, ValueError):
        # Not set, or by another program that checks nothing.
        zone = None
    return now.astimezone(zone).date()


def changed(settings: Mapping[str, Any], pairs: Mapping[str, str]) -> dict[str, Any]:
    """Settings with some keys set, `outbound.hours` for one inside another; an empty value unsets.

    Keys nobody mentioned stay as they are, known or not.

    Raises:
        RowRefused: there is no such key, or it can't have this value.
    """
    found = deepcopy(dict(settings))
    for path, value in pairs.items():
        *parents, key = path.split(".")
        inside = found
        for parent in parents:
            inside = inside.setdefault(parent, {})
            if not isinstance(inside, dict):
                raise RowRefused(f"{path}: {parent} holds no other settings.")
        if value:
            inside[key] = value
        else:
            inside.pop(key, None)
    touched = {path.partition(".")[0] for path in pairs}
    try:
        checked = CampaignSettings.model_validate(
            {key: value for key, value in found.items() if key in touched}
        )
    except ValidationError as error:
        raise RowRefused(first_mistake(error, CampaignSettings)) from error
    return found | checked.model_dump(mode="json", exclude_unset=True)
