"""Errors of the worker; each message says what to do, `code` is stable on the wire.

VoiceWorkerError
├── StoreError
│   ├── EmbeddedPostgresFailed
│   ├── DatabaseUnreachable
│   ├── MigrationRefused
│   ├── HomeInUse
│   ├── HomeUnusable
│   ├── NotFound
│   ├── StillOpen
│   ├── CheckFailed
│   ├── RowRefused
│   ├── SecretsUnreadable
│   ├── JournalFull
│   └── JournalUnreadable
├── PriceSheetInvalid
├── SipFailed
├── TrunkFailed
└── CallRefused            (carries the HTTP status and the seconds to wait)
"""

from __future__ import annotations


class VoiceWorkerError(Exception):
    code = "voice_worker"


class StoreError(VoiceWorkerError):
    code = "store"


class EmbeddedPostgresFailed(StoreError):
    code = "embedded_postgres_failed"


class DatabaseUnreachable(StoreError):
    code = "database_unreachable"


class MigrationRefused(StoreError):
    code = "migration_refused"


class HomeInUse(StoreError):
    code = "home_in_use"


class HomeUnusable(StoreError):
    code = "home_unusable"


class NotFound(StoreError):
    code = "not_found"


class StillOpen(StoreError):
    code = "still_open"


class CheckFailed(StoreError):
    code = "check_failed"


class RowRefused(StoreError):
    code = "row_refused"


class SecretsUnreadable(StoreError):
    code = "secrets_unreadable"


class JournalFull(StoreError):
    code = "journal_full"


class JournalUnreadable(StoreError):
    code = "journal_unreadable"


class PriceSheetInvalid(VoiceWorkerError):
    code = "price_sheet_invalid"


class SipFailed(VoiceWorkerError):
    code = "sip_failed"


class TrunkFailed(VoiceWorkerError):
    code = "trunk_failed"


class CallRefused(VoiceWorkerError):
    """A call can't be made; `status` is the HTTP status that says so."""

    code = "call_refused"

    def __init__(
        self, code: str, message: str, *, status: int, retry_after_seconds: int | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.retry_after_seconds = retry_after_seconds
