"""Errors of the `pipelines` package; each message says what to do."""

from __future__ import annotations


class PipelineError(Exception):
    """A call's hearing or speaking failed. `code` is stable; the message is advice."""

    code = "pipeline"


class EngineFailedToStart(PipelineError):
    code = "engine_failed_to_start"


class EngineLost(PipelineError):
    """The engine process died or was replaced while it worked on this request."""

    code = "engine_lost"


class EngineTimeout(PipelineError):
    """No answer within the deadline."""

    code = "engine_timeout"


class EngineRefused(PipelineError):
    """The engine answered that it can't do this request."""

    code = "engine_refused"


class TransferFailed(PipelineError):
    """The caller could not be connected to somebody else, and is still on the line."""

    code = "transfer_failed"


class RecogniserUnusable(PipelineError):
    """A remote recogniser failed, or answered with something that is no recognition."""

    code = "recogniser_unusable"


class ProtocolViolation(PipelineError):
    """The peer sent something the wire does not allow; `close_code` says which kind."""

    code = "protocol_violation"

    def __init__(self, close_code: int, message: str) -> None:
        super().__init__(message)
        self.close_code = close_code
