"""What a trunk's `config` and secrets must hold, by its kind. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from voice_worker.errors import TrunkFailed
from voice_worker.mistakes import first_mistake

REFRESH_SECONDS = 600


class StreamTrunk(BaseModel):
    """A carrier that streams media to us."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: str = ""
    """Key of the price sheet its minutes have; empty: the trunk's kind."""


class SipTrunk(StreamTrunk):
    """A carrier that speaks SIP."""

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.\-]+(:[0-9]{1,5})?$")]
    """The carrier's name or address, with a port where it isn't its transport's usual one."""
    user: str = ""
    auth_user: str = ""
    """Where it differs from `user`."""
    domain: str = ""
    """Where it differs from `host`."""
    transport: Literal["udp", "tcp", "tls"] = "udp"
    caller_id: str = ""
    """The number calls come from, in E.164."""
    prefix: str = ""
    """What the carrier wants before each number."""
    plus: Literal["yes", "no"] = "yes"
    """Whether numbers keep their +."""
    expires: Annotated[int, Field(ge=1, le=86_400)] = REFRESH_SECONDS
    """Seconds a registration is asked for."""


def check_trunk_settings(
    name: str, kind: str, config: Mapping[str, Any], secrets: Mapping[str, str]
) -> None:
    """Look at what a trunk was given, without calling anybody.

    Raises:
        TrunkFailed: what is missing or can't be used, by name.
    """
    model = SipTrunk if kind in ("register", "address") else StreamTrunk
    try:
        settings = model.model_validate(config)
    except ValidationError as error:
        raise TrunkFailed(f"Trunk {name}: {first_mistake(error, model)}") from error
    if model is StreamTrunk and not secrets.get("auth_token"):
        raise TrunkFailed(
            f"Trunk {name} needs --secret auth_token: streams are refused without a proof."
        )
    if kind == "register":
        assert isinstance(settings, SipTrunk)
        if not (settings.user and secrets.get("password")):
            raise TrunkFailed(
                f"Trunk {name} registers, so it needs --config user=… and --secret password."
            )
