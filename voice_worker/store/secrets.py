"""Secrets at rest: ciphertext in the database or on disk, the key with the worker."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from voice_worker.errors import SecretsUnreadable


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """What a file holds that only we can read; made when it is first asked for.

    The file is there whole or not at all: an empty one, left by a full disk, would be a key that
    everybody knows. Of two programs that make it at once both get the first one's.
    """
    while not (path.is_file() and path.stat().st_size):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
            with contextlib.suppress(FileNotFoundError):
                if not path.stat().st_size:
                    path.unlink()
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text()


class Keyring:
    """Encrypts with the first key and reads with any of them, so that keys can be rotated.

    A ciphertext names the account and the row it was made for: copied into another row it is
    refused. Fernet is AES-128-CBC with HMAC-SHA256 (github.com/fernet/spec).
    """

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise SecretsUnreadable(
                "security.secret_keys must be 32 random bytes in URL-safe base64 each: "
                "`openssl rand -base64 32 | tr +/ -_` makes one."
            ) from error

    @classmethod
    def load(cls, keys: Sequence[str], home: Path) -> Keyring:
        """The configured keys, or one that is made once and kept under the data folder."""
        if keys:
            return cls(keys)
        return cls([kept_secret(home / "secret.key", lambda: Fernet.generate_key().decode())])

    def seal(self, account_id: UUID, row_id: UUID, secrets: Mapping[str, str]) -> bytes | None:
        """Ciphertext of an integration's or a trunk's secrets; None when it has none."""
        if not secrets:
            return None
        document = {"for": [str(account_id), str(row_id)], "secrets": dict(secrets)}
        return self._fernet.encrypt(json.dumps(document).encode())

    def open(self, account_id: UUID, row_id: UUID, sealed: bytes | None) -> dict[str, str]:
        """The secrets again; none of None.

        Raises:
            SecretsUnreadable: the key is another, the ciphertext was changed, or it is another
                row's.
        """
        if sealed is None:
            return {}
        try:
            document = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken as error:
            raise SecretsUnreadable(
                "Stored secrets can't be read with this worker's key. Set "
                "VOICE_WORKER__SECURITY__SECRET_KEYS to the key they were stored with."
            ) from error
        if document["for"] != [str(account_id), str(row_id)]:
            raise SecretsUnreadable("These secrets were stored for another integration or trunk.")
        secrets: dict[str, str] = document["secrets"]
        return secrets

    def wrap(self, call_id: UUID, key: bytes) -> bytes:
        """A call's own key, encrypted."""
        return self._fernet.encrypt(call_id.bytes + key)

    def unwrap(self, call_id: UUID, wrapped: bytes) -> bytes:
        """The call's key again.

        Raises:
            SecretsUnreadable: the worker's key is another, or it is another call's.
        """
        try:
            content = self._fernet.decrypt(wrapped)
        except InvalidToken as error:
            raise SecretsUnreadable(
                "A recording can't be read with this worker's key. Set "
                "VOICE_WORKER__SECURITY__SECRET_KEYS to the key it was made with."
            ) from error
        if content[:16] != call_id.bytes:
            raise SecretsUnreadable("This recording belongs to another call.")
        return content[16:]
