"""Waiting for what should come about, with a limit, and saying what did not."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from typing_extensions import override

Found = TypeVar("Found")
_LOOK_EVERY_SECONDS = 0.05


class MissedError(Exception):
    """Something did not come about; the demo ends.

    Attributes:
        awaited: What it was, to follow "It waited for".
        detail: Why not, as far as it is known.
    """

    def __init__(self, awaited: str, *, detail: str = "") -> None:
        super().__init__(awaited, detail)
        self.awaited = awaited
        self.detail = detail

    @override
    def __str__(self) -> str:
        return f"{self.awaited}\n{self.detail}".strip()


def pause(seconds: float) -> None:
    """Let this much time pass."""
    threading.Event().wait(seconds)


def await_found(
    look: Callable[[], Found | None],
    *,
    what: str,
    seconds: float = 20.0,
    check: Callable[[], None] | None = None,
) -> Found:
    """Return what the look-up finds, as soon as it finds something.

    Args:
        look: Returns None while there is nothing yet.
        what: Is awaited, for the error.
        seconds: The limit.
        check: Raises when waiting longer is in vain.

    Raises:
        MissedError: It found nothing within that time.
    """
    give_up_at = time.monotonic() + seconds
    while (found := look()) is None:
        if check is not None:
            check()
        if time.monotonic() > give_up_at:
            raise MissedError(what, detail=f"It did not come about in {seconds:g} s.")
        pause(_LOOK_EVERY_SECONDS)
    return found
