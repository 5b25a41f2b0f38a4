"""Mitigations on the wire: the catalogue, dry runs, runs, what was tried by hand."""

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from handrail.api.deps import GivenActor, GivenDeps
from handrail.api.incident import Moment, Name, Text, Title, acted, in_utc
from handrail.api.incident_view import IncidentDetail
from handrail.core.access.permission import Verb
from handrail.core.ids import MitigationId, Slug
from handrail.core.mitigation.catalogue import CatalogueEntry, masked_headers
from handrail.core.mitigation.mitigation import MitigationKind, MitigationOutcome
from handrail.ports.store import Transaction
from handrail.usecases import incident as use
from handrail.usecases.desk import Desk, viewer_of
from handrail.usecases.incident_record import find
from handrail.usecases.mitigation import catalogue_for, plan, start


class CatalogueView(msgspec.Struct, frozen=True, kw_only=True):
    """One mitigation of the catalogue.

    Attributes:
        services: What it is for; none at all means any service.
        confirm: What must be typed to run it, or "".
        manual: How a person does it, or "" where Handrail does it.
        is_automatic: Handrail does it, by one HTTP call.
    """

    name: str
    title: str
    kind: MitigationKind
    description: str
    services: list[str]
    environment: str
    confirm: str
    manual: str
    is_automatic: bool


class CatalogueList(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the catalogue; what is made for the service comes first."""

    items: list[CatalogueView]


class HeaderView(msgspec.Struct, frozen=True, kw_only=True):
    """A header; of a secret it says where it is, never what."""

    name: str
    value: str


class DryRun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which mitigation is looked at."""

    mitigation: Name


class Run(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which mitigation is carried out; ``confirm`` is its target's name, typed."""

    mitigation: Name
    confirm: Text = ""


class PlannedCall(msgspec.Struct, frozen=True, kw_only=True):
    """The request that would be sent, exactly, but for the secrets.

    Attributes:
        confirm: What must be typed to send it, or "".
        missing: References to secrets behind which nothing is: it would fail.
    """

    mitigation: str
    incident: str
    description: str
    method: str
    url: str
    headers: list[HeaderView]
    body: str
    confirm: str
    missing: list[str]


class Tried(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is or was tried by hand, by whom and when: by default the asker, now."""

    title: Title
    kind: MitigationKind = MitigationKind.CUSTOM
    by: Name | None = None
    at: Moment | None = None


class Judgement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether it helped; one that worked stops the impact."""

    outcome: MitigationOutcome
    remark: Text = ""


def view(entry: CatalogueEntry) -> CatalogueView:
    """Return the entry as the wire has it."""
    return CatalogueView(
        name=entry.name,
        title=entry.title,
        kind=entry.kind,
        description=entry.description,
        services=list(entry.services),
        environment=entry.environment,
        confirm=entry.confirm,
        manual=entry.manual,
        is_automatic=entry.call is not None,
    )


_ACT = {"verb": Verb.INCIDENT_ACT}
_READ = {"verb": Verb.INCIDENT_READ}
_TAGS = ["mitigations"]


@get("/mitigations", opt=_READ, sync_to_thread=True, tags=_TAGS)
def list_catalogue(deps: GivenDeps) -> CatalogueList:
    """Return the whole catalogue."""
    found = deps.store.read(lambda tx: tx.configuration.snapshot().mitigations)
    return CatalogueList(items=[view(entry) for entry in found.values()])


@get("/incidents/{name:str}/mitigations", opt=_READ, sync_to_thread=True, tags=_TAGS)
def list_fitting(
    name: FromPath[str], deps: GivenDeps, actor: GivenActor
) -> CatalogueList:
    """Return what of the catalogue suits the incident."""

    def look(tx: Transaction) -> CatalogueList:
        found = find(tx, name, viewer=viewer_of(actor))
        fitting = catalogue_for(tx, found.service)
        return CatalogueList(items=[view(entry) for entry in fitting])

    return deps.store.read(look)


@post(
    "/incidents/{name:str}/mitigations/dry-run",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def dry_run_mitigation(
    name: FromPath[str], data: JSONBody[DryRun], deps: GivenDeps, actor: GivenActor
) -> PlannedCall:
    """Show the exact request that a run would send; sends and records nothing."""

    def look(tx: Transaction) -> PlannedCall:
        desk = Desk(tx=tx, actor=actor, ids=deps.ids)
        planned = plan(desk, name, data.mitigation)
        call = planned.call
        return PlannedCall(
            mitigation=planned.entry.name,
            incident=planned.incident.name,
            description=planned.entry.description,
            method=call.method,
            url=call.url,
            headers=[HeaderView(name=n, value=v) for n, v in masked_headers(call)],
            body=call.body,
            confirm=planned.entry.confirm,
            missing=[r for r in call.secrets if deps.vault.secret(r) is None],
        )

    return deps.store.read(look)


@post(
    "/incidents/{name:str}/mitigations/run",
    opt=_ACT,
    status_code=202,
    sync_to_thread=True,
    tags=_TAGS,
)
def run_mitigation(
    name: FromPath[str], data: JSONBody[Run], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Have a mitigation carried out, once at most; its answer comes as an entry."""
    return acted(
        deps, actor, lambda d: start(d, name, data.mitigation, confirm=data.confirm)
    )


@post("/incidents/{name:str}/mitigations", opt=_ACT, sync_to_thread=True, tags=_TAGS)
def record_tried(
    name: FromPath[str], data: JSONBody[Tried], deps: GivenDeps, actor: GivenActor
) -> IncidentDetail:
    """Record what is tried by hand; it ends the triage."""
    at = in_utc(data.at)
    by = Slug(data.by) if data.by else None
    return acted(
        deps,
        actor,
        lambda desk: use.try_mitigation(
            desk, name, title=data.title, kind=data.kind, by=by, at=at
        ),
    )


@post(
    "/incidents/{name:str}/mitigations/{mitigation_id:str}/judge",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def judge_mitigation(
    name: FromPath[str],
    mitigation_id: FromPath[str],
    data: JSONBody[Judgement],
    deps: GivenDeps,
    actor: GivenActor,
) -> IncidentDetail:
    """Say whether a mitigation helped; one that worked stops the impact."""
    return acted(
        deps,
        actor,
        lambda desk: use.judge_mitigation(
            desk,
            name,
            MitigationId(mitigation_id),
            outcome=data.outcome,
            remark=data.remark,
        ),
    )


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_catalogue,
    list_fitting,
    dry_run_mitigation,
    run_mitigation,
    record_tried,
    judge_mitigation,
)
