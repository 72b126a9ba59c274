"""A call's pipeline, top to bottom as the call runs: hear, converse, speak, send."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.workers.runner import WorkerRunner

from pipelines.dialog import Dialog
from pipelines.line import CHUNK_MS, Line
from pipelines.plan import CallPlan, CallResult, Engines
from pipelines.player import Player

log = logging.getLogger(__name__)


async def hold_call(line: Line, plan: CallPlan, engines: Engines) -> CallResult:
    """Hold one call on an open line until it ends and the line is closed.

    Whatever happens, a `CallEnded` event is emitted, and the result says how it ended.
    """
    dialog = Dialog(plan=plan, engines=engines, line=line)
    player = Player(
        rate=line.rate,
        chunk_ms=CHUNK_MS,
        caller_ducks=line.caller_ducks,
        on_sent=dialog.tap.sent,
    )
    pipeline = Pipeline([line.input(), dialog, player, line.output()])
    worker = PipelineWorker(
        pipeline,
        params=PipelineParams(audio_in_sample_rate=line.rate, audio_out_sample_rate=line.rate),
        enable_rtvi=False,
        enable_turn_tracking=False,
        idle_timeout_secs=None,
    )

    async def watch_line() -> None:
        """Wait until the caller is gone or the call has lasted as long as a call may."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(plan.settings.calls.max_duration_seconds):
                await line.left.wait()
        if not line.left.is_set():
            await dialog.farewell.time_is_up()
            if line.on_hold:  # the goodbye would wait for somebody to hear it
                await worker.cancel(reason="time is up, on hold")
            return
        await line.close()
        await dialog.farewell.caller_left()
        await worker.cancel(reason="caller left")

    watching = asyncio.create_task(watch_line(), name="watch-line")
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
        dialog.farewell.fail("internal_error", f"{type(error).__name__}: {error}")
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        task = asyncio.current_task()
        if task and task.cancelling():
            dialog.farewell.fail("worker_stopped", "The worker was stopped during the call.")
        result = dialog.farewell.record(player.cut_off())
    return result
