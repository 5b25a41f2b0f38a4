"""Configuration as code on the wire: read, check, plan, apply; keys for senders."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from handrail.api.conversion import Conversion
from handrail.api.deps import Deps, GivenActor, GivenDeps
from handrail.core.access.permission import Verb
from handrail.core.configuration.document import Document
from handrail.core.configuration.node import SourceFile
from handrail.core.ids import Slug
from handrail.core.limits import CONFIGURATION_BODY_BYTES_MAX
from handrail.ports.vault import Vault
from handrail.usecases import configuration, integration
from handrail.usecases.calendar_file import Calendars
from handrail.usecases.configuration import CheckResult

FILES_MAX = 100
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class FileText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file: its name for messages, and its text.

    A name that ends in ``.ics`` is that of a calendar, which the YAML of another file
    names by its path from there; anything else is YAML.
    """

    name: Name
    text: str


class Files(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All files together: what they no longer hold is removed, unless partial.

    Attributes:
        is_partial: Keep what the files do not name.
        expected_revision: The revision of the plan that was agreed to, or none.
    """

    files: Annotated[list[FileText], msgspec.Meta(max_length=FILES_MAX)]
    is_partial: bool = False
    expected_revision: Number | None = None


class DocumentView(msgspec.Struct, frozen=True, kw_only=True):
    """One document in force; ``body`` leaves out what stands at its default."""

    kind: str
    name: str
    version: int
    managed_by: str
    effective_from: datetime
    revision: int
    body: dict[str, Any]


class DocumentList(msgspec.Struct, frozen=True, kw_only=True):
    """Everything configured, at one revision."""

    revision: int
    documents: list[DocumentView]


class ProblemView(msgspec.Struct, frozen=True, kw_only=True):
    """An error or a doubt, at one place."""

    file: str
    line: int
    column: int
    field: str
    severity: str
    message: str
    remedy: str


class CheckView(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the files could be applied, what they hold, and every problem."""

    ok: bool
    documents: dict[str, int]
    problems: list[ProblemView]
    lines: list[str]


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """What one field was and becomes."""

    field: str
    before: Any
    after: Any


class ChangeView(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to one document."""

    change: str
    kind: str
    name: str
    renamed_from: str | None
    fields: list[FieldChange]


class ConsequenceView(msgspec.Struct, frozen=True, kw_only=True):
    """What a change means for people, in words and as data.

    Attributes:
        figures: By local month: nights, weekends and hours gained and lost.
    """

    kind: str
    text: str
    schedule: str | None
    user: str | None
    service: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    figures: dict[str, dict[str, float]]


class PlanView(msgspec.Struct, frozen=True, kw_only=True):
    """What an apply would change at this revision, and what it means for people.

    Attributes:
        warnings_standing: How many hold already and are not about what changes.
        consequences: The most important first; an apply tells none.
        consequences_left_out: How many there are beyond those.
        schedules_not_compared: Changed schedules beyond those that were compared.
    """

    revision: int
    is_partial: bool
    changes: list[ChangeView]
    unchanged: int
    warnings: list[ProblemView]
    warnings_standing: int
    consequences: list[ConsequenceView]
    consequences_left_out: int
    schedules_not_compared: int
    lines: list[str]


class AppliedView(PlanView, frozen=True, kw_only=True):
    """What an apply changed; ``revision`` is the one now in force."""

    is_changed: bool


_CHECK = Conversion(CheckView)
_PLAN = Conversion(PlanView)
_APPLIED = Conversion(AppliedView)


class KeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A new integration key. It is told here and never again.

    Attributes:
        live: How many issued keys of the integration now work, this one included.
    """

    integration: str
    source: str
    key: str
    live: int


@get(
    "/config",
    opt={"verb": Verb.CONFIG_READ},
    sync_to_thread=True,
    tags=["configuration"],
)
def get_config(deps: GivenDeps) -> DocumentList:
    """Return every document in force."""
    revision, documents = deps.store.read(
        lambda tx: (tx.configuration.snapshot().revision, tx.configuration.documents())
    )
    return DocumentList(
        revision=revision,
        documents=[_document(d) for d in documents if d.kind != integration.KIND],
    )


@post(
    "/config/check",
    opt={"verb": Verb.CONFIG_CHECK},
    request_max_body_size=CONFIGURATION_BODY_BYTES_MAX,
    status_code=200,
    sync_to_thread=True,
    tags=["configuration"],
)
def check_config(data: JSONBody[Files], deps: GivenDeps) -> CheckView:
    """Judge files without applying them; references to secrets are not followed."""
    checked = checked_files(deps, data.files, vault=None, now=deps.clock.now())
    found = {**checked.as_json(), "lines": checked.lines()}
    return _CHECK.of(found)


@post(
    "/config/plan",
    opt={"verb": Verb.CONFIG_APPLY},
    request_max_body_size=CONFIGURATION_BODY_BYTES_MAX,
    status_code=200,
    sync_to_thread=True,
    tags=["configuration"],
)
def plan_config(data: JSONBody[Files], deps: GivenDeps) -> PlanView:
    """Say what an apply would change; nothing is changed."""
    checked = checked_files(deps, data.files, vault=deps.vault)
    plan = deps.store.read(
        lambda tx: configuration.plan(tx, checked, is_partial=data.is_partial)
    )
    return _PLAN.of({**plan.as_json(), "lines": plan.lines()})


@post(
    "/config/apply",
    opt={"verb": Verb.CONFIG_APPLY},
    request_max_body_size=CONFIGURATION_BODY_BYTES_MAX,
    status_code=200,
    sync_to_thread=True,
    tags=["configuration"],
)
def apply_config(
    data: JSONBody[Files], deps: GivenDeps, actor: GivenActor
) -> AppliedView:
    """Bring the files into force; applying the same again changes nothing."""
    checked = checked_files(deps, data.files, vault=deps.vault)
    applied = deps.store.run(
        lambda tx: configuration.apply(
            tx,
            checked,
            by=str(actor),
            ids=deps.ids,
            is_partial=data.is_partial,
            expected_revision=data.expected_revision,
        )
    )
    return _APPLIED.of({**applied.as_json(), "lines": applied.lines()})


@post(
    "/integrations/{name:str}/key",
    opt={"verb": Verb.INTEGRATION_KEY_ISSUE},
    sync_to_thread=True,
    tags=["integrations"],
)
def issue_key(name: FromPath[str], deps: GivenDeps, actor: GivenActor) -> KeyView:
    """Make a key; the one issued before goes on working, older ones end."""
    issued = deps.store.run(
        lambda tx: integration.issue_key(tx, Slug(name), by=str(actor), ids=deps.ids)
    )
    return KeyView(
        integration=issued.integration,
        source=issued.source,
        key=issued.key,
        live=issued.live,
    )


def checked_files(
    deps: Deps,
    files: Sequence[FileText] | Sequence[SourceFile],
    *,
    vault: Vault | None,
    now: datetime | None = None,
) -> CheckResult:
    """Return the files judged by the deployment's reader and kinds of sender."""
    return configuration.check(
        [SourceFile(name=file.name, text=file.text) for file in files],
        reader=deps.reader,
        source_kinds=deps.source_kinds,
        vault=vault,
        now=now,
        calendars=Calendars(format=deps.calendar, now=deps.clock.now()),
    )


def _document(document: Document) -> DocumentView:
    return DocumentView(
        kind=document.kind,
        name=document.name,
        version=document.version,
        managed_by=document.managed_by,
        effective_from=document.effective_from,
        revision=document.revision,
        body=json.loads(document.body),
    )


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    get_config,
    check_config,
    plan_config,
    apply_config,
    issue_key,
)
