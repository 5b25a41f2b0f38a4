"""What went wrong with one piece of work or one row, told as a value or by name."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """An attempt inside a transaction that failed and was undone.

    Attributes:
        is_passing: Somebody else was in the way; the same may succeed soon.
    """

    error: Exception
    is_passing: bool


class UnreadableError(Exception):
    """A stored row that cannot be read any more.

    Attributes:
        concept: What it is, e.g. ``alert``.
        row_id: Its id.
    """

    def __init__(self, *, concept: str, row_id: str) -> None:
        super().__init__(f"{concept} {row_id} cannot be read")
        self.concept = concept
        self.row_id = row_id


def refuse(error: UnreadableError) -> None:
    """Refuse to go on without a row that cannot be read.

    Raises:
        UnreadableError: Always.
    """
    raise error


Otherwise = Callable[[UnreadableError], object]
"""Told of each row that cannot be read; the others are returned all the same."""
