"""Why somebody is on call at an instant: rule → restriction → override → person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique

from handrail.core import wall_clock
from handrail.core.ids import Slug
from handrail.core.schedule import restriction
from handrail.core.schedule.layer import pieces, rotation_zone
from handrail.core.schedule.override import apply, rank
from handrail.core.schedule.resolve import planned, resolve
from handrail.core.schedule.rotation import counts_until, period_at
from handrail.core.schedule.schedule import (
    Combination,
    Layer,
    Override,
    OverrideMode,
    Rotation,
    Schedule,
    Turns,
)
from handrail.core.schedule.stratum import strata

_INSTANT = timedelta(microseconds=1)


@unique
class StepKind(StrEnum):
    """What a step of the chain is about."""

    RULE = "rule"
    RESTRICTION = "restriction"
    OVERRIDE = "override"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One link of the chain.

    Attributes:
        kind: What it is about.
        name: The layer or override; the schedule's for the last step.
        says: What it says, in words; times are in the schedule's zone.
        is_decisive: Whether the answer rests on it. Steps that were covered, were
            silent or did nothing are told all the same.
    """

    kind: StepKind
    name: Slug
    says: str
    is_decisive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The chain for one schedule and instant, and where it ends.

    Attributes:
        users: Who is on call, as ``resolve`` says.
        shadows: Who goes along.
    """

    schedule: Slug
    at: datetime
    steps: tuple[Step, ...]
    users: tuple[Slug, ...]
    shadows: tuple[Slug, ...]

    def in_words(self) -> str:
        """Return the decisive links in a line."""
        told = (step.says for step in self.steps if step.is_decisive)
        return " → ".join((f"schedule {self.schedule}", *told))


def explain(schedule: Schedule, at: datetime) -> Explanation:
    """Return why the answer at an instant is what it is."""
    tile = resolve(schedule, at, at + _INSTANT)[0]
    layers = {duty.layer for duty in (*tile.duties, *tile.shadows)}
    steps = [
        *_rules(schedule, at, layers),
        *_overrides(schedule, at),
        Step(
            kind=StepKind.PERSON,
            name=schedule.name,
            says=_people(tile.users, tile.companions, is_intended=tile.is_intended),
            is_decisive=True,
        ),
    ]
    return Explanation(
        schedule=schedule.name,
        at=at,
        steps=tuple(steps),
        users=tile.users,
        shadows=tile.companions,
    )


def _rules(
    schedule: Schedule, at: datetime, layers: set[Slug | None]
) -> Iterator[Step]:
    """Yield what each layer in force says, and why those that are silent are."""
    in_force = schedule.layers_at(at)
    said = {layer.name: _said(layer, schedule, at) for layer in in_force}
    covering = [
        layer.name
        for stratum in strata(in_force)
        for layer in stratum
        if said[layer.name] is not None and _covers(stratum[0])
    ]
    last = covering[-1] if covering else None
    for layer in in_force:
        users = said[layer.name]
        if users is None:
            yield Step(
                kind=StepKind.RESTRICTION,
                name=layer.name,
                says=f"layer {layer.name} is silent: {_silence(layer, schedule, at)}",
                is_decisive=False,
            )
            continue
        yield Step(
            kind=StepKind.RULE,
            name=layer.name,
            says=_rule(layer, schedule, at, users),
            is_decisive=layer.name in layers or layer.name == last,
        )


def _said(layer: Layer, schedule: Schedule, at: datetime) -> tuple[Slug, ...] | None:
    """Return whom the layer puts on duty at an instant; None where it is silent."""
    found = pieces(layer, time_zone=schedule.time_zone, within=[(at, at + _INSTANT)])
    return found[0].users if found else None


def _covers(layer: Layer) -> bool:
    return layer.combination is not Combination.TOGETHER and not layer.is_shadow


def _rule(
    layer: Layer, schedule: Schedule, at: datetime, users: tuple[Slug, ...]
) -> str:
    """Say whose turn of the layer it is, and until when, in local time."""
    who = " and ".join(users) or "nobody"
    shadow = ", as shadow" if layer.is_shadow else ""
    if layer.rotation is None:
        return f"layer {layer.name}, a listed shift of {who}{shadow}"
    zone = rotation_zone(layer, schedule.time_zone)
    period, _, ends_at = period_at(layer.rotation, zone, at)
    turn = _turn(layer, layer.rotation, period)
    if layer.rotation.lasts is not None:
        ends_at = min(ends_at, counts_until(layer.rotation, zone, period))
    until = _local(ends_at, schedule)
    return f"layer {layer.name}, turn {turn} of {who} until {until}{shadow}"


def _turn(layer: Layer, rotation: Rotation, period: int) -> int | None:
    if layer.turns is Turns.ALWAYS:
        return period
    return restriction.turn_of_period(rotation, layer.windows, period)


def _silence(layer: Layer, schedule: Schedule, at: datetime) -> str:
    """Say why a layer has nothing to say at an instant."""
    if layer.starts_at is not None and at < layer.starts_at:
        return f"it begins on {_local(layer.starts_at, schedule)}"
    if layer.ends_at is not None and at >= layer.ends_at:
        return f"it ended on {_local(layer.ends_at, schedule)}"
    for holiday in layer.holidays:
        if holiday.starts_at <= at < holiday.ends_at:
            return f"it skips {holiday.title or 'a holiday'}"
    if layer.rotation is None:
        return "it lists no shift then"
    if layer.rotation.lasts is not None:
        zone = rotation_zone(layer, schedule.time_zone)
        period, _, _ = period_at(layer.rotation, zone, at)
        if counts_until(layer.rotation, zone, period) <= at:
            return "the part of its turn that counts is over"
    return "outside its hours"


def _overrides(schedule: Schedule, at: datetime) -> Iterator[Step]:
    """Yield what each override in force does to what came before it."""
    active = schedule.overrides_within(at, at + _INSTANT)
    if not active:
        return
    duties = planned(schedule, at, at + _INSTANT)[0].duties
    ordered = sorted(active, key=rank)
    for place, override in enumerate(ordered):
        changed = apply(duties, override)
        shadowing = _shadowing(override, ordered[place + 1 :])
        does_nothing = changed == duties
        note = ""
        if does_nothing:
            note = ", which changes nothing"
        elif shadowing is not None:
            note = f", shadowed by {shadowing.name}, created later"
        yield Step(
            kind=StepKind.OVERRIDE,
            name=override.name,
            says=_override_in_words(override, schedule) + note,
            is_decisive=not does_nothing and shadowing is None,
        )
        duties = changed


def _shadowing(override: Override, later: list[Override]) -> Override | None:
    """Return the later override that leaves nothing of this one, if any."""
    for other in later:
        if other.mode is not OverrideMode.REPLACE:
            continue
        if override.mode is OverrideMode.REPLACE and other.instead_of in {
            None,
            override.user,
        }:
            return other
    return None


def _override_in_words(override: Override, schedule: Schedule) -> str:
    until = _local(override.ends_at, schedule)
    does = {
        OverrideMode.REPLACE: f"{override.user} instead of "
        f"{override.instead_of or 'everyone'}",
        OverrideMode.ADD: f"{override.user} as well",
        OverrideMode.REMOVE: f"without {override.user}",
    }
    return f"override {override.name}: {does[override.mode]} until {until}"


def _people(
    users: tuple[Slug, ...], shadows: tuple[Slug, ...], *, is_intended: bool
) -> str:
    gap = "nobody (an intended gap)" if is_intended else "nobody (a gap)"
    along = f", with {' and '.join(shadows)} as shadow" if shadows else ""
    return (" and ".join(users) or gap) + along


def _local(at: datetime, schedule: Schedule) -> str:
    zone = wall_clock.zone(schedule.time_zone)
    return f"{wall_clock.local(at, zone):%Y-%m-%d %H:%M} {schedule.time_zone}"
