"""A proof as plain data: what the API answers and ``--json`` writes.

The shape is documented in docs/coverage.md and only ever gains fields.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from handrail.core.coverage.diagnose import minutes
from handrail.core.coverage.fault import Fault
from handrail.core.coverage.proof import Finding, IntentProof, Proof, ServiceProof
from handrail.core.coverage.summary import Summary, summed_up
from handrail.core.service.coverage_intent import CoverageIntent
from handrail.core.service.support_hours import SupportHours

FINDINGS_MAX = 5_000
"""More are not listed unless they are asked for: no one reads them, and they weigh."""
EXAMPLES_OF_MANY = 3
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SECOND = timedelta(seconds=1)


class FaultView(msgspec.Struct, frozen=True, kw_only=True):
    """One cause of a finding.

    Attributes:
        kind: A stable word.
        level: From 1; 0 for the last resort; none where no level is meant.
        says: What is wrong, in words.
        remedy: What mends it.
    """

    kind: str
    level: int | None
    target: str
    person: str | None
    methods: list[str]
    says: str
    remedy: str


class FindingView(msgspec.Struct, frozen=True, kw_only=True):
    """Pages that start in ``[starts_at, ends_at)`` miss the intent.

    Attributes:
        people: Who is reached well enough in time.
        reason: Why it is not enough, in words.
        met_after_seconds: When it is enough all the same, from the page's start;
            none where it is not within a day after the limit.
        late_by_seconds: The same from the limit on.
    """

    starts_at: datetime
    ends_at: datetime
    people: list[str]
    reason: str
    met_after_seconds: float | None
    late_by_seconds: float | None
    faults: list[FaultView]


class CauseView(msgspec.Struct, frozen=True, kw_only=True):
    """A fault, and for how long it has a part in what is missed."""

    fault: FaultView
    seconds: float


class StretchView(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch ``[starts_at, ends_at)``."""

    starts_at: datetime
    ends_at: datetime


class SummaryView(msgspec.Struct, frozen=True, kw_only=True):
    """What all findings come to, also those that are not listed.

    Attributes:
        total: How many there are.
        seconds: Their time in all.
        stretches: Their times; those that meet are one. The first of them, where
            findings are left out.
        stretches_total: How many stretches there are.
        ends_at: When the last one ends; none where there is none.
        causes: What has a part in them, the longest first.
    """

    total: int
    seconds: float
    stretches: list[StretchView]
    stretches_total: int
    ends_at: datetime | None
    causes: list[CauseView]


class PageSourceView(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which a page about the service begins."""

    via: str
    severity: str
    is_held: bool


class IntentView(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one intent.

    Attributes:
        asks: The intent, in words.
        hours: When pages may start, in words.
        asked_for_seconds: How much of the window that is.
        proved_until: No page that starts before it misses the intent.
        counter_examples: Where pages miss it; the first, where there are very many.
        excused: Missed because of turns of nobody, which is meant; likewise.
        missed: What all counter-examples come to.
        meant: What all that is excused comes to.
    """

    asks: str
    hours: str
    urgency: str
    people: int
    methods: int
    within_seconds: float
    intended_gaps: str
    last_resort: str
    policy: str | None
    pages: list[PageSourceView]
    asked_for_seconds: float
    is_proved: bool
    proved_until: datetime
    counter_examples: list[FindingView]
    excused: list[FindingView]
    missed: SummaryView
    meant: SummaryView


class ServiceProofView(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a service's intents."""

    service: str
    team: str | None
    declared_by: str
    is_proved: bool
    proved_until: datetime | None
    intents: list[IntentView]


class RenewalView(msgspec.Struct, frozen=True, kw_only=True):
    """A contact method that the proof rests on, whose evidence ends in the window."""

    user: str
    method: str
    kind: str
    ends_at: datetime


class ProofView(msgspec.Struct, frozen=True, kw_only=True):
    """What was proved of ``[starts_at, ends_at)``.

    Attributes:
        revision: Of the configuration; 0 for files.
        tzdata: The version of the time-zone rules.
        evidence: ``recorded``; ``assumed``, where every contact method is taken as
            verified; or ``unknown``, where it is and nobody asked for that.
        is_proved: No counter-example, and evidence that is not unknown.
        services: Those that something is asked of.
        not_asked: Services of which nothing is asked: nothing is proved of them.
    """

    starts_at: datetime
    ends_at: datetime
    revision: int
    tzdata: str
    evidence: str
    is_proved: bool
    services: list[ServiceProofView]
    not_asked: list[str]
    renewals: list[RenewalView]


def proof_view(
    proof: Proof, *, evidence: str, tzdata: str, examples: int | None = None
) -> ProofView:
    """Return a proof as plain data.

    Args:
        proof: The proof.
        evidence: ``recorded``, ``assumed`` or ``unknown``.
        tzdata: The version of the time-zone rules.
        examples: List at most so many findings of each kind an intent; none: all of
            them, or a few where that would be more than ``FINDINGS_MAX`` in all.
    """
    asked = [one for one in proof.services if one.intents]
    if examples is None:
        found = sum(_findings(one) for one in asked)
        examples = found if found <= FINDINGS_MAX else EXAMPLES_OF_MANY
    return ProofView(
        starts_at=proof.start,
        ends_at=proof.end,
        revision=proof.revision,
        tzdata=tzdata,
        evidence=evidence,
        is_proved=proof.is_proved and evidence != "unknown",
        services=[_service(one, examples) for one in asked],
        not_asked=[one.service for one in proof.services if not one.intents],
        renewals=[
            RenewalView(
                user=key.user, method=key.method, kind=str(key.kind), ends_at=ends_at
            )
            for key, ends_at in proof.renewals.items()
        ],
    )


def finding_view(found: Finding, intent: CoverageIntent) -> FindingView:
    """Return a finding as plain data."""
    after = found.met_after
    late_by = None if after is None else after - intent.within
    return FindingView(
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        people=list(found.people),
        reason=reason(found, intent),
        met_after_seconds=_seconds(after),
        late_by_seconds=_seconds(late_by),
        faults=[_fault(fault) for fault in found.faults],
    )


def reason(found: Finding, intent: CoverageIntent) -> str:
    """Return why an intent is missed, in words."""
    told = [fault.in_words() for fault in found.faults]
    if found.met_after is not None:
        late = minutes(found.met_after - intent.within)
        told.append(f"enough only {minutes(found.met_after)} after, {late} too late")
    return "; ".join(told)


def asks(intent: CoverageIntent) -> str:
    """Return an intent in words, without its hours."""
    people = "1 person" if intent.people == 1 else f"{intent.people} people"
    ways = "1 verified contact method"
    if intent.methods > 1:
        ways = f"{intent.methods} independent verified contact methods"
    each = " each" if intent.people > 1 else ""
    return (
        f"{people} through {ways}{each}, within {minutes(intent.within)} of a page "
        f"of {intent.urgency} urgency"
    )


def hours(given: SupportHours | None) -> str:
    """Return hours in words, such as ``mon-fri 09:00-17:00 Europe/Berlin``."""
    if given is None:
        return "at all hours"
    windows = (
        f"{_weekdays(window.weekdays)} {window.start:%H:%M}-{window.end:%H:%M}"
        for window in given.windows
    )
    return f"{', '.join(windows)} {given.time_zone}"


def _weekdays(days: Iterable[int]) -> str:
    found = sorted(days)
    is_run = len(found) > 1 and found[-1] - found[0] == len(found) - 1
    if is_run:
        return f"{_DAYS[found[0]]}-{_DAYS[found[-1]]}"
    return " ".join(_DAYS[day] for day in found)


def _findings(proved: ServiceProof) -> int:
    return sum(len(one.counter_examples) + len(one.excused) for one in proved.intents)


def _service(proved: ServiceProof, examples: int) -> ServiceProofView:
    return ServiceProofView(
        service=proved.service,
        team=proved.team,
        declared_by=proved.declared_by,
        is_proved=proved.is_proved,
        proved_until=proved.proved_until,
        intents=[_intent(one, examples) for one in proved.intents],
    )


def _intent(proved: IntentProof, examples: int) -> IntentView:
    intent = proved.intent
    missed, meant = proved.counter_examples, proved.excused
    return IntentView(
        asks=asks(intent),
        hours=hours(intent.hours),
        urgency=str(intent.urgency),
        people=intent.people,
        methods=intent.methods,
        within_seconds=intent.within / _SECOND,
        intended_gaps=str(intent.intended_gaps),
        last_resort=str(intent.last_resort),
        policy=proved.policy,
        pages=[
            PageSourceView(
                via=page.via, severity=str(page.severity), is_held=page.is_held
            )
            for page in proved.pages
        ],
        asked_for_seconds=proved.asked_for / _SECOND,
        is_proved=proved.is_proved,
        proved_until=proved.proved_until,
        counter_examples=[finding_view(one, intent) for one in missed[:examples]],
        excused=[finding_view(one, intent) for one in meant[:examples]],
        missed=_summary(summed_up(missed), examples),
        meant=_summary(summed_up(meant), examples),
    )


def _summary(found: Summary, examples: int) -> SummaryView:
    shown = found.stretches[:examples]
    return SummaryView(
        total=found.total,
        seconds=found.lasts / _SECOND,
        stretches=[StretchView(starts_at=start, ends_at=end) for start, end in shown],
        stretches_total=len(found.stretches),
        ends_at=found.stretches[-1][1] if found.stretches else None,
        causes=[
            CauseView(fault=_fault(one.fault), seconds=one.lasts / _SECOND)
            for one in found.causes
        ],
    )


def _fault(fault: Fault) -> FaultView:
    return FaultView(
        kind=str(fault.kind),
        level=None if fault.level is None else fault.level + 1,
        target=fault.target,
        person=fault.person,
        methods=list(fault.methods),
        says=fault.in_words(),
        remedy=fault.remedy(),
    )


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span / _SECOND
