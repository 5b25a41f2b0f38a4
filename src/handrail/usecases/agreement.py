"""What becomes of a cover request or a swap: people answer, or its time runs out.

``kind`` is ``CoverRequest`` or ``Swap``.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from handrail.core.audit.event import NewEvent
from handrail.core.configuration.draft import canonical
from handrail.core.configuration.node import Json
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.cover import stretch
from handrail.core.cover.agreement import Agreement, AgreementState, Leg
from handrail.core.cover.authority import require_direction
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.settlement import obstacles
from handrail.core.cover.swap import Swap
from handrail.core.errors import ConflictError, InvalidError, NotFoundError
from handrail.core.ids import Slug
from handrail.core.paging.bulletin import BulletinKind
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.usecases import override_record, setback
from handrail.usecases.desk import Desk
from handrail.usecases.oncall_news import News, tell

KINDS: tuple[type[Agreement], ...] = (CoverRequest, Swap)
ENGINE = "engine"
NUMBER_DIGITS = 9
"""What an integer column holds."""
A = TypeVar("A", bound=Agreement)


def find(tx: Transaction, kind: type[A], name: str, *, lock: bool = False) -> A:
    """Return what people call ``COV-7``, ``cov-7`` or ``7``.

    Raises:
        NotFoundError: There is none, or it is spelled otherwise.
    """
    spelled = name.strip().upper().removeprefix(f"{kind.PREFIX}-")
    is_number = spelled.isascii() and spelled.isdigit()
    if not is_number or len(spelled) > NUMBER_DIGITS:
        msg = f"{name!r} names nothing; write it like {kind.PREFIX}-7"
        raise NotFoundError(msg)
    found = tx.agreement.get(kind, int(spelled), lock=lock)
    if found is None:
        msg = f"there is no {kind.PREFIX}-{int(spelled)}; list them"
        raise NotFoundError(msg)
    return found


def all_open(tx: Transaction, *, limit: int) -> list[CoverRequest | Swap]:
    """Return what can be answered, cover requests first, so many of each at most."""
    requests = tx.agreement.newest(CoverRequest, open_only=True, limit=limit)
    return [*requests, *tx.agreement.newest(Swap, open_only=True, limit=limit)]


def accept(desk: Desk, kind: type[A], name: str) -> A:
    """Consent; where that is enough, what is agreed upon becomes overrides at once.

    Raises:
        ConflictError: It is settled, too late, or the plan does not allow it any more.
        ForbiddenError: The actor is not asked.
    """
    tx, by = desk.tx, person(desk)
    before = find(tx, kind, name, lock=True)
    after = before.after_yes(by, now=tx.now)
    if after == before:
        return before
    snapshot = tx.configuration.snapshot()
    against = obstacles(snapshot, after.moves, now=tx.now.replace(microsecond=0))
    if against:
        msg = f"{before.name} cannot be agreed upon any more: {'; '.join(against)}"
        raise ConflictError(msg)
    payload: dict[str, Json] = {"by": by}
    if after.is_agreed:
        made = override_record.put(
            tx,
            [leg.override() for leg in after.moves],
            decided_on=snapshot,
            by=str(desk.actor),
            because=after.name,
            ids=desk.ids,
        )
        after = after.with_overrides(tuple(one.name for one in made))
        payload["overrides"] = [one.name for one in made]
    tx.agreement.save(after, expected_sequence=before.sequence)
    record(desk, after, kind.YES, payload)
    if after.state is AgreementState.DONE:
        record(desk, after, "done", payload)
    _tell_settled(tx, after, ids=desk.ids, but=by)
    return after


def decline(desk: Desk, kind: type[A], name: str) -> A:
    """Say no; where that settles it, the others are told.

    Raises:
        ConflictError: It is settled, or too late.
        ForbiddenError: The actor is not asked.
    """
    before = find(desk.tx, kind, name, lock=True)
    after = before.after_no(person(desk), now=desk.tx.now)
    return before if after == before else _closed(desk, before, after)


def withdraw(desk: Desk, kind: type[A], name: str) -> A:
    """Take one's proposal back; those who had consented are told.

    Raises:
        ConflictError: It is settled, or too late.
        ForbiddenError: Somebody else proposed it.
    """
    before = find(desk.tx, kind, name, lock=True)
    after = before.withdrawn(person(desk), now=desk.tx.now)
    return _closed(desk, before, after)


def expire_due(tx: Transaction, *, ids: IdSource, limit: int) -> int:
    """Close those whose time has come; return how many were looked at."""
    due: list[Agreement] = []
    for kind in KINDS:
        due += tx.agreement.due(kind, limit=limit - len(due)) if limit else []

    def close(one: Agreement) -> Agreement:
        after = one.expired(now=tx.now)
        tx.agreement.save(after, expected_sequence=one.sequence)
        return after

    def expire(one: Agreement) -> None:
        after = close(one)
        payload: dict[str, Json] = {"awaits": list(one.awaits)}
        _append(tx, after, "expired", payload, actor=ENGINE, ids=ids)
        _tell_settled(tx, after, ids=ids)

    def close_untold(one: Agreement, _: object) -> None:
        # It would come again for ever.
        tx.attempt(lambda: close(one))

    setback.each(tx, due, expire, otherwise=close_untold)
    return len(due)


def ask_people(
    desk: Desk, one: Agreement, title: str, lines: Sequence[str]
) -> tuple[str, ...]:
    """Ask everybody whose answer it awaits; return what the proposer should know."""
    news = News(
        kind=BulletinKind(one.STREAM),
        about=one.name,
        title=f"{one.name}: {title}",
        text="\n".join(filter(None, lines)),
        link=path(one),
        begins_at=min(leg.starts_at for leg in one.moves),
        until=one.expires_at,
    )
    unreached = tell(desk.tx, news, one.awaits, ids=desk.ids)
    if not unreached:
        return ()
    names = ", ".join(unreached)
    return (f"Asked but not told, for want of a contact method: {names}.",)


def path(one: Agreement) -> str:
    """Return where it is looked at on this server."""
    return f"/oncall/{one.STREAM}s/{one.name}"


def leg_words(leg: Leg, snapshot: Snapshot) -> str:
    """Return ``ben takes ana's shift on web: Mon … to …`` in the schedule's zone."""
    schedule = snapshot.schedules.get(leg.schedule)
    zone, title = ("UTC", str(leg.schedule))
    if schedule is not None:
        zone, title = schedule.time_zone, schedule.title
    span = stretch.words(leg.starts_at, leg.ends_at, zone)
    who = "" if leg.takes == leg.gives else f"{leg.takes} takes "
    return f"{who}{leg.gives}'s shift on {title}: {span}"


def person(desk: Desk) -> Slug:
    """Return the person who acts.

    Raises:
        InvalidError: Nobody acts as a person.
    """
    if desk.actor.user is None:
        msg = (
            "only a person can do this; do it in the console, or put a token that you "
            "make there under Tokens into HANDRAIL_TOKEN"
        )
        raise InvalidError(msg)
    return desk.actor.user


def in_place_of(
    desk: Desk,
    user: Slug | None,
    schedules: Sequence[Slug],
    snapshot: Snapshot,
    *,
    what: str,
) -> Slug:
    """Return who begins it: the actor, or whoever cannot, if the actor may for them.

    Raises:
        ForbiddenError: Somebody else, and the actor does not direct all the schedules.
        InvalidError: There is no such user, or nobody acts as a person.
    """
    if user is None or user == desk.actor.user:
        return person(desk)
    if user not in snapshot.users:
        msg = f"there is no user {user!r}"
        raise InvalidError(msg, fields={"user": "no such user"})
    for schedule in schedules:
        require_direction(
            desk.actor,
            schedule,
            snapshot,
            what=f"{what} in {user}'s place",
            instead="Do so for a shift of your own, or put yourself on call.",
        )
    return user


def record(desk: Desk, one: Agreement, what: str, payload: Mapping[str, Json]) -> None:
    """Append what somebody did, such as ``cover_accepted``, to its stream."""
    _append(desk.tx, one, what, payload, actor=str(desk.actor), ids=desk.ids)


def _append(
    tx: Transaction,
    one: Agreement,
    what: str,
    payload: Mapping[str, Json],
    *,
    actor: str,
    ids: IdSource,
) -> None:
    event = NewEvent(
        kind=f"{one.STREAM}_{what}",
        occurred_at=tx.now,
        actor=actor,
        payload=canonical({"name": one.name, **payload}),
        salt=ids.new_secret(),
    )
    stream = f"{one.STREAM}:{one.id}"
    tx.event.append(stream, [event], after=tx.event.last(stream))


def _closed(desk: Desk, before: A, after: A) -> A:
    by = person(desk)
    desk.tx.agreement.save(after, expected_sequence=before.sequence)
    what = "withdrawn" if after.state is AgreementState.WITHDRAWN else "declined"
    record(desk, after, what, {"by": by})
    _tell_settled(desk.tx, after, ids=desk.ids, but=by)
    return after


def _tell_settled(
    tx: Transaction, one: Agreement, *, ids: IdSource, but: Slug | None = None
) -> None:
    """Tell those who had consented how it ended, if it has, but not who did it."""
    users = [user for user in one.consenting if user != but]
    if one.is_open or not users:
        return
    snapshot = tx.configuration.snapshot()
    holds = "This holds now:" if one.is_agreed else "Your shifts stay yours. It was:"
    news = News(
        kind=BulletinKind.ONCALL,
        about=one.name,
        title=f"{one.name} {one.standing}",
        text="\n".join([holds, *(f"- {leg_words(x, snapshot)}." for x in one.moves)]),
        link=path(one),
        begins_at=min(leg.starts_at for leg in one.moves),
    )
    tell(tx, news, users, ids=ids)
