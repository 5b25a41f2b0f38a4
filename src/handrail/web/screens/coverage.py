"""Coverage: per service until when it is proved, and every gap with who can mend it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handrail.core.coverage.fault import Fault, FaultKind
from handrail.core.coverage.proof import Finding, IntentProof, Proof, ServiceProof
from handrail.core.coverage.summary import summed_up
from handrail.usecases.coverage_view import asks, hours, reason
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import person
from handrail.web.screens.page import Reader

PLACE = "/oncall/coverage"
TIMES_SHOWN = 3
REASONS_SHOWN = 3
"""More are told by their causes: every combination of them is a reason."""
CAUSES_SHOWN = 8
CARDS_SHOWN = 50
"""Services shown in full; of the others a line each, which leads to their own page."""
_HOUR = timedelta(hours=1)
_HOURS_PER_DAY = 24
_CONTACTS = frozenset(
    {FaultKind.NOT_VERIFIED, FaultKind.ONE_PROVIDER, FaultKind.NO_METHOD}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapBlock:
    """One reason, or all of many, with the times.

    Attributes:
        causes: What has a part in it, of many reasons, the longest first, and what
            mends it, or "".
        times: The first of them, as beginning and end.
        more: How many more there are.
        remedies: What mends it, in words.
        is_about_contacts: A contact method is to blame.
        is_excused: It is meant.
    """

    reason: str
    causes: tuple[tuple[str, str], ...]
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
        place: The address of its own page.
        until: Until when it is proved.
        mender: Who can mend it: the team's lead, or "".
        mail: Where to write to them, or "".
    """

    name: str
    title: str
    place: str
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
        made_at: When the facts of the proof were read; none where there is no proof.
        is_coming: A newer proof is being made.
        again: The address of this page.
        lines: Services beyond those with a card, without their intents.
        missed: How many services are not covered.
        is_one: One service was asked for.
        unasked: Services of which nothing is asked.
    """

    start: Moment
    end: Moment | None
    cards: tuple[ServiceCard, ...]
    lines: tuple[ServiceCard, ...]
    missed: int
    is_one: bool
    unasked: tuple[str, ...]
    renewals: tuple[tuple[str, str, Moment], ...]
    trouble: str
    made_at: Moment | None
    is_coming: bool
    again: str


def coverage_screen(
    proof: Proof | None,
    *,
    made_at: datetime | None,
    trouble: str,
    is_coming: bool,
    reader: Reader,
    service: str = "",
) -> CoverageScreen:
    """Return the screen; without a proof it says why.

    Args:
        proof: The last one of all services.
        made_at: When its facts were read; none where there is no proof.
        trouble: Why there is no proof, or "".
        is_coming: A newer one is being made.
        reader: Who looks.
        service: The only one to be shown; all where empty.
    """
    services = () if proof is None else proof.services
    asked = [one for one in services if one.intents]
    asked.sort(key=lambda one: (one.is_proved, one.proved_until, one.service))
    wanted = [one for one in asked if service in {"", one.service}]
    start = reader.now if proof is None else proof.start
    renewals = {} if proof is None or service else proof.renewals
    return CoverageScreen(
        start=_moment(reader, start),
        end=None if proof is None else _moment(reader, proof.end),
        cards=tuple(_card(one, reader) for one in wanted[:CARDS_SHOWN]),
        lines=tuple(_line(one, reader) for one in wanted[CARDS_SHOWN:]),
        missed=sum(not one.is_proved for one in wanted),
        is_one=bool(service),
        unasked=tuple(
            _title(one, reader)
            for one in services
            if not one.intents and service in {"", one.service}
        ),
        renewals=tuple(
            (person(key.user, reader.snapshot, otherwise=""), key.method, ends_at)
            for key, at in renewals.items()
            for ends_at in (_moment(reader, at),)
        ),
        trouble=trouble,
        made_at=None if made_at is None else _moment(reader, made_at),
        is_coming=is_coming,
        again=_place(service) if service else PLACE,
    )


def _place(service: str) -> str:
    return f"{PLACE}?service={service}"


def _card(proved: ServiceProof, reader: Reader) -> ServiceCard:
    intents = tuple(_intent(one, reader) for one in proved.intents)
    return replace(_line(proved, reader), intents=intents)


def _line(proved: ServiceProof, reader: Reader) -> ServiceCard:
    """Return the card without what is asked."""
    team = reader.snapshot.teams.get(proved.team) if proved.team else None
    lead = reader.snapshot.users.get(team.lead) if team and team.lead else None
    until = proved.proved_until
    assert until is not None, "a service without intents has no card"
    return ServiceCard(
        name=proved.service,
        title=_title(proved, reader),
        place=_place(proved.service),
        is_proved=proved.is_proved,
        until=_moment(reader, until),
        declared_by=proved.declared_by,
        mender=""
        if lead is None or team is None
        else f"{lead.full_name}, {team.title}",
        mail="" if lead is None else lead.email,
        intents=(),
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
    if len(by_reason) > REASONS_SHOWN:
        return [_many(findings, reader, is_excused=is_excused)]
    return [
        _block(
            why,
            [(one.starts_at, one.ends_at) for one in several],
            several[0].faults,
            reader,
            is_excused=is_excused,
        )
        for why, several in by_reason.items()
    ]


def _many(findings: Sequence[Finding], reader: Reader, *, is_excused: bool) -> GapBlock:
    """Return one block for many reasons: their causes, the longest first."""
    found = summed_up(findings)
    shown = found.causes[:CAUSES_SHOWN]
    block = _block(
        f"{_length(found.lasts)} in all, for several reasons",
        found.stretches,
        [cause.fault for cause in shown],
        reader,
        is_excused=is_excused,
    )
    causes = [
        (
            f"{cause.fault.in_words()} ({_length(cause.lasts)})",
            "" if is_excused else cause.fault.remedy(),
        )
        for cause in shown
    ]
    if left := len(found.causes) - len(causes):
        causes.append((f"and {left} more", ""))
    return replace(block, causes=tuple(causes), remedies=())


def _block(
    why: str,
    times: Sequence[tuple[datetime, datetime]],
    faults: Sequence[Fault],
    reader: Reader,
    *,
    is_excused: bool,
) -> GapBlock:
    remedies = () if is_excused else dict.fromkeys(fault.remedy() for fault in faults)
    return GapBlock(
        reason=why,
        causes=(),
        times=tuple(
            (_moment(reader, start), _moment(reader, end))
            for start, end in times[:TIMES_SHOWN]
        ),
        more=max(0, len(times) - TIMES_SHOWN),
        remedies=tuple(remedies),
        is_about_contacts=any(fault.kind in _CONTACTS for fault in faults),
        is_excused=is_excused,
    )


def _length(lasts: timedelta) -> str:
    days, hours = divmod(round(lasts / _HOUR), _HOURS_PER_DAY)
    parts = [f"{days} d"] * bool(days) + [f"{hours} h"] * bool(hours or not days)
    return " ".join(parts)


def _moment(reader: Reader, at: datetime) -> Moment:
    return moment(at, zone=reader.zone, now=reader.now)
