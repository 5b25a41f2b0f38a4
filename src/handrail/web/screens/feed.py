"""Calendar feeds: made once, their address shown once."""

from collections.abc import Sequence
from dataclasses import dataclass

from handrail.core.access.grant import CalendarFeed, FeedSubject
from handrail.core.configuration.snapshot import Snapshot
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import person
from handrail.web.screens.page import Reader

MINE = "-"
"""In the form: the reader's own shifts; no schedule has that name."""
ROWS_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """One feed, without its address."""

    id: str
    title: str
    owner: str
    made: Moment
    used: Moment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedScreen:
    """The open feeds, and the form for a new one.

    Attributes:
        choices: Value and words of what a feed can be of.
        url: The address of a feed just made, shown this once; or "".
        webcal: The same as most calendar programs open it; or "".
        wrong: Why none was made, or "".
    """

    rows: tuple[FeedRow, ...]
    choices: tuple[tuple[str, str], ...]
    url: str
    webcal: str
    wrong: str


def feed_screen(
    feeds: Sequence[CalendarFeed], *, reader: Reader, url: str, wrong: str
) -> FeedScreen:
    """Return the screen, feeds newest first, without those that are revoked."""
    mine = [(MINE, "My shifts, in all schedules")] if reader.actor.user else []
    schedules = sorted(reader.snapshot.schedules.values(), key=lambda s: s.title)
    listed = [(str(one.name), f"Everybody's: {one.title}") for one in schedules]
    is_open = [one for one in feeds if one.revoked_at is None]
    return FeedScreen(
        rows=tuple(_row(one, reader) for one in is_open[:ROWS_SHOWN]),
        choices=(*mine, *listed),
        url=url,
        webcal=f"webcal:{url.partition(':')[2]}" if url else "",
        wrong=wrong,
    )


def _row(feed: CalendarFeed, reader: Reader) -> FeedRow:
    zone, now = reader.zone, reader.now
    used = feed.last_used_at
    return FeedRow(
        id=feed.id,
        title=_title(feed, reader.snapshot),
        owner=person(feed.owner, reader.snapshot, otherwise="Operator"),
        made=moment(feed.created_at, zone=zone, now=now),
        used=moment(used, zone=zone, now=now) if used else None,
    )


def _title(feed: CalendarFeed, snapshot: Snapshot) -> str:
    if feed.subject is FeedSubject.USER:
        return f"Shifts of {person(feed.name, snapshot, otherwise=feed.name)}"
    schedule = snapshot.schedules.get(feed.name)
    return schedule.title if schedule else f"{feed.name} (no schedule any more)"
