"""The whole configuration in force, compiled from its documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique

from handrail.core.escalation.policy import EscalationPolicy, LastResort
from handrail.core.ids import Slug
from handrail.core.mitigation.catalogue import CatalogueEntry
from handrail.core.obligation.demand import DEFAULT_DEMANDS, Demands
from handrail.core.people.contact_method import ContactMethod
from handrail.core.people.team import Team
from handrail.core.people.user import User
from handrail.core.routing.route import Route, Router
from handrail.core.schedule.rest_book import RestBook
from handrail.core.schedule.schedule import Schedule
from handrail.core.service.coverage_intent import CoverageRules
from handrail.core.service.service import Service
from handrail.core.severity.severity import DEFAULT_MATRIX, Matrix
from handrail.core.status_page.component import Component, StatusPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """A sender: where its signals come in and where they go without a route.

    Attributes:
        name: The slug; the scope of dedup keys.
        source: Kind of sender, a folder under ``sources``.
        key_digests: SHA-256 hex of every live key, more than one while a key is
            rotated; the keys themselves are not kept.
        service: Where alerts go that no route matches, or none for the last resort.
    """

    name: Slug
    source: str
    key_digests: tuple[str, ...] = ()
    service: Slug | None = None


@unique
class TrackerKind(StrEnum):
    """Where backlog tickets go. ``none``: they are kept here, and that is meant."""

    NONE = "none"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerPlace:
    """The team's tracker.

    Attributes:
        url: Where it listens; "" for none.
        secret: Reference to the signing secret, or "".
    """

    kind: TrackerKind
    url: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything configured, at one revision. Immutable; references are checked.

    Attributes:
        revision: Counts applies; 0 is the empty configuration.
        rest: How much on-call time one person may have.
        routes: In order; the first match decides.
        demands: What each severity demands of a response; the matrix's other half.
        mitigations: The catalogue, in the order of the files.
        components: Of the status page, in the order they are shown.
        channels: Named channels of the organisation, for ``channel:`` targets.
        coverage: How long evidence counts, and how far ahead gaps are told.
        integration_by_key: From the SHA-256 hex of a live key to its integration.
        router: Finds the route of an alert among ``routes``.
    """

    revision: int = 0
    users: Mapping[Slug, User] = field(default_factory=dict)
    teams: Mapping[Slug, Team] = field(default_factory=dict)
    services: Mapping[Slug, Service] = field(default_factory=dict)
    schedules: Mapping[Slug, Schedule] = field(default_factory=dict)
    rest: RestBook = field(default_factory=RestBook)
    policies: Mapping[Slug, EscalationPolicy] = field(default_factory=dict)
    channels: Mapping[Slug, ContactMethod] = field(default_factory=dict)
    integrations: Mapping[Slug, Integration] = field(default_factory=dict)
    integration_by_key: Mapping[str, Integration] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    matrix: Matrix = field(default_factory=lambda: dict(DEFAULT_MATRIX))
    demands: Demands = field(default_factory=lambda: dict(DEFAULT_DEMANDS))
    mitigations: Mapping[Slug, CatalogueEntry] = field(default_factory=dict)
    components: Mapping[Slug, Component] = field(default_factory=dict)
    status_page: StatusPage = field(default_factory=StatusPage)
    last_resort: LastResort | None = None
    tracker: TrackerPlace | None = None
    coverage: CoverageRules = field(default_factory=CoverageRules)
    router: Router = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "router", Router(self.routes))
