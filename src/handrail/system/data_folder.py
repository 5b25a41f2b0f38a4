"""The data folder: one server's own place on the disk."""

import fcntl
import os
from pathlib import Path

from handrail.core.errors import InvalidError, UnavailableError

LOCK_FILE = "server.lock"
_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600


class DataFolder:
    """A folder that one server has to itself while it runs."""

    def __init__(self, path: Path) -> None:
        """Take the folder, which is made if it is missing.

        Raises:
            InvalidError: It cannot be made.
        """
        self.path = path
        self._lock: int | None = None
        try:
            path.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
        except OSError as error:
            msg = f"the data folder {path} cannot be made: {error.strerror}"
            raise InvalidError(msg, fields={"data_dir": str(error.strerror)}) from error

    def lock(self) -> None:
        """Keep every other server off; the lock ends with the process, however it ends.

        Raises:
            UnavailableError: Another server has it.
        """
        try:
            descriptor = os.open(
                self.path / LOCK_FILE, os.O_RDWR | os.O_CREAT, _PRIVATE_FILE
            )
        except OSError as error:
            msg = f"the data folder {self.path} cannot be written: {error.strerror}"
            raise UnavailableError(msg) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            msg = f"another server is running on the data folder {self.path}"
            raise UnavailableError(msg) from error
        self._lock = descriptor

    def unlock(self) -> None:
        """Let another server have the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def read(self, name: str) -> str:
        """Return a small file's text, or "" where it is not there."""
        try:
            return (self.path / name).read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def write(self, name: str, text: str) -> None:
        """Write a small file that only this account can read, whole or not at all."""
        draft = self.path / f"{name}.new"
        descriptor = os.open(
            draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE_FILE
        )
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        draft.replace(self.path / name)

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""
        (self.path / name).unlink(missing_ok=True)
