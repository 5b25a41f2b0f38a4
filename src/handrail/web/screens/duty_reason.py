"""Why somebody is on call at an instant: the chain, and ways to its neighbours."""

from dataclasses import dataclass
from datetime import datetime

from handrail.core.instants import format_rfc3339
from handrail.core.schedule.explain import Step, explain
from handrail.core.schedule.on_call import change_after, tile_at
from handrail.core.schedule.schedule import Schedule
from handrail.web.screens.moment import Moment, moment, typed
from handrail.web.screens.oncall import gap_of, names_of
from handrail.web.screens.page import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyReasonScreen:
    """One schedule at one instant, with the reasons.

    Attributes:
        at: In the schedule's zone.
        typed: The same as a form has it.
        who: "" where nobody is on call.
        wrong: Why what was asked about is no instant, or "".
        next: When the answer changes; none where it stays for well over a year.
        next_href: The reasons then.
    """

    name: str
    title: str
    zone: str
    at: Moment
    typed: str
    who: str
    shadows: str
    gap: str
    steps: tuple[Step, ...]
    wrong: str
    next: Moment | None
    next_href: str


def duty_reason_screen(
    schedule: Schedule, at: datetime, *, wrong: str, reader: Reader
) -> DutyReasonScreen:
    """Return why a schedule's answer at an instant is what it is."""
    found = explain(schedule, at)
    change = change_after(schedule, at)
    zone = schedule.time_zone
    coming, href = None, ""
    if change is not None:
        coming = moment(change, zone=zone, now=reader.now)
        href = f"?at={format_rfc3339(change)}"
    return DutyReasonScreen(
        name=schedule.name,
        title=schedule.title,
        zone=zone,
        at=moment(at, zone=zone, now=reader.now),
        typed=typed(at, zone=zone),
        who=names_of(found.users, reader),
        shadows=names_of(found.shadows, reader),
        gap=gap_of(schedule.name, tile_at(schedule, at), at, reader),
        steps=found.steps,
        wrong=wrong,
        next=coming,
        next_href=href,
    )
