"""Telling the public: suggested words, a look at what would go out, publishing."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.errors import DomainError
from handrail.core.ids import Slug
from handrail.core.incident.public_notice import Draft
from handrail.core.incident.suggestion import next_word
from handrail.core.status_page.component import ComponentStatus
from handrail.core.status_page.notice import NoticeStage
from handrail.ports.store import Transaction
from handrail.usecases import notice
from handrail.usecases.desk import Desk
from handrail.web.act import Form, instant_in, moment_of, one_of, promise_of, whole
from handrail.web.deps import Console, GivenActor, GivenConsole
from handrail.web.form import REFUSALS, FormRequest, fields, refused, status_of
from handrail.web.incidents import PLACE
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown, to
from handrail.web.screens.notice import COMPONENT, Preview, notice_screen
from handrail.web.screens.notice import preview as previewed
from handrail.web.screens.page import Reader
from handrail.web.screens.refusal import Refusal

_TEMPLATE = "notice.html"
_DAY = timedelta(days=1)
_SAID = ("stage", "title", "text", "next", "shown_at", "is_correction")


@get(
    "/incidents/{name:str}/notice",
    opt={"verb": Verb.INCIDENT_ACT},
    sync_to_thread=True,
    include_in_schema=False,
)
def show_form(
    name: FromPath[str],
    console: GivenConsole,
    actor: GivenActor,
    stage: FromQuery[str] = "",
) -> Response[str]:
    """Show the form with suggested words; nothing is published by looking."""

    def look(tx: Transaction) -> Shown:
        desk = Desk(tx=tx, actor=actor, ids=console.ids)
        return _screen(desk, name, values=_suggested(desk, name, stage))

    return console.store.read(look).response(_TEMPLATE)


@post(
    "/incidents/{name:str}/notice",
    opt={"verb": Verb.INCIDENT_ACT},
    include_in_schema=False,
)
async def press(
    name: FromPath[str],
    request: FormRequest,
    console: GivenConsole,
    actor: GivenActor,
) -> Response[str] | Response[None]:
    """Suggest other words, show what would go out, or publish what was shown."""
    form = await fields(request)
    match form.get("do"):
        case "publish":
            return await _publish(console, actor, name, form)
        case "suggest":
            work = _suggest_anew
        case _:
            work = _look_at
    shown, status = await sync_to_thread(
        console.store.read,
        lambda tx: work(Desk(tx=tx, actor=actor, ids=console.ids), name, form),
    )
    return shown.response(_TEMPLATE, status=status)


def _suggest_anew(desk: Desk, name: str, form: Form) -> tuple[Shown, int]:
    values = _suggested(desk, name, form.get("stage", ""))
    return _screen(desk, name, values=values), 200


def _look_at(desk: Desk, name: str, form: Form) -> tuple[Shown, int]:
    try:
        draft = _draft(desk, form)
        made, advice, seen = notice.preview(desk, name, draft)
    except REFUSALS as error:
        return _refused(desk, name, error, form=form)
    exact = {**_values(form), "next": "", "next_at": ""}
    if draft.next_update_at is not None:
        exact["next_at"] = draft.next_update_at.isoformat()
    shown = previewed(made, advice, seen=seen, fields=exact, reader=_reader(desk))
    return _screen(desk, name, values=_values(form), preview=shown), 200


async def _publish(
    console: Console, actor: Actor, name: str, form: Form
) -> Response[str] | Response[None]:
    def work(tx: Transaction) -> str:
        desk = Desk(tx=tx, actor=actor, ids=console.ids)
        seen = whole(form, "seen")
        after, _, _ = notice.publish(desk, name, _draft(desk, form), seen=seen)
        return after.name

    try:
        found = await sync_to_thread(console.store.run, work)
    except REFUSALS as error:
        refusal = error
        shown, status = await sync_to_thread(
            console.store.read,
            lambda tx: _refused(
                Desk(tx=tx, actor=actor, ids=console.ids), name, refusal, form=form
            ),
        )
        return shown.response(_TEMPLATE, status=status)
    return to(f"{PLACE}/{found}?news=notice#public")


def _refused(
    desk: Desk, name: str, error: DomainError, *, form: Form
) -> tuple[Shown, int]:
    values = _values(form)
    if form.get("next_at"):
        values["next"] = _typed(datetime.fromisoformat(form["next_at"]), _reader(desk))
    refusal = refused("notice", error, values)
    return _screen(desk, name, values=values, refusal=refusal), status_of(error)


def _screen(
    desk: Desk,
    name: str,
    *,
    values: Mapping[str, str],
    preview: Preview | None = None,
    refusal: Refusal | None = None,
) -> Shown:
    incident, notices = notice.notices_of(desk, name)
    screen = notice_screen(
        incident,
        notices,
        values=values,
        reader=_reader(desk),
        preview=preview,
        refusal=refusal,
    )
    asked = Asked(actor=desk.actor, place=PLACE)
    title = f"Tell the public: {incident.name} {incident.title}"
    return Shown(screen=screen, chrome=frame(desk.tx, title, asked))


def _suggested(desk: Desk, name: str, stage: str) -> dict[str, str]:
    incident, notices = notice.notices_of(desk, name)
    is_known = stage in set(NoticeStage)
    chosen = NoticeStage(stage) if is_known else next_word(incident)
    found = notice.suggest(desk, name, chosen)
    said = {f"{COMPONENT}{n}": str(s) for n, s in found.components.items()}
    promised = found.next_update_at if incident.is_responding else None
    return {
        **_values({}),
        "stage": chosen,
        "title": notices[-1].title if notices else found.title,
        "text": found.text,
        "next": _typed(promised, _reader(desk)) if promised else "",
        **said,
    }


def _typed(at: datetime, reader: Reader) -> str:
    """Return the instant as somebody would type it, a time of day where that is it."""
    there = at.astimezone(reader.place)
    is_near = timedelta(0) < at - reader.now < _DAY and not at.second
    return f"{there:%H:%M}" if is_near else f"{there:%Y-%m-%dT%H:%M:%S}"


def _values(form: Form) -> dict[str, str]:
    """Return what the form says, all of it and nothing else."""
    said = {name: form.get(name, "") for name in _SAID}
    return said | {n: v for n, v in form.items() if n.startswith(COMPONENT)}


def _draft(desk: Desk, form: Form) -> Draft:
    exact = form.get("next_at", "")
    promised = promise_of(desk, form)
    if exact:
        promised = instant_in(exact, desk=desk, field="next")
    return Draft(
        stage=one_of(NoticeStage, form, "stage"),
        text=form.get("text", ""),
        title=form.get("title", ""),
        components={
            Slug(field.removeprefix(COMPONENT)): one_of(ComponentStatus, form, field)
            for field, said in form.items()
            if field.startswith(COMPONENT) and said
        },
        next_update_at=promised,
        shown_at=moment_of(desk, form, "shown_at"),
        is_correction=form.get("is_correction") == "yes",
    )


def _reader(desk: Desk) -> Reader:
    return reader_of(desk.tx, desk.actor)


HANDLERS: tuple[HTTPRouteHandler, ...] = (show_form, press)
