"""What the public is told: what went out, and the form for the next word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handrail.core.incident.incident import Incident
from handrail.core.incident.wording import plain
from handrail.core.status_page.advice import Advice
from handrail.core.status_page.component import ComponentStatus
from handrail.core.status_page.notice import Notice, NoticeStage
from handrail.web.screens.incident import IncidentCard, incident_card
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import person
from handrail.web.screens.page import Reader
from handrail.web.screens.refusal import Refusal

COMPONENT = "component-"
"""What the name of a component's field begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One notice as it went out, or would.

    Attributes:
        components: Title and status of each that was named, in words.
        next: When the next word is promised, or none.
        shown: When it is said to have held, where that was earlier; else none.
    """

    number: int
    title: str
    stage: str
    text: str
    components: tuple[tuple[str, str], ...]
    next: Moment | None
    at: Moment
    shown: Moment | None
    by: str
    is_correction: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentChoice:
    """A component, how it stands to the public, and what the form says of it.

    Attributes:
        chosen: The status the notice gives it, or "" to say nothing of it.
    """

    field: str
    title: str
    told: str
    chosen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would go out, and what to consider before.

    Attributes:
        seen: How many notices it would follow.
        fields: What is sent again to publish exactly this.
    """

    notice: NoticeLine
    advice: tuple[str, ...]
    seen: int
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeScreen:
    """The form for a word to the public.

    Attributes:
        values: What stands in the fields: suggested, or typed.
        statuses: What may be said of a component, as the form sends it and in words.
        zone: In which times are typed.
        is_over: The all-clear is out, so that only a correction may follow.
    """

    card: IncidentCard
    stages: tuple[tuple[str, str], ...]
    values: Mapping[str, str]
    components: tuple[ComponentChoice, ...]
    statuses: tuple[tuple[str, str], ...]
    notices: tuple[NoticeLine, ...]
    zone: str
    is_over: bool
    preview: Preview | None
    refusal: Refusal | None


_MEANING = {
    NoticeStage.INVESTIGATING: "investigating: we look into it",
    NoticeStage.IDENTIFIED: "identified: we know what goes wrong",
    NoticeStage.MONITORING: "monitoring: it stopped, we watch",
    NoticeStage.RESOLVED: "resolved: the all-clear",
}


def notice_line(notice: Notice, *, reader: Reader) -> NoticeLine:
    """Return one notice as its line."""
    known, zone, now = reader.snapshot.components, reader.zone, reader.now
    promised = notice.next_update_at
    return NoticeLine(
        number=notice.number,
        title=notice.title,
        stage=notice.stage,
        text=notice.text,
        components=tuple(
            (known[name].title if name in known else name, plain(status))
            for name, status in notice.components.items()
        ),
        next=moment(promised, zone=zone, now=now) if promised else None,
        at=moment(notice.posted_at, zone=zone, now=now),
        shown=moment(notice.shown_at, zone=zone, now=now)
        if notice.is_backfilled
        else None,
        by=person(notice.by, reader.snapshot, otherwise=""),
        is_correction=notice.is_correction,
    )


def notice_lines(
    notices: Sequence[Notice], *, reader: Reader
) -> tuple[NoticeLine, ...]:
    """Return notices, the last word first."""
    return tuple(notice_line(n, reader=reader) for n in reversed(notices))


def preview(
    notice: Notice,
    advice: Sequence[Advice],
    *,
    seen: int,
    fields: Mapping[str, str],
    reader: Reader,
) -> Preview:
    """Return what would go out."""
    return Preview(
        notice=notice_line(notice, reader=reader),
        advice=tuple(a.words for a in advice),
        seen=seen,
        fields=tuple(fields.items()),
    )


def notice_screen(
    incident: Incident,
    notices: Sequence[Notice],
    *,
    values: Mapping[str, str],
    reader: Reader,
    preview: Preview | None = None,
    refusal: Refusal | None = None,
) -> NoticeScreen:
    """Return the form, with these values in its fields."""
    return NoticeScreen(
        card=incident_card(incident, reader=reader),
        stages=tuple((str(stage), _MEANING[stage]) for stage in NoticeStage),
        values=values,
        components=tuple(
            ComponentChoice(
                field=f"{COMPONENT}{name}",
                title=component.title,
                told=plain(incident.component_status.get(name, "")),
                chosen=values.get(f"{COMPONENT}{name}", ""),
            )
            for name, component in reader.snapshot.components.items()
        ),
        statuses=tuple((str(status), plain(status)) for status in ComponentStatus),
        notices=notice_lines(notices, reader=reader),
        zone=f"{reader.now.astimezone(reader.place):%Z}",
        is_over=incident.all_clear_at is not None,
        preview=preview,
        refusal=refusal,
    )
