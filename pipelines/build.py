"""A call's pipeline, top to bottom as the call runs: hear, converse, speak, send, count."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.transports.websocket.fastapi import (
    FastAPIWebsocketParams,
    FastAPIWebsocketTransport,
)
from pipecat.workers.runner import WorkerRunner

from pipelines.dialog import Dialog
from pipelines.plan import CallPlan, CallResult, Engines
from pipelines.playout import Playout
from pipelines.transports.pcm_wire import CHUNK_MS, RATE, PcmWireSerializer
from pipelines.voice import Voice

log = logging.getLogger(__name__)


async def hold_call(websocket: Any, plan: CallPlan, engines: Engines) -> CallResult:
    """Hold one call on an accepted WebSocket (the pcm wire) until it ends and the socket is closed.

    Whatever happens, a `CallEnded` event is emitted, and the result says how it ended.
    """
    serializer = PcmWireSerializer()
    transport = FastAPIWebsocketTransport(
        websocket,
        FastAPIWebsocketParams(
            audio_in_enabled=True,
            audio_out_enabled=True,
            audio_in_sample_rate=RATE,
            audio_out_sample_rate=RATE,
            audio_out_10ms_chunks=CHUNK_MS // 10,
            audio_out_end_silence_secs=0,
            serializer=serializer,
        ),
    )
    dialog = Dialog(plan=plan, engines=engines, rate=RATE)
    pipeline = Pipeline(
        [
            transport.input(),
            dialog,
            Voice(synthesiser=engines.synthesiser, rate=RATE, chunk_ms=CHUNK_MS),
            transport.output(),
            Playout(),
        ]
    )
    worker = PipelineWorker(
        pipeline,
        params=PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=RATE),
        enable_rtvi=False,
        enable_turn_tracking=False,
        idle_timeout_secs=None,
    )
    left = asyncio.Event()

    @transport.event_handler("on_client_disconnected")  # type: ignore[untyped-decorator]
    async def on_client_disconnected(*_: object) -> None:
        left.set()

    async def watch_line() -> None:
        """Wait until the caller is gone or the call has lasted as long as a call may."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(plan.settings.calls.max_duration_seconds):
                await left.wait()
        if not left.is_set():
            await dialog.time_is_up()
            return
        if serializer.violation:
            await websocket.close(serializer.violation.close_code, str(serializer.violation))
        await dialog.caller_left()
        await worker.cancel(reason="caller left")

    line = asyncio.create_task(watch_line(), name="watch-line")
    runner = WorkerRunner(handle_sigint=False, handle_sigterm=False)
    try:
        await runner.add_workers(worker)
        await runner.run()
    except asyncio.CancelledError:
        # Some of pipecat's tear-down takes the cancellation for its own; see below.
        pass
    except Exception as error:
        # The last line of defence: the caller hears the line close, the record says why.
        log.exception("call failed", extra={"action": "call_failed"})
        dialog.fail("internal_error", f"{type(error).__name__}: {error}")
    finally:
        line.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await line
        task = asyncio.current_task()
        if task and task.cancelling():
            dialog.fail("worker_stopped", "The worker was stopped during the call.")
        result = dialog.finish()
    return result
