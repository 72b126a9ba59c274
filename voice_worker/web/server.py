"""HTTP and WebSocket routes (docs/protocol.md)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.exceptions import HTTPException

from pipelines.transports.web import WebLine
from voice_worker.app import Worker
from voice_worker.call import Known
from voice_worker.errors import CallRefused
from voice_worker.store.campaigns import campaign_by_slug
from voice_worker.store.database import CALLER_SECONDS, LOST, within
from voice_worker.web.dial import dial_routes
from voice_worker.web.media import media_routes
from voice_worker.web.page import NOWHERE, STATIC, away, page

CLOSE_BAD_TOKEN = 4401
CLOSE_WRONG_ORIGIN = 4403
CLOSE_UNKNOWN_CALL = 4404
CLOSE_USED_TOKEN = 4409
CLOSE_TRY_LATER = 1013

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self)",
}

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Short = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]


LOOKED_AT = ["GET", "HEAD"]
"""Previews of links and probes ask for the head alone."""

_CODES = {404: "not_found", 405: "method_not_allowed"}


class NewCall(BaseModel):
    """Body of `POST /api/calls`."""

    model_config = ConfigDict(extra="forbid")

    campaign: Slug
    consent: bool = False
    fields: Annotated[dict[Short, Short], Field(max_length=20)] = Field(default_factory=dict)
    language: Annotated[str, StringConstraints(pattern=r"^([a-z]{2}(-[A-Z]{2})?)?$")] = ""
    """Empty: the flow's own."""


def build_server(worker: Worker) -> FastAPI:
    """The application around a started worker."""
    app = FastAPI(title="voice-worker", openapi_url=None)

    @app.exception_handler(CallRefused)
    async def refused(_: Request, error: CallRefused) -> JSONResponse:
        headers = (
            {"Retry-After": str(error.retry_after_seconds)} if error.retry_after_seconds else {}
        )
        return JSONResponse(
            {"code": error.code, "message": str(error)}, error.status, headers=headers
        )

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in item['loc'][1:])}: {item['msg']}"
            for item in error.errors()
        )
        return JSONResponse({"code": "invalid", "message": problems}, 422)

    app.add_exception_handler(HTTPException, _nothing_here)
    app.add_exception_handler(Exception, _went_wrong)
    for kind in LOST:
        app.add_exception_handler(kind, _store_away)

    @app.middleware("http")
    async def secure(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.api_route("/c/{slug}", methods=LOOKED_AT)
    async def landing_page(slug: str) -> HTMLResponse:
        campaign = await within(CALLER_SECONDS, campaign_by_slug(worker.database, slug))
        facts: dict[str, Any] = {"slug": slug, "available": False, "state": "unknown"}
        if campaign:
            facts = {
                "slug": slug,
                "name": campaign.name,
                "account": campaign.account_name,
                "available": campaign.status == "active",
                "state": campaign.status,
                "recorded": worker.records(campaign),
                "language": (campaign.definition or {}).get("language", "en"),
            }
        return HTMLResponse(page(facts), 200 if campaign else 404)

    @app.post("/api/calls", status_code=201)
    async def new_call(body: NewCall, request: Request) -> dict[str, str]:
        if not origin_allowed(worker, request.headers.get("origin"), request.headers.get("host")):
            raise CallRefused("origin_refused", "Calls can't be made from this page.", status=403)
        made = await worker.make_call(
            body.campaign,
            known=Known(fields=body.fields, language=body.language),
            metadata={
                "consent": body.consent,
                "user_agent": (request.headers.get("user-agent") or "")[:300],
            },
        )
        scheme = "wss" if _is_secure(worker, request) else "ws"
        host = request.headers.get("host", "")
        return {
            "call_id": str(made.call_id),
            "token": made.token,
            "ws_url": f"{scheme}://{host}/ws/calls/{made.call_id}?token={made.token}",
        }

    app.include_router(dial_routes(worker))
    app.include_router(media_routes(worker))

    @app.websocket("/ws/calls/{call_id}")
    async def call_socket(websocket: WebSocket, call_id: str) -> None:
        # Accepted first: a refusal before that reaches browsers as a bare 403 without its code.
        await websocket.accept()
        if refusal := _why_refused(worker, websocket, call_id):
            code, message = refusal
            await websocket.send_text(json.dumps({"type": "error", "code": code, "message": message}))
            await websocket.close(code, message)
            return
        ready = {"type": "ready", "call_id": call_id, "sample_rate": 16_000}
        try:
            await websocket.send_text(json.dumps(ready))
        except WebSocketDisconnect:
            worker.give_up(UUID(call_id), "caller_gave_up")
            return
        await worker.hold(UUID(call_id), WebLine(websocket))

    @app.api_route("/healthz", methods=LOOKED_AT)
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.api_route("/readyz", methods=LOOKED_AT)
    async def readiness() -> JSONResponse:
        journal, admission = worker.journal.depth, worker.admission
        ready = worker.ready and not admission.draining and not worker.journal.full
        facts = {
            "ready": ready,
            "calls": admission.active,
            "capacity": worker.settings.calls.capacity,
            "journal_depth": journal,
            "engines": {
                engine.name: {"restarts": engine.restarts, "queue": engine.queue_depth}
                for engine in worker.engines.all
            },
        }
        return JSONResponse(facts, 200 if ready else 503)

    @app.get("/metrics")
    async def metrics() -> PlainTextResponse:
        lines = [
            "# TYPE voice_worker_calls gauge",
            f"voice_worker_calls {worker.admission.active}",
            "# TYPE voice_worker_capacity gauge",
            f"voice_worker_capacity {worker.settings.calls.capacity}",
            "# TYPE voice_worker_journal_depth gauge",
            f"voice_worker_journal_depth {worker.journal.depth}",
            "# TYPE voice_worker_engine_restarts_total counter",
            *(
                f'voice_worker_engine_restarts_total{{engine="{engine.name}"}} {engine.restarts}'
                for engine in worker.engines.all
            ),
        ]
        return PlainTextResponse("\n".join(lines) + "\n")

    if STATIC.is_dir():
        app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


async def _nothing_here(request: Request, error: Exception) -> Response:
    """What no route takes: a page for people who mistyped, JSON for programs."""
    assert isinstance(error, HTTPException)
    if error.status_code == 404 and _for_people(request):
        return HTMLResponse(page(NOWHERE), 404)
    code = _CODES.get(error.status_code, "refused")
    hint = " Lines are at /c/NAME." if error.status_code == 404 else ""
    message = f"{request.method} {request.url.path}: {error.detail}.{hint}"
    return JSONResponse({"code": code, "message": message}, error.status_code, error.headers)


async def _went_wrong(_: Request, __: Exception) -> JSONResponse:
    # The server logs it, with where it came from.
    return JSONResponse(
        {"code": "internal", "message": "Something went wrong on our side. Try again."}, 500
    )


async def _store_away(request: Request, __: Exception) -> Response:
    headers = {"Retry-After": "10"}
    if _for_people(request):
        return HTMLResponse(page(away(request.path_params.get("slug", ""))), 503, headers)
    return JSONResponse(
        {"code": "database_away", "message": "Calls can't be made right now. Try again soon."},
        503,
        headers=headers,
    )


def _for_people(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def origin_allowed(worker: Worker, origin: str | None, host: str | None) -> bool:
    """Browsers say where a page came from; programs say nothing and are let through to the token."""
    if origin is None:
        return True
    server = worker.settings.server
    allowed = {server.url, *(item.rstrip("/") for item in server.allowed_origins)}
    return origin in allowed or urlsplit(origin).netloc == host


def _is_secure(worker: Worker, request: Request) -> bool:
    return request.url.scheme == "https" or worker.settings.server.url.startswith("https:")


def _why_refused(worker: Worker, websocket: WebSocket, call_id: str) -> tuple[int, str] | None:
    headers = websocket.headers
    if not origin_allowed(worker, headers.get("origin"), headers.get("host")):
        return CLOSE_WRONG_ORIGIN, "Calls can't be opened from this page."
    try:
        call = UUID(call_id)
    except ValueError:
        return CLOSE_UNKNOWN_CALL, "There is no such call."
    if not worker.tokens.check(websocket.query_params.get("token", ""), call):
        return CLOSE_BAD_TOKEN, "The call's token is wrong or has expired."
    if worker.admission.draining:
        return CLOSE_TRY_LATER, "This worker is shutting down. Please try again."
    opened = worker.admission.open(call)
    if opened is None:
        return CLOSE_UNKNOWN_CALL, "This call is over."
    return None if opened else (CLOSE_USED_TOKEN, "This call was opened before.")
