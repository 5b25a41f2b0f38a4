"""Whether a page's walk meets an intent, and what is wrong where it does not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum, unique
from functools import partial

from handrail.core.coverage.diagnose import Told, level_faults, person_faults
from handrail.core.coverage.evidence import Evidence, MethodKey
from handrail.core.coverage.fault import Fault, FaultKind
from handrail.core.coverage.turns import ways
from handrail.core.coverage.walk import Step, Walk
from handrail.core.ids import Slug
from handrail.core.paging.page import LAST_RESORT_LEVEL
from handrail.core.service.coverage_intent import (
    CoverageIntent,
    IntendedGaps,
    LastResortCounts,
)

LATE_MAX = timedelta(days=1)
"""How long after the limit help that comes too late is looked for."""

Lapse = tuple[MethodKey, timedelta]
"""A contact method whose evidence is too old at this delay from the page's start."""


@unique
class Verdict(StrEnum):
    """Met, missed because somebody meant it so, or missed."""

    MET = "met"
    EXCUSED = "excused"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on every page of a stretch, with its reasons.

    Attributes:
        people: Who is reached well enough in time, when it is not enough.
        faults: What is wrong; empty where met.
        met_after: How long after its start a page gets there all the same; none:
            not within ``LATE_MAX`` after the limit.
    """

    verdict: Verdict
    people: tuple[Slug, ...] = ()
    faults: tuple[Fault, ...] = ()
    met_after: timedelta | None = None


class Judge:
    """Judges the walks of one intent by what evidence there is."""

    def __init__(
        self,
        intent: CoverageIntent,
        evidence: Evidence,
        lapses: Mapping[MethodKey, datetime],
    ) -> None:
        """Take the intent, whose hours are for the caller to heed.

        ``lapses`` is what ``evidence`` says of itself, worked out once for all intents.
        """
        self._intent = intent
        self._evidence = evidence
        self._lapses = lapses
        self._known: dict[object, Judgement] = {}

    def judge(self, walk: Walk) -> Judgement:
        """Judge the pages that start at the walk's instant.

        From then on ``walk.until`` says how long the judgement stands.
        """
        limit = self._intent.within
        found = self._judged(walk, limit)
        if found.verdict is Verdict.MET:
            return found
        late = self._judged(walk, limit + LATE_MAX)
        verdict = found.verdict
        if self._intent.intended_gaps is IntendedGaps.EXCUSED and any(
            fault.kind is FaultKind.INTENDED_GAP for fault in found.faults
        ):
            # Excused is what would be met, were somebody there who is meant not to be.
            filled = self._judged(walk, limit, is_filled=True)
            is_to_blame = filled.verdict is Verdict.MET
            verdict = Verdict.EXCUSED if is_to_blame else Verdict.MISSED
        return replace(found, verdict=verdict, met_after=late.met_after)

    def _judged(
        self, walk: Walk, limit: timedelta, *, is_filled: bool = False
    ) -> Judgement:
        steps = tuple(walk.steps(limit=limit, is_filled=is_filled))
        lapsed = self._lapsed(steps, walk) if self._lapses else frozenset()
        key = (steps, lapsed)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._judgement(steps, lapsed)
        return known

    def _lapsed(self, steps: Sequence[Step], walk: Walk) -> frozenset[Lapse]:
        """Return what no longer counts; the walk is cut where more of it lapses."""
        found: set[Lapse] = set()
        for step in steps:
            for contact in step.view.contacts:
                ends_at = self._lapses.get(contact.key)
                if ends_at is None:
                    continue
                after = step.after + contact.after
                if walk.at + after >= ends_at:
                    found.add((contact.key, after))
                else:
                    walk.cut(ends_at - after)
        return frozenset(found)

    def _judgement(self, steps: Sequence[Step], lapsed: frozenset[Lapse]) -> Judgement:
        # What is not cover takes nobody's turn away.
        relevant = tuple(step for step in steps if self._counts(step))
        found = (
            self._of_way(steps, way, lapsed)
            for way in ways(relevant, partial(self._by_step, lapsed=lapsed))
        )
        return max(found, key=_badness)

    def _of_way(
        self, steps: Sequence[Step], way: Sequence[Step], lapsed: frozenset[Lapse]
    ) -> Judgement:
        """Return the judgement of one way for the turns to fall."""
        intent = self._intent
        people = self._people(way, lapsed)
        reached = {name: _reached_after(told, intent.methods) for name, told in people}
        times = [after for after in reached.values() if after is not None]
        times = sorted([*times, *_stand_ins(steps)])
        is_enough = len(times) >= intent.people
        met_after = times[intent.people - 1] if is_enough else None
        if met_after is not None and met_after <= intent.within:
            return Judgement(verdict=Verdict.MET, met_after=met_after)
        in_time = tuple(
            name
            for name, after in reached.items()
            if after is not None and after <= intent.within
        )
        faults = (
            *level_faults(steps, intent),
            # By name: who comes first in a level changes with every handoff.
            *sorted(
                person_faults(people, set(in_time), intent, self._evidence),
                key=lambda fault: (fault.person or "", fault.kind),
            ),
        )
        if not faults or in_time:
            faults = (*faults, _too_few(len(in_time), intent.people))
        return Judgement(
            verdict=Verdict.MISSED,
            people=in_time,
            faults=faults,
            met_after=met_after,
        )

    def _counts(self, step: Step) -> bool:
        """Return whether people who are told at this step are cover."""
        is_net = step.level == LAST_RESORT_LEVEL
        return not is_net or self._intent.last_resort is LastResortCounts.YES

    def _by_step(
        self, step: Step, who: Slug, *, lapsed: frozenset[Lapse]
    ) -> timedelta | None:
        told = dict(self._people((step,), lapsed)).get(who, [])
        return _reached_after(told, self._intent.methods)

    def _people(
        self, steps: Sequence[Step], lapsed: frozenset[Lapse]
    ) -> list[tuple[Slug, list[Told]]]:
        """Return everybody who is responsible and told, in the order of the levels."""
        counts = self._evidence.counts_until
        found: dict[Slug, list[Told]] = {}
        for step in steps:
            for contact in step.view.contacts:
                after = step.after + contact.after
                is_old = counts(contact.key) is None or (contact.key, after) in lapsed
                told = Told(contact, after, not is_old)
                found.setdefault(contact.key.user, []).append(told)
        return list(found.items())


def _badness(found: Judgement) -> tuple[bool, int, timedelta]:
    """Return what makes one way for turns to fall worse than another."""
    after = timedelta.max if found.met_after is None else found.met_after
    return found.verdict is Verdict.MISSED, -len(found.people), after


def _stand_ins(steps: Sequence[Step]) -> Iterable[timedelta]:
    """Return after how long each turn of nobody that is taken as filled is reached."""
    first: dict[str, timedelta] = {}
    for step in steps:
        for target in step.stand_ins:
            first.setdefault(target, step.after)
    return first.values()


def _reached_after(told: Iterable[Told], methods: int) -> timedelta | None:
    """Return the delay after which so many independent methods were used, if ever."""
    first: dict[str, timedelta] = {}
    for one in told:
        carrier = one.contact.provider.name
        if one.counts and one.after < first.get(carrier, timedelta.max):
            first[carrier] = one.after
    times = sorted(first.values())
    return times[methods - 1] if len(times) >= methods else None


def _too_few(found: int, wanted: int) -> Fault:
    people = "person" if wanted == 1 else "people"
    detail = f"{found} of {wanted} {people} in time"
    return Fault(kind=FaultKind.TOO_FEW, detail=detail)
