"""What if it fires then: the question as a form, the answer as a sequence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.severity.severity import Severity
from handrail.core.whatif.simulation import Simulation, Step
from handrail.core.whatif.wording import StepKind
from handrail.web.screens.moment import Moment, moment, span, typed
from handrail.web.screens.next_level import person
from handrail.web.screens.page import Reader

PLACE = "/oncall/simulate"
_SECONDS_PER_HOUR = 3600
_LEVELS_AT_LEAST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """What the form says, as it was typed; "" where nothing was.

    Attributes:
        who: Who answers; "" for nobody.
        level: Only when told at this level: ``1``, ``2``, …, ``last``; "" for any.
        after: How long after the contact, such as ``3m``; "" for at once.
    """

    service: str = ""
    at: str = ""
    severity: str = ""
    who: str = ""
    level: str = ""
    after: str = ""

    @property
    def acks(self) -> list[str]:
        """Return who answers, as the command line spells it."""
        if not self.who:
            return []
        at = f"@{self.level}" if self.level else ""
        after = f"+{self.after.strip()}" if self.after.strip() else ""
        return [f"{self.who}{at}{after}"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option of a list."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One thing that happens.

    Attributes:
        offset: Since it fired: ``at once``, ``+5:00``.
        at: When, for the reader.
        kind: As in the core's steps, for the style.
        who: Who is told, or "".
        says: What happens; of somebody told, how.
        there: The clock where they are, or "".
        why: The chain that led there, or ""; once for a person and level.
    """

    offset: str
    at: Moment
    kind: str
    who: str
    says: str
    there: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What would happen.

    Attributes:
        outcome: In words: how it ends.
        is_unheard: Nobody responsible is told, or everybody's time runs out.
        command: The same question on the command line.
    """

    title: str
    decided_by: str
    how: str
    at: Moment
    behaviour: str
    outcome: str
    is_unheard: bool
    lines: tuple[StepLine, ...]
    never_told: tuple[str, ...]
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationScreen:
    """The form, what is wrong with it, and the answer.

    Attributes:
        about: Of which schedule or policy the services are, or "".
        faults: From a field to what is wrong there.
    """

    services: tuple[Choice, ...]
    severities: tuple[Choice, ...]
    people: tuple[Choice, ...]
    levels: tuple[Choice, ...]
    about: str
    typed: str
    after: str
    zone: str
    faults: Mapping[str, str]
    answer: Answer | None


def simulation_screen(
    supposed: Supposed,
    found: Simulation | None,
    *,
    at: datetime,
    about: str,
    faults: Mapping[str, str],
    reader: Reader,
) -> SimulationScreen:
    """Return the screen.

    Args:
        supposed: What was asked.
        found: What would happen; none where nothing was asked or something is wrong.
        at: The instant that was asked about.
        about: ``schedule:NAME`` or ``policy:NAME``: only services that lead there.
        faults: From a field to what is wrong there.
        reader: Who looks.
    """
    snapshot = reader.snapshot
    services = services_of(about, snapshot) or tuple(sorted(snapshot.services))
    if supposed.service in snapshot.services and supposed.service not in services:
        services = tuple(sorted(snapshot.services))
        about = ""
    depth = max(
        (len(policy.levels) for policy in snapshot.policies.values()),
        default=_LEVELS_AT_LEAST,
    )
    levels = [("", "any level")]
    levels += [(str(n), f"level {n}") for n in range(1, depth + 1)]
    levels += [("last", "the last resort")]
    people = [("", "Nobody")]
    people += [(u, person(u, snapshot, otherwise=u)) for u in sorted(snapshot.users)]
    severities = [("", "As the service has it"), *((s, s) for s in Severity)]
    named = [(name, snapshot.services[name].title) for name in services]
    return SimulationScreen(
        services=_choices(named, supposed.service),
        severities=_choices(severities, supposed.severity.upper()),
        people=_choices(people, supposed.who),
        levels=_choices(levels, supposed.level),
        about=_title_of(about, snapshot),
        typed=supposed.at if "at" in faults else typed(at, zone=reader.zone),
        after=supposed.after,
        zone=reader.zone,
        faults=faults,
        answer=None if found is None else _answer(found, supposed, reader),
    )


def services_of(about: str, snapshot: Snapshot) -> tuple[Slug, ...]:
    """Return the services whose pages can lead to ``schedule:NAME`` or ``policy:NAME``.

    By name; those of nothing are none.
    """
    kind, _, name = about.partition(":")
    if kind == "policy":
        policies = {policy for policy in snapshot.policies if policy == name}
    else:
        policies = {
            policy.name
            for policy in snapshot.policies.values()
            if any(str(to) == about for one in policy.levels for to in one.targets)
        }
    services = snapshot.services.values()
    return tuple(sorted(s.name for s in services if s.escalation_policy in policies))


def _title_of(about: str, snapshot: Snapshot) -> str:
    if not services_of(about, snapshot):
        return ""
    kind, _, name = about.partition(":")
    title = next((s.title for s in snapshot.schedules.values() if s.name == name), name)
    return f"the {kind} {title if kind == 'schedule' else name}"


def _choices(options: Sequence[tuple[str, str]], chosen: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(value=value, words=words, is_chosen=value == chosen)
        for value, words in options
    )


def _answer(found: Simulation, supposed: Supposed, reader: Reader) -> Answer:
    service = reader.snapshot.services[Slug(found.service)] if found.service else None
    return Answer(
        title=service.title if service else "no service",
        decided_by=found.decided_by,
        how=f"{found.severity}, {found.urgency} urgency, "
        + (f"policy {found.policy}" if found.policy else "no policy"),
        at=_moment(found.at, reader),
        behaviour=_behaviour(supposed, reader),
        outcome=_outcome(found),
        is_unheard=found.seconds_to_contact is None or found.outcome == "exhausted",
        lines=tuple(_lines(found.steps, reader)),
        never_told=found.never_told,
        command=_command(found, supposed),
    )


def _lines(steps: tuple[Step, ...], reader: Reader) -> list[StepLine]:
    lines, before = [], ("", "")
    for step in steps:
        is_told = step.kind is StepKind.TOLD
        here = (step.recipient, step.level)
        way = " ".join(part for part in (step.channel, step.address) if part)
        there = ""
        if is_told and step.time_zone != reader.zone and step.local_time:
            local = datetime.fromisoformat(step.local_time)
            there = f"{local:%a %H:%M} {step.time_zone}"
        lines.append(
            StepLine(
                offset=_offset(step.offset_seconds),
                at=_moment(step.at, reader),
                kind=str(step.kind),
                who=_who(step, reader) if is_told else "",
                says=f"by {step.method} ({way})" if is_told else _says(step, reader),
                there=there,
                why=step.why if is_told and here != before else "",
            )
        )
        before = here
    return lines


def _says(step: Step, reader: Reader) -> str:
    """Return what happens, with who acknowledges by name."""
    first, _, rest = step.says.partition(" ")
    if step.kind is StepKind.ACKNOWLEDGED and first in reader.snapshot.users:
        return f"{person(Slug(first), reader.snapshot, otherwise=first)} {rest}"
    return step.says


def _behaviour(supposed: Supposed, reader: Reader) -> str:
    if not supposed.who:
        return "nobody answers"
    name = person(Slug(supposed.who), reader.snapshot, otherwise=supposed.who)
    level = "the last resort" if supposed.level == "last" else f"level {supposed.level}"
    where = f" at {level}" if supposed.level else ""
    after = supposed.after.strip()
    when = f"{after} after" if after else "at once on"
    return f"{name} answers {when} being told{where}"


def _who(step: Step, reader: Reader) -> str:
    kind, _, name = step.recipient.partition(":")
    shown = name
    for user in reader.snapshot.users.values():
        if kind == "user" and user.name == name:
            shown = person(user.name, reader.snapshot, otherwise=name)
    if kind == "channel":
        shown = f"Channel {name}"
    return f"{shown}, as shadow" if step.is_shadow else shown


def _outcome(found: Simulation) -> str:
    contact, human = found.seconds_to_contact, found.seconds_to_answer
    told = "Nobody is told"
    if contact is not None:
        told = f"The first is told {_after(contact)}"
    taken = "nobody answers" if human is None else f"it is answered {_after(human)}"
    return f"{told}; {taken}."


def _after(seconds: int) -> str:
    return f"after {span(timedelta(seconds=seconds))}" if seconds else "at once"


def _offset(seconds: int) -> str:
    if not seconds:
        return "at once"
    hours, rest = divmod(seconds, _SECONDS_PER_HOUR)
    minutes, left = divmod(rest, 60)
    return f"+{hours}:{minutes:02}:{left:02}" if hours else f"+{minutes}:{left:02}"


def _command(found: Simulation, supposed: Supposed) -> str:
    words = [f"handrail oncall simulate --service {supposed.service}"]
    words.append(f"--at {found.at:%Y-%m-%dT%H:%M:%SZ}")
    if supposed.severity:
        words.append(f"--severity {supposed.severity.upper()}")
    words += [f"--acks {one}" for one in supposed.acks]
    return " ".join(words)


def _moment(at: datetime, reader: Reader) -> Moment:
    return moment(at, zone=reader.zone, now=reader.now)
