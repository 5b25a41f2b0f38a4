"""Lists on the wire: newest first, one stretch at a time."""

from typing import Annotated

from litestar.params import QueryParameter

STRETCH_DEFAULT = 50
STRETCH_MAX = 500
_ID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"

Limit = Annotated[
    int,
    QueryParameter(
        ge=1, le=STRETCH_MAX, description="How many at most; the default is 50."
    ),
]
Before = Annotated[
    str | None,
    QueryParameter(
        pattern=_ID, description="Only those older than this id: the last `next`."
    ),
]


def following(ids: list[str], limit: int) -> str | None:
    """Return the cursor of the next stretch, or none where this was the last."""
    return ids[limit - 1] if len(ids) > limit else None
