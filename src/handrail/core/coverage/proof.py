"""What a proof says: per service and intent, until when it holds, and where not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.coverage.evidence import MethodKey
from handrail.core.coverage.fault import Fault
from handrail.core.coverage.page_source import PageSource
from handrail.core.ids import Slug
from handrail.core.service.coverage_intent import CoverageIntent


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Every page that starts in ``[starts_at, ends_at)``, UTC, misses the intent.

    Attributes:
        people: Who is reached well enough in time; fewer than are asked for.
        faults: Why it is no more than that.
        met_after: How long after its start a page gets there all the same; none:
            not within a day after the limit.
    """

    starts_at: datetime
    ends_at: datetime
    people: tuple[Slug, ...]
    faults: tuple[Fault, ...]
    met_after: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentProof:
    """What becomes of one intent in the window.

    Attributes:
        pages: What can page about the service at the intent's urgency; nothing at all
            makes the intent hold for want of a page.
        counter_examples: In order and disjoint; none: it is proved.
        excused: Where it is missed because of turns of nobody, which is meant.
        proved_until: UTC; no page that starts before it misses the intent.
        asked_for: How much of the window a page may start in, as the intent has it.
    """

    intent: CoverageIntent
    policy: Slug | None
    pages: tuple[PageSource, ...]
    counter_examples: tuple[Finding, ...]
    excused: tuple[Finding, ...]
    proved_until: datetime
    asked_for: timedelta

    @property
    def is_proved(self) -> bool:
        """Return whether there is no counter-example."""
        return not self.counter_examples


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceProof:
    """What becomes of a service's intents.

    Attributes:
        team: The owner, or none.
        declared_by: Who asks for them; "" where nobody does.
        intents: As many as are asked; none: nothing is, and nothing is proved.
    """

    service: Slug
    team: Slug | None
    declared_by: str
    intents: tuple[IntentProof, ...]

    @property
    def is_proved(self) -> bool:
        """Return whether no intent has a counter-example."""
        return all(one.is_proved for one in self.intents)

    @property
    def proved_until(self) -> datetime | None:
        """Return the first instant that misses an intent, else the window's end."""
        return min((one.proved_until for one in self.intents), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was proved of a configuration in ``[start, end)``, UTC.

    Attributes:
        services: In the order of the configuration.
        renewals: Methods it rests on whose evidence ends in the window, and when.
        is_assumed: Every contact method was taken as verified.
    """

    start: datetime
    end: datetime
    revision: int
    services: tuple[ServiceProof, ...]
    renewals: Mapping[MethodKey, datetime]
    is_assumed: bool

    @property
    def is_proved(self) -> bool:
        """Return whether no service has a counter-example."""
        return all(service.is_proved for service in self.services)
