"""Who can ever stand behind a target, whatever the time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.escalation.policy import EscalationPolicy, Target, TargetKind
from handrail.core.ids import Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """The people of a configuration, seen from its targets."""

    snapshot: Snapshot

    def paged_users(self) -> dict[Slug, str]:
        """Return whom policies can page, each with what first leads there."""
        found: dict[Slug, str] = {}
        for policy in self.snapshot.policies.values():
            for target in targets(policy):
                by = f"{target.kind} {target.name}"
                if target.kind is TargetKind.USER:
                    by = f"escalation_policy {policy.name}"
                for name in self.people(target):
                    found.setdefault(name, by)
        for demand in self.snapshot.demands.values():
            for target in demand.page:
                for name in self.people(target):
                    found.setdefault(name, "severity_matrix")
        return found

    def sought(self) -> set[Target]:
        """Return every target that a policy or the severity matrix names."""
        demands = self.snapshot.demands.values()
        return {
            *(t for policy in self.snapshot.policies.values() for t in targets(policy)),
            *(target for demand in demands for target in demand.page),
            *(t for demand in demands for told in demand.tell.values() for t in told),
        }

    def people(self, target: Target) -> Iterable[Slug]:
        """Return the users behind a target, at one time or another."""
        match target.kind:
            case TargetKind.USER:
                return (target.name,)
            case TargetKind.TEAM:
                team = self.snapshot.teams.get(target.name)
                return team.members if team is not None else ()
            case TargetKind.SCHEDULE:
                return self._turns(target.name)
            case TargetKind.CHANNEL:
                return ()

    def _turns(self, name: Slug) -> Iterator[Slug]:
        schedule = self.snapshot.schedules.get(name)
        if schedule is not None:
            yield from schedule.people

    def all(self, targets: Iterable[Target]) -> set[Slug]:
        """Return the users behind any of the targets, at one time or another."""
        return {name for target in targets for name in self.people(target)}

    def reaches(self, target: Target) -> bool:
        """Return whether anybody behind the target can ever be reached."""
        if target.kind is TargetKind.CHANNEL:
            return target.name in self.snapshot.channels
        users = (self.snapshot.users.get(name) for name in self.people(target))
        return any(user is not None and user.is_reachable for user in users)

    def has_gap(self, target: Target) -> bool:
        """Return whether a turn of the target's schedule is nobody's."""
        schedule = self.snapshot.schedules.get(target.name)
        return (
            target.kind is TargetKind.SCHEDULE
            and schedule is not None
            and schedule.has_turns_of_nobody
        )


def targets(policy: EscalationPolicy) -> Iterator[Target]:
    """Yield the targets of all levels of a policy, in order."""
    for level in policy.levels:
        yield from level.targets
