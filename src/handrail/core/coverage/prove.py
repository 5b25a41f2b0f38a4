"""The proof: every instant of a window, by the edges at which anything changes.

What a page does is constant between edges: of the schedules it consults, moved back by
the delay at which it does, and of evidence that grows too old. A walk from one edge
says where the next one is, so that every instant is covered and none is sampled.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.coverage.evidence import Evidence, MethodKey
from handrail.core.coverage.judge import LATE_MAX, Judge, Judgement, Verdict
from handrail.core.coverage.page_source import PageSource, page_sources
from handrail.core.coverage.proof import Finding, IntentProof, Proof, ServiceProof
from handrail.core.coverage.rota import Rotas
from handrail.core.coverage.walk import Climb
from handrail.core.ids import Slug
from handrail.core.service.coverage_intent import CoverageIntent
from handrail.core.service.service import Service
from handrail.core.service.support_hours import SupportHours, open_times
from handrail.core.severity.severity import Urgency

WEEKS_MAX = 53
"""Further ahead nobody has planned anything."""

Stretch = tuple[datetime, datetime]
_Piece = tuple[datetime, datetime, Judgement]
_NONE = timedelta(0)


class Prover:
    """A proof in the making: service by service, with what they share worked out once.

    It may be spread over time; the answers are the same in any order.
    """

    def __init__(
        self, snapshot: Snapshot, *, evidence: Evidence, start: datetime, end: datetime
    ) -> None:
        """Take what holds in ``[start, end)``, UTC."""
        self._snapshot = snapshot
        self._evidence = evidence
        self._lapses = evidence.lapses()
        self._start = start
        self._end = end
        intents = (i for s in snapshot.services.values() for i in s.coverage.intents)
        within = max((intent.within for intent in intents), default=_NONE)
        ahead = within + LATE_MAX + timedelta(microseconds=1)
        self._rotas = Rotas(snapshot.schedules, start, end + ahead)
        self._sources = page_sources(snapshot)
        self._climbs: dict[tuple[Slug, Urgency], Climb] = {}
        self._pieces: dict[tuple[Slug, CoverageIntent], list[_Piece]] = {}

    def service(self, name: Slug) -> ServiceProof:
        """Return what becomes of a service's intents."""
        service = self._snapshot.services[name]
        return ServiceProof(
            service=name,
            team=service.team,
            declared_by=service.coverage.declared_by,
            intents=tuple(
                self._intent(service, one) for one in service.coverage.intents
            ),
        )

    def proof(self, services: Iterator[ServiceProof]) -> Proof:
        """Return the whole, of services judged by this prover."""
        return Proof(
            start=self._start,
            end=self._end,
            revision=self._snapshot.revision,
            services=tuple(services),
            renewals=self._renewals(),
            is_assumed=self._evidence.is_assumed,
        )

    def _intent(self, service: Service, intent: CoverageIntent) -> IntentProof:
        pages = tuple(
            page
            for page in self._sources[service.name]
            if page.urgency is intent.urgency
        )
        starts = self._starts(service, intent, pages)
        pieces = self._judged(service.escalation_policy, intent) if starts else []
        missed = _clipped(pieces, starts, Verdict.MISSED)
        policy = self._snapshot.policies.get(service.escalation_policy)
        return IntentProof(
            intent=intent,
            policy=None if policy is None else policy.name,
            pages=pages,
            counter_examples=missed,
            excused=_clipped(pieces, starts, Verdict.EXCUSED),
            proved_until=missed[0].starts_at if missed else self._end,
            asked_for=sum((end - start for start, end in starts), start=_NONE),
        )

    def _starts(
        self, service: Service, intent: CoverageIntent, pages: tuple[PageSource, ...]
    ) -> list[Stretch]:
        """Return when pages may start that the intent is about."""
        if not pages:
            return []
        wanted = self._open(intent.hours)
        if all(page.is_held for page in pages):
            return _both(wanted, self._open(service.support_hours))
        return wanted

    def _open(self, hours: SupportHours | None) -> list[Stretch]:
        if hours is None:
            return [(self._start, self._end)]
        return open_times(hours, self._start, self._end)

    def _judged(self, name: Slug, intent: CoverageIntent) -> list[_Piece]:
        """Return the window in pieces of one judgement, whatever the intent's hours."""
        core = replace(intent, hours=None)
        known = self._pieces.get((name, core))
        if known is None:
            climb = self._climb(name, intent.urgency)
            judge = Judge(core, self._evidence, self._lapses)
            known = list(_swept(climb, judge, self._start, self._end))
            self._pieces[name, core] = known
        return known

    def _climb(self, name: Slug, urgency: Urgency) -> Climb:
        known = self._climbs.get((name, urgency))
        if known is None:
            known = self._climbs[name, urgency] = Climb(
                self._snapshot.policies.get(name),
                urgency=urgency,
                snapshot=self._snapshot,
                rotas=self._rotas,
            )
        return known

    def _renewals(self) -> dict[MethodKey, datetime]:
        """Return what evidence ends in the window, of the methods looked at."""
        seen = {key for climb in self._climbs.values() for key in climb.methods()}
        ends = ((key, self._evidence.ends_at(key)) for key in sorted(seen))
        found = [
            (key, at)
            for key, at in ends
            if at is not None and self._start < at < self._end
        ]
        return dict(sorted(found, key=lambda pair: pair[1]))


def prove(
    snapshot: Snapshot, *, evidence: Evidence, start: datetime, end: datetime
) -> Proof:
    """Return what is proved of every service in ``[start, end)``, UTC."""
    prover = Prover(snapshot, evidence=evidence, start=start, end=end)
    return prover.proof(prover.service(name) for name in snapshot.services)


def _swept(
    climb: Climb, judge: Judge, start: datetime, end: datetime
) -> Iterator[_Piece]:
    """Yield ``[start, end)`` in pieces; neighbours never say the same."""
    at = begun = start
    said: Judgement | None = None
    while at < end:
        walk = climb.from_(at)
        judgement = judge.judge(walk)
        if said is not None and not _is_same(said, judgement):
            yield begun, at, said
            begun = at
        said = judgement
        at = end if walk.until is None else min(end, walk.until)
    if said is not None:
        yield begun, end, said


def _is_same(one: Judgement, other: Judgement) -> bool:
    if one.verdict is Verdict.MET:
        return other.verdict is Verdict.MET
    return one == other


def _clipped(
    pieces: list[_Piece], starts: list[Stretch], verdict: Verdict
) -> tuple[Finding, ...]:
    """Return the pieces of a verdict as far as pages may start in them."""
    wanted = [piece for piece in pieces if piece[2].verdict is verdict]
    found: list[Finding] = []
    place = 0
    for starts_at, ends_at, judgement in wanted:
        while place < len(starts) and starts[place][1] <= starts_at:
            place += 1
        index = place
        while index < len(starts) and starts[index][0] < ends_at:
            found.append(
                Finding(
                    starts_at=max(starts_at, starts[index][0]),
                    ends_at=min(ends_at, starts[index][1]),
                    people=judgement.people,
                    faults=judgement.faults,
                    met_after=judgement.met_after,
                )
            )
            index += 1
    return tuple(found)


def _both(one: list[Stretch], other: list[Stretch]) -> list[Stretch]:
    """Return the times that lie in both; each is sorted and disjoint."""
    return [
        (max(a, c), min(b, d))
        for a, b in one
        for c, d in other
        if max(a, c) < min(b, d)
    ]
