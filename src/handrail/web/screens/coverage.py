"""Coverage: per service until when it is proved, and every gap with who can mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handrail.core.coverage.fault import FaultKind
from handrail.core.coverage.proof import Finding, IntentProof, Proof, ServiceProof
from handrail.usecases.coverage_view import asks, hours, reason
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import person
from handrail.web.screens.page import Reader

TIMES_SHOWN = 3
_CONTACTS = frozenset(
    {FaultKind.NOT_VERIFIED, FaultKind.ONE_PROVIDER, FaultKind.NO_METHOD}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapBlock:
    """One reason, with the times it holds.

    Attributes:
        times: The first of them, as beginning and end.
        more: How many more there are.
        remedies: What mends it, in words.
        is_about_contacts: A contact method is to blame.
        is_excused: It is meant.
    """

    reason: str
    times: tuple[tuple[Moment, Moment], ...]
    more: int
    remedies: tuple[str, ...]
    is_about_contacts: bool
    is_excused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentBlock:
    """What is asked, and what becomes of it."""

    asks: str
    hours: str
    pages: str
    gaps: tuple[GapBlock, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCard:
    """One service.

    Attributes:
        until: Until when it is proved.
        mender: Who can mend it: the team's lead, or "".
        mail: Where to write to them, or "".
    """

    title: str
    is_proved: bool
    until: Moment
    declared_by: str
    mender: str
    mail: str
    intents: tuple[IntentBlock, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageScreen:
    """All services, those with gaps first.

    Attributes:
        trouble: Why there is no proof, or "".
        unasked: Services of which nothing is asked.
    """

    start: Moment
    end: Moment | None
    cards: tuple[ServiceCard, ...]
    unasked: tuple[str, ...]
    renewals: tuple[tuple[str, str, Moment], ...]
    trouble: str


def coverage_screen(
    proof: Proof | None, *, trouble: str, reader: Reader
) -> CoverageScreen:
    """Return the screen; without a proof it says why."""
    if proof is None:
        return CoverageScreen(
            start=_moment(reader, reader.now),
            end=None,
            cards=(),
            unasked=(),
            renewals=(),
            trouble=trouble,
        )
    asked = [one for one in proof.services if one.intents]
    asked.sort(key=lambda one: (one.is_proved, one.proved_until, one.service))
    return CoverageScreen(
        start=_moment(reader, proof.start),
        end=_moment(reader, proof.end),
        cards=tuple(_card(one, reader) for one in asked),
        unasked=tuple(_title(one, reader) for one in proof.services if not one.intents),
        renewals=tuple(
            (person(key.user, reader.snapshot, otherwise=""), key.method, ends_at)
            for key, at in proof.renewals.items()
            for ends_at in (_moment(reader, at),)
        ),
        trouble=trouble,
    )


def _card(proved: ServiceProof, reader: Reader) -> ServiceCard:
    team = reader.snapshot.teams.get(proved.team) if proved.team else None
    lead = reader.snapshot.users.get(team.lead) if team and team.lead else None
    until = proved.proved_until
    assert until is not None, "a service without intents has no card"
    return ServiceCard(
        title=_title(proved, reader),
        is_proved=proved.is_proved,
        until=_moment(reader, until),
        declared_by=proved.declared_by,
        mender=""
        if lead is None or team is None
        else f"{lead.full_name}, {team.title}",
        mail="" if lead is None else lead.email,
        intents=tuple(_intent(one, reader) for one in proved.intents),
    )


def _title(proved: ServiceProof, reader: Reader) -> str:
    service = reader.snapshot.services.get(proved.service)
    return proved.service if service is None else service.title


def _intent(proved: IntentProof, reader: Reader) -> IntentBlock:
    severities = sorted({str(page.severity) for page in proved.pages})
    ways = sorted({page.via for page in proved.pages})
    pages = f"{', '.join(severities)}, by {', '.join(ways)}" if severities else ""
    return IntentBlock(
        asks=asks(proved.intent),
        hours=hours(proved.intent.hours),
        pages=pages,
        gaps=(
            *_gaps(proved, proved.counter_examples, reader, is_excused=False),
            *_gaps(proved, proved.excused, reader, is_excused=True),
        ),
    )


def _gaps(
    proved: IntentProof,
    findings: Sequence[Finding],
    reader: Reader,
    *,
    is_excused: bool,
) -> list[GapBlock]:
    by_reason: dict[str, list[Finding]] = {}
    for found in findings:
        by_reason.setdefault(reason(found, proved.intent), []).append(found)
    return [
        GapBlock(
            reason=why,
            times=tuple(
                (_moment(reader, one.starts_at), _moment(reader, one.ends_at))
                for one in several[:TIMES_SHOWN]
            ),
            more=max(0, len(several) - TIMES_SHOWN),
            remedies=()
            if is_excused
            else tuple(dict.fromkeys(f.remedy() for f in several[0].faults)),
            is_about_contacts=any(f.kind in _CONTACTS for f in several[0].faults),
            is_excused=is_excused,
        )
        for why, several in by_reason.items()
    ]


def _moment(reader: Reader, at: datetime) -> Moment:
    return moment(at, zone=reader.zone, now=reader.now)
