"""An incident's timeline as server-sent events, live.

Source: the HTML standard, section 9.2 (server-sent events).
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from litestar import get
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, HeaderParameter
from litestar.response import Stream

from handrail.api.deps import GivenActor, GivenDeps
from handrail.api.stream_hub import StreamHub
from handrail.api.timeline import AfterEntry, entry_view
from handrail.core.access.permission import Verb
from handrail.core.ids import IncidentId
from handrail.usecases.desk import viewer_of
from handrail.usecases.incident_record import find
from handrail.usecases.timeline import TimelineEntry

MEDIA_TYPE = "text/event-stream"
HEARTBEAT_SECONDS = 15.0
"""A proxy cuts a connection that is silent for 30 to 60 seconds."""
LIFE_SECONDS = 600.0
"""Then the reader connects again, and is asked anew whether it may read."""
RETRY_MILLISECONDS = 1000
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

LastSeen = Annotated[
    str | None,
    HeaderParameter(
        name="Last-Event-ID",
        description="The last entry that was received; it wins over `after`.",
    ),
]


@get(
    "/incidents/{name:str}/stream",
    opt={"verb": Verb.INCIDENT_READ},
    media_type=MEDIA_TYPE,
    tags=["timeline"],
)
async def stream_timeline(
    name: FromPath[str],
    deps: GivenDeps,
    actor: GivenActor,
    last_seen: LastSeen = None,
    after: AfterEntry = 0,
) -> Stream:
    """Send every entry from now on, and those after the given one, as they come.

    One event an entry: its id is the entry's number, its data the entry as the
    timeline has it. A comment comes at least every 15 seconds. The stream ends after
    ten minutes or with the server; connect again with `Last-Event-ID`.
    """
    viewer = viewer_of(actor)
    found = await sync_to_thread(
        deps.store.read, lambda tx: find(tx, name, viewer=viewer)
    )
    is_number = last_seen is not None and last_seen.isascii() and last_seen.isdigit()
    begin = int(last_seen[:18]) if last_seen and is_number else after
    events = entries_as_events(deps.hub, found.id, begin)
    return Stream(events, media_type=MEDIA_TYPE, headers=HEADERS)


async def entries_as_events(
    hub: StreamHub, incident_id: IncidentId, after: int
) -> AsyncIterator[bytes]:
    """Yield entries beyond the given one, and heartbeats, until the stream is over."""
    yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
    ends_at = asyncio.get_running_loop().time() + LIFE_SECONDS
    with hub.watching(incident_id):
        while not hub.is_closed:
            left = ends_at - asyncio.get_running_loop().time()
            if left <= 0:
                return
            gained = await hub.after(
                incident_id, after, within_seconds=min(left, HEARTBEAT_SECONDS)
            )
            if not gained:
                yield b": still here\n\n"
                continue
            after = gained[-1].sequence
            yield b"".join(map(as_event, gained))


def as_event(entry: TimelineEntry) -> bytes:
    """Return the entry as one event; JSON has no line breaks outside of strings."""
    data = msgspec.json.encode(entry_view(entry))
    return b"id: %d\ndata: %b\n\n" % (entry.sequence, data)


HANDLERS: tuple[HTTPRouteHandler, ...] = (stream_timeline,)
