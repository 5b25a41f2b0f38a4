"""The coverage proof on the wire, and what is known of contact methods."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from handrail.api.deps import GivenActor, GivenDeps
from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.coverage.prove import WEEKS_MAX
from handrail.core.errors import InvalidError
from handrail.core.ids import Slug
from handrail.core.instants import parse_rfc3339
from handrail.usecases import contact, coverage
from handrail.usecases.contact import MethodStatus
from handrail.usecases.coverage_view import FINDINGS_MAX, ProofView, proof_view
from handrail.usecases.oncall import YEAR_MAX, YEAR_MIN

WEEKS_DEFAULT = 12

From = Annotated[
    str | None,
    QueryParameter(name="from", description="RFC 3339, inclusive; else now."),
]
To = Annotated[
    str | None,
    QueryParameter(name="to", description="RFC 3339, exclusive; else 12 weeks later."),
]
Services = Annotated[
    str | None,
    QueryParameter(description="Names, separated by commas; else every service."),
]
Assume = Annotated[
    bool,
    QueryParameter(description="Take every contact method as verified, and say so."),
]
Examples = Annotated[
    int | None,
    QueryParameter(
        ge=0,
        le=100_000,
        description=(
            "Counter-examples listed for each intent; else all, or 3 where that would "
            f"be more than {FINDINGS_MAX} in all. `missed` sums up every one."
        ),
    ),
]
Person = Annotated[
    str | None, QueryParameter(description="Whose; by default the asker's own.")
]
Method = Annotated[
    str | None,
    QueryParameter(description="The contact method's name; else each of them."),
]


class ContactMethodView(msgspec.Struct, frozen=True, kw_only=True):
    """One way to reach a person, and what is known of it.

    Attributes:
        provider: Methods with the same one fail together.
        verified_at: When its person last showed that it reached them, or none.
        via: What they pressed: the link of a ``page`` or of a ``test``.
        counts_until: When that is too old, or none.
    """

    name: str
    kind: str
    address: str
    provider: str
    verified_at: datetime | None
    via: str | None
    counts_until: datetime | None


class ContactMethodList(msgspec.Struct, frozen=True, kw_only=True):
    """A person's contact methods, in their order."""

    user: str
    items: list[ContactMethodView]


class SentTests(msgspec.Struct, frozen=True, kw_only=True):
    """Over which contact methods a test is on its way."""

    user: str
    methods: list[str]


@get(
    "/coverage",
    opt={"verb": Verb.CONTACT_READ},
    tags=["on call"],
)
async def prove_coverage(
    deps: GivenDeps,
    starts: From = None,
    ends: To = None,
    service: Services = None,
    assume_verified: Assume = False,  # noqa: FBT002 - a query parameter
    examples: Examples = None,
) -> ProofView:
    """Prove that enough people are reached at every instant, or show when not.

    One proof is made at a time; where too many are asked for, the answer is 503 with
    Retry-After.
    """
    loop = asyncio.get_running_loop()
    given = await loop.run_in_executor(None, deps.store.read, coverage.facts)
    start = given.now if starts is None else _instant("from", starts)
    end = start + timedelta(weeks=WEEKS_DEFAULT)
    end = end if ends is None else _instant("to", ends)
    if not start < end <= start + timedelta(weeks=WEEKS_MAX):
        msg = "Ask about a time that begins before it ends."
        wrong = f"must come after from, by at most {WEEKS_MAX} weeks"
        raise InvalidError(msg, fields={"to": wrong})
    names = [Slug(name) for name in (service or "").split(",") if name]
    evidence = "assumed" if assume_verified else "recorded"

    def make(seconds: Callable[[], float]) -> ProofView:
        proof = coverage.prove(
            given,
            start=start,
            end=end,
            services=names,
            is_assumed=assume_verified,
            seconds=seconds,
        )
        return proof_view(
            proof, evidence=evidence, tzdata=deps.tzdata, examples=examples
        )

    return await asyncio.wrap_future(deps.proofs.ask(make))


@get(
    "/contact-methods",
    opt={"verb": Verb.CONTACT_READ},
    sync_to_thread=True,
    tags=["on call"],
)
def list_contact_methods(
    deps: GivenDeps, actor: GivenActor, user: Person = None
) -> ContactMethodList:
    """Return a person's contact methods, and when each was last shown to work."""
    name = _whose(user, actor)
    found = deps.store.read(lambda tx: contact.statuses(tx, name, actor=actor))
    return ContactMethodList(user=name, items=[_view(one) for one in found])


@post(
    "/contact-methods/test",
    opt={"verb": Verb.CONTACT_TEST},
    sync_to_thread=True,
    tags=["on call"],
    status_code=202,
)
def send_tests(
    deps: GivenDeps, actor: GivenActor, user: Person = None, method: Method = None
) -> SentTests:
    """Send a test over one contact method or each; its link shows that it arrived."""
    name = _whose(user, actor)
    sent = deps.store.run(
        lambda tx: contact.send_test(
            tx,
            name,
            None if method is None else Slug(method),
            actor=actor,
            ids=deps.ids,
        )
    )
    return SentTests(user=name, methods=[one.name for one in sent])


def _whose(user: str | None, actor: Actor) -> Slug:
    if user is None and actor.user is None:
        msg = "Say whose contact methods: this token is no person's."
        raise InvalidError(msg, fields={"user": "name a user"})
    return Slug(user) if user is not None else actor.responder


def _view(status: MethodStatus) -> ContactMethodView:
    return ContactMethodView(
        name=status.method.name,
        kind=str(status.method.kind),
        address=status.method.address,
        provider=status.provider.name,
        verified_at=status.verified_at,
        via=None if status.via is None else str(status.via),
        counts_until=status.ends_at,
    )


def _instant(field: str, text: str) -> datetime:
    try:
        # A plus sign that was not encoded arrives as a space.
        at = parse_rfc3339(text.strip().replace(" ", "+"))
    except ValueError as error:
        msg = "Ask about an instant like 2026-01-31T08:00:00Z."
        wrong = f"{text!r} is no instant with a date, a time and a zone"
        raise InvalidError(msg, fields={field: wrong}) from error
    if not YEAR_MIN <= at.year < YEAR_MAX:
        msg = f"Ask about the years {YEAR_MIN} to {YEAR_MAX}."
        raise InvalidError(msg, fields={field: msg})
    return at.astimezone(UTC)


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    prove_coverage,
    list_contact_methods,
    send_tests,
)
