"""Call tokens: signed, short-lived, good for one call and once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from voice_worker.store.secrets import kept_secret

_SALT = "call-token"


class CallTokens:
    """Signs with a secret kept under the worker's home, so a restart does not change it."""

    def __init__(self, home: Path, *, ttl_seconds: int) -> None:
        self._serializer = URLSafeTimedSerializer(_secret(home / "token.key"), salt=_SALT)
        self._ttl = ttl_seconds

    def issue(self, call_id: UUID) -> str:
        return str(self._serializer.dumps(str(call_id)))

    def check(self, token: str, call_id: UUID) -> bool:
        """True when the token was made for this call, by us, recently."""
        try:
            return bool(self._serializer.loads(token, max_age=self._ttl) == str(call_id))
        except (SignatureExpired, BadSignature):
            return False


def api_keys(configured: Sequence[str], home: Path) -> tuple[str, ...]:
    """Keys of programs that may place calls; without any, one that only this machine can read."""
    return tuple(filter(None, configured)) or (_secret(home / "api.key"),)


def _secret(path: Path) -> str:
    return kept_secret(path, lambda: secrets.token_urlsafe(48))
