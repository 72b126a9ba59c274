"""`POST /api/dial`: place a call (docs/telephony.md). For programs, with the worker's own key."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from voice_worker.app import Worker
from voice_worker.errors import CallRefused

Short = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]


class NewDial(BaseModel):
    """Whom to call for which campaign."""

    model_config = ConfigDict(extra="forbid")

    campaign: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    number: Annotated[str, StringConstraints(max_length=40)]
    fields: Annotated[dict[Short, Short], Field(max_length=20)] = Field(default_factory=dict)
    """Lead fields known beforehand."""


def dial_routes(worker: Worker) -> APIRouter:
    """The route, for a started worker."""
    router = APIRouter()

    @router.post("/api/dial", status_code=201)
    async def dial(body: NewDial, request: Request) -> dict[str, str]:
        _check_key(worker, request.headers.get("authorization", ""))
        if worker.switchboard is None:
            raise CallRefused(
                "telephone_off",
                "This worker has no telephone. Start it with VOICE_WORKER__SIP__ENABLED=true.",
                status=409,
            )
        call_id = await worker.switchboard.dialler.dial(body.campaign, body.number, body.fields)
        return {"call_id": str(call_id)}

    return router


def _check_key(worker: Worker, authorization: str) -> None:
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not any(
        hmac.compare_digest(key.strip().encode(), known.encode()) for known in worker.api_keys
    ):
        raise CallRefused(
            "unauthorised",
            "Send Authorization: Bearer with one of server.api_keys, or with what is in api.key "
            "under the worker's home.",
            status=401,
        )
