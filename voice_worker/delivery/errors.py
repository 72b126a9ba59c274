"""Why a delivery did not arrive, and whether trying again can help."""

from __future__ import annotations

from voice_worker.errors import VoiceWorkerError


class DeliveryFailed(VoiceWorkerError):
    """Worth another attempt: the receiver is away, busy or has a bad moment."""

    code = "delivery_failed"


class DeliveryRefused(DeliveryFailed):
    """Will never be taken as it is: a wrong address, a revoked token, a setting that is missing."""

    code = "delivery_refused"
