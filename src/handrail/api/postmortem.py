"""Postmortems: read, write, review and publish them; one an incident."""

from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from handrail.api.deps import Deps, GivenActor, GivenDeps
from handrail.api.listing import STRETCH_DEFAULT, Limit
from handrail.api.postmortem_view import (
    PostmortemSummary,
    PostmortemView,
    summary,
    view,
)
from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.postmortem.contributing_factor import ContributingFactor, FactorKind
from handrail.core.postmortem.document import markdown
from handrail.core.postmortem.section import Section
from handrail.ports.store import Transaction
from handrail.usecases import postmortem
from handrail.usecases.desk import Desk, viewer_of

MARKDOWN = ".md"
MARKDOWN_TYPE = "text/markdown; charset=utf-8"

BeforeNumber = Annotated[
    int | None,
    QueryParameter(
        name="before",
        ge=1,
        le=2_147_483_647,
        description="Only those of incidents with a lower number.",
    ),
]
Version = Annotated[
    int, QueryParameter(name="version", description="The version that was read.")
]


class PostmortemList(msgspec.Struct, frozen=True, kw_only=True):
    """Postmortems, highest incident first; ``next`` goes into ``before``."""

    items: list[PostmortemSummary]
    next: int | None


class NewPostmortem(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """The incident to learn from."""

    incident: str


class Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sections anew, each as a whole, and the version they were read at."""

    version: int
    sections: dict[Section, str]


class NewFactor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A contributing factor."""

    text: str
    kind: FactorKind
    made_possible: str = ""
    would_have_caught: str = ""


class ChangedFactor(NewFactor, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole factor as it is to read, and the version it was read at."""

    version: int


class Read(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The version that was read."""

    version: int


class Again(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is written on."""

    reason: str


_READ = {"verb": Verb.INCIDENT_READ}
_ACT = {"verb": Verb.INCIDENT_ACT}
_TAGS = ["postmortems"]


def _desk(tx: Transaction, deps: Deps, actor: Actor) -> Desk:
    return Desk(tx=tx, actor=actor, ids=deps.ids)


def _shown(tx: Transaction, name: str, actor: Actor) -> PostmortemView:
    story = postmortem.show(tx, name, viewer=viewer_of(actor))
    return view(story, snapshot=tx.configuration.snapshot(), now=tx.now)


@get("/postmortems", opt=_READ, sync_to_thread=True, tags=_TAGS)
def list_postmortems(
    deps: GivenDeps,
    actor: GivenActor,
    limit: Limit = STRETCH_DEFAULT,
    before: BeforeNumber = None,
) -> PostmortemList:
    """Return postmortems, those of the latest incidents first."""
    found = deps.store.read(
        lambda tx: tx.postmortem.search(
            viewer=viewer_of(actor), limit=limit + 1, before=before
        )
    )
    last = found[limit - 1].incident_number if len(found) > limit else None
    return PostmortemList(items=[summary(one) for one in found[:limit]], next=last)


@get("/postmortems/{name:str}", opt=_READ, sync_to_thread=True, tags=_TAGS)
def get_postmortem(
    name: FromPath[str], deps: GivenDeps, actor: GivenActor
) -> Response[PostmortemView]:
    """Return an incident's postmortem; ``INC-42.md`` gives it as Markdown."""
    if not name.endswith(MARKDOWN):
        return Response(deps.store.read(lambda tx: _shown(tx, name, actor)))
    incident, viewer = name.removesuffix(MARKDOWN), viewer_of(actor)
    text = deps.store.read(
        lambda tx: markdown(postmortem.show(tx, incident, viewer=viewer).whole)
    )
    document: Any = Response(text.encode(), media_type=MARKDOWN_TYPE)
    return document  # type: ignore[no-any-return]  # the other form of the same thing


@post("/postmortems", opt=_ACT, sync_to_thread=True, tags=_TAGS)
def draft_postmortem(
    data: JSONBody[NewPostmortem], deps: GivenDeps, actor: GivenActor
) -> PostmortemView:
    """Begin the postmortem of an incident that need not have one."""

    def work(tx: Transaction) -> PostmortemView:
        drafted = postmortem.draft(_desk(tx, deps, actor), data.incident)
        return _shown(tx, drafted.name, actor)

    return deps.store.run(work)


@post(
    "/postmortems/{name:str}/sections",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def write_sections(
    name: FromPath[str], data: JSONBody[Written], deps: GivenDeps, actor: GivenActor
) -> PostmortemView:
    """Write sections anew; what somebody else changed since then is refused."""

    def work(tx: Transaction) -> PostmortemView:
        desk = _desk(tx, deps, actor)
        postmortem.write(desk, name, data.sections, version=data.version)
        return _shown(tx, name, actor)

    return deps.store.run(work)


@post("/postmortems/{name:str}/factors", opt=_ACT, sync_to_thread=True, tags=_TAGS)
def add_factor(
    name: FromPath[str], data: JSONBody[NewFactor], deps: GivenDeps, actor: GivenActor
) -> PostmortemView:
    """Name a contributing factor."""

    def work(tx: Transaction) -> PostmortemView:
        postmortem.add_factor(
            _desk(tx, deps, actor),
            name,
            data.text,
            kind=data.kind,
            made_possible=data.made_possible,
            would_have_caught=data.would_have_caught,
        )
        return _shown(tx, name, actor)

    return deps.store.run(work)


@post(
    "/postmortems/{name:str}/factors/{factor_id:str}",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def change_factor(
    name: FromPath[str],
    factor_id: FromPath[str],
    data: JSONBody[ChangedFactor],
    deps: GivenDeps,
    actor: GivenActor,
) -> PostmortemView:
    """Let a factor read otherwise, or answer what it blames."""
    factor = ContributingFactor(
        id=factor_id,
        text=data.text,
        kind=data.kind,
        made_possible=data.made_possible,
        would_have_caught=data.would_have_caught,
    )

    def work(tx: Transaction) -> PostmortemView:
        desk = _desk(tx, deps, actor)
        postmortem.change_factor(desk, name, factor, version=data.version)
        return _shown(tx, name, actor)

    return deps.store.run(work)


@delete(
    "/postmortems/{name:str}/factors/{factor_id:str}",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def remove_factor(
    name: FromPath[str],
    factor_id: FromPath[str],
    version: Version,
    deps: GivenDeps,
    actor: GivenActor,
) -> PostmortemView:
    """Say that it did not contribute after all."""

    def work(tx: Transaction) -> PostmortemView:
        desk = _desk(tx, deps, actor)
        postmortem.remove_factor(desk, name, factor_id, version=version)
        return _shown(tx, name, actor)

    return deps.store.run(work)


@post(
    "/postmortems/{name:str}/submit",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def submit_postmortem(
    name: FromPath[str], deps: GivenDeps, actor: GivenActor
) -> PostmortemView:
    """Ask others to read it."""

    def work(tx: Transaction) -> PostmortemView:
        postmortem.submit(_desk(tx, deps, actor), name)
        return _shown(tx, name, actor)

    return deps.store.run(work)


@post(
    "/postmortems/{name:str}/reopen",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def reopen_postmortem(
    name: FromPath[str], data: JSONBody[Again], deps: GivenDeps, actor: GivenActor
) -> PostmortemView:
    """Make it a draft again, with a reason."""

    def work(tx: Transaction) -> PostmortemView:
        desk = _desk(tx, deps, actor)
        postmortem.take_up_again(desk, name, reason=data.reason)
        return _shown(tx, name, actor)

    return deps.store.run(work)


@post(
    "/postmortems/{name:str}/publish",
    opt=_ACT,
    status_code=200,
    sync_to_thread=True,
    tags=_TAGS,
)
def publish_postmortem(
    name: FromPath[str], data: JSONBody[Read], deps: GivenDeps, actor: GivenActor
) -> PostmortemView:
    """Publish it as it was read; what is missing is refused, all of it at once."""

    def work(tx: Transaction) -> PostmortemView:
        postmortem.publish(_desk(tx, deps, actor), name, version=data.version)
        return _shown(tx, name, actor)

    return deps.store.run(work)


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_postmortems,
    get_postmortem,
    draft_postmortem,
    write_sections,
    add_factor,
    change_factor,
    remove_factor,
    submit_postmortem,
    reopen_postmortem,
    publish_postmortem,
)
