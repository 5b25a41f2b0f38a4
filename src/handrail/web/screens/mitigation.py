"""Mitigations: what was tried, what the catalogue offers, and what is suspect."""

from collections.abc import Sequence
from dataclasses import dataclass

from handrail.core.change.suspect import Suspect
from handrail.core.incident.incident import Incident
from handrail.core.incident.wording import plain
from handrail.core.mitigation.catalogue import CatalogueEntry, masked_headers
from handrail.usecases.mitigation import Plan
from handrail.web.screens.change import ChangeLine, change_line
from handrail.web.screens.incident import IncidentCard, incident_card
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import person
from handrail.web.screens.page import Reader
from handrail.web.screens.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class MitigationLine:
    """One thing that was tried."""

    id: str
    title: str
    kind: str
    by: str
    at: Moment
    answer: str
    outcome: str
    remark: str
    can_judge: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueLine:
    """One mitigation that suits the incident.

    Attributes:
        is_automatic: Handrail does it by one call, after a look at it.
        manual: How a person does it, or "".
        kind_word: The kind as a form sends it.
    """

    name: str
    title: str
    description: str
    kind: str
    kind_word: str
    environment: str
    is_automatic: bool
    manual: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectLine:
    """A change shortly before the impact, and why it is shown."""

    change: ChangeLine
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRunScreen:
    """What a run would send, exactly, but for the secrets; nothing was sent.

    Attributes:
        confirm: What must be typed to send it, or "".
        missing: References to secrets behind which nothing is.
        begun: How often it was begun for this incident when this was shown.
    """

    card: IncidentCard
    name: str
    title: str
    kind: str
    description: str
    environment: str
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str
    confirm: str
    missing: tuple[str, ...]
    begun: int
    can_act: bool
    refusal: Refusal | None


def mitigation_lines(
    incident: Incident, *, reader: Reader
) -> tuple[MitigationLine, ...]:
    """Return what was tried, the latest first."""
    return tuple(
        MitigationLine(
            id=m.id,
            title=m.title,
            kind=plain(m.kind),
            by=person(m.by, reader.snapshot, otherwise=""),
            at=moment(m.started_at, zone=reader.zone, now=reader.now),
            answer=m.answer,
            outcome=plain(m.outcome) if m.outcome else "",
            remark=m.remark,
            can_judge=m.outcome is None
            and (not m.is_automatic or m.carried_out_at is not None),
        )
        for m in reversed(incident.mitigations)
    )


def catalogue_line(entry: CatalogueEntry) -> CatalogueLine:
    """Return what the catalogue offers as its line."""
    return CatalogueLine(
        name=entry.name,
        title=entry.title,
        description=entry.description,
        kind=plain(entry.kind),
        kind_word=entry.kind,
        environment=entry.environment,
        is_automatic=entry.call is not None,
        manual=entry.manual,
    )


def suspect_lines(
    found: Sequence[Suspect], *, reader: Reader
) -> tuple[SuspectLine, ...]:
    """Return the suspects, the nearest first and of those the newest."""
    return tuple(
        SuspectLine(change=change_line(s.change, reader=reader), reason=s.reason)
        for s in found
    )


def dry_run_screen(
    plan: Plan,
    *,
    missing: Sequence[str],
    begun: int,
    can_act: bool,
    reader: Reader,
    refusal: Refusal | None = None,
) -> DryRunScreen:
    """Return what a run would send."""
    entry, call = plan.entry, plan.call
    return DryRunScreen(
        card=incident_card(plan.incident, reader=reader),
        name=entry.name,
        title=entry.title,
        kind=plain(entry.kind),
        description=entry.description,
        environment=entry.environment,
        method=call.method,
        url=call.url,
        headers=masked_headers(call),
        body=call.body,
        confirm=entry.confirm,
        missing=tuple(missing),
        begun=begun,
        can_act=can_act,
        refusal=refusal,
    )
