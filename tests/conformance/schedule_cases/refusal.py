"""Cases that configuration cannot say are counted where everybody sees them."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from tests.conformance.schedule_cases.writing import People, RefusedError

T = TypeVar("T")


def translated(
    translate: Callable[[dict[str, Any], People], T],
    case: dict[str, Any],
    people: People,
) -> T:
    """Return the case in our words; where it cannot be, the test says so and ends."""
    try:
        return translate(case, people)
    except RefusedError as refused:
        pytest.skip(f"not expressible: {refused}")
