"""Why an intent is not met: the faults of levels and of people."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from handrail.core.coverage.evidence import Evidence
from handrail.core.coverage.fault import Fault, FaultKind
from handrail.core.coverage.view import Contact, LevelView
from handrail.core.coverage.walk import Step
from handrail.core.ids import Slug
from handrail.core.paging.page import LAST_RESORT_LEVEL
from handrail.core.service.coverage_intent import CoverageIntent, LastResortCounts


class Told(NamedTuple):
    """One message to a person.

    Attributes:
        after: Delay from the page's start.
        counts: Whether its method is verified then.
    """

    contact: Contact
    after: timedelta
    counts: bool


def level_faults(steps: Sequence[Step], intent: CoverageIntent) -> Iterator[Fault]:
    """Yield what is wrong with levels that are told in time, each once."""
    seen: set[Fault] = set()
    is_first = True
    for step in steps:
        if step.after > intent.within:
            return
        if step.level == LAST_RESORT_LEVEL:
            yield from _last_resort(step, intent, is_first=is_first)
            return
        is_first = False
        for fault in _level(step.level, step.view):
            if fault not in seen:
                seen.add(fault)
                yield fault


def _last_resort(
    step: Step, intent: CoverageIntent, *, is_first: bool
) -> Iterator[Fault]:
    if is_first:
        yield Fault(kind=FaultKind.NO_POLICY)
    when = "at once" if not step.after else f"after {minutes(step.after)}"
    if intent.last_resort is LastResortCounts.NO:
        when += ", which is no cover"
    else:
        yield from _level(LAST_RESORT_LEVEL, step.view)
    yield Fault(kind=FaultKind.LAST_RESORT, level=LAST_RESORT_LEVEL, detail=when)


def _level(level: int, view: LevelView) -> Iterator[Fault]:
    for gap in view.gaps:
        kind = FaultKind.LEADS_NOWHERE
        if gap.target.startswith("schedule:"):
            kind = FaultKind.INTENDED_GAP if gap.is_intended else FaultKind.GAP
        yield Fault(kind=kind, level=level, target=gap.target)
    for name in view.silent:
        yield Fault(kind=FaultKind.NO_METHOD, level=level, person=name)
    if view.contacts:
        return
    if view.shadows:
        detail = ", ".join(view.shadows)
        yield Fault(kind=FaultKind.ONLY_SHADOWS, level=level, detail=detail)
    if view.channels:
        detail = ", ".join(view.channels)
        yield Fault(kind=FaultKind.ONLY_CHANNELS, level=level, detail=detail)
    if view.is_empty and not view.gaps and not view.silent:
        target = " and ".join(view.targets)
        yield Fault(kind=FaultKind.LEADS_NOWHERE, level=level, target=target)


def person_faults(
    people: Iterable[tuple[Slug, Sequence[Told]]],
    enough: set[Slug],
    intent: CoverageIntent,
    evidence: Evidence,
) -> Iterator[Fault]:
    """Yield why people who are sought in time do not count.

    Args:
        people: Everybody who is told, and what.
        enough: Those who do count.
        intent: What is asked.
        evidence: What is known of their methods.
    """
    for name, told in people:
        in_time = [one for one in told if one.after <= intent.within]
        if not in_time or name in enough:
            continue
        if _providers(in_time) < intent.methods:
            if _providers(told) >= intent.methods:
                yield _too_late(name, told, intent)
            else:
                yield _few_providers(name, told)
        doubted = _doubted(in_time)
        if doubted:
            said = sorted({_age(one.contact, evidence) for one in doubted})
            yield Fault(
                kind=FaultKind.NOT_VERIFIED,
                person=name,
                methods=_methods(doubted),
                detail="; ".join(said),
            )


def _doubted(told: Sequence[Told]) -> list[Told]:
    """Return the messages whose method does not count although its time has come."""
    good = {one.contact.provider for one in told if one.counts}
    return [one for one in told if not one.counts and one.contact.provider not in good]


def _providers(told: Iterable[Told]) -> int:
    return len({one.contact.provider for one in told})


def _methods(told: Iterable[Told]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.contact.key.method for one in told))


def _few_providers(name: Slug, told: Sequence[Told]) -> Fault:
    carriers = dict.fromkeys(one.contact.provider.name for one in told)
    return Fault(
        kind=FaultKind.ONE_PROVIDER,
        person=name,
        methods=_methods(told),
        detail=" and ".join(carriers),
    )


def _too_late(name: Slug, told: Sequence[Told], intent: CoverageIntent) -> Fault:
    late = [one for one in told if one.after > intent.within]
    first = min(one.after for one in late)
    return Fault(
        kind=FaultKind.METHOD_TOO_LATE,
        person=name,
        methods=_methods(late),
        detail=f"after {minutes(first)}",
    )


def _age(contact: Contact, evidence: Evidence) -> str:
    ends_at = evidence.ends_at(contact.key)
    if ends_at is None:
        return "never shown"
    shown = ends_at - evidence.lasts
    return f"last shown {shown:%Y-%m-%d}"


def minutes(span: timedelta) -> str:
    """Return a delay as people say it: ``90s``, ``5m``, ``1h30m``."""
    total = int(span.total_seconds())
    hours, rest = divmod(total, 3600)
    whole, seconds = divmod(rest, 60)
    parts = ((hours, "h"), (whole, "m"), (seconds, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"
