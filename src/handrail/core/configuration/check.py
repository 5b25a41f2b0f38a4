"""What is doubtful in a configuration that has no errors: who might not be reached."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from handrail.core.configuration.audience import Audience
from handrail.core.configuration.draft import Draft, subject
from handrail.core.configuration.node import STORED
from handrail.core.configuration.problem import Problem, ProblemSeverity
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.escalation.policy import Target, TargetKind
from handrail.core.ids import Slug
from handrail.core.people.contact_method import ChannelKind, ContactMethod
from handrail.core.people.user import User
from handrail.core.schedule.schedule import Override, OverrideMode
from handrail.core.severity.severity import Hours, Urgency

_TWO = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """One look at a compiled configuration.

    Attributes:
        snapshot: What would be in force.
        drafts: By kind and name, for places; what is only stored has none.
    """

    snapshot: Snapshot
    drafts: Mapping[tuple[str, Slug], Draft] = field(default_factory=dict)

    @property
    def _audience(self) -> Audience:
        return Audience(snapshot=self.snapshot)

    def warnings(self) -> list[Problem]:
        """Return everything doubtful, and a last resort that reaches nobody."""
        return [
            *self._last_resort(),
            *self._users(),
            *self._webhooks(),
            *self._teams(),
            *self._schedules(),
            *self._policies(),
            *self._matrix(),
            *self._services(),
            *self._routes(),
            *self._integrations(),
            *self._tracker(),
            *self._unused(),
        ]

    def _is_written(self, kind: str) -> bool:
        return any(written == kind for written, _ in self.drafts)

    def _warn(
        self, kind: str, name: str, path: str, message: str, remedy: str
    ) -> Problem:
        draft = self.drafts.get((kind, Slug(name)))
        place = draft.place(path) if draft is not None else STORED
        return Problem(
            place=place,
            field=subject(kind, name) + (f".{path}" if path else ""),
            message=message,
            remedy=remedy,
            severity=ProblemSeverity.WARNING,
        )

    def _last_resort(self) -> Iterator[Problem]:
        last = self.snapshot.last_resort
        if last is None:
            yield self._warn(
                "last_resort",
                "last_resort",
                "",
                "MISSING: when nobody is on call or nobody answers, nobody is told",
                "add last_resort: {notify: [user:NAME or channel:NAME]}",
            )
        elif not any(self._audience.reaches(target) for target in last.targets):
            yield self._warn(
                "last_resort",
                "last_resort",
                "notify",
                "REACHES NOBODY: none of these users has a contact method",
                "give one of them a contact method, or add a channel:NAME",
            )

    def _users(self) -> Iterator[Problem]:
        paged = self._audience.paged_users()
        for name, user in self.snapshot.users.items():
            where = paged.get(name)
            if not user.contact_methods:
                yield self._without_methods(user, where)
            elif where and len(user.contact_methods) < _TWO:
                yield self._warn(
                    "user",
                    name,
                    "contact_methods",
                    f"has only one contact method and is paged by {where}",
                    "add a second one that fails for other reasons",
                )
            yield from self._ladder(user)

    def _without_methods(self, user: User, where: str | None) -> Problem:
        reason = f" but is paged by {where}" if where else ""
        remedy = "add contact_methods, or nothing will ever reach this person"
        if user.is_reachable:
            reason += ": they are told over the account's e-mail only"
            remedy = "add contact_methods; one e-mail fails with its relay"
        said = f"has no contact method{reason}"
        return self._warn("user", user.name, "contact_methods", said, remedy)

    def _ladder(self, user: User) -> Iterator[Problem]:
        delays = [rule.after for rule in user.rules.get(Urgency.HIGH, ())]
        if delays and min(delays) > timedelta(0):
            yield self._warn(
                "user",
                user.name,
                "notification_rules.high",
                "nothing is sent at once for an urgent page",
                "let one rule have after: 0s",
            )

    def _webhooks(self) -> Iterator[Problem]:
        for name, user in self.snapshot.users.items():
            for place, method in enumerate(user.contact_methods):
                yield from self._webhook(
                    "user", name, f"contact_methods[{place}]", method
                )
        for name, channel in self.snapshot.channels.items():
            yield from self._webhook("channel", name, "", channel)

    def _webhook(
        self, kind: str, name: str, path: str, method: ContactMethod
    ) -> Iterator[Problem]:
        if method.kind is not ChannelKind.WEBHOOK:
            return
        dot = f"{path}." if path else ""
        if method.address.startswith("http:"):
            yield self._warn(
                kind,
                name,
                f"{dot}address",
                "is not encrypted; pages and their acknowledge links travel in clear",
                "use https",
            )
        if not method.secret:
            yield self._warn(
                kind,
                name,
                path,
                "has no secret; its receiver cannot tell pages from forgeries",
                "add secret: env:NAME",
            )

    def _teams(self) -> Iterator[Problem]:
        for name, team in self.snapshot.teams.items():
            if not team.members:
                yield self._warn(
                    "team", name, "members", "has no member", "add members"
                )
            if team.lead is None:
                yield self._warn(
                    "team",
                    name,
                    "",
                    "has no lead; nobody is told of defects in what it owns",
                    "add lead",
                )

    def _schedules(self) -> Iterator[Problem]:
        for name, schedule in self.snapshot.schedules.items():
            if schedule.has_turns_of_nobody:
                yield self._warn(
                    "schedule",
                    name,
                    "rotation.participants",
                    "has turns of nobody; its levels are skipped then",
                    "put a person in, or make sure the next level answers",
                )
            people = set(schedule.people)
            for override in schedule.overrides:
                yield from self._override(override, schedule.name, people)

    def _override(
        self, override: Override, schedule: str, people: set[Slug]
    ) -> Iterator[Problem]:
        """Yield a doubt about an override of somebody who is never on call."""
        is_removal = override.mode is OverrideMode.REMOVE
        relieved = override.user if is_removal else override.instead_of
        if relieved is not None and relieved not in people:
            yield self._warn(
                "override",
                override.name,
                "user" if is_removal else "instead_of",
                f"{relieved} is never on call by schedule {schedule}: "
                "the override changes nothing",
                "name somebody of the schedule",
            )

    def _policies(self) -> Iterator[Problem]:
        for name, policy in self.snapshot.policies.items():
            gaps = 0
            for place, level in enumerate(policy.levels):
                path = f"rules[{place}].notify"
                if not any(map(self._audience.reaches, level.targets)):
                    gaps += 1
                    yield self._warn(
                        "escalation_policy",
                        name,
                        path,
                        "the level is empty: nobody behind it can be reached",
                        "name somebody with a contact method",
                    )
                elif all(map(self._audience.has_gap, level.targets)):
                    yield self._warn(
                        "escalation_policy",
                        name,
                        path,
                        "the level is empty at times: all its schedules have gaps",
                        "add somebody who is always there",
                    )
                if level.round_robin and len(self._audience.all(level.targets)) == 1:
                    yield self._warn(
                        "escalation_policy",
                        name,
                        f"rules[{place}].round_robin",
                        "there is one person to take turns: every page is theirs",
                        "name more people, or remove round_robin",
                    )
            if gaps == len(policy.levels):
                yield self._warn(
                    "escalation_policy",
                    name,
                    "",
                    "reaches nobody at all; its pages go to the last resort at once",
                    "name somebody with a contact method",
                )

    def _matrix(self) -> Iterator[Problem]:
        for severity, demand in self.snapshot.demands.items():
            if demand.page and not any(map(self._audience.reaches, demand.page)):
                yield self._warn(
                    "severity_matrix",
                    "severity_matrix",
                    f"{severity}.page",
                    "nobody behind it can be reached; the last resort is paged at once",
                    "name somebody with a contact method",
                )

    def _services(self) -> Iterator[Problem]:
        for name, service in self.snapshot.services.items():
            if service.team is None:
                yield self._warn("service", name, "", "has no owner", "add team")

    def _routes(self) -> Iterator[Problem]:
        routes = self.snapshot.routes
        catch_all = next((r for r in routes if not r.matchers), None)
        if catch_all is not None:
            for route in routes[routes.index(catch_all) + 1 :]:
                yield self._warn(
                    "route",
                    route.name,
                    "",
                    f"is never reached: route {catch_all.name} matches everything",
                    "move it before that one",
                )
            return
        for name, integration in self.snapshot.integrations.items():
            if integration.service is None:
                yield self._warn(
                    "integration",
                    name,
                    "",
                    "alerts that no route matches go to the last resort",
                    "add service, or a route without match at the end",
                )

    def _integrations(self) -> Iterator[Problem]:
        if not self.snapshot.integrations:
            yield self._warn(
                "integration",
                "integration",
                "",
                "there is none; no sender can reach Handrail",
                "add one, such as {name: prometheus, source: alertmanager_api}",
            )

    def _tracker(self) -> Iterator[Problem]:
        tracker = self.snapshot.tracker
        never = [
            s for s, rule in self.snapshot.matrix.items() if rule.hours is Hours.NEVER
        ]
        # Said of the severity matrix of the files only: nobody chose the built-in one.
        if tracker is None and never and self._is_written("severity_matrix"):
            names = ", ".join(sorted(never))
            yield self._warn(
                "tracker",
                "tracker",
                "",
                f"there is none; what is {names} never pages and only waits here",
                "add tracker: {kind: webhook, url: …}; kind none if that is meant",
            )
        elif tracker is not None and tracker.url.startswith("http:"):
            yield self._warn(
                "tracker", "tracker", "url", "is not encrypted", "use https"
            )
        if tracker is not None and tracker.url and not tracker.secret:
            yield self._warn(
                "tracker",
                "tracker",
                "",
                "has no secret; it cannot tell tickets from forgeries",
                "add secret: env:NAME",
            )

    def _unused(self) -> Iterator[Problem]:
        used = {
            service.escalation_policy for service in self.snapshot.services.values()
        }
        for name in self.snapshot.policies:
            if name not in used:
                yield self._warn(
                    "escalation_policy",
                    name,
                    "",
                    "is used by no service",
                    "name it in a service, or remove it",
                )
        sought = self._audience.sought()
        for name in self.snapshot.schedules:
            if Target(kind=TargetKind.SCHEDULE, name=name) not in sought:
                yield self._warn(
                    "schedule",
                    name,
                    "",
                    "is used by no escalation policy",
                    f"write notify: schedule:{name} in one, or remove it",
                )
