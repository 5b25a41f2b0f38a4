"""The installation's key, and the secrets that the configuration refers to."""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from pathlib import Path

from typing_extensions import override

from handrail.core.errors import InvalidError
from handrail.ports.id_source import IdSource
from handrail.ports.vault import Vault

KEY_FILE = "secret.key"
KEY_CHARS_MIN = 32
"""A key given by the operator; 32 random characters are at least 128 bits."""
SECRET_BYTES_MAX = 64 * 1024

_ROOT = b"handrail vault 1"


class KeyVault(Vault):
    """Signs with keys derived from one key; a purpose never signs for another.

    Derivation is HKDF (RFC 5869) with HMAC-SHA256: extract with a fixed salt, expand
    one block per purpose.
    """

    def __init__(
        self, key: str, *, environment: Mapping[str, str], folder: Path
    ) -> None:
        """Take the key.

        Args:
            key: At least ``KEY_CHARS_MIN`` characters.
            environment: Where ``env:`` references are looked up.
            folder: What relative ``file:`` references start from.

        Raises:
            InvalidError: The key is too short.
        """
        if len(key) < KEY_CHARS_MIN:
            msg = (
                f"the secret key has {len(key)} characters; it needs at least "
                f"{KEY_CHARS_MIN}, for example from: openssl rand -base64 32"
            )
            raise InvalidError(msg)
        self._root = _hmac(_ROOT, key.encode())
        self._environment = environment
        self._folder = folder

    @override
    def sign(self, purpose: str, payload: bytes) -> str:
        return _text(_hmac(self._key(purpose), payload))

    @override
    def verify(self, purpose: str, payload: bytes, signature: str) -> bool:
        expected = self.sign(purpose, payload).encode()
        given = signature.encode("utf-8", "backslashreplace")
        return hmac.compare_digest(expected, given)

    @override
    def secret(self, reference: str) -> bytes | None:
        """Return the secret; read anew each time, so that it can be changed live."""
        kind, colon, name = reference.partition(":")
        if not colon or not name:
            return None
        if kind == "env":
            value = self._environment.get(name)
            return value.encode() if value else None
        if kind == "file":
            return _file_secret(self._folder / name)
        return None

    def fingerprint(self) -> str:
        """Return 16 characters that tell keys apart and give none of the key away.

        Kept in the database, it shows that two nodes sign with different keys, or that
        a restored database came without its key.
        """
        return self.sign("fingerprint", b"")[:16]

    def _key(self, purpose: str) -> bytes:
        return _hmac(self._root, purpose.encode() + b"\x01")


def load_key(key: str, *, data_dir: Path, ids: IdSource) -> str:
    """Return the given key, or else the data folder's, made on first use.

    Args:
        key: The operator's ``secret_key`` setting, or "".
        data_dir: Where the key file is.
        ids: Makes the key.

    Raises:
        InvalidError: The key file cannot be read or made.
    """
    if key:
        return key
    path = data_dir / KEY_FILE
    try:
        if not path.exists():
            _create(path, ids.new_secret())
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"the key file {path} cannot be used: {error}"
        raise InvalidError(msg) from error


def _create(path: Path, key: str) -> None:
    """Write the key whole or not at all; whoever comes second keeps the first's."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{key}\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return
        _sync_folder(path.parent)
    finally:
        draft.unlink()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _file_secret(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(SECRET_BYTES_MAX).strip() or None
    except (OSError, ValueError):
        return None


def _hmac(key: bytes, payload: bytes) -> bytes:
    return hmac.new(key, payload, hashlib.sha256).digest()


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
