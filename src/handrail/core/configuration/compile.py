"""Stored documents become one snapshot: the only reader of canonical bodies.

A body is canonical JSON that validation wrote: fields at their default are left out,
durations and times are spelled as ``spelling`` writes them, and references were
checked. Whatever a reference points at that is no longer there compiles all the same
and is skipped when it is used: paging fails open.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from handrail.core import limits
from handrail.core.access.role import Role
from handrail.core.configuration import spelling
from handrail.core.configuration.compile_coverage import (
    Asked,
    coverage,
    coverage_by_team,
    coverage_rules,
    support_hours,
)
from handrail.core.configuration.compile_response import (
    component,
    mitigation,
    status_page,
    tracker,
)
from handrail.core.configuration.compile_rest import rest_book
from handrail.core.configuration.compile_schedule import schedules
from handrail.core.configuration.document import Document
from handrail.core.configuration.part import Body, Part, part_of
from handrail.core.configuration.snapshot import (
    Integration,
    Snapshot,
)
from handrail.core.escalation.policy import (
    EscalationPolicy,
    LastResort,
    Level,
    Target,
    TargetKind,
)
from handrail.core.ids import Slug
from handrail.core.obligation.demand import DEFAULT_DEMANDS, Demand, Demands
from handrail.core.obligation.obligation import ObligationKind
from handrail.core.people.contact_method import ChannelKind, ContactMethod
from handrail.core.people.team import Team
from handrail.core.people.user import NotificationRule, User
from handrail.core.routing.matcher import Matcher, parse_matchers
from handrail.core.routing.route import Route
from handrail.core.service.service import Service
from handrail.core.severity.severity import (
    DEFAULT_MATRIX,
    Hours,
    Matrix,
    Severity,
    SeverityRule,
    Urgency,
)
from handrail.core.status_page.component import StatusPage

NONE = "none"
"""Instead of a duration: there is to be none."""
ASSESS_WITHIN = "assess_within"
_TARGET_KINDS = frozenset(map(str, TargetKind))


def compile_snapshot(documents: Iterable[Document], *, revision: int) -> Snapshot:
    """Return the configuration that these documents in force make up.

    Args:
        documents: At most one per kind and name; ends of documents are passed over.
        revision: The number of the apply that made it so.
    """
    parts: dict[str, list[Part]] = {}
    for document in sorted(documents, key=lambda d: (d.order, d.name)):
        if not document.is_removed:
            part = part_of(document)
            parts.setdefault(document.kind, []).append(part)
    integrations = _integrations(parts)
    asked = coverage_by_team(parts)
    return Snapshot(
        revision=revision,
        users={p.name: _user(p) for p in parts.get("user", ())},
        teams={p.name: _team(p) for p in parts.get("team", ())},
        services={p.name: _service(p, asked) for p in parts.get("service", ())},
        schedules=schedules(parts),
        rest=rest_book(parts),
        policies={p.name: _policy(p) for p in parts.get("escalation_policy", ())},
        channels={
            p.name: _contact_method({**p.body, "name": p.name})
            for p in parts.get("channel", ())
        },
        integrations=integrations,
        integration_by_key={
            digest: integration
            for integration in integrations.values()
            for digest in integration.key_digests
        },
        routes=tuple(_route(p) for p in parts.get("route", ())),
        matrix=_matrix([p.body for p in parts.get("severity_matrix", ())]),
        components={p.name: component(p) for p in parts.get("component", ())},
        status_page=next(map(status_page, parts.get("status_page", ())), StatusPage()),
        demands=_demands([p.body for p in parts.get("severity_matrix", ())]),
        mitigations={p.name: mitigation(p) for p in parts.get("mitigation", ())},
        last_resort=next(map(_last_resort, parts.get("last_resort", ())), None),
        tracker=next(map(tracker, parts.get("tracker", ())), None),
        coverage=coverage_rules(parts),
    )


def parse_target(text: str) -> Target:
    """Read a target such as ``schedule:payments-primary`` or ``user:ana``.

    Raises:
        ValueError: It is spelled otherwise.
    """
    kind, colon, name = text.partition(":")
    if not colon or kind not in _TARGET_KINDS:
        msg = (
            f"{text!r} is not a target; write schedule:NAME, user:NAME, team:NAME "
            "or channel:NAME"
        )
        raise ValueError(msg)
    return Target(kind=TargetKind(kind), name=spelling.parse_slug(name))


def _user(part: Part) -> User:
    body = part.body
    rules: Mapping[str, list[Body]] = body.get("notification_rules", {})
    return User(
        name=part.name,
        full_name=body.get("full_name", part.name),
        email=body.get("email", ""),
        time_zone=body.get("time_zone", "UTC"),
        role=Role(body.get("role", Role.RESPONDER)),
        contact_methods=tuple(map(_contact_method, body.get("contact_methods", ()))),
        rules={
            Urgency(urgency): tuple(
                NotificationRule(
                    method=rule["method"],
                    after=spelling.parse_duration(rule.get("after", "0s")),
                )
                for rule in ladder
            )
            for urgency, ladder in rules.items()
        },
    )


def _contact_method(body: Body) -> ContactMethod:
    return ContactMethod(
        name=body["name"],
        kind=ChannelKind(body["kind"]),
        address=body.get("address", body["name"]),
        secret=body.get("secret", ""),
    )


def _team(part: Part) -> Team:
    return Team(
        name=part.name,
        title=part.title,
        members=tuple(part.body.get("members", ())),
        lead=part.body.get("lead"),
    )


def _service(part: Part, asked: Asked) -> Service:
    body = part.body
    severity = body.get("default_severity")
    return Service(
        name=part.name,
        title=part.title,
        team=body.get("team"),
        escalation_policy=body["escalation_policy"],
        tier=body.get("tier", 2),
        runbook=body.get("runbook", ""),
        support_hours=support_hours(body.get("support_hours", ())),
        default_severity=Severity(severity) if severity else None,
        coverage=coverage(part, asked),
    )


def _route(part: Part) -> Route:
    body = part.body
    severity, urgency = body.get("severity"), body.get("urgency")
    matchers: list[Matcher] = []
    for text in body.get("match", ()):
        matchers.extend(parse_matchers(text))
    return Route(
        name=part.name,
        matchers=tuple(matchers),
        service=body["service"],
        severity=Severity(severity) if severity else None,
        urgency=Urgency(urgency) if urgency else None,
        settle=spelling.parse_duration(body.get("settle", "0s")),
    )


def _policy(part: Part) -> EscalationPolicy:
    return EscalationPolicy(
        name=part.name,
        levels=tuple(
            Level(
                targets=tuple(map(parse_target, rule["notify"])),
                escalate_after=spelling.parse_duration(rule["escalate_after"]),
                round_robin=rule.get("round_robin", False),
            )
            for rule in part.body["rules"]
        ),
        rounds=part.body.get("rounds", 1),
        version=part.document.version,
    )


def _last_resort(part: Part) -> LastResort:
    repeat = part.body.get("repeat_after")
    return LastResort(
        targets=tuple(map(parse_target, part.body["notify"])),
        repeat_after=_or(repeat, limits.LAST_RESORT_REPEAT_DEFAULT),
        times=part.body.get("times", limits.LAST_RESORT_TIMES_DEFAULT),
    )


def _or(text: str | None, default: timedelta) -> timedelta:
    return default if text is None else spelling.parse_duration(text)


def _matrix(bodies: Iterable[Body]) -> Matrix:
    matrix = dict(DEFAULT_MATRIX)
    for body in bodies:
        for severity, fields in _severities(body):
            known = matrix[severity]
            matrix[severity] = SeverityRule(
                severity=severity,
                impact=fields.get("impact", known.impact),
                urgency=Urgency(fields.get("urgency", known.urgency)),
                hours=Hours(fields.get("hours", known.hours)),
                communication=fields.get("communication", known.communication),
            )
    return matrix


def _severities(body: Body) -> Iterator[tuple[Severity, Body]]:
    for word, fields in body.items():
        if word != ASSESS_WITHIN:
            yield Severity(word), fields


def _demands(bodies: Iterable[Body]) -> Demands:
    demands = dict(DEFAULT_DEMANDS)
    for body in bodies:
        if ASSESS_WITHIN in body:
            kind = ObligationKind.SEVERITY_ASSESSED
            demands[None] = Demand(within=_within({}, {str(kind): body[ASSESS_WITHIN]}))
        for severity, fields in _severities(body):
            known = demands[severity]
            tell = {
                audience: _targets(targets)
                for audience, targets in fields.get("tell", {}).items()
            }
            demands[severity] = Demand(
                within=_within(known.within, fields.get("obligations", {})),
                page=_targets(fields.get("page", ())) or known.page,
                tell={**known.tell, **tell},
            )
    return demands


def _within(
    known: Mapping[ObligationKind, timedelta], written: Mapping[str, str]
) -> Mapping[ObligationKind, timedelta]:
    """Return what is owed in the order of the kinds, what is written over what was."""
    limits_now = dict(known)
    for word, text in written.items():
        kind = ObligationKind(word)
        if text == NONE:
            limits_now.pop(kind, None)
        else:
            limits_now[kind] = spelling.parse_duration(text)
    return {kind: limits_now[kind] for kind in ObligationKind if kind in limits_now}


def _targets(texts: Iterable[str]) -> tuple[Target, ...]:
    return tuple(map(parse_target, texts))


def _integrations(parts: Mapping[str, list[Part]]) -> dict[Slug, Integration]:
    issued: dict[str, list[str]] = {}
    for part in parts.get("integration_key", ()):
        issued.setdefault(part.body["integration"], []).append(part.body["digest"])
    made: dict[Slug, Integration] = {}
    for part in parts.get("integration", ()):
        own = part.body.get("key_digest")
        digests = [own] if own else []
        made[part.name] = Integration(
            name=part.name,
            source=part.body["source"],
            key_digests=tuple(digests + issued.get(part.name, [])),
            service=part.body.get("service"),
        )
    return made
