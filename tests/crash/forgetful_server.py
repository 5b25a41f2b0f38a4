"""The server with a planted defect: it forgets what it sent, and sends it again."""

import itertools
from datetime import timedelta
from typing import Any

from handrail.core import limits
from handrail.engine import send_deliveries
from handrail.usecases.delivery import record

_numbers = itertools.count()
LEASE = timedelta(seconds=1)
FORGETS_EVERY = 5


def plant() -> None:
    """Plant it in this process."""
    limits.LEASE = LEASE
    setattr(send_deliveries, record.__name__, _record)


def _record(*arguments: Any, **options: Any) -> None:
    if next(_numbers) % FORGETS_EVERY:
        record(*arguments, **options)
